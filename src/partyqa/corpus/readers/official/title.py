"""The title of a document: the word for its type in capitals, and the lines about what, down to its grounds."""

import re
from collections.abc import Sequence

from partyqa.corpus.readers import Line
from partyqa.text.lexicon import marked, spelt, written

MOST_TITLED = 8  # lines

_TYPES = written(map(str.upper, marked("document_types.tsv", without="any")))
TYPE = re.compile(rf"{_TYPES}(?!\w)")
_BEGINS = re.compile(rf"{_TYPES}(?!\w)", re.IGNORECASE)
_TYPE_ALONE = re.compile(rf"{_TYPES}\s*:?", re.IGNORECASE)
_GROUND = re.compile(rf"{spelt('official.tsv', 'ground')}\s", re.IGNORECASE)
SUBJECT = re.compile(rf"{spelt('official.tsv', 'subject')}\s", re.IGNORECASE)
_ABOUT = re.compile(r"(?:về|của|v/v|ban hành|quy định|sửa đổi)[\s,]", re.IGNORECASE)
_HEADING = re.compile(
    rf"(?:{spelt('official.tsv', 'clause')}|phụ lục)\s+(?:\d|[ivxl]+\b|thứ )"
    r"|(?:[ivxl]{1,5}|\d{1,2}|[a-d])\s?[.)/]\s|[-–+*•(]|kính gửi",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(rf"(?<!\w){spelt('layout.tsv', 'going-on')}$", re.IGNORECASE)
_CLOSED = (".", ";", ":", "!", "?")


def text_of(line: str | Line) -> str:
    """Return the text of a line of either kind."""
    return line.text if isinstance(line, Line) else line


def is_type(line: str) -> bool:
    """Return whether a line is nothing but the type of a document: "QUYẾT ĐỊNH", "Quyết định:"."""
    return _TYPE_ALONE.fullmatch(line) is not None


def begins_with_type(line: str) -> bool:
    """Return whether a line begins with the type of a document, as titles do: "Quyết định của Chính phủ"."""
    return _BEGINS.match(line) is not None


def cites_grounds(line: str) -> bool:
    """Return whether a line says on what a document rests: "Căn cứ Luật ..."."""
    return _GROUND.match(line) is not None


def title_at(lines: Sequence[str], at: int) -> int:
    """Return where the title ends whose first line is at `at`: the place of the first line that is not of it.

    "QUYẾT ĐỊNH", "Về việc giao đất", "cho bản Nà Pó", "CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN" -> 3 lines
    """
    end = at + 1
    while end < min(len(lines), at + MOST_TITLED) and _goes_on(lines, at, end):
        end += 1
    return end


def _goes_on(lines: Sequence[str], at: int, end: int) -> bool:
    line, above = lines[end], lines[end - 1]
    following = lines[end + 1] if end + 1 < len(lines) else ""
    if not any(map(str.isalnum, line)) or _GROUND.match(line) or _HEADING.match(line):
        return False
    if _UNFINISHED.search(above):
        return True
    if above.endswith(_CLOSED) or (line.endswith(_CLOSED) and not line[0].islower()):
        return False
    if line.isupper():
        is_authority = _GROUND.match(following) is not None and not _ABOUT.match(line)
        return above.isupper() and not is_authority
    if line[0].islower() or _ABOUT.match(line):
        return True
    is_first = end == at + 1 and is_type(lines[at])
    return is_first or above.endswith((",", ";"))
