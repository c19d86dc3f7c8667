"""The file that an article was read from: found, handed out, and its pages drawn with the quote in a box."""

import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfs import LEADING, LEFT, POINTS, SIZE, TOP, endless_pdf, pdf_of, width_of
from PIL import Image, ImageChops

from partyqa.corpus.loading import read_corpus
from partyqa.corpus.readers import Line
from partyqa.corpus.readers.fields import article
from partyqa.errors import CorpusError, NotThereError
from partyqa.index.records import read_articles, write_articles
from partyqa.service.library.originals.boxes import merged, spans
from partyqa.service.library.originals.drawing import LONGEST, drawn
from partyqa.service.library.originals.originals import Originals, pages_of
from partyqa.types import Article

PAGES = (
    ("Quy định mượn sách của thư viện xã Pa Vây.", "Người mượn ký vào sổ theo dõi."),
    (
        "Thư viện mở cửa năm buổi một tuần.",
        "Không cho mượn từ điển và báo.",
        "Người mượn ký vào sổ theo dõi.",
    ),
)
QUOTE = "Không cho mượn từ điển và báo."
FILE = pdf_of(PAGES)


def held(data: bytes = FILE, name: str = "xã/quy định.pdf") -> Article:
    lines = [Line(text, page) for page, texts in enumerate(PAGES, 1) for text in texts]
    made = article("xã/quy định", lines, name, title="Quy định")
    return replace(made, file=name, file_digest=hashlib.sha256(data).hexdigest())


@pytest.fixture
def originals(tmp_path: Path) -> Originals:
    (tmp_path / "xã").mkdir()
    (tmp_path / "xã" / "quy định.pdf").write_bytes(FILE)
    return Originals(tmp_path)


# Where the words stand

WORD = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặíìỉĩị0123456789", min_size=1, max_size=7)
BREAK = st.sampled_from([" ", "  ", "\r\n", " \r\n", "-\r\n", "\x02\r\n", "\u00ad"])


@given(
    st.lists(WORD, min_size=4, max_size=12), st.lists(WORD, max_size=8), st.lists(WORD, max_size=8), st.data()
)
def test_a_quote_is_found_whatever_breaks_its_lines(
    quote: list[str], before: list[str], after: list[str], data: st.DataObject
) -> None:
    """By hand: the page is put together of three parts, so where the quote begins and ends is known."""
    head = "".join(f"{word} " for word in before) + "§ "
    there = "".join(word + data.draw(BREAK) for word in quote[:-1]) + quote[-1]
    page = head + there + " § " + " ".join(after)
    found = spans(page, " ".join(quote), " ".join(before))
    assert len(found) == 1
    start, end = found[0]
    letters = "".join(filter(str.isalnum, "".join(quote)))
    assert "".join(filter(str.isalnum, page[start:end])) == letters


def test_an_accent_apart_from_its_letter_and_a_ligature_are_found() -> None:
    page = "a\u0302\u0301m chỉ dấu \ufb01n Đảng bộ"
    assert spans(page, "Ấm chỉ dấu fin") == [(0, page.index("n Đ") + 1)]
    said = "Ông nói: «Xã có 5 tổ.» Hết."
    assert spans(said, "«Xã có 5 tổ.»") == [(said.index("«"), said.index(" Hết"))]


def test_of_several_places_the_one_behind_as_many_others() -> None:
    page = "Xã có 5 tổ. Bản có 2 tổ. Xã có 5 tổ. Hết. Xã có 5 tổ."
    for number, before in enumerate(("", "Xã có 5 tổ. Bản có 2 tổ.", page[:-11])):
        start = [0, 25, len(page) - 11][number]
        assert spans(page, "Xã có 5 tổ.", before) == [(start, start + 11)]


def test_a_row_of_a_table_is_found_by_its_cells() -> None:
    page = "Xã Số đảng viên\r\nMường Và 214\r\nPúng Bánh 187\r\n"
    start = page.index("Púng")
    assert spans(page, "Xã: Púng Bánh; Số đảng viên: 187") == [(start, start + len("Púng Bánh 187"))]


def test_a_quote_that_goes_on_overleaf_and_one_that_a_note_interrupts() -> None:
    page = "Mở đầu. Ban Chấp hành Đảng bộ xã khóa mười hai\r\n- 3 -"
    quote = "Ban Chấp hành Đảng bộ xã khóa mười hai gồm mười lăm đồng chí."
    assert [page[start:end] for start, end in spans(page, quote)] == [page[8:46]]
    noted = "Ban Chấp hành Đảng bộ xã 1) khóa mười hai gồm mười lăm đồng chí."
    assert spans(noted, quote) == [(0, len(noted) - 1)]


@pytest.mark.parametrize(
    "quote", ["Không có câu này ở trang.", "…", "", "Đảng bộ huyện Mường Ảng có 49 chi bộ."]
)
def test_what_is_not_there_is_not_boxed(quote: str) -> None:
    assert spans("Đảng bộ xã Pa Vây có 12 chi bộ.", quote) == []


