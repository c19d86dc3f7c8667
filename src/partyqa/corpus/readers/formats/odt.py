"""OpenDocument text (.odt): its content.xml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from partyqa.corpus.readers import Dropped, FileReader, ReadFile
from partyqa.corpus.readers.office.assembling import read_blocks
from partyqa.corpus.readers.office.blocks import Block, Paragraph, TableBlock
from partyqa.corpus.readers.office.markup import attribute, child, children, name_of
from partyqa.corpus.readers.office.numbering import written_number
from partyqa.corpus.readers.office.package import OLE, ZIP, locked, macros, opened, refuse_other, tree_of
from partyqa.text.normalise import one_line

_KIND = "OpenDocument (.odt)"
_NOTE, _HEAD, _FOOT = "Chú thích", "Đầu trang", "Chân trang"
_SIGNS = {"tab": " ", "line-break": "\n", "soft-page-break": ""}
_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_MOST_REPEATED = 200


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of an OpenDocument text."""
    refuse_other(data, path, _KIND, expected="readers.is_odt")
    package = opened(data, path, _KIND)
    if "META-INF/manifest.xml" in package.namelist() and b"encryption-data" in package.read(
        "META-INF/manifest.xml"
    ):
        raise locked(path)
    content = tree_of(package, "content.xml", path, _KIND)
    styles = tree_of(package, "styles.xml", path, _KIND) if "styles.xml" in package.namelist() else None
    words = _OdtText(content, styles)
    return read_blocks([*words.document(), *macros(package)], path)


