"""What a question asks of an index: its words with their rareness, and the people and things it names."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from partyqa.answer.candidates import SentenceView
from partyqa.question.around.framing import other_language
from partyqa.question.beside import only_mentioned
from partyqa.question.query import Query
from partyqa.text.entities import without_parts
from partyqa.text.gazetteer import other_names, standing_alone
from partyqa.text.lexicon import any_of
from partyqa.text.location import lies_in, says_where
from partyqa.text.places import Mention
from partyqa.text.views import TextView
from partyqa.types import AnswerType

Weigher = Callable[[str], float]

_MERGED = 2025  # the year from which articles speak of the provinces of today
_OF_THE_WHOLE = frozenset({AnswerType.NUMBER, AnswerType.DATE, AnswerType.PERSON, AnswerType.DOCUMENT})
_BODY = re.compile(  # a body of the place, not the place
    rf"\b(?:uy|{any_of('marking.tsv', 'body')}(?: (?:toan|tinh|huyen))*) $"
)


@dataclass(frozen=True)
class Asked:
    """The people and things a question names, accent-free; `apart`: it sets them side by side, or no sentence has all.

    `rareness` weighs the question's terms, in natural logarithms. `names` are known by their capitals. `wide`
    are the places of which a part will do: articles about its districts speak of a province. `misplaced` is a place
    that the question puts into a province where it does not lie, and that province.
    """

    query: Query
    rareness: Mapping[str, float]
    names: Mapping[str, tuple[re.Pattern[str], ...]]
    apart: bool = False
    wide: tuple[Mention, ...] = ()
    misplaced: tuple[Mention, Mention] | None = None

    @cached_property
    def foreign(self) -> bool:
        """Whether it is asked in another language than Vietnamese."""
        return other_language(self.query.text)

    @cached_property
    def single(self) -> list[tuple[str, float]]:
        """The question's syllables and numbers, each with its rareness."""
        return [(term, weight) for term, weight in self.rareness.items() if "_" not in term]

    @cached_property
    def pairs(self) -> list[tuple[str, float]]:
        """The question's neighbouring syllables, each pair with its rareness."""
        return [(term, weight) for term, weight in self.rareness.items() if "_" in term]

    def speaks_of(self, name: str, view: SentenceView) -> bool:
        """Whether the sentence or its context names that place or person, by this name or another it has or had.

        An author or a newspaper may also stand in the credits of the article; a place there says nothing.
        """
        if any(holds(self.names[name], text) for text in (view.own, view.context)):
            return True
        if name in self._places:
            return False
        article = view.sentence.article
        credit = TextView(f"{article.author}\n{article.source}\n{article.url or ''}")
        return holds(self.names[name], credit)

    @cached_property
    def _places(self) -> frozenset[str]:
        return frozenset(mention.key for mention in self.query.places)

    def of_part(self, name: str, view: SentenceView) -> bool:
        """Whether the sentence is of a part of that place, or since 2025 of the province that it became a part of."""
        return any(_of_part(whole, view) for whole in self.wide if whole.key == name)

    @cached_property
    def sides(self) -> list[Callable[[SentenceView], bool]]:
        """For each side of a comparison whether a sentence speaks of it; fewer than two is no comparison.

        "Mường Tè hay Mường Ảng" -> one for each place; "năm 2015 mấy đơn vị, năm 2020 còn mấy" -> one for each year
        """
        if self.apart:
            return [partial(self.speaks_of, name) for name in self.names]
        apart = self.query.single_years
        return [partial(_is_of, year) for year in sorted(apart)] if len(apart) > 1 else []


def what_is_asked(query: Query, views: Sequence[SentenceView], idf: Weigher) -> Asked:
    """Return what the question names, given all sentences that could answer; `idf` is a term's rareness.

    Names are recognised by their capital letters; in a question without any, those of the contexts are looked for,
    the places of Vietnam, and people by their surnames. A place that only locates another one need not be named again.
    """
    if query.cased:
        found = query.asked_names
    else:
        places = [mention.key for mention in query.places]
        contexts = {id(view.context): view.context for view in views}.values()
        near = [name for context in contexts for name in context.names if f" {name} " in query.words]
        near = [*near, *query.names]
        beside = query.only_where | only_mentioned(query, (*near, *places))
        found = tuple(name for name in without_parts((*near, *places), places) if name not in beside)
    patterns = {name: tuple(map(standing_alone, (name, *other_names(name)))) for name in found}
    asked = Asked(
        query,
        {term: idf(term) for term in query.terms},
        patterns,
        False,
        _wide(query, found),
        _misplaced(query, views),
    )
    together = any(
        all(asked.speaks_of(name, view) or asked.of_part(name, view) for name in found) for view in views
    )
    return replace(asked, apart=len(found) > 1 and (query.compares or not together))


def holds(name: Sequence[re.Pattern[str]], text: TextView) -> bool:
    """Whether a text holds the name, or another name of that place, and not a longer one's beginning."""
    return any(one.search(text.words) for one in name)


def _misplaced(query: Query, views: Sequence[SentenceView]) -> tuple[Mention, Mention] | None:
    """What the question puts into a wrong province, unless an article does so too."""
    if query.misplaced is None:
        return None
    place, province = query.misplaced
    phrase = f" {place.key} tinh {province.key} "
    held = any(phrase in text.words for view in views for text in (view.own, view.context))
    return None if held else query.misplaced


def _wide(query: Query, found: Sequence[str]) -> tuple[Mention, ...]:
    """The places of which a part will do, but not where a figure, a date or a person of the whole is wanted.

    "Lai Châu có những mô hình gì?"; beside another name: "Bản Pơ Mu ở Điện Biên có mấy hộ?"
    """
    if len(found) == 1 and query.kind in _OF_THE_WHOLE:
        return ()
    return tuple(
        place
        for place in query.places
        if place.key in found
        and (len(found) == 1 or says_where(query.flat, place))
        and not _BODY.search(query.flat[: place.start])
    )


def _of_part(whole: Mention, view: SentenceView) -> bool:
    found = view.context.places + view.own.places
    return any(lies_in(part, whole) for part in found) or (
        any(year >= _MERGED for year in view.own.years | view.context.years)
        and any(lies_in(whole, larger) for larger in map(_of_today, found))
    )


def _of_today(mention: Mention) -> Mention:
    units = tuple(unit for unit in mention.units if unit.level == "province" and unit.since)
    return mention._replace(units=units)


def _is_of(year: int, view: SentenceView) -> bool:
    return year in (view.own.years or view.before.years | view.context.years)
