"""Pages as they were scraped: the article is taken out whole, and nothing of the page with it.

Each page of tests/data/pages is a page written for these tests in the layout of a Vietnamese newspaper. In
a .marked file every line says what becomes of it: "= " the title, "+ " kept, "- " left out. Beside an
.html file a .json says what is expected.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from partyqa.corpus.loading import read_corpus
from partyqa.corpus.readers.formats import html, plain
from partyqa.text.normalise import normalise
from partyqa.types import Article

PAGES = Path(__file__).parents[1] / "data" / "pages"


def read_page(text: str) -> Article:
    (article,) = plain.read(text.encode(), Path("trang.txt")).articles
    return article


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.marked")), ids=lambda path: path.stem)
def test_a_scraped_page_line_by_line(path: Path) -> None:
    header, _, marked = path.read_text(encoding="utf-8").partition("---\n")
    said = {key: value.strip() for key, _, value in (line.partition(":") for line in header.splitlines())}
    lines = [(line[0], line[2:]) for line in marked.splitlines()]
    article = read_page("\n".join(line for _, line in lines))
    assert [article.title] == [line for mark, line in lines if mark == "="]
    assert article.text.split("\n") == [line for mark, line in lines if mark == "+"]
    assert article.source == said["source"]
    assert article.author == said["author"]
    assert article.published == (date.fromisoformat(said["published"]) if said["published"] else None)
    assert article.url is None


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.htm*")), ids=lambda path: path.stem)
def test_an_html_page(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    (article,) = read_corpus(path)
    assert article.text.split("\n") == expected["body"]
    assert article == Article(
        id=path.stem,
        title=expected["title"],
        text=article.text,
        source=expected["source"],
        url=expected["url"],
        published=date.fromisoformat(expected["published"]),
        author=expected["author"],
        sections=article.sections,
    )
    assert [section.path for section in article.sections] == [(name,) for name in expected.get("tables", [])]
    raw = path.read_text(encoding="utf-8")
    assert [words for words in expected["dropped"] if words not in raw] == []
    assert [words for words in expected["dropped"] if words in article.text] == []


# the raw seeds

SEEDS = {
    "000_6b9ecd23d67c0d26": ("Đảng bộ huyện Mường Tè có 52 tổ chức cơ sở Đảng", "", None, ""),
    "001_4eac19e4195bf102": (
        "Chuyển biến tích cực trong công tác xây dựng Đảng ở Mường Ảng",
        "Báo Điện Biên Phủ",
        date(2017, 3, 1),
        "Văn Thành Chương",
    ),
    "002_f2be7bebb3d2c427": (
        "Kiểm tra công tác xây dựng Đảng và hệ thống chính trị tại Đảng bộ Thị trấn Mường Lát",
        "",
        None,
        "Tuấn Bình",
    ),
    "003_40ba31ec1afa1919": (
        "Nâng cao năng lực lãnh đạo, sức chiến đấu của Đảng bộ tỉnh - nhiệm vụ trọng tâm, xuyên suốt",
        "Báo Lai Châu",
        date(2023, 12, 30),
        "Vũ Mạnh Hà",
    ),
    "004_e8dcba4e60d6c28e": (
        "Đảng bộ huyện Mường Tè học tập và làm theo tấm gương đạo đức Hồ Chí Minh "
        "gắn với thực hiện Nghị quyết TW4 (khóa XI) của Đảng",
        "Trang thông tin điện tử Huyện Mường Tè",
        date(2015, 8, 5),
        "Trịnh Tuấn Anh",
    ),
}
SEED_FURNITURE = (
    "Lượt xem|In bài viết|Bình luận|bình luận|Tin khác|GMT|19/05/2024|Gỡ khó|Tao Thị Hiên|lừa đảo|Bài, ảnh"
    "|Tin, ảnh|Tác giả|Ý kiến bạn đọc|đánh giá\n|GIẢI QUYẾT HỒ SƠ|đúng hạn|Mức độ 2|Quá hạn|Thống kê|truy cập"
    "|Khách|Hôm nay|Bản đồ|http|đăng nhập|4732|23:55|Trang thông tin"
)
SEED_WORDS = {
    "000_6b9ecd23d67c0d26": "52 tổ chức cơ sở Đảng|275 cuộc kiểm tra|23,85 triệu đồng|đạt 121%|185 đảng viên",
    "001_4eac19e4195bf102": "2.128 đảng viên|152 đảng viên mới|62,5%|bản Pơ Mu|nhân dân bản Hón",
    "002_f2be7bebb3d2c427": "396 đảng viên|Toàn cảnh buổi làm việc|Bí thư Đảng uỷ Thị trấn đề xuất|01-KL/TW",
    "003_40ba31ec1afa1919": "6.848 đảng viên|18.831 người|Ảnh: THANH HOA|28-NQ/TW|Ủy viên dự khuyết|Năm là",
    "004_e8dcba4e60d6c28e": "2618 đảng viên|91,2%|9.614 lượt|178 tác phẩm|76/85 đồng chí|Tuy vậy",
}
FIRST_LINES_AFTER_THE_ARTICLE = ("Bình luận", "Ý kiến bạn đọc")


def test_the_fields_of_the_seeds(seeds: Path) -> None:
    found = {a.id: (a.title, a.source, a.published, a.author) for a in read_corpus(seeds)}
    assert found == SEEDS


def test_no_furniture_of_the_seeds_is_read_and_their_text_is(seeds: Path) -> None:
    for article in read_corpus(seeds):
        assert [words for words in SEED_FURNITURE.split("|") if words in article.text + "\n"] == []
        assert [words for words in SEED_WORDS[article.id].split("|") if words not in article.text] == []
        assert article.title not in article.text.split("\n")


def test_no_paragraph_of_a_seed_is_lost_or_changed(seeds: Path) -> None:
    for article in read_corpus(seeds):
        raw = normalise((seeds / f"{article.id}.txt").read_text(encoding="utf-8"))
        lines = [line.strip() for line in raw.split("\n")]
        end = next((i for i, line in enumerate(lines) if line in FIRST_LINES_AFTER_THE_ARTICLE), len(lines))
        kept = article.text.split("\n")
        assert [line for line in lines[:end] if len(line) > 200] == [line for line in kept if len(line) > 200]
        assert [line for line in kept if line not in lines[:end]] == []


def test_visible_date_and_byline_go_before_what_a_page_declares() -> None:
    text = """<html><head><title>Chi bộ Na Hỳ làm đường vào bản - Báo Tà Cóm</title>
    <meta property="article:published_time" content="2024-05-19T10:00:00+07:00">
    <meta name="author" content="admin"></head><body><p>Báo Tà Cóm</p>
    <h1>Chi bộ Na Hỳ làm đường vào bản</h1><p>Thứ ba, 07/05/2019 08:30</p>
    <p>Chi bộ bản Na Hỳ vận động 41 hộ góp 620 ngày công để mở con đường dài 1,2 km từ trục xã
       vào đến tận nhà văn hóa bản.</p>
    <p>Đường rộng ba mét, đổ bê tông dày mười lăm phân, xong trước mùa mưa; hộ nào cũng có người đi làm.</p>
    <p>Lò Thị Inh</p></body></html>"""
    (article,) = html.read(text.encode(), Path("na-hy.html")).articles
    assert (article.title, article.source) == ("Chi bộ Na Hỳ làm đường vào bản", "Báo Tà Cóm")
    assert (article.published, article.author) == (date(2019, 5, 7), "Lò Thị Inh")
    assert article.text.split("\n") == [
        "Chi bộ bản Na Hỳ vận động 41 hộ góp 620 ngày công để mở con đường dài 1,2 km từ trục xã vào đến tận "
        "nhà văn hóa bản.",
        "Đường rộng ba mét, đổ bê tông dày mười lăm phân, xong trước mùa mưa; hộ nào cũng có người đi làm.",
    ]


def test_what_an_html_page_does_not_say_is_not_guessed() -> None:
    paragraph = "Năm 2015, chi bộ họp bàn việc làm đường và giao từng đảng viên phụ trách một nhóm hộ."
    text = f"""<html><head><title>Chi bộ Na Hỳ làm đường vào bản</title>
    <meta name="author" content="Ban Biên Tập"></head>
    <body><h1>Chi bộ Na Hỳ làm đường vào bản</h1><p>{paragraph}</p>
    <p>{paragraph} Ngày 3/2/2016 thì xong.</p>
    <p>{paragraph} Cả bản cùng đi làm.</p><footer>Copyright 2021</footer></body></html>"""
    (article,) = html.read(text.encode(), Path("na-hy.html")).articles
    assert article == Article(id="na-hy", title="Chi bộ Na Hỳ làm đường vào bản", text=article.text)
    assert article.text.count("\n") == 2
