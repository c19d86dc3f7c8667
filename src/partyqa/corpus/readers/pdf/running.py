"""What stands at the head or foot of page after page: running titles, and the numbers of the pages."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from partyqa.corpus.readers import Why
from partyqa.corpus.readers.pdf.rows import PageRow
from partyqa.corpus.readers.wrapping import PAGE_NUMBER

_EDGE = 3  # rows from the top, and from the bottom
_ZONE = 0.13  # of the page's height, at its top and at its bottom
_WHITE = 0.7  # em between them and the text
_SAME_HEIGHT = 8  # points
_LEAST_PAGES = 3  # that a title runs over
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"[-–—]?\s*[ivxlc]{1,6}\s*[-–—]?")

_Place = tuple[int, str]


def running(pages: Sequence[Sequence[PageRow]], heights: Sequence[float]) -> dict[PageRow, Why]:
    """Return which rows are no text of their pages but run through all of them, and why.

    A row is looked at by what it says and where it stands, a number in it also as the distance to the number of its
    page; a number by itself is one of a page where another page agrees or it counts the pages of the file.
    """
    rows = [
        (row, top) for page, height in zip(pages, heights, strict=True) for row, top in _edges(page, height)
    ]
    seen: defaultdict[_Place, set[int]] = defaultdict(set)
    for row, top in rows:
        for place in _places(row, top):
            seen[place].add(row.page)
    least = min(_LEAST_PAGES, max(len(pages), 2))
    found: dict[PageRow, Why] = {}
    for row, top in rows:
        most = max(len(seen[place]) for place in _places(row, top))
        text = row.text.strip()
        if PAGE_NUMBER.fullmatch(text):
            values = list(map(int, _NUMBER.findall(text)))
            if most > 1 or values[:1] == [row.page]:
                found[row] = "page"
        elif _ROMAN.fullmatch(text):
            if _is_counted(rows, row):
                found[row] = "page"
        elif most >= least:
            found[row] = "running"
    return found


def _edges(page: Sequence[PageRow], height: float) -> Iterator[tuple[PageRow, bool]]:
    """Yield the first and the last rows of a page that white sets apart, with whether they stand at its top."""
    rows = sorted((row for row in page if not row.is_whole), key=lambda row: row.middle)
    top = [row for row in rows if row.bottom < _ZONE * height]
    foot = [row for row in rows[len(top) :] if row.top > (1 - _ZONE) * height]
    yield from ((row, True) for row in _apart(top, rows[len(top) :]))
    yield from ((row, False) for row in _apart(foot[::-1], rows[: len(rows) - len(foot)][::-1]))


def _apart(rows: Sequence[PageRow], others: Sequence[PageRow]) -> Sequence[PageRow]:
    """Return the first of `rows`, from the edge inwards, up to the last wide white among them."""
    inwards = [*rows, *others[:1]]
    ends = [
        at
        for at, (row, after) in enumerate(pairwise(inwards), 1)
        if max(after.top - row.bottom, row.top - after.bottom) > _WHITE * min(row.em, after.em)
    ]
    whole = len(rows) if not others else 0
    return rows[: min(max([*ends, whole]), _EDGE)]


def _places(row: PageRow, is_top: bool) -> Iterator[_Place]:
    """Yield what a row says with where it stands: as it is, and with each number as a distance to the page's."""
    height = round(row.middle / _SAME_HEIGHT)
    text = " ".join(row.text.split())
    for near in (height, height + 1):
        place = near * (1 if is_top else -1)
        if not PAGE_NUMBER.fullmatch(text):
            yield place, text
        for number in _NUMBER.finditer(text):
            distance = int(number.group()) - row.page
            yield place, f"{text[: number.start()]}#{distance}{text[number.end() :]}"


def _is_counted(rows: Sequence[tuple[PageRow, bool]], row: PageRow) -> bool:
    """Return whether another page has such a Roman number, of another value, at the same height."""
    return any(
        other.page != row.page
        and _ROMAN.fullmatch(other.text.strip())
        and other.text.strip() != row.text.strip()
        and abs(other.middle - row.middle) < _SAME_HEIGHT
        for other, _ in rows
    )
