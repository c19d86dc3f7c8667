"""The systems side by side as a Markdown table, for a README."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from partyqa.evaluation.metrics.base import Shown
from partyqa.evaluation.metrics.registry import in_order, metric
from partyqa.evaluation.summary import Summary
from partyqa.evaluation.reports.terminal import pair_cells


def markdown_report(summaries: Sequence[Summary]) -> str:
    """Return a table for each dataset: measures down, systems across, per cent with the 95 % interval.

    Where the questions were typed anew, another for each system: as written, as typed, the paired change.
    """
    parts = []
    for _, group in groupby(summaries, key=lambda summary: summary.dataset.path):
        systems = list(group)
        parts.append("\n".join(_lines(systems)))
        parts += ["\n".join(_typed(summary)) for summary in systems if summary.paired]
    return "\n\n".join(parts) + "\n"


def _lines(systems: Sequence[Summary]) -> Iterator[str]:
    yield f"### {systems[0].dataset.label}"
    yield ""
    yield _row(["", "n", *(summary.system for summary in systems)])
    yield _row(["---"] * (len(systems) + 2))
    for name in in_order({name for summary in systems for name in summary.measures}, Shown.SUMMARY):
        found = [summary.measures.get(name) for summary in systems]
        sizes = {str(estimate.n) for estimate in found if estimate}
        cells = [f"{100 * e.mean:.1f} [{100 * e.low:.1f}–{100 * e.high:.1f}]" if e else "–" for e in found]
        yield _row([name, "/".join(sorted(sizes)), *cells])
    times = [summary.timings.get("total", {}) for summary in systems]
    cells = [f"{t['median']:.0f} / {t['p95']:.0f}" if t else "–" for t in times]
    yield _row(["ms, median / p95", str(len(systems[0].rows)), *cells])


def _typed(summary: Summary) -> Iterator[str]:
    yield _row([summary.system, "n", "as written", f"{summary.dataset.typed}", "change, + is better"])
    yield _row(["---"] * 5)
    for name, pair in summary.paired.items():
        if metric(name).shown >= Shown.SUMMARY:
            yield _row([name, str(pair.change.n), *pair_cells(name, pair)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
