"""Excel (.xlsx, .xls): each row a line with the heads of its columns, under its sheet's name."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from partyqa.corpus.readers import Dropped, FileReader, ReadFile
from partyqa.corpus.readers.office.assembling import read_blocks
from partyqa.corpus.readers.office.blocks import Block, Sheet
from partyqa.corpus.readers.office.figures import shown
from partyqa.corpus.readers.office.package import (
    OLE,
    ZIP,
    broken,
    holds_stream,
    locked,
    macros,
    opened,
    refuse_other,
)

_NEW, _OLD = "Excel (.xlsx)", "Excel (.xls)"
_PASSWORD = ("encrypt", "password")


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of a workbook; .xls or .xlsx is what its bytes say."""
    if data.startswith(OLE) and path.suffix.lower() == ".xls":
        refuse_other(data, path, _OLD, expected="readers.is_excel_97")
        return read_blocks(_old(data, path), path)
    refuse_other(data, path, _NEW, expected="readers.is_xlsx")
    return read_blocks(_new(data, path), path)


def _new(data: bytes, path: Path) -> Iterator[Block]:
    from openpyxl import load_workbook

    package = opened(data, path, _NEW)
    try:
        with warnings.catch_warnings(action="ignore"):  # of styles, pictures, checks of input
            values = load_workbook(io.BytesIO(data), data_only=True)
            formulas = load_workbook(io.BytesIO(data)) if _has_formulas(package) else values
    except Exception as error:  # openpyxl lets through whatever it meets
        raise broken(path, _NEW) from error
    for sheet in values.worksheets:
        cells = {(row - 1, column - 1): cell for (row, column), cell in sheet._cells.items()}
        texts = {place: shown(cell.value, cell.number_format) for place, cell in cells.items()}
        if sheet.sheet_state == "visible":
            areas = [
                (it.min_row - 1, it.max_row, it.min_col - 1, it.max_col) for it in sheet.merged_cells.ranges
            ]
            yield Sheet(sheet.title, texts, areas)
        else:
            yield from (Dropped(f"{sheet.title}: {text}", "hidden") for text in texts.values() if text)
        for (row, column), cell in formulas[sheet.title]._cells.items():
            if cell.data_type == "f" and not texts.get((row - 1, column - 1)):
                yield Dropped(f"{sheet.title}!{cell.coordinate}: {_formula(cell.value)}", "formula")
            if cell.comment is not None:
                yield Dropped(cell.comment.text, "comment")
    yield from macros(package)


def _has_formulas(package: zipfile.ZipFile) -> bool:
    names = [name for name in package.namelist() if name.startswith(("xl/worksheets/", "xl/comments"))]
    return any(b"<f" in package.read(name) or "comments" in name for name in names)


def _formula(value: Any) -> str:
    return str(getattr(value, "text", value))


def _old(data: bytes, path: Path) -> Iterator[Block]:
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except Exception as error:  # xlrd lets through whatever it meets
        raise (
            locked(path) if any(word in str(error).lower() for word in _PASSWORD) else broken(path, _OLD)
        ) from error
    for sheet in book.sheets():
        texts = {
            (row, column): text
            for row in range(sheet.nrows)
            for column in range(sheet.row_len(row))
            if (text := _old_cell(book, sheet.cell(row, column)))
        }
        if sheet.visibility:
            yield from (Dropped(f"{sheet.name}: {text}", "hidden") for text in texts.values())
        else:
            yield Sheet(sheet.name, texts, sheet.merged_cells)
        yield from (Dropped(note.text, "comment") for note in sheet.cell_note_map.values())
    if holds_stream(data, "_VBA_PROJECT"):
        yield Dropped("VBA", "macro")


def _old_cell(book: Any, cell: Any) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return shown(bool(cell.value), "")
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    if cell.ctype not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return ""
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return shown(xlrd.xldate_as_datetime(cell.value, book.datemode), "")
        except (ValueError, OverflowError, xlrd.XLDateError):
            return shown(cell.value, "General")
    code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    return shown(cell.value, code)


READER = FileReader("Excel", (".xls", ".xlsm", ".xlsx"), (ZIP, OLE), read)
