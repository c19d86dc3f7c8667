"""What an answer is chosen from: sentences with the evidence for them, and what a model read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partyqa.answer.features import Asked, Evidence, Place, contradiction, sides
from partyqa.models.base import Reading
from partyqa.question.query import Query
from partyqa.types import Sentence

LOGIT_SCALE = 5.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence in its place, with the evidence for it, the score made of that, and what the model read.

    `reading` is None without a model; a sentence that it was not shown has the least of what it said.
    """

    place: Place
    evidence: Evidence
    score: float
    reading: Reading | None = None

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.place.sentence

    def features(self) -> NDArray[np.float64]:
        """Return what `Judgement.choose` weighs."""
        own = self.evidence.vector()
        return own if self.reading is None else np.append(own, read_features(self.reading))


@dataclass(frozen=True, slots=True)
class Considered:
    """A question with all sentences that could answer it, best first, and whom and what it names."""

    query: Query
    asked: Asked
    ranked: tuple[Candidate, ...]

    def contradicts(self, candidate: Candidate) -> bool:
        """Whether a candidate is of another place, person or year than the question."""
        return contradiction(self.query, self.asked, candidate.evidence)

    def sides(self) -> list[Candidate]:
        """The best sentence of each side of a comparison that does not contradict, best first, each once."""
        agreeing = [candidate for candidate in self.ranked if not self.contradicts(candidate)]
        best = [
            next((candidate for candidate in agreeing if speaks(candidate.place)), None)
            for speaks in sides(self.query, self.asked)
        ]
        return [candidate for candidate in self.ranked if any(candidate is one for one in best)]


def read_features(reading: Reading) -> NDArray[np.float64]:
    """Return a reading's logits at about the scale of the evidence, in the order of READ."""
    return np.array([reading.answers, reading.margin, reading.relevant]) / LOGIT_SCALE
