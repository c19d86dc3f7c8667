"""PDF files for tests, written with reportlab: each page a function that draws on a canvas."""

import io
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

Draw = Callable[[Any], None]

WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT, SIZE, PITCH = 85.0, 540.0, 13.0, 17.0


@cache
def font() -> str:
    """Register the one font with Vietnamese letters that a library brings along; return its name."""
    import matplotlib
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    registerFont(TTFont("DejaVu", str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")))
    return "DejaVu"


def pdf(pages: Iterable[Draw], password: str = "") -> bytes:
    """Return a file of these pages."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    encrypt = StandardEncryption(password) if password else None
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), encrypt=encrypt)
    for draw in pages:
        canvas.setFont(font(), SIZE)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def wrapped(text: str, width: float, size: float = SIZE) -> list[str]:
    """Return the lines that a text takes in a column of that width."""
    from reportlab.lib.utils import simpleSplit

    lines: list[str] = simpleSplit(text, font(), size, width)
    return lines


def column(
    canvas: Any,
    texts: Iterable[str],
    top: float = 90,
    left: float = LEFT,
    right: float = RIGHT,
    indent: float = 30,
) -> float:
    """Write paragraphs one below the other, their first lines indented; return where the next one would begin."""
    for text in texts:
        words, x = text.split(), left + indent
        while words:
            line: list[str] = []
            while words and (
                not line or x + canvas.stringWidth(" ".join([*line, words[0]]), font(), SIZE) <= right
            ):
                line.append(words.pop(0))
            canvas.drawString(x, HEIGHT - top, " ".join(line))
            x, top = left, top + PITCH
    return top


def written(*lines: tuple[float, float, str]) -> Draw:
    """Return a page with these texts, each at its x and its distance from the top."""

    def draw(canvas: Any) -> None:
        for x, top, text in lines:
            canvas.drawString(x, HEIGHT - top, text)

    return draw
