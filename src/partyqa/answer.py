"""From the best passages to the sentences that answer, or to an honest refusal."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from partyqa.evidence import (
    FEATURES,
    Asked,
    Evidence,
    Place,
    contradiction,
    missing,
    sides,
    weigh,
    what_is_asked,
)
from partyqa.index import Index
from partyqa.mentions import years
from partyqa.query import Kind, Query
from partyqa.reader import highlight
from partyqa.text import fold
from partyqa.types import Answer, Citation, Passage, Sentence

PASSAGES_READ = 10
COSINE_SCALE = 10.0  # cosines differ in their second digit
MOST_CITED = 3
MOST_RELATED = 3

LEAST_CONTENT = 2  # "huyện nào?", "2020", "có gì" say nothing that a sentence could answer
TOO_LITTLE = "Câu hỏi chưa nói rõ hỏi về điều gì; hãy thêm nơi hoặc việc cần hỏi."
REFUSAL = "Kho bài viết không có câu nào trả lời câu hỏi này."


@dataclass(frozen=True, slots=True)
class Judgement:
    """The numbers fitted on the dev questions by `evaluation/tune.py`, with where they come from.

    `choose` weighs FEATURES to order sentences; `trust` weighs SIGNALS, its last number the intercept, to a
    log-odds that the first sentence answers; below `threshold` the answer is a refusal; a further sentence
    is cited when its score is within `further` of the first.
    """

    choose: NDArray[np.float64]
    trust: NDArray[np.float64]
    threshold: float
    further: float

    @classmethod
    def shipped(cls) -> "Judgement":
        """Load the numbers that come with the package."""
        data = json.loads(files("partyqa").joinpath("judgement.json").read_text("utf-8"))
        return cls(
            np.array([data["choose"][name] for name in FEATURES]),
            np.array([data["trust"][name] for name in (*SIGNALS, "intercept")]),
            data["threshold"],
            data["further"],
        )


_EVIDENCE = ("words", "pairs", "context", "rest", "around", "kind", "lacks", "focus", "heading", "length")
SIGNALS = (*_EVIDENCE, "cosine", "missing", "margin", "open", "compared")
_OPEN = frozenset({Kind.REASON, Kind.MANNER, Kind.LIST, Kind.OTHER})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence in its place, with the evidence for it and the score made of that."""

    place: Place
    evidence: Evidence
    score: float

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.place.sentence


