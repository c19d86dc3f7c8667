"""Rich text (.rtf) as blocks: letters of any code page, tables, notes, what was deleted or hidden."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers.office.blocks import Block, Paragraph, TableBlock
from partyqa.corpus.readers.office.package import broken
from partyqa.text.normalise import one_line

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
# Groups whose text is no text of the document; those that begin with \* are left out as well.
_ASIDE = frozenset(
    "fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl generator info pict object fldinst "
    "themedata datastore latentstyles xmlnstbl filetbl template bkmkstart bkmkend pntext pn objdata nonshppict "
    "ftnsep ftnsepc aftnsep aftnsepc ftncn aftncn listpicture mmathPr private".split()
)
_SHOWN_ASIDE = frozenset(["shptxt", "shpinst", "shprslt"])  # begin with \*, yet hold what is shown
_PLACES = {
    "footnote": "Chú thích",
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "Đầu trang"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "Chân trang"),
}
_SIGNS = {
    "tab": " ", "line": "\n", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "endash": "–", "emdash": "—", "emspace": " ", "enspace": " ", "qmspace": " ", "page": "\n", "sect": "\n",
}  # fmt: skip
_CHARSETS = {0: "cp1252", 2: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5",
             161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
             204: "cp1251", 222: "cp874", 238: "cp1250"}  # fmt: skip
_BYTES = ("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874")
_MAC = 10000  # the code page of the Macintosh
_MOST_DEPTH = 500


@dataclass(frozen=True, slots=True)
class _State:
    place: str = ""  # "" is the body, "-" nowhere
    font: int | None = None
    skip: int = 1  # letters behind \u that stand in for it
    is_deleted: bool = False
    is_hidden: bool = False


@dataclass(slots=True)
class _Writer:
    """Collects the letters of one place into paragraphs, cells and rows."""

    path: tuple[str, ...] = ()
    blocks: list[Block] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    in_table: bool = False

    def paragraph(self) -> None:
        text = "".join(self.text)
        self.text.clear()
        if self.in_table:
            self.cell.append(text)
            return
        self.end_table()
        self.blocks.append(Paragraph(text, path=self.path))

    def end_cell(self) -> None:
        self.row.append("\n".join(it for it in [*self.cell, "".join(self.text)] if it.strip()))
        self.cell.clear()
        self.text.clear()

    def end_row(self) -> None:
        self.rows += [list(self.row)] if self.row else []
        self.row.clear()

    def end_table(self) -> None:
        self.end_row()
        width = max(map(len, self.rows), default=0)
        if self.rows:
            grid = [row * width if len(row) == 1 else row + [""] * (width - len(row)) for row in self.rows]
            self.blocks.append(TableBlock(grid, path=self.path))
        self.rows = []

    def end(self) -> None:
        if self.cell or "".join(self.text).strip():
            self.in_table = False
            self.text[:0] = ["\n".join([*self.cell, ""])] if self.cell else []
            self.cell.clear()
            self.paragraph()
        self.end_table()


def rtf_blocks(data: bytes, path: Path) -> Iterator[Block]:
    """Yield the blocks of the body, then of its notes, heads and feet; CorpusError where groups do not close."""
    walk = _Walk()
    for match in _TOKEN.finditer(data):
        walk.take(match)
        if len(walk.stack) > _MOST_DEPTH:
            raise broken(path, "RTF")
        if walk.is_over:
            break
    if not walk.is_over:
        raise broken(path, "RTF")
    yield from _once(walk.finished())
    yield from (Dropped(one_line(text), "deleted") for text in walk.deleted)
    yield from (Dropped(one_line(text), "hidden") for text in walk.hidden)


def _once(writers: Iterable[_Writer]) -> Iterator[Block]:
    """Yield all blocks, those at the head and foot of pages once."""
    seen: set[str] = set()
    for writer in writers:
        for block in writer.blocks:
            at_edge = writer.path and not writer.path[0].startswith(_PLACES["footnote"])
            if at_edge and isinstance(block, Paragraph):
                text = one_line(block.text)
                if text in seen:
                    yield Dropped(text, "repeated")
                    continue
                seen.add(text)
            yield block


def decoded(data: bytes, page: str) -> str:
    """Return the letters of a code page; a byte that it leaves open stays that number, for fonts that use it."""
    try:
        return data.decode(page)
    except LookupError:
        return data.decode("cp1252", "replace")
    except UnicodeDecodeError:
        if page not in _BYTES:
            return data.decode(page, "replace")
        return "".join(bytes([it]).decode(page, "ignore") or chr(it) for it in data)


class _Walk:
    """Where a reading of the tokens stands."""

    def __init__(self) -> None:
        self.stack: list[_State] = []
        self.state = _State()
        self.is_over = False
        self.page = "cp1252"
        self.fonts: dict[int, str] = {}
        self.body = _Writer()
        self.others: list[_Writer] = []
        self.writers: list[_Writer] = [self.body]
        self.deleted: list[str] = []
        self.hidden: list[str] = []
        self._aside: list[str] | None = None  # which of the two the last letters went to
        self._bytes = bytearray()
        self._skipping = 0
        self._starred = False

    def finished(self) -> list[_Writer]:
        """Return what was written, the body first."""
        self._decode()
        found = [self.body, *self.others]
        for writer in found:
            writer.end()
        return found

    def take(self, match: re.Match[bytes]) -> None:
        word, number, code, sign, brace, letters = match.groups()
        if code is not None:
            self._letter(bytes.fromhex(code.decode()))
            return
        if letters is not None:
            self._letters(letters)
            return
        self._decode()
        if brace is not None:
            self._brace(brace)
        elif sign is not None:
            self._sign(sign)
        elif word is not None:
            self._word(word.decode(), int(number) if number is not None else None)

    def _brace(self, brace: bytes) -> None:
        self._skipping = 0
        if brace == b"{":
            self.stack.append(self.state)
            self._starred = False
        elif self.stack:
            before = self.stack.pop()
            if (
                self.state.place not in ("", "-")
                and before.place != self.state.place
                and len(self.writers) > 1
            ):
                self.writers.pop()
            self.state = before
        self.is_over = not self.stack

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in (b"\\", b"{", b"}"):
            self._letter(sign)
        elif sign == b"~":
            self._write(" ")
        elif sign == b"_":
            self._write("-")
        elif sign in (b"\r", b"\n"):
            self._word("par", None)

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word in _PLACES and self.state.place != "-":
            self._open(_PLACES[word])
        elif word in _ASIDE or (starred and word not in _SHOWN_ASIDE):
            self.state = replace(self.state, place="-")
        elif not self._is_of_fonts(word, number):
            self._format(word, number)

    def _is_of_fonts(self, word: str, number: int | None) -> bool:
        """Take a word that says in which code page letters are; return whether it is one."""
        if word == "ansicpg" and number:
            self.page = f"cp{number}" if number != _MAC else "mac_roman"
        elif word == "f":
            self.state = replace(self.state, font=number)
        elif word == "fcharset" and self.state.font is not None:
            if number and number in _CHARSETS:
                self.fonts[self.state.font] = _CHARSETS[number]
        else:
            return False
        return True

    def _format(self, word: str, number: int | None) -> None:
        if word == "uc":
            self.state = replace(self.state, skip=number or 0)
        elif word == "u" and number is not None:
            self._write(chr(number % 0x10000))
            self._skipping = self.state.skip
        elif word == "deleted":
            self.state = replace(self.state, is_deleted=number != 0)
        elif word == "v":
            self.state = replace(self.state, is_hidden=number != 0)
        elif word == "plain":
            self.state = replace(self.state, is_deleted=False, is_hidden=False, font=None)
        elif self.state.place != "-":
            self._structure(word)

    def _structure(self, word: str) -> None:
        writer = self.writers[-1]
        if word == "pard":
            writer.in_table = False
        elif word == "intbl":
            writer.in_table = True
        elif word == "par":
            writer.paragraph()
        elif word in ("cell", "nestcell"):
            writer.end_cell()
        elif word in ("row", "nestrow"):
            writer.end_row()
        elif word in _SIGNS:
            self._write(_SIGNS[word])

    def _open(self, place: str) -> None:
        self.state = replace(self.state, place=place)
        number = 1 + sum(it.path[0].startswith(place) for it in self.others)
        writer = _Writer((f"{place} {number}" if place == _PLACES["footnote"] else place,))
        self.others.append(writer)
        self.writers.append(writer)

    def _letters(self, letters: bytes) -> None:
        skipped = min(self._skipping, len(letters))
        self._skipping -= skipped
        self._bytes += letters[skipped:]

    def _letter(self, letter: bytes) -> None:
        if self._skipping:
            self._skipping -= 1
        else:
            self._bytes += letter

    def _decode(self) -> None:
        if not self._bytes:
            return
        page = self.fonts.get(self.state.font, self.page) if self.state.font is not None else self.page
        text = decoded(bytes(self._bytes), page)
        self._bytes.clear()
        self._write(text)

    def _write(self, text: str) -> None:
        if self.state.place == "-":
            return
        if not self.state.is_deleted and not self.state.is_hidden:
            self._aside = None
            self.writers[-1].text.append(text)
            return
        texts = self.deleted if self.state.is_deleted else self.hidden
        if texts is self._aside:
            texts[-1] += text
        else:
            texts.append(text)
        self._aside = texts
