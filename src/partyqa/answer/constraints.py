"""Whether a sentence is of the time, the unit, the rank and the thing that a question names; by rules."""

import re
from collections.abc import Mapping, Set

from partyqa.answer.alignment import counted
from partyqa.answer.candidates import SentenceView
from partyqa.question.query import Query
from partyqa.text.entities import EVENT
from partyqa.text.lexicon import any_of, folded, marked, phrases, records
from partyqa.text.names import name_key
from partyqa.text.normalise import fold
from partyqa.text.numbers import YEAR
from partyqa.text.views import TextView
from partyqa.types import AnswerType

_AFTER_EVENT = re.compile(rf" {any_of('agreement.tsv', 'after-event')}\b")
_ANY_UNIT = folded(marked("units.tsv", without="loose"))
_LEVELS = {
    fold(unit): level
    for level, mark in enumerate(("hamlet", "commune", "district", "province"), 1)
    for unit in marked("units.tsv", mark)
}
_ORGANS = {
    fold(word): kind
    for kind, words in phrases("agreement.tsv").items()
    if kind.startswith("organ-")
    for word in words
}
_UNIT_OF = {
    fold(words): fold(line["unit"])
    for line in records("units.tsv")
    if "loose" not in line["marks"].split()
    for words in (line["unit"], line["committee"])
    if words
}
_OFFICE_OF = re.compile(
    rf"\b(?P<office>{folded(marked('offices.tsv', 'head'))})(?: thuong truc)?(?: (?P<organ>{folded(_ORGANS)})\b)?"
    rf"(?: (?P<unit>{folded(_UNIT_OF)})\b(?! vien\b))?"
)
_LEAST_OF_PERSON = 3  # words
_PEOPLE = frozenset(map(fold, phrases("agreement.tsv")["people"]))


def same_unit(query: Query, text: TextView, context: TextView) -> float:
    """Return -1 where the text speaks of the town and the question counts in the district of that name, or asks who
    holds an office there; or where it counts in another place of that level, or in a part of it; else 0.
    """
    counts = query.kind is AnswerType.NUMBER
    if query.text.isupper() or not (counts or (query.kind is AnswerType.PERSON and query.offices)):
        return 0.0
    unnamed = _unnamed(text) if query.all_units else ""
    for name, asked in query.all_units.items():
        known = text.all_units.get(name, frozenset()) | context.all_units.get(name, frozenset())
        if any(re.search(rf"\b{unit}(?: uy)?\b", unnamed) for unit in asked):
            continue  # "toàn huyện", "Bí thư Huyện ủy"
        if known and not known & asked:
            return -1.0
        if counts and not text.all_units.get(name) and _of_other_unit(name, asked, text):
            return -1.0
    return 0.0


def _unnamed(text: TextView) -> str:
    """The accent-free text without the places that are named with their unit."""
    places = {mention.key for mention in text.places}  # "Huyện ủy Lò Văn Ín" names no district
    own = [name for name in text.all_units if name in places or len(name.split()) < _LEAST_OF_PERSON]
    names = "|".join(map(re.escape, sorted(own, key=len, reverse=True)))
    return re.sub(rf"\b{_ANY_UNIT}(?: uy)? (?:{names})\b", "", text.flat) if names else text.flat


def _of_other_unit(name: str, asked: Set[str], text: TextView) -> bool:
    """Whether the first thing counted in the text is in another place, no larger than what is asked of."""
    level = max(_LEVELS.get(unit, 0) for unit in asked)
    figure = re.search(r"\d", text.flat)
    before = TextView(text.text[: figure.start()]) if figure else text
    own = name_key(before.text)
    others = [one for units in before.all_units.values() for one in units]
    return (
        f" {name} " not in f" {own} " and bool(others) and max(_LEVELS.get(one, 9) for one in others) <= level
    )


def same_rank(query: Query, text: TextView) -> float:
    """Return -1 where the text is of the deputy, of the first round, or of the office of another body, and the question
    is not; else 0.
    """
    if query.ordinals and _apart(query.ordinals, text.ordinals):
        return -1.0
    if not query.offices:
        return 0.0
    other_body = any(map(_apart, _bodies(query.flat), _bodies(text.flat)))
    return -1.0 if other_body or _apart(query.offices, text.offices) else 0.0


