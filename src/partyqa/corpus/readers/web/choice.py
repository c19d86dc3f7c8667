"""Which lines of a page are its article: trafilatura finds it, between its paragraphs nothing goes without a reason."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from partyqa.corpus.readers.pages.prose import is_item, is_prose
from partyqa.corpus.readers.web.blocks import WebBlock

_INLINE = ("hi", "ref", "del", "code")
_UNMISTAKABLE = 30  # letters: a shorter piece of the article's text may stand anywhere else on the page


def article_of(blocks: Sequence[WebBlock], body: Any) -> list[WebBlock]:
    """Return the blocks of the article whose lines are those of trafilatura's tree `body`, in the page's order.

    At the edges they are those that trafilatura found. Between its paragraphs all are the article's, but what the
    page's structure sets apart, and links; below its last one, its tables and the lists that it opens go on.
    """
    found = _found(blocks, [line for line in _lines(body) if line])
    anchors = [at for at, block in enumerate(blocks) if found[at] and is_prose(block.line)]
    first, last = (anchors[0], anchors[-1]) if anchors else (len(blocks), -1)
    kept: list[WebBlock] = []
    goes_on = False
    for at, block in enumerate(blocks):
        listed = (
            bool(kept) and is_item(block.line) and (kept[-1].line.endswith(":") or is_item(kept[-1].line))
        )
        is_free = not block.is_outside and (not block.is_link or block.is_row or (goes_on and listed))
        is_below = at > last >= 0 and goes_on and (block.is_row or listed)
        goes_on = found[at] or (is_free and (first < at < last or is_below))
        kept += [block] if goes_on else []
    return kept


def _found(blocks: Sequence[WebBlock], lines: Sequence[str]) -> list[bool]:
    """Return which blocks are among the lines of the article, first those that no element sets apart."""
    pieces = ["".join(line.split()) for line in lines]
    left, whole = Counter(pieces), "".join(pieces)
    found = [False] * len(blocks)
    for at in sorted(range(len(blocks)), key=lambda at: (blocks[at].is_outside, at)):
        text = "".join(blocks[at].text.split())
        if left[text]:
            left[text] -= 1
            found[at] = True
        elif len(text) >= _UNMISTAKABLE and text not in left:
            found[at] = text in whole
    return found


def _lines(element: Any) -> Iterator[str]:
    """Yield the lines of trafilatura's tree, one a paragraph, an item, a row."""
    line = element.text or ""
    for child in element:
        if child.tag in _INLINE:
            line += "".join(child.itertext())
        else:
            yield from line.split("\n")
            yield from _lines(child)
            line = ""
        line += child.tail or ""
    yield from line.split("\n")
