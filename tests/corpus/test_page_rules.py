"""The rules that take an article out of its page, one at a time; nothing of an article is ever lost."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers import page
from partyqa.corpus.readers.bylines import Stamp, StampKind
from partyqa.corpus.readers.formats import plain
from partyqa.corpus.readers.furniture import Marker, is_furniture, is_imprint, is_menu, marker
from partyqa.text.normalise import normalise
from partyqa.types import Article


def read_page(text: str) -> Article:
    (article,) = plain.read(text.encode(), Path("trang.txt")).articles
    return article


@pytest.mark.parametrize(
    "line",
    [
        "Bình luận viên của đài tỉnh đã bình luận về kết quả này ngay trong đêm.",
        "Đăng nhập vào cổng dịch vụ công",
        "Bạn cần đăng nhập Cổng Dịch vụ công quốc gia để nộp hồ sơ chuyển sinh hoạt Đảng.",
        "Chia sẻ kinh nghiệm",
        "Ý kiến của cử tri",
        "Thống kê tại hội nghị",
        "Hôm nay 12 đảng viên được trao Huy hiệu",
        "Năm 2016",
        "I. Kết quả",
        "Ảnh: Thanh Hoa",
        "Xem thêm các mô hình khác, đoàn đánh giá cao cách làm của xã.",
        "Video ghi lại buổi lễ được chiếu cho bà con xem.",
        "Bản quyền phần mềm",
        "Điện thoại reo lúc nửa đêm",
    ],
)
def test_what_only_sounds_like_furniture_stays(line: str) -> None:
    long = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    assert not is_furniture(line)
    assert marker(line) is None
    assert read_page(f"Tên bài viết về một chi bộ\n{long}\n{line}\n{long}").text == f"{long}\n{line}\n{long}"


@pytest.mark.parametrize(
    "line",
    "Lượt xem: 4732|08:59|100%|A- A A+|• Đang truy cập23|Chia sẻ Facebook Zalo|In bài|Gửi bài qua email"
    "|Về đầu trang|Nghe đọc bài|Thích 0 Chia sẻ|Đăng nhập / Đăng ký|Đăng nhập để bình luận|5/5 (3 bình chọn)"
    "|Tổng số điểm của bài viết là: 0 trong 0 đánh giá|Từ khóa: chi bộ|Tags: chi bộ|Chưa có bình luận"
    "|>> Tin vắn trong tuần|Xem thêm: Mùa vàng|https://example.org/a.png|toasoan@example.org|Chấp nhận cookie"
    "|Website này sử dụng cookie để phục vụ bạn tốt hơn.|Theo dõi Báo Tà Cóm trên Google News|***"
    "|Vui lòng gõ tiếng Việt có dấu".split("|"),
)
def test_what_is_furniture_wherever_it_stands(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    ("line", "imprint", "menu"),
    [
        ("Điện thoại: 0999 000 111 - Fax: 0999 000 112", True, False),
        ("Giấy phép số 12/GP-TTĐT", True, False),
        ("© 2024 Báo Tà Cóm", True, False),
        ("Tổng Biên tập: Vàng A Chống", True, False),
        ("Thời sự Chính trị Kinh tế Văn hóa - Xã hội", False, True),
        ("Trang chủ » Xây dựng Đảng", False, True),
        ("Trang nhất > Hoạt động của các chi bộ trong tỉnh", False, True),
        ("Chính trị là linh hồn", False, False),
    ],
)
def test_what_is_furniture_around_an_article_only(line: str, imprint: bool, menu: bool) -> None:
    assert (is_imprint(line), is_menu(line)) == (imprint, menu)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Bình luận (12)", Marker.END),
        ("Ý kiến bạn đọc", Marker.END),
        ("CÁC TIN KHÁC", Marker.END),
        ("» Tin mới hơn", Marker.END),
        ("Tin liên quan:", Marker.BOX),
        ("Tin, bài liên quan", Marker.BOX),
        ("Tin cùng chuyên mục", Marker.BOX),
        ("Đọc thêm", Marker.BOX),
        ("Ý kiến", None),
        ("Bình luận viên", None),
    ],
)
def test_markers(line: str, found: Marker | None) -> None:
    assert marker(line) is found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("08:59 - Thứ Tư, 01/03/2017 Lượt xem: 4732 In bài viết", Stamp(date(2017, 3, 1), StampKind.COUNTED)),
        ("Thứ tư - 05/08/2015 23:55 406 0", Stamp(date(2015, 8, 5), StampKind.COUNTED)),
        ("Thứ bảy, 30/12/2023 - 21:00'", Stamp(date(2023, 12, 30), StampKind.TIMED)),
        ("Chính trị - 01.03.2017 08h59", Stamp(date(2017, 3, 1), StampKind.TIMED)),
        ("2017-03-01 08:59", Stamp(date(2017, 3, 1), StampKind.TIMED)),
        ("Đăng ngày 1-3-2017", Stamp(date(2017, 3, 1), StampKind.PUBLISHED)),
        ("Cập nhật lúc 08:59, 01/03/2017", Stamp(date(2017, 3, 1), StampKind.UPDATED)),
        ("Đỗ Ước - 30/03/2022 07:30", Stamp(date(2022, 3, 30), StampKind.TIMED, "Đỗ Ước")),
        ("Lai Châu, ngày 5 tháng 8 năm 2015", Stamp(date(2015, 8, 5), StampKind.BARE, "Lai Châu")),
        ("31/02/2020 10:00", None),
        ("Sáng 15/01/2022", None),
        ("Số 128-BC/HU, Bản Sen, ngày 15 tháng 12 năm 2022", None),
        ("Kỷ niệm 90 năm Ngày thành lập Đảng 3/2/1930", None),
        ("Ngày 18-5, đoàn công tác làm việc tại xã", None),
    ],
)
def test_date_lines(line: str, found: Stamp | None) -> None:
    assert by.stamp(line) == found


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Bài, ảnh: Văn Thành Chương", "Văn Thành Chương"),
        ("Bài và ảnh: NGUYỄN VĂN ĐỖ", "Nguyễn Văn Đỗ"),
        ("Bài: Thu Hà - Ảnh: Minh Đức", "Thu Hà"),
        ("Thực hiện: Hà Vy - Ước Mơ", "Hà Vy, Ước Mơ"),
        ("Bài học: phải kiên trì", ""),
        ("Tin: đã có kết quả", ""),
        ("Thực hiện: từ năm 2015", ""),
    ],
)
def test_credit_lines(line: str, name: str) -> None:
    assert by.author(line) == name


@pytest.mark.parametrize(
    ("line", "name", "source"),
    [
        ("Vũ Mạnh Hà - Ủy viên dự khuyết Ban Chấp hành Trung ương Đảng", "Vũ Mạnh Hà", ""),
        ("Lò Văn Ớt (Bí thư chi bộ)", "Lò Văn Ớt", ""),
        ("ĐỖ ƯỚC", "Đỗ Ước", ""),
        ("Quang Duy (TTXVN)", "Quang Duy", "Thông tấn xã Việt Nam"),
        ("CTV Hải Phú/VOV.VN", "Hải Phú", "VOV.VN"),
        ("Mai Chi theo TTXVN", "Mai Chi", "Thông tấn xã Việt Nam"),
        ("Theo TTXVN", "", "Thông tấn xã Việt Nam"),
        ("Nguồn: Ban Tuyên giáo Tỉnh ủy", "", "Ban Tuyên giáo Tỉnh ủy"),
        ("Theo Báo Lai Châu", "", "Báo Lai Châu"),
        ("Theo kế hoạch", "", ""),
        ("Huyện Mường Tè", "", ""),
        ("Toàn cảnh buổi làm việc", "", ""),
    ],
)
def test_signatures_and_origins(line: str, name: str, source: str) -> None:
    assert (by.signature(line), by.origin(line)) == (name, source)


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("ĐBP - Đảng bộ huyện", "Báo Điện Biên Phủ"),
        ("(Dân trí) - Sáng nay", "Báo Dân trí"),
        ("(Baonghean.vn) - Sáng nay", "Baonghean.vn"),
        ("(TTXVN) – Sáng nay", "Thông tấn xã Việt Nam"),
        ("UBND - Sáng nay", ""),
        ("(Hà Nội) - Sáng nay", ""),
    ],
)
def test_datelines(line: str, source: str) -> None:
    assert by.dateline([line]) == source


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("BÁO ĐIỆN BIÊN PHỦ", "Báo Điện Biên Phủ"),
        ("Tạp chí Xây dựng Đảng", "Tạp chí Xây dựng Đảng"),
        ("CỔNG THÔNG TIN ĐIỆN TỬ HUYỆN BẢN SEN", "Cổng thông tin điện tử Huyện Bản Sen"),
        ("Báo cáo tổng kết công tác xây dựng Đảng", ""),
        ("Báo Lai Châu trao quà Tết", ""),
        ("Báo chí cách mạng", ""),
    ],
)
def test_names_of_newspapers(line: str, source: str) -> None:
    assert by.site(line) == source


def test_a_long_line_that_opens_as_a_notice_goes_on_with_the_article() -> None:
    body = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    line = f"Xem thêm: Mùa vàng {body} {body} {body}"
    assert page.parse([body, line, body]).body == (body, line, body)


def test_comments_end_an_article_and_a_button_does_not() -> None:
    body = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    comment = "Bản tôi cũng làm như thế từ năm ngoái, bà con đồng tình lắm, mong báo về viết bài."
    title = "Một tên bài đủ năm chữ"
    assert (
        read_page(f"{title}\n{body}\nBình luận (2)\nHải\n{comment}\nNam\n{comment}\n{comment}").text == body
    )
    article = read_page(f"Bình luận\nXem thêm\n{title}\n{body}")
    assert (article.title, article.text) == (title, body)


def test_nothing_short_after_the_credit_line_is_the_article() -> None:
    body = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    other = "Sáng nay, Hội Nông dân xã mở lớp dạy ghép cành cho ba mươi hội viên ở ba bản vùng cao."
    lines = ["Một tên bài đủ năm chữ", body, "Tin, ảnh: Hải Yến", "Lớp dạy nghề ở xã vùng cao", other]
    found = page.parse(lines)
    assert (found.body, found.author) == ((body,), "Hải Yến")
    assert page.parse([*lines, body * 3]).body == (body, "Tin, ảnh: Hải Yến", *lines[3:], body * 3)


def test_a_caption_after_a_box_is_the_articles() -> None:
    body = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    caption = "Đường vào bản Na Hỳ. Ảnh: Lò Inh"
    lines = ["Một tên bài đủ năm chữ", body, "Tin liên quan", "Mùa vàng trên cao nguyên", caption, body, body]
    assert page.parse(lines).body == (body, caption, body, body)


def test_the_newspaper_signs_teasers_too_an_agency_does_not() -> None:
    body = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    assert page.parse([body, "Bình luận", f"(BLC) - {body}"]).source == "Báo Lai Châu"
    assert page.parse([body, "Bình luận", f"(TTXVN) - {body}"]).source == ""


def test_lines_of_a_page_are_not_joined() -> None:
    body = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    short = ["Việc một", "làm đường", "Việc hai", "dựng nhà"]
    assert read_page("\n".join([body * 2, *short, body])).text.split("\n") == [body * 2, *short, body]
    names = [f"Hộ ông Lò Văn {name}" for name in "Ớt Inh Hặc Dự Piêng Chống Páo Vừ Dế Én Lai".split()]
    assert read_page("\n".join([body, *short, *names, body])).text.split("\n") == [body, *short, *names, body]


def test_a_clock_alone_is_no_date_of_the_article() -> None:
    body = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    clock = "Thứ sáu, 17/01/2025 22:10"
    assert read_page(f"{clock}\nMột tên bài đủ năm chữ\n{body}").published is None
    assert read_page(f"Báo Tà Cóm\n{clock}\nChính trị\nMột tên bài đủ năm chữ\n{body}").published is None
    assert read_page(f"Chính trị\n{clock}\nMột tên bài đủ năm chữ\n{body}").published == date(2025, 1, 17)


QUESTION = "Làm gì để chi bộ vùng cao nào cũng sinh hoạt đều đặn và có chất lượng?"


@pytest.mark.parametrize(
    ("page_lines", "title", "text"),
    [
        ("Chính trị\nTết ở bản\n05/02/2019 08:00\nCả bản vui\n{body}", "Tết ở bản", "Cả bản vui\n{body}"),
        ("Tết ở bản\n{body}", "Tết ở bản", "{body}"),
        (f"{QUESTION}\n{{body}}", QUESTION, "{body}"),
        (f"{QUESTION[:-1]}...\n{{body}}", f"{QUESTION[:-1]}...", "{body}"),
        (
            "Chuyện bản làng\n05/02/2019 08:00\nTết ở bản vui như hội\n{body}",
            "Tết ở bản vui như hội",
            "{body}",
        ),
        (
            "Tết ở bản vui như hội\n05/02/2019 08:00\nChuyện kể từ bản Na Hỳ\nCập nhật: 06/02/2019\n{body}",
            "Tết ở bản vui như hội",
            "Chuyện kể từ bản Na Hỳ\n{body}",
        ),
        ("Tết ở bản vui như hội\n{body}\nPV", "Tết ở bản vui như hội", "{body}"),
        ("Tết ở bản vui như hội\nTết ở bản vui như hội\n{body}", "Tết ở bản vui như hội", "{body}"),
        ("I. Kết quả đạt được trong năm\n{body}", None, "I. Kết quả đạt được trong năm\n{body}"),
        ("{body}\nVũ Mạnh Hà\nPhó Bí thư Tỉnh ủy", None, "{body}\nVũ Mạnh Hà\nPhó Bí thư Tỉnh ủy"),
        (
            "Tết ở bản\n{body}\nTrang thông tin điện tử huyện Bản Sen - Điện thoại: 0999 111 222.",
            "Tết ở bản",
            "{body}",
        ),
    ],
)
def test_where_title_and_text_begin(page_lines: str, title: str | None, text: str) -> None:
    body = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    article = read_page(page_lines.format(body=body))
    assert article.text == text.format(body=body)
    assert title is None or article.title == title


def test_the_day_of_an_event_in_the_text_is_no_date_of_the_article() -> None:
    body = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    article = read_page(f"Một tên bài đủ năm chữ\n{body}\nNgày 15/01/2022\n{body}")
    assert article.published is None
    assert article.text == f"{body}\nNgày 15/01/2022\n{body}"


def test_a_list_of_names_at_the_end_is_text() -> None:
    body = "Các đồng chí sau đây được bầu vào Ban Chấp hành Đảng bộ xã nhiệm kỳ 2020 - 2025:"
    names = "Lò Văn Ớt\nGiàng A Páo\nQuàng Thị Én"
    article = read_page(f"Kết quả bầu cử ở xã\n{body}\n{names}")
    assert article.text == f"{body}\n{names}"
    assert article.author == ""


def test_the_title_of_an_article_without_one_is_its_first_sentence_cut_after_a_word() -> None:
    first = "Ngày 3/2, tại TP. Hồ Chí Minh, " + "Đảng bộ phường họp " * 8 + "bàn việc."
    second = "Đoạn thứ hai của bài cũng khá dài, kể cho hết chuyện đã bàn."
    article = read_page(f"{first} Câu thứ hai nói thêm.\n{second}")
    assert (
        article.title
        == "Ngày 3/2, tại TP. Hồ Chí Minh, Đảng bộ phường họp Đảng bộ phường họp Đảng bộ phường họp Đảng bộ…"
    )
    assert article.text.startswith(first)


def test_a_lone_line_is_both_title_and_text() -> None:
    article = read_page("Chi bộ bản có năm đảng viên")
    assert article.title == article.text == "Chi bộ bản có năm đảng viên"


DOCUMENT = """ĐẢNG BỘ TỈNH NẬM CÚM               ĐẢNG CỘNG SẢN VIỆT NAM
HUYỆN ỦY BẢN SEN
*
Số 128-BC/HU                  Bản Sen, ngày 15 tháng 12 năm 2022

