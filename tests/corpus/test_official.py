"""Documents of the Party and the State: what their heads say, who signs them, and the tree of their clauses."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.corpus.chunking import split_article
from partyqa.corpus.readers import Line, official
from partyqa.corpus.readers.fields import article
from partyqa.corpus.readers.formats import html, markdown

LEFT = ["ỦY BAN NHÂN DÂN", "XÃ PA VÂY", "-------", "Số: 12/2020/QĐ-UBND"]
RIGHT = [
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Pa Vây, ngày 2 tháng 4 năm 2020",
]
TITLE = ["QUYẾT ĐỊNH", "Về việc ban hành Quy chế mượn sách", "của thư viện xã"]
BODY = [
    "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ PA VÂY",
    "Căn cứ Luật Thư viện ngày 21 tháng 11 năm 2019;",
    "QUYẾT ĐỊNH:",
    "Điều 1. Ban hành kèm theo Quyết định này Quy chế mượn sách.",
    "Điều 2. Quyết định có hiệu lực từ ngày ký.",
    "Nơi nhận:",
    "- Như Điều 2;",
    "TM. ỦY BAN NHÂN DÂN",
    "CHỦ TỊCH",
    "(Đã ký)",
    "Vàng A Páo",
]
ATTACHED = [
    "QUY CHẾ",
    "Mượn sách của thư viện xã",
    "Chương I",
    "NHỮNG QUY ĐỊNH CHUNG",
    "Điều 1. Đối tượng",
    "1. Người từ đủ 6 tuổi được mượn sách, gồm:",
    "a) Học sinh;",
    "b) Người già.",
    "2. Mỗi lần mượn không quá 3 cuốn.",
    "Chương II",
    "XỬ LÝ",
    "Điều 2. Làm mất sách",
    "Ai làm mất sách phải đền.",
]
SIDE_BY_SIDE = [
    "ỦY BAN NHÂN DÂN     CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "XÃ PA VÂY           Độc lập - Tự do - Hạnh phúc",
    "Số: 12/2020/QĐ-UBND      Pa Vây, ngày 2 tháng 4 năm 2020",
]


@pytest.mark.parametrize(
    "head",
    [LEFT + RIGHT, RIGHT + LEFT, SIDE_BY_SIDE, [LEFT[0], RIGHT[0], LEFT[1], RIGHT[1], LEFT[3], RIGHT[2]]],
)
def test_a_letterhead_says_the_same_in_whatever_order_its_columns_come(head: list[str]) -> None:
    found = official.parse([*head, *TITLE, *BODY])
    assert found is not None
    assert (found.title, found.number, found.published, found.source, found.author) == (
        "QUYẾT ĐỊNH Về việc ban hành Quy chế mượn sách của thư viện xã",
        "12/2020/QĐ-UBND",
        date(2020, 4, 2),
        "ỦY BAN NHÂN DÂN XÃ PA VÂY",
        "Vàng A Páo",
    )


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        (
            [
                "TỈNH ỦY NẬM CÚM   ĐẢNG CỘNG SẢN VIỆT NAM",
                "BAN TỔ CHỨC",
                "Số 05 - CV/BTCTU",
                "V/v góp ý dự thảo",
                "Nậm Cúm, ngày 5 tháng 3 năm 2021",
                "Kính gửi: Huyện ủy Bản Sen",
                "Đề nghị góp ý trước ngày 10/3.",
            ],
            ("V/v góp ý dự thảo", "05-CV/BTCTU", date(2021, 3, 5), "TỈNH ỦY NẬM CÚM, BAN TỔ CHỨC"),
        ),
        (
            [
                "Nghị định của Chính phủ số 9/2004/NĐ-CP ngày 2 tháng 4 năm 2004 về đường bản",
                "Chính phủ",
                "Căn cứ Luật Đường bản;",
                "Điều 1. Nghị định này về đường bản.",
            ],
            (
                "Nghị định của Chính phủ số 9/2004/NĐ-CP ngày 2 tháng 4 năm 2004 về đường bản",
                "9/2004/NĐ-CP",
                date(2004, 4, 2),
                "Chính phủ",
            ),
        ),
        (
            [
                "Số:     /BC-UBND      Độc lập - Tự do - Hạnh phúc",
                "BÁO CÁO",
                "Kết quả thi hành Nghị định số 7/2001/NĐ-CP",
                "Xã đã mở 3 lớp.",
            ],
            ("BÁO CÁO Kết quả thi hành Nghị định số 7/2001/NĐ-CP", "", None, ""),
        ),
    ],
)
def test_heads_of_other_kinds(lines: list[str], fields: tuple[object, ...]) -> None:
    """A letter, a title without a letterhead, a draft whose number is empty: another document's is not its own."""
    found = official.parse(lines)
    assert found is not None
    assert (found.title, found.number, found.published, found.source) == fields


