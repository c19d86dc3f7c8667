"""The article that the blocks of an office file make."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from partyqa.corpus.readers import Dropped, Line, ReadFile
from partyqa.corpus.readers.captions import UNIT
from partyqa.corpus.readers.fields import id_of, lines_of
from partyqa.corpus.readers.office.blocks import Block, Paragraph, Sheet, TableBlock, in_unicode
from partyqa.corpus.readers.office.grids import (
    LONGEST_CAPTION,
    caption,
    heads_of,
    is_numbering,
)
from partyqa.corpus.readers.office.sheets import sheet_blocks
from partyqa.corpus.readers.official import article_from
from partyqa.corpus.readers.official.head import has_motto
from partyqa.corpus.readers.tables import spans_all, table_lines
from partyqa.text.normalise import one_line

_LINES_ABOVE = 3  # of a table: its caption, where that is from, its unit
_LONGEST_CELL = 400  # characters; a table with a longer one lays out a page
_CAPTION = re.compile(r"\w+(?: \w+)? \d+[.:]")  # "Bảng 2.", "Phụ lục 3:"


def read_blocks(blocks: Iterable[Block], path: Path, *, title: str = "") -> ReadFile:
    """Return the one article that the blocks of a file make, and what of them is left out."""
    lines: list[Line] = []
    dropped: list[Dropped] = []
    pieces, encoding = in_unicode(blocks, path)
    sheets = [it for it in pieces if isinstance(it, Sheet)]
    for block in (*sheet_blocks(sheets), *pieces):
        match block:
            case Dropped():
                dropped += [block] if one_line(block.text) else []
            case Paragraph():
                lines += (Line(text, block.page, block.path) for text in lines_of(block.text))
            case TableBlock():
                for line in _table(block, lines):
                    if isinstance(line, Dropped):
                        dropped.append(line)
                    elif line.text:
                        lines.append(line)
    one, wordless = article_from(
        lines, id_of(Path(path.name)), str(path), title=one_line(title), encoding=encoding
    )
    return ReadFile((one,), (*dropped, *wordless))


def _table(table: TableBlock, before: Sequence[Line]) -> Iterator[Line | Dropped]:
    grid = [[one_line(cell) for cell in row] for row in table.grid]
    rows = [at for at, row in enumerate(grid) if any(row)]
    if table.caption is None and _is_layout([grid[at] for at in rows]):
        yield from _as_paragraphs(table)
        return
    columns = [at for at in range(max(map(len, grid), default=0)) if any(row[at] for row in grid)]
    grid = [[grid[at][column] for column in columns] for at in rows]
    marked = [bool(table.marked[at]) for at in rows] if table.marked else [False] * len(rows)
    heads = heads_of(grid, marked)
    if all(map(spans_all, grid[heads:])):
        heads = 0  # signatures: the same word below each name
    name = table.caption
    if name is None:
        same = [
            line.text for line in before[-_LINES_ABOVE:] if (line.path, line.page) == (table.path, table.page)
        ]
        name = caption([*_above(same), *(row[0] for row in grid[:heads] if spans_all(row))])
    where = (*table.path, name) if name else table.path
    while len(grid) > heads and heads and is_numbering(grid[heads]):
        yield Dropped(" ".join(filter(None, grid.pop(heads))), "table")
    for line in table_lines(grid, heads) if grid else ():
        yield line if isinstance(line, Dropped) else Line(line, table.page, where)


def _above(lines: Sequence[str]) -> list[str]:
    """Return of the lines before a table those that name it and its unit."""
    found: list[str] = []
    for line in reversed(lines):
        if len(line) > LONGEST_CAPTION:
            break
        if UNIT.match(line) or line.startswith("("):
            found.insert(0, line)
            continue
        if _CAPTION.match(line) or not line.endswith((".", ";", ",", "!", "?")):
            found.insert(0, line)
        break
    return found


def _is_layout(grid: Sequence[Sequence[str]]) -> bool:
    """Return whether a table only sets paragraphs side by side: a letterhead, signatures, a frame."""
    cells = [cell for row in grid for cell in row if cell]
    if len(grid) < 2 or max(map(len, grid)) < 2 or not cells:
        return True
    return has_motto(" ".join(cells)) or max(map(len, cells)) > _LONGEST_CELL


def _as_paragraphs(table: TableBlock) -> Iterator[Line]:
    for row in table.grid:
        for at, cell in enumerate(row):
            if at == 0 or cell != row[at - 1]:
                yield from (Line(text, table.page, table.path) for text in lines_of(cell))
