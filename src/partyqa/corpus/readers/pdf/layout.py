"""The rows of a page in the order in which they are read: columns one after another, heads and signatures too."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from partyqa.corpus.readers.pdf.rows import PageRow, grouped, joined

_GUTTER = 0.9  # em between two columns, at the least
_BUCKET = 4  # points: gutters nearer than that are one
_LEAST_ROWS = 3  # of a column of prose
_PROSE_WIDTH, _PROSE_LETTERS = 0.55, 18  # of a column's width, and letters, in the middle row of prose
_APART, _LOOKED_BACK = 1.8, 8  # em of white between parts of a page; rows that may reach down to it
_CENTRED, _RAGGED = 4.0, 8.0  # points: middles that agree, edges that do not
_TABULAR = 2.5  # em between the cells of a table without rules
_WIDE = "   "  # between them
_SENTENCE = 3  # words with letters of what stands by itself beside something else

_Split = tuple[float, float, float]  # where two columns part: x, and the band's top and bottom


def in_order(rows: Sequence[PageRow]) -> Iterator[PageRow]:
    """Yield the rows of a page as they are read, those of one line as one, each with the bounds of its column."""
    split = _best_split(rows)
    if split is None:
        yield from _down(rows)
        return
    x, top, bottom = split
    above = [row for row in rows if row.middle < top]
    band = [row for row in rows if top <= row.middle <= bottom]
    below = [row for row in rows if row.middle > bottom]
    for part in (above, [row for row in band if row.x1 <= x], [row for row in band if row.x1 > x], below):
        if part:
            yield from in_order(part)


def _best_split(rows: Sequence[PageRow]) -> _Split | None:
    """Return the gutter with most rows on both its sides that parts columns, None where a page has no columns."""
    found: dict[tuple[int, float], tuple[int, _Split]] = {}
    seen: set[tuple[int, float]] = set()
    for group in grouped(rows):
        for left, right in pairwise(group):
            if right.x0 - left.x1 < _GUTTER * min(left.em, right.em):
                continue
            x = (left.x1 + right.x0) / 2
            top, bottom = _band(rows, x, left.middle)
            key = (round(x / _BUCKET), top)
            if key in seen:
                continue
            seen.add(key)
            band = [row for row in rows if top < row.middle < bottom]
            if split := _columns(
                [row for row in band if row.x1 <= x], [row for row in band if row.x0 >= x], x
            ):
                found[key] = (len(band), split)
    return max(found.values(), default=(0, None), key=lambda it: it[0])[1]


def _band(rows: Sequence[PageRow], x: float, y: float) -> tuple[float, float]:
    """Return from where to where no row crosses `x`, around `y`."""
    crossing = [row.middle for row in rows if row.x0 < x < row.x1]
    top = max((middle for middle in crossing if middle < y), default=float("-inf"))
    return top, min((middle for middle in crossing if middle > y), default=float("inf"))


def _columns(left: Sequence[PageRow], right: Sequence[PageRow], x: float) -> _Split | None:
    """Return the band in which two lots of rows are columns: prose, or centred as in a letterhead."""
    if prose := _prose(left, right):
        return x, min(row.top for row in prose), max(row.bottom for row in prose)
    top = max(left[0].top, right[0].top) if left and right else 0.0
    bottom = min(max(it.bottom for it in left), max(it.bottom for it in right)) if left and right else 0.0
    left, right = _facing(left, top, bottom), _facing(right, top, bottom)
    if min(len(left), len(right)) > 1 and (_is_centred(left) or _is_centred(right)):
        both = [*left, *right]
        return x, min(row.top for row in both), max(row.bottom for row in both)
    return None


def _prose(left: Sequence[PageRow], right: Sequence[PageRow]) -> list[PageRow]:
    """Return the rows of two columns of prose, without what stands apart above and below them."""
    parts = list(_apart(sorted([*left, *right], key=lambda row: row.top)))
    lefts = set(map(id, left))
    while parts and not (_is_prose_of(parts[0], lefts)):
        parts = parts[1:]
    while parts and not (_is_prose_of(parts[-1], lefts)):
        parts = parts[:-1]
    return [row for part in parts for row in part]


def _is_prose_of(rows: Sequence[PageRow], lefts: set[int]) -> bool:
    """Return whether rows are prose to the left and to the right."""
    sides: tuple[list[PageRow], list[PageRow]] = ([], [])
    for row in rows:
        sides[id(row) not in lefts].append(row)
    return all(map(_is_prose, sides))


def _apart(rows: Sequence[PageRow]) -> Iterator[list[PageRow]]:
    """Yield the parts of rows, sorted by height, between which a wide stretch of the page is empty."""
    part: list[PageRow] = []
    for row in rows:
        if part and row.top - max(it.bottom for it in part[-_LOOKED_BACK:]) > _APART * row.em:
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def _facing(rows: Sequence[PageRow], top: float, bottom: float) -> list[PageRow]:
    return [row for row in rows if row.bottom >= top and row.top <= bottom]


def _is_prose(rows: Sequence[PageRow]) -> bool:
    if len(rows) < _LEAST_ROWS:
        return False
    width = max(row.x1 for row in rows) - min(row.x0 for row in rows)
    widths = sorted(row.x1 - row.x0 for row in rows)
    letters = sorted(sum(map(str.isalpha, row.text)) for row in rows)
    middle = len(rows) // 2
    return widths[middle] >= _PROSE_WIDTH * width and letters[middle] >= _PROSE_LETTERS


def _is_centred(rows: Sequence[PageRow]) -> bool:
    middles = [(row.x0 + row.x1) / 2 for row in rows]
    edges = [row.x0 for row in rows]
    words = sum(_words(row) > 1 for row in rows)
    return max(middles) - min(middles) <= _CENTRED and max(edges) - min(edges) >= _RAGGED and words > 1


def _down(rows: Sequence[PageRow]) -> Iterator[PageRow]:
    """Yield the rows of one column; what stands beside each other is one row, or two where both are sentences."""
    left = min((row.x0 for row in rows), default=0.0)
    right = max((row.x1 for row in rows), default=0.0)
    for group in grouped(rows):
        whole = group[0]
        for row in group[1:]:
            gap, em = row.x0 - whole.x1, min(whole.em, row.em)
            if whole.is_whole or row.is_whole or (gap > _TABULAR * em and _are_two(whole, row)):
                yield replace(whole, left=left, right=right)
                whole = row
            else:
                whole = joined([whole, row], _WIDE if gap > _TABULAR * em else " ")
        yield replace(whole, left=left, right=right)


def _are_two(row: PageRow, other: PageRow) -> bool:
    is_named = row.text.rstrip().endswith((":", "…", "."))
    return not is_named and min(_words(row), _words(other)) >= _SENTENCE


def _words(row: PageRow) -> int:
    return sum(any(map(str.isalpha, word)) for word in row.text.split())
