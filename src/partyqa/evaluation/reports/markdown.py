"""The systems side by side as a Markdown table, for a README."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from partyqa.evaluation.metrics.base import Shown
from partyqa.evaluation.metrics.registry import in_order
from partyqa.evaluation.reports.tables import systems_table, typed_table, with_interval
from partyqa.evaluation.statistics import Estimate
from partyqa.evaluation.summary import Summary


def markdown_report(summaries: Sequence[Summary]) -> str:
    """Return a table for each dataset: metrics down, systems across, per cent with the 95 % interval.

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
    for name, *cells, _ in systems_table(systems).rows:
        if _is_shown(name):
            found = [cell if isinstance(cell, Estimate) else None for cell in cells]
            sizes = "/".join(sorted({str(estimate.n) for estimate in found if estimate}))
            yield _row([str(name), sizes, *(with_interval(one) if one else "–" for one in found)])
    times = [summary.timings.get("total", {}) for summary in systems]
    spent = [f"{t['median']:.0f} / {t['p95']:.0f}" if t else "–" for t in times]
    yield _row(["ms, median / p95", str(len(systems[0].rows)), *spent])


def _typed(summary: Summary) -> Iterator[str]:
    yield _row([summary.system, "n", "as written", f"{summary.dataset.typed}", "change, + is better"])
    yield _row(["---"] * 5)
    for name, before, after, change, n in typed_table(summary).rows:
        if _is_shown(name):
            yield _row([str(cell) for cell in (name, n, before, after, change)])


def _is_shown(name: object) -> bool:
    return bool(in_order({str(name)}, Shown.SUMMARY))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
