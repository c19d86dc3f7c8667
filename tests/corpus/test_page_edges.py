"""Furniture goes at the edges of a page; between paragraphs no figure, no item, no row and no heading does."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers import page
from partyqa.corpus.readers.formats import html, plain
from partyqa.types import Article

TITLE = "Đảng bộ xã Tà Cóm kiểm tra các chi bộ bản"
ONE = "Quý III, Ủy ban Kiểm tra Đảng ủy xã Tà Cóm kiểm tra năm chi bộ bản và hai chi bộ trường học."
TWO = "Qua kiểm tra, các chi bộ đều họp đủ kỳ, ghi sổ đủ và thu đảng phí đúng hạn, không có nơi nào chậm."
THREE = "Đảng ủy yêu cầu hai chi bộ bản Na Hỳ và Pa Hốc bổ sung sổ nghị quyết trước ngày họp tháng sau."


def read(*lines: str) -> Article:
    (article,) = plain.read("\n".join((TITLE, *lines)).encode(), Path("a.txt")).articles
    return article


def read_html(body: str) -> Article:
    text = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>{body}</article></body></html>"
    (article,) = html.read(text.encode(), Path("a.html")).articles
    return article


BETWEEN = (
    *("214", "1.204", "97,5%", "08:30", "12", "5/5"),
    *(
        "- Giáo dục, y tế",
        "- Đánh giá",
        "• Trả lời",
        "1. Video",
        "2) Thành viên",
        "a) Liên hệ",
        "+ Tài khoản",
    ),
    *("Đánh giá", "Trả lời", "Thành viên", "Giáo dục", "Quốc phòng, an ninh", "Bản Na Hỳ", "Số đảng viên"),
    *("Giáo dục: 12; Y tế: 15", "https://example.org/so-lieu", "Thứ ba, 07/05/2019 08:30"),
)


@given(st.lists(st.sampled_from(BETWEEN), min_size=1, max_size=8, unique=True))
def test_nothing_between_paragraphs_is_lost(lines: list[str]) -> None:
    tools = ("Đánh giá", "Trả lời")  # one of them is a heading, several together a toolbar
    together = {line for pair in pairwise(lines) if set(pair) <= {*tools} for line in pair}
    kept = [line for line in lines if line not in together]
    assert read(ONE, TWO, THREE, *lines, ONE).text.split("\n") == [ONE, TWO, THREE, *kept, ONE]


@pytest.mark.parametrize(
    "lines",
    [
        ["Lượt xem: 4732 | In bài viết"],
        ["Chia sẻ", "Facebook", "Zalo"],
        ["Xem thêm: Mùa vàng trên cao nguyên"],
        ["Tags: chi bộ, kiểm tra"],
        ["***"],
    ],
)
def test_what_says_itself_that_it_is_the_pages_goes_between_paragraphs_too(lines: list[str]) -> None:
    assert read(ONE, TWO, *lines, THREE).text.split("\n") == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "items",
    [
        ["- Văn hóa, xã hội", "- Quốc phòng", "- Bình luận"],
        ["• Đánh giá", "• Liên hệ"],
        ["1. Nông nghiệp", "2. Du lịch"],
        ["Nông nghiệp", "Y tế, giáo dục"],
    ],
)
def test_a_list_that_the_text_opens_closes_an_article(items: list[str]) -> None:
    lead = "Quý IV sẽ kiểm tra các lĩnh vực:"
    assert read(ONE, lead, *items).text.split("\n") == [ONE, lead, *items]


def test_a_menu_and_counters_below_a_page_go() -> None:
    assert read(ONE, TWO, "Văn hóa, xã hội", "• Đang truy cập23", "Hôm nay", "4732").text == f"{ONE}\n{TWO}"
    lead = "Quý IV sẽ kiểm tra:"
    assert read(ONE, lead, "- Y tế", "Trang chủ", "Thời sự").text.split("\n") == [ONE, lead, "- Y tế"]


def test_a_table_in_lines_closes_an_article() -> None:
    table = ["Bản", "Số đảng viên", "Na Hỳ", "21", "Pa Hốc", "1.204"]
    assert read(ONE, TWO, *table).text.split("\n") == [ONE, TWO, *table]
    assert read(*table).text.split("\n")[-4:] == table[-4:]


def test_rows_and_items_of_a_web_page_close_an_article() -> None:
    table = "<table><tr><td>Y tế</td><td>12</td></tr><tr><td>Giáo dục</td><td>15</td></tr></table>"
    items = "<ul><li>Y tế</li><li>Quốc phòng, an ninh</li></ul><ol><li>Du lịch</li><li>Kinh tế</li></ol>"
    article = read_html(f"<p>{ONE}</p><p>{TWO}</p>{table}<p>Các lĩnh vực sẽ kiểm tra:</p>{items}")
    lead = "Các lĩnh vực sẽ kiểm tra:"
    rows, bullets = ["Y tế: 12", "Giáo dục: 15"], ["- Y tế", "- Quốc phòng, an ninh"]
    assert article.text.split("\n") == [ONE, TWO, *rows, lead, *bullets, "1. Du lịch", "2. Kinh tế"]


# boxes of other articles


def test_prose_right_behind_a_button_is_the_articles() -> None:
    assert read(ONE, TWO, "Xem thêm", THREE).text.split("\n") == [ONE, TWO, THREE]
    heading = "Ở bản Pa Hốc"
    assert read(ONE, "Đọc thêm:", TWO, heading, THREE).text.split("\n") == [ONE, TWO, heading, THREE]


def test_a_box_at_the_end_stays_out() -> None:
    headline = "Mùa vàng trên cao nguyên"
    for box in ([headline, f"{THREE[:-1]}..."], [headline], [f"{THREE[:70]}…", headline], [headline, THREE]):
        assert read(ONE, TWO, "Tin liên quan", *box).text.split("\n") == [ONE, TWO]


def test_the_links_of_a_web_page_say_where_a_box_ends() -> None:
    box = "<p>Xem thêm</p><p><a href='/a'>Mùa vàng trên cao nguyên</a></p><p><a href='/b'>Tết ở bản</a></p>"
    article = read_html(f"<p>{ONE}</p><p>{TWO}</p>{box}<p>{THREE}</p><p>Ở bản Pa Hốc</p><p>Sổ sách đủ.</p>")
    assert article.text.split("\n") == [ONE, TWO, THREE, "Ở bản Pa Hốc", "Sổ sách đủ."]
    links = (first := "Mùa vàng trên cao nguyên", second := "Tết ở bản vui như hội")
    lines = [TITLE, ONE, TWO, "Xem thêm", first, THREE, second, f"{THREE[:-1]} và báo lại."]
    assert page.parse(lines, TITLE, links=links).body == (ONE, TWO)


# titles


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["BÁO CÁO KIỂM ĐIỂM", "QUÝ III NĂM 2018"], "BÁO CÁO KIỂM ĐIỂM QUÝ III NĂM 2018"),
        (["BÁO ĐỘNG ĐỎ", "Ở RỪNG ĐẦU NGUỒN"], "BÁO ĐỘNG ĐỎ Ở RỪNG ĐẦU NGUỒN"),
        (["KẾ HOẠCH", "Kiểm tra các chi bộ bản trong quý"], None),
        (["THÔNG BÁO", "KẾT QUẢ KIỂM TRA CÁC CHI BỘ BẢN"], "THÔNG BÁO KẾT QUẢ KIỂM TRA CÁC CHI BỘ BẢN"),
        (["ĐẠI HỘI ĐẢNG BỘ XÃ TÀ CÓM", "NHIỆM KỲ 2015 - 2020"], "ĐẠI HỘI ĐẢNG BỘ XÃ TÀ CÓM NHIỆM KỲ 2015 - 2020"),
        (["BÁO LAI CHÂU", "KIỂM TRA CÁC CHI BỘ BẢN"], "KIỂM TRA CÁC CHI BỘ BẢN"),
    ],
)  # fmt: skip
def test_a_title_in_capitals_on_two_lines(lines: list[str], title: str | None) -> None:
    (article,) = plain.read("\n".join([*lines, ONE, TWO]).encode(), Path("a.txt")).articles
    assert article.text == f"{ONE}\n{TWO}"
    assert article.title == (title or " ".join(lines))
    assert article.source == ("Báo Lai Châu" if lines[0] == "BÁO LAI CHÂU" else "")


@pytest.mark.parametrize("line", ["BÁO CÁO TÓM TẮT", "BÁO ĐỘNG", "BÁO HIẾU", "BÁO CÔNG DÂNG BÁC", "BÁO GIÁ"])
def test_an_ordinary_word_in_capitals_is_no_newspaper(line: str) -> None:
    assert by.site(line) == ""


def test_a_short_article_keeps_its_title_and_its_sentence() -> None:
    (article,) = plain.read("Tin Tà Cóm\n\nĐảng bộ xã Tà Cóm có 14 chi bộ.".encode(), Path("a.txt")).articles
    assert (article.title, article.text) == ("Tin Tà Cóm", "Đảng bộ xã Tà Cóm có 14 chi bộ.")


def test_one_name_that_the_text_asks_for_is_no_author() -> None:
    lead = "Hội nghị bầu Bí thư Chi bộ bản Na Hỳ nhiệm kỳ 2018 - 2020 là đồng chí:"
    article = read(ONE, lead, "Giàng A Páo")
    assert (article.text, article.author) == (f"{ONE}\n{lead}\nGiàng A Páo", "")
