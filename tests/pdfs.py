"""Small PDF files for tests, written with reportlab in a font that has every Vietnamese letter."""

import io
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

SIZE = (420.0, 595.0)
FONT, POINTS = "DejaVu", 12
LEFT, TOP, LEADING = 40.0, 540.0, 20.0

_matplotlib = find_spec("matplotlib")
assert _matplotlib and _matplotlib.origin  # it brings a font with every Vietnamese letter
_FONTS = Path(_matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf"
pdfmetrics.registerFont(TTFont(FONT, str(_FONTS / "DejaVuSans.ttf")))


def pdf_of(pages: Sequence[Sequence[str]], rotated: int = 0, top: float = TOP) -> bytes:
    """Return a PDF file: each page holds its lines, the first at `top`, all at LEFT."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=SIZE, invariant=True)
    for lines in pages:
        canvas.setPageRotation(rotated)
        canvas.setFont(FONT, POINTS)
        for row, line in enumerate(lines):
            canvas.drawString(LEFT, top - row * LEADING, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def endless_pdf() -> bytes:
    """Return a small file whose one page takes minutes to draw: lines without number, packed tight."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=SIZE, pageCompression=1)
    canvas._code.append("0 0 m 420 595 l 0 595 l 420 0 l S\n" * 500_000)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def width_of(text: str) -> float:
    """Return how many points a text is wide."""
    return float(pdfmetrics.stringWidth(text, FONT, POINTS))
