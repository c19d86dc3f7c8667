"""The letters of a page as rows: a stretch of text on one line, and the box it stands in."""

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partyqa.text.syllables import is_syllable

LINE_HYPHENS = "\x02\ufffe"
"""What pdfium puts for a hyphen, hard or soft, at the end of a line."""

_EM = 0.9  # of a letter's box in height
_SAME_ROW = 0.5  # of the lower box, shared in height
_SPACE, _WIDE, _BACK = 0.18, 1.6, -0.6  # gaps between letters, in em
_MERGED = 0.6  # em between what is drawn at two times and is one row
_LAST_WORD, _FIRST_WORD = re.compile(r"[^\W\d_]+$"), re.compile(r"[^\W\d_]+")
_SAMPLED = 24  # letters whose angle is asked for

Boxes = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PageRow:
    """A stretch of text on one line; its box is in points from the upper left corner of the page as it is shown.

    `left` and `right` bound the column that it stands in; a row of a table `is_whole` and has its caption as `path`;
    `recognised` is how sure its letters are where they were read off an image.
    """

    text: str
    page: int
    x0: float
    top: float
    x1: float
    bottom: float
    left: float = 0.0
    right: float = 0.0
    is_whole: bool = False
    path: tuple[str, ...] = ()
    recognised: float | None = None

    @property
    def em(self) -> float:
        """About the size of its letters."""
        return _EM * (self.bottom - self.top)

    @property
    def middle(self) -> float:
        """Its middle in height."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a page in the order of the file: code points, boxes (n, 4) x0, top, x1, bottom.

    The page is `height` points high once it is turned by `turned` degrees.
    """

    codes: NDArray[np.uint32]
    boxes: Boxes
    height: float
    turned: int

    @property
    def inked(self) -> NDArray[np.bool_]:
        """Which of them are seen."""
        seen: NDArray[np.bool_] = (self.boxes[:, 3] > self.boxes[:, 1]) & ~_is_blank(self.codes)
        return seen


def letters_of(page: Any) -> Letters:
    """Return the letters of a pypdfium2 page, turned so that most of its text is upright."""
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    count = text_page.count_chars()
    boxes = (pdfium.FS_RECTF * count)()
    box_of = pdfium.FPDFText_GetLooseCharBox
    for at in range(count):
        box_of(text_page.raw, at, boxes[at])
    codes = _codes(text_page, count)
    turned = _turn(text_page, count)
    text_page.close()
    # A rectangle of pdfium is left, top, right, bottom, with the origin at the lower left.
    found = np.frombuffer(bytes(boxes), dtype=np.float32).reshape(count, 4)
    left, low, right, high = page.get_bbox()
    height = right - left if turned % 180 else high - low
    return Letters(codes, _upright(found, page.get_bbox(), turned), height, turned)


def rows_of(letters: Letters, page: int) -> list[PageRow]:
    """Return the rows of a page from the top down, those beside each other from left to right."""
    return list(_merged(_runs(letters, page)))


def grouped(rows: Sequence[PageRow]) -> Iterator[list[PageRow]]:
    """Yield the rows that stand beside each other, sorted by x, from the top down."""
    group: list[PageRow] = []
    for row in sorted(rows, key=lambda row: (row.middle, row.x0)):
        if group and not _beside(max(group, key=lambda it: it.em), row):
            yield sorted(group, key=lambda it: it.x0)
            group = []
        group.append(row)
    if group:
        yield sorted(group, key=lambda it: it.x0)


def joined(rows: Sequence[PageRow], between: str = " ") -> PageRow:
    """Return rows that stand beside each other as one."""
    return replace(
        rows[0],
        text=between.join(row.text.strip() for row in rows),
        x1=max(row.x1 for row in rows),
        top=min(row.top for row in rows),
        bottom=max(row.bottom for row in rows),
    )


def jointed(text: str, part: str) -> tuple[str, str]:
    """Return the text before a line's end and the line after it, ready to stand side by side.

    "Authoriza-", "tion" -> "Authoriza", "tion"; "Mác-", "Lênin" -> "Mác-", "Lênin"
    """
    if not text or not part:
        return text, part
    is_marked = text[-1] in LINE_HYPHENS
    if text[-1] == "\xad":
        return text[:-1], part
    if not is_marked and not (text[-1] == "-" and text[-2:-1].isalnum()):
        return text + " ", part
    stem = text[:-1]
    before, after = _LAST_WORD.search(stem), _FIRST_WORD.match(part)
    is_parted = (
        before is not None
        and after is not None
        and after.group().islower()
        and not (is_syllable(before.group()) and is_syllable(after.group()))
    )
    return (stem if is_parted else f"{stem}-"), part


