"""The head of a document: its letterhead in whatever order two columns came, its number, its date, its title."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from partyqa.corpus.readers.official.clauses import opens_article
from partyqa.corpus.readers.official.title import (
    SUBJECT,
    TYPE,
    begins_with_type,
    cites_grounds,
    is_type,
    title_at,
)
from partyqa.text.numbers import YEAR

_HEAD_LINES = 14  # where the motto, the number and the date of a document stand
_TITLE_LINES = 26
_TYPE_ABOVE = 3  # lines on top without a letterhead, one of which begins the title
_GROUNDS_BELOW = 8  # lines below such a title
_MOST_OPENING = 40  # words of a title's first line whose capitals were lost

_MOTTO = re.compile(r"ĐẢNG CỘNG SẢN VIỆT NAM|CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM")
_ANY_MOTTO = re.compile(_MOTTO.pattern, re.IGNORECASE)
_SLOGAN = re.compile(r"Độc\s+lập\s*[-–]+\s*Tự\s+do\s*[-–]+\s*Hạnh\s+phúc\s*\.?", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<!\w)số\s*:?\s*(?P<number>\d{1,5}[a-zđ]?(?:\s?[-–/]\s?[^\W_]+(?:\.[^\W_]+)*)+)", re.IGNORECASE
)
_NO_NUMBER = re.compile(r"(?<!\w)số\s*:?\s*[\s.…_]*[-–/]\s?[^\W_]+(?:\s?[-–/.]\s?[^\W_]+)*", re.IGNORECASE)
_DATED = re.compile(
    rf"(?P<place>[^\W\d_][^,\d]{{1,40}},\s*)?ngày\s+(?P<day>\d{{1,2}})\s+tháng\s+(?P<month>\d{{1,2}})\s+năm\s+(?P<year>{YEAR})",
    re.IGNORECASE,
)
_UNDATED = re.compile(
    r"[^\W\d_][^,\d]{1,40},\s*ngày\s*[\d.…_]*\s*tháng\s*[\d.…_]*\s*năm\s*[\d.…_]*", re.IGNORECASE
)
_OWN = (
    re.compile(  # what of a title names its own document: "Nghị định của Chính phủ số 9/2004/NĐ-CP ngày ..."
        rf"\w+ \w+(?: liên tịch)?(?:\s+của\s+(?P<body>[^\d,;]{{3,60}}?))?\s+{_NUMBER.pattern}"
        rf"(?:,?\s+{_DATED.pattern})?",
        re.IGNORECASE,
    )
)
_WIDE = re.compile(r"\s{3,}|\t|\s*\|\s*")
_SMALL = re.compile(r"\s?([-–/])\s?")
_NAME_GOES_ON = re.compile(r"(?:TỈNH|HUYỆN|XÃ|PHƯỜNG|THÀNH PHỐ|THỊ XÃ|THỊ TRẤN|QUẬN|VÀ|-)\s(?!ỦY|UỶ)")


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a document gives; `titled` are the places of the lines that are its title."""

    title: str
    titled: frozenset[int]
    number: str = ""
    published: date | None = None
    source: str = ""


def opens_document(lines: Sequence[str]) -> bool:
    """Return whether lines begin as documents do: a motto or slogan, a number and a date, or a type by itself."""
    head = lines[:_HEAD_LINES]
    if any(has_motto(line) or _SLOGAN.search(line) for line in head):
        return True
    numbered = any(_opening_number(line) for line in head)
    dated = any((match := _DATED.search(line)) and match["place"] for line in head)
    if (numbered and dated) or not lines:
        return numbered and dated
    return (is_type(lines[0]) and len(lines) > 1) or (
        any(map(begins_with_type, lines[:_TYPE_ABOVE])) and any(map(cites_grounds, lines[1:_GROUNDS_BELOW]))
    )


def has_motto(text: str) -> bool:
    """Return whether `text` holds the motto of the Party or the State, as letterheads do."""
    return _MOTTO.search(text) is not None


