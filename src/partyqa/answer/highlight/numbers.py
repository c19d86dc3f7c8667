"""Which figure of a sentence answers, and how far its unit goes: "6 đồng chí", "49 tổ chức cơ sở đảng"."""

import re

from partyqa.answer.alignment import DURATION, Alignment
from partyqa.text.entities import Span
from partyqa.text.lexicon import any_of, guarded, phrases, spelt
from partyqa.text.normalise import fold
from partyqa.text.numbers import SCALE, YEAR
from partyqa.types import AnswerType

_PERCENT = re.compile(rf"%|\b{any_of('marking.tsv', 'share')}\b")
_TYPES = "document_types.tsv"
_RANKED = re.compile(  # "đợt 1", "khóa 12", "Nghị quyết 35": no figures
    rf"\b(?:{any_of('agreement.tsv', 'ordinal')}|thu|{fold(guarded(_TYPES, without='verb any'))}|tw|trung uong|dieu"
    rf"|khoan|chuong)(?: so| thu)? $|\b{fold(guarded(_TYPES, 'verb'))} so $"
)
_MANY = re.compile(rf"\b{spelt('marking.tsv', 'many')}(?= \w)")
_UNITS = f"(?:{any_of('followup.tsv', 'counted', 'people')}|{any_of('marking.tsv', 'unit', 'duration')})"
_UNIT = re.compile(rf" (?:{_UNITS}|{SCALE} {_UNITS})(?!\w)")
_YEAR = re.compile(rf" (?:(?:vao|trong) )?nam ({YEAR})\b")
_SCALE = re.compile(rf" {SCALE}")
_BOUNDARY = re.compile(r"[,;:(](?= )|\b(?:va|voi|cung|trong do|cung nhu)\b|\(")
_WORD = re.compile(r"\w+")
_VERB = re.compile(rf"{spelt('marking.tsv', 'predicate')}\b")
_STOP = re.compile(r"[;.](?= |$)")
_PEOPLE = (*map(fold, phrases("followup.tsv")["people"]), "luot")
_THING, _CLAUSE = 6.0, 0.3  # weights beside the rareness of words
_SHARING = 4  # words
_BEFORE_IS = 90
_BEFORE = 26  # code points before a figure that show what it counts: "kết nạp được", "thu nhập bình quân là"


def figure(aligned: Alignment, least: float = 0.0) -> Span | None:
    """Return the figure around which most of what is asked stands, with its unit; None where less than `least` does.

    Of equals the one nearest to the words of the question.
    """
    spans = _figures(aligned)
    if not spans:
        return None
    scores = [aligned.weight(*_around(aligned, spans, number)) for number in range(len(spans))]
    if max(scores) < least:
        return None
    things = _things(aligned)
    scores = [
        score
        + _THING * (_counts(aligned, span, things) + _of_year(aligned, span))
        + _CLAUSE * aligned.weight(*_clause(aligned, span))
        for score, span in zip(scores, spans, strict=True)
    ]
    best = aligned.nearest([span for span, score in zip(spans, scores, strict=True) if score == max(scores)])
    return _with_unit(aligned, best or spans[0])


def _figures(aligned: Alignment) -> list[Span]:
    """The figures that could be meant: durations only where asked for, percentages not where things are counted."""
    asked = aligned.query.flat
    spans = [
        span for span in aligned.view.spans(AnswerType.NUMBER) if not _RANKED.search(aligned.flat[: span[0]])
    ]
    if not aligned.query.asks_duration:
        spans = [span for span in spans if not DURATION.match(aligned.lower, span[1])]
    percent = [span for span in spans if aligned.text[span[1] - 1] == "%"]
    if _PERCENT.search(asked):
        return percent or spans
    plain = [span for span in spans if span not in percent or not aligned.query.focus]
    many = [match.span() for match in _MANY.finditer(aligned.lower)]
    return sorted([*plain, *many]) or spans


