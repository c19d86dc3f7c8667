"""Candidates and their order: sentences with the evidence for them, and what a model read."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from partyqa.answer.asked import Asked
from partyqa.answer.candidates import SentenceView
from partyqa.answer.features import Evidence
from partyqa.models.base import Reading
from partyqa.question.query import Query
from partyqa.types import Sentence

LOGIT_SCALE = 5.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with the evidence for it, the score made of that, and what the model read.

    `contradicts`: it is of another place, person or year than the question. `reading` is that of its sentence in the
    passage that the model read, None without a model.
    """

    view: SentenceView
    evidence: Evidence
    score: float
    contradicts: bool = False
    reading: Reading | None = None

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.view.sentence

    def features(self) -> NDArray[np.float64]:
        """Return what `Judgement.choose` weighs."""
        own = self.evidence.vector()
        return own if self.reading is None else np.append(own, read_features(self.reading))


@dataclass(frozen=True)
class Considered:
    """A question with all sentences that could answer it, best first, and the people and things it names."""

    asked: Asked
    ranked: tuple[Candidate, ...]

    @property
    def query(self) -> Query:
        """The question."""
        return self.asked.query

    @cached_property
    def sides(self) -> list[Candidate]:
        """The best sentence of each side of a comparison that does not contradict, best first, each once."""
        agreeing = [candidate for candidate in self.ranked if not candidate.contradicts]
        best = [
            next((candidate for candidate in agreeing if speaks(candidate.view)), None)
            for speaks in self.asked.sides
        ]
        return [candidate for candidate in self.ranked if any(candidate is one for one in best)]


def in_order(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return candidates by score, best first, ties by sentence id."""
    return tuple(sorted(candidates, key=lambda candidate: (-candidate.score, candidate.sentence.id)))


def agreeing_first(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Put what is of another place, person or time behind what is not; each in its order."""
    return tuple(sorted(candidates, key=lambda candidate: candidate.contradicts))


def read_features(reading: Reading) -> NDArray[np.float64]:
    """Return a reading's logits at about the scale of the evidence, in the order of READ."""
    return np.array([reading.answers, reading.relevant, reading.margin, reading.mass]) / LOGIT_SCALE
