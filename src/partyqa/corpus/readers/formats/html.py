"""HTML pages: the text by trafilatura, its furniture and credits by the rules for plain pages."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from partyqa.corpus.readers import Dropped, FileReader, Line, ReadFile, official
from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.encoding import decoded
from partyqa.corpus.readers.fields import article, id_of
from partyqa.corpus.readers.page import parse
from partyqa.corpus.readers.pages import Page
from partyqa.corpus.readers.web.blocks import WebBlock, blocks_of
from partyqa.corpus.readers.web.choice import article_of
from partyqa.corpus.readers.web.grids import set_tables
from partyqa.corpus.readers.web.marks import set_marks
from partyqa.errors import CorpusError
from partyqa.text.normalise import one_line
from partyqa.types import Article

_TAG = re.compile("(<[^>]*>)")
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
    struck = set_marks(tree)
    tables = set_tables(tree)
    blocks = blocks_of(tree, tables)
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
    around = parse(_from_title([block.text for block in blocks], title), title)
    chosen = article_of(blocks, document.body)
    rows = {block.line: block.path for block in chosen if block.is_row}
    links = frozenset(block.line for block in blocks if block.is_link)
    page = parse([block.line for block in chosen], around.title, rows, links)
    letter = official.parse([block.text for block in chosen])
    one = article(
        id_of(Path(path.name)),
        official.with_clauses(list(_placed(page.body, chosen)), parts=letter is not None),
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
    unnamed = (it for table in tables for it in table.dropped)
    return ReadFile((one,), (*page.left_out(one), *unnamed, *struck, *_outside(blocks, chosen, around, one)))


def _title(declared: str) -> tuple[str, str]:
    """Part "Pu Nhung mở lớp - Báo Tà Cóm" into title and newspaper; many a page declares the latter only."""
    *title, last = re.split(r"\s+[-–|]\s+", declared)
    return (" - ".join(title), last) if by.site(last) else (declared, "")


def _no_text(path: Path) -> CorpusError:
    return CorpusError("readers.html_no_text", path=path)


def _from_title(shown: list[str], title: str) -> list[str]:
    """Return the page from two lines above its title on: what a page gives about its article stands there."""
    at = shown.index(title) if title in shown else 0
    return shown[max(at - 2, 0) :]


def _placed(body: Sequence[str], chosen: Sequence[WebBlock]) -> Iterator[Line]:
    """Yield the lines of the article where they stand; of equal ones, one after another."""
    paths: dict[str, list[tuple[str, ...]]] = {}
    for block in reversed(chosen):
        paths.setdefault(block.line, []).append(block.path)
    for line in body:
        yield Line(line, path=paths[line].pop() if paths.get(line) else ())


def _outside(
    blocks: Sequence[WebBlock], chosen: Sequence[WebBlock], around: Page, one: Article
) -> Iterator[Dropped]:
    """Yield the lines of a page that are none of its article's, unless a field of the article holds them."""
    inside = {id(block) for block in chosen}
    why = {it.text: it.why for it in around.dropped}
    fields = Counter(it.line for it in around.credits if it.is_field_of(one))
    for block in blocks:
        if id(block) in inside:
            continue
        if fields[block.text]:
            fields[block.text] -= 1
        else:
            yield Dropped(block.line, why.get(block.text, "outside"))


def _declared(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def _person(declared: str) -> str:
    """Return the declared authors who are persons: pages declare their own name or an account there too."""
    return ", ".join(
        name for part in declared.split(";") if by.is_name(name := one_line(part)) and not by.site(name)
    )


READER = FileReader("HTML", (".htm", ".html"), None, read)
