"""What office files are made of, in their order: paragraphs, tables, sheets, what is left out; all in Unicode."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers.encoding import converted

Area = tuple[int, int, int, int]
"""Rows from and to, columns from and to, ends exclusive."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, its lines parted by line breaks, and where it stands."""

    text: str
    page: int | None = None
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Cells by row, those that span others filled in; `marked` says which rows the file itself calls heads.

    `caption` names it, where that is known to be no line above it, and says that it lays out no page.
    """

    grid: Sequence[Sequence[str]]
    marked: Sequence[bool] = ()
    page: int | None = None
    path: tuple[str, ...] = ()
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the cells of a sheet show, by row and column from 0; `merged` are areas of one cell each."""

    name: str
    cells: Mapping[tuple[int, int], str]
    merged: Sequence[Area] = ()


Block = Paragraph | TableBlock | Sheet | Dropped


def in_unicode(blocks: Iterable[Block], path: Path) -> tuple[list[Block], str]:
    """Return the blocks with their text in Unicode, and the encoding it was in, "" for none.

    They are walked through once to collect the texts, and again to put in what these become. CorpusError where the
    encoding is not certain.
    """
    before, texts = list(blocks), list[str]()

    def collect(text: str) -> str:
        texts.append(text)
        return text

    for block in before:
        _changed(block, collect)
    found, encoding = converted(texts, str(path))
    if not encoding:
        return before, ""
    after = iter(found)
    return [_changed(block, lambda _: next(after)) for block in before], encoding


def _changed(block: Block, change: Callable[[str], str]) -> Block:
    match block:
        case Paragraph():
            return replace(block, text=change(block.text), path=tuple(map(change, block.path)))
        case TableBlock():
            grid = [[change(cell) for cell in row] for row in block.grid]
            return replace(block, grid=grid, path=tuple(map(change, block.path)))
        case Sheet():
            cells = {place: change(text) for place, text in block.cells.items()}
            return replace(block, name=change(block.name), cells=cells)
        case Dropped():
            return replace(block, text=change(block.text))
