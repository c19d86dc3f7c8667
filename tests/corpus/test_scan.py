"""Pages that are pictures: read by tesseract where it is there, named in one sentence or a list where it is not."""

import io
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus.pdf_files import HEIGHT, WIDTH, column, pdf, written
from corpus.test_pdf import FIRST, PATH, SECOND, THIRD, dropped, lines
from PIL import Image

from partyqa.corpus.readers import read_file
from partyqa.corpus.readers.pdf import scan
from partyqa.corpus.readers.pdf.skew import skew, straightened
from partyqa.errors import CorpusError

needs_tesseract = pytest.mark.skipif(
    scan.program() is None, reason="apt install tesseract-ocr tesseract-ocr-vie"
)


def picture(texts: list[str]) -> Image.Image:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf([lambda canvas: column(canvas, texts)]))
    image: Image.Image = document[0].render(scale=200 / 72, grayscale=True).to_pil()
    document.close()
    return image


def shown(image: Image.Image) -> Any:
    """Return a page that is nothing but a picture."""
    from reportlab.lib.utils import ImageReader

    file = io.BytesIO()
    image.save(file, "PNG")
    return lambda canvas: canvas.drawImage(ImageReader(file), 0, 0, WIDTH, HEIGHT)


@pytest.fixture
def without_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PATH", str(tmp_path))
    scan.program.cache_clear()
    yield
    scan.program.cache_clear()


@needs_tesseract
def test_a_scan_is_read_and_its_text_says_how_surely() -> None:
    """A page of text beside it is as the file holds it."""
    found = read_file(pdf([written((85, 100, THIRD)), shown(picture([FIRST, SECOND]))]), PATH)
    (one,) = found.articles
    assert [section.recognised is not None for section in one.sections] == [False, True]
    sure = one.sections[1].recognised
    assert sure is not None and 0.85 < sure <= 1
    (_, first), *rest = lines(found)
    assert first == THIRD
    assert [page for page, _ in rest] == [2] * len(rest)
    text = " ".join(text for _, text in rest)
    assert SequenceMatcher(None, text, f"{FIRST} {SECOND}", autojunk=False).ratio() > 0.97
    assert dropped(found) == []


@needs_tesseract
def test_a_picture_without_words_is_named() -> None:
    blank = Image.new("L", (800, 1100), 200)
    with pytest.raises(CorpusError) as caught:
        read_file(pdf([shown(blank)]), PATH)
    assert caught.value.sentence.key == "readers.pdf_picture"


def test_without_tesseract_pages_are_listed(without_tesseract: None) -> None:
    scanned = shown(Image.new("L", (800, 1100), 200))
    found = read_file(pdf([written((85, 100, THIRD)), scanned]), PATH)
    assert lines(found) == [(1, THIRD)]
    assert ("trang 2", "unrecognised") in dropped(found)
    with pytest.raises(CorpusError) as caught:
        read_file(pdf([scanned]), PATH)
    assert caught.value.sentence.key == "readers.scan_program"
    assert "tesseract-ocr-vie" in caught.value.vi and "tesseract-ocr-vie" in caught.value.en


@pytest.mark.parametrize("degrees", [-2.0, -1.0, 0.0, 0.5, 3.0])
def test_the_angle_of_a_page_is_found_and_taken_back(degrees: float) -> None:
    image = picture([FIRST, SECOND, THIRD]).rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=255)
    assert skew(np.asarray(image)) == pytest.approx(-degrees, abs=0.1)
    assert abs(skew(np.asarray(straightened(image)))) <= 0.1
