"""How much a sentence says of what is asked, in numbers about 0..1. No model is asked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from partyqa.answer.alignment import says_kind
from partyqa.answer.constraints import RANGE, only_some, same_rank, same_thing, same_time, same_unit
from partyqa.question.query import Query
from partyqa.text.entities import asked_names, names, without_parts, words_of, years
from partyqa.text.gazetteer import other_names, standing_alone
from partyqa.text.lexicon import any_of
from partyqa.text.normalise import fold
from partyqa.text.places import Mention, lies_in, misplaced, only_where, recognise, says_where
from partyqa.text.tokens import tokens
from partyqa.types import AnswerType, Sentence

Weigher = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence where it was found: the one before it, its passage's context, two measured values, and its
    paragraph up to it.

    `passage` is the fused score of its best passage; `cosine` its own with the question.
    """

    sentence: Sentence
    before: str
    context: str
    passage: float
    cosine: float
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence as the answer, and against it.

    `passage`: fused score of its best passage. `words`, `pairs`: share of the question's syllables and
    neighbouring syllables that it holds, rare ones counting more. `context`: share of the syllables found in
    it or in its article's title, place and date. `rest`: share of what those do not say that it says.
    `around`: `context` with the sentence before. `names`: 1 when every name in the question stands in it or
    its context, .5 when one stands elsewhere in its article only, 0 when one does not. `unit`: -1 when it
    speaks of the town where the question asks for the district of that name, and the like. `office`: -1 when
    it names the deputy where the question asks for the head, or the other way round, or the first round (đợt 1)
    where the second is asked for. `year`: 1 when it is of
    the year asked for, .5 or .3 when only its paragraph or article is, .2 of a term that holds it, below 0 of
    another, or of the beginnings where today is asked for. `kind`: words
    of the kind asked for stand in it. `lacks`: 1 when a number or a date is asked for and none stands in it.
    `focus`: 1 when a number stands before what is counted, -1 when that is not named at all. `heading`: a
    short line without a full stop. `length`: the logarithm of its syllables. `meaning`: how far its cosine
    lies behind the nearest sentence's.
    """

    passage: float
    words: float
    pairs: float
    context: float
    rest: float
    around: float
    names: float
    unit: float
    office: float
    year: float
    kind: float
    lacks: float
    focus: float
    heading: float
    length: float
    meaning: float

    def vector(self) -> NDArray[np.float64]:
        """Return the values in the order of FEATURES, (features,) float64."""
        return np.array([getattr(self, name) for name in FEATURES])


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom and what a question names, accent-free; `apart`: it sets them side by side, or no sentence has all.

    `wide` are the places of which a part will do: articles about its districts speak of a province.
    `misplaced` is a place that the question puts into a province where it does not lie, and that province.
    """

    names: tuple[str, ...]
    apart: bool
    wide: tuple[Mention, ...] = ()
    misplaced: tuple[Mention, Mention] | None = None


FEATURES = tuple(field.name for field in fields(Evidence))
_NEARNESS_SCALE = 5.0  # cosines of one question's sentences lie within about .2 of each other
_MERGED = 2025  # the year from which articles speak of the provinces of today
_OF_THE_WHOLE = frozenset({AnswerType.NUMBER, AnswerType.DATE, AnswerType.PERSON, AnswerType.DOCUMENT})
_BODY = re.compile(  # a body of the place, not the place
    rf"\b(?:uy|{any_of('marking.tsv', 'body')}(?: (?:toan|tinh|huyen))*) $"
)


@lru_cache(maxsize=1 << 14)
def token_set(text: str) -> frozenset[str]:
    """Return the distinct lexical tokens of `text`; remembered, for passages overlap and questions repeat."""
    return frozenset(tokens(text))


def weigh(query: Query, asked: Asked, place: Place, nearest: float, idf: Weigher) -> Evidence:
    """Return the evidence for a sentence; `nearest` is the highest cosine of all candidates, `idf` the
    rareness of a token.
    """
    text, context = place.sentence.text, place.context
    own, near, before = token_set(text), token_set(context), token_set(place.before)
    single = [(term, idf(term)) for term in query.terms if "_" not in term]
    double = [(term, idf(term)) for term in query.terms if "_" in term]
    found = says_kind(query, f"{text} {context}" if query.kind is AnswerType.PLACE else text)
    found = found and not only_some(query, text)
    return Evidence(
        passage=place.passage,
        words=_share(single, own),
        pairs=_share(double, own),
        context=_share(single, own | near),
        rest=_share([(term, weight) for term, weight in single if term not in near], own),
        around=_share(single, own | near | before),
        names=_names(asked, place),
        unit=same_unit(query, text, context),
        office=same_rank(query, text),
        year=same_time(query, text, place.paragraph or place.before, context),
        kind=float(found),
        lacks=float(query.kind in (AnswerType.NUMBER, AnswerType.DATE) and not found),
        focus=same_thing(query, text),
        heading=float(text[-1] not in ".!?…:;”\"')" and len(text.split()) < 16),
        length=float(np.log1p(len(text.split())) / 5),
        meaning=(place.cosine - nearest) * _NEARNESS_SCALE,
    )