class Answerer:
    """Chooses sentences by weighed evidence; cites one to three, or none."""

    def __init__(
        self, index: Index, vector: Callable[[str], NDArray[np.float32]], judgement: Judgement | None = None
    ) -> None:
        """`vector` embeds a question, (d,) float32 of unit length."""
        self.index = index
        self.vector = vector
        self.judgement = judgement or Judgement.shipped()

    def answer(self, query: Query, scores: NDArray[np.float32]) -> Answer:
        """Answer from `scores`, one for each passage of the index, higher is better."""
        candidates = self.candidates(query, scores)
        confidence = self.confidence(query, candidates)
        if confidence < self.judgement.threshold:
            related = self._cite(query, candidates[:MOST_RELATED])
            text = self._refusal(query, candidates)
            return Answer(query.text, query.text, text, (), confidence, related)
        citations = self._cite(query, self._chosen(query, candidates))
        text = "\n".join(f"«{citation.sentence.text}» [{citation.marker}]" for citation in citations)
        return Answer(query.text, query.text, text, citations, confidence)

    def candidates(self, query: Query, scores: NDArray[np.float32]) -> list[Candidate]:
        """Return the sentences of the best passages, best first, ties by sentence id."""
        found: dict[str, tuple[Passage, int, float]] = {}
        for row in np.argsort(-scores, kind="stable")[:PASSAGES_READ]:
            passage = self.index.passages[row]
            for number, sentence in enumerate(passage.sentences):
                found.setdefault(sentence.id, (passage, number, float(scores[row])))
        sentences = [passage.sentences[number] for passage, number, _ in found.values()]
        cosines = self.index.score_sentences(self.vector(query.text), sentences).tolist()
        places = [_place(*spot, cosine) for spot, cosine in zip(found.values(), cosines, strict=True)]
        asked = what_is_asked(query, places)
        candidates = [self._candidate(query, asked, place, max(cosines)) for place in places]
        return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.sentence.id))

    def signals(self, query: Query, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
        """Return what the confidence is made of, in the order of SIGNALS."""
        first = candidates[0]
        margin = first.score - candidates[1].score if len(candidates) > 1 else 1.0
        rarest = missing(query, first.place, self.index.idf)
        own = [getattr(first.evidence, name) for name in _EVIDENCE]
        compared = len(self._sides(query, candidates)) > 1
        more = [first.place.cosine * COSINE_SCALE, rarest, margin, query.kind in _OPEN, compared]
        return np.array([*own, *more], dtype=np.float64)

    def confidence(self, query: Query, candidates: Sequence[Candidate]) -> float:
        """Return the calibrated probability that the first candidate answers; 0 when it is of
        another place or year, when there is none, or when nothing is asked.
        """
        if query.content < LEAST_CONTENT or not candidates or self.contradicts(query, candidates):
            return 0.0
        odds = self.judgement.trust @ np.append(self.signals(query, candidates), 1.0)
        return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    def contradicts(self, query: Query, candidates: Sequence[Candidate]) -> bool:
        """Whether the first candidate is of another place, person or year than the question."""
        asked = what_is_asked(query, [candidate.place for candidate in candidates])
        return contradiction(query, asked, candidates[0].evidence)

    def _candidate(self, query: Query, asked: Asked, place: Place, nearest: float) -> Candidate:
        evidence = weigh(query, asked, place, nearest, self.index.idf)
        return Candidate(place, evidence, float(self.judgement.choose @ evidence.vector()))

    def _refusal(self, query: Query, candidates: Sequence[Candidate]) -> str:
        """Say what is missing, where that is certain: a name that no article holds, or the year."""
        if query.content < LEAST_CONTENT:
            return TOO_LITTLE
        asked = what_is_asked(query, [candidate.place for candidate in candidates])
        for name in asked.names:
            words = name.split()
            if any(not self.index.holds(f"~{one}_{other}") for one, other in pairwise(words)):
                at = fold(query.text).find(name)
                return f"Kho bài viết không nói về {query.text[at : at + len(name)]}."
        if candidates and candidates[0].evidence.year < 0:
            wanted = ", ".join(str(year) for year in sorted(years(query.text)))
            return f"Kho bài viết không cho biết điều này của năm {wanted}."
        return REFUSAL

    def _chosen(self, query: Query, candidates: Sequence[Candidate]) -> list[Candidate]:
        compared = self._sides(query, candidates)
        if len(compared) > 1:
            return compared[:MOST_CITED]
        floor = candidates[0].score - self.judgement.further
        most = MOST_CITED if query.kind in (Kind.LIST, Kind.OTHER, Kind.REASON) else 2
        asked = what_is_asked(query, [candidate.place for candidate in candidates])
        return [
            candidate
            for candidate in candidates[:most]
            if candidate.score >= floor and not contradiction(query, asked, candidate.evidence)
        ]

    def _sides(self, query: Query, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The best sentence of each side of a comparison, best first, each once."""
        asked = what_is_asked(query, [candidate.place for candidate in candidates])
        best = [
            next((candidate for candidate in candidates if speaks(candidate.place)), None)
            for speaks in sides(query, asked)
        ]
        return [candidate for candidate in candidates if any(candidate is one for one in best)]

    def _cite(self, query: Query, candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
        return tuple(
            Citation(marker, candidate.sentence, highlight(query, candidate.sentence, self.index.idf))
            for marker, candidate in enumerate(candidates, 1)
        )


def _place(passage: Passage, number: int, score: float, cosine: float) -> Place:
    before = passage.sentences[number - 1].text if number else ""
    return Place(passage.sentences[number], before, passage.context, score, cosine)
