"""What the question before a follow-up named, and failing that, what its answer named."""

import re
from collections.abc import Callable

from partyqa.question.query import understand
from partyqa.text.entities import DOCUMENT, answer_spans, names, years
from partyqa.text.lexicon import any_of, marked
from partyqa.text.normalise import fold
from partyqa.text.numbers import YEAR
from partyqa.text.places import Mention, only_where, recognise
from partyqa.types import Answer, AnswerType

Recall = Callable[[str], Answer]
"""Answers an earlier question again, when only its answer names what is meant."""

_TERM = re.compile(
    rf"\b(?:(?:tu )?{any_of('followup.tsv', 'term')} )?{YEAR}(?: ?(?:[-–]|den|toi) ?(?:nam )?{YEAR})?\b"
)
_DOCUMENT = re.compile(fold(DOCUMENT))
_SMALL = frozenset(map(fold, marked("units.tsv", "commune", "hamlet")))


class Memory:
    """The place, person, time and document of the question before; `recall` answers it again."""

    def __init__(self, before: str, recall: Recall) -> None:
        self._before, self._recall = before, recall

    def place(self, unit: str) -> str:
        """The place named last, for a commune or hamlet the one in the answer: "bản đó"."""
        if unit in _SMALL:
            for text in (self._before, *self._quotes()):
                fitting = [place for place in _units(text) if fold(place).startswith(unit)]
                if fitting:
                    return fitting[0]
        people, wheres = set(_people(self._before)), only_where(self._before)
        found = [text for text in _units(self._before) or named(self._before) if text not in people]
        places = [text for text in found if not any(fold(text).endswith(where) for where in wheres)] or found
        return places[-1] if places else ""

    def person(self) -> str:
        """The person named in the question before, else in its answer."""
        for text in (self._before, *self._quotes()):
            people = _people(text)
            if people:
                return people[0]
        return ""

    def of_person(self) -> bool:
        """Whether the question before names a person, or asks for one."""
        return bool(_people(self._before)) or understand(self._before).kind is AnswerType.PERSON

    def time(self, noun: str) -> str:
        """The term or year of the question before, else the last year of its answer; `noun` says which is meant."""
        term = self.term()
        if term and noun in ("nhiem ky", "giai doan"):
            return term
        for text in (self._before, *self._quotes()):
            found = sorted(years(text))
            if found:
                return f"năm {found[-1]}"
        return ""

    def term(self) -> str:
        """The time that the question before names, as it is written there: "năm 2020", "giai đoạn 2015-2020"; or ""."""
        found = _TERM.search(fold(self._before))
        if found is None:
            return ""
        words = self._before[slice(*found.span())]
        return f"năm {words}" if words.isdecimal() else words[0].lower() + words[1:]

    def document(self) -> str:
        """The document named in the question before, else in its answer."""
        return next(filter(None, map(document_in, (self._before, *self._quotes()))), "")

    def _quotes(self) -> list[str]:
        """The marked words of the answer before its whole sentences: they are what was meant."""
        cited = self._recall(self._before).citations
        marked = [one.sentence.text[slice(*one.highlight)] for one in cited if one.highlight]
        return marked + [one.sentence.text for one in cited]


def named(text: str) -> list[str]:
    """The names in `text` as they are written there, in order; places also where they are written small."""
    flat = fold(text)
    found = {at: text[at : at + len(name)] for name in names(text) if (at := flat.find(name)) >= 0}
    for place in recognise(text):
        found.setdefault(place.start, text[place.start : place.end])
    return [found[at] for at in sorted(found)]


def whole_place(text: str) -> Mention | None:
    """The last place that `text` names, with what only says where it lies: "Mường Tè, tỉnh Lai Châu".

    Also where the text is nothing but a name written small: "lai châu".
    """
    found, wheres = recognise(text) or _bare(text), only_where(text)
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


def document_in(text: str) -> str:
    """The document that `text` names first, as it is written: "Chỉ thị 05-CT/TW"; or ""."""
    found = _DOCUMENT.search(fold(text))
    return text[slice(*found.span())] if found else ""


def _people(text: str) -> list[str]:
    found = [text[slice(*span)] for span in answer_spans(AnswerType.PERSON, text)]
    return [name for name in found or named(text) if len(name.split()) > 2]


def _units(text: str) -> list[str]:
    return [text[slice(*span)] for span in answer_spans(AnswerType.PLACE, text)]
