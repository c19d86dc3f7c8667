"""How much a sentence says of what is asked, in numbers about 0..1. No model is asked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from partyqa.mentions import names, offices, units, words_of, years
from partyqa.query import Kind, Query
from partyqa.reader import counted, says_kind
from partyqa.text import fold, tokens
from partyqa.types import Sentence

Weigher = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence where it was found: the one before it, its passage's context, and two measured values.

    `passage` is the fused score of its best passage; `cosine` its own with the question.
    """

    sentence: Sentence
    before: str
    context: str
    passage: float
    cosine: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence as the answer, and against it.

    `passage`: fused score of its best passage. `words`, `pairs`: share of the question's syllables and
    neighbouring syllables that it holds, rare ones counting more. `context`: share of the syllables found in
    it or in its article's title, place and date. `rest`: share of what those do not say that it says.
    `around`: `context` with the sentence before. `names`: 1 when every name in the question stands in it or
    its context, .5 when one stands elsewhere in its article only, 0 when one does not. `unit`: -1 when it
    speaks of the town where the question asks for the district of that name, and the like. `office`: -1 when
    it names the deputy where the question asks for the head, or the other way round. `year`: 1 when it is of
    the year asked for, .2 of a term that holds it, .5 when only its context is, -1 of another. `kind`: words
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
    """Whom and what a question names, accent-free; `apart`: it sets them side by side, or no sentence has all."""

    names: tuple[str, ...]
    apart: bool


FEATURES = tuple(field.name for field in fields(Evidence))
_NEARNESS_SCALE = 5.0  # cosines of one question's sentences lie within about .2 of each other
_RANGE = re.compile(r"(?:19|20)\d\d ?(?:[-–]|đến|tới) ?(?:năm )?(?:19|20)\d\d")
_PEOPLE = frozenset("nguoi dong ca vi can dang".split())  # mấy người: đảng viên, đồng chí, cán bộ


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
    found = says_kind(query, f"{text} {context}" if query.kind is Kind.PLACE else text)
    return Evidence(
        passage=place.passage,
        words=_share(single, own),
        pairs=_share(double, own),
        context=_share(single, own | near),
        rest=_share([(term, weight) for term, weight in single if term not in near], own),
        around=_share(single, own | near | before),
        names=_names(asked, place),
        unit=_unit(query, place),
        office=_office(query, text),
        year=_year(query, place),
        kind=float(found),
        lacks=float(query.kind in (Kind.NUMBER, Kind.DATE) and not found),
        focus=_focus(query, text),
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

    Nor does a sentence without a number, and without what is to be counted, answer "bao nhiêu".
    """
    numberless = query.kind is Kind.NUMBER and evidence.lacks > 0 and evidence.focus < 0
    other_year = evidence.year < 0 and not asked.apart
    return evidence.names == 0 or min(evidence.unit, evidence.office) < 0 or other_year or numberless


def what_is_asked(query: Query, places: Sequence[Place]) -> Asked:
    """Return whom and what the question names, given all sentences that could answer.

    Names are told by their capital letters; in a question without any, those of the contexts are looked for.
    """
    if query.cased:
        found = names(query.text)
    else:
        flat = words_of(query.text)
        found = tuple({n: None for place in places for n in names(place.context) if f" {n} " in flat})
    together = any(all(_speaks_of(name, place) for name in found) for place in places)
    return Asked(found, len(found) > 1 and (query.compares or not together))


def sides(query: Query, asked: Asked) -> list[Callable[[Place], bool]]:
    """Return for each side of a comparison whether a sentence speaks of it; fewer than two is no comparison.

    "Mường Tè hay Mường Ảng" -> one for each place; "năm 2015 mấy đơn vị, năm 2020 còn mấy" -> one for each year
    """
    if asked.apart:
        return [partial(_speaks_of, name) for name in asked.names]
    apart = years(_RANGE.sub("", query.text))
    return [partial(_is_of, year) for year in sorted(apart)] if len(apart) > 1 else []


def _speaks_of(name: str, place: Place) -> bool:
    return f" {name} " in words_of(place.sentence.text) + words_of(place.context)


def _is_of(year: int, place: Place) -> bool:
    return year in (years(place.sentence.text) or years(place.before) | years(place.context))


def _share(terms: Sequence[tuple[str, float]], found: frozenset[str]) -> float:
    total = sum(weight for _, weight in terms)
    return sum(weight for term, weight in terms if term in found) / total if total else 0.0


def _names(asked: Asked, place: Place) -> float:
    """How near the farthest name stands; of a comparison the nearest, since each side has its own sentence."""
    found = [
        1.0
        if _speaks_of(name, place)
        else 0.5
        if f" {name} " in words_of(place.sentence.article.text)
        else 0.0
        for name in asked.names
    ]
    return (max if asked.apart else min)(found, default=1.0)


def _unit(query: Query, place: Place) -> float:
    if query.kind is not Kind.NUMBER or not query.cased:
        return 0.0
    told, context = units(place.sentence.text), units(place.context)
    for name, asked in units(query.text).items():
        known = told.get(name, frozenset()) | context.get(name, frozenset())
        if known and not known & asked:
            return -1.0
    return 0.0


def _office(query: Query, text: str) -> float:
    asked, told = offices(query.text), offices(text)
    for office, ranks in asked.items():
        if office in told and not ranks & told[office]:
            return -1.0
    return 0.0


def _year(query: Query, place: Place) -> float:
    asked = years(query.text)
    if not asked:
        return 0.0
    text = place.sentence.text
    own, apart = years(text), years(_RANGE.sub("", text))
    if asked & apart or (len(asked) > 1 and asked <= own):
        return 1.0
    if own:
        return 0.2 if asked <= own else -1.0
    before, article = years(_RANGE.sub("", place.before)), years(place.context)
    if asked & (before | article):
        return 0.5
    return -0.7 if article else 0.0


def _focus(query: Query, text: str) -> float:
    if counted(query, text):
        return 1.0
    thing = query.focus.split()[:2]
    if query.kind is not Kind.NUMBER or not thing or thing[0] in _PEOPLE:
        return 0.0
    return 0.0 if " ".join(thing) in " ".join(fold(text).split()) else -1.0
