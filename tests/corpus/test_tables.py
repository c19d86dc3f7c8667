"""Tables as lines: every figure with the heads of its row and column, whatever spans or marks them."""

from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trafilatura import load_html

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers.formats import html, markdown, plain
from partyqa.corpus.readers.tables import set_in_text, table_lines
from partyqa.corpus.readers.web.grids import set_tables

PROSE = (
    "Sáu tháng đầu năm, Đảng ủy xã Tà Cóm giao chỉ tiêu kết nạp cho từng chi bộ và kiểm tra hằng tháng.",
    "Các chi bộ bản đều có nguồn kết nạp, bản ít nhất cũng có hai quần chúng ưu tú đã học lớp cảm tình.",
)


def page(table: str) -> str:
    title = "Kết nạp đảng viên ở Tà Cóm"
    head = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    return f"{head}<p>{PROSE[0]}</p>{table}<p>{PROSE[1]}</p></article></body></html>"


def rows_of(table: str) -> list[str]:
    """The lines of a page's text between its two paragraphs."""
    (article,) = html.read(page(table).encode(), Path("a.html")).articles
    first, *rows, last = article.text.split("\n")
    assert (first, last) == PROSE
    return rows


def cells(*row: str, tag: str = "td") -> str:
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in row)}</tr>"


WORD = "<p class=MsoNormal><span>{}</span></p>".format


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        (
            cells("Bản", "Nguồn") + cells("Na Hỳ", "5") + cells("Pa Hốc", "1.204"),
            ["Bản: Na Hỳ; Nguồn: 5", "Bản: Pa Hốc; Nguồn: 1.204"],
        ),
        (
            cells(WORD("Chi bộ bản"), WORD("Tỷ lệ")) + cells(WORD("Na Hỳ"), WORD("97,5%")),
            ["Chi bộ bản: Na Hỳ; Tỷ lệ: 97,5%"],
        ),
        (
            cells("", "2017", "2018", tag="th") + cells("Nữ", "4", "") + cells("Nam", "7", "9"),
            ["Nữ; 2017: 4", "Nam; 2017: 7; 2018: 9"],
        ),
        (cells("Bản", "2017", "2018") + cells("Na Hỳ", "4", "6"), ["Bản: Na Hỳ; 2017: 4; 2018: 6"]),
        (
            "<thead><tr><th rowspan=2>TT</th><th rowspan='2'>Bản</th><th colspan=2>Kết nạp</th></tr>"
            + cells("Nam", "Nữ", tag="th")
            + "</thead><tbody>"
            + cells("1", "Na Hỳ", "3", "2")
            + "</tbody>",
            ["TT: 1; Bản: Na Hỳ; Kết nạp, Nam: 3; Kết nạp, Nữ: 2"],
        ),
        (
            "<tr><td rowspan=2>Bản</td><td colspan=2>Kết nạp</td></tr>"
            + cells("Nam", "Nữ")
            + cells("Pa Hốc", "0", "1"),
            ["Bản: Pa Hốc; Kết nạp, Nam: 0; Kết nạp, Nữ: 1"],
        ),
        (
            cells("Vùng", "Bản", "Đảng viên")
            + "<tr><td rowspan=2>Cao</td><td>Na Hỳ</td><td>21</td></tr>"
            + cells("Pa Hốc", "14")
            + cells("Thấp", "Huổi Lạ", "30"),
            [
                "Vùng: Cao; Bản: Na Hỳ; Đảng viên: 21",
                "Vùng: Cao; Bản: Pa Hốc; Đảng viên: 14",
                "Vùng: Thấp; Bản: Huổi Lạ; Đảng viên: 30",
            ],
        ),
        (
            "<caption>Biểu số 3</caption>" + cells("Họ và tên", "Chức vụ") + cells("Vàng A Sử", "Chủ tịch"),
            ["Biểu số 3", "Họ và tên: Vàng A Sử; Chức vụ: Chủ tịch"],
        ),
        (
            cells("Bí thư", "Vàng A Sử") + cells("Phó Bí thư", "Lò Thị Inh") + cells("Số đảng viên", "214"),
            ["Bí thư: Vàng A Sử", "Phó Bí thư: Lò Thị Inh", "Số đảng viên: 214"],
        ),
        (
            cells("Bản", "Đảng viên") + "<tr><td colspan=2>Khối nông thôn</td></tr>" + cells("Na Hỳ", "21"),
            ["Khối nông thôn", "Bản: Na Hỳ; Đảng viên: 21"],
        ),
        (cells("Na Hỳ", "21", "4") + cells("Pa Hốc", "14", "3"), ["Na Hỳ; 21; 4", "Pa Hốc; 14; 3"]),
        (
            cells("Lĩnh vực", "Đạt") + cells("Giáo dục", "12") + cells("Y tế", "15"),
            ["Lĩnh vực: Giáo dục; Đạt: 12", "Lĩnh vực: Y tế; Đạt: 15"],
        ),
    ],
    ids=["plain", "from Word", "an empty head", "years", "two heads marked", "two heads not marked", "rows that span",
         "a caption", "pairs", "a heading within", "no heads", "names of sections"],
)  # fmt: skip
def test_a_row_carries_its_heads(table: str, lines: list[str]) -> None:
    assert rows_of(f"<table>{table}</table>") == lines


def test_a_table_at_the_end_of_a_page_stays() -> None:
    table = f"<table>{cells('Lĩnh vực', 'Đạt')}{cells('Giáo dục', '12')}{cells('Y tế', '15')}</table>"
    text = page("").replace("</article>", f"<p>Kết quả:</p>{table}</article>")
    (article,) = html.read(text.encode(), Path("a.html")).articles
    assert article.text.split("\n") == [
        *PROSE,
        "Kết quả:",
        "Lĩnh vực: Giáo dục; Đạt: 12",
        "Lĩnh vực: Y tế; Đạt: 15",
    ]


