"""Tables as lines that can be quoted alone, each row with the heads of its columns: "Năm: 2016; Kết nạp: 152"."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile
from typing import Any

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.official.head import has_motto
from partyqa.text.lexicon import spelt
from partyqa.text.normalise import one_line
from partyqa.text.numbers import YEAR

Grid = Sequence[Sequence[str]]

_LONGEST_CELL = 300  # characters; a longer one holds a part of a page
_SHORT_CELL = 80  # of a table that nothing else says to be one
_MOST_SPANNED = 100  # columns or rows
_NO_DATA = ".//table | .//h1 | .//h2 | .//h3 | .//form | .//input | .//img | .//ul | .//iframe"
_ROWS = "./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"
_FIGURE = re.compile(r"[-+]?\d[\d.,\s]*%?")
_YEAR = re.compile(rf"{YEAR}(?:\s?[-–]\s?{YEAR})?")
_HEAD = spelt("layout.tsv", "head")
_HEAD_WORDS = re.compile(rf"{_HEAD}(?:[\s,/()]+{_HEAD})*\)?", re.IGNORECASE)
_COLUMNS = re.compile(r"\t| {3,}")  # between the cells of a table in a text


def table_lines(grid: Grid, heads: int) -> Iterator[str | Dropped]:
    """Yield a line for each row below the first `heads` ones, and the heads of columns without a value.

    A cell that spans all columns is a line by itself. Heads above each other are named from the top down.
    """
    above, rows = grid[:heads], grid[heads:]
    titles = [row for row in above if _spans_all(row)]
    names = [_name([row[at] for row in above if not _spans_all(row)]) for at in range(len(grid[0]))]
    yield from (row[0] for row in titles)
    for row in rows:
        if _spans_all(row):
            yield row[0]
        elif list(row) != names and any(row):
            yield _line(names, row, is_pair=not heads and len(row) == 2)
    yield from (
        Dropped(name, "table")
        for at, name in enumerate(names)
        if name and name not in names[:at] and not any(row[at] for row in rows)
    )


def set_as_lines(tree: Any) -> tuple[frozenset[str], list[Dropped]]:
    """Make lines of the tables of figures and names in a page's tree; those that lay out the page stay.

    Returns the lines, and the heads that stand in none.
    """
    lines: list[str] = []
    dropped: list[Dropped] = []
    for table in list(tree.iter("table")):
        grid, marked = _grid(table)
        heads = _heads(grid, marked)
        if not _is_data(table, grid, heads):
            continue
        found = [*(one_line(it.text_content()) for it in table.xpath("./caption")), *table_lines(grid, heads)]
        tail = table.tail
        table.clear()
        table.tag, table.tail = "div", tail
        for line in found:
            if isinstance(line, Dropped):
                dropped.append(line)
            elif line:
                lines.append(line)
                table.append(table.makeelement("p"))
                table[-1].text = line
    return frozenset(lines), dropped


def set_in_text(raw: str) -> tuple[str, frozenset[str], list[Dropped]]:
    """Make lines of the tables of a text, their cells between tabs or wide spaces, where their heads are plain.

    Returns the text, those lines of it, and the heads that stand in none.
    """
    text: list[str] = []
    lines: list[str] = []
    dropped: list[Dropped] = []
    for width, group in groupby(map(_cells, raw.split("\n")), key=lambda line: len(line[1])):
        written = list(group)
        grid = [[one_line(cell) for cell in cells] for _, cells in written]
        heads = _heads(grid, [False] * len(grid)) if width > 1 and _is_in_columns(grid) else 0
        for line in table_lines(grid, heads) if heads else [source for source, _ in written]:
            if isinstance(line, Dropped):
                dropped.append(line)
            elif heads:
                lines.append(line)
                text += ["", line, ""]
            else:
                text.append(line)
    return "\n".join(text), frozenset(lines), dropped


def _cells(line: str) -> tuple[str, list[str]]:
    bare = line.rstrip(" \r")
    return line, _COLUMNS.split(bare if "\t" in bare else bare.strip())


def _is_in_columns(grid: Grid) -> bool:
    cells = [cell for row in grid for cell in row]
    filled = all(sum(map(bool, row)) > 1 for row in grid)
    return filled and max(map(len, cells)) <= _SHORT_CELL and not has_motto(" ".join(cells))


def _grid(table: Any) -> tuple[list[list[str]], list[bool]]:
    """Return the cells of a table, those that span columns or rows in each of them; and which rows are heads."""
    filled: dict[tuple[int, int], str] = {}
    marked: list[bool] = []
    for at, row in enumerate(table.xpath(_ROWS)):
        cells = row.xpath("./td | ./th")
        marked.append(bool(cells) and (row.getparent().tag == "thead" or all(it.tag == "th" for it in cells)))
        column = 0
        for cell in cells:
            while (at, column) in filled:
                column += 1
            text = _text(cell)
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            filled |= {(at + i, column + j): text for i in range(down) for j in range(across)}
    width = max((column for _, column in filled), default=-1) + 1
    return [[filled.get((at, column), "") for column in range(width)] for at in range(len(marked))], marked


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), _MOST_SPANNED) if value.isascii() and value.isdecimal() else 1


def _text(cell: Any) -> str:
    for part in cell.iter("p", "div", "br", "li"):
        if part is not cell:
            part.tail = f" {part.tail or ''}"
    return one_line(cell.text_content())


def _heads(grid: Grid, marked: Sequence[bool]) -> int:
    """Return how many rows head the columns: those marked so, else what the rows below tell by their figures."""
    if len(grid) < 2:
        return 0
    said = len(list(takewhile(bool, marked)))
    if said:
        return said if said < len(grid) else 1
    above = len(list(takewhile(_spans_all, grid)))
    if above >= len(grid) - 1:
        return 0
    first = grid[above]
    if not any(first) or any(_is_figure(cell) and not _YEAR.fullmatch(cell) for cell in first):
        return 0
    if any(by.is_name(cell) and by.has_surname(cell) for cell in first):
        return 0
    named = [cell for cell in first if cell]
    repeated = len(set(named)) < len(named)  # one head above several columns
    heads = above + (2 if repeated and above + 2 < len(grid) else 1)
    columns = [
        [row[at] for row in grid[heads:] if row[at] and not _spans_all(row)] for at in range(len(first))
    ]
    over_figures = any(column and all(map(_is_figure, column)) for column in columns[1:])
    return heads if over_figures or _HEAD_WORDS.fullmatch(first[0]) else 0


def _is_data(table: Any, grid: Grid, heads: int) -> bool:
    """Return whether a table holds rows and columns of something, and is not there to lay out a page."""
    if len(grid) < 2 or len(grid[0]) < 2 or table.xpath(_NO_DATA):
        return False
    cells = [cell for row in grid for cell in row if cell]
    linked = sum(len(link.text_content()) for link in table.xpath(".//a"))
    if not cells or max(map(len, cells)) > _LONGEST_CELL or 2 * linked > sum(map(len, cells)):
        return False
    if has_motto(" ".join(cells)):
        return False
    has_figures = any(map(_is_figure, cells))
    return bool(heads) or has_figures or (len(grid) > 2 and max(map(len, cells)) <= _SHORT_CELL)


def _is_figure(cell: str) -> bool:
    return _FIGURE.fullmatch(cell) is not None


def _spans_all(row: Sequence[str]) -> bool:
    return len(row) > 1 and bool(row[0]) and len(set(row)) == 1 and not _is_figure(row[0])


def _name(heads: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(head.rstrip(" :") for head in heads if head))


def _line(names: Sequence[str], row: Sequence[str], *, is_pair: bool) -> str:
    cells = [cell.rstrip(" ;") for cell in row]
    if is_pair and all(cells) and not _is_figure(cells[0]) and not cells[0].isupper():
        return f"{cells[0].rstrip(' :')}: {cells[1]}"
    named = zip(names, cells, strict=True)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell)