def unmarked(text: str) -> str:
    """Return text with a hyphen for what pdfium puts for one."""
    for mark in LINE_HYPHENS:
        text = text.replace(mark, "-")
    return text


def _codes(text_page: Any, count: int) -> NDArray[np.uint32]:
    import pypdfium2.raw as pdfium

    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page.raw, 0, count, buffer) - 1
    if written == count:
        return np.array(buffer[:count], dtype=np.uint32)
    code_of = pdfium.FPDFText_GetUnicode
    return np.array([code_of(text_page.raw, at) for at in range(count)], dtype=np.uint32)


def _turn(text_page: Any, count: int) -> int:
    """Return by how many degrees most text of a page is turned, which pdfium counts clockwise: 0, -90, -180 or -270."""
    import pypdfium2.raw as pdfium

    places = range(0, count, max(count // _SAMPLED, 1))
    angles = [pdfium.FPDFText_GetCharAngle(text_page.raw, at) for at in places]
    quarters = [round(angle / (np.pi / 2)) % 4 for angle in angles if angle > 0]
    most = max(set(quarters), key=quarters.count, default=0)
    return -90 * most if 2 * quarters.count(most) > len(places) else 0


def _upright(boxes: Boxes, bounds: Sequence[float], degrees: int) -> Boxes:
    """Return boxes of pdfium (left, top, right, bottom; y upwards) as x0, top, x1, bottom, turned by `degrees`."""
    left, low, right, high = bounds
    x0, y1, x1, y0 = boxes.T
    match degrees % 360:
        case 90:
            sides = (y0 - low, x0 - left, y1 - low, x1 - left)
        case 180:
            sides = (right - x1, y0 - low, right - x0, y1 - low)
        case 270:
            sides = (high - y1, right - x1, high - y0, right - x0)
        case _:
            sides = (x0 - left, high - y1, x1 - left, high - y0)
    return np.stack(sides, axis=1)


def _runs(letters: Letters, page: int) -> Iterator[PageRow]:
    """Yield the stretches of letters that follow each other in the file and on the page."""
    places = np.flatnonzero(letters.inked)
    if not len(places):
        return
    x0, top, x1, bottom = letters.boxes[places].T
    height = bottom - top
    em = _EM * np.minimum(height[1:], height[:-1])
    shared = np.minimum(bottom[1:], bottom[:-1]) - np.maximum(top[1:], top[:-1])
    gap = x0[1:] - x1[:-1]
    parted = (
        (shared <= _SAME_ROW * np.minimum(height[1:], height[:-1])) | (gap < _BACK * em) | (gap > _WIDE * em)
    )
    blanks = np.cumsum(_is_blank(letters.codes) & (letters.codes != 0))[places]
    spaced = (np.diff(blanks) > 0) | (gap > _SPACE * em)
    text = [chr(code) for code in letters.codes[places]]
    for at in np.flatnonzero(spaced & ~parted):
        text[at] += " "
    starts = [0, *(np.flatnonzero(parted) + 1).tolist()]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        edge = " " if end < len(text) and spaced[end - 1] else ""
        part = slice(start, end)
        yield PageRow(
            "".join(text[part]) + edge,
            page,
            float(x0[part].min()),
            float(np.median(top[part])),
            float(x1[part].max()),
            float(np.median(bottom[part])),
        )


def _merged(runs: Iterator[PageRow]) -> Iterator[PageRow]:
    """Join the runs that touch each other: other fonts, letters drawn out of order."""
    for group in grouped(list(runs)):
        whole = group[0]
        for row in group[1:]:
            gap, em = row.x0 - whole.x1, min(whole.em, row.em)
            if _BACK * em < gap < _MERGED * em:
                apart = whole.text.endswith(" ") or gap > _SPACE * em
                text = whole.text.strip() + " " * apart + row.text
                whole = replace(joined([whole, row]), text=text)
            else:
                yield whole
                whole = row
        yield whole


def _beside(row: PageRow, other: PageRow) -> bool:
    shared = min(row.bottom, other.bottom) - max(row.top, other.top)
    return shared > _SAME_ROW * min(row.bottom - row.top, other.bottom - other.top)


def _is_blank(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return which code points leave no ink: white space, control characters but those of LINE_HYPHENS."""
    spaces = (codes == 0x20) | (codes == 0xA0) | ((codes >= 0x2000) & (codes <= 0x200B)) | (codes == 0x3000)
    blank: NDArray[np.bool_] = spaces | ((codes < 0x20) & (codes != ord(LINE_HYPHENS[0])))
    return blank