@pytest.mark.parametrize(
    "lines",
    [
        ["Bản Nà Pó có đường mới", "Ngày 2 tháng 4 năm 2020, xã Pa Vây khánh thành đường."],
        ["Quyết định của bà con", "Bà con hiến đất làm đường."],
        ["Điều 1 của quy ước", "Người dân giữ rừng."],
    ],
)
def test_an_article_is_no_document(lines: list[str]) -> None:
    assert official.parse(lines) is None
    assert official.with_clauses(lines) == lines


def _paths(lines: list[str | Line]) -> list[tuple[str, ...]]:
    return [line.path if isinstance(line, Line) else () for line in lines]


def test_what_is_attached_has_articles_of_its_own() -> None:
    """The signature stands in no clause; the rules behind it begin with Điều 1 anew, under their own name."""
    found = _paths(official.with_clauses([*BODY, *ATTACHED]))
    rules, one = "QUY CHẾ Mượn sách của thư viện xã", "Điều 1. Đối tượng"
    first = (rules, "Chương I. NHỮNG QUY ĐỊNH CHUNG")
    second = (rules, "Chương II. XỬ LÝ")
    assert found == [
        *[()] * 3,
        ("Điều 1",),
        ("Điều 2",),
        *[()] * 6,
        *[(rules,)] * 2,
        *[first] * 2,
        (*first, one),
        (*first, one, "khoản 1"),
        (*first, one, "khoản 1", "điểm a"),
        (*first, one, "khoản 1", "điểm b"),
        (*first, one, "khoản 2"),
        *[second] * 2,
        *[(*second, "Điều 2. Làm mất sách")] * 2,
    ]


def test_what_an_amendment_quotes_opens_nothing() -> None:
    lines = [
        "Điều 1. Sửa đổi, bổ sung Quy chế mượn sách như sau:",
        "1. Sửa đổi Điều 7 như sau:",
        "“Điều 7. Phạt",
        "1. Phạt tiền;",
        "2. Đền sách.”.",
        "2. Bãi bỏ Điều 9.",
        "Điều 2. Hiệu lực",
        "Điều 7 nói trên thôi có hiệu lực.",
    ]
    one = "Điều 1. Sửa đổi, bổ sung Quy chế mượn sách như sau"
    assert _paths(official.with_clauses(lines)) == [
        (one,),
        *[(one, "khoản 1")] * 4,
        (one, "khoản 2"),
        *[("Điều 2. Hiệu lực",)] * 2,
    ]


def test_the_parts_of_a_report() -> None:
    lines = [
        "Xã báo cáo như sau:",
        "I. TÌNH HÌNH",
        "1. Công tác tư tưởng",
        "Mở 3 lớp.",
        "2. Đã kết nạp:",
        "a) 5 nữ;",
        "b) 7 nam.",
        "II. NHIỆM VỤ",
        "1. Mở thêm lớp;",
        "2. Kết nạp thêm.",
    ]
    one, two = "Phần I. TÌNH HÌNH", "Phần II. NHIỆM VỤ"
    assert _paths(official.with_clauses(lines, parts=True)) == [
        (),
        (one,),
        *[(one, "Mục 1. Công tác tư tưởng")] * 2,
        (one, "Mục 2. Đã kết nạp"),
        (one, "Mục 2. Đã kết nạp", "điểm a"),
        (one, "Mục 2. Đã kết nạp", "điểm b"),
        (two,),
        (two, "mục 1"),
        (two, "mục 2"),
    ]
    assert official.with_clauses(lines) == lines


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=12))
def test_a_tree_is_read_off_as_it_was_written(articles: list[tuple[int, int]]) -> None:
    """Written from numbers of clauses and points, each line with its path; and what a line held stays."""
    written: list[tuple[str, tuple[str, ...]]] = []
    for number, (clauses, points) in enumerate(articles, 1):
        name = f"Điều {number}. Việc thứ {number}"
        written += [(name, (name,)), ("Việc này do xã làm.", (name,))]
        for clause in range(1, clauses + 1):
            written.append((f"{clause}. Xã làm việc {clause}:", (name, f"khoản {clause}")))
            written += [
                (f"{it}) việc {it};", (name, f"khoản {clause}", f"điểm {it}")) for it in "abc"[:points]
            ]
    found = official.with_clauses([text for text, _ in written])
    assert [(line.text, line.path) for line in found if isinstance(line, Line)] == written


