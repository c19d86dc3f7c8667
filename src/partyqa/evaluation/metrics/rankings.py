"""Metrics of rankings; a new one is an entry of RANKINGS.

A measure is its name: `Measure.parse("nDCG@10")` prints, compares and hashes as `nDCG@10`; names and
definitions are those of ir_measures (trec_eval), against which the tests hold them.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from partyqa.errors import DatasetError
from partyqa.evaluation.metrics.base import Metric, Shown, Words

# A formula takes the grades of what was ranked, cut at k, and all relevant grades, highest first.
Formula = Callable[[Sequence[int], Sequence[int], int | None], float]


def _recall(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    return sum(grade > 0 for grade in grades) / len(ideal)


def _success(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    return float(any(grade > 0 for grade in grades))


def _precision(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    return sum(grade > 0 for grade in grades) / (k or len(grades) or 1)


def _reciprocal_rank(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    return next((1 / rank for rank, grade in enumerate(grades, 1) if grade > 0), 0.0)


def _average_precision(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    found, total = 0, 0.0
    for rank, grade in enumerate(grades, 1):
        if grade > 0:
            found += 1
            total += found / rank
    return total / len(ideal)


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _ndcg(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    return _dcg(grades) / _dcg(ideal[:k])


@dataclass(frozen=True, slots=True)
class RankingMetric:
    """A formula for rankings of articles (`R@5`) and of passages (`passage:R@5`), at any cut-off.

    `cutoffs` are those measured unless others are chosen; `shown` and `gated` are as in Metric, by column.
    """

    name: str
    meaning: Words
    formula: Formula
    aliases: tuple[str, ...] = ()
    cutoffs: tuple[int, ...] = ()
    better: Literal["higher", "lower"] = "higher"
    shown: Mapping[str, Shown] = field(default_factory=dict)
    gated: Mapping[str, float] = field(default_factory=dict)

    def column(self, name: str, level: str, cutoff: str) -> Metric:
        """Return the metric of a column: "passage:R@5" is "đoạn: phần đúng tìm thấy (5 đầu)"."""
        what = Words("đoạn", "passages") if level else Words("bài", "articles")
        among = Words(f" ({cutoff} đầu)", f" (first {cutoff})") if cutoff else Words("", "")
        return Metric(
            name,
            Words(f"{what.vi}: {self.meaning.vi}{among.vi}", f"{what.en}: {self.meaning.en}{among.en}"),
            better=self.better,
            shown=self.shown.get(name, Shown.TABLE),
            gated=self.gated.get(name),
        )


_RANKINGS = (
    RankingMetric(
        "R",
        Words("phần đúng tìm thấy", "share of the right found"),
        _recall,
        aliases=("Recall",),
        cutoffs=(3, 5, 10),
        shown={"R@5": Shown.SUMMARY, "passage:R@5": Shown.SLICES},
        gated={"passage:R@5": 0.0},
    ),
    RankingMetric(
        "Success",
        Words("có kết quả đúng", "something right is found"),
        _success,
        cutoffs=(1,),
        shown={"Success@1": Shown.SUMMARY, "passage:Success@1": Shown.SUMMARY},
    ),
    RankingMetric("P", Words("phần kết quả đúng", "share of the found that is right"), _precision),
    RankingMetric(
        "RR",
        Words("nghịch đảo hạng đúng đầu tiên", "reciprocal rank of the first right"),
        _reciprocal_rank,
        aliases=("MRR",),
        cutoffs=(10,),
    ),
    RankingMetric(
        "AP",
        Words("độ chính xác trung bình", "average precision"),
        _average_precision,
        aliases=("MAP",),
        cutoffs=(100,),
    ),
    RankingMetric(
        "nDCG",
        Words("thứ hạng có trọng số", "discounted gain of the ranking"),
        _ndcg,
        cutoffs=(10,),
        shown={"nDCG@10": Shown.PLOT, "passage:nDCG@10": Shown.SUMMARY},
        gated={"nDCG@10": 0.0},
    ),
)
RANKINGS: Mapping[str, RankingMetric] = MappingProxyType({metric.name: metric for metric in _RANKINGS})
_NAME = re.compile(r"(?P<name>[A-Za-z]+)(?:@(?P<cutoff>[1-9][0-9]{0,8}))?")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of one question's ranking, `name@cutoff`; without a cut-off the whole ranking counts."""

    name: str
    cutoff: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Measure":
        """Return the measure called `text`; aliases are read as what they stand for.

        "MRR@10" -> RR@10. Raises DatasetError for a name that is none of them.
        """
        match = _NAME.fullmatch(text.strip())
        aliases = {alias: metric.name for metric in RANKINGS.values() for alias in metric.aliases}
        name = aliases.get(match["name"], match["name"]) if match else ""
        if match is None or name not in RANKINGS:
            known = ", ".join(RANKINGS)
            raise DatasetError("evaluation.no_measure", name=text, known=known)
        cutoff = match["cutoff"]
        return cls(name, int(cutoff) if cutoff else None)

    def __str__(self) -> str:
        return self.name if self.cutoff is None else f"{self.name}@{self.cutoff}"

    def __call__(self, qrels: Mapping[str, int], ranking: Sequence[str]) -> float:
        """Return the value for one question, 0..1.

        `qrels` maps document ids to grades, above 0 relevant; an id not in it is not. `ranking` holds
        document ids, best first; an empty one, and a question without relevant documents, are worth 0.
        Raises ValueError when the ranking names a document twice, which would count it twice.
        """
        if len(set(ranking)) != len(ranking):
            raise ValueError("a ranking names a document twice")
        ideal = sorted((grade for grade in qrels.values() if grade > 0), reverse=True)
        if not ideal:
            return 0.0
        grades = [max(qrels.get(document, 0), 0) for document in ranking[: self.cutoff]]
        return RANKINGS[self.name].formula(grades, ideal, self.cutoff)


def default_measures() -> list[Measure]:
    """Return what is measured where no measure is chosen."""
    return [Measure(metric.name, cutoff) for metric in RANKINGS.values() for cutoff in metric.cutoffs]


def ranking_column(name: str) -> Metric:
    """Return the metric of a column called as in "passage:R@5"; KeyError where there is none."""
    level, _, measure = name.rpartition(":")
    metric, _, cutoff = measure.partition("@")
    return RANKINGS[metric].column(name, level, cutoff)


def ranking_place(name: str) -> tuple[bool, int, int]:
    """Return what sorts the columns: articles before passages, the order of RANKINGS, small cut-offs first."""
    level, _, measure = name.rpartition(":")
    metric, _, cutoff = measure.partition("@")
    return bool(level), list(RANKINGS).index(metric), int(cutoff or 0)
