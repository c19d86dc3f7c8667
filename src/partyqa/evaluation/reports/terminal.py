"""The report on a terminal: tables for rich to print."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from partyqa.i18n import Language
from partyqa.evaluation.comparison import Comparison
from partyqa.evaluation.metrics.base import Shown
from partyqa.evaluation.metrics.registry import in_order, metric
from partyqa.evaluation.perturbation import WORDS
from partyqa.evaluation.scoring import Stage
from partyqa.evaluation.statistics import Estimate, Paired
from partyqa.evaluation.summary import Summary

STAGES: Mapping[Stage, tuple[str, str]] = {
    Stage.RIGHT: ("câu đầu đúng", "first sentence right"),
    Stage.LATER: ("đúng nhưng không đứng đầu", "right, not first"),
    Stage.REFUSED: ("chọn đúng nhưng từ chối", "chosen but refused"),
    Stage.NOT_CHOSEN: ("tìm thấy đoạn, chọn câu khác", "found but another sentence chosen"),
    Stage.NOT_FOUND: ("không tìm thấy đoạn", "not in the passages found"),
    Stage.FAILED: ("lỗi hoặc quá giờ", "failed or timed out"),
    Stage.REFUSED_RIGHTLY: ("không có trong kho, từ chối đúng", "unanswerable, refused"),
    Stage.FALSE_ANSWER: ("không có trong kho mà vẫn trả lời", "unanswerable, answered"),
}
_MOST_LISTED = 40


def terminal_report(
    summaries: Sequence[Summary], comparisons: Sequence[Comparison] = (), *, lang: Language = "vi"
) -> RenderableType:
    """Return all tables: for each dataset its systems side by side, then comparisons with the baseline."""
    parts: list[RenderableType] = []
    for _, group in groupby(summaries, key=lambda summary: summary.dataset.path):
        systems = list(group)
        parts.append(_systems(systems, lang))
        for summary in systems:
            parts += _details(summary, lang)
    for comparison in comparisons:
        parts += _comparison(comparison, lang)
    return Group(*parts)


def cell(estimate: Estimate) -> str:
    """Return "84.2 [79.1–88.7] n=250", in hundredths."""
    low, high = f"{100 * estimate.low:.1f}", f"{100 * estimate.high:.1f}"
    return f"{100 * estimate.mean:.1f} [{low}–{high}] n={estimate.n}"


def _short(estimate: Estimate) -> str:
    """Return "84 [79–89] 250": the kinds stand side by side, a line each."""
    return f"{100 * estimate.mean:.0f} [{100 * estimate.low:.0f}–{100 * estimate.high:.0f}] {estimate.n}"


def _say(lang: Language, vi: str, en: str) -> str:
    return en if lang == "en" else vi


def _table(title: str, *columns: str) -> Table:
    table = Table(title=Text(title), title_justify="left")
    for column in columns:
        table.add_column(Text(column))
    return table


def _row(table: Table, *cells: str) -> None:
    table.add_row(*(Text(text) for text in cells))  # Text: what a dataset says is never markup


def _systems(systems: Sequence[Summary], lang: Language) -> Table:
    first = systems[0]
    unit = _say(lang, "phần trăm, khoảng tin cậy 95 %", "per cent, 95 % interval")
    said = _say(lang, "nghĩa", "meaning")
    how = f", {_say(lang, *WORDS[first.dataset.typed])}" if first.dataset.typed else ""
    title = f"{first.dataset.label} · {len(first.rows)} {_say(lang, 'câu hỏi', 'questions')}{how} ({unit})"
    table = _table(title, _say(lang, "thước đo", "measure"), *(summary.system for summary in systems), said)
    for name in in_order({name for summary in systems for name in summary.measures}):
        cells = [cell(s.measures[name]) if name in s.measures else "–" for s in systems]
        _row(table, name, *cells, _say(lang, *metric(name).meaning))
    return table


def _details(summary: Summary, lang: Language) -> Iterator[RenderableType]:
    if summary.dataset.typed:
        yield _typed(summary, lang)
    yield _kinds(summary, lang)
    stages = _table(
        f"{summary.system} · {_say(lang, 'câu hỏi dừng ở đâu', 'where questions ended')}",
        _say(lang, "chặng", "stage"),
        "n",
    )
    for stage, (vi, en) in STAGES.items():
        if summary.stages.get(stage):
            _row(stages, _say(lang, vi, en), str(summary.stages[stage]))
    yield stages
    times = [f"{stage} {t['median']:.1f} / {t['p95']:.1f}" for stage, t in summary.timings.items()]
    label = _say(lang, "mili giây, trung vị / p95", "milliseconds, median / p95")
    yield Text(f"{label}: {'; '.join(times)}")
    for vi, en in summary.dataset.notes:
        yield Text(_say(lang, f"Ghi chú: {vi}.", f"Note: {en}."))
    if summary.dataset.skipped:
        skipped = len(summary.dataset.skipped)
        yield Text(_say(lang, f"Bỏ qua {skipped} chỗ hỏng:", f"{skipped} bad places skipped:"))
        yield from (Text(f"  {fault.message(lang)}") for fault in summary.dataset.skipped[:_MOST_LISTED])
    for row in summary.failed[:_MOST_LISTED]:
        failed = _say(lang, "Câu hỏi bị lỗi, tính là sai", "Failed, counted as wrong")
        yield Text(f"{failed}: {row.outcome.case.question.id}: {row.outcome.error}")


def _typed(summary: Summary, lang: Language) -> Table:
    """The questions that typing changed, each as written and as typed."""
    said = _say(lang, "từng câu, + là tốt hơn", "question by question, + is better")
    columns = ["thước đo", "như đã viết", "gõ lại", "thay đổi", "n"]
    english = ["measure", "as written", "as typed", "change", "n"]
    title = f"{summary.dataset.label} · {summary.system} · {said}"
    table = _table(title, *(english if lang == "en" else columns))
    for name, pair in summary.paired.items():
        _row(table, name, *pair_cells(name, pair), str(pair.change.n))
    return table


def pair_cells(name: str, pair: Paired) -> tuple[str, str, str]:
    """Return ("84.2", "82.1", "-2.1 [-4.0; -0.5]"), in hundredths: before, after, the change, + the better."""
    before, after = pair.turned(metric(name).sign)
    low, high = f"{100 * pair.change.low:+.1f}", f"{100 * pair.change.high:+.1f}"
    change = f"{100 * pair.change.mean:+.1f} [{low}; {high}]"
    return f"{100 * before:.1f}", f"{100 * after:.1f}", change


def _kinds(summary: Summary, lang: Language) -> Table:
    said = _say(lang, "theo loại câu hỏi (phần trăm, khoảng 95 %, n)", "by kind (per cent, 95 % interval, n)")
    title = f"{summary.system} · {said}"
    kinds = summary.slices.get("kind", {})
    names = in_order({name for table in kinds.values() for name in table}, Shown.SLICES)
    table = _table(title, _say(lang, "loại", "kind"), *names)
    for kind, measures in kinds.items():
        _row(table, kind, *(_short(measures[name]) if name in measures else "–" for name in names))
    return table


def _comparison(comparison: Comparison, lang: Language) -> Iterator[RenderableType]:
    title = f"{comparison.dataset} · {comparison.system} · {_say(lang, 'so với mốc', 'against the baseline')}"
    columns = ["trước", "sau", "thay đổi", "thắng", "thua", "hòa", "p bootstrap", "p McNemar"]
    english = ["before", "after", "change", "wins", "losses", "ties", "p bootstrap", "p McNemar"]
    table = _table(title, _say(lang, "thước đo", "measure"), *(english if lang == "en" else columns))
    for name, pair in comparison.measures.items():
        counts = (str(pair.wins), str(pair.losses), str(pair.ties))
        _row(
            table, name, *pair_cells(name, pair), *counts, f"{pair.p_bootstrap:.3f}", f"{pair.p_mcnemar:.3f}"
        )
    yield table
    yield from (
        Text(f"  {change.question} · {change.measure}: {change.before:g} → {change.after:g}")
        for change in comparison.changes[:_MOST_LISTED]
    )
    if comparison.only_before or comparison.only_after:
        yield Text(
            _say(
                lang,
                f"{comparison.only_before} câu chỉ có ở mốc, {comparison.only_after} câu mới.",
                f"{comparison.only_before} questions only in the baseline, {comparison.only_after} new ones.",
            )
        )
    yield verdict(comparison, lang)


def verdict(comparison: Comparison, lang: Language) -> Text:
    """Return the gate's word in one line."""
    if comparison.passed:
        return Text(_say(lang, "ĐẠT: không thước đo nào giảm.", "PASSED: no gated measure fell."), "green")
    fallen = ", ".join(comparison.fallen)
    return Text(_say(lang, f"KHÔNG ĐẠT: giảm ở {fallen}.", f"NOT PASSED: {fallen} fell."), "bold red")
