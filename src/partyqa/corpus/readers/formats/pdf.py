"""PDF: text by the boxes of its letters, in the order it is read, each line with its page; scans by tesseract."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from partyqa.corpus.readers import Dropped, FileReader, ReadFile
from partyqa.corpus.readers.fields import id_of
from partyqa.corpus.readers.official import article_from
from partyqa.corpus.readers.pdf import scan
from partyqa.corpus.readers.pdf.document import SourcePage, in_unicode, opened, pages_of
from partyqa.corpus.readers.pdf.layout import in_order
from partyqa.corpus.readers.pdf.paragraphs import heading, paragraphs
from partyqa.corpus.readers.pdf.rows import PageRow
from partyqa.corpus.readers.pdf.running import running
from partyqa.corpus.readers.pdf.tabular import as_rows
from partyqa.errors import CorpusError


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of a PDF file."""
    with opened(data, path) as document:
        own = list(pages_of(document, data))
        pages, left_out = _with_scans(document, own, path)
    pages, encoding = in_unicode(pages, str(path))
    rows, through = _in_order(pages)
    lines = list(paragraphs(rows))
    left_out += [*through, *_pictures(pages)]
    one, wordless = article_from(
        lines, id_of(Path(path.name)), str(path), title=heading(rows), encoding=encoding
    )
    return ReadFile((one,), (*left_out, *wordless))


def _with_scans(
    document: Any, pages: Sequence[SourcePage], path: Path
) -> tuple[list[SourcePage], list[Dropped]]:
    """Return the pages, those that are pictures with the rows that were read in them, and what could not be read.

    CorpusError where a file holds nothing, or nothing but pictures that were not read.
    """
    if not any(page.rows or page.tables or page.is_picture for page in pages):
        raise CorpusError("readers.pdf_empty", path=path)
    numbers = [page.number for page in pages if page.is_picture]
    with_text = any((page.rows or page.tables) and not page.is_picture for page in pages)
    if not numbers:
        return list(pages), []
    if scan.program() is None:
        if not with_text and not any(page.rows for page in pages):
            raise CorpusError("readers.scan_program", path=path)
        return _doubted(pages), [Dropped(_name(number), "unrecognised") for number in numbers]
    read_in = dict(scan.recognised(document, numbers))
    if not with_text and not any(read_in.values()):
        raise CorpusError("readers.pdf_picture", path=path)
    found: list[SourcePage] = []
    left_out: list[Dropped] = []
    for page in pages:
        rows = read_in.get(page.number, [])
        if rows:
            left_out += [Dropped(row.text.strip(), "repeated") for row in page.rows]
            if (rows[0].recognised or 0.0) < scan.LOW:
                left_out.append(Dropped(_name(page.number), "doubtful"))
            page = replace(page, rows=tuple(rows), pictures=0, is_picture=False)
        found.append(page)
    return found, left_out


def _doubted(pages: Sequence[SourcePage]) -> list[SourcePage]:
    """Return the pages, what lies unseen behind a scan marked as read by a machine of which nothing is known."""
    return [
        replace(page, rows=tuple(replace(row, recognised=0.0) for row in page.rows), is_picture=False)
        if page.is_picture
        else page
        for page in pages
    ]


def _in_order(pages: Sequence[SourcePage]) -> tuple[list[PageRow], list[Dropped]]:
    """Return the rows of all pages as they are read, and what of them is no text."""
    through = running([page.rows for page in pages], [page.height for page in pages])
    rows = [row for page in pages for row in page.rows]
    if len(through) == len(rows):
        through = {}  # a lone line is text, whatever it looks like
    text = [row for row in rows if row not in through]
    found = list(as_rows([table for page in pages for table in page.tables], text))
    text += [row for row in found if isinstance(row, PageRow)]
    by_page: dict[int, list[PageRow]] = {}
    for row in text:
        by_page.setdefault(row.page, []).append(row)
    left_out = [Dropped(row.text.strip(), why) for row, why in through.items()]
    left_out += [it for it in found if isinstance(it, Dropped)]
    return [row for page in pages for row in in_order(by_page.get(page.number, []))], left_out


def _pictures(pages: Sequence[SourcePage]) -> Iterator[Dropped]:
    """Yield the pages on which something is seen that is no text."""
    for page in pages:
        if page.pictures or page.is_picture:
            yield Dropped(_name(page.number), "picture")


def _name(number: int) -> str:
    return f"trang {number}"


READER = FileReader("PDF", (".pdf",), b"%PDF-", read)
