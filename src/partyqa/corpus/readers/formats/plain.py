"""Plain text: a document, or a page as it was copied or scraped, its furniture around it."""

from pathlib import Path

from partyqa.corpus.readers import Dropped, FileReader, Line, ReadFile, official, page
from partyqa.corpus.readers.encoding import decoded
from partyqa.corpus.readers.fields import article, id_of
from partyqa.corpus.readers.tables import set_in_text
from partyqa.corpus.readers.wrapping import unwrapped


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of a text file."""
    raw, encoding = decoded(data, path)
    text, rows, unnamed = set_in_text(raw)
    lines, numbers = unwrapped(text)
    pages = tuple(Dropped(number, "page") for number in numbers)
    if document := official.parse(lines):
        one = official.article_of(document, id_of(Path(path.name)), str(path), encoding=encoding)
        return ReadFile((one,), (*document.dropped, *unnamed, *pages))
    found = page.parse(lines, rows=rows)
    one = article(
        id_of(Path(path.name)),
        official.with_clauses(
            [
                Line(line, path=rows[line]) if rows.get(line) else line
                for line in found.body
                or filter(None, [found.title])  # a lone line is text, whatever it looks like
            ]
        ),
        str(path),
        title=found.title,
        source=found.source,
        published=found.published,
        author=found.author,
        encoding=encoding,
    )
    return ReadFile((one,), (*found.left_out(one), *unnamed, *pages))


READER = FileReader("text", (".txt",), None, read)
