"""Metrics of the confidence: does it separate right from wrong, and is it true."""

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from partyqa.evaluation.metrics.base import Metric, Shown, Words
from partyqa.evaluation.statistics import Floats


@dataclass(frozen=True, slots=True)
class ConfidenceMetric(Metric):
    """A statistic of the confidences and, of each question, whether it was answered right or could be.

    `failed`: questions that failed count too, as wrong and with no confidence.
    """

    _: KW_ONLY
    statistic: Callable[[ArrayLike, ArrayLike], float]
    of: Literal["correct", "answerable"]
    failed: bool = False


def risk_coverage(confidence: ArrayLike, correct: ArrayLike) -> tuple[Floats, Floats]:
    """Return (coverage, risk), each (n,): the share answered and the share of those that are wrong.

    Questions are answered in falling order of `confidence`. Equal confidences cannot be separated, so each
    of them counts as the mean of its group: the curve does not depend on the order of the input.
    """
    scores, errors = np.asarray(confidence, dtype=float), 1 - np.asarray(correct, dtype=float)
    _, group, sizes = np.unique(-scores, return_inverse=True, return_counts=True)
    means = np.bincount(group, weights=errors, minlength=len(sizes)) / sizes
    answered = np.arange(1, len(scores) + 1)
    return answered / max(len(scores), 1), np.cumsum(np.repeat(means, sizes)) / answered


def aurc(confidence: ArrayLike, correct: ArrayLike) -> float:
    """Return the area under the risk-coverage curve, 0..1, lower is better (Geifman and El-Yaniv 2017)."""
    return float(risk_coverage(confidence, correct)[1].mean())


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of the reliability diagram: `n` questions, their mean confidence and the share that is right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def reliability(confidence: ArrayLike, correct: ArrayLike, bins: int = 10) -> list[Bin]:
    """Return the occupied ones of `bins` equal intervals (low, high] of 0..1; 0 itself is in the first."""
    scores, right = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=float)
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, scores, side="left") - 1, 0, bins - 1)
    return [
        Bin(
            low=float(edges[number]),
            high=float(edges[number + 1]),
            n=int(inside.sum()),
            confidence=float(scores[inside].mean()),
            accuracy=float(right[inside].mean()),
        )
        for number in range(bins)
        if (inside := place == number).any()
    ]


def ece(confidence: ArrayLike, correct: ArrayLike, bins: int = 10) -> float:
    """Return the expected calibration error, 0..1, lower is better (Guo et al. 2017)."""
    occupied = reliability(confidence, correct, bins)
    total = sum(bar.n for bar in occupied)
    return sum(bar.n * abs(bar.confidence - bar.accuracy) for bar in occupied) / max(total, 1)


def auroc(confidence: ArrayLike, positive: ArrayLike) -> float:
    """Return the chance that a positive scores above a negative, ties half; nan without one of each."""
    scores, labels = np.asarray(confidence, dtype=float), np.asarray(positive, dtype=bool)
    high, low = scores[labels], np.sort(scores[~labels])
    if not len(high) or not len(low):
        return math.nan
    below = np.searchsorted(low, high, side="left") + np.searchsorted(low, high, side="right")
    return float(below.mean() / (2 * len(low)))


CONFIDENCE = (
    ConfidenceMetric(
        "AUROC",
        Words("độ tin cậy phân biệt có và không có", "confidence tells answerable from not"),
        statistic=auroc,
        of="answerable",
        shown=Shown.SUMMARY,
    ),
    ConfidenceMetric(
        "AURC",
        Words("tỉ lệ sai dưới đường rủi ro–độ phủ", "area under risk-coverage"),
        statistic=aurc,
        of="correct",
        failed=True,
        better="lower",
        shown=Shown.SUMMARY,
    ),
    ConfidenceMetric(
        "ECE",
        Words("độ tin cậy lệch thực tế", "expected calibration error"),
        statistic=ece,
        of="correct",
        better="lower",
        shown=Shown.SUMMARY,
    ),
)
