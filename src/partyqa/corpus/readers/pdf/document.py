"""A PDF file as pages: opened, or refused in one sentence; each page's rows and tables, and what it shows beside."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from partyqa.corpus.readers.encoding import converted
from partyqa.corpus.readers.encodings.detection import encoding_of
from partyqa.corpus.readers.pdf.rows import LINE_HYPHENS, Letters, PageRow, letters_of, rows_of
from partyqa.corpus.readers.pdf.ruled import RuledTable, Ruler, is_ruled
from partyqa.errors import CorpusError

MOST_PAGES = 3000

_LEAST_PICTURE = 0.03  # of a page; a smaller one is a logo, a line, a letter
_WHOLE_PICTURE = 0.6  # of a page: a scan
_FEW_LETTERS = 100  # of a scan with a stamp of the program that made it
_INSIDE = 3  # forms within forms that are looked into
_TCVN3 = "TCVN3"
# How pdfium names codes of TCVN3 fonts: a soft hyphen at a line's end, and signs that WinAnsi has twice.
_CODES_OF_TCVN3 = str.maketrans({**dict.fromkeys(LINE_HYPHENS, "\xad"), "\u2219": "\xb7", "\u03bc": "\xb5"})
_MINUS = re.compile("\u2212(?=[^\\s\\d])|(?<=[^\\s\\d])\u2212")
_LIKE_U = str.maketrans("ƢƣƟɵ", "ƯưƠơ")


@dataclass(frozen=True, slots=True)
class SourcePage:
    """What a page of a PDF file holds: rows of text from the top down, ruled tables, and how many pictures.

    `number` counts from 1; a page that shows something and has no text of its own `is_picture`, one whose text
    lies unseen behind a scan is one too.
    """

    number: int
    height: float
    rows: tuple[PageRow, ...] = ()
    tables: tuple[RuledTable, ...] = ()
    pictures: int = 0
    is_picture: bool = False


@contextmanager
def opened(data: bytes, path: Path) -> Iterator[Any]:
    """Open a file for pypdfium2; CorpusError for one with a password, a broken one, one with no page or too many."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise CorpusError("readers.pdf_locked" if locked else "readers.pdf_broken", path=path) from error
    try:
        if not len(document):
            raise CorpusError("readers.pdf_broken", path=path)
        if len(document) > MOST_PAGES:
            raise CorpusError("readers.pdf_pages", path=path, pages=len(document), most=MOST_PAGES)
        yield document
    finally:
        document.close()


def pages_of(document: Any, data: bytes) -> Iterator[SourcePage]:
    """Yield the pages of an open file; one that pdfium cannot load is a picture, of which nothing is known."""
    import pypdfium2

    with closing(Ruler(data)) as ruler:
        for number in range(1, len(document) + 1):
            try:
                page = document[number - 1]
            except pypdfium2.PdfiumError:
                yield SourcePage(number, 0.0, is_picture=True)
                continue
            yield _page(page, number, ruler)
            page.close()


def in_unicode(pages: Sequence[SourcePage], where: str) -> tuple[list[SourcePage], str]:
    """Return the pages in Unicode, and the encoding before it that their text was in, "" for none."""
    texts = [text.translate(_LIKE_U) for page in pages for text in _texts(page)]
    if encoding_of(texts) == _TCVN3:
        texts = [_MINUS.sub("\xad", text).translate(_CODES_OF_TCVN3) for text in texts]
    lines, encoding = converted(texts, where)
    left = iter(lines)
    return [
        replace(
            page,
            rows=tuple(replace(row, text=next(left)) for row in page.rows),
            tables=tuple(
                replace(table, grid=tuple(tuple(next(left) for _ in row) for row in table.grid))
                for table in page.tables
            ),
        )
        for page in pages
    ], encoding


def _texts(page: SourcePage) -> Iterator[str]:
    yield from (row.text for row in page.rows)
    yield from (cell for table in page.tables for row in table.grid for cell in row)


def _page(page: Any, number: int, ruler: Ruler) -> SourcePage:
    letters = letters_of(page)
    count = int(letters.inked.sum())
    largest, pictures, shown, hidden = _objects(page)
    is_scan = largest > _WHOLE_PICTURE and (count < _FEW_LETTERS or hidden)
    is_picture = is_scan or (shown and not count)
    tables: list[RuledTable] = []
    if count and not is_scan and _is_upright(page, letters) and is_ruled(page):
        tables, letters = ruler.tables(letters, number)
    return SourcePage(
        number, letters.height, tuple(rows_of(letters, number)), tuple(tables), pictures, is_picture
    )


def _objects(page: Any) -> tuple[float, int, bool, bool]:
    """Return the share of a page that its largest picture takes, how many there are, and whether anything is shown.

    The last says whether most of its text is written so that nobody sees it, as behind a scan.
    """
    import pypdfium2.raw as pdfium

    left, low, right, high = page.get_bbox()
    area = max((right - left) * (high - low), 1.0)
    sizes: list[float] = []
    texts = unseen = others = 0
    for it in page.get_objects(max_depth=_INSIDE):
        others += 1
        if it.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            x0, y0, x1, y1 = it.get_bounds()
            sizes.append((x1 - x0) * (y1 - y0) / area)
        elif it.type == pdfium.FPDF_PAGEOBJ_TEXT:
            texts += 1
            mode = pdfium.FPDFTextObj_GetTextRenderMode(it.raw)
            unseen += mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
    pictures = sum(size > _LEAST_PICTURE for size in sizes)
    return max(sizes, default=0.0), pictures, others > 0, 2 * unseen > texts > 0


def _is_upright(page: Any, letters: Letters) -> bool:
    """Return whether its text stands on a page as the page is shown, which is where tables are looked for."""
    return letters.turned % 360 == int(page.get_rotation()) % 360
