"""Where on a page of a PDF the words of a quote stand, whatever line breaks, hyphens and heads came between.

What is compared are letters and figures without accents and case: a PDF may keep an accent apart from its letter.
"""

import re
import unicodedata
from collections.abc import Sequence

from partyqa.text.normalise import fold

Rectangle = tuple[float, float, float, float]  # left, top, right, bottom, counted from above

_HEAD = re.compile(r"(?:^|(?<=; ))[^:;]{1,120}: ")  # of a cell, where a row of a table is a line
_FIRST_SIGNS, _LAST_SIGNS = re.compile(r"[\W_]*"), re.compile(r"[\W_]*$")  # a mark of quotation, a full stop
_ANCHOR = 16  # letters of the beginning or the end that find a quote which the page does not hold whole
_SLACK = 1.6  # how much longer than the quote what lies between its beginning and its end may be


def spans(chars: str, quote: str, before: str = "") -> list[tuple[int, int]]:
    """Return the spans of a page's characters that hold a quote; mostly one, none where it is not there.

    `before` is the text of the article that stands before the quote on the same page: where its words stand several
    times on the page, it tells which are meant. Of a quote that goes on overleaf the part on this page is found.
    """
    letters, places = _keyed(chars)
    for words in dict.fromkeys((quote, _HEAD.sub("", quote))):
        wanted, _ = _keyed(words)
        found = _nth(letters, wanted, _keyed(before)[0].count(wanted)) if wanted else None
        if found is not None:
            return [_whole(chars, words, places[found], places[found + len(wanted) - 1] + 1)]
    wanted, _ = _keyed(quote)
    return [(places[start], places[end - 1] + 1) for start, end in _partly(letters, wanted)]


def merged(letters: Sequence[Rectangle]) -> list[Rectangle]:
    """Return a box for each line of the boxes of letters, which come in the order of reading."""
    lines: list[Rectangle] = []
    for left, top, right, bottom in letters:
        if lines and _goes_on(lines[-1], (left, top, right, bottom)):
            l0, t0, r0, b0 = lines[-1]
            lines[-1] = (min(l0, left), min(t0, top), max(r0, right), max(b0, bottom))
        else:
            lines.append((left, top, right, bottom))
    return lines


def _goes_on(line: Rectangle, letter: Rectangle) -> bool:
    middle = (letter[1] + letter[3]) / 2
    height = line[3] - line[1]
    return line[1] <= middle <= line[3] and -height <= letter[0] - line[2] <= 12 * height


def _whole(chars: str, quote: str, start: int, end: int) -> tuple[int, int]:
    """Return the span with the signs that the quote begins and ends with, where they stand there too."""
    first, last = _FIRST_SIGNS.match(quote), _LAST_SIGNS.search(quote)
    before, after = (found[0].strip() if found else "" for found in (first, last))
    if before and chars.endswith(before, 0, start):
        start -= len(before)
    if after and chars.startswith(after, end):
        end += len(after)
    return start, end


def _keyed(text: str) -> tuple[str, list[int]]:
    """Return the letters and figures that count, and the place of each in the text."""
    letters, places = list[str](), list[int]()
    for place, char in enumerate(text):
        for one in fold(unicodedata.normalize("NFKD", char)):
            if one.isalnum():
                letters.append(one)
                places.append(place)
    return "".join(letters), places


def _nth(letters: str, wanted: str, number: int) -> int | None:
    """Return where `wanted` stands for the time of that number, counted from 0, or else for the last time."""
    at = found = letters.find(wanted)
    while number and (at := letters.find(wanted, at + 1)) >= 0:
        found, number = at, number - 1
    return found if found >= 0 else None


def _partly(letters: str, wanted: str) -> list[tuple[int, int]]:
    """Return the span from the longest beginning that is there to the longest end behind it, or the beginning."""
    first = _longest(letters, wanted)
    if first < min(_ANCHOR, len(wanted)) or not wanted:
        return []
    start = letters.find(wanted[:first])
    rest, end = wanted[first:], start + first
    window = letters[end : start + int(_SLACK * len(wanted)) + _ANCHOR]
    last = _longest(window[::-1], rest[::-1])
    if last >= min(_ANCHOR, len(rest)):
        end += window.rfind(rest[len(rest) - last :]) + last
    return [(start, end)]


def _longest(letters: str, wanted: str) -> int:
    """Return how many first letters of `wanted` stand together somewhere in `letters`."""
    low, high = 0, len(wanted)
    while low < high:
        middle = (low + high + 1) // 2
        if wanted[:middle] in letters:
            low = middle
        else:
            high = middle - 1
    return low
