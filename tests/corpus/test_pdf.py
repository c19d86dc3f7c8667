"""PDF files that reportlab wrote: what stands on their pages is read line for line, or listed with its reason."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from corpus.pdf_files import HEIGHT, LEFT, WIDTH, column, pdf, written
from hypothesis import given, settings
from hypothesis import strategies as st

from partyqa.corpus.readers import ReadFile, read_file
from partyqa.errors import CorpusError

PATH = Path("bao-cao.pdf")
FIRST = (
    "Đảng bộ huyện Mường Nhé hiện có 47 tổ chức cơ sở đảng với 3.215 đảng viên, trong đó có 1.204 đảng viên nữ và "
    "2.811 đảng viên là người dân tộc thiểu số, sinh hoạt tại 214 chi bộ."
)
SECOND = (
    "Năm 2021, toàn huyện kết nạp 154 đảng viên mới, vượt 12% chỉ tiêu. Các chi bộ thôn, bản kết nạp được nhiều nhất, "
    "gồm có Nậm Kè, Huổi Lếch và Pá Mỳ."
)
THIRD = "Công tác kiểm tra, giám sát được thực hiện theo đúng kế hoạch đã đề ra từ đầu năm."


def read(pages: list[Any], password: str = "") -> ReadFile:
    return read_file(pdf(pages, password), PATH)


def lines(found: ReadFile) -> list[tuple[int | None, str]]:
    (one,) = found.articles
    at, kept = 0, []
    for line in one.text.split("\n"):
        section = one.section_at(at)
        kept.append((section.page if section else None, line))
        at += len(line) + 1
    return kept


def dropped(found: ReadFile) -> list[tuple[str, str]]:
    return [(it.text, it.why) for it in found.dropped]


def test_wrapped_lines_are_paragraphs_and_each_has_its_page() -> None:
    found = read([lambda c: column(c, [FIRST, SECOND]), lambda c: column(c, [THIRD])])
    assert lines(found) == [(1, FIRST), (1, SECOND), (2, THIRD)]
    assert found.dropped == ()


def test_a_paragraph_over_a_page_parts_between_two_sentences() -> None:
    """The sentence that stands on both pages is whole, and of the page on which it begins."""
    text = " ".join([FIRST, SECOND])

    def top(canvas: Any) -> None:
        column(canvas, [THIRD, THIRD, THIRD, text[: len(FIRST) - 30]], top=600)

    def bottom(canvas: Any) -> None:
        column(canvas, [text[len(FIRST) - 30 :]], indent=0)

    pages = lines(read([top, bottom]))
    assert pages[3:] == [(1, text[: len(FIRST) - 30].strip()), (2, text[len(FIRST) - 30 :].strip())] or pages[
        3:
    ] == [(1, FIRST), (2, SECOND)]
    assert " ".join(line for _, line in pages[3:]) == text


def test_two_columns_are_read_one_after_the_other() -> None:
    middle = WIDTH / 2

    def draw(canvas: Any) -> None:
        canvas.drawCentredString(middle, HEIGHT - 60, "Báo cáo công tác xây dựng Đảng")
        column(canvas, [FIRST, THIRD], top=100, left=50, right=middle - 12, indent=12)
        column(canvas, [SECOND], top=105, left=middle + 12, right=545, indent=12)

    assert [line for _, line in lines(read([draw]))] == [
        "Báo cáo công tác xây dựng Đảng",
        FIRST,
        THIRD,
        SECOND,
    ]


def test_a_letterhead_and_a_signature_are_read_side_by_side() -> None:
    def draw(canvas: Any) -> None:
        for top, left, right in ((60, "TỈNH ỦY ĐIỆN BIÊN", "ĐẢNG CỘNG SẢN VIỆT NAM"), (78, "VĂN PHÒNG", "")):
            canvas.drawCentredString(170, HEIGHT - top, left)
            canvas.drawCentredString(430, HEIGHT - top, right)
        canvas.drawCentredString(170, HEIGHT - 96, "Số 12-BC/VPTU")
        canvas.drawCentredString(430, HEIGHT - 96, "Điện Biên, ngày 3 tháng 4 năm 2021")
        column(canvas, [FIRST], top=140)

    assert [line for _, line in lines(read([draw]))] == [
        "TỈNH ỦY ĐIỆN BIÊN",
        "VĂN PHÒNG",
        "Số 12-BC/VPTU",
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "Điện Biên, ngày 3 tháng 4 năm 2021",
        FIRST,
    ]


def test_running_titles_and_page_numbers_are_listed_and_no_figure_with_them() -> None:
    """A number that stands alone at the foot of one page, and counts nothing, is a figure."""

    def page(number: int, text: str, foot: str) -> Any:
        def draw(canvas: Any) -> None:
            canvas.drawString(LEFT, HEIGHT - 40, "Báo cáo của Huyện ủy Mường Nhé")
            canvas.drawCentredString(WIDTH / 2, 30, f"- {number} -")
            column(canvas, [text])
            canvas.drawString(LEFT, 90, foot)

        return draw

    found = read([page(7, FIRST, "214"), page(8, SECOND, "Ghi chú"), page(9, THIRD, "Hết")])
    assert dropped(found) == [
        pair
        for number in (7, 8, 9)
        for pair in (("Báo cáo của Huyện ủy Mường Nhé", "running"), (f"- {number} -", "page"))
    ]
    assert [line for _, line in lines(found)] == [FIRST, "214", SECOND, "Ghi chú", THIRD, "Hết"]


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("Tài liệu nói về trans-", "formation và chuyển đổi số trong các cơ quan", "transformation"),
        ("Theo chủ nghĩa Mác-", "Lênin, giai cấp công nhân là lực lượng đi đầu", "Mác-Lênin"),
        ("Phát triển kinh tế -", "xã hội của các xã vùng cao trong năm năm tới", "kinh tế - xã"),
        ("Báo cáo chính trị-", "xã hội được thông qua tại kỳ họp thứ mười hai", "chính trị-xã hội"),
        ("Kế hoạch 2020-", "2025 được thông qua tại kỳ họp thứ mười hai", "2020-2025"),
    ],
)
def test_hyphens_at_the_end_of_a_line(first: str, second: str, whole: str) -> None:
    """The first line is the wider of the two, so that it is full."""
    found = read(
        [written((LEFT, 100, f"Đảng ủy xã và các chi bộ trong toàn xã: {first}"), (LEFT, 117, second))]
    )
    ((_, line),) = lines(found)
    assert whole in line


def test_list_items_stay_lines() -> None:
    items = [
        "- Chi bộ Nà Pán có 21 đảng viên",
        "- Chi bộ Nà Hỳ có 19 đảng viên;",
        "1. Chi bộ Huổi Cơ",
        "a) Chi bộ Nậm Pố",
    ]
    found = read([written(*((LEFT, 100 + 17 * at, item) for at, item in enumerate(items)))])
    assert [line for _, line in lines(found)] == items


def test_a_page_that_is_turned_is_read_as_it_is_shown() -> None:
    def draw(canvas: Any) -> None:
        canvas.saveState()
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        canvas.drawString(100, 500, "Biểu tổng hợp số liệu đảng viên")
        canvas.drawString(100, 480, "Toàn huyện có 3.215 đảng viên, sinh hoạt tại 214 chi bộ.")
        canvas.restoreState()

    def shown_turned(canvas: Any) -> None:
        canvas.setPageRotation(90)
        draw(canvas)

    texts = ["Biểu tổng hợp số liệu đảng viên", "Toàn huyện có 3.215 đảng viên, sinh hoạt tại 214 chi bộ."]
    assert [line for _, line in lines(read([draw]))] == texts
    assert [line for _, line in lines(read([shown_turned]))] == texts


def test_each_bad_file_gets_its_sentence() -> None:
    whole = pdf([written((LEFT, 100, FIRST))])
    square = pdf([lambda canvas: canvas.rect(100, 100, 300, 300, fill=1)])
    bad = {
        "pdf_locked": pdf([written((LEFT, 100, FIRST))], password="bí mật"),
        "pdf_broken": b"%PDF-1.7\n" + bytes(range(256)) * 4,
        "pdf_empty": pdf([lambda canvas: None]),
        "pdf_picture": square,
    }
    for key, data in bad.items():
        with pytest.raises(CorpusError) as caught:
            read_file(data, PATH)
        assert caught.value.sentence.key == f"readers.{key}"
        assert ";" in caught.value.vi and ";" in caught.value.en
    with pytest.raises(CorpusError):
        read_file(whole[: len(whole) // 3], PATH)


WORD = st.text(
    st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyáàạảãấầẩếềểứừởở0123456789"), min_size=1, max_size=9
)
TEXT = st.lists(WORD, min_size=1, max_size=7).map(" ".join)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 12), TEXT), min_size=1, max_size=12), min_size=1, max_size=3)
)
def test_no_word_is_lost_or_made(pages: list[list[tuple[int, str]]]) -> None:
    """Lines of any words, from any left edge: the words read and those listed are those written."""
    drawn = [
        written(*((LEFT + 20 * x, 100 + 17 * at, text) for at, (x, text) in enumerate(page)))
        for page in pages
    ]
    found = read(drawn)
    (one,) = found.articles
    read_words = Counter(" ".join([one.text, *(it.text for it in found.dropped)]).split())
    assert read_words == Counter(" ".join(text for page in pages for _, text in page).split())


def test_the_u_that_pdfium_takes_for_a_hyphen_at_a_line_s_end() -> None:
    """TCVN3 has ư where Latin-1 has the soft hyphen; a program that made the file may have put a minus."""
    texts = (
        "Th\xb5nh \xf1y v\xb5 c\xb8c qu\xcbn \xf1y \xae\xb7 tri\xd3n khai ngh\xde quy\xd5t cu\xe9c h\xe4p, nh\xad",
        "v\xcby c\xb8c tr\u2212\xeang h\xe4c \xae\xb7 \xae\xb9t ch\xd8 ti\xaau.",
    )
    found = read([written(*((LEFT, 100 + 17 * at, text) for at, text in enumerate(texts)))])
    (one,) = found.articles
    assert one.encoding == "TCVN3"
    assert one.text == (
        "Thành ủy và các quận ủy đã triển khai nghị quyết cuộc họp, như vậy các trường học đã đạt chỉ tiêu."
    )
