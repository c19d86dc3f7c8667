"""PowerPoint (.pptx): the text of each slide under its number, tables, charts' figures, then what its speaker notes."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from partyqa.corpus.readers import Dropped, FileReader, ReadFile
from partyqa.corpus.readers.office.assembling import read_blocks
from partyqa.corpus.readers.office.blocks import Block, Paragraph, TableBlock
from partyqa.corpus.readers.office.figures import shown
from partyqa.corpus.readers.office.package import OLE, ZIP, broken, macros, opened, refuse_other

_KIND = "PowerPoint (.pptx)"
_NOTES = "Ghi chú của người trình bày"
_NUMBER = 13  # the type of placeholder that shows the number of its slide


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of a presentation; its pages are its slides."""
    refuse_other(data, path, _KIND, expected="readers.is_pptx")
    from pptx import Presentation

    package = opened(data, path, _KIND)
    try:
        slides = list(Presentation(io.BytesIO(data)).slides)
        blocks = [block for number, slide in enumerate(slides, start=1) for block in _slide(slide, number)]
    except Exception as error:  # python-pptx lets through whatever it meets
        raise broken(path, _KIND) from error
    return read_blocks([*blocks, *macros(package)], path)


def _slide(slide: Any, number: int) -> Iterator[Block]:
    yield from _shapes(slide.shapes, number)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        yield from (Paragraph(it.text.replace("\v", "\n"), number, (_NOTES,)) for it in frame.paragraphs)


def _shapes(shapes: Iterable[Any], number: int) -> Iterator[Block]:
    for shape in shapes:
        if shape.is_placeholder and int(shape.placeholder_format.type or 0) == _NUMBER:
            yield Dropped(shape.text_frame.text, "page")
            continue
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes, number)
        elif getattr(shape, "has_table", False) and shape.has_table:
            yield _table(shape.table, number)
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            yield from _chart(shape.chart, number)
        elif shape.has_text_frame:
            yield from (Paragraph(it.text.replace("\v", "\n"), number) for it in shape.text_frame.paragraphs)


def _table(table: Any, number: int) -> TableBlock:
    rows = range(len(table.rows))
    columns = range(len(table.columns))
    grid = [[table.cell(row, column).text for column in columns] for row in rows]
    for row in rows:
        for column in columns:
            cell = table.cell(row, column)
            if cell.is_merge_origin:
                for down in range(cell.span_height):
                    for across in range(cell.span_width):
                        grid[row + down][column + across] = cell.text
    return TableBlock(grid, [table.first_row and row == 0 for row in rows], number)


def _chart(chart: Any, number: int) -> Iterator[Block]:
    if chart.has_title and chart.chart_title.has_text_frame:
        yield Paragraph(chart.chart_title.text_frame.text, number)
    for plot in chart.plots:
        series = list(plot.series)
        names = [str(it) for it in plot.categories]
        rows = [
            [name, *(shown(it.values[at] if at < len(it.values) else None, "General") for it in series)]
            for at, name in enumerate(names)
        ]
        grid = [["", *(it.name for it in series)], *rows]
        yield TableBlock(grid, [True] + [False] * len(rows), number)


READER = FileReader("PowerPoint", (".pptm", ".pptx"), (ZIP, OLE), read)
