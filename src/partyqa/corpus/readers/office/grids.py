"""Which rows of a table head its columns, where a file says nothing or little about it."""

import re
from collections.abc import Sequence
from itertools import takewhile

from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.captions import UNIT
from partyqa.corpus.readers.tables import HEAD_WORDS, YEARS, is_figure, spans_all

LONGEST_CAPTION = 160
_NAMES = 2  # lines that a title is written in
_MOST_HEADS = 5
_LONGEST_HEAD = 120
_ITEM = re.compile(r"[-+*•–]\s?\w")
_LETTER = re.compile(r"[A-ZĐ]|[IVX]+")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[A-ZĐ])(?:\s?[=+x*/:-]\s?[\dA-Z(][\d\sA-Z=+x*/():-]*)?\)?")


def caption(lines: Sequence[str]) -> str:
    """Return how a path names the table below such lines: "Bảng 2. Đảng viên (ĐVT: người)".

    What stands in brackets, over several lines too, says where a table is from and not what it is of.
    """
    names: list[str] = []
    unit = ""
    is_open = False
    for line in lines:
        if UNIT.match(line):
            unit = line.strip("() ")
        elif is_open or line.startswith("("):
            is_open = ")" not in line
        elif line and len(line) <= LONGEST_CAPTION:
            names.append(line.rstrip(" :"))
    name = ". ".join(names[-_NAMES:])
    return f"{name} ({unit})" if name and unit else name or unit


def is_numbering(row: Sequence[str]) -> bool:
    """Return whether a row numbers the columns: "A B 1 2 3=1+2"."""
    cells = [cell for cell in row if cell]
    if len(cells) < 2 or not all(map(_NUMBERED.fullmatch, cells)):
        return False
    numbers = [
        int(found.group()) for cell in cells if (found := re.match(r"\(?(\d+)", cell)) and cell[0] != "("
    ]
    numbers += [
        int(cell.strip("()")) for cell in cells if cell.startswith("(") and cell.strip("()").isdecimal()
    ]
    letters = sum(cell.strip("()").isalpha() for cell in cells)
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else letters == len(cells)


def heads_of(grid: Sequence[Sequence[str]], marked: Sequence[bool]) -> int:
    """Return how many rows head the columns, titles above them included; 0 where none does.

    Rows that the file marks, unless it marks all; else the first, and those below that part or go on with its cells.
    """
    if len(grid) < 2 or len(grid[0]) < 2:
        return 0
    said = len(list(takewhile(bool, marked)))
    if 0 < said < len(grid):
        return said
    above = len(list(takewhile(spans_all, grid)))
    if above + 1 >= len(grid) or has_values(grid[above]) or not _could_head(grid[above]):
        return 0
    first = above + 1
    while first < len(grid) - 1 and first - above < _MOST_HEADS and _goes_on(grid[first - 1], grid[first]):
        first += 1
    if len(grid[0]) == 2 and not _heads_pairs(grid[above], grid[first:]):
        return 0
    return first


def has_values(row: Sequence[str]) -> bool:
    """Return whether a row holds a figure that is no year, or numbers the columns."""
    figures = [cell for cell in row if is_figure(cell)]
    return any(not YEARS.fullmatch(cell) for cell in figures) or is_numbering(row)


def sheet_heads(grid: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return where the heads of a sheet's rows begin and end; the rows before them are titles. (n, n) without heads."""
    values = (at for at, row in enumerate(grid) if len(set(row) - {""}) > 1 and is_body(row))
    body = next(values, len(grid))
    start = body
    while start and _in_heads(grid[start - 1], grid[start] if start < body else ()):
        start -= 1
    if not any(map(_could_head, grid[start:body])):
        return start, start
    if body < len(grid) and body - start <= _MOST_HEADS and is_numbering(grid[body]):
        return start, body
    end = start + 1
    while end < body and end - start < _MOST_HEADS and _goes_on(grid[end - 1], grid[end]):
        end += 1
    return start, end


def is_body(row: Sequence[str]) -> bool:
    """Return whether a row stands below the heads: it has a figure, or a letter or Roman number begins it."""
    return has_values(row) or _LETTER.fullmatch(row[0]) is not None


def _in_heads(row: Sequence[str], below: Sequence[str]) -> bool:
    """Return whether a row may head columns: two cells, or one over a part of the row below; none that says a unit."""
    filled = [at for at, cell in enumerate(row) if cell]
    if any(UNIT.match(row[at]) for at in filled):
        return False
    if len({row[at] for at in filled}) > 1:
        return True
    return bool(filled) and filled[0] > 0 and 2 * len(filled) < len(row) and len(set(below) - {""}) != 1


def _goes_on(head: Sequence[str], row: Sequence[str]) -> bool:
    """Return whether a row below a head is one too: it parts a cell over columns, or shares one over rows."""
    if is_body(row) or spans_all(row):
        return False
    if any(cell and cell == below for cell, below in zip(head, row, strict=True)):
        return True
    parted = any(
        cell and cell == head[at] and row[at] != row[at + 1] for at, cell in enumerate(head[1:]) if row[at]
    )
    return parted or not row[0] or not head[0]


def _heads_pairs(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether two columns have a head: rows of a name and its value have none."""
    return HEAD_WORDS.fullmatch(head[0]) is not None or all(is_figure(row[1]) for row in rows if row[1])


def _could_head(row: Sequence[str]) -> bool:
    named = [cell for cell in row if cell]
    if len(named) < 2 or max(map(len, named)) > _LONGEST_HEAD:
        return False
    if len(row) == 2 and named[0].endswith(":"):
        return False
    if any(_ITEM.match(cell) for cell in named):
        return False
    return not any(by.is_name(cell) and by.has_surname(cell) for cell in named)