def _bodies(flat: str) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Of which organs, and of which units, an accent-free text names the holders of each office.

    "Chủ tịch UBND huyện" -> {"chu tich": {"organ-government"}}, {"chu tich": {"huyen"}}
    """
    organs: dict[str, frozenset[str]] = {}
    units: dict[str, frozenset[str]] = {}
    for match in _OFFICE_OF.finditer(flat):
        named = (organs, _ORGANS.get(match["organ"] or "")), (units, _UNIT_OF.get(match["unit"] or ""))
        for found, of in named:
            if of:
                found[match["office"]] = found.get(match["office"], frozenset()) | {of}
    return organs, units


def _apart(asked: Mapping[str, frozenset[str]], found: Mapping[str, frozenset[str]]) -> bool:
    return any(one in found and not which & found[one] for one, which in asked.items())


def same_time(query: Query, view: SentenceView) -> float:
    """Return 1 for a sentence of the year asked for, -1 for one of another; what lies between: Evidence.year."""
    asked, own, context = query.years, view.own, view.context
    if not asked:
        return _then_or_now(query, own)
    if asked & own.single_years or (len(asked) > 1 and asked <= own.years):
        return 1.0
    if own.years:
        return 0.2 if asked <= own.years else -1.0
    if _another_term(query, context):
        return -1.0
    before = view.paragraph if view.paragraph.text else view.before
    if asked in before.periods + context.periods:
        return 0.5
    near, article = before.single_years, context.single_years
    if asked & near or (asked & article and not near):
        return 0.5
    if near and query.kind is AnswerType.NUMBER:
        return -0.7
    if asked & article:
        return 0.3
    if asked <= before.years | context.years:  # a term's first or last year
        last = {max(period) for period in context.periods}
        return -0.3 if query.kind is AnswerType.NUMBER and (article or not asked <= last) else 0.2
    elsewhere = (
        view.article.years
    )  # of an article without a date: those that its text names tell when it is of
    return -0.7 if article or (elsewhere and not asked & elsewhere) else 0.0


def _another_term(query: Query, context: TextView) -> bool:
    """Whether the question names a term ("nhiệm kỳ 2010-2015") and the context is of another one alone."""
    asked, found = set(query.periods), set(context.periods)
    return bool(asked and found) and not asked & found


def _then_or_now(query: Query, text: TextView) -> float:
    """Of a question about today -1 for a sentence of the beginnings, and the other way round; else 0.

    "hiện có bao nhiêu chi bộ" is not answered by "khi chia tách có 432 chi bộ".
    """
    if query.of_now == query.of_beginnings:
        return 0.0
    if query.of_now:
        return -1.0 if text.of_beginnings and not text.of_now else 0.0
    return -1.0 if text.of_now and not text.of_beginnings else 0.0


def same_thing(query: Query, text: TextView) -> float:
    """Return 1 where a number stands before what is counted, -1 where that is not named or only some are counted."""
    if only_some(query, text):
        return -1.0
    if counted(query, text):
        return 1.0
    thing = query.focus.split()[:2]
    if query.kind is not AnswerType.NUMBER or not thing or (thing[0] in _PEOPLE and thing[1:] != ["dan"]):
        return 0.0
    return 0.0 if " ".join(thing) in " ".join(text.flat.split()) else -1.0


def same_exactly(query: Query, view: SentenceView) -> float:
    """Return -1 where a figure is asked of what neither sentence nor its surroundings name ("nữ", "dự bị"), else 0."""
    near = " ".join((view.own.flat, view.before.flat, view.context.flat))
    return 0.0 if all(words.search(near) for words in query.figure_of) else -1.0


def only_some(query: Query, text: TextView) -> bool:
    """Whether the question wants the total ("có bao nhiêu đảng viên?") but finds no figure, or one of some of them.

    "cử 66 đảng viên đi học", "kết nạp 152 đảng viên mới": no answer to how many there are.
    """
    if not query.asks_all:
        return False
    flat, found = text.in_digits, counted(query, text)
    if not found:  # "số đảng viên hiện là 2.128"
        thing = re.escape(" ".join(query.focus.split()[:2]))
        return not re.search(rf"\b(?:{thing}|dv)\b[^.;,]{{0,25}}?(?<!\d)(?!{YEAR}\b)\d[\d.,]*(?! ?%)", flat)
    clauses = [flat[max(flat.rfind(mark, 0, start) for mark in ",;.:") + 1 : start] for start, _ in found]
    return all(
        EVENT.search(clause) or _AFTER_EVENT.match(flat, end)
        for clause, (_, end) in zip(clauses, found, strict=True)
    )
