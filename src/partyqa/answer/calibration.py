"""The fitted numbers by which sentences are ordered and trusted, and what they weigh."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from partyqa.answer.features import FEATURES

# Scores of the reading model for a sentence in its passage; without one these are left out.
READ = ("says", "relevant", "margin", "mass")
# What the confidence is made of; without a model the evidence alone. What else was tried did not carry to other texts.
SIGNALS = (
    *("words", "pairs", "context", "around", "kind", "lacks", "focus", "names", "year"),
    *("cosine", "missing", "margin", "open", "compared"),
)
READ_SIGNALS = ("focus", "missing", "relevant", "mass")

_FILE = "calibration.json"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The numbers fitted on the dev questions by `benchmarks/tune.py`, with where they come from.

    `choose` weighs FEATURES, and READ behind them where a model reads, to order sentences; `trust` weighs
    SIGNALS, where a model reads READ_SIGNALS, its last number the intercept, to a log-odds that the first sentence
    answers; below `threshold` the answer is a refusal; a further sentence is cited when its score is
    within `further` of the first.
    """

    choose: NDArray[np.float64]
    trust: NDArray[np.float64]
    threshold: float
    further: float

    @classmethod
    def shipped(cls, *, reading: bool) -> "Judgement":
        """Load the numbers that come with the package: for answering with a reading model or without."""
        part = _numbers()["reading" if reading else "alone"]
        return cls(
            np.array([part["choose"][name] for name in chosen_by(reading=reading)]),
            np.array([part["trust"][name] for name in (*trusted_by(reading=reading), "intercept")]),
            part["threshold"],
            part["further"],
        )


@cache
def _numbers() -> dict[str, Any]:
    numbers: dict[str, Any] = json.loads(files("partyqa.answer").joinpath(_FILE).read_text("utf-8"))
    return numbers


def confidence_steps() -> tuple[float, float]:
    """Return the lowest confidence that is "high", and the lowest that is "middle"."""
    steps = _numbers()["steps"]
    return steps["high"], steps["middle"]


def confidence_step(confidence: float) -> Literal["high", "middle", "low"]:
    """Return which word stands for a confidence, fitted so that on the broad dev sets, weighed as in the fit, nine of
    ten "high" answers are right and three of four from "middle" on.
    """
    high, middle = confidence_steps()
    return "high" if confidence >= high else "middle" if confidence >= middle else "low"


def chosen_by(*, reading: bool) -> tuple[str, ...]:
    """Return the names of what `choose` weighs."""
    return (*FEATURES, *READ) if reading else FEATURES


def trusted_by(*, reading: bool) -> tuple[str, ...]:
    """Return the names of what `trust` weighs, the intercept left out."""
    return READ_SIGNALS if reading else SIGNALS
