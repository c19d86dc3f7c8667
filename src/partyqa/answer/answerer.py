"""From the best passages to the sentences that answer, or to an honest refusal."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from partyqa.answer.alignment import Alignment
from partyqa.answer.asked import Asked, what_is_asked
from partyqa.answer.calibration import EVIDENCE_TRUSTED, Judgement
from partyqa.answer.candidates import Views, sentence_views
from partyqa.answer.explanation import grounds_of
from partyqa.answer.features import contradiction, missing, weigh
from partyqa.answer.highlight.words import highlight, likely
from partyqa.answer.progress import at
from partyqa.answer.ranking import (
    LOGIT_SCALE,
    Candidate,
    Considered,
    agreeing_first,
    in_order,
    read_features,
)
from partyqa.answer.refusal import LEAST_CONTENT, refusal_of
from partyqa.answer.selection import cited
from partyqa.index.index import Index
from partyqa.models.base import Reading, ReadingModel, Vectors
from partyqa.question.query import Query
from partyqa.types import Answer, AnswerType, Citation, Hit

PASSAGES_READ = 10
VIEWS_KEPT = 1 << 12  # between questions: some 15 kB each; without them a question costs half as much again
SENTENCES_READ = 4  # as good as 8 on the dev and tuning questions, and 50 people can ask on two cores
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
        """`vector` embeds a question, (d,) float32 of unit length; `reader` reads the best sentences."""
        self.index, self.vector, self.reader = index, vector, reader
        self._views = Views()
        self.judgement = judgement or Judgement.shipped(reading=reader is not None)
        self.first_look = self.judgement if reader is None else Judgement.shipped(reading=False)

    def answer(self, query: Query, hits: Sequence[Hit]) -> Answer:
        """Answer from the best passages, PASSAGES_READ are enough."""
        considered = self.consider(query, hits)
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
        text = "\n".join(f"«{citation.sentence.text}» [{citation.marker}]" for citation in citations)
        grounds = grounds_of(considered, chosen)
        return Answer(query.text, query.text, text, citations, confidence, grounds=grounds)

    def consider(self, query: Query, hits: Sequence[Hit]) -> Considered:
        """Return the sentences of the best passages, best first, ties by sentence id."""
        if len(self._views) > VIEWS_KEPT:
            self._views = Views()
        vector = self.vector(query.text)
        views = sentence_views(
            hits, lambda sentences: self.index.score_sentences(vector, sentences), self._views
        )
        asked = what_is_asked(query, views, self.index.idf)
        nearest = max((view.cosine for view in views), default=0.0)
        weights = self.first_look.choose
        found = []
        for view in views:
            at("read")
            evidence = weigh(asked, view, nearest)
            score = float(weights @ evidence.vector())
            found.append(Candidate(view, evidence, score, contradiction(asked, evidence)))
        return Considered(asked, agreeing_first(self._read(query, in_order(found))))

    def signals(self, considered: Considered) -> NDArray[np.float64]:
        """Return what the confidence is made of, in the order of SIGNALS, and READ_SIGNALS with a model."""
        first, query = considered.ranked[0], considered.query
        second = considered.ranked[1] if len(considered.ranked) > 1 else None
        rival = max((other.score for other in considered.ranked[1:]), default=first.score - 1.0)
        margin = first.score - rival  # below 0 where something better is of another place or time
        rarest = missing(considered.asked, first.view)
        own = [getattr(first.evidence, name) for name in EVIDENCE_TRUSTED]
        compared = len(considered.sides) > 1
        more = [first.view.cosine * COSINE_SCALE, rarest, margin, query.kind in _OPEN, compared]
        signals = np.array([*own, *more], dtype=np.float64)
        if first.reading is None:
            return signals
        lead = first.reading.answers - (second.reading.answers if second and second.reading else 0.0)
        return np.array([*signals, *read_features(first.reading), lead / LOGIT_SCALE])

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

    def _read(self, query: Query, ranked: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Let the model read the best sentences, and order all anew by its scores."""
        if self.reader is None or not ranked:
            return ranked
        at("read")
        shown = ranked[:SENTENCES_READ]
        windows = [(candidate.view.context.text, candidate.view.own.text) for candidate in shown]
        readings = self.reader.read(query.text, windows)
        least = Reading(
            min(one.answers for one in readings),
            min(one.relevant for one in readings),
            0,
            0,
            min(one.margin for one in readings),
        )
        read = [
            replace(candidate, reading=readings[number] if number < len(readings) else least)
            for number, candidate in enumerate(ranked)
        ]
        weights = self.judgement.choose
        return in_order(replace(one, score=float(weights @ one.features())) for one in read)

    def _cite(self, considered: Considered, candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
        return tuple(
            Citation(marker, candidate.sentence, _words(considered.asked, candidate))
            for marker, candidate in enumerate(candidates, 1)
        )


def _words(asked: Asked, candidate: Candidate) -> tuple[int, int] | None:
    """Return the span within the sentence that answers: by the kind of answer asked for, else as the model
    read, else what seems likely.
    """
    aligned = Alignment(asked.query, candidate.view.own, asked.rareness)
    span = highlight(aligned)
    if span is None and candidate.reading is not None:
        return candidate.reading.words
    return span or likely(aligned)
