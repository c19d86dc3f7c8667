"""Why a question is refused: the first reason that is certain, else that no sentence answers it."""

from partyqa.answer.ranking import Considered
from partyqa.index.index import Index
from partyqa.text.gazetteer import other_names
from partyqa.text.location import lies_where
from partyqa.text.places import Mention
from partyqa.types import Refusal

LEAST_CONTENT = 2  # "huyện nào?", "2020", "có gì" say nothing that a sentence could answer


def refusal_of(considered: Considered, index: Index) -> Refusal:
    """Return why: another language, articles themselves, an unknown name, a place elsewhere, the year."""
    query = considered.query
    if considered.asked.foreign:
        return Refusal("other_language")
    if query.of_articles:
        return Refusal("of_articles")
    if query.content < LEAST_CONTENT:
        return Refusal("too_little")
    if considered.asked.misplaced:
        return _wrong_province(query.text, *considered.asked.misplaced)
    for name in considered.asked.names:
        if not any(map(index.names.holds, (name, *other_names(name)))):
            return Refusal("unknown_name", {"name": query.as_written(name)})
    wanted = ", ".join(str(year) for year in sorted(query.years))
    nearest = max(considered.ranked, key=lambda one: one.score, default=None)
    if wanted and nearest is not None and nearest.evidence.year < 0:
        return Refusal("year_missing", {"years": wanted})
    return Refusal("no_evidence")


def _wrong_province(question: str, place: Mention, province: Mention) -> Refusal:
    """Say where a place lies that the question puts elsewhere."""
    name, there = (one.label or question[one.lead : one.end] for one in (place, province))
    if where := lies_where(place):
        return Refusal("lies_elsewhere", {"name": name, "where": where, "there": there})
    return Refusal("not_in_province", {"name": name, "there": there})
