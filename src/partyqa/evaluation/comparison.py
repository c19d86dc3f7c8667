"""Before and after: question by question against a report kept earlier, and whether that is a step back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partyqa.errors import DatasetError
from partyqa.evaluation.datasets.files import unreadable
from partyqa.evaluation.metrics.registry import MISQUOTES, in_order, metric
from partyqa.evaluation.scoring import Row
from partyqa.evaluation.statistics import Paired, compare
from partyqa.evaluation.summary import Summary
from partyqa.types import Question

_Values = Mapping[str, Mapping[str, float]]  # of each measure, by question id


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose value under a measure is another than before."""

    question: str
    measure: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A summary against its baseline, over the questions that are in both.

    `measures` are turned so that higher is better: a win is a question that got better. `fallen` are the
    gated metrics whose 95 % interval of the change lies below what each may fall, and any misquotes.
    """

    dataset: str
    system: str
    measures: Mapping[str, Paired]
    changes: tuple[Change, ...]
    only_before: int
    only_after: int
    fallen: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing gated fell."""
        return not self.fallen


def read_baseline(path: Path) -> list[dict[str, Any]]:
    """Return the reports in a file that `evaluate --json` wrote: an array, or one object a line.

    Raises DatasetError where it holds something else.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from error
    try:
        reports = json.loads(text) if text.lstrip().startswith("[") else _lines(text)
        known = [(report["dataset"], report["system"], report["questions"].items()) for report in reports]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        known = []
    if not known:
        raise DatasetError("evaluation.no_report", file=path.name)
    return reports


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def compare_with(baseline: Sequence[Mapping[str, Any]], summaries: Sequence[Summary]) -> list[Comparison]:
    """Return a comparison for each summary.

    Raises DatasetError when the baseline shares no question with one of them: a gate that compares nothing
    would always open.
    """
    known = {
        (report["dataset"], report["system"], report.get("typed")): report["questions"] for report in baseline
    }
    found = []
    for summary in summaries:
        before = known.get((summary.dataset.name, summary.system, summary.dataset.typed), {})
        found.append(_compare(summary, before, summary.to_json()["questions"]))
        if not found[-1].measures:
            name = f"{summary.dataset.label}/{summary.system}"
            raise DatasetError("evaluation.baseline_lacks", name=name)
    return found


def against_written(typed: Summary, written: Summary) -> dict[str, Paired]:
    """Return the measures of the questions that typing changed, before: as written; after: as typed.

    Those that it left alone are no pairs: they can only tie, and would hide what the others lost.
    """
    before = {_question(row).id: row for row in written.rows}
    after = {
        _question(row).id: row.values
        for row in typed.rows
        if _question(row).turns != _question(before[_question(row).id]).turns
    }
    return _pairs({key: before[key].values for key in after}, after)


def _question(row: Row) -> Question:
    return row.outcome.case.question


def _pairs(before: _Values, after: _Values) -> dict[str, Paired]:
    """Compare every measure over the questions that have it on both sides, turned so that higher is better."""
    shared = [key for key in after if key in before]
    found: dict[str, Paired] = {}
    for name in in_order({name for key in shared for name in after[key] if name in before[key]}):
        keys = [key for key in shared if name in after[key] and name in before[key]]
        sign = metric(name).sign
        found[name] = compare(
            [sign * before[key][name] for key in keys], [sign * after[key][name] for key in keys]
        )
    return found


def _compare(summary: Summary, before: _Values, after: _Values) -> Comparison:
    measures = _pairs(before, after)
    limits = {name: metric(name).gated for name in measures}
    gated = {name: limit for name, limit in limits.items() if limit is not None}
    changes = [
        Change(key, name, before[key][name], after[key][name])
        for name in gated
        for key in after
        if name in after[key] and name in before.get(key, {}) and before[key][name] != after[key][name]
    ]
    fallen = [name for name, limit in gated.items() if measures[name].change.high < -limit]
    return Comparison(
        dataset=summary.dataset.label,
        system=summary.system,
        measures=measures,
        changes=tuple(changes),
        only_before=len(before.keys() - after.keys()),
        only_after=len(after.keys() - before.keys()),
        fallen=(*fallen, *([MISQUOTES.name] if summary.misquotes else [])),
    )
