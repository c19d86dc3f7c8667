"""A question that leans on the one before it, made to stand alone; rules, no model.

"Còn Mường Ảng thì sao?", "ở đó", "đồng chí ấy", "năm ấy", "bản đó": what they stand for is looked up in the
question before and, where that does not name it, in the answer it got. A question that names its own place,
person or document, or has a subject of its own (leaning.py), takes nothing from earlier turns.
"""

import re
from collections.abc import Callable, Sequence

from partyqa.question.antecedents import Memory, Recall, named
from partyqa.question.dependence import Holds, of_this_day, stands_alone
from partyqa.question.ellipsis import put_instead
from partyqa.question.query import Query
from partyqa.text.documents import DOCUMENT
from partyqa.text.lexicon import any_of, column, folded, guarded, marked
from partyqa.text.normalise import fold, lowered
from partyqa.types import AnswerType

_UNITS = "units.tsv"
_POINTED = marked(_UNITS, "pointed")
_UNIT = folded((*marked(_UNITS, without="loose"), *_POINTED, *column(_UNITS, "committee")))
_OFFICE = rf"(?:pho )?{folded(marked('offices.tsv', 'head'))}"
_PLACE = re.compile(
    rf"\b(?:(o|tai|ve) (?:do|day|{folded(_POINTED)} (?:do|ay|nay))|({_UNIT}) (?:ay|do|nay))\b"
)
_PERSON = re.compile(
    rf"\b(?:{folded(marked('titles.tsv', 'pointed'))}|(?:dong chi |vi )?{_OFFICE}) (?:ay|do|nay)\b"
)
_TIME = re.compile(rf"\b({any_of('followup.tsv', 'time', 'term')}) (?:ay|do)\b")
_OF_THOSE = re.compile(r"\b(?:trong )?(?:so|nhung) (?:do|ay|nay)\b,? ?")
_PAPER = re.compile(rf"\b({fold(guarded('document_types.tsv'))}) (?:ay|do|nay)\b")
_POINTING = frozenset("ấy ay đó đấy này đây do".split())  # not the "đồ" of "bản đồ", the "nay" of "năm nay"
_DOCUMENT = re.compile(rf"\d+\s?-\s?[^\W\d_]+|{fold(DOCUMENT)}")
_DEED = re.compile(rf"^{any_of('followup.tsv', 'deed')}\b")
_NOW = re.compile(rf"\b{any_of('agreement.tsv', 'now')}\b")
_ASKED_HOW = re.compile(rf",? (?:thi sao|(?<!vi )(?<!tai ){any_of('followup.tsv', 'how')}|la ai)$")


def stand_alone(question: Query, turns: Sequence[Query], recall: Recall, holds: Holds) -> Query:
    """Return `question` with what it takes over from the user's earlier `turns` written into it.

    ["Mường Tè có bao nhiêu đảng viên?"], "Còn Mường Ảng thì sao?" -> "Mường Ảng có bao nhiêu đảng viên?"
    """
    before, *later = *turns, question
    for turn in later:
        before = _rewritten(turn, before, recall, holds)
    return before


def _rewritten(question: Query, before: Query, recall: Recall, holds: Holds) -> Query:
    if of_this_day(question, holds):
        return question
    instead = put_instead(question, before)
    if instead:
        return Query(instead)
    memory = Memory(before, recall)
    result = _put(_PERSON, question, lambda match: memory.person())
    result = _put(_TIME, result, lambda match: memory.time(match.group(1)))
    with_paper = _put(_PAPER, result, lambda match: memory.document(match.group(1)))
    paper = with_paper is not result
    result = _put(_PLACE, with_paper, lambda match: _at(match, memory.place(match.group(2) or "")))
    left = _put(_OF_THOSE, result, lambda match: "")
    result = left if left.text else result
    if paper or named(result) or _DOCUMENT.search(result.flat) or stands_alone(result, before, holds):
        return result
    return _with_person(result, memory) or _with_place(result, memory)


def _with_person(question: Query, memory: Memory) -> Query | None:
    """What a person did or holds, with nobody named, after a question about one: "Giữ chức gì?"; else None."""
    deed = question.kind is AnswerType.OFFICE or _DEED.search(question.flat)
    person = memory.person() if deed and memory.of_person() else ""
    return Query(f"{person} {lowered(question.text[0])}{question.text[1:]}") if person else None


def _with_place(question: Query, memory: Memory) -> Query:
    """The question at the earlier place; a figure also at the earlier time, unless it names its own."""
    asked = question.text.rstrip(" ?.")
    timeless = question.years or question.kind is not AnswerType.NUMBER or _NOW.search(question.flat)
    place = memory.place("")
    added = " ".join(
        part for part in (f"ở {place}" if place else "", "" if timeless else memory.term()) if part
    )
    if not added or not question.content:  # "vì sao?" is no question at any place
        return question
    how = _ASKED_HOW.search(question.flat[: len(asked)])
    at = how.start() if how and how.start() else len(asked)
    return Query(f"{asked[:at]} {added}{asked[at:]}?")


def _put(pattern: re.Pattern[str], query: Query, meant: Callable[[re.Match[str]], str]) -> Query:
    match, text = pattern.search(query.flat), query.text
    if match is None or not _points(text[slice(*match.span())]):
        return query
    words = meant(match)
    if not words and pattern is not _OF_THOSE:
        return query
    words = words[:1].upper() + words[1:] if match.start() == 0 else words
    return Query(" ".join(f"{text[: match.start()]}{words}{text[match.end() :]}".split()))


def _points(words: str) -> bool:
    """Whether the last of the words points at something, with its accents or without any in the question."""
    last = lowered(words).rstrip(" ,").rsplit(" ", 1)[-1]
    return last in _POINTING or (last == "nay" and words.isascii())


def _at(match: re.Match[str], place: str) -> str:
    preposition = {"o": "ở ", "tai": "tại ", "ve": "về "}.get(match.group(1) or "", "")
    return f"{preposition}{place}" if place else ""
