"""A question that leans on the one before it, made to stand alone; rules, no model.

"Còn Mường Ảng thì sao?", "ở đó", "đồng chí ấy", "năm ấy", "bản đó": what they stand for is looked up in the
question before and, where that does not name it, in the answer it got. A question that names its own place,
person or document takes nothing from earlier turns.
"""

import re
from collections.abc import Callable, Sequence

from partyqa.gazetteer import bearing
from partyqa.mentions import names, years
from partyqa.places import recognise
from partyqa.query import Kind, understand
from partyqa.reader import answer_spans
from partyqa.text import fold
from partyqa.types import Answer

Recall = Callable[[str], Answer]
"""Answers an earlier question again, when only its answer names what is meant."""

_UNIT = r"(?:huyen uy|tinh uy|dang bo|thi tran|thi xa|thanh pho|huyen|tinh|xa|ban|phuong)"
_INSTEAD = re.compile(
    r"^(?:(?:the|vay)\b,? ?)?(?:con\b ?)?(.+?)(?: thi)? (?:sao|the nao|ra sao)\s*\??$|^(?:the |vay )?con (.+?)\s*\??$"
)
_PLACE = re.compile(rf"\b(?:(o|tai|ve) (?:do|day|noi (?:do|ay))|({_UNIT}) (?:ay|do|nay))\b")
_PERSON = re.compile(r"\b(?:dong chi|ong|ba|anh|chi|nguoi|vi) (?:ay|do|nay)\b")
_TIME = re.compile(r"\b(?:nam|luc|khi|hoi|thoi diem|nhiem ky) (?:ay|do)\b")
_OF_THOSE = re.compile(r"\b(?:trong )?(?:so|nhung) (?:do|ay|nay)\b,? ?")
_DOCUMENT = re.compile(r"\d+\s?-\s?[^\W\d_]+|\b(?:chi thi|nghi quyet|ket luan|quy dinh|ke hoach) (?:so )?\d")
_COUNTED = re.compile(r"\b(?:bao nhieu|may) ([^?.,]+)")


def stand_alone(question: str, turns: Sequence[str], recall: Recall) -> str:
    """Return `question` with what it takes over from the user's earlier `turns` written into it.

    ["Mường Tè có bao nhiêu đảng viên?"], "Còn Mường Ảng thì sao?" -> "Mường Ảng có bao nhiêu đảng viên?"
    """
    before = ""
    for turn in (*turns, question):
        before = _rewritten(" ".join(turn.split()), before, recall) if before else " ".join(turn.split())
    return before


def _rewritten(question: str, before: str, recall: Recall) -> str:
    instead = _instead(question, before)
    if instead:
        return instead
    memory = _Memory(before, recall)
    result = _put(_PERSON, question, lambda match: memory.person())
    result = _put(_TIME, result, lambda match: memory.year())
    result = _put(_PLACE, result, lambda match: _at(match, memory.place(match.group(2) or "")))
    result = _put(_OF_THOSE, result, lambda match: "") or result
    if _names(result) or _DOCUMENT.search(fold(result)):
        return result
    place = memory.place("")
    return f"{result.rstrip(' ?.')} ở {place}?" if place else result


def _instead(question: str, before: str) -> str:
    """The question before with one thing changed: its year, its place, or what is counted; "" if that is not it."""
    match = _INSTEAD.match(fold(question))
    if match is None:
        return ""
    start, end = match.span(1 if match.group(1) else 2)
    subject = question[start:end].strip(" ,")
    if len(subject.split()) > 6 or understand(subject).kind is not Kind.OTHER:
        return ""
    if years(subject):
        return _years_changed(before, subject)
    own, old = _names(subject), _names(before)
    if own and old:
        return _place_changed(before, subject) or before.replace(old[-1], own[-1])
    counted = _COUNTED.search(fold(before))
    if before.isascii() and not understand(before).cased:
        return ""  # without capitals and accents a place cannot be told from what is counted
    if own or counted is None or not match.group(0).startswith(("con", "the", "vay")):
        return ""
    return f"{before[: counted.start(1)]}{subject}{before[counted.end(1) :]}"


