"""A follow-up that asks the question before with one thing changed: its place, its year, or what is counted.

"Còn Mường Ảng thì sao?", "Thế năm 2015?", "còn chi bộ", and bare "Mường Ảng?", "Chi bộ?".
"""

import re

from partyqa.question.antecedents import document_in, named, whole_place
from partyqa.question.dependence import of_nation
from partyqa.question.query import Query, understand
from partyqa.text.gazetteer import bearing
from partyqa.text.lexicon import any_of, folded, marked, spelt
from partyqa.text.numbers import YEARS
from partyqa.text.places import Mention
from partyqa.types import AnswerType

_TABLE = "followup.tsv"
_OPENING = rf"(?:(?:{any_of(_TABLE, 'interjection')}\b,? )*(?P<{{}}>{any_of(_TABLE, 'instead')})\b,? )"
_END = rf"(?:,? {any_of(_TABLE, 'particle')})*\s*[?.]*$"
_HOW = re.compile(
    rf"^{_OPENING.format('lead')}?(?P<subject>.+?)(?:,? thi)? {any_of(_TABLE, 'how')}{_END}"
    rf"|^{_OPENING.format('alone')}(?P<rest>.+?)(?: thi)?{_END}"
    rf"|^(?P<bare>.+?){_END}"
)
_THING = re.compile(any_of(_TABLE, "counted", "people"))
_COUNTED = re.compile(
    rf"\b(?:bao nhieu|may) (?P<thing>{_THING.pattern}\b|[^?.,]+?(?=$|[?.,]| (?:o|tai|nam|trong)\b))"
)
_OFFICE = re.compile(rf"(?:pho )?{folded(marked('offices.tsv', 'head'))}(?: (?:thuong truc|[a-z]+ uy))?")
_TERM = any_of(_TABLE, "term")
_TIME = re.compile(rf"(?:(?i:{spelt(_TABLE, 'term')}|{_TERM}) )?{YEARS}")
_YEAR = re.compile(rf"(?:trong |vao |tu )?(?:{_TERM} )?{YEARS}")
_MOST_WORDS = 6


def put_instead(question: Query, before: Query) -> str:
    """Return the question `before` with what `question` names in the place of its like; "" if it is none such."""
    match = _HOW.match(question.flat)
    if match is None:
        return ""
    part = next(name for name in ("subject", "rest", "bare") if match[name] is not None)
    words = question.text[slice(*match.span(part))].strip(" ,?.")
    opened = part != "bare" and bool(match["lead"] or match["alone"])
    if not words or len(words.split()) > _MOST_WORDS:
        return ""
    subject = understand(words)
    if subject.kind is not AnswerType.OTHER:
        return ""
    if part != "bare" or _is_name(subject):
        changed = _time_changed(before.text, subject) or _name_changed(before, subject)
        if changed:
            return changed
    if named(subject):
        return ""
    if part == "bare" and not _is_thing(subject) and not _OFFICE.fullmatch(subject.flat):
        return ""
    return _thing_changed(before, subject) or (
        _office_of(before, subject) if opened or part == "bare" else ""
    )


def _is_name(subject: Query) -> bool:
    """Whether the words are a year, a place or a document and nothing else."""
    place = whole_place(subject)
    all_of_it = place is not None and (place.lead, place.end) == (0, len(subject.text))
    return bool(
        all_of_it
        or _YEAR.fullmatch(subject.flat)
        or document_in(subject) == subject.text
        or of_nation(subject)
    )


def _is_thing(subject: Query) -> bool:
    return bool(_THING.fullmatch(subject.flat))


def _time_changed(before: str, subject: Query) -> str:
    """The question before of another year or term."""
    if not subject.years:
        return ""
    time = _TIME.search(before)
    if time is None:
        return f"{before.rstrip(' ?.')} {subject.text[0].lower()}{subject.text[1:]}?"
    return _replaced(before, *time.span(), subject.text)


def _name_changed(before: Query, subject: Query) -> str:
    """The question before of another place, document or person."""
    paper, earlier = document_in(subject), document_in(before)
    if paper and earlier:
        return before.text.replace(earlier, paper)
    new, old = whole_place(subject), whole_place(before)
    if old and of_nation(subject):
        return _replaced(before.text, old.lead, old.end, subject.text)
    if old and new:
        return _place_changed(before.text, old, subject.text, new)
    own, names = named(subject), named(before)
    return before.text.replace(names[-1], own[-1]) if own and names else ""


def _place_changed(before: str, last: Mention, subject: str, new: Mention) -> str:
    """The question before with its last place changed: its unit stays where it fits.

    "Huyện Mường Tè ...", "Lai Châu" -> "Lai Châu ..."; "Huyện Mường Tè ...", "Mường Ảng" -> "Huyện Mường Ảng ..."
    """
    if new.unit_word and new.unit_word != last.unit_word:
        return _replaced(before, last.lead, last.end, subject[new.lead : new.end])
    fits = not last.unit_word or any(unit.kind == last.unit_word for unit in bearing(new.key))
    start = last.start if fits else last.lead
    return before[:start] + subject[new.start : new.end] + before[last.end :]


def _thing_changed(before: Query, subject: Query) -> str:
    """The question before with another thing counted; "" where it counts nothing, or this cannot be counted."""
    counted = _COUNTED.search(before.flat)
    if counted is None or not _is_thing(subject):
        return ""
    start, end = counted.span("thing")
    return before.text[:start] + _like("a", subject.text) + before.text[end:]


def _office_of(before: Query, subject: Query) -> str:
    """Who holds another office there, after who holds one: "còn Chủ tịch?"."""
    place = whole_place(before)
    if not place or before.kind is not AnswerType.PERSON or not subject.offices:
        return ""
    office = subject.text
    return f"{office[:1].upper()}{office[1:]} ở {before.text[place.start : place.end]} là ai?"


def _replaced(before: str, start: int, end: int, words: str) -> str:
    return before[:start] + _like(before[start], words) + before[end:]


def _like(first: str, words: str) -> str:
    return (words[0].upper() if first.isupper() else words[0].lower()) + words[1:]
