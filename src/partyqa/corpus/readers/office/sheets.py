"""Sheets of a workbook as tables: blocks of rows with the titles and heads above them."""

import re
from collections.abc import Iterator, Sequence

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers.office.blocks import Block, Paragraph, Sheet, TableBlock
from partyqa.corpus.readers.office.grids import caption, is_body, is_numbering, sheet_heads
from partyqa.text.normalise import one_line

_TITLES = 8  # lines above a table that may name it
_DEFAULT = re.compile(r"(?:sheet|trang tính|bảng)\s?\d*", re.IGNORECASE)


def sheet_blocks(sheets: Sequence[Sheet]) -> Iterator[Block]:
    """Yield the tables and lines of each sheet in order, under the sheet's name."""
    shown = [sheet for sheet in sheets if any(map(str.strip, sheet.cells.values()))]
    for sheet in shown:
        yield from _covered(sheet)
        says_nothing = len(shown) == 1 and _DEFAULT.fullmatch(sheet.name)
        yield from _blocks(sheet, () if says_nothing else (f"Trang tính {one_line(sheet.name)}",))


def _covered(sheet: Sheet) -> Iterator[Dropped]:
    """Yield what stands in cells that a merged one covers."""
    for top, bottom, left, right in sheet.merged:
        for (row, column), text in sheet.cells.items():
            if (
                top <= row < bottom
                and left <= column < right
                and (row, column) != (top, left)
                and text.strip()
            ):
                yield Dropped(one_line(text), "hidden")


def _blocks(sheet: Sheet, path: tuple[str, ...]) -> Iterator[Block]:
    heads: list[list[str]] = []
    name = ""
    titles: list[str] = []  # since the last table
    awaited = False  # heads whose rows have not come yet
    for region in _regions(_grid(sheet)):
        start, end = sheet_heads(region)
        if awaited and (start == len(region) or end > start or not any(map(is_body, region))):
            yield TableBlock(heads, path=path, caption=name)
            heads, awaited = [], False
        for row in region[:start]:
            texts = list(dict.fromkeys(filter(None, row)))
            titles += texts
            yield from (Paragraph(text, path=path) for text in texts)
        if start == len(region):
            continue
        rows = region[end:]
        if end > start or titles:
            heads, name = region[start:end], caption(titles[-_TITLES:])
        elif not any(map(is_body, region)):
            heads, name = [], ""  # signatures, notes
        titles = []
        while heads and rows and is_numbering(rows[0]):
            yield Dropped(" ".join(filter(None, rows.pop(0))), "table")
        awaited = bool(heads) and not rows
        if rows:
            yield _table(heads, rows, path, name)
    if awaited:
        yield TableBlock(heads, path=path, caption=name)


def _table(heads: list[list[str]], rows: list[list[str]], path: tuple[str, ...], name: str) -> TableBlock:
    return TableBlock([*heads, *rows], [True] * len(heads) + [False] * len(rows), path=path, caption=name)


def _grid(sheet: Sheet) -> list[list[str]]:
    """Return the rows and columns that hold something, an empty row where some were left out; merged cells filled."""
    cells = {place: one_line(text) for place, text in sheet.cells.items() if text.strip()}
    rows = sorted({row for row, _ in cells})
    columns = sorted({column for _, column in cells})
    for top, bottom, left, right in sheet.merged:
        if (text := cells.get((top, left))) and (bottom - top > 1 or right - left > 1):
            filled = [row for row in rows if top <= row < bottom]
            cells |= {(row, column): text for row in filled for column in columns if left <= column < right}
    grid: list[list[str]] = []
    for at, row in enumerate(rows):
        if at and row > rows[at - 1] + 1:
            grid.append([""] * len(columns))
        grid.append([cells.get((row, column), "") for column in columns])
    return grid


def _regions(grid: Sequence[list[str]]) -> Iterator[list[list[str]]]:
    region: list[list[str]] = []
    for row in (*grid, []):
        if any(row):
            region.append(row)
        elif region:
            yield region
            region = []
