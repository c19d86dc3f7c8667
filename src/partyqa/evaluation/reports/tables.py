"""The tables of a report, made once of what was measured; terminal, HTML and Markdown draw the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from partyqa.evaluation.comparison import Comparison
from partyqa.evaluation.metrics.base import Shown, Words
from partyqa.evaluation.metrics.registry import in_order, metric
from partyqa.evaluation.perturbation import words_of
from partyqa.evaluation.scoring import Stage
from partyqa.evaluation.statistics import Estimate, Paired
from partyqa.evaluation.summary import Summary
from partyqa.i18n import LANGUAGES, Message, message

Cell = str | Words | Estimate | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table in no language yet; an Estimate is drawn with its interval, None as a dash."""

    title: Words
    columns: tuple[str | Words, ...]
    rows: list[tuple[Cell, ...]]


def say(key: str, **arguments: object) -> Words:
    """Return the words of `reports.key` in both languages; arguments may be messages too."""
    return _both(message(f"reports.{key}", **arguments))


def with_interval(estimate: Estimate) -> str:
    """Return "84.2 [79.1–88.7]", in hundredths."""
    return f"{100 * estimate.mean:.1f} [{100 * estimate.low:.1f}–{100 * estimate.high:.1f}]"


def systems_table(systems: Sequence[Summary]) -> Table:
    """Return every metric of a dataset, its systems side by side."""
    dataset, n = systems[0].dataset, len(systems[0].rows)
    names = in_order({name for summary in systems for name in summary.measures})
    return Table(
        say("questions_typed", n=n, how=_how(systems[0])) if dataset.typed else say("questions", n=n),
        (say("measure"), *(summary.system for summary in systems), say("meaning")),
        [(name, *(one.measures.get(name) for one in systems), metric(name).meaning) for name in names],
    )


def slice_table(summary: Summary, name: str) -> Table:
    """Return the metrics shown by slice for each value of a slice: kind, article, place or length."""
    tables = summary.slices.get(name, {})
    names = in_order({column for table in tables.values() for column in table}, Shown.SLICES)
    rows: list[tuple[Cell, ...]] = [
        (value, *(table.get(column) for column in names)) for value, table in tables.items()
    ]
    return Table(say(f"by_{name}"), (say(name), *names), rows)


def stage_words(stage: Stage) -> Words:
    """Return where a question ended."""
    return say(f"stage_{stage.name.lower()}")


def stages_table(summary: Summary) -> Table:
    """Return how many questions ended where."""
    counts = [(stage, summary.stages.get(stage)) for stage in Stage]
    rows: list[tuple[Cell, ...]] = [(stage_words(stage), str(count)) for stage, count in counts if count]
    return Table(say("ended"), (say("stage"), "n"), rows)


def times_table(summary: Summary) -> Table:
    """Return the milliseconds of each stage of answering."""
    rows: list[tuple[Cell, ...]] = [
        (stage, f"{times['median']:.1f}", f"{times['p95']:.1f}") for stage, times in summary.timings.items()
    ]
    return Table(say("milliseconds"), (say("stage"), say("median"), "p95"), rows)


def typed_table(summary: Summary) -> Table:
    """Return the questions that typing changed, as written beside as typed."""
    rows: list[tuple[Cell, ...]] = [
        (name, *_pair(name, pair), str(pair.change.n)) for name, pair in summary.paired.items()
    ]
    columns = (say("measure"), say("as_written"), say("as_typed"), say("change"), "n")
    return Table(say("typed", how=_how(summary)), columns, rows)


def comparison_table(comparison: Comparison) -> Table:
    """Return every metric before and after, with its tests."""
    names = ("measure", "before", "after", "change", "wins", "losses", "ties")
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            *_pair(name, pair),
            *(str(count) for count in (pair.wins, pair.losses, pair.ties)),
            *(f"{p:.3f}" for p in (pair.p_bootstrap, pair.p_mcnemar)),
        )
        for name, pair in comparison.measures.items()
    ]
    return Table(say("against"), (*map(say, names), "p bootstrap", "p McNemar"), rows)


def changes_table(comparison: Comparison) -> Table:
    """Return the questions whose value under a gated metric is another than before."""
    rows: list[tuple[Cell, ...]] = [
        (change.question, change.measure, f"{change.before:g} → {change.after:g}")
        for change in comparison.changes
    ]
    return Table(say("changed"), (say("question"), say("measure"), ""), rows)


def verdict(comparison: Comparison) -> Words:
    """Return what the gate says."""
    return say("not_passed", fallen=", ".join(comparison.fallen)) if comparison.fallen else say("passed")


def remarks(summary: Summary) -> list[tuple[Words, list[str | Words]]]:
    """Return what a reader must know beside the tables: notes, what was skipped and what failed, as lists."""
    skipped, failed = summary.dataset.skipped, summary.failed
    found: list[tuple[Words, list[str | Words]]] = [
        (say("notes"), [_both(note) for note in summary.dataset.notes]),
        (say("skipped", n=len(skipped)), [_both(fault.sentence) for fault in skipped]),
        (say("errors"), [f"{row.outcome.case.question.id}: {row.outcome.error}" for row in failed]),
    ]
    return [(title, lines) for title, lines in found if lines]


def _both(message: Message) -> Words:
    return Words(*map(message.text, LANGUAGES))


def _how(summary: Summary) -> Message | str:
    """Return how the questions of a summary were typed."""
    return words_of(summary.dataset.typed) if summary.dataset.typed else ""


def _pair(name: str, pair: Paired) -> tuple[str, str, str]:
    """Return ("84.2", "82.1", "-2.1 [-4.0; -0.5]"), in hundredths: before, after, the change, + the better."""
    before, after = pair.turned(metric(name).sign)
    change = pair.change
    interval = f"[{100 * change.low:+.1f}; {100 * change.high:+.1f}]"
    return f"{100 * before:.1f}", f"{100 * after:.1f}", f"{100 * change.mean:+.1f} {interval}"
