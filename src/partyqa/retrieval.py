"""Retrievers: a question in, the best passages out. Any retriever may be built of others."""

from abc import ABC, abstractmethod
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from partyqa.index.index import Index
from partyqa.index.vectors import Inside, Rows
from partyqa.models.base import Encoder, ReadingModel, Vectors
from partyqa.text.gazetteer import before, now
from partyqa.text.normalise import normalise
from partyqa.text.places import recognise
from partyqa.text.tokens import tokens
from partyqa.types import Hit

# Chosen on ViQuAD dev and the dev half of the own questions: `python benchmarks/fusion.py`.
DENSE_WEIGHT = 0.7
RERANKED = 10
READER_WEIGHT = 0.02
CANDIDATES = 200  # of each part of Fused, at first

Scores = NDArray[np.float32]


class Retriever(ABC):
    """Finds the passages of an index that fit a question best."""

    def __init__(self, index: Index) -> None:
        self.index = index

    @property
    def findable(self) -> frozenset[str] | None:
        """The ids of the articles that hits come of; None for all."""
        return None

    @abstractmethod
    def retrieve(self, question: str, k: int, inside: Inside | None = None) -> list[Hit]:
        """Return the `k` best hits, best first, ties by passage id.

        `inside` is (passages,), true for those to be found; None for all.
        """


class Ranking(ABC):
    """One question's scores of the passages, higher is better, computed only where they are needed."""

    @abstractmethod
    def best(self, k: int, inside: Inside | None = None) -> Rows:
        """Return the rows of the `k` best passages `inside`, best first, ties by passage id."""

    @abstractmethod
    def at(self, rows: Rows) -> Scores:
        """Return the scores of the passages at `rows`, (rows,) float32."""

    @abstractmethod
    def extent(self) -> tuple[float, float]:
        """Return the lowest and the highest score of all passages."""

    def scaled(self, rows: Rows) -> Scores:
        """Return the scores at `rows` stretched so that all passages' reach from 0 to 1; zeros if all are equal."""
        low, high = self.extent()
        scores = self.at(rows)
        return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


class Scorer(Retriever):
    """A retriever with a score for every passage: what Fused is made of."""

    @abstractmethod
    def ranking(self, question: str) -> Ranking:
        """Return the scores of the passages for a question."""

    def retrieve(self, question: str, k: int, inside: Inside | None = None) -> list[Hit]:
        """Return the `k` best hits of the ranking."""
        ranking = self.ranking(question)
        rows = ranking.best(k, inside)
        scores = ranking.at(rows).tolist()
        return [Hit(self.index.passages[row], score) for row, score in zip(rows, scores, strict=True)]


class Dense(Scorer):
    """By meaning: cosine of the question's and the passage's vectors."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        super().__init__(index)
        self.encoder = encoder
        self._remembered = lru_cache(maxsize=256)(self._embed)

    def ranking(self, question: str) -> Ranking:
        """Return cosines in -1..1."""
        return _Nearest(self.index, self.vector(question))

    def vector(self, question: str) -> Vectors:
        """Return the question's vector, (d,) float32 of unit length; computed once for all who ask."""
        vector: Vectors = self._remembered(normalise(question))
        return vector

    def _embed(self, question: str) -> Vectors:
        vector: Vectors = self.encoder.embed_queries([question])[0]
        return vector


class _Nearest(Ranking):
    """Cosines of all passages with a vector; FAISS finds the highest and the lowest."""

    def __init__(self, index: Index, vector: Vectors) -> None:
        self._index, self._vector = index, vector

    def best(self, k: int, inside: Inside | None = None) -> Rows:
        rows = self._index.vectors.nearest(self._vector, k, inside)
        if inside is None and len(rows):
            self._highest = rows[:1]  # `extent` need not search for it
        return rows

    def at(self, rows: Rows) -> Scores:
        return self._index.vectors.cosines(self._vector, rows)

    @cached_property
    def _highest(self) -> Rows:
        return self._index.vectors.nearest(self._vector, 1)

    def extent(self) -> tuple[float, float]:
        low, high = self.at(np.append(self._index.vectors.nearest(-self._vector, 1), self._highest))
        return float(low), float(high)


class Lexical(Scorer):
    """By words: BM25 over syllables, pairs of syllables, and both without accents."""

    def ranking(self, question: str) -> Ranking:
        """Return BM25 scores, 0 and up."""
        text = normalise(question)
        words = [*tokens(text), *tokens(" ".join(self._other_names(text)))]
        return _Scored(self.index, self.index.score_tokens(words))

    def _other_names(self, question: str) -> list[str]:
        """How else a place is spelt, or a province was or is called, where no passage has it as the question."""
        return [
            other.name
            for place in recognise(question)
            if not self._holds(question[place.start : place.end])
            for unit in place.units
            for other in (unit, *((now(unit), *before(unit)) if unit.level == "province" else ()))
            if self._holds(other.name)
        ]

    def _holds(self, name: str) -> bool:
        return all(self.index.holds(token) for token in tokens(name) if token[0] == "~" and "_" in token)


