"""The tables of a web page that hold data, their cells in rows and columns; those that lay out a page stay."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from partyqa.corpus.readers import Dropped, Line
from partyqa.corpus.readers.official.head import has_motto
from partyqa.corpus.readers.tables import Grid, heads_of, is_figure, spans_all, table_rows
from partyqa.text.normalise import one_line

TABLE = "data-table"
"""The attribute of an element that stands for a table: its number among the tables that were found."""

_LONGEST_CELL = (
    300  # characters; a longer one, in a table that nothing says to be one, holds a part of a page
)
_SHORT_CELL = 80
_MOST_SPANNED = 100  # columns or rows
_PARTS = {"p", "div", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "blockquote", "pre"}
_NO_DATA = ".//h1 | .//form | .//input | .//iframe | .//nav | .//aside | .//article | .//main"
_MAY_LAY_OUT = ".//table | .//h2 | .//h3 | .//img | .//ul | .//ol"
_ROWS = "./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"


@dataclass(frozen=True, slots=True)
class WebTable:
    """A table of data: what it says of itself, its rows, and the heads that stand in none."""

    names: tuple[str, ...]
    rows: tuple[Line, ...]
    dropped: tuple[Dropped, ...]


def set_tables(tree: Any) -> list[WebTable]:
    """Put paragraphs for the rows of all tables of data, under an element with their number; return the tables.

    A table within a cell is read before the one around it: its lines are that cell.
    """
    found: list[WebTable] = []
    for table in reversed(list(tree.iter("table"))):
        grid, marked = _grid(table)
        if not _is_data(table, grid, marked):
            continue
        heads = _heads(table, grid, marked)
        names = [one_line(it.text_content()) for it in table.xpath("./caption")]
        names += [row[0] for row in grid[:heads] if spans_all(row)]
        lines = list(table_rows([row for row in grid[:heads] if not spans_all(row)] + grid[heads:],
                                sum(not spans_all(row) for row in grid[:heads])))  # fmt: skip
        rows = tuple(line for line in lines if isinstance(line, Line) and line.text)
        dropped = tuple(line for line in lines if isinstance(line, Dropped))
        made = WebTable(tuple(filter(None, names)), rows, dropped)
        tail = table.tail
        table.clear()
        table.tag, table.tail = "div", tail
        table.set(TABLE, str(len(found)))
        for text in (*made.names, *(row.text for row in made.rows)):
            table.append(table.makeelement("p"))
            table[-1].text = text
        found.append(made)
    for table in list(tree.iter("table")):
        for part in (table, *table.xpath(f"./tbody | ./thead | ./tfoot | {_ROWS}"), *_cells_of(table)):
            part.tag = "div"
    return found


def _cells_of(table: Any) -> Iterator[Any]:
    for row in table.xpath(_ROWS):
        yield from row.xpath("./td | ./th")


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
    """Return a cell's text, its items and the rows of a table in it parted by semicolons."""
    pieces: list[str] = []
    _walk(cell, pieces)
    parts = [one_line(part) for part in "".join(pieces).split("\n")]
    return "; ".join(part.rstrip(" ;") for part in parts if part)


def _walk(element: Any, pieces: list[str]) -> None:
    pieces.append(element.text or "")
    for child in element:
        if isinstance(child.tag, str) and child.tag not in ("script", "style", "template", "noscript"):
            is_row = child.tag == "li" or element.get(TABLE) is not None
            edge = "\n" if is_row else " " * (child.tag in _PARTS)
            pieces.append(edge)
            _walk(child, pieces)
            pieces.append(edge)
        pieces.append(child.tail or "")


def _heads(table: Any, grid: Grid, marked: list[bool]) -> int:
    """Return how many rows head the columns; none where each row has a head of its own and the first is like all."""
    rows = [[cell.tag for cell in row.xpath("./td | ./th")] for row in table.xpath(_ROWS)]
    is_by_row = all(tags and tags[0] == "th" and "th" not in tags[1:] and len(tags) > 1 for tags in rows)
    first = grid[0] if grid else []
    return 0 if is_by_row and (len(first) == 2 or any(map(is_figure, first[1:]))) else heads_of(grid, marked)


def _is_data(table: Any, grid: Grid, marked: list[bool]) -> bool:
    """Return whether a table holds rows and columns of something, and is not there to lay out a page."""
    if not grid or table.get("role") in ("presentation", "none") or table.xpath(_NO_DATA):
        return False
    cells = [cell for row in grid for cell in row if cell]
    if not cells or len(grid[0]) < 2 or has_motto(" ".join(cells)):
        return False
    if len(grid) == 1:
        is_short = max(map(len, cells)) <= _SHORT_CELL and not table.xpath(".//a | .//table | .//img")
        return is_short and any(map(is_figure, cells))
    if any(marked) or table.xpath("./caption"):
        return True
    heads = _heads(table, grid, marked)
    has_figures = any(map(is_figure, cells))
    linked = sum(len(link.text_content()) for link in table.xpath(".//a"))
    if 2 * linked > sum(map(len, cells)) and not (heads and has_figures):
        return False
    longest = max(map(len, cells))
    if longest > _LONGEST_CELL or (table.xpath(_MAY_LAY_OUT) and not heads):
        return False
    return bool(heads) or has_figures or (len(grid) > 2 and longest <= _SHORT_CELL)
