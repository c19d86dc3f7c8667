"""The rows of a document as paragraphs: which row goes on in the next one, told by margins, gaps and words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from statistics import median

from partyqa.corpus.readers import Line
from partyqa.corpus.readers.pdf.rows import PageRow, jointed, unmarked
from partyqa.corpus.readers.wrapping import ITEM, goes_on, is_closed
from partyqa.text.normalise import one_line
from partyqa.text.sentences import sentence_spans

_SAME_EDGE, _AGREEING = 2.5, 3  # points; rows that end alike make a margin
_INDENT = 0.8  # em from the margin: the first line of a paragraph
_GAP, _WIDEST_GAP = (
    1.45,
    2.2,
)  # times the distance of two lines: between paragraphs, and where a sentence goes on
_SAME_SIZE = 0.15
_LARGER, _LONGEST_TITLE = 1.2, 300  # times the usual size of a file's letters; characters
_CENTRED = 6.0  # points
_FEW_LETTERS = 8  # of a row: whether they are capitals says nothing
_BULLET = re.compile(
    rf"(?:{ITEM.pattern}|[\ue000-\uf8ff●○■□▪▫◦‣∙·→✓➢❖] ?|o (?=\S)|\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}[.)]? )"
)
_LEADERS = re.compile(r"(?:[.…]\s?){4,}\s*[\divxlc]*$")  # of a table of contents
_SYMBOL = re.compile(r"[\ue000-\uf8ff]")


@dataclass(slots=True)
class _Column:
    """The margins of a column on a page, and the distance of its lines; `is_set` where lines fill it."""

    left: float
    right: float
    pitch: float
    is_set: bool


def paragraphs(rows: Sequence[PageRow]) -> Iterator[Line]:
    """Yield the lines of an article that rows in the order of reading make, each with its page.

    A paragraph that goes on over a page is a line on each of them, parted between two sentences.
    """
    columns = {key: _column(group) for key, group in _by_column(rows).items()}
    open_: list[PageRow] = []
    for row in rows:
        if open_ and not _is_one(open_, row, columns):
            yield from _lines(open_)
            open_ = []
        open_.append(row)
    if open_:
        yield from _lines(open_)


def heading(rows: Sequence[PageRow]) -> str:
    """Return the title that the largest letters of a first page are, "" where none are larger than its text."""
    page = [row for row in rows if row.page == rows[0].page and not row.is_whole]
    usual = median([row.em for row in rows])
    largest = max((row.em for row in page if _letters(row.text) > _FEW_LETTERS), default=0.0)
    if largest < _LARGER * usual:
        return ""
    sizes = [row.em > largest * (1 - _SAME_SIZE) for row in page]
    first = sizes.index(True)
    title = one_line(" ".join(row.text for row in page[first : first + _run(sizes[first:])]))
    return title if len(title) <= _LONGEST_TITLE else ""


def _run(sizes: Sequence[bool]) -> int:
    return len(list(takewhile(bool, sizes)))


def _by_column(rows: Sequence[PageRow]) -> dict[tuple[int, float, float], list[PageRow]]:
    found: dict[tuple[int, float, float], list[PageRow]] = {}
    for row in rows:
        if not row.path and not row.is_whole:
            found.setdefault(_key(row), []).append(row)
    return found


def _key(row: PageRow) -> tuple[int, float, float]:
    return row.page, row.left, row.right


def _column(rows: Sequence[PageRow]) -> _Column:
    gaps = [b.middle - a.middle for a, b in pairwise(rows) if b.middle > a.middle]
    right = -_margin(sorted(-row.x1 for row in rows))
    return _Column(
        left=_margin(sorted(row.x0 for row in rows)),
        right=right,
        pitch=median(gaps) if gaps else 0.0,
        is_set=sum(abs(row.x1 - right) <= _SAME_EDGE for row in rows) >= _AGREEING,
    )


def _margin(edges: Sequence[float]) -> float:
    """Return the outermost edge that some rows share, else the outermost."""
    for at in range(len(edges) - _AGREEING + 1):
        if edges[at + _AGREEING - 1] - edges[at] <= _SAME_EDGE:
            return edges[at]
    return edges[0]


def _is_one(open_: Sequence[PageRow], row: PageRow, columns: dict[tuple[int, float, float], _Column]) -> bool:
    """Return whether a row goes on with the paragraph that is open."""
    last = open_[-1]
    if last.is_whole or row.is_whole or last.path != row.path:
        return False
    before, after = last.text.strip(), row.text.strip()
    if _BULLET.match(after) or _LEADERS.search(before) or _LEADERS.search(after):
        return False
    if before.isupper() != after.isupper() and min(_letters(before), _letters(after)) > _FEW_LETTERS:
        return False
    if abs(last.em - row.em) > _SAME_SIZE * max(last.em, row.em) and len(before) > 3:
        return False
    column, own = columns[_key(last)], columns[_key(row)]
    follows = _key(last) == _key(row) and row.middle > last.middle
    if not follows and not column.is_set:
        return False
    plainly = goes_on(before, after) and not is_closed(before)
    if follows and row.middle - last.middle > (_WIDEST_GAP if plainly else _GAP) * column.pitch:
        return False
    if _is_centred(last, row) or not _is_full(last, after, row, column):
        return plainly and abs(_middle(last) - _middle(row)) < _CENTRED
    if plainly:
        return True
    if _is_indented(open_, row, column, own) or (not follows and is_closed(before)):
        return False
    return after[0].islower() or not before.endswith((":", ";"))


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _is_full(last: PageRow, after: str, row: PageRow, column: _Column) -> bool:
    """Return whether the first word of the next row had no place left in this one."""
    word = after.split(" ", 1)[0]
    width = (row.x1 - row.x0) * (len(word) + 1) / max(len(after), 1)
    return last.x1 + width > column.right - 1


def _is_indented(open_: Sequence[PageRow], row: PageRow, column: _Column, own: _Column) -> bool:
    """Return whether a row stands in from where the rows of the open paragraph begin, as a first line does."""
    step = _INDENT * row.em
    inset, before = row.x0 - own.left, open_[-1].x0 - column.left
    if len(open_) > 1:
        return inset - before > step
    return inset > step and abs(inset - before) < step


def _is_centred(last: PageRow, row: PageRow) -> bool:
    """Return whether two rows have a middle in common, but neither edge."""
    edges = min(abs(last.x0 - row.x0), abs(last.x1 - row.x1))
    return abs(_middle(last) - _middle(row)) < _CENTRED and edges > _SAME_EDGE


def _middle(row: PageRow) -> float:
    return (row.x0 + row.x1) / 2


def _lines(rows: Sequence[PageRow]) -> Iterator[Line]:
    """Yield a paragraph as a line for each page that its sentences begin on."""
    text = ""
    starts: list[tuple[int, PageRow]] = []
    for row in rows:
        part = row.text.strip()
        text, part = jointed(text, part)
        starts.append((len(text), row))
        text += part
    text = _written(text)
    first = rows[0]
    if first.page == rows[-1].page:
        yield from _line(text, first)
        return
    at, row = 0, first
    for start, _ in sentence_spans(text):
        own = [it for place, it in starts if place <= start][-1]
        if own.page != row.page:
            yield from _line(text[at:start], row)
            at, row = start, own
    yield from _line(text[at:], row)


def _line(text: str, row: PageRow) -> Iterator[Line]:
    if shown := one_line(text):
        yield Line(shown, page=row.page, path=row.path, recognised=row.recognised)


def _written(text: str) -> str:
    """Return text with its hyphens, and a common bullet for the signs of symbol fonts."""
    text = unmarked(text)
    return _SYMBOL.sub("•", text, count=1) if _SYMBOL.match(text) else text
