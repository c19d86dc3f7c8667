"""The report on a terminal: tables for rich to print."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import rich.table
from rich.console import Group, RenderableType
from rich.text import Text

from partyqa.evaluation.comparison import Comparison
from partyqa.evaluation.metrics.base import Words
from partyqa.evaluation.reports.tables import (
    Cell,
    Table,
    changes_table,
    comparison_table,
    remarks,
    say,
    slice_table,
    stages_table,
    systems_table,
    times_table,
    typed_table,
    verdict,
    with_interval,
)
from partyqa.evaluation.statistics import Estimate
from partyqa.evaluation.summary import Summary
from partyqa.i18n import Language

_MOST_LISTED = 40


def terminal_report(
    summaries: Sequence[Summary], comparisons: Sequence[Comparison] = (), *, lang: Language = "vi"
) -> RenderableType:
    """Return all tables: for each dataset its systems side by side, then comparisons with the baseline."""
    parts: list[RenderableType] = []
    for _, group in groupby(summaries, key=lambda summary: summary.dataset.path):
        systems = list(group)
        parts.append(_drawn(systems_table(systems), lang, systems[0].dataset.label))
        for summary in systems:
            parts += _details(summary, lang)
    for comparison in comparisons:
        parts += _comparison(comparison, lang)
    return Group(*parts)


def _details(summary: Summary, lang: Language) -> Iterator[RenderableType]:
    if summary.dataset.typed:
        yield _drawn(typed_table(summary), lang, f"{summary.dataset.label} · {summary.system}")
    yield _drawn(slice_table(summary, "kind"), lang, summary.system, _short)
    yield _drawn(stages_table(summary), lang, summary.system)
    times = times_table(summary)
    spent = "; ".join(f"{stage} {median} / {p95}" for stage, median, p95 in times.rows)
    yield Text(f"{times.title.text(lang)}, {_text(times.columns[1], lang)} / p95: {spent}")
    for title, lines in remarks(summary):
        yield Text(f"{title.text(lang)}:")
        yield from (Text(f"  {_text(line, lang)}") for line in lines[:_MOST_LISTED])


def _comparison(comparison: Comparison, lang: Language) -> Iterator[RenderableType]:
    yield _drawn(comparison_table(comparison), lang, f"{comparison.dataset} · {comparison.system}")
    for question, name, change in changes_table(comparison).rows[:_MOST_LISTED]:
        yield Text(f"  {question} · {name}: {change}")
    before, after = comparison.only_before, comparison.only_after
    if before or after:
        yield Text(say("come_and_gone", before=before, after=after).text(lang))
    yield Text(verdict(comparison).text(lang), "green" if comparison.passed else "bold red")


def _drawn(
    table: Table, lang: Language, place: str, estimate: Callable[[Estimate], str] | None = None
) -> rich.table.Table:
    drawn = rich.table.Table(title=Text(f"{place} · {table.title.text(lang)}"), title_justify="left")
    for column in table.columns:
        drawn.add_column(Text(_text(column, lang)))
    for row in table.rows:  # Text: what a dataset says is never markup
        drawn.add_row(*(Text(_text(cell, lang, estimate or _whole)) for cell in row))
    return drawn


def _whole(estimate: Estimate) -> str:
    return f"{with_interval(estimate)} n={estimate.n}"


def _short(estimate: Estimate) -> str:
    """Return "84 [79–89] 250": the kinds stand side by side, a line each."""
    return f"{100 * estimate.mean:.0f} [{100 * estimate.low:.0f}–{100 * estimate.high:.0f}] {estimate.n}"


def _text(cell: Cell, lang: Language, estimate: Callable[[Estimate], str] = _whole) -> str:
    if isinstance(cell, Words):
        return cell.text(lang)
    if isinstance(cell, Estimate):
        return estimate(cell)
    return "–" if cell is None else cell
