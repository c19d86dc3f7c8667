"""Retrievers: a question in, passages with scores out. Any retriever may be built of others."""

from abc import ABC, abstractmethod
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from partyqa.index.index import Index
from partyqa.models.base import Encoder, ReadingModel
from partyqa.text.gazetteer import before, key_of, now
from partyqa.text.normalise import normalise
from partyqa.text.places import recognise
from partyqa.text.tokens import tokens
from partyqa.types import Hit

# Chosen on ViQuAD dev and the dev half of the own questions: `python benchmarks/fusion.py`.
DENSE_WEIGHT = 0.7
RERANKED = 10
READER_WEIGHT = 0.02

Scores = NDArray[np.float32]


class Retriever(ABC):
    """Scores every passage of an index for a question; the best hits follow from the scores."""

    def __init__(self, index: Index) -> None:
        self.index = index

    @abstractmethod
    def scores(self, question: str) -> Scores:
        """Return (passages,) float32, higher is better, in the order of `index.passages`."""

    def retrieve(self, question: str, k: int) -> list[Hit]:
        """Return the `k` best hits, best first, ties by passage id."""
        scores = self.scores(question)
        passages = self.index.passages
        best = np.argpartition(-scores, k - 1)[:k] if k < len(scores) else np.arange(len(scores))
        worst = scores[best].min(initial=np.inf)
        tied = np.flatnonzero(scores >= worst)  # the partition keeps an arbitrary few of equal scores
        order = sorted(
            (row for row in tied.tolist() if scores[row] > -np.inf),
            key=lambda row: (-scores[row], passages[row].id),
        )
        return [Hit(passages[row], float(scores[row])) for row in order[:k]]


class Dense(Retriever):
    """By meaning: cosine of the question's and the passage's vectors."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        super().__init__(index)
        self.encoder = encoder
        self._remembered = lru_cache(maxsize=256)(self._embed)

    def scores(self, question: str) -> Scores:
        """Return cosines in -1..1."""
        return self.index.score_vectors(self.vector(question))

    def vector(self, question: str) -> Scores:
        """Return the question's vector, (d,) float32 of unit length; computed once for all who ask."""
        vector: Scores = self._remembered(normalise(question))
        return vector

    def _embed(self, question: str) -> Scores:
        vector: Scores = self.encoder.embed_queries([question])[0]
        return vector


class Lexical(Retriever):
    """By words: BM25 over syllables, pairs of syllables, and both without accents."""

    def scores(self, question: str) -> Scores:
        """Return BM25 scores, 0 and up."""
        text = normalise(question)
        return self.index.score_tokens([*tokens(text), *tokens(" ".join(self._other_names(text)))])

    def _other_names(self, question: str) -> list[str]:
        """What a province named in the question was or is called, where no passage has the name asked for."""
        return [
            other.name
            for place in recognise(question)
            if not self._holds(place.key)
            for unit in place.units
            if unit.level == "province"
            for other in (now(unit), *before(unit))
            if other != unit and self._holds(key_of(other.name))
        ]

    def _holds(self, key: str) -> bool:
        return all(self.index.holds(f"~{one}_{other}") for one, other in pairwise(key.split()))


class Fused(Retriever):
    """Two retrievers' scores, each scaled to 0..1 over the whole index, weighted and added."""

    def __init__(self, first: Retriever, second: Retriever, weight: float = DENSE_WEIGHT) -> None:
        super().__init__(first.index)
        self.first, self.second, self.weight = first, second, weight

    def scores(self, question: str) -> Scores:
        """Return `weight` parts of the first's scaled score and the rest of the second's, in 0..1."""
        first, second = scaled(self.first.scores(question)), scaled(self.second.scores(question))
        return (self.weight * first + (1 - self.weight) * second).astype(np.float32)


class Reranked(Retriever):
    """Another retriever's best passages, put in a new order by a model that reads them with the question."""

    def __init__(self, whole: Retriever, reader: ReadingModel, weight: float = READER_WEIGHT) -> None:
        super().__init__(whole.index)
        self.whole, self.reader, self.weight = whole, reader, weight

    def scores(self, question: str) -> Scores:
        """Return the whole's scores, `weight` times what the model says added to the RERANKED best.

        The others are lowered by the least that was added, so that none overtakes for not being read.
        """
        scores = self.whole.scores(question)
        best = np.argsort(-scores, kind="stable")[:RERANKED]
        best = best[scores[best] > -np.inf]
        passages = [self.index.passages[row] for row in best]
        readings = self.reader.read(question, [(passage.context, passage.text) for passage in passages])
        said = np.array([one.answers + one.relevant + one.margin for one in readings], dtype=np.float32)
        reranked: Scores = scores + self.weight * said.min(initial=0)
        reranked[best] = scores[best] + self.weight * said
        return reranked


class Within(Retriever):
    """Another retriever over some of the passages: all others score -inf, and are never hits."""

    def __init__(self, whole: Retriever, inside: NDArray[np.bool_]) -> None:
        """`inside` is (passages,), true for those to be found."""
        super().__init__(whole.index)
        self.whole, self.inside = whole, inside

    def scores(self, question: str) -> Scores:
        """Return the whole's scores inside, -inf outside."""
        return np.where(self.inside, self.whole.scores(question), -np.inf).astype(np.float32)


def scaled(scores: Scores) -> Scores:
    """Return `scores` stretched to 0..1; all zeros when they are all equal."""
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
