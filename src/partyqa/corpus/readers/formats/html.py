"""HTML pages: the text by trafilatura, its furniture and credits by the rules for plain pages."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from partyqa.corpus.readers import Dropped, FileReader, ReadFile, official
from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.encoding import decoded
from partyqa.corpus.readers.fields import article, id_of, lines_of
from partyqa.corpus.readers.page import parse
from partyqa.corpus.readers.pages import Page
from partyqa.corpus.readers.tables import set_as_lines
from partyqa.errors import CorpusError
from partyqa.text.normalise import one_line
from partyqa.types import Article

_TAG = re.compile("(<[^>]*>)")
_CAPTIONS = "//figcaption | //*[contains(translate(@class, 'C', 'c'), 'caption')][not(.//p or .//div)]"
_TEXT_NODES = "//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]"
# Only what the page declares: the extensive search would take the year of a copyright line for a date.
_DECLARED_DATES = {"extensive_search": False, "original_date": True}


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of a web page; what its text shows goes before what its header declares."""
    # Here, not above: it takes a quarter of a second that a question over a built index should not wait.
    from trafilatura import bare_extraction, load_html
    from trafilatura.settings import Document

    text, encoding = decoded(data, path, _TAG)
    tree = load_html(text)
    if tree is None:
        raise _no_text(path)
    _keep_captions(tree)
    rows, unnamed = set_as_lines(tree)
    _open_layout_tables(tree)
    shown = lines_of("\n".join(tree.xpath(_TEXT_NODES)))
    links = frozenset(one_line(link.text_content()) for link in tree.iter("a"))
    document = bare_extraction(
        tree,
        favor_recall=True,
        include_comments=False,
        date_extraction_params=_DECLARED_DATES,
        with_metadata=True,
    )
    if not isinstance(document, Document):
        raise _no_text(path)
    title, owner = _title(one_line(document.title or ""))
    around = parse(_from_title(shown, title), title)
    extracted = [
        (line, mark * (not at))
        for mark, text in _lines(document.body)
        for at, line in enumerate(lines_of(text))
    ]
    page = parse([mark + line for line, mark in extracted], around.title, rows, links)
    letter = official.parse([line for line, _ in extracted])
    one = article(
        id_of(Path(path.name)),
        official.with_clauses(page.body, parts=letter is not None),
        str(path),
        title=page.title,
        source=(letter.source if letter else "")
        or page.source
        or one_line(document.sitename or "")
        or owner
        or around.source,
        url=document.url or "",
        published=(letter.published if letter else None)
        or around.published
        or page.published
        or _declared(document.date),
        author=(letter.author if letter else "")
        or page.author
        or around.author
        or _person(document.author or ""),
        number=letter.number if letter else "",
        encoding=encoding,
    )
    return ReadFile(
        (one,),
        (*page.left_out(one), *unnamed, *_outside(shown, [line for line, _ in extracted], around, one)),
    )


def _title(declared: str) -> tuple[str, str]:
    """Part "Pu Nhung mở lớp - Báo Tà Cóm" into title and newspaper; many a page declares the latter only."""
    *title, last = re.split(r"\s+[-–|]\s+", declared)
    return (" - ".join(title), last) if by.site(last) else (declared, "")


def _no_text(path: Path) -> CorpusError:
    return CorpusError("readers.html_no_text", path=path)


def _keep_captions(tree: Any) -> None:
    """Make paragraphs of photo captions: trafilatura throws figures away with all that is in them."""
    for caption in tree.xpath(_CAPTIONS):
        caption.tag = "p"
        caption.attrib.clear()
    for figure in tree.xpath("//figure"):
        figure.tag = "div"
        figure.attrib.clear()


def _open_layout_tables(tree: Any) -> None:
    """Make divisions of tables that lay out a page: what they hold is paragraphs and tables, not data."""
    for table in tree.xpath("//table[.//td//p or .//td//div or .//td//table or .//td//h1 or .//td//h2]"):
        for part in (table, *table.xpath("./tbody | ./tr | ./tbody/tr | ./tr/td | ./tbody/tr/td")):
            part.tag = "div"


def _lines(element: Any, mark: str = "") -> Iterator[tuple[str, str]]:
    """Yield the lines of trafilatura's tree, each with its mark: one a paragraph, a list item, a row of a table."""
    if element.tag == "row":
        cells = (one_line("".join(cell.itertext())) for cell in element.iter("cell"))
        yield "", "; ".join(filter(None, cells))
        return
    line = element.text or ""
    number = 0
    for child in element:
        if child.tag in ("hi", "ref", "del", "code"):
            line += "".join(child.itertext())
        else:
            if line.strip():
                yield mark, line
                mark = ""
            number += child.tag == "item"
            ordered = element.get("rend") == "ol"
            item = (f"{number}. " if ordered else "- ") if child.tag == "item" else mark
            yield from _lines(child, item)
            mark, line = "", ""
        line += child.tail or ""
    yield mark, line


def _from_title(shown: list[str], title: str) -> list[str]:
    """Return the page from two lines above its title on: what a page gives about its article stands there."""
    at = shown.index(title) if title in shown else 0
    return shown[max(at - 2, 0) :]


def _outside(shown: Sequence[str], extracted: Sequence[str], around: Page, one: Article) -> Iterator[Dropped]:
    """Yield what a page shows and trafilatura leaves out, unless a field of the article holds it."""
    why = {it.text: it.why for it in around.dropped}
    fields = Counter(it.line for it in around.credits if it.is_field_of(one))
    for line in _unmatched(shown, extracted):
        if fields[line]:
            fields[line] -= 1
        else:
            yield Dropped(line, why.get(line, "outside"))


def _unmatched(shown: Sequence[str], extracted: Sequence[str]) -> Iterator[str]:
    """Yield the pieces of `shown` that the extracted lines are not made of.

    A line is a run of pieces, one where no emphasis or link parts it, but for the rows of tables, which name their
    columns: the pieces that are in no run may be in these.
    """
    pieces = ["".join(piece.split()) for piece in shown]
    left = Counter("".join(line.split()) for line in extracted)
    single: list[int] = []
    at = 0
    while at < len(pieces):
        length = _run(pieces, at, left)
        single += [] if length else [at]
        at += length or 1
    rows = "\n".join(left.elements())
    yield from (shown[i] for i in single if pieces[i] not in rows)


def _run(pieces: Sequence[str], at: int, left: Counter[str]) -> int:
    """Return how many pieces from `at` on make up one of the lines `left`, which is taken away; else 0."""
    for line in [pieces[at]] if pieces[at] in left else [it for it in left if it.startswith(pieces[at])]:
        rest, end = line, at
        while rest and end < len(pieces) and rest.startswith(pieces[end]):
            rest, end = rest[len(pieces[end]) :], end + 1
        if not rest:
            left -= Counter([line])
            return end - at
    return 0


def _declared(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def _person(declared: str) -> str:
    """Return the declared authors who are persons: pages declare their own name or an account there too."""
    return ", ".join(
        name for part in declared.split(";") if by.is_name(name := one_line(part)) and not by.site(name)
    )


READER = FileReader("HTML", (".htm", ".html"), None, read)
