"""Tables with ruled lines: found by pdfplumber, their cells filled with the letters that stand in them."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from partyqa.corpus.readers.pdf.rows import Letters, rows_of

_NEAR = 3.0  # points: edges of cells that are one
_THIN, _LONG = 2.5, 8.0  # points: a line, and how long one of a table is
_SLIT = 12.0  # points: too narrow for a column
_LEAST_LINES = 2  # across, and down
_ALIKE = 5.0  # points between the columns of two parts of a table

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table of a page: the box it stands in, where its columns part, and its cells.

    A cell that spans is in each of its places; its lines are parted by "\\n".
    """

    page: int
    x0: float
    top: float
    x1: float
    bottom: float
    edges: tuple[float, ...]
    grid: tuple[tuple[str, ...], ...]

    def goes_on_in(self, other: "RuledTable") -> bool:
        """Return whether a table of the next page has the same columns."""
        same = len(self.edges) == len(other.edges)
        return same and all(abs(a - b) < _ALIKE for a, b in zip(self.edges, other.edges, strict=True))


class Ruler:
    """Finds the tables of a file's pages; the file is opened for it when the first page is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._file: Any = None

    def tables(self, letters: Letters, page: int) -> tuple[list[RuledTable], Letters]:
        """Return the tables of a page, counted from 1, and the letters that stand in none of them."""
        found = []
        for cells in self._cells(page):
            table = _table(cells, letters, page)
            if table is not None:
                found.append(table)
                letters = _within(letters, (table.x0, table.top, table.x1, table.bottom), inside=False)
        return found, letters

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _cells(self, page: int) -> list[list[_Box]]:
        import pdfplumber
        from pdfminer.pdfexceptions import PDFException
        from pdfplumber.utils.exceptions import PdfminerException

        try:
            if self._file is None:
                self._file = pdfplumber.open(io.BytesIO(self._data))
            ruled = self._file.pages[page - 1]
            tables = ruled.filter(_is_no_shading).find_tables()
            found = [[tuple(cell) for cell in table.cells] for table in tables]
            ruled.close()
        except (PDFException, PdfminerException, ValueError, TypeError, KeyError, RecursionError):
            return []  # what pdfium can read and pdfminer cannot: the page stays text
        return found


def is_ruled(page: Any) -> bool:
    """Return whether a page of pypdfium2 holds lines across and down, as a table does."""
    import pypdfium2.raw as pdfium

    across = down = 0
    for it in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        x0, low, x1, high = it.get_bounds()
        width, height = x1 - x0, high - low
        across += width > _LONG and (height < _THIN or height > _LONG)
        down += height > _LONG and (width < _THIN or width > _LONG)
        if min(across, down) >= _LEAST_LINES:
            return True
    return False


def _is_no_shading(thing: dict[str, Any]) -> bool:
    """Return whether a thing on a page of pdfplumber is no mere area of colour, which would pass for four lines."""
    if thing["object_type"] not in ("rect", "curve") or thing.get("stroke"):
        return True
    return bool(min(thing["width"], thing["height"]) < _THIN)


def _table(cells: Sequence[_Box], letters: Letters, page: int) -> RuledTable | None:
    """Return a table of two columns and rows or more, its cells filled; None for a frame around something else."""
    xs, ys = _edges(it for box in cells for it in box[::2]), _edges(it for box in cells for it in box[1::2])
    if len(xs) < 3 or len(ys) < 3:
        return None
    grid = [[""] * (len(xs) - 1) for _ in ys[1:]]
    texts = 0
    for box in cells:
        text = _text(_within(letters, box, inside=True), page)
        texts += bool(text)
        across = range(_place(xs, box[0]), _place(xs, box[2]))
        for row in range(_place(ys, box[1]), _place(ys, box[3])):
            for at in across:
                grid[row][at] = text
    if texts < 2:
        return None
    columns = [[row[at] for row in grid] for at in range(len(xs) - 1)]
    xs, columns = _without_slits(xs, columns)
    filled = tuple(row for row in zip(*columns, strict=True) if any(row))
    if len(filled) < 2 or len(columns) < 2:
        return None
    return RuledTable(page, xs[0], ys[0], xs[-1], ys[-1], tuple(xs), filled)


def _without_slits(xs: list[float], columns: list[list[str]]) -> tuple[list[float], list[list[str]]]:
    """Return edges and columns, a narrow column joined to a neighbour where no row tells them apart."""
    at = 0
    while at + 1 < len(columns):
        pairs = list(zip(columns[at], columns[at + 1], strict=True))
        widths = xs[at + 1] - xs[at], xs[at + 2] - xs[at + 1]
        if min(widths) < _SLIT and all(not a or not b or a == b for a, b in pairs):
            columns = [*columns[:at], [a or b for a, b in pairs], *columns[at + 2 :]]
            xs = [*xs[: at + 1], *xs[at + 2 :]]
        else:
            at += 1
    return xs, columns


def _edges(values: Iterator[float]) -> list[float]:
    """Return the places where cells part, those near to each other once."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _place(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - value))


def _within(letters: Letters, box: _Box, *, inside: bool) -> Letters:
    """Return the letters with ink only on those whose middle is in the box, or is not."""
    x0, top, x1, bottom = box
    x = (letters.boxes[:, 0] + letters.boxes[:, 2]) / 2
    y = (letters.boxes[:, 1] + letters.boxes[:, 3]) / 2
    kept = ((x >= x0) & (x <= x1) & (y >= top) & (y <= bottom)) == inside
    return replace(letters, boxes=np.where(kept[:, None], letters.boxes, 0))


def _text(letters: Letters, page: int) -> str:
    """Return the lines of a cell, as they came out of the file."""
    return "\n".join(row.text.strip() for row in rows_of(letters, page))
