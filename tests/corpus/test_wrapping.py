"""Where a broken line goes on in the next: text of a fixed width, its pages, and the paragraphs of Markdown."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.corpus.readers.formats import markdown, plain
from partyqa.corpus.readers.wrapping import rewrapped, unwrapped
from partyqa.text.normalise import normalise

WRAPPED = """Quý II năm 2018, Đảng ủy xã Tà Cóm cử đi học lớp cảm tình Đảng
Giàng A Páo, Lò Thị Inh, Vàng A Sử, Quàng Thị Én, Lò Văn Hặc,
Mùa A Vừ và Sùng Thị Dế. Số người học tăng so với năm 2017 là
21 người, bằng 1/3 số quần chúng của cả xã, và tăng đều trong
Quý III."""


def test_names_and_figures_begin_broken_lines_too() -> None:
    assert unwrapped(WRAPPED) == (
        [
            "Quý II năm 2018, Đảng ủy xã Tà Cóm cử đi học lớp cảm tình Đảng Giàng A Páo, Lò Thị Inh, Vàng A Sử, "
            "Quàng Thị Én, Lò Văn Hặc, Mùa A Vừ và Sùng Thị Dế. Số người học tăng so với năm 2017 là "
            "21 người, bằng 1/3 số quần chúng của cả xã, và tăng đều trong Quý III."
        ],
        [],
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["Đảng ủy viên xã Tà Cóm", "Giàng A Páo", "Lò Thị Inh", "Vàng A Sử"],
        ["Bản Na Hỳ", "21 đảng viên", "Bản Pa Hốc", "14 đảng viên"],
        [
            "Các việc đã làm trong quý và",
            "- mở đường vào bản",
            "- dựng nhà văn hóa,",
            "- trồng rừng phòng hộ",
        ],
        ["Xã       Đảng viên", "Tà Cóm       214", "Nậm Cúm       187"],
    ],
)
def test_lists_and_columns_stay_lines(lines: list[str]) -> None:
    assert unwrapped("\n".join(lines)) == (lines, [])


def test_an_item_of_broken_text_is_no_end_of_the_line_above_it() -> None:
    text = WRAPPED + "\nBa việc của chi bộ trong sáu tháng cuối năm theo nghị quyết\n"
    text += "1. Mở 1,2 km đường từ trục xã vào đến nhà văn hóa\ncủa bản\n2. Dựng ba nhà đại đoàn kết"
    assert unwrapped(text)[0][1:] == [
        "Ba việc của chi bộ trong sáu tháng cuối năm theo nghị quyết",
        "1. Mở 1,2 km đường từ trục xã vào đến nhà văn hóa của bản",
        "2. Dựng ba nhà đại đoàn kết",
    ]


ABOVE = (
    "Năm 2018 chi bộ vận động nhân dân góp công mở đường vào bản,\n"
    "đường rộng ba mét, dài hơn một cây số, nối với trục\nxã ở gần"
)
BELOW = "nhà văn hóa bản Na Hỳ, nơi bà con\nvẫn họp hằng tháng."
JOINED = " ".join(f"{ABOVE} {BELOW}".split("\n"))


@pytest.mark.parametrize(
    ("between", "numbers"),
    [
        (f"\n{' ' * 30}17\n", ["17"]),
        ("\n\n17\n\n", ["17"]),
        ("\n\n- 17 -\n\f", ["- 17 -"]),
        ("\n\fTrang 17/40\n", ["Trang 17/40"]),
        ("\n\n\f", []),
    ],
    ids=["indented", "between blank lines", "before the page's end", "after it", "no number"],
)
def test_a_page_ends_in_mid_sentence(between: str, numbers: list[str]) -> None:
    assert unwrapped(ABOVE + between + BELOW) == ([JOINED], numbers)


@pytest.mark.parametrize("figure", ["214", "2018", "7"])
def test_a_figure_on_its_own_line_is_no_page(figure: str) -> None:
    lines, numbers = unwrapped(f"{ABOVE}\n{figure}\n{BELOW}")
    assert (figure in lines, numbers) == (True, [])
    closed = f"{ABOVE} bản."
    lines, numbers = unwrapped(f"{closed}\n\n{' ' * 30}{figure}\n\n{BELOW}")
    assert (figure in lines, numbers) == (True, [])
    short = f"Bản Na Hỳ\n{' ' * 30}{figure}\nđảng viên"  # nothing says that it was broken at a width
    assert unwrapped(short) == (["Bản Na Hỳ", figure, "đảng viên"], [])


def test_the_number_of_a_page_is_told() -> None:
    found = plain.read(f"{ABOVE}\n\n17\n\n{BELOW}".encode(), Path("a.txt"))
    assert [(it.text, it.why) for it in found.dropped] == [("17", "page")]
    assert found.articles[0].text == JOINED


PIECES = st.sampled_from(
    [*"aB1đẢ.,:;-", "là", "Lò Văn Ớt,", "214", " ", "\n", "\n", "\n\n", "\f", "1. ", "   ", " " * 20]
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_joining_loses_no_letter_and_keeps_the_order(text: str) -> None:
    lines, numbers = unwrapped(text)
    left = "".join(normalise(text).split())
    assert len("".join("".join(lines).split())) + len("".join("".join(numbers).split())) == len(left)
    position = iter(left)
    assert all(char in position for char in "".join("".join(lines).split()))
    assert all(line == line.strip() != "" for line in lines)


@given(
    st.lists(st.text(alphabet="aB1đ.,: ", min_size=1, max_size=90).filter(str.strip), min_size=1, max_size=8)
)
def test_a_paragraph_of_markdown_keeps_every_word(lines: list[str]) -> None:
    lines = [line.strip() for line in lines]
    found = list(rewrapped(lines, max(map(len, lines))))
    assert " ".join(found) == " ".join(lines)


def text_of(source: str) -> list[str]:
    (article,) = markdown.read(source.encode(), Path("a.md")).articles
    return article.text.split("\n")


def test_lines_of_markdown_that_were_not_broken_by_a_width() -> None:
    assert text_of("Chủ tịch: Vàng A Sử\nPhó Chủ tịch: Quàng Thị Én\nỦy viên: Lò Văn Hặc, Mùa A Vừ") == [
        "Chủ tịch: Vàng A Sử",
        "Phó Chủ tịch: Quàng Thị Én",
        "Ủy viên: Lò Văn Hặc, Mùa A Vừ",
    ]
    assert text_of("Bản Na Hỳ\n21 đảng viên") == ["Bản Na Hỳ", "21 đảng viên"]
    assert text_of("Trong quý, xã kết nạp\n7 đảng viên ở bản\nNa Hỳ.") == [
        "Trong quý, xã kết nạp 7 đảng viên ở bản Na Hỳ."
    ]


def test_markdown_that_was_broken_by_a_width() -> None:
    first = "Trong quý II năm 2018, Đảng ủy xã cử chín quần chúng đi học lớp cảm tình Đảng ở huyện"
    second = "Bản Sen, mỗi bản một người. Học xong, chi bộ giao mỗi người một việc để thử thách rồi"
    third = "21 người được kết nạp."
    assert text_of(f"{first}\n{second}\n{third}") == [f"{first} {second} {third}"]
    assert text_of("Xã có 7 chi bộ.\nChi bộ nào cũng họp đều.") == [
        "Xã có 7 chi bộ. Chi bộ nào cũng họp đều."
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Ao rộng 8*11 m, vườn 14*30 m.", "Ao rộng 8*11 m, vườn 14*30 m."),
        ("Tấm 2m*3m*5cm", "Tấm 2m*3m*5cm"),
        ("Lũy thừa 2**3 và 4**5", "Lũy thừa 2**3 và 4**5"),
        ("*152* đảng viên, **37**% là nữ", "152 đảng viên, 37% là nữ"),
        ("năm **2016**có *9 nữ*", "năm 2016có 9 nữ"),
        ("**4*5** m", "4*5 m"),
        ("`3*4*5`", "3*4*5"),
    ],
)
def test_a_star_between_figures_is_read(source: str, text: str) -> None:
    assert text_of(source) == [text]


def test_lists_of_markdown_keep_their_marks() -> None:
    source = "Ba việc:\n\n* Mở đường\n  vào bản\n* Dựng nhà:\n  + cho hộ nghèo\n\n3) Trồng rừng\n4) Nuôi cá"
    assert text_of(source) == [
        "Ba việc:",
        "- Mở đường vào bản",
        "- Dựng nhà:",
        "- cho hộ nghèo",
        "3) Trồng rừng",
        "4) Nuôi cá",
    ]


def test_a_note_for_the_reader_of_a_file_is_left_out_quietly() -> None:
    found = markdown.read("---\nnote: Chép từ bản in.\nviews: 3\n---\nMột câu.".encode(), Path("a.md"))
    assert [it.text for it in found.dropped] == ["views: 3"]