def test_what_lays_out_a_page_is_no_table() -> None:
    menu = cells("<a href='/'>Trang chủ</a>", "<a href='/'>Chính trị</a>") * 3
    assert set_tables(load_html(f"<html><body><table>{menu}</table></body></html>")) == []
    long = " ".join(PROSE * 2)
    columns = f"<table><tr><td><p>{long}</p></td><td><p>Cả xã cùng làm.</p></td></tr></table>"
    assert rows_of(columns) == [long, "Cả xã cùng làm."]


def test_a_head_without_values_is_told() -> None:
    table = cells("Bản", "Đảng viên", "Ghi chú") + cells("Na Hỳ", "21", "")
    assert html.read(page(f"<table>{table}</table>").encode(), Path("a.html")).dropped == (
        Dropped("Ghi chú", "table"),
    )


def test_a_table_of_html_within_markdown() -> None:
    source = f"Một câu.\n\n<table>{cells('Bản', 'Đảng viên')}{cells('Na Hỳ', '21')}</table>\n\nHai câu."
    (article,) = markdown.read(source.encode(), Path("a.md")).articles
    assert article.text == "Một câu.\nBản: Na Hỳ; Đảng viên: 21\nHai câu."


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        ("Bản\tĐảng viên\tNữ\nNa Hỳ\t21\t9\nPa Hốc\t14\t",
         ["Bản: Na Hỳ; Đảng viên: 21; Nữ: 9", "Bản: Pa Hốc; Đảng viên: 14"]),
        ("\t2017\t2018\r\nNữ\t4\t6\r\nNam\t7\t9", ["Nữ; 2017: 4; 2018: 6", "Nam; 2017: 7; 2018: 9"]),
        ("   TT    Bản          Đảng viên\n   1     Na Hỳ        21\n   2     Pa Hốc       1.204",
         ["TT: 1; Bản: Na Hỳ; Đảng viên: 21", "TT: 2; Bản: Pa Hốc; Đảng viên: 1.204"]),
        ("Họ và tên\tChức vụ\nVàng A Sử\tChủ tịch", ["Họ và tên: Vàng A Sử; Chức vụ: Chủ tịch"]),
        ("Na Hỳ\t21\t9\nPa Hốc\t14\t3", ["Na Hỳ 21 9", "Pa Hốc 14 3"]),
        ("\tBản Na Hỳ ở đầu nguồn.\n\tBản Pa Hốc ở cuối.", ["Bản Na Hỳ ở đầu nguồn.", "Bản Pa Hốc ở cuối."]),
        ("Bản Na Hỳ      21 đảng viên", ["Bản Na Hỳ      21 đảng viên"]),
    ],
    ids=["tabs", "an empty head", "wide spaces", "names", "no heads", "indented paragraphs", "a single line"],
)  # fmt: skip
def test_a_table_of_a_text(table: str, lines: list[str]) -> None:
    text = f"Kết nạp đảng viên ở Tà Cóm\n\n{PROSE[0]}\n\n{table}\n\n{PROSE[1]}"
    (article,) = plain.read(text.encode(), Path("a.txt")).articles
    assert article.text.split("\n") == [PROSE[0], *lines, PROSE[1]]


def test_a_letterhead_is_no_table() -> None:
    head = [
        ("HUYỆN ỦY BẢN SEN", "ĐẢNG CỘNG SẢN VIỆT NAM"),
        ("Số 128-BC/HU", "Bản Sen, ngày 15 tháng 12 năm 2018"),
    ]
    rows = "".join(cells(*row) for row in head)
    assert set_tables(load_html(f"<html><body><table>{rows}</table></body></html>")) == []
    text = "\n".join("          ".join(row) for row in head)
    assert set_in_text(text) == (text, {}, [])


WORDS = st.text(alphabet="aBđẢ 1", min_size=1, max_size=6).map(str.strip).filter(bool)


@given(
    st.integers(2, 5).flatmap(
        lambda wide: st.lists(st.lists(WORDS, min_size=wide, max_size=wide), min_size=2, max_size=6)
    )
)
def test_every_cell_stands_in_its_row_under_its_head(grid: list[list[str]]) -> None:
    head, *rows = grid
    lines = list(table_lines(grid, 1))
    kept = [row for row in rows if row != [name.rstrip(" :") for name in head]]
    if any(len(set(row)) == 1 for row in grid):  # one cell that spans all columns
        return
    assert lines == [
        "; ".join(f"{name}: {cell}" for name, cell in zip(head, row, strict=True)) for row in kept
    ]


@given(st.lists(st.lists(WORDS, min_size=2, max_size=4), min_size=1, max_size=5), st.data())
def test_no_table_brings_down_a_page_or_loses_a_figure(rows: list[list[str]], data: st.DataObject) -> None:
    spans = st.sampled_from(["", " rowspan=2", " colspan=3", " rowspan=x", " colspan=0"])
    table = "".join(
        f"<tr>{''.join(f'<td{data.draw(spans)}>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    found = html.read(page(f"<table>{table}</table>").encode(), Path("a.html"))
    lines = [*found.articles[0].text.split("\n"), *(it.text for it in found.dropped)]
    there = {
        cell
        for line in lines
        for named in line.split("; ")
        for part in named.split(": ")
        for cell in part.split(", ")
    }
    assert [cell for row in rows for cell in row if " ".join(cell.split()) not in there] == []
