"""From the best passages to the sentences that answer, or to an honest refusal."""

from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from partyqa.answer.alignment import Alignment, marked
from partyqa.answer.asked import Asked, what_is_asked
from partyqa.answer.calibration import READ, Judgement, trusted_by
from partyqa.answer.candidates import Views, sentence_views
from partyqa.answer.clauses.lookup import Clauses
from partyqa.answer.clauses.siblings import another_is_meant
from partyqa.answer.explanation import grounds_of
from partyqa.answer.features import FEATURES, contradiction, missing, weigh
from partyqa.answer.progress import at
from partyqa.answer.ranking import (
    Candidate,
    Considered,
    agreeing_first,
    in_order,
    read_features,
)
from partyqa.answer.refusal import LEAST_CONTENT, refusal_of
from partyqa.answer.selection import cited
from partyqa.index.index import Index
from partyqa.models.base import Reading, ReadingModel, Vectors, Window
from partyqa.question.query import Query
from partyqa.types import Answer, AnswerType, Citation, Hit, Passage

PASSAGES_READ = 5  # about 950 tokens with question and context
READ_FIRST = 2  # alone where one of them is sure to answer: half of a question's time
ENOUGH = 0.5  # the logit from which on a passage is sure to answer: as often right on the broad dev sets
PASSAGES_WEIGHED = 10  # without a model
VIEWS_KEPT = 1 << 12  # between questions: some 15 kB each; without them a question costs half as much again
COSINE_SCALE = 10.0  # cosines differ in their second digit
MOST_RELATED = 3

_OPEN = frozenset({AnswerType.REASON, AnswerType.MANNER, AnswerType.LIST, AnswerType.OTHER})


class Answerer:
    """Chooses sentences by weighed evidence; cites one to three, or none."""

    def __init__(
        self,
        index: Index,
        vector: Callable[[str], Vectors],
        judgement: Judgement | None = None,
        *,
        reader: ReadingModel | None = None,
    ) -> None:
        """`vector` embeds a question, (d,) float32 of unit length; `reader` reads the best passages."""
        self.index, self.vector, self.reader = index, vector, reader
        self._views = Views()
        self._clauses = Clauses(index.articles, index.passages)
        self.judgement = judgement or Judgement.shipped(reading=reader is not None)
        self.passages = PASSAGES_WEIGHED if reader is None else PASSAGES_READ

    def answer(self, query: Query, hits: Sequence[Hit], articles: Set[str] | None = None) -> Answer:
        """Answer from the best passages, the first `passages`; a clause asked for by its number is quoted whole.

        `articles` are the ids of those that may be cited, None for all.
        """
        clauses = self._clauses.of(articles)
        if (clause := clauses.answer(query)) is not None:
            return clause
        considered = self.consider(query, clauses.within(query, hits))
        confidence = self.confidence(considered)
        if confidence < self.judgement.threshold:
            nearest = considered.ranked[:MOST_RELATED]
            related, grounds = self._cite(considered, nearest), grounds_of(considered, nearest)
            why = refusal_of(considered, self.index)
            return Answer(
                query.text, query.text, why.text(), (), confidence, related, grounds=grounds, refusal=why
            )
        chosen = cited(considered, self.judgement.further)
        citations = self._cite(considered, chosen)
        text = "\n".join(citation.quoted for citation in citations)
        grounds = grounds_of(considered, chosen)
        return Answer(query.text, query.text, text, citations, confidence, grounds=grounds)

    def consider(self, query: Query, hits: Sequence[Hit]) -> Considered:
        """Return the sentences of the best passages, best first, ties by sentence id."""
        if len(self._views) > VIEWS_KEPT:
            self._views = Views()
        vector = self.vector(query.text)
        hits, readings = self._read(query, hits[: self.passages])
        views = sentence_views(
            hits, lambda sentences: self.index.score_sentences(vector, sentences), self._views
        )
        asked = what_is_asked(query, views, self.index.idf)
        nearest = max((view.cosine for view in views), default=0.0)
        weights = self.judgement.choose
        found = []
        for view in views:
            at("read")
            evidence = weigh(asked, view, nearest)
            one = Candidate(
                view, evidence, 0.0, contradiction(asked, evidence), readings.get(view.sentence.id)
            )
            found.append(replace(one, score=float(weights @ one.features())))
        meant = [
            replace(one, contradicts=True) if another_is_meant(one, found, query.term_set) else one
            for one in found
        ]
        return Considered(asked, agreeing_first(in_order(meant)))

    def signals(self, considered: Considered) -> NDArray[np.float64]:
        """Return what the confidence is made of, in the order of SIGNALS, with a model of READ_SIGNALS."""
        first, query = considered.ranked[0], considered.query
        rival = max((other.score for other in considered.ranked[1:]), default=first.score - 1.0)
        values = {
            **{name: getattr(first.evidence, name) for name in FEATURES},
            "cosine": first.view.cosine * COSINE_SCALE,
            "missing": missing(considered.asked, first.view),
            "margin": first.score - rival,  # below 0 where something better is of another place or time
            "open": query.kind in _OPEN,
            "compared": len(considered.sides) > 1,
        }
        if first.reading is not None:
            values |= dict(zip(READ, read_features(first.reading).tolist(), strict=True))
        names = trusted_by(reading=first.reading is not None)
        return np.array([values[name] for name in names], dtype=np.float64)

    def confidence(self, considered: Considered) -> float:
        """Return the calibrated probability that the first candidate answers; 0 when it is of
        another place or year, when there is none, or when nothing is asked.
        """
        if considered.query.content < LEAST_CONTENT or not considered.ranked:
            return 0.0
        if considered.ranked[0].contradicts:
            return 0.0
        odds = self.judgement.trust @ np.append(self.signals(considered), 1.0)
        return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    def _read(self, query: Query, hits: Sequence[Hit]) -> tuple[Sequence[Hit], dict[str, Reading]]:
        """Return the hits that were read, and the reading of each of their sentences, by its id.

        A sentence of several passages is read in the one where it says most.
        """
        found: dict[str, Reading] = {}
        if self.reader is None:
            return hits, found
        for start, stop in pairwise((0, READ_FIRST, len(hits))):
            at("read")
            passages = [hit.passage for hit in hits[start:stop]]
            windows = [_window(passage) for passage in passages]
            for passage, readings in zip(
                passages, self.reader.read_sentences(query.text, windows), strict=True
            ):
                for sentence, reading in zip(passage.sentences, readings, strict=True):
                    if sentence.id not in found or reading.mass > found[sentence.id].mass:
                        found[sentence.id] = reading
            if max((reading.answers for reading in found.values()), default=0.0) >= ENOUGH:
                return hits[:stop], found
        return hits, found

    def _cite(self, considered: Considered, candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
        return tuple(
            Citation(marker, candidate.sentence, _marked(considered.asked, candidate))
            for marker, candidate in enumerate(candidates, 1)
        )


def _window(passage: Passage) -> Window:
    spans = [(one.start - passage.start, one.end - passage.start) for one in passage.sentences]
    return passage.context, passage.text, spans


def _marked(asked: Asked, candidate: Candidate) -> tuple[int, int] | None:
    return marked(Alignment(asked.query, candidate.view.own, asked.rareness), candidate.reading)
