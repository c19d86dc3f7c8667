"""Pages that are pictures, read by tesseract where it is installed: rows of text, and how sure it is of a page."""

import io
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from statistics import median
from typing import Any

from partyqa.corpus.readers.pdf.rows import PageRow
from partyqa.corpus.readers.pdf.skew import straightened

LOW = 0.6
"""A page of lower confidence is to be compared with the original."""

_LANGUAGE = "vie"
_DOTS = 300  # an inch
_POINTS = 72  # an inch
_MOST_PIXELS = 30_000_000  # of a page
_SECONDS = 300  # for a page
_WORD = "5"  # the level of a word in tesseract's table
_ALIKE = (0.6, 1.6)  # times the usual height of a line: the letters are of one size


@cache
def program() -> str | None:
    """Return the path of a tesseract that knows Vietnamese, None where there is none."""
    found = shutil.which("tesseract")
    if found is None:
        return None
    known = subprocess.run(  # noqa: S603 - a program of the machine, and no text from outside
        [found, "--list-langs"], capture_output=True, text=True, timeout=60, check=False
    )
    return found if _LANGUAGE in known.stdout.split() else None


def recognised(document: Any, numbers: Sequence[int]) -> Iterator[tuple[int, list[PageRow]]]:
    """Yield each of these pages of an open file, counted from 1, with the rows that tesseract reads in it.

    As many are read at a time as there are processors. Each row knows the confidence of its whole page; a page that
    tesseract fails on or that takes too long has no rows.
    """
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        for start in range(0, len(numbers), 2 * workers):  # no more pictures are held in memory
            group = numbers[start : start + 2 * workers]
            pictures = [_picture(document, number) for number in group]
            found = pool.map(_words, [picture for picture, _ in pictures])
            for number, (_, dots), words in zip(group, pictures, found, strict=True):
                yield number, _rows(words, number, dots)


def _picture(document: Any, number: int) -> tuple[Any, float]:
    """Return a page as a grey picture, and its dots an inch."""
    import pypdfium2

    try:
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(_DOTS / _POINTS, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
        picture = page.render(scale=scale, grayscale=True).to_pil()
        page.close()
    except pypdfium2.PdfiumError:
        return None, _DOTS
    return picture, scale * _POINTS


def _words(picture: Any) -> list[dict[str, str]]:
    """Return the words that tesseract reads in a picture, with the columns of its table."""
    found = program()
    if picture is None or found is None:
        return []
    file = io.BytesIO()
    straightened(picture).save(file, "PPM")
    try:
        done = subprocess.run(  # noqa: S603 - the same, a picture on its standard input
            [found, "stdin", "stdout", "-l", _LANGUAGE, "--dpi", str(_DOTS), "tsv"],
            input=file.getvalue(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return []
    head, *lines = (line.split("\t") for line in done.stdout.decode("utf-8", "replace").splitlines())
    words = (dict(zip(head, line, strict=False)) for line in lines)
    return [word for word in words if word["level"] == _WORD and word.get("text", "").strip()]


def _rows(words: Sequence[dict[str, str]], number: int, dots: float) -> list[PageRow]:
    lines: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for word in words:
        lines.setdefault((word["block_num"], word["par_num"], word["line_num"]), []).append(word)
    confidence = _confidence(words)
    rows = [_row(line, number, _POINTS / dots, confidence) for line in lines.values()]
    return list(_of_one_size(rows))


def _confidence(words: Iterable[dict[str, str]]) -> float:
    """Return how sure tesseract is of the letters of a page, 0 to 1."""
    weighed = [(float(word["conf"]), len(word["text"])) for word in words]
    letters = sum(length for _, length in weighed)
    return round(sum(sure * length for sure, length in weighed) / letters / 100, 2) if letters else 0.0


def _row(words: Sequence[dict[str, str]], number: int, scale: float, confidence: float) -> PageRow:
    boxes = [[int(word[side]) * scale for side in ("left", "top", "width", "height")] for word in words]
    return PageRow(
        " ".join(word["text"].strip() for word in words),
        number,
        min(left for left, _, _, _ in boxes),
        min(top for _, top, _, _ in boxes),
        max(left + width for left, _, width, _ in boxes),
        max(top + height for _, top, _, height in boxes),
        recognised=confidence,
    )


def _of_one_size(rows: Sequence[PageRow]) -> Iterator[PageRow]:
    """Yield rows with boxes of one height where their letters are of one size: ink alone is lower without accents."""
    usual = median([row.bottom - row.top for row in rows]) if rows else 0.0
    low, high = _ALIKE
    for row in rows:
        if low * usual <= row.bottom - row.top <= high * usual:
            yield replace(row, top=row.middle - usual / 2, bottom=row.middle + usual / 2)
        else:
            yield row