def read_head(lines: Sequence[str]) -> Head | None:
    """Return what the head says, None where it has no title."""
    top = _letterhead(lines)
    at = next((i for i, line in enumerate(lines[:_TITLE_LINES]) if _opens_title(line, below=i >= top)), None)
    if at is None:
        at = next((i for i, line in enumerate(lines[:_TITLE_LINES]) if SUBJECT.match(line)), None)
    if at is None:
        above = takewhile(lambda line: not opens_article(line), lines[top:_TITLE_LINES])
        at = next((i for i, line in enumerate(above, top) if _is_capital(line)), None)
    if at is None:
        return None
    end = title_at(lines, at)
    title = " ".join(lines[at:end]).rstrip(" :")
    head = "\n".join(lines[: max(top, at)])
    own = _OWN.match(title)
    bodies = list(_bodies(lines[: min(max(top, 1), at)])) or list(_authority(lines[end : end + 2]))
    return Head(
        title,
        frozenset(range(at, end)),
        _number(head) or (_number(own.group()) if own else ""),
        _dated(head) or (_dated(own.group()) if own else None),
        ", ".join(bodies) or (own["body"] or "" if own else ""),
    )


def _opens_title(line: str, *, below: bool) -> bool:
    """Return whether a line begins a title; `below` a letterhead one may have lost its capitals."""
    if TYPE.match(line) or is_type(line):
        return True
    return (
        below
        and begins_with_type(line)
        and len(line.split()) <= _MOST_OPENING
        and not line.endswith((":", ";"))
    )


def _letterhead(lines: Sequence[str]) -> int:
    """Return how many lines the letterhead has: up to the last with a motto, a slogan, the number or the date."""
    parts = (
        i
        for i, line in enumerate(lines[:_HEAD_LINES])
        if has_motto(line) or _SLOGAN.search(line) or _opening_number(line) or _is_place_and_date(line)
    )
    return max(parts, default=-1) + 1


def _opening_number(line: str) -> bool:
    return any(match.start() < 8 for match in _NUMBER.finditer(line)) or _NO_NUMBER.match(line) is not None


def _is_place_and_date(line: str) -> bool:
    match = _DATED.search(line)
    return match is not None and match["place"] is not None and not line[match.end() :].strip(" .")


def _is_capital(line: str) -> bool:
    return line.isupper() and len(line.split()) > 1 and not has_motto(line)


def _number(text: str) -> str:
    match = _NUMBER.search(text)
    return _SMALL.sub(r"\1", match["number"]) if match else ""


def _dated(text: str) -> date | None:
    found = sorted(_DATED.finditer(text), key=lambda match: match["place"] is None)
    for match in found[:1]:
        try:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            return None
    return None


def _bodies(lines: Sequence[str]) -> Iterator[str]:
    """Yield the bodies of a letterhead, the highest first; a name over two lines is one.

    "TỈNH ỦY SƠN LA   ĐẢNG CỘNG SẢN VIỆT NAM", "BAN TỔ CHỨC" -> both; "ỦY BAN NHÂN DÂN", "TỈNH SƠN LA" -> one
    """
    name = ""
    for line in lines:
        for pattern in (_ANY_MOTTO, _SLOGAN, _NUMBER, _NO_NUMBER, _DATED, _UNDATED):
            line = pattern.sub("   ", line)
        for part in _WIDE.split(line):
            bare = part.strip(" .*_-–—=:;|")
            if len(bare) < 3 or SUBJECT.match(bare) or not _is_name(bare):
                continue
            if name and (_NAME_GOES_ON.match(bare) or name.endswith((" VÀ", " -", ","))):
                name = f"{name} {bare}"
                continue
            if name:
                yield name
            name = bare
    if name:
        yield name


def _is_name(text: str) -> bool:
    words = text.split()
    return text.isupper() or (
        1 < len(words) <= 6
        and text[0].isupper()
        and sum(word[0].isupper() for word in words) * 2 >= len(words)
    )


def _authority(lines: Sequence[str]) -> Iterator[str]:
    """Yield the body that stands in capitals between the title and the grounds."""
    if len(lines) > 1 and _is_capital(lines[0]) and not TYPE.match(lines[0]):
        yield lines[0]
