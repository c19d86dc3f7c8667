"""Word (.docx): paragraphs, tables in their places, text boxes, notes, list numbers, heads and feet of pages once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from partyqa.corpus.readers import Dropped, FileReader, ReadFile
from partyqa.corpus.readers.office.assembling import read_blocks
from partyqa.corpus.readers.office.blocks import Block, Paragraph, TableBlock
from partyqa.corpus.readers.office.markup import attribute, child, children, name_of
from partyqa.corpus.readers.office.numbering import list_numbers
from partyqa.corpus.readers.office.package import OLE, RTF, ZIP, macros, opened, refuse_other, tree_of
from partyqa.corpus.readers.office.word import WordText, notes_of
from partyqa.text.normalise import one_line

_KIND = "Word (.docx)"
_PAGE_FIELDS = ("PAGE", "NUMPAGES", "SECTIONPAGES")
_NOTE, _HEAD, _FOOT = "Chú thích", "Đầu trang", "Chân trang"


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of a Word document."""
    refuse_other(data, path, _KIND, expected="readers.is_docx")
    return read_blocks(_WordParts(data, path).blocks(), path)


class _WordParts:
    """The parts of a document that hold text."""

    def __init__(self, data: bytes, path: Path) -> None:
        self._path = path
        self._package = opened(data, path, _KIND)
        self._main = tree_of(self._package, "word/document.xml", path, _KIND)
        self._names = list(self._related())
        self._words = WordText(list_numbers(self._part("numbering"), self._part("styles")))

    def blocks(self) -> Iterator[Block]:
        """Yield the body, its notes, then what stands at the head and foot of pages, and what is left out."""
        body: list[str] = []
        for block in self._words.blocks(child(self._main, "body")):
            body += [one_line(block.text)] if isinstance(block, Paragraph) else []
            yield block
        yield from self._notes()
        yield from self._edges({*body})
        for comment in children(self._part("comments"), "comment"):
            text = " ".join(it.text for it in self._words.blocks(comment) if isinstance(it, Paragraph))
            yield Dropped(one_line(text), "comment")
        yield from macros(self._package)

    def _notes(self) -> Iterator[Block]:
        known = {kind: notes_of(self._part(f"{kind}s"), kind) for kind in ("footnote", "endnote")}
        for number, (kind, note) in enumerate(list(self._words.notes), start=1):
            if note in known[kind]:
                yield from self._words.blocks(known[kind].pop(note), (f"{_NOTE} {number}",))
        for left in known.values():
            for note in left.values():
                yield from self._words.blocks(note, (_NOTE,))

    def _edges(self, seen: set[str]) -> Iterator[Block]:
        """Yield each line of the heads and feet of pages once; numbers of pages are left out."""
        for kind, name in self._names:
            if kind not in ("header", "footer"):
                continue
            part = tree_of(self._package, name, self._path, _KIND)
            for paragraph in [it for it in part.iter() if name_of(it) == "p" and _has_page(it)]:
                if text := one_line("".join(it.text or "" for it in paragraph.iter() if name_of(it) == "t")):
                    yield Dropped(text, "page")
                paragraph.getparent().remove(paragraph)
            for block in self._words.blocks(part, (_HEAD if kind == "header" else _FOOT,)):
                if isinstance(block, TableBlock):
                    yield block
                elif isinstance(block, Paragraph) and (text := one_line(block.text)):
                    yield Dropped(text, "repeated") if text in seen else block
                    seen.add(text)
                elif isinstance(block, Dropped):
                    yield block

    def _related(self) -> Iterator[tuple[str, str]]:
        """Yield what parts the body refers to: (kind, name)."""
        if "word/_rels/document.xml.rels" not in self._package.namelist():
            return
        for link in tree_of(self._package, "word/_rels/document.xml.rels", self._path, _KIND):
            target = attribute(link, "Target")
            name = target.removeprefix("/") if target.startswith("/") else f"word/{target}"
            if attribute(link, "TargetMode") != "External" and name in self._package.namelist():
                yield attribute(link, "Type").rpartition("/")[2], name

    def _part(self, kind: str) -> Any:
        """Return the root of the part of that kind, None where there is none."""
        name = next((name for found, name in self._names if found == kind), None)
        return tree_of(self._package, name, self._path, _KIND) if name else None


def _has_page(paragraph: Any) -> bool:
    """Return whether a paragraph shows the number of its page."""
    codes = [it.text or "" for it in paragraph.iter() if name_of(it) == "instrText"]
    codes += [attribute(it, "instr") for it in paragraph.iter() if name_of(it) == "fldSimple"]
    return any(code in _PAGE_FIELDS for code in "".join(codes).upper().split())


READER = FileReader("Word", (".docx", ".docm"), (ZIP, OLE, RTF), read)
