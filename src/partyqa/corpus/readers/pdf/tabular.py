"""The rows of ruled tables as lines: with the heads of the page before where a table goes on, and its caption."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers.pdf.rows import PageRow, jointed, unmarked
from partyqa.corpus.readers.pdf.ruled import RuledTable
from partyqa.corpus.readers.tables import heads_of, table_lines
from partyqa.text.lexicon import spelt
from partyqa.text.normalise import one_line

_CAPTION = re.compile(rf"{spelt('layout.tsv', 'caption')}\s*[\dIVXA-Z]", re.IGNORECASE)
_UNIT = re.compile(rf"\(?\s*{spelt('layout.tsv', 'unit')}\s*:", re.IGNORECASE)
_ABOVE = 5  # rows over a table that may be its caption
_GAP = 2.5  # em between them


class _Headed(NamedTuple):
    table: RuledTable
    heads: Sequence[Sequence[str]]
    path: tuple[str, ...]


def as_rows(tables: Sequence[RuledTable], text: Sequence[PageRow]) -> Iterator[PageRow | Dropped]:
    """Yield the lines of a document's tables, each where its table stands, and what of them is in no line.

    `tables` are in order, `text` are the rows of the document outside of them.
    """
    last: _Headed | None = None
    for table in (replace(it, grid=_written(it.grid)) for it in tables):
        path = _caption(table, [row for row in text if row.page == table.page])
        if last and not path and table.page == last.table.page + 1 and last.table.goes_on_in(table):
            own = [row for row in table.grid if row not in last.heads]
            for row in table.grid:
                if row in last.heads:
                    yield Dropped("; ".join(dict.fromkeys(filter(None, row))), "repeated")
            last = _Headed(table, last.heads, last.path)
            lines = list(table_lines([*last.heads, *own], len(last.heads)))
        else:
            count = heads_of(table.grid, [False] * len(table.grid))
            last = _Headed(table, [row for row in table.grid[:count] if len(set(row)) > 1], path)
            lines = list(table_lines(table.grid, count))
        yield from _placed(lines, last)


def _written(grid: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return cells with their lines joined."""
    return tuple(tuple(_cell(text) for text in row) for row in grid)


def _cell(text: str) -> str:
    whole = ""
    for line in text.split("\n"):
        whole = "".join(jointed(whole, line))
    return one_line(unmarked(whole))


def _placed(lines: Sequence[str | Dropped], of: _Headed) -> Iterator[PageRow | Dropped]:
    """Yield the lines of a table as rows, one below the other in its box."""
    table = of.table
    height = (table.bottom - table.top) / max(len(lines), 1)
    for at, line in enumerate(lines):
        if isinstance(line, Dropped):
            yield line
        else:
            top = table.top + at * height
            yield PageRow(
                line, table.page, table.x0, top, table.x1, top + height, is_whole=True, path=of.path
            )


def _caption(table: RuledTable, text: Sequence[PageRow]) -> tuple[str, ...]:
    """Return the caption and the unit that stand over a table, or the caption below it, as what leads to its rows.

    "Bảng 2. Đảng viên", "ĐVT: người" -> ("Bảng 2. Đảng viên (ĐVT: người)",)
    """
    above = list(_near(table.top, sorted(text, key=lambda row: -row.bottom)))
    named = next((at for at, row in enumerate(above) if _CAPTION.match(row.text.strip())), None)
    units = [row for row in above[:named] if _UNIT.match(row.text.strip())]
    caption = [] if named is None else [row for row in above[named::-1] if row not in units]
    if named is None:
        below = next(
            iter(sorted((it for it in text if it.top >= table.bottom), key=lambda row: row.top)), None
        )
        is_near = below is not None and below.top - table.bottom < _GAP * below.em
        caption = [below] if below is not None and is_near and _CAPTION.match(below.text.strip()) else []
    name = one_line(" ".join(row.text for row in caption))
    unit = one_line(" ".join(row.text for row in units)).strip("() ")
    whole = f"{name} ({unit})" if name and unit else name or unit
    return (whole,) if whole else ()


def _near(top: float, rows: Sequence[PageRow]) -> Iterator[PageRow]:
    """Yield the rows over a table, the lowest first, as far as they follow each other closely."""
    for row in [row for row in rows if row.middle < top][:_ABOVE]:
        if top - row.bottom > _GAP * row.em:
            return
        yield row
        top = min(top, row.top)
