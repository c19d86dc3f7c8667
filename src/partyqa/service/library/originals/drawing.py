"""One page of a PDF drawn as a picture, in a process of its own: a hostile file holds up nobody else.

The process may compute for some seconds, take MEMORY and hand back BYTES; whoever waits for it ends it after a while.
"""

import hashlib
import io
import math
import os
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from partyqa.service.library.originals.boxes import Rectangle, merged, spans

MEMORY = 2_000_000_000  # bytes of address space, the interpreter and its libraries included
BYTES = 4_000_000  # of a picture
LONGEST = 1600  # pixels of the longer side
_LARGEST_SCALE = 3.0  # pixels a point: a small page is not blown up
_MOST_CHARS = 50_000
_QUALITY = 85
_TINT, _FRAME = (255, 232, 140), (154, 27, 30)
_MARGIN = 3  # pixels between the letters and their box


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to draw: of the file of that digest, the page of that number, from 1, and the quote to box on it.

    `before` is what of the article stands before the quote on the page (boxes.spans).
    """

    path: Path
    digest: str
    page: int
    quote: str = ""
    before: str = ""


def draw(wanted: Wanted, seconds: int, results: Connection) -> None:
    """Send the page as a JPEG file; b"" where the file has changed, has no such page, or is broken."""
    os.nice(5)  # those who ask come first
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        data = wanted.path.read_bytes()
        whole = hashlib.sha256(data).hexdigest() == wanted.digest
        picture = drawn(data, wanted.page, wanted.quote, wanted.before) if whole else b""
    except (OSError, ValueError, RuntimeError, MemoryError, ImportError):
        picture = b""
    results.send(picture if len(picture) <= BYTES else b"")


def drawn(data: bytes, page: int, quote: str = "", before: str = "") -> bytes:
    """Return a page as a JPEG file, the quote boxed where it is found; ValueError or RuntimeError where that fails."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        if not 1 <= page <= len(document):
            raise ValueError(f"no page {page}")
        sheet = document[page - 1]
        width, height = sheet.get_size()
        if not (math.isfinite(width) and math.isfinite(height) and min(width, height) > 0):
            raise ValueError("a page without a size")
        scale = min((LONGEST - 1) / max(width, height), _LARGEST_SCALE)  # a side is rounded up
        picture = sheet.render(scale=scale).to_pil().convert("RGB")
        for box in _boxes(sheet, picture.size, quote, before) if quote else ():
            _mark(picture, box)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def _boxes(sheet: Any, size: tuple[int, int], quote: str, before: str) -> Sequence[Rectangle]:
    """Return the boxes of the quote's lines in pixels of the picture."""
    text = sheet.get_textpage()
    count = min(text.count_chars(), _MOST_CHARS)
    chars = "".join(_char(text, place) for place in range(count))
    lines = merged(
        [box for start, end in spans(chars, quote, before) for box in _letters(text, chars, start, end)]
    )
    return [_pixels(sheet, size, line) for line in lines]


def _char(text: Any, place: int) -> str:
    from pypdfium2 import raw

    code = raw.FPDFText_GetUnicode(text, place)
    return chr(code) if 0 < code <= 0x10FFFF else " "


def _letters(text: Any, chars: str, start: int, end: int) -> Iterator[Rectangle]:
    """Yield the box of each letter in points, counted down from above as a picture is, whichever way it is turned."""
    for place in range(start, end):
        if chars[place].isspace():
            continue
        left, bottom, right, top = text.get_charbox(place, loose=True)
        if right > left and top > bottom:
            yield left, -top, right, -bottom


def _pixels(sheet: Any, size: tuple[int, int], box: Rectangle) -> Rectangle:
    """Return where a box of the page is drawn: a page may be turned, and cut off at its edges."""
    from ctypes import byref, c_int

    from pypdfium2 import raw

    corners = []
    for x, y in (box[:2], box[2:]):
        across, down = c_int(), c_int()
        raw.FPDF_PageToDevice(sheet, 0, 0, *size, 0, x, -y, byref(across), byref(down))
        corners.append((across.value, down.value))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _mark(picture: Any, box: Rectangle) -> None:
    """Tint a box as a marker pen does, and frame it: not by its colour alone is it seen."""
    from PIL import Image, ImageChops, ImageDraw

    left, top = max(0, int(box[0]) - _MARGIN), max(0, int(box[1]) - _MARGIN)
    right, bottom = min(picture.width, int(box[2]) + _MARGIN), min(picture.height, int(box[3]) + _MARGIN)
    if right - left < 2 or bottom - top < 2:
        return
    below = picture.crop((left, top, right, bottom))
    picture.paste(ImageChops.multiply(below, Image.new("RGB", below.size, _TINT)), (left, top))
    ImageDraw.Draw(picture).rectangle((left, top, right - 1, bottom - 1), outline=_FRAME, width=2)