def _things(aligned: Alignment) -> tuple[str, ...]:
    """What is counted, in one or two accent-free words; of "mấy người" any word for people will do."""
    words = aligned.query.focus.split()
    if words[:1] == ["nguoi"] and words[1:2] != ["dan"]:
        return _PEOPLE
    return tuple(" ".join(words[:size]) for size in (2, 1) if len(words) >= size and len(words[0]) > 1)


def _counts(aligned: Alignment, span: Span, things: tuple[str, ...]) -> float:
    """1 where what is counted stands right behind the figure, .5 where its first word alone does."""
    behind = aligned.flat[span[1] :].lstrip()
    found = [thing for thing in things if re.match(rf"(?:\w+ )?{re.escape(thing)}\b", behind)]
    return 0.0 if not found else 1.0 if " " in found[0] or len(things) == 1 or things is _PEOPLE else 0.5


def _of_year(aligned: Alignment, span: Span) -> float:
    """1 where the year that is asked for stands right behind the figure, -1 where another does: "21,7% năm 2019"."""
    year = _YEAR.match(aligned.flat, span[1])
    asked = aligned.query.years
    return 0.0 if not (year and asked) else 1.0 if int(year[1]) in asked else -1.0


def _clause(aligned: Alignment, span: Span) -> Span:
    """The part between semicolons that the figure stands in."""
    start = aligned.text.rfind(";", 0, span[0]) + 1
    end = aligned.text.find(";", span[1])
    return start, end if end >= 0 else len(aligned.text)


def _around(aligned: Alignment, spans: list[Span], number: int) -> Span:
    """The words that belong to a figure: from a little before it to the last boundary before the next one.

    Figures joined by "và" share what is aligned of them: "3 tập thể và 8 cá nhân được biểu dương".
    """
    start, end = spans[number]
    low = spans[number - 1][1] if number else 0
    cuts = [match.end() for match in _BOUNDARY.finditer(aligned.flat, low, start)]
    before = _BEFORE_IS if aligned.lower[:start].endswith(" là ") else _BEFORE
    low = max([low, start - before, *cuts[-1:]])
    stop = _STOP.search(aligned.text, end)
    high = stop.start() if stop else len(aligned.text)
    if number + 1 < len(spans) and spans[number + 1][0] < high:
        high = spans[number + 1][0]
        cuts = [match.start() for match in _BOUNDARY.finditer(aligned.flat, end, high)]
        high = cuts[-1] if cuts else high
        joined = aligned.flat[high : spans[number + 1][0]].strip() == "va"
        if joined and len(aligned.text[end:high].split()) <= _SHARING:
            high = _around(aligned, spans, number + 1)[1]
    return low, high


def _with_unit(aligned: Alignment, span: Span) -> Span:
    """The figure with what it counts: a known unit, or the words that follow in the question too."""
    start, end = span
    if aligned.text[end - 1] == "%":
        return span
    scale = _SCALE.match(aligned.flat, end)
    end = scale.end() if scale else end
    unit, asked = _UNIT.match(aligned.flat, span[1]), _as_asked(aligned, end)
    if unit and "," not in aligned.text[end:asked]:
        return start, unit.end()
    return start, max(asked, unit.end() if unit else end)


def _as_asked(aligned: Alignment, end: int) -> int:
    """Where the words behind a figure stop to be those of the question, in its order: "chi, đảng bộ trực thuộc"."""
    asked = f" {' '.join(word for word in _WORD.findall(aligned.query.flat) if word != 'va')} "
    words: list[str] = []
    for match in _WORD.finditer(aligned.flat, end):
        gap = aligned.flat[end : match.start()]
        phrase = f" {' '.join([*words, match.group()])} "
        if (
            gap not in (" ", ", ")[: 1 + bool(words)]
            or phrase not in asked
            or _VERB.match(aligned.lower, match.start())
        ):
            break
        words.append(match.group())
        end = match.end()
    return end
