"""Documents of the Party and the State, read from their layout: what their head says, who signs, their clauses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from partyqa.corpus.readers import Dropped, Line
from partyqa.corpus.readers.fields import article
from partyqa.corpus.readers.official.clauses import with_clauses
from partyqa.corpus.readers.official.head import opens_document, read_head
from partyqa.corpus.readers.official.signing import signatory
from partyqa.corpus.readers.official.title import text_of
from partyqa.types import Article

__all__ = ["Official", "article_from", "article_of", "parse", "with_clauses"]


@dataclass(frozen=True, slots=True)
class Official:
    """A document of the Party or the State; what it does not give is "" or None.

    `lines` are its body in order, each clause with its path; the letterhead stays in it. `source` is the body that
    issued it, `author` who signed it. Each line is in `lines`, in `title`, or dropped.
    """

    lines: tuple[str | Line, ...]
    title: str = ""
    number: str = ""
    published: date | None = None
    source: str = ""
    author: str = ""
    dropped: tuple[Dropped, ...] = ()


def parse(lines: Sequence[str | Line]) -> Official | None:
    """Return the document that lines (normalised, none empty) are, None for anything else."""
    texts = [text_of(line) for line in lines]
    if not opens_document(texts):
        return None
    head = read_head(texts)
    if head is None:
        return None
    rest = [line for at, line in enumerate(lines) if at not in head.titled]
    kept = [line for line in rest if any(map(str.isalnum, text_of(line)))]
    return Official(
        lines=tuple(with_clauses(kept, parts=True)),
        title=head.title,
        number=head.number,
        published=head.published,
        source=head.source,
        author=signatory([text_of(line) for line in kept]),
        dropped=tuple(
            Dropped(text_of(line), "wordless") for line in rest if not any(map(str.isalnum, text_of(line)))
        ),
    )


def article_of(document: Official, article_id: str, where: str, *, encoding: str = "") -> Article:
    """Return the article of a document; one that is nothing but its title keeps that as text."""
    return article(
        article_id,
        document.lines or [document.title],
        where,
        title=document.title,
        source=document.source,
        published=document.published,
        author=document.author,
        number=document.number,
        encoding=encoding,
    )


def article_from(
    lines: Sequence[str | Line], article_id: str, where: str, *, title: str = "", encoding: str = ""
) -> tuple[Article, tuple[Dropped, ...]]:
    """Return the article of a file's lines, as a document where they are one, and what of them it leaves out.

    Sheets and slides, most of whose lines stand somewhere already, are none.
    """
    placed = sum(isinstance(line, Line) and bool(line.path) for line in lines)
    if 2 * placed > len(lines):
        return article(article_id, lines, where, title=title, encoding=encoding), ()
    if document := parse(lines):
        return article_of(document, article_id, where, encoding=encoding), document.dropped
    return article(article_id, with_clauses(lines), where, title=title, encoding=encoding), ()