class _OdtText:
    """Walks through the text; notes are held until its end."""

    def __init__(self, content: Any, styles: Any) -> None:
        self._content, self._styles = content, styles
        self._lists = {
            attribute(it, "name"): it
            for root in (content, styles)
            if root is not None
            for it in root.iter("{*}list-style")
        }
        self._notes: list[Any] = []
        self._counters: dict[tuple[str, int], int] = {}

    def document(self) -> Iterator[Block]:
        for body in self._content.iterfind("./{*}body/{*}text"):
            yield from self._blocks(body, ())
        for number, note in enumerate(self._notes, start=1):
            yield from self._blocks(child(note, "note-body"), (f"{_NOTE} {number}",))
        yield from self._edges()

    def _edges(self) -> Iterator[Block]:
        seen: set[str] = set()
        for edge in self._styles.iter("{*}header", "{*}footer") if self._styles is not None else ():
            for block in self._blocks(edge, (_HEAD if name_of(edge) == "header" else _FOOT,)):
                if not isinstance(block, Paragraph):
                    yield block
                elif (text := one_line(block.text)) and text not in seen:
                    seen.add(text)
                    is_page = any(True for _ in edge.iter("{*}page-number"))
                    yield Dropped(text, "page") if is_page else block

    def _blocks(self, parent: Any, path: tuple[str, ...]) -> Iterator[Block]:
        for element in parent:
            match name_of(element):
                case "p" | "h":
                    yield from self._paragraph(element, path)
                case "list":
                    yield from self._list(element, path, attribute(element, "style-name"), 1)
                case "table":
                    yield from self._table(element, path)
                case "tracked-changes":
                    for gone in element.iter("{*}deletion"):
                        text = " ".join("".join(it.itertext()) for it in gone.iter("{*}p", "{*}h"))
                        yield Dropped(one_line(text), "deleted")
                case "" | "sequence-decls" | "forms" | "table-column" | "table-columns":
                    pass
                case _:
                    yield from self._blocks(element, path)

    def _paragraph(self, element: Any, path: tuple[str, ...], number: str = "") -> Iterator[Block]:
        boxes: list[Any] = []
        dropped: list[Dropped] = []
        text = "".join(self._inline(element, boxes, dropped))
        yield Paragraph(f"{number} {text.lstrip()}" if number and text.strip() else text, path=path)
        yield from dropped
        for box in boxes:
            yield from self._blocks(box, path)

    def _inline(self, element: Any, boxes: list[Any], dropped: list[Dropped]) -> Iterator[str]:
        yield element.text or ""
        for it in element:
            name = name_of(it)
            if name == "note":
                self._notes.append(it)
            elif name == "s":
                count = attribute(it, "c")
                yield " " * min(int(count) if count.isdecimal() else 1, _MOST_REPEATED)
            elif name in _SIGNS:
                yield _SIGNS[name]
            elif name == "annotation":
                dropped.append(Dropped(one_line(" ".join(it.itertext())), "comment"))
            elif name == "text-box":
                boxes.append(it)
            elif name == "hidden-text":
                dropped.append(Dropped(one_line(attribute(it, "string-value")), "hidden"))
            elif name and name not in ("title", "desc"):
                yield from self._inline(it, boxes, dropped)
            yield it.tail or ""

    def _list(self, element: Any, path: tuple[str, ...], style: str, level: int) -> Iterator[Block]:
        style = attribute(element, "style-name") or style
        if attribute(element, "continue-numbering") != "true":
            self._counters.pop((style, level), None)
        for item in children(element, "list-item", "list-header"):
            number = self._number(style, level, item) if name_of(item) == "list-item" else ""
            for it in item:
                if name_of(it) == "list":
                    yield from self._list(it, path, style, level + 1)
                elif name_of(it) in ("p", "h"):
                    yield from self._paragraph(it, path, number)
                    number = ""

    def _number(self, style: str, level: int, item: Any) -> str:
        form = next((it for it in self._lists.get(style, ()) if attribute(it, "level") == str(level)), None)
        if form is None or name_of(form) != "list-level-style-number":
            return "-"
        start = attribute(item, "start-value") or attribute(form, "start-value")
        first = int(start) if start.isdecimal() else 1
        count = self._counters.get((style, level), first - 1) + 1
        self._counters[style, level] = count
        shown = int(attribute(form, "display-levels") or "1")
        numbers = [
            written_number(self._counters.get((style, at), 1), self._form(style, at))
            for at in range(max(level - shown + 1, 1), level + 1)
        ]
        if not attribute(form, "num-format"):
            return ""
        return f"{attribute(form, 'num-prefix')}{'.'.join(numbers)}{attribute(form, 'num-suffix')}"

    def _form(self, style: str, level: int) -> str:
        found = next((it for it in self._lists.get(style, ()) if attribute(it, "level") == str(level)), None)
        return _FORMS.get(attribute(found, "num-format"), "decimal")

    def _table(self, element: Any, path: tuple[str, ...]) -> Iterator[Block]:
        filled: dict[tuple[int, int], str] = {}
        marked: list[bool] = []
        others: list[Block] = []
        for row in element.iter("{*}table-row"):
            if next(row.iterancestors("{*}table")) is not element:
                continue
            at, column = len(marked), 0
            marked.append(name_of(row.getparent()) == "table-header-rows")
            for cell in children(row, "table-cell", "covered-table-cell"):
                blocks = list(self._blocks(cell, path))
                text = "\n".join(it.text for it in blocks if isinstance(it, Paragraph) and it.text.strip())
                others += [it for it in blocks if not isinstance(it, Paragraph)]
                down, across = _times(cell, "number-rows-spanned"), _times(cell, "number-columns-spanned")
                for _ in range(_times(cell, "number-columns-repeated")):
                    if text or (at, column) not in filled:
                        filled |= {(at + i, column + j): text for i in range(down) for j in range(across)}
                    column += 1
        width = max((column for _, column in filled), default=-1) + 1
        grid = [[filled.get((at, column), "") for column in range(width)] for at in range(len(marked))]
        yield TableBlock(grid, marked, path=path)
        yield from others


def _times(cell: Any, name: str) -> int:
    count = attribute(cell, name)
    return min(max(int(count), 1), _MOST_REPEATED) if count.isdecimal() else 1


READER = FileReader("OpenDocument", (".odt",), (ZIP, OLE), read)
