"""Documents of the Party and the State as plain text: a letterhead, a kind, and nothing that is furniture."""

import re
from collections.abc import Sequence
from datetime import date

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers.pages import Page
from partyqa.text.lexicon import marked, written

_HEAD_LINES = 12  # where the motto, the number and the date of a document stand
_MOTTO = re.compile(r"ĐẢNG CỘNG SẢN VIỆT NAM|CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM")
_TYPE = re.compile(rf"{written(map(str.upper, marked('document_types.tsv', without='any')))}(?!\w)")
_DATE = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})")


def parse(lines: Sequence[str]) -> Page | None:
    """Return the document that the lines are, its letterhead and number kept; None for a page."""
    head = lines[:_HEAD_LINES]
    if not any(map(has_motto, head)):
        return None
    at = next((i for i, line in enumerate(lines[: 2 * _HEAD_LINES]) if _TYPE.match(line)), None)
    if at is None:
        return None
    length = 2 if _TYPE.fullmatch(lines[at]) and len(lines) > at + 1 else 1
    rest = (*lines[:at], *lines[at + length :])
    return Page(
        body=tuple(line for line in rest if _has_words(line)),
        title=" ".join(lines[at : at + length]),
        published=_dated(head),
        dropped=tuple(Dropped(line, "wordless") for line in rest if not _has_words(line)),
    )


def has_motto(text: str) -> bool:
    """Return whether `text` holds the motto of the Party or the State, as letterheads do."""
    return _MOTTO.search(text) is not None


def _has_words(line: str) -> bool:
    return any(map(str.isalnum, line))


def _dated(head: Sequence[str]) -> date | None:
    match = _DATE.search("\n".join(head))
    try:
        return date(*map(int, reversed(match.groups()))) if match else None
    except ValueError:
        return None
