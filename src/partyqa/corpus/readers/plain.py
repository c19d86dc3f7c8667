"""Plain text: a document, or a page as it was copied or scraped, its furniture around it."""

import re
from itertools import pairwise
from pathlib import Path

from partyqa.corpus.readers import FileReader, ReadFile, letterhead, page
from partyqa.corpus.readers.encoding import decode
from partyqa.corpus.readers.fields import article, id_of, lines_of
from partyqa.text.normalise import normalise

WRAP_WIDTH = 130  # a paragraph of an article stands on a line longer than any fixed width

_BLANK_LINE = re.compile(r"\n\s*\n")
_CLOSED = (".", ":", ";", "!", "?", "…", "”", '"')


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of a text file."""
    blocks = [lines_of(block) for block in _BLANK_LINE.split(normalise(decode(data, path)))]
    lines = [line for block in unwrapped(blocks) for line in block]
    found = letterhead.parse(lines) or page.parse(lines)
    one = article(
        id_of(Path(path.name)),
        list(found.body or filter(None, [found.title])),  # a lone line is text, whatever it looks like
        str(path),
        title=found.title,
        source=found.source,
        published=found.published,
        author=found.author,
    )
    return ReadFile((one,), found.left_out(one))


def unwrapped(blocks: list[list[str]]) -> list[list[str]]:
    """Join the lines of a text that was broken at a fixed width, as pdftotext does; other texts stay.

    Broken text gives itself away: no line is long, and a fifth or more of the lines left open go on in lower
    case. Nothing is joined across a blank line or after the end of a sentence.
    """
    width = max((len(line) for block in blocks for line in block), default=0)
    opened = [(a, b) for block in blocks for a, b in pairwise(block) if not _closed(a)]
    going_on = sum(b[0].islower() for _, b in opened)
    if width > WRAP_WIDTH or going_on < 2 or 5 * going_on < len(opened):
        return blocks
    return [_joined(block, width) for block in blocks]


def _joined(block: list[str], width: int) -> list[str]:
    joined: list[str] = []
    last = ""
    for line in block:
        if last and not _closed(last) and (line[0].islower() or len(last) >= 0.75 * width):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
        last = line
    return joined


def _closed(line: str) -> bool:
    return line.endswith(_CLOSED) or "   " in line or not any(map(str.isalnum, line))


READER = FileReader("text", (".txt",), None, read)
