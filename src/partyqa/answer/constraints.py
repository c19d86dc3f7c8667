"""Whether a sentence is of the time, the unit, the rank and the thing that a question names; by rules."""

import re

from partyqa.answer.alignment import counted
from partyqa.question.query import Query
from partyqa.text.entities import asked_units, offices, ordinals, units, years
from partyqa.text.lexicon import any_of, phrases
from partyqa.text.normalise import fold
from partyqa.text.numbers import YEAR
from partyqa.types import AnswerType

RANGE = re.compile(rf"{YEAR} ?(?:[-–]|đến|tới) ?(?:năm )?{YEAR}")


def _words(*kinds: str) -> str:
    return any_of("agreement.tsv", *kinds)


_NOW = re.compile(rf"\b{_words('now')}\b(?! {_words('not-now')})")
_THEN = re.compile(
    rf"\b{_words('when')}(?: moi)? {_words('founding', 'parting')}|\bmoi {_words('founding')}\b"
)
# All that there are is asked for: nothing follows what is counted; or their number, or where there are more.
_WHOLE = re.compile(
    rf"\bco (?:{_words('in-all')} )?(?:bao nhieu|may) {_words('own')}(?: truc thuoc)? ?\??$"
    rf"|(?:^|so sanh |tong )so {_words('own')}|\b(?:nhieu|it|dong) {_words('own')} hon"
)
_EVENT = re.compile(rf"\b{_words('event')}\b")
_AFTER_EVENT = re.compile(rf" {_words('after-event')}\b")
_PEOPLE = frozenset(map(fold, phrases("agreement.tsv")["people"]))


def same_unit(query: Query, text: str, context: str) -> float:
    """Return -1 where the text speaks of the town and the question counts in the district of that name, else 0."""
    if query.kind is not AnswerType.NUMBER:
        return 0.0
    told, around = units(text), units(context)
    for name, asked in asked_units(query.text).items():
        known = told.get(name, frozenset()) | around.get(name, frozenset())
        if known and not known & asked:
            return -1.0
    return 0.0


def same_rank(query: Query, text: str) -> float:
    """Return -1 where the text is of the deputy, or of the first round, and the question of the other, else 0."""
    for read in (offices, ordinals):
        asked, told = read(query.text), read(text)
        if any(one in told and not which & told[one] for one, which in asked.items()):
            return -1.0
    return 0.0


def same_time(query: Query, text: str, before: str, context: str) -> float:
    """Return 1 for a sentence of the year asked for, -1 for one of another; what lies between: Evidence.year.

    `before` is its paragraph up to it, `context` its article's title, place and date.
    """
    asked = years(query.text)
    if not asked:
        return _then_or_now(query, text)
    own, apart = years(text), years(RANGE.sub("", text))
    if asked & apart or (len(asked) > 1 and asked <= own):
        return 1.0
    if own:
        return 0.2 if asked <= own else -1.0
    if _another_term(query.text, context):
        return -1.0
    if asked in map(years, RANGE.findall(f"{before} {context}")):
        return 0.5
    near, article = (years(RANGE.sub("", one)) for one in (before, context))
    if asked & near or (asked & article and not near):
        return 0.5
    if near and query.kind is AnswerType.NUMBER:
        return -0.7
    if asked & article:
        return 0.3
    if asked <= years(before) | years(context):  # a term's first or last year
        last = {max(years(term)) for term in RANGE.findall(context)}
        return -0.3 if query.kind is AnswerType.NUMBER and (article or not asked <= last) else 0.2
    return -0.7 if article else 0.0


def _another_term(question: str, context: str) -> bool:
    """Whether a term is asked for ("nhiệm kỳ 2010-2015") and the context is of another one alone."""
    asked, told = (set(map(years, RANGE.findall(one))) for one in (question, context))
    return bool(asked and told) and not asked & told


def _then_or_now(query: Query, text: str) -> float:
    """Of a question about today -1 for a sentence of the beginnings, and the other way round; else 0.

    "hiện có bao nhiêu chi bộ" is not answered by "khi chia tách có 432 chi bộ".
    """
    asked, told = fold(query.text), fold(text)
    now, then = bool(_NOW.search(asked)), bool(_THEN.search(asked))
    if now == then:
        return 0.0
    if now:
        return -1.0 if _THEN.search(told) and not _NOW.search(told) else 0.0
    return -1.0 if _NOW.search(told) and not _THEN.search(told) else 0.0


def same_thing(query: Query, text: str) -> float:
    """Return 1 where a number stands before what is counted, -1 where that is not named or only some are counted."""
    if only_some(query, text):
        return -1.0
    if counted(query, text):
        return 1.0
    thing = query.focus.split()[:2]
    if query.kind is not AnswerType.NUMBER or not thing or (thing[0] in _PEOPLE and thing[1:] != ["dan"]):
        return 0.0
    return 0.0 if " ".join(thing) in " ".join(fold(text).split()) else -1.0


def only_some(query: Query, text: str) -> bool:
    """Whether all is asked for ("có bao nhiêu đảng viên?") and no figure, or but one of some of them, is told.

    "cử 66 đảng viên đi học", "kết nạp 152 đảng viên mới": no answer to how many there are.
    """
    flat = fold(query.text)
    if not _WHOLE.search(flat) or _EVENT.search(flat):
        return False
    told, found = fold(text), counted(query, text)
    if not found:  # "số đảng viên hiện là 2.128"
        thing = re.escape(" ".join(query.focus.split()[:2]))
        return not re.search(rf"\b(?:{thing}|dv)\b[^.;,]{{0,25}}?(?<!\d)(?!{YEAR}\b)\d[\d.,]*(?! ?%)", told)
    clauses = [told[max(told.rfind(mark, 0, start) for mark in ",;.:") + 1 : start] for start, _ in found]
    return all(
        _EVENT.search(clause) or _AFTER_EVENT.match(told, end)
        for clause, (_, end) in zip(clauses, found, strict=True)
    )