def missing(query: Query, place: Place, idf: Weigher) -> float:
    """Return the weight of the rarest word of the question that sentence and context do not hold."""
    found = token_set(place.sentence.text) | token_set(place.context)
    return max((idf(term) for term in query.terms if "_" not in term and term not in found), default=0.0)


def contradiction(query: Query, asked: Asked, evidence: Evidence) -> bool:
    """Whether the sentence is of another place, person, unit or year than the question asks about.

    No sentence is of a place that there is not, "huyện Mường Ảng, tỉnh Lai Châu". Nor does a sentence without a
    number, and without what is to be counted, answer "bao nhiêu".
    """
    if asked.misplaced:
        return True
    numberless = query.kind is AnswerType.NUMBER and evidence.lacks > 0 and evidence.focus < 0
    other_year = evidence.year < 0 and not asked.apart
    return evidence.names == 0 or min(evidence.unit, evidence.office) < 0 or other_year or numberless


def what_is_asked(query: Query, places: Sequence[Place]) -> Asked:
    """Return whom and what the question names, given all sentences that could answer.

    Names are told by their capital letters; in a question without any, those of the contexts are looked for,
    and the places of Vietnam. A place that only says where another one lies need not be named again.
    """
    if query.cased:
        found = asked_names(query.text)
    else:
        flat = words_of(query.text)
        places_named = [mention.key for mention in recognise(query.text)]
        near = [name for place in places for name in names(place.context) if f" {name} " in flat]
        found = without_parts((*near, *places_named), places_named)
    found = tuple(name for name in found if name not in only_where(query.text))
    wide = _wide(query, found)
    together = any(
        all(speaks_of(name, place) or _of_part(name, wide, place) for name in found) for place in places
    )
    apart = len(found) > 1 and (query.compares or not together)
    return Asked(found, apart, wide, _misplaced(query, places))


def _misplaced(query: Query, places: Sequence[Place]) -> tuple[Mention, Mention] | None:
    """What the question puts into a wrong province, unless an article does so too."""
    pair = misplaced(query.text)
    if pair is None:
        return None
    place, province = pair
    said = f" {place.key} tinh {province.key} "
    told = any(said in words_of(text) for one in places for text in (one.sentence.text, one.context))
    return None if told else pair


def _wide(query: Query, found: Sequence[str]) -> tuple[Mention, ...]:
    """The places of which a part will do, but not where a figure, a date or a person of the whole is asked for.

    "Lai Châu có những mô hình gì?"; beside another name: "Bản Pơ Mu ở Điện Biên có mấy hộ?"
    """
    if len(found) == 1 and query.kind in _OF_THE_WHOLE:
        return ()
    return tuple(
        place
        for place in recognise(query.text)
        if place.key in found
        and (len(found) == 1 or says_where(query.text, place))
        and not _BODY.search(fold(query.text[: place.start]))
    )


def _of_part(name: str, wide: Sequence[Mention], place: Place) -> bool:
    """Whether the sentence is of a part of that place, or since 2025 of the province that it became a part of."""
    for whole in wide:
        if whole.key == name:
            text, context = place.sentence.text, place.context
            found = recognise(context) + recognise(text)
            return any(lies_in(part, whole) for part in found) or (
                any(year >= _MERGED for year in years(text) | years(context))
                and any(lies_in(whole, larger) for larger in map(_of_today, found))
            )
    return False


def _of_today(mention: Mention) -> Mention:
    units = tuple(unit for unit in mention.units if unit.level == "province" and unit.since)
    return mention._replace(units=units)


def sides(query: Query, asked: Asked) -> list[Callable[[Place], bool]]:
    """Return for each side of a comparison whether a sentence speaks of it; fewer than two is no comparison.

    "Mường Tè hay Mường Ảng" -> one for each place; "năm 2015 mấy đơn vị, năm 2020 còn mấy" -> one for each year
    """
    if asked.apart:
        return [partial(speaks_of, name) for name in asked.names]
    apart = years(RANGE.sub("", query.text))
    return [partial(_is_of, year) for year in sorted(apart)] if len(apart) > 1 else []


def speaks_of(name: str, place: Place) -> bool:
    """Whether the sentence or its context names that place or person, by this name or another it has or had."""
    return _holds(name, words_of(place.sentence.text) + words_of(place.context))


def _holds(name: str, words: str) -> bool:
    """Whether the words hold the name, or another name of that place, and not a longer one's beginning."""
    return any(standing_alone(one).search(words) for one in (name, *other_names(name)))


def _is_of(year: int, place: Place) -> bool:
    return year in (years(place.sentence.text) or years(place.before) | years(place.context))


def _share(terms: Sequence[tuple[str, float]], found: frozenset[str]) -> float:
    total = sum(weight for _, weight in terms)
    return sum(weight for term, weight in terms if term in found) / total if total else 0.0


def _names(asked: Asked, place: Place) -> float:
    """How near the farthest name stands; of a comparison the nearest, since each side has its own sentence."""
    found = [
        1.0
        if speaks_of(name, place)
        else 0.5
        if _holds(name, words_of(place.sentence.article.text)) or _of_part(name, asked.wide, place)
        else 0.0
        for name in asked.names
    ]
    return (max if asked.apart else min)(found, default=1.0)
