"""The body of a Word document as blocks: accepted text, tables in their places, list numbers as they are shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers.office.blocks import Block, Paragraph, TableBlock
from partyqa.corpus.readers.office.markup import attribute, child, children, is_on, name_of, value
from partyqa.corpus.readers.office.numbering import ListNumbers
from partyqa.text.normalise import one_line

_GONE = ("del", "moveFrom")
_WRAPPERS = (
    "sdt",
    "sdtContent",
    "ins",
    "moveTo",
    "smartTag",
    "customXml",
    "body",
    "hdr",
    "ftr",
    "Choice",
    "Fallback",
)
_SIGNS: Mapping[str, str] = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SILENT = (
    "instrText",
    "delInstrText",
    "softHyphen",
    "pPr",
    "rPr",
    "rt",
    "fldData",
    "binData",
    "sdtPr",
    "sdtEndPr",
)
_MOST_SPANNED = 200  # columns


@dataclass(slots=True)
class WordText:
    """Walks through a part of a document; the notes that it refers to, in their order, are `notes`."""

    numbers: ListNumbers
    notes: list[tuple[str, str]] = field(default_factory=list)  # (footnote or endnote, id)
    _held: str = ""  # of a paragraph whose end was deleted

    def blocks(self, parent: Any, path: tuple[str, ...] = ()) -> Iterator[Block]:
        """Yield the paragraphs and tables below an element, in order, and what of them is left out."""
        for element in parent:
            name = name_of(element)
            if name == "p":
                yield from self._paragraph(element, path)
            elif name == "tbl":
                yield from self._table(element, path)
            elif name in _GONE:
                yield Dropped(one_line(_raw(element)), "deleted")
            elif name == "AlternateContent":
                yield from self.blocks(_shown_of(element), path)
            elif name in _WRAPPERS:
                yield from self.blocks(element, path)

    def _paragraph(self, element: Any, path: tuple[str, ...]) -> Iterator[Block]:
        boxes: list[Any] = []
        dropped: list[Dropped] = []
        text = "".join(self._inline(element, boxes, dropped))
        if next(children(child(child(element, "pPr"), "rPr"), *_GONE), None) is not None:
            self._held += text
        else:
            number = self.numbers.of(element)
            text, self._held = self._held + text, ""
            yield Paragraph(f"{number} {text.lstrip()}" if number and text.strip() else text, path=path)
        yield from dropped
        for box in boxes:
            yield from self.blocks(box, path)

    def _inline(self, parent: Any, boxes: list[Any], dropped: list[Dropped]) -> Iterator[str]:
        for element in parent:
            name = name_of(element)
            if (text := _written(element, name)) is not None:
                yield text
            elif name in _GONE:
                dropped.append(Dropped(one_line(_raw(element)), "deleted"))
            elif name == "r" and is_on(child(child(element, "rPr"), "vanish")):
                dropped.append(Dropped(one_line(_raw(element)), "hidden"))
            elif name in ("footnoteReference", "endnoteReference"):
                self.notes.append((name.removesuffix("Reference"), attribute(element, "id")))
            elif name == "txbxContent":
                boxes.append(element)
            elif name == "AlternateContent":
                yield from self._inline(_shown_of(element), boxes, dropped)
            elif name and name not in _SILENT:
                yield from self._inline(element, boxes, dropped)

    def _table(self, element: Any, path: tuple[str, ...]) -> Iterator[Block]:
        grid: list[list[str]] = []
        marked: list[bool] = []
        inner: list[tuple[str, list[Block]]] = []
        dropped: list[Block] = []
        for row in _rows(element):
            properties = child(row, "trPr")
            if child(properties, "del") is not None:
                dropped.append(Dropped(one_line(_raw(row)), "deleted"))
                continue
            cells = self._row(row, grid[-1] if grid else [], path, inner, dropped)
            marked.append(is_on(child(properties, "tblHeader")))
            grid.append(cells)
        width = max(map(len, grid), default=0)
        grid = [row + [""] * (width - len(row)) for row in grid]
        yield TableBlock(grid, marked, path=path)
        yield from dropped
        for first, nested in inner:
            for block in nested:
                yield _below(block, first if width > 1 and len(grid) > 1 else "")

    def _row(
        self,
        row: Any,
        above: list[str],
        path: tuple[str, ...],
        inner: list[tuple[str, list[Block]]],
        dropped: list[Block],
    ) -> list[str]:
        cells = [""] * _count(value(child(child(row, "trPr"), "gridBefore")), 0)
        for cell in _cells(row):
            properties = child(cell, "tcPr")
            merged = child(properties, "vMerge")
            blocks = list(self.blocks(cell, path))
            text = "\n".join(it.text for it in blocks if isinstance(it, Paragraph) and it.text.strip())
            if merged is not None and value(merged) != "restart" and not text:
                text = above[len(cells)] if len(cells) < len(above) else ""
            dropped += [it for it in blocks if isinstance(it, Dropped)]
            cells += [text] * max(_count(value(child(properties, "gridSpan")), 1), 1)
            if nested := [it for it in blocks if isinstance(it, TableBlock)]:
                inner.append((one_line(cells[0]), [*nested]))
        return cells


def _below(block: Block, first: str) -> Block:
    """Return a nested table with the first cell of its row in its path."""
    if isinstance(block, TableBlock) and first:
        return TableBlock(block.grid, block.marked, block.page, (*block.path, first))
    return block


def _rows(element: Any) -> Iterator[Any]:
    for it in element:
        if name_of(it) == "tr":
            yield it
        elif name_of(it) in _WRAPPERS:
            yield from _rows(it)


def _cells(row: Any) -> Iterator[Any]:
    for it in row:
        if name_of(it) == "tc":
            yield it
        elif name_of(it) in _WRAPPERS:
            yield from _cells(it)


def _shown_of(alternatives: Any) -> Any:
    """Return the choice that a reader of this file shows, the fallback where that holds no text."""
    choice = child(alternatives, "Choice")
    fallback = child(alternatives, "Fallback")
    if choice is None or (fallback is not None and not _raw(choice).strip()):
        return fallback if fallback is not None else ()
    return choice


def _raw(element: Any) -> str:
    """Return all text below an element, deleted or not."""
    parts = (
        "\n" if name_of(it) in ("p", "br") else it.text or ""
        for it in element.iter()
        if name_of(it) in ("t", "delText", "p", "br")
    )
    return "".join(parts)


def _written(element: Any, name: str) -> str | None:
    """Return what an element without others in it shows, None for others."""
    if name == "t":
        return element.text or ""
    if name == "sym":
        return _symbol(attribute(element, "char"))
    if name in _SIGNS:
        return _SIGNS[name] if attribute(element, "type") not in ("page", "column") else " "
    return None


def _symbol(code: str) -> str:
    """Return a symbol's sign; those of a font's own (U+F000 and above) say nothing without it."""
    number = int(code, 16) if code and all(it in "0123456789abcdefABCDEF" for it in code) else 0
    return chr(number) if 0x20 < number < 0xD800 else " "


def _count(text: str, otherwise: int) -> int:
    return min(int(text), _MOST_SPANNED) if text.isascii() and text.isdecimal() else otherwise


def notes_of(part: Any, kind: str) -> dict[str, Any]:
    """Return the notes of a part by their ids, without the rules that part them from the page."""
    return {attribute(it, "id"): it for it in children(part, kind) if attribute(it, "type") in ("", "normal")}
