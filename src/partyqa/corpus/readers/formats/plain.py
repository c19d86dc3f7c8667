"""Plain text: a document, or a page as it was copied or scraped, its furniture around it."""

from pathlib import Path

from partyqa.corpus.readers import Dropped, FileReader, ReadFile, letterhead, page
from partyqa.corpus.readers.encoding import decoded
from partyqa.corpus.readers.fields import article, id_of
from partyqa.corpus.readers.tables import set_in_text
from partyqa.corpus.readers.wrapping import unwrapped


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of a text file."""
    raw, encoding = decoded(data, path)
    text, rows, unnamed = set_in_text(raw)
    lines, numbers = unwrapped(text)
    found = letterhead.parse(lines) or page.parse(lines, rows=rows)
    one = article(
        id_of(Path(path.name)),
        list(found.body or filter(None, [found.title])),  # a lone line is text, whatever it looks like
        str(path),
        title=found.title,
        source=found.source,
        published=found.published,
        author=found.author,
        encoding=encoding,
    )
    pages = (Dropped(number, "page") for number in numbers)
    return ReadFile((one,), (*found.left_out(one), *unnamed, *pages))


READER = FileReader("text", (".txt",), None, read)
