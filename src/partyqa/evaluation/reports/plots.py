"""The pictures of a report, each an SVG for the page to hold: nothing is fetched, nothing is executed."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from partyqa.errors import PartyQAError
from partyqa.evaluation.metrics.base import Shown
from partyqa.evaluation.metrics.confidence import reliability, risk_coverage
from partyqa.evaluation.metrics.rankings import Measure
from partyqa.evaluation.metrics.registry import in_order
from partyqa.evaluation.reports.tables import say
from partyqa.evaluation.scoring import Row
from partyqa.evaluation.statistics import Estimate
from partyqa.evaluation.summary import Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DEPTH = 20  # passages in the curve of recall by k
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


def require_matplotlib() -> None:
    """Raise PartyQAError with the command that mends it, where matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise PartyQAError("evaluation.no_matplotlib") from error


def plots(summary: Summary, name: str) -> dict[str, str]:
    """Return the plots of a summary as SVG by title; `name`, a word, keeps their ids apart from others'."""
    pictures: dict[str, tuple[float, Callable[[Axes], None]]] = {}
    kinds = summary.slices.get("kind", {})
    for measure in in_order({name for table in kinds.values() for name in table}, Shown.PLOT):
        bars = {kind: table[measure] for kind, table in kinds.items() if measure in table}
        if bars:
            title = say("plot_kinds", name=measure).both
            pictures[title] = 0.9 + 0.28 * len(bars), partial(_bars, bars)
    judged = [row for row in summary.rows if row.stage is not None and not row.outcome.error]
    if judged:
        pictures[say("plot_risk").both] = 3, partial(_risk, judged)
        pictures[say("plot_reliability").both] = 3, partial(_reliability, judged)
    if any(row.outcome.hits for row in summary.rows):
        pictures[say("plot_found").both] = 3, partial(_recall, summary)
    if summary.timings:
        height = 0.9 + 0.3 * len(summary.timings)
        pictures[say("plot_times").both] = height, partial(_times, summary)
    return {
        title: _svg(draw, height, f"{name}p{number}")
        for number, (title, (height, draw)) in enumerate(pictures.items())
    }


def _svg(draw: Callable[["Axes"], None], height: float, name: str) -> str:
    """Return what `draw` draws as an SVG element, text as text, every id beginning with `name`."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    out = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 9}):
        figure = Figure(figsize=(6.4, height), layout="constrained")
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes)
        figure.savefig(out, format="svg", metadata=_NO_METADATA, transparent=True)
    svg = out.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)


def _label(axes: "Axes", x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def _bars(bars: Mapping[str, Estimate], axes: "Axes") -> None:
    names = list(bars)[::-1]
    means = np.array([bars[name].mean for name in names])
    below = means - np.array([bars[name].low for name in names])
    above = np.array([bars[name].high for name in names]) - means
    axes.barh(range(len(names)), 100 * means, color="#4878a8")
    axes.errorbar(
        100 * means,
        range(len(names)),
        xerr=100 * np.maximum([below, above], 0),
        fmt="none",
        ecolor="#222222",
        capsize=2,
    )
    axes.set_yticks(range(len(names)))
    # A kind is a dataset's own word: $ in it is no formula.
    axes.set_yticklabels([f"{name} (n={bars[name].n})" for name in names], parse_math=False)
    axes.set_xlim(0, 100)
    axes.set_xlabel("%")


def _risk(rows: Sequence[Row], axes: "Axes") -> None:
    coverage, risk = risk_coverage([row.confidence for row in rows], [row.correct for row in rows])
    axes.plot(100 * coverage, 100 * risk, color="#b04a3a")
    axes.set_xlim(0, 100)
    axes.set_ylim(bottom=0)
    _label(axes, say("axis_coverage").both, say("axis_risk").both)


def _reliability(rows: Sequence[Row], axes: "Axes") -> None:
    bars = reliability([row.confidence for row in rows], [row.correct for row in rows])
    axes.plot([0, 1], [0, 1], color="#999999", linestyle="--")
    axes.plot([bar.confidence for bar in bars], [bar.accuracy for bar in bars], marker="o", color="#4878a8")
    for bar in bars:
        axes.annotate(f"n={bar.n}", (bar.confidence, bar.accuracy), (3, -10), textcoords="offset points")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    _label(axes, say("axis_confidence").both, say("axis_right").both)


def _recall(summary: Summary, axes: "Axes") -> None:
    rows = [row for row in summary.rows if row.outcome.case.relevant and not row.outcome.case.scope]
    depths = range(1, _DEPTH + 1)
    levels = {
        say("right_article").both: [(row.outcome.case.relevant, row.articles) for row in rows],
        say("right_passage").both: [(row.qrels, row.passages) for row in rows if row.qrels],
    }
    for (label, found), marker in zip(levels.items(), "os", strict=True):
        if found:
            shares = [np.mean([Measure("Success", k)(*pair) for pair in found]) for k in depths]
            axes.plot(depths, 100 * np.array(shares), marker=marker, markersize=3, label=label)
    axes.set_xticks([1, 5, 10, 15, 20])
    axes.legend(frameon=False, loc="lower right")
    _label(axes, "k", "%")


def _times(summary: Summary, axes: "Axes") -> None:
    stages = list(summary.timings)[::-1]
    axes.barh(stages, [summary.timings[stage]["p95"] for stage in stages], color="#c9d7e6", label="p95")
    axes.barh(
        stages,
        [summary.timings[stage]["median"] for stage in stages],
        color="#4878a8",
        label=say("median").both,
    )
    axes.set_xlim(0, 1.4 * max(summary.timings[stage]["p95"] for stage in stages))  # room for the legend
    axes.legend(frameon=False, loc="right")
    axes.set_xlabel(say("milliseconds").both)
