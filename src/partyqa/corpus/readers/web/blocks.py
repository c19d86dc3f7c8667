"""The lines that a web page shows, in their order: paragraphs, items under their numbers, rows under their heads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from partyqa.corpus.readers.captions import caption_of
from partyqa.corpus.readers.fields import lines_of
from partyqa.corpus.readers.furniture import is_part_of_page
from partyqa.corpus.readers.pages.prose import is_item
from partyqa.corpus.readers.web.grids import TABLE, WebTable

_UNSEEN = {"script", "style", "noscript", "template", "head", "title", "svg", "object", "iframe", "math"}
_LINES = {
    *("address article aside blockquote body br button caption dd details dialog div dl dt fieldset").split(),
    *(
        "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p"
    ).split(),
    *("pre section select summary table tbody td textarea tfoot th thead tr ul").split(),
}
_OUTSIDE = {"nav", "aside", "footer", "button", "select", "option", "textarea", "dialog"}
_ROLES = {"navigation", "complementary", "contentinfo", "banner", "search", "menu", "dialog"}
_SPACE = re.compile(r"[ \t\r\n\f]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class WebBlock:
    """A line of a page: its text, the mark of the item that it begins, and what its elements say of it."""

    text: str
    mark: str = ""
    path: tuple[str, ...] = ()
    is_link: bool = False
    is_row: bool = False
    is_outside: bool = False

    @property
    def line(self) -> str:
        """The text behind its mark, which it may have itself."""
        return self.text if is_item(self.text) and is_item(self.mark) else self.mark + self.text


def blocks_of(tree: Any, tables: Sequence[WebTable]) -> list[WebBlock]:
    """Return the lines of a tree whose tables are `tables`, each line once."""
    reading = _OpenPage(tables)
    from lxml.etree import iterwalk

    walk = iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if not isinstance(element.tag, str):
            reading.add(element.tail)
        elif event == "end":
            reading.close(element)
        elif not reading.open(element):
            walk.skip_subtree()
    reading.flush()
    return reading.found


@dataclass(slots=True)
class _OpenPage:
    """The lines found so far, and what stands open while a page is read."""

    tables: Sequence[WebTable]
    found: list[WebBlock] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    linked: list[bool] = field(default_factory=list)
    lists: list[tuple[Any, int]] = field(default_factory=list)  # with the number of the last item
    mark: str = ""
    term: str = ""
    unexplained: bool = False  # nothing is said of the term so far
    links: int = 0
    outside: int = 0
    as_typed: int = 0

    def open(self, element: Any) -> bool:
        """Begin an element; return whether what it holds is read."""
        if element.tag in _LINES:
            self.flush()
        if element.tag in _UNSEEN:
            return False
        if (number := element.get(TABLE)) is not None:
            self.found += list(self._rows(self.tables[int(number)]))
            return False
        self._count(element, 1)
        if element.tag in ("ul", "ol"):
            self.lists.append((element, _start(element) - 1))
        elif element.tag == "li":
            self.mark = self._number()
        elif element.tag == "dt":
            self._leave_term()
        elif element.tag == "dd" and self.term:
            self.mark, self.unexplained = f"{self.term}: ", False
        self.add(element.text)
        return True

    def close(self, element: Any) -> None:
        """End an element, also one that was not read."""
        if element.tag in _UNSEEN or element.get(TABLE) is not None:
            self.add(element.tail)
            return
        if element.tag == "dt":
            self.term, self.unexplained = " ".join(lines_of("".join(self.pieces))).rstrip(" :"), True
            self.pieces, self.linked = [], []
        elif element.tag in _LINES:
            self.flush()
        if element.tag == "dd":
            self.unexplained = bool(self.mark)
        if element.tag == "dl":
            self._leave_term()
        if element.tag in ("ul", "ol"):
            self.lists.pop()
        if element.tag in ("li", "dd"):
            self.mark = ""
        self._count(element, -1)
        self.add(element.tail)

    def add(self, text: str | None) -> None:
        """Add a piece to the line that stands open."""
        self.pieces.append(text or "" if self.as_typed else _SPACE.sub(" ", text or ""))
        if text and any(map(str.isalnum, text)):
            self.linked.append(self.links > 0)

    def flush(self) -> None:
        """End the line that stands open."""
        is_link = bool(self.linked) and all(self.linked)
        for line in lines_of("".join(self.pieces)):
            self.found.append(WebBlock(line, self.mark, is_link=is_link, is_outside=self.outside > 0))
            self.mark = ""
        self.pieces, self.linked = [], []

    def _count(self, element: Any, step: int) -> None:
        self.links += step * (element.tag == "a")
        self.as_typed += step * (element.tag == "pre")
        self.outside += step * _is_outside(element)

    def _leave_term(self) -> None:
        if self.term and self.unexplained:
            self.found.append(WebBlock(self.term, is_outside=self.outside > 0))
        self.term, self.unexplained = "", False

    def _rows(self, table: WebTable) -> Iterator[WebBlock]:
        is_outside = self.outside > 0
        above = [block.line for block in self.found[-4:] if not block.is_row]
        name = caption_of(above, table.names)
        yield from (WebBlock(text, is_row=True, is_outside=is_outside) for text in table.names)
        for row in table.rows:
            path = tuple(filter(None, [name, *row.path]))
            yield WebBlock(row.text, path=path, is_row=True, is_outside=is_outside)

    def _number(self) -> str:
        """Return the mark of the next item of the innermost list: "- ", "3. ", "c) "."""
        if not self.lists:
            return "- "
        parent, last = self.lists.pop()
        number = last + 1
        self.lists.append((parent, number))
        kind = parent.get("type") or ""
        if parent.tag == "ul":
            return "- "
        if kind in ("a", "A") and 0 < number <= len(_LETTERS):
            letter = _LETTERS[number - 1]
            return f"{letter if kind == 'a' else letter.upper()}) "
        return f"{number}. "


def _start(element: Any) -> int:
    value = element.get("start") or "1"
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 5 else 1


def _is_outside(element: Any) -> bool:
    """Return whether a page's own structure says that an element is none of its article."""
    style = "".join((element.get("style") or "").lower().split())
    named = (word for name in ("class", "id") for word in (element.get(name) or "").split())
    return (
        element.tag in _OUTSIDE
        or element.get("role") in _ROLES
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or "display:none" in style
        or any(map(is_part_of_page, named))
    )