def test_letters_of_a_line_are_one_box() -> None:
    letters = [(10, 0, 15, 10), (16, 1, 20, 9), (30, 0, 35, 10), (5, 20, 9, 30), (300, 20, 310, 30)]
    assert merged(letters) == [(10, 0, 35, 10), (5, 20, 9, 30), (300, 20, 310, 30)]


# The drawing


def changed(data: bytes, page: int, quote: str, before: str = "") -> tuple[float, float, float, float]:
    """Return where the drawing with a quote differs from the one without, in shares of the page."""
    plain, boxed = (Image.open(io.BytesIO(drawn(data, page, *words))) for words in ((), (quote, before)))
    assert plain.size == boxed.size and max(plain.size) <= LONGEST
    differs = ImageChops.difference(plain.convert("L"), boxed.convert("L")).point(
        lambda value: 255 * (value > 40)
    )
    left, top, right, bottom = differs.getbbox() or (0, 0, 0, 0)
    return left / plain.width, top / plain.height, right / plain.width, bottom / plain.height


def test_the_box_is_where_the_words_were_written() -> None:
    left, top, right, bottom = changed(FILE, 2, QUOTE)
    assert left == pytest.approx(LEFT / SIZE[0], abs=0.01)
    assert right == pytest.approx((LEFT + width_of(QUOTE)) / SIZE[0], abs=0.01)
    baseline = SIZE[1] - TOP + LEADING
    assert top == pytest.approx((baseline - POINTS) / SIZE[1], abs=0.012)
    assert bottom == pytest.approx((baseline + POINTS / 3) / SIZE[1], abs=0.012)


def test_on_a_turned_page_it_turns_along() -> None:
    """Turned by a quarter: what was so far from the left is so far from the top, and upright becomes rightward."""
    left, top, right, bottom = changed(pdf_of(PAGES, rotated=90, top=300), 2, QUOTE)
    assert top == pytest.approx(LEFT / SIZE[1], abs=0.01)
    assert bottom == pytest.approx((LEFT + width_of(QUOTE)) / SIZE[1], abs=0.01)
    baseline = 300 - LEADING
    assert left == pytest.approx((baseline - POINTS / 3) / SIZE[0], abs=0.012)
    assert right == pytest.approx((baseline + POINTS) / SIZE[0], abs=0.012)


def test_what_is_not_found_is_drawn_without_a_box() -> None:
    assert drawn(FILE, 1, QUOTE) == drawn(FILE, 1)


# The file


def test_reading_a_corpus_says_which_file_an_article_is_of(tmp_path: Path) -> None:
    (tmp_path / "xã").mkdir()
    (tmp_path / "xã" / "bài một.txt").write_text("Một câu.")
    (found,) = read_corpus(tmp_path)
    assert (found.file, found.file_digest) == (
        "xã/bài một.txt",
        hashlib.sha256(b"M\xe1\xbb\x99t c\xc3\xa2u.").hexdigest(),
    )
    (back,) = read_articles(write_articles([found]))
    assert (back.file, back.file_digest) == (found.file, found.file_digest)
    assert Originals(tmp_path).read(found) == "Một câu.".encode()
    assert not Originals(tmp_path).draws(found)


def test_only_the_very_file_is_handed_out(originals: Originals) -> None:
    path = originals.corpus / "xã" / "quy định.pdf"
    assert originals.read(held()) == FILE
    path.write_bytes(FILE + b"\n")
    assert not originals.at_hand(held())
    path.write_bytes(FILE)
    assert originals.at_hand(held())
    path.unlink()
    for ask in (originals.read, lambda one: originals.page(one, 1)):
        with pytest.raises(NotThereError):
            ask(held())


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("outside") / "a.pdf"
    place.write_bytes(FILE)
    yield place


def test_no_name_leads_out_of_the_corpus(originals: Originals, outside: Path) -> None:
    """The bytes are those of the index in every case: what keeps the file in is where it lies."""
    corpus = originals.corpus
    (corpus / "link.pdf").symlink_to(outside)
    (corpus / "folder").symlink_to(outside.parent)
    (corpus / ".partyqa").mkdir()
    (corpus / ".partyqa" / "a.pdf").write_bytes(FILE)
    names = (str(outside), os.path.relpath(outside, corpus), "link.pdf", "folder/a.pdf", ".partyqa/a.pdf")
    for name in (*names, "", ".", "xã", "a\0.pdf", "x" * 300, "xã/../xã/quy định.pdf"):
        assert not originals.at_hand(held(name=name)), name


def test_a_page_comes_from_a_process_of_its_own(originals: Originals) -> None:
    start = held().text.index(QUOTE)
    span = (start, start + len(QUOTE))
    assert originals.page(held(), 2, span) == drawn(FILE, 2, QUOTE)
    assert pages_of(held()) == (1, 2)
    with pytest.raises(CorpusError, match="trang 3"):
        originals.page(held(), 3)


def test_a_broken_file_is_an_error_and_an_endless_one_is_ended(tmp_path: Path) -> None:
    for name, data in (("a.pdf", b"%PDF-1.7 nothing"), ("b.pdf", endless_pdf())):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CorpusError):
            Originals(tmp_path, seconds=1).page(held(data, name), 1)
