"""Lines by what they are: running text, an item of a list, a figure."""

import re

from partyqa.corpus.readers.furniture import is_furniture, is_imprint

PARAGRAPH = 60  # characters from which a line closed like a sentence is running text
LONG = 200  # characters from which any line is

_CLOSED = re.compile(r"(?:(?<!\.)\.|[;:])[”\"’')\]]*$|\./\.$")
# A headline too may ask a question or break off; after a full stop it is a sentence that does so.
_CLOSED_AFTER_ANOTHER = re.compile(r"[.?!]\s.*(?:[?!…]|\.\.\.)[”\"’')\]]*$")
_TEASER_END = ("...", "…")
_SENTENCE_WORDS = 5
_ITEM = re.compile(r"[-–•+*] |\(?\d{1,2}[.)] |\(?[a-zđ]\) ")


def is_prose(line: str) -> bool:
    """Distinguish running text from headlines, captions and tools: long, or closed like a sentence."""
    if len(line) < PARAGRAPH or is_furniture(line) or is_imprint(line):
        return False
    return len(line) >= LONG or bool(_CLOSED.search(line) or _CLOSED_AFTER_ANOTHER.search(line))


def is_sentence(line: str) -> bool:
    """Return whether a line that is too short for a paragraph ends as a sentence does."""
    is_around = is_furniture(line) or is_imprint(line)
    return len(line.split()) >= _SENTENCE_WORDS and bool(_CLOSED.search(line)) and not is_around


def promises(line: str) -> int:
    """Return the characters of a paragraph too long to be another article's teaser."""
    return len(line) if len(line) >= LONG and is_prose(line) and not is_teaser(line) else 0


def is_teaser(line: str) -> bool:
    """Return whether a line breaks off, as the first words of another article do."""
    return line.endswith(_TEASER_END)


def is_item(line: str) -> bool:
    """Return whether a line is marked as an item of a list: "- Mở đường", "2) Dựng nhà"."""
    return _ITEM.match(line) is not None


def without_mark(line: str) -> str:
    """Return an item of a list without its bullet, any other line as it is."""
    return line[2:] if line.startswith("- ") else line


def is_figure(line: str) -> bool:
    """Return whether a line has figures and no letters: of a table laid out in lines, or a counter."""
    return not any(map(str.isalpha, line)) and any(map(str.isdigit, line))
