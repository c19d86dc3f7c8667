"""Answers as they are kept: the JSON of an answer with its grounds, and back against the articles of today."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from partyqa.engine import PartyQA
from partyqa.errors import CorpusError
from partyqa.schema import refusal_of
from partyqa.service.citing import section_in
from partyqa.text.normalise import normalise
from partyqa.types import Answer, Article, Citation, Grounds, Sentence


@dataclass(frozen=True, slots=True)
class Revived:
    """A kept answer; `narrowed`: filters were set when it was asked.

    `changed` are the markers of citations whose words no longer stand where they stood.
    Such a citation is of an article made of the quote alone, under the real one's id: it is not the source.
    """

    answer: Answer
    changed: frozenset[int]
    narrowed: bool = False


def to_stored(engine: PartyQA, answer: Answer, *, narrowed: bool = False) -> dict[str, Any]:
    """Return `PartyQA.to_json` with the grounds beside it, and whether filters were set."""
    grounds = [asdict(one) for one in answer.grounds]
    return {**engine.to_json(answer), "grounds": grounds, "narrowed": narrowed}


def from_stored(engine: PartyQA, stored: Mapping[str, Any]) -> Revived:
    """Return the answer that was kept, each quote held against the article that the engine has now."""
    changed = set[int]()
    citations, related = (
        tuple(_citation(engine, row, changed) for row in stored[kind]) for kind in ("citations", "related")
    )
    answer = Answer(
        stored["question"],
        stored["standalone_question"],
        stored["text"],
        citations,
        stored["confidence"],
        related,
        stored["timings_ms"],
        _grounds(stored.get("grounds", ())),
        refusal_of(stored),
    )
    return Revived(answer, frozenset(changed), bool(stored.get("narrowed")))


def _citation(engine: PartyQA, row: Mapping[str, Any], changed: set[int]) -> Citation:
    marker, quote, span = row["marker"], row["quote"], row["highlight"]
    highlight = (span[0], span[1]) if span else None
    try:
        sentence = Sentence(engine.article(row["article_id"]), row["start"], row["end"])
    except CorpusError:
        sentence = None
    if sentence is None or sentence.text != quote:
        changed.add(marker)
        gone = Article(row["article_id"], row["title"], quote, row["source"], sections=(section_in(row),))
        sentence = Sentence(gone, 0, len(quote))
    return Citation(marker, sentence, highlight)


def _grounds(rows: Sequence[Mapping[str, Any]]) -> tuple[Grounds, ...]:
    return tuple(
        Grounds(**{field.name: _value(row[field.name]) for field in fields(Grounds)}) for row in rows
    )


def _value(kept: Any) -> Any:
    return tuple(kept) if isinstance(kept, list) else kept


Gold = tuple[str, str]  # an article's id, and a quote of it to the letter


def question_of(answer_json: Mapping[str, Any]) -> str:
    """Return the question, normalised."""
    return normalise(str(answer_json["question"]))


def gold_of(answer_json: Mapping[str, Any]) -> tuple[Gold, ...]:
    """Return (article id, quote) of each citation, once each, in order."""
    cited = answer_json["citations"]
    return tuple(dict.fromkeys((str(one["article_id"]), normalise(str(one["quote"]))) for one in cited))
