"""Lines that were broken at a width, joined again: where a line of a text goes on in the next one."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from partyqa.text.lexicon import spelt
from partyqa.text.normalise import normalise

WRAP_WIDTH = 130  # a paragraph of an article stands on a line longer than any fixed width

_FULL = 0.75  # of the width: a line that ends sooner was ended on purpose
_NARROWEST = 60  # of Markdown whose lines were broken by a width, not by their writer
_INDENT = 8  # spaces before the number of a page, at the least
_PAGE_BREAK = "\f"
_CLOSED = (".", ":", ";", "!", "?", "…", "”", '"')
_STOPPED = (".", "!", "?", "…")
_GOING_ON = re.compile(rf"(?:,|(?<!\w){spelt('layout.tsv', 'going-on')})$", re.IGNORECASE)
ITEM = re.compile(r"[-–•+*] |\(?\d{1,2}[.)] |\(?[a-zđ][.)] |[IVX]{1,5}[.)] ")
"""How an item of a list begins, which no line goes on in."""
PAGE_NUMBER = re.compile(r"(?:trang )?[-–—]?\s*\d{1,4}(?:\s?/\s?\d{1,4})?\s*[-–—]?", re.IGNORECASE)
"""A line that is nothing but the number of a page."""


def unwrapped(raw: str) -> tuple[list[str], list[str]]:
    """Return the lines of a text, normalised and none empty, and the numbers of its pages, which stand in none.

    The lines of a text that was broken at a fixed width, as pdftotext does, are joined; other texts stay. Broken
    text gives itself away: no line is long, and a fifth or more of the lines left open plainly go on. Nothing is
    joined across a blank line or after the end of a sentence, but across a page's end in mid-sentence.
    """
    lines = [
        part
        for number, page in enumerate(raw.split(_PAGE_BREAK))
        for part in ((_PAGE_BREAK,) if number else ()) + tuple(normalise(page).split("\n"))
    ]
    shown = [line.strip() for line in lines]
    width = max(map(len, shown), default=0)
    opened = [(a, b) for a, b in pairwise(shown) if a and b and not is_closed(a)]
    going_on = sum(goes_on(a, b) for a, b in opened)
    if width > WRAP_WIDTH or going_on < 2 or 5 * going_on < len(opened):
        return [line for line in shown if line], []
    kept, numbers = _without_pages(lines)
    return list(_joined(kept, width)), numbers


def rewrapped(lines: Sequence[str], width: int) -> Iterator[str]:
    """Yield the lines of a Markdown paragraph whose longest line has `width` characters, joined where they go on.

    Markdown reads a line's end as a space. It is one where a sentence goes on or ends, or the line is full, or only
    the last of them ends as a sentence does; else these are lines: "Bí thư: Lò Văn Ớt", "Phó Bí thư: Giàng A Páo".
    """
    is_sentence = lines[-1].endswith(_STOPPED) and not any(":" in line for line in lines)
    joined = ""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        joined += line
        is_full = width >= _NARROWEST and len(line) >= _FULL * width
        ends_by_width = is_sentence or is_full or line.endswith(_STOPPED)
        if after and not ITEM.match(after) and (ends_by_width or goes_on(line, after)):
            joined += " "
        else:
            yield joined
            joined = ""


def _joined(lines: Sequence[str], width: int) -> Iterator[str]:
    joined = last = ""
    for line in lines:
        is_one = (
            bool(last and line)
            and not is_closed(last)
            and not ITEM.match(line)
            and (goes_on(last, line) or len(last) >= _FULL * width)
        )
        if is_one:
            joined += f" {line}"
        else:
            if joined:
                yield joined
            joined = line
        last = line
    if joined:
        yield joined


def _without_pages(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines without the numbers of pages and what sets these apart in mid-sentence, and the numbers.

    A number is a page's where a page ends beside it, or where it stands by itself, indented or between blank
    lines, in the midst of a sentence. Any other stays, on a line of its own.
    """
    kept: list[str] = []
    numbers: list[str] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and _is_between(lines[end]):
            end += 1
        between = lines[at:end]
        before, after = (kept[-1] if kept else ""), (lines[end].strip() if end < len(lines) else "")
        is_within = bool(before and after) and not is_closed(before) and after[0].islower()
        is_page = _PAGE_BREAK in between
        is_apart = len(between) > 1 or any(line.startswith(" " * _INDENT) for line in between)
        figures = [line.strip() for line in between if line.strip()]
        if len(figures) <= 1 and (is_page or (figures and is_apart and is_within)):
            numbers += figures
            kept += [] if is_within else [""]
        elif between:
            kept += ["", *(line for figure in figures for line in (figure, ""))]
        if end < len(lines):
            kept.append(after)
        at = end + 1
    return kept, numbers


def _is_between(line: str) -> bool:
    """Return whether a line may stand between two pages: blank, the end of a page, or a number."""
    return not line.strip() or PAGE_NUMBER.fullmatch(line.strip()) is not None


def goes_on(line: str, after: str) -> bool:
    """Return whether a line plainly goes on in the one after it."""
    return not ITEM.match(after) and (after[0].islower() or _GOING_ON.search(line) is not None)


def is_closed(line: str) -> bool:
    """Return whether a line ends as a sentence or a lead does, or is no running text."""
    return line.endswith(_CLOSED) or "   " in line or not any(map(str.isalnum, line))
