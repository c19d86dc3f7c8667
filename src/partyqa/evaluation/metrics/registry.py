"""All metrics, found by name and in the order of a report."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from partyqa.evaluation.metrics.answers import ANSWERS
from partyqa.evaluation.metrics.base import Metric, Shown, Words
from partyqa.evaluation.metrics.confidence import CONFIDENCE
from partyqa.evaluation.metrics.rankings import ranking_column, ranking_place

# A share of the quotes shown, no mean over questions: one is too many.
MISQUOTES = Metric(
    "misquotes",
    Words("trích dẫn khác nguyên văn (phải là 0)", "quotes that differ (must be 0)"),
    better="lower",
    shown=Shown.SUMMARY,
    gated=0.0,
)
_NAMED: Mapping[str, Metric] = MappingProxyType(
    {metric.name: metric for metric in (*ANSWERS, *CONFIDENCE, MISQUOTES)}
)


def metric(name: str) -> Metric:
    """Return the metric of a column; KeyError for a name that is none."""
    return _NAMED[name] if name in _NAMED else ranking_column(name)


def in_order(names: Iterable[str], shown: Shown = Shown.TABLE) -> list[str]:
    """Return the names shown there, in the order of a report: answers, then articles, then passages."""
    wanted = {name for name in names if metric(name).shown >= shown}
    named = [name for name in _NAMED if name in wanted]
    return named + sorted(wanted - _NAMED.keys(), key=ranking_place)