class _Scored(Ranking):
    """Scores that are known of every passage, (passages,)."""

    def __init__(self, index: Index, scores: Scores) -> None:
        self._index, self._scores = index, scores

    def best(self, k: int, inside: Inside | None = None) -> Rows:
        rows = np.arange(len(self._scores)) if inside is None else np.flatnonzero(inside)
        if 0 < k < len(rows):
            scores = self._scores[rows]
            rows = rows[scores >= np.partition(scores, -k)[-k]]  # with all that equal the last
        return self._index.in_order(rows, self._scores[rows])[:k]

    def at(self, rows: Rows) -> Scores:
        return self._scores[rows]

    def extent(self) -> tuple[float, float]:
        return float(self._scores.min()), float(self._scores.max())


class Fused(Scorer):
    """Two scorers' scores, each scaled to 0..1 over the whole index, weighted and added."""

    def __init__(self, first: Scorer, second: Scorer, weight: float = DENSE_WEIGHT) -> None:
        super().__init__(first.index)
        self.first, self.second, self.weight = first, second, weight

    def ranking(self, question: str) -> Ranking:
        """Return `weight` parts of the first's scaled score and the rest of the second's, in 0..1."""
        return _Fusion(self.index, self.first.ranking(question), self.second.ranking(question), self.weight)


class _Fusion(Ranking):
    """The best by both, found among the best by either.

    No passage outside of the candidates has more than what their last ones add up to: as many are fetched as it
    takes for the best to lie above that (Fagin, Lotem and Naor, PODS 2001). So the scores and their order are those
    of all passages, though few are looked at.
    """

    def __init__(self, index: Index, first: Ranking, second: Ranking, weight: float) -> None:
        self._index, self._first, self._second, self._weight = index, first, second, weight

    def best(self, k: int, inside: Inside | None = None) -> Rows:
        width = max(CANDIDATES, k)
        while True:
            first, second = self._first.best(width, inside), self._second.best(width, inside)
            found = np.union1d(first, second)
            scores = self.at(found)
            rows = self._index.in_order(found, scores)[:k]
            if not len(rows) or len(first) < width:  # then all that are inside were found
                return rows
            if self.at(rows[-1:]) > self._sum(
                self._first.scaled(first[-1:]), self._second.scaled(second[-1:])
            ):
                return rows
            width *= 4

    def at(self, rows: Rows) -> Scores:
        return self._sum(self._first.scaled(rows), self._second.scaled(rows))

    def extent(self) -> tuple[float, float]:
        return 0.0, 1.0

    def _sum(self, first: Scores, second: Scores) -> Scores:
        return (self._weight * first + (1 - self._weight) * second).astype(np.float32)


class Reranked(Retriever):
    """Another retriever's best passages, put in a new order by a model that reads them with the question."""

    def __init__(self, whole: Retriever, reader: ReadingModel, weight: float = READER_WEIGHT) -> None:
        super().__init__(whole.index)
        self.whole, self.reader, self.weight = whole, reader, weight

    def retrieve(self, question: str, k: int, inside: Inside | None = None) -> list[Hit]:
        """Return the whole's hits, `weight` times what the model makes of it added to each of the RERANKED best.

        The others are lowered by the least that was added, so that none overtakes for not being read.
        """
        hits = self.whole.retrieve(question, max(k, RERANKED), inside)
        readings = self.reader.read(
            question, [(hit.passage.context, hit.passage.text) for hit in hits[:RERANKED]]
        )
        added = [self.weight * (one.answers + one.relevant + one.margin) for one in readings]
        added += [min([0.0, *added])] * (len(hits) - len(added))
        moved = [Hit(hit.passage, hit.score + more) for hit, more in zip(hits, added, strict=True)]
        return sorted(moved, key=lambda hit: (-hit.score, hit.passage.id))[:k]


class Within(Retriever):
    """Another retriever over some of the passages: all others are never hits."""

    def __init__(self, whole: Retriever, inside: Inside) -> None:
        """`inside` is (passages,), true for those to be found."""
        super().__init__(whole.index)
        self.whole, self.inside = whole, inside

    @cached_property
    def findable(self) -> frozenset[str] | None:
        """The ids of the articles that have a passage inside, of those that the whole finds."""
        own = frozenset(self.index.passages[row].article.id for row in np.flatnonzero(self.inside))
        return own if self.whole.findable is None else own & self.whole.findable

    def retrieve(self, question: str, k: int, inside: Inside | None = None) -> list[Hit]:
        """Return the whole's hits inside."""
        return self.whole.retrieve(question, k, self.inside if inside is None else self.inside & inside)