def _place_changed(before: str, subject: str) -> str:
    """The question before with its last place changed, if both are known: its unit stays where it fits.

    "Huyện Mường Tè ...", "Lai Châu" -> "Lai Châu ..."; "Huyện Mường Tè ...", "Mường Ảng" -> "Huyện Mường Ảng ..."
    """
    own, old = recognise(subject), recognise(before)
    if not own or not old:
        return ""
    new, last = own[-1], old[-1]
    if new.told and new.told != last.told:
        return (
            before[: last.lead] + _like(before[last.lead], subject[new.lead : new.end]) + before[last.end :]
        )
    fits = not last.told or any(unit.kind == last.told for unit in bearing(new.key))
    start = last.start if fits else last.lead
    return before[:start] + subject[new.start : new.end] + before[last.end :]


def _like(first: str, words: str) -> str:
    return (words[0].upper() if first.isupper() else words[0].lower()) + words[1:]


def _years_changed(before: str, subject: str) -> str:
    told = re.search(r"(?:[Nn]ăm |[Nn]am )?(?:19|20)\d\d", before)
    if told is None:
        return f"{before.rstrip(' ?.')} {subject[0].lower()}{subject[1:]}?"
    year = subject if told.start() == 0 else subject[0].lower() + subject[1:]
    return before[: told.start()] + year + before[told.end() :]


class _Memory:
    """What the question before named, and failing that, its answer."""

    def __init__(self, before: str, recall: Recall) -> None:
        self._before, self._recall = before, recall

    def place(self, unit: str) -> str:
        """The place named last, for a commune or hamlet the one in the answer: "bản đó"."""
        if unit in ("ban", "xa"):
            for text in (self._before, *self._quotes()):
                found = [text[slice(*span)] for span in answer_spans(Kind.PLACE, text)]
                fitting = [place for place in found if fold(place).startswith(unit)]
                if fitting:
                    return fitting[0]
        people = set(self._people(self._before))
        places = [text for text in self._units(self._before) or _names(self._before) if text not in people]
        return places[-1] if places else ""

    def person(self) -> str:
        """The person named in the question before, else in its answer."""
        for text in (self._before, *self._quotes()):
            people = self._people(text)
            if people:
                return people[0]
        return ""

    def year(self) -> str:
        """The year of the question before, else of its answer."""
        for text in (self._before, *self._quotes()):
            found = sorted(years(text))
            if found:
                return f"năm {found[-1]}"
        return ""

    def _quotes(self) -> list[str]:
        """The marked words of the answer before its whole sentences: they are what was meant."""
        cited = self._recall(self._before).citations
        marked = [one.sentence.text[slice(*one.highlight)] for one in cited if one.highlight]
        return marked + [one.sentence.text for one in cited]

    @staticmethod
    def _people(text: str) -> list[str]:
        found = [text[slice(*span)] for span in answer_spans(Kind.PERSON, text)]
        return [name for name in found or _names(text) if len(name.split()) > 2]

    @staticmethod
    def _units(text: str) -> list[str]:
        return [text[slice(*span)] for span in answer_spans(Kind.PLACE, text)]


def _names(text: str) -> list[str]:
    """The names in `text` as they are written there, in order; places also where they are written small."""
    flat = fold(text)
    found = {at: text[at : at + len(name)] for name in names(text) if (at := flat.find(name)) >= 0}
    for place in recognise(text):
        found.setdefault(place.start, text[place.start : place.end])
    return [found[at] for at in sorted(found)]


def _put(pattern: re.Pattern[str], text: str, meant: Callable[[re.Match[str]], str]) -> str:
    match = pattern.search(fold(text))
    if match is None:
        return text
    words = meant(match)
    if not words and pattern is not _OF_THOSE:
        return text
    words = words[:1].upper() + words[1:] if match.start() == 0 else words
    return " ".join(f"{text[: match.start()]}{words}{text[match.end() :]}".split())


def _at(match: re.Match[str], place: str) -> str:
    preposition = {"o": "ở ", "tai": "tại ", "ve": "về "}.get(match.group(1) or "", "")
    return f"{preposition}{place}" if place else ""