def test_a_passage_is_of_one_article_below_its_headings() -> None:
    """A chapter's heading goes with its first article; the context has chapter and article."""
    made = article("a", official.with_clauses(ATTACHED[2:]), "a.txt", title="Quy chế")
    passages = split_article(made, lambda text: len(text.split()), 200)
    assert [(it.text.split("\n")[0], it.context) for it in passages] == [
        ("Chương I", "Quy chế. Chương I. NHỮNG QUY ĐỊNH CHUNG. Điều 1. Đối tượng."),
        ("Chương II", "Quy chế. Chương II. XỬ LÝ. Điều 2. Làm mất sách."),
    ]


def test_a_table_within_an_article_is_a_passage_of_its_own() -> None:
    row = Line("Xã: Pa Vây; Số sách: 12", path=("Bảng 1",))
    lines: list[str | Line] = ["Điều 1. Sách", "Có sách sau:", row, "Điều 2. Thẻ", "Có thẻ sau."]
    found = official.with_clauses(lines)
    assert _paths(found)[2] == ("Điều 1. Sách", "Bảng 1")
    made = article("a", found, "a.txt", title="Quy chế")
    assert [it.context for it in split_article(made, lambda text: len(text.split()), 200)] == [
        "Quy chế. Điều 1. Sách.",
        "Quy chế. Điều 1. Sách. Bảng 1.",
        "Quy chế. Điều 2. Thẻ.",
    ]


def test_markdown_and_web_pages_are_read_alike() -> None:
    body = [*LEFT[:2], LEFT[3], *RIGHT, " ".join(TITLE), *BODY]
    text = "\n\n".join(body).replace("- Như", "Như")
    (one,) = markdown.read(text.encode(), Path("a.md")).articles
    assert (one.title, one.number, one.author) == (" ".join(TITLE), "12/2020/QĐ-UBND", "Vàng A Páo")
    assert one.section_at(one.text.index("Quyết định có hiệu lực")) == one.sections[-1]
    assert [section.path for section in one.sections] == [("Điều 1",), ("Điều 2",)]
    page = (
        f"<html><body><h1>Quyết định</h1>{''.join(f'<p>{line}</p>' for line in text.split(chr(10)) if line)}"
    )
    (other,) = html.read(page.encode(), Path("a.html")).articles
    assert (other.number, other.published, other.author) == (one.number, date(2020, 4, 2), "Vàng A Páo")
    assert [section.path for section in other.sections] == [("Điều 1",), ("Điều 2",)]


def test_an_article_from_lines_of_any_file() -> None:
    """Pages stay with the lines of a document; sheets keep their paths."""
    paged = [Line(text, 1 + at // 9) for at, text in enumerate([*LEFT, *RIGHT, *TITLE, *BODY])]
    one, dropped = official.article_from(paged, "a", "a.pdf", title="Khác")
    assert (one.title, one.number, [it.text for it in dropped]) == (
        " ".join(TITLE),
        "12/2020/QĐ-UBND",
        ["-------"],
    )
    found = one.section_at(one.text.index("Điều 2. Quyết"))
    assert found is not None
    assert (found.page, found.path) == (2, ("Điều 2",))
    rows = [Line(f"{text}: 1", path=("Trang tính 1",)) for text in ("Điều 1. Thu", "Điều 2. Chi")]
    sheet, _ = official.article_from(rows, "b", "b.xlsx", title="Sổ")
    assert [section.path for section in sheet.sections] == [("Trang tính 1",)]