BÁO CÁO
kết quả công tác xây dựng Đảng năm 2022,
phương hướng, nhiệm vụ năm 2023
-----

Thực hiện Kế hoạch số 45-KH/TU, ngày 10/11/2022 của Tỉnh ủy, Ban Thường vụ
Huyện ủy Bản Sen báo cáo kết quả công tác xây dựng Đảng năm 2022 như sau:

I. KẾT QUẢ ĐẠT ĐƯỢC
1. Công tác chính trị, tư tưởng
Trong năm, các cấp ủy mở 34 hội nghị học tập nghị quyết với 3.812 lượt cán bộ,
đảng viên tham gia, đạt 97,4%; mở 6 lớp bồi dưỡng cho 412 người.
Bình luận
Điện thoại: 0999 111 222
"""


def test_a_document_of_the_party_keeps_its_number_and_loses_its_line_breaks() -> None:
    article = read_page(DOCUMENT)
    assert article.title == (
        "BÁO CÁO kết quả công tác xây dựng Đảng năm 2022, phương hướng, nhiệm vụ năm 2023"
    )
    assert article.published == date(2022, 12, 15)
    assert article.text.split("\n") == [
        "ĐẢNG BỘ TỈNH NẬM CÚM               ĐẢNG CỘNG SẢN VIỆT NAM",
        "HUYỆN ỦY BẢN SEN",
        "Số 128-BC/HU                  Bản Sen, ngày 15 tháng 12 năm 2022",
        "Thực hiện Kế hoạch số 45-KH/TU, ngày 10/11/2022 của Tỉnh ủy, Ban Thường vụ Huyện ủy Bản Sen báo cáo "
        "kết quả công tác xây dựng Đảng năm 2022 như sau:",
        "I. KẾT QUẢ ĐẠT ĐƯỢC",
        "1. Công tác chính trị, tư tưởng",
        "Trong năm, các cấp ủy mở 34 hội nghị học tập nghị quyết với 3.812 lượt cán bộ, đảng viên tham gia, "
        "đạt 97,4%; mở 6 lớp bồi dưỡng cho 412 người.",
        "Bình luận",
        "Điện thoại: 0999 111 222",
    ]


PROSE = st.lists(
    st.sampled_from("chi bộ bình luận đăng nhập chia sẻ lượt xem 2.128 Mường Tè in bài viết".split()),
    min_size=20,
)


@given(paragraphs=st.lists(PROSE.map(lambda words: f"Huyện {' '.join(words)}."), min_size=1, max_size=12))
def test_no_paragraph_is_ever_lost(paragraphs: list[str]) -> None:
    assert page.parse(paragraphs).body == tuple(paragraphs)


@given(st.text(alphabet="aBđ ộẢ.:…0123456789/\n-()", max_size=400) | st.text(max_size=200))
def test_what_is_read_was_on_the_page(text: str) -> None:
    lines = [line for part in normalise(text).split("\n") if (line := part.strip())]
    found = page.parse(lines)
    left = iter(lines)
    assert all(line in left for line in found.body)  # in their order, unchanged
    assert all(unicodedata.is_normalized("NFC", line) for line in found.body)


def test_a_page_of_many_buttons_is_read_in_no_time() -> None:
    body = "Chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ trong bản."
    found = page.parse([body, *["Xem thêm", "Bình luận"] * 20_000])
    assert found.body == (body,)
