"""From the rows of one system on one dataset to what a report shows."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from partyqa.evaluation.datasets.base import Dataset
from partyqa.evaluation.metrics.confidence import CONFIDENCE
from partyqa.evaluation.metrics.registry import MISQUOTES, in_order, metric
from partyqa.evaluation.scoring import Row, Stage
from partyqa.evaluation.statistics import Estimate, Paired, interval, mean_interval

Estimates = Mapping[str, Estimate]

_MOST_VALUES = 60  # a slice of more values than that is no overview
_LENGTHS = (4, 8, 12, 16)  # syllables, upper ends


@dataclass(frozen=True, slots=True)
class Summary:
    """One system on one dataset: every measure with its interval, overall and by slice.

    `slices` maps a slice's name (kind, article, place, length) to its values and their tables; `timings` a
    stage to its median and 95th percentile in milliseconds; `stages` counts where questions ended. `paired`,
    where the questions were typed anew: the measures of those that this changed, as written (before) and as
    typed (after), turned as in Comparison.
    """

    dataset: Dataset
    system: str
    rows: tuple[Row, ...]
    measures: Estimates
    slices: Mapping[str, Mapping[str, Estimates]]
    stages: Mapping[Stage, int]
    timings: Mapping[str, Mapping[str, float]]
    quotes: int
    misquotes: int
    paired: Mapping[str, Paired] = field(default_factory=dict)

    @property
    def failed(self) -> list[Row]:
        """The rows of questions that ended in an error or in no answer."""
        return [row for row in self.rows if row.outcome.error]

    def to_json(self) -> dict[str, Any]:
        """Return the object of docs/architecture.md; `questions` are what --baseline compares."""
        return {
            "dataset": self.dataset.name,
            "system": self.system,
            "typed": self.dataset.typed,
            "n": len(self.rows),
            "measures": _json(self.measures),
            "kinds": {kind: _json(table) for kind, table in self.slices.get("kind", {}).items()},
            "timings_ms": {stage: dict(times) for stage, times in self.timings.items()},
            "slices": {
                name: {value: _json(table) for value, table in tables.items()}
                for name, tables in self.slices.items()
                if name != "kind"
            },
            "stages": {str(stage): count for stage, count in self.stages.items()},
            "paired": {name: _pair_json(name, pair) for name, pair in self.paired.items()},
            "misquotes": self.misquotes,
            "quotes": self.quotes,
            "failed": {row.outcome.case.question.id: row.outcome.error for row in self.failed},
            "notes": [note.text("en") for note in self.dataset.notes],
            "skipped": [fault.en for fault in self.dataset.skipped],
            "questions": {
                row.outcome.case.question.id: {name: round(value, 6) for name, value in row.values.items()}
                for row in self.rows
            },
        }


def summarise(dataset: Dataset, system: str, rows: Sequence[Row]) -> Summary:
    """Return the summary of all rows of a system on a dataset."""
    return Summary(
        dataset=dataset,
        system=system,
        rows=tuple(rows),
        measures=_ordered(means(rows) | _of_confidence(rows)),
        slices=dict(_slices(dataset, rows)),
        stages=Counter(row.stage for row in rows if row.stage is not None),
        timings=_timings(rows),
        quotes=sum(row.quotes for row in rows),
        misquotes=sum(row.misquotes for row in rows),
    )


def means(rows: Sequence[Row]) -> dict[str, Estimate]:
    """Return every measure that some of `rows` have a part in, its mean over those rows."""
    values: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        for name, value in row.values.items():
            values[name].append(value)
    found = {name: mean_interval(numbers) for name, numbers in values.items()}
    quotes = sum(row.quotes for row in rows)
    if quotes:
        share = sum(row.misquotes for row in rows) / quotes
        found[MISQUOTES.name] = Estimate(share, share, share, quotes)
    return _ordered(found)


def _ordered(found: Estimates) -> dict[str, Estimate]:
    return {name: found[name] for name in in_order(found)}


def _of_confidence(rows: Sequence[Row]) -> dict[str, Estimate]:
    """Return the metrics of the confidence that have a value. A question that failed comes last: it has none."""
    found: dict[str, Estimate] = {}
    for one in CONFIDENCE:
        judged = [row for row in rows if row.stage is not None and (one.failed or not row.outcome.error)]
        labels = [row.correct if one.of == "correct" else row.outcome.case.answerable for row in judged]
        confidences = [row.confidence for row in judged]
        if judged and not math.isnan(one.statistic(confidences, labels)):
            found[one.name] = interval(one.statistic, confidences, labels)
    return found


def _slices(dataset: Dataset, rows: Sequence[Row]) -> Iterable[tuple[str, dict[str, Estimates]]]:
    """Yield the slices that divide the rows into more than one and not too many parts."""
    titles = {article.id: article.title for article in dataset.articles}

    def article(row: Row) -> str:
        return next((titles.get(key, key) for key in row.outcome.case.relevant), "")

    keys: dict[str, Callable[[Row], str]] = {
        "kind": lambda row: row.outcome.case.kind,
        "article": article,
        "place": lambda row: row.outcome.case.place,
        "length": _length,
    }
    for name, key in keys.items():
        parts: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if key(row):
                parts[key(row)].append(row)
        if 1 < len(parts) <= _MOST_VALUES or (parts and name == "kind"):
            yield name, {value: means(parts[value]) for value in sorted(parts)}


def _length(row: Row) -> str:
    syllables = len(row.outcome.case.question.turns[-1].split())
    low = 1
    for high in _LENGTHS:
        if syllables <= high:
            return f"{low:02}–{high:02}"
        low = high + 1
    return f"{low:02}+"


def _timings(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    times: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.outcome.answer is not None:
            for stage, spent in row.outcome.answer.timings.items():
                times[stage].append(spent)
    return {
        stage: {"median": float(np.median(spent)), "p95": float(np.percentile(spent, 95))}
        for stage, spent in times.items()
    }


def _json(estimates: Estimates) -> dict[str, dict[str, float | int]]:
    return {name: estimate.to_json() for name, estimate in estimates.items()}


def _pair_json(name: str, pair: Paired) -> dict[str, Any]:
    """Return written and typed as the measure has them; the change is turned so that higher is better."""
    written, typed = pair.turned(metric(name).sign)
    return {
        "written": written,
        "typed": typed,
        "change": pair.change.to_json(),
        "wins": pair.wins,
        "losses": pair.losses,
        "ties": pair.ties,
    }
