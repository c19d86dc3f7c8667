"""What the question before a follow-up named, and failing that, what its answer named."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from partyqa.question.query import Query
from partyqa.text.documents import DOCUMENT, TITLED
from partyqa.text.lexicon import any_of, marked
from partyqa.text.names import find
from partyqa.text.normalise import fold
from partyqa.text.numbers import YEAR
from partyqa.text.places import Mention, recognise
from partyqa.text.tokens import LETTERS
from partyqa.text.views import TextView
from partyqa.types import Answer, AnswerType

Recall = Callable[[str], Answer]
"""Answers an earlier question again, when only its answer names what is meant."""

_TERM = re.compile(
    rf"\b(?:(?:tu )?{any_of('followup.tsv', 'term')} )?{YEAR}(?: ?(?:[-–]|den|toi) ?(?:nam )?{YEAR})?\b"
)
_DOCUMENT = re.compile(fold(DOCUMENT))
_TITLED, _FLAT_TITLED = re.compile(TITLED), re.compile(fold(TITLED))
_ANY_TYPE = frozenset(map(fold, marked("document_types.tsv", "any")))
_SMALL = frozenset(map(fold, marked("units.tsv", "commune", "hamlet")))


class Memory:
    """The place, person, time and document of the question before; `recall` answers it again."""

    def __init__(self, before: Query, recall: Recall) -> None:
        self._before, self._recall = before, recall

    def place(self, unit: str) -> str:
        """The place named last, for a commune or hamlet the one in the answer: "bản đó"."""
        if unit in _SMALL:
            for text in self._texts():
                fitting = [
                    span for span in text.spans(AnswerType.PLACE) if text.flat.startswith(unit, span[0])
                ]
                if fitting:
                    return text.text[slice(*fitting[0])]
        people, wheres = set(_people(self._before)), self._before.only_where
        units = _spelt(self._before, AnswerType.PLACE)
        found = [text for text in units or named(self._before) if text not in people]
        places = [text for text in found if not any(fold(text).endswith(where) for where in wheres)] or found
        return places[-1] if places else ""

    def person(self) -> str:
        """The person named in the question before, else in its answer."""
        return next((people[0] for text in self._texts() if (people := _people(text))), "")

    def of_person(self) -> bool:
        """Whether the question before names a person, or asks for one."""
        return bool(_people(self._before)) or self._before.kind is AnswerType.PERSON

    def time(self, noun: str) -> str:
        """The term or year of the question before, else the last year of its answer; `noun` says which is meant."""
        term = self.term()
        if term and noun in ("nhiem ky", "giai doan"):
            return term
        return next((f"năm {max(text.years)}" for text in self._texts() if text.years), "")

    def term(self) -> str:
        """The time that the question before names, as it is written there: "năm 2020", "giai đoạn 2015-2020"; or ""."""
        found = _TERM.search(self._before.flat)
        if found is None:
            return ""
        words = self._before.text[slice(*found.span())]
        return f"năm {words}" if words.isdecimal() else words[0].lower() + words[1:]

    def document(self, type_asked: str) -> str:
        """The document of that type named in the question before, else in its answer; "van ban" is of any type."""
        found = (document_in(text, type_asked) or titled_in(text, type_asked) for text in self._texts())
        return next(filter(None, found), "")

    def _texts(self) -> Iterator[TextView]:
        """Yield the question before, then what its answer quotes: the marked words first, for they were meant."""
        yield self._before
        yield from self._quotes

    @cached_property
    def _quotes(self) -> list[TextView]:
        cited = self._recall(self._before.text).citations
        marked = [one.sentence.text[slice(*one.highlight)] for one in cited if one.highlight]
        return [TextView(text) for text in (*marked, *(one.sentence.text for one in cited))]


def named(text: TextView) -> list[str]:
    """The names in `text` as they are written there, in order; places also where they are written small."""
    spans = (span for name in text.names if (span := find(text.text, name)))
    found = {start: text.text[start:end] for start, end in spans}
    for place in text.places:
        found.setdefault(place.start, text.text[place.start : place.end])
    return [found[at] for at in sorted(found)]


def whole_place(text: TextView) -> Mention | None:
    """The last place that `text` names, with what only says where it lies: "Mường Tè, tỉnh Lai Châu".

    Also where the text is nothing but a name written small: "lai châu".
    """
    found, wheres = text.places or _bare(text.text), text.only_where
    own = [one for one in found if one.key not in wheres]
    if not own:
        return None
    behind = (one.end for one in found if one.key in wheres and one.start > own[-1].start)
    return own[-1]._replace(end=max([own[-1].end, *behind]))


def _bare(text: str) -> tuple[Mention, ...]:
    asked = "ở " if not text.isascii() else "o "
    there = (
        one._replace(lead=one.lead - 2, start=one.start - 2, end=one.end - 2)
        for one in recognise(asked + text)
    )
    return tuple(one for one in there if (one.lead, one.end) == (0, len(text)))


def document_in(text: TextView, type_asked: str = "") -> str:
    """The document, of a type if one is given, that `text` names first, as written: "Chỉ thị 05-CT/TW"; or ""."""
    found = (match for match in _DOCUMENT.finditer(text.flat) if _is_of(match.group(), type_asked))
    return next((text.text[slice(*match.span())] for match in found), "")


def titled_in(text: TextView, type_asked: str = "") -> str:
    """The document that `text` names by its title alone, as written: "Quy chế làm việc của Tỉnh ủy"; or ""."""
    plain = text.text.isascii()
    found = (_FLAT_TITLED if plain else _TITLED).finditer(text.flat if plain else text.lower)
    spans = [match.span() for match in found if _is_of(text.flat[slice(*match.span())], type_asked)]
    return text.text[slice(*spans[0])] if spans else ""


def _is_of(document: str, type_asked: str) -> bool:
    """Whether an accent-free document is of a type, by its name or, without one, by its number: "05-ct/tw"."""
    named = document.startswith(type_asked) or type_asked in _ANY_TYPE
    return named or (document[0].isdigit() and LETTERS.get(type_asked) in re.findall("[a-z]+", document))


def _people(text: TextView) -> list[str]:
    return [name for name in _spelt(text, AnswerType.PERSON) or named(text) if len(name.split()) > 2]


def _spelt(text: TextView, answer_type: AnswerType) -> list[str]:
    return [text.text[slice(*span)] for span in text.spans(answer_type)]
