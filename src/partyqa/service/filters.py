"""Which articles a question is asked of: by place, newspaper and year, as the corpus holds them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np

from partyqa.engine import PartyQA
from partyqa.errors import QuestionError
from partyqa.retrieval import Within
from partyqa.text.gazetteer import Unit
from partyqa.text.places import recognise
from partyqa.types import Article

Value = TypeVar("Value", str, int)

MOST_CHOSEN = 50  # values of one filter in an address
_LEVELS = ("province", "district", "commune")
_BEGINNING = 600  # code points: the dateline and the first sentences


@dataclass(frozen=True, slots=True)
class Filters:
    """What is chosen; within one field any of the values will do, and every field that has values must fit."""

    places: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.places or self.sources or self.years)

    @classmethod
    def of(cls, places: Sequence[str], sources: Sequence[str], years: Sequence[str | int]) -> "Filters":
        """Return the filters of what an address or a program says, in order and each once.

        Raises QuestionError for a year that is none and for more than MOST_CHOSEN values.
        """
        if max(len(places), len(sources), len(years)) > MOST_CHOSEN:
            raise QuestionError("question.filter_too_much", most=MOST_CHOSEN)
        texts = [str(year) for year in years]
        if wrong := [text for text in texts if not (text.isascii() and text.isdigit() and len(text) == 4)]:
            raise QuestionError("question.filter_no_year", year=wrong[0][:20])
        return cls(_each_once(places), _each_once(sources), _each_once([int(text) for text in texts]))

    def to_query(self) -> dict[str, list[str]]:
        """Return the fields of an address: `place`, `source`, `year`, those that have values."""
        fields = {"place": self.places, "source": self.sources, "year": tuple(map(str, self.years))}
        return {name: list(values) for name, values in fields.items() if values}

    def fits(self, article: Article) -> bool:
        """Whether an article is among what is chosen."""
        return (
            (not self.places or not places_of(article).isdisjoint(self.places))
            and (not self.sources or article.source in self.sources)
            and (not self.years or year_of(article) in self.years)
        )


@dataclass(frozen=True, slots=True)
class Facets:
    """What the corpus offers to choose from: values with the number of their articles."""

    places: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]
    years: tuple[tuple[int, int], ...]


def facets(engine: PartyQA) -> Facets:
    """Return places and newspapers by the number of their articles, years from the latest on."""
    return _facets(engine.articles)


def narrowed(engine: PartyQA, filters: Filters) -> PartyQA:
    """Return the engine over the chosen articles only; over all where nothing is chosen."""
    if not filters:
        return engine
    chosen = {article.id for article in engine.articles if filters.fits(article)}
    inside = np.array([passage.article.id in chosen for passage in engine.index.passages], dtype=np.bool_)
    return engine.over(Within(engine.retriever, inside))


@lru_cache(maxsize=1 << 14)
def places_of(article: Article) -> frozenset[str]:
    """Return the places that an article is of, their provinces included: its title's, or its beginning's."""
    for text in (article.title, article.text[:_BEGINNING]):
        if found := recognise(text):
            return frozenset().union(*(_names(mention.units) for mention in found if mention.units))
    return frozenset()


def year_of(article: Article) -> int | None:
    """Return the year in which an article was published, where that is known."""
    return article.published.year if article.published else None


def _each_once(values: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(sorted(set(values)))


def _names(units: Sequence[Unit]) -> set[str]:
    """Return the name of the place meant, the largest that bears it, with the provinces that it lies and lay in."""
    largest = [
        unit for unit in units if _LEVELS.index(unit.level) == min(_LEVELS.index(u.level) for u in units)
    ]
    provinces = [{above.name for above in _provinces(unit)} for unit in largest]
    return {unit.name for unit in largest} | set.intersection(*provinces)


def _provinces(unit: Unit) -> list[Unit]:
    own = [unit] if unit.level == "province" else []
    return own + [province for above in unit.within for province in _provinces(above)]


@lru_cache(maxsize=4)
def _facets(articles: tuple[Article, ...]) -> Facets:
    places = Counter(place for article in articles for place in places_of(article))
    sources = Counter(article.source for article in articles if article.source)
    years = Counter(year for article in articles if (year := year_of(article)) is not None)
    return Facets(_by_number(places), _by_number(sources), tuple(sorted(years.items(), reverse=True)))


def _by_number(counted: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
