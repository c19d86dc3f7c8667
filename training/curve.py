"""Draw what a run's log says: `python -m training.curve FOLDER` writes `curve.svg` beside its `log.jsonl`."""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.checkpoint import LOG

PICTURE = "curve.svg"
PANELS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("loss", ("loss",)),
    ("ViQuAD dev, %", ("EM", "F1")),
    ("dev traps, AUROC, %", ("AUROC answers", "AUROC margin")),
    ("ViQuAD dev, passages, %", ("nDCG@10", "R@1", "nDCG@10 without accents", "R@1 without accents")),
    ("passage above its altered copy, %", ("swap accuracy", "name swap accuracy")),
)
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


@dataclass
class Curve:
    """Values of one name over steps; `final` is the one over all dev questions, where there is one."""

    points: dict[int, float] = field(default_factory=dict)
    final: tuple[int, float] | None = None


def main() -> None:
    """Read the argument, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where log.jsonl lies")
    folder = parser.parse_args().folder
    lines = (folder / LOG).read_text("utf-8").splitlines()
    draw(curves(map(json.loads, lines)), folder / PICTURE)
    print(folder / PICTURE)


def curves(rows: Iterable[dict[str, Any]]) -> dict[str, Curve]:
    """Return the curves of a log; what an interrupted run did after its last save is left out.

    Such steps are done again, with the same values where the data and the settings stayed the same.
    """
    found = {name: Curve() for _, names in PANELS for name in names}
    for row in rows:
        for name, curve in found.items():
            if "resumed at step" in row:
                last = row["resumed at step"]
                curve.points = {step: value for step, value in curve.points.items() if step <= last}
                curve.final = None
            elif name in row and row.get("dev") == "all":
                curve.final = row["step"], row[name]
            elif name in row:
                curve.points[row["step"]] = row[name]
    return found


def draw(found: dict[str, Curve], path: Path) -> None:
    """Write an SVG, a panel for each of PANELS that has a value; the same curves give the same bytes."""
    panels = [
        (title, names) for title, names in PANELS if any(found[n].points or found[n].final for n in names)
    ]
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "curve", "font.size": 9}):
        figure = Figure(figsize=(9, 2.8), layout="constrained")
        for axes, (title, names) in zip(
            figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True
        ):
            _panel(axes, title, names, found)
        figure.savefig(path, format="svg", metadata=_NO_METADATA)


def _panel(axes: Axes, title: str, names: Sequence[str], found: dict[str, Curve]) -> None:
    """Draw curves as lines, the number over all dev questions as a star."""
    for name in names:
        curve = found[name]
        (line,) = axes.plot(list(curve.points), list(curve.points.values()), marker=".", label=name)
        if curve.final:
            axes.plot(*([value] for value in curve.final), marker="*", ms=10, color=line.get_color())
    axes.set_title(title)
    axes.set_xlabel("steps")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_ylim(bottom=0)
    if len(names) > 1:
        axes.legend(frameon=False)


if __name__ == "__main__":
    main()
