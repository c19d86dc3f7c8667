"""Nothing of a file is lost in silence: each line is in an article's text, in its fields, or left out with a reason."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from html import escape
from pathlib import Path
from typing import get_args

import pytest
from conftest import ROOT
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partyqa.corpus.loading import load_corpus
from partyqa.corpus.readers import Dropped, ReadFile, Why
from partyqa.corpus.readers.formats import html, jsonl, markdown, plain
from partyqa.errors import CorpusError
from partyqa.i18n import LANGUAGES, texts
from partyqa.types import Article

PROSE = tuple(
    f"Năm {year}, chi bộ bản Na Hỳ vận động {year - 1970} hộ dân góp công mở đường vào đến tận nhà văn hóa bản."
    for year in range(2001, 2010)
)
LONG = tuple(" ".join(PROSE[at : at + 3]) for at in range(3))
# What a page says about its article, each another value: the field that may hold it.
FIELDS: dict[str, tuple[str, str | date]] = {
    "Chi bộ Na Hỳ làm đường vào bản": ("title", "Chi bộ Na Hỳ làm đường vào bản"),
    "Đảng bộ xã Tà Cóm kết nạp đảng viên mới": ("title", "Đảng bộ xã Tà Cóm kết nạp đảng viên mới"),
    "Thứ ba, 07/05/2019 08:30": ("published", date(2019, 5, 7)),
    "Ngày đăng: 08/05/2019": ("published", date(2019, 5, 8)),
    "Cập nhật lúc 10:15, 09/05/2019": ("published", date(2019, 5, 9)),
    "11/05/2019 | Lượt xem: 4732 | In bài viết": ("published", date(2019, 5, 11)),
    "Báo Tà Cóm": ("source", "Báo Tà Cóm"),
    "Trang thông tin điện tử huyện Mường Lò": ("source", "Trang thông tin điện tử huyện Mường Lò"),
    "Nguồn: Ban Tuyên giáo": ("source", "Ban Tuyên giáo"),
    "Theo TTXVN": ("source", "Thông tấn xã Việt Nam"),
    "Tác giả: Lò Thị Inh": ("author", "Lò Thị Inh"),
    "Bài, ảnh: Vàng A Sử": ("author", "Vàng A Sử"),
    "Quàng Văn Pâng": ("author", "Quàng Văn Pâng"),
}
AROUND = (
    *("Trang chủ", "Đăng nhập", "Chia sẻ facebook", "Thời sự | Chính trị", "Trang chủ » Xây dựng Đảng"),
    *(
        "Điện thoại: 0215 3 811 811",
        "Tòa soạn: số 5, phố Mường",
        "PV",
        "Bình luận",
        "Tin khác",
        "Tin liên quan",
    ),
    *(
        "Xem thêm",
        "Ý kiến bạn đọc",
        "Mời bạn đăng nhập để bình luận",
        "Một bài khác của trang...",
        "Ảnh: A. Páo",
    ),
    *("I. Tình hình chung", "Nậm Mạ", "https://example.org/bai", "214"),
)
LINES = (*PROSE, *LONG, *FIELDS, *AROUND)
ORDERS = st.lists(st.sampled_from(LINES), min_size=1, max_size=len(LINES), unique=True)
PAGES = ROOT / "tests" / "data" / "pages"


def places(line: str, form: str, article: Article, dropped: Counter[str]) -> list[str]:
    """Where a line of a file that was read is found, in the form that its element gives it."""
    field, value = FIELDS.get(line, ("title", line))
    is_field = line in (article.title, article.author) or getattr(article, field) == value
    found = ["text" for one in article.text.split("\n") if one == form]
    found += ["dropped" for _ in range(dropped[form])]
    return found or ["field"] * is_field


def read(found: ReadFile) -> tuple[Article, Counter[str]]:
    (article,) = found.articles
    return article, Counter(it.text for it in found.dropped)


def each_has_one_place(
    forms: dict[str, str], reader: Callable[[bytes, Path], ReadFile], text: str, name: str
) -> None:
    try:
        article, dropped = read(reader(text.encode(), Path(name)))
    except CorpusError:  # all of it may be furniture
        assume(False)
    found = {line: places(line, form, article, dropped) for line, form in forms.items()}
    assert {line: there for line, there in found.items() if len(there) != 1} == {}
    in_file = Counter(forms.values())
    assert Counter(article.text.split("\n")) + dropped - in_file == Counter()  # nothing that the file has not


@settings(deadline=None)
@given(ORDERS)
def test_each_line_of_a_text_has_one_place(lines: list[str]) -> None:
    each_has_one_place({line: line for line in lines}, plain.read, "\n".join(lines), "trang.txt")


@settings(deadline=None)
@given(ORDERS, st.data())
def test_each_line_of_a_web_page_has_one_place(lines: list[str], data: st.DataObject) -> None:
    blocks = ("<p>{}</p>", "<div>{}</div>", "<ul><li>{}</li></ul>", "<h2>{}</h2>")
    drawn = {line: data.draw(st.sampled_from(blocks)) for line in lines}
    forms = {line: f"- {line}" if "<li>" in block else line for line, block in drawn.items()}
    body = "".join(block.format(escape(line)) for line, block in drawn.items())
    each_has_one_place(forms, html.read, f"<html><body>{body}</body></html>", "trang.html")


def test_a_paragraph_with_emphasis_and_links_is_one_line_of_a_web_page() -> None:
    paragraphs = "".join(
        f"<p>{line[:20]}<b>{line[20:30]}</b>{line[30:50]}<a href='/'>{line[50:]}</a></p>" for line in PROSE
    )
    menu = "<ul><li><a href='/'>Chính trị</a></li><li><a href='/'>bản</a></li></ul>"
    page = f"<html><head><title>Đường vào bản Na Hỳ</title></head><body>{menu}<h1>Đường vào bản Na Hỳ</h1>{paragraphs}"
    article, dropped = read(
        html.read(f"{page}<footer>Bản quyền thuộc Tà Cóm</footer></body></html>".encode(), Path("a.html"))
    )
    assert article.text.split("\n") == list(PROSE)
    assert dropped == Counter(
        ["- Chính trị", "- bản", "Bản quyền thuộc Tà Cóm"]
    )  # a word of the text in the menu too


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.marked")), ids=lambda path: path.stem)
def test_what_a_scraped_page_leaves_out_is_each_line_that_is_marked_so(path: Path) -> None:
    header, _, marked = path.read_text(encoding="utf-8").partition("---\n")
    said = {key: value.strip() for key, _, value in (line.partition(":") for line in header.splitlines())}
    lines = [(line[0], line[2:]) for line in marked.splitlines()]
    article, dropped = read(plain.read("\n".join(line for _, line in lines).encode(), Path("trang.txt")))
    left_out = Counter(line for mark, line in lines if mark == "-")
    assert dropped - left_out == Counter()
    fields = list((left_out - dropped).elements())  # at most a line a field, but a name of two lines
    assert len(fields) <= sum(bool(said[name]) for name in ("source", "author", "published")) + 1
    for value in (article.source, article.author):
        assert not value or not any(value == line for line in dropped)


def test_the_reasons_of_a_page() -> None:
    lines = [
        *(
            "Trang chủ | Đăng nhập",
            "Báo Tà Cóm",
            "Thời sự chính trị hôm nay ở xã",
            "Chi bộ Na Hỳ làm đường vào bản",
        ),
        *("Thứ ba, 07/05/2019 08:30", "Cập nhật lúc 10:15, 09/05/2019", *LONG, "Bài, ảnh: Vàng A Sử"),
        *("Tin liên quan", "Một bài khác của trang..."),
    ]
    found = plain.read("\n".join(lines).encode(), Path("trang.txt"))
    assert {it.text: it.why for it in found.dropped} == {
        "Trang chủ | Đăng nhập": "navigation",
        "Thời sự chính trị hôm nay ở xã": "above",
        "Cập nhật lúc 10:15, 09/05/2019": "byline",
        "Tin liên quan": "after",
        "Một bài khác của trang...": "after",
    }


def test_a_document_leaves_out_its_rules() -> None:
    lines = [
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "-----",
        "Số 05-NQ/ĐU",
        "NGHỊ QUYẾT",
        "về làm đường vào bản",
        *PROSE,
        "*",
    ]
    found = plain.read("\n".join(lines).encode(), Path("nq.txt"))
    assert found.dropped == (Dropped("-----", "wordless"), Dropped("*", "wordless"))
    assert found.articles[0].title == "NGHỊ QUYẾT về làm đường vào bản"


def test_what_markdown_leaves_out() -> None:
    text = """---
title: Chi bộ Na Hỳ
category: Thời sự
tags: []
---

Chi bộ có 21 đảng viên.<!-- hỏi lại -->

<!-- bản nháp
hai dòng -->

[Nguồn]: TTXVN

| Năm | Kết nạp | Ghi chú |
|-----|---------|---------|
| 2018 | 3 | | 7 |
| 2019 | 4 |
"""
    article, dropped = read(markdown.read(text.encode(), Path("a.md")))
    assert article.text.split("\n") == [
        "Chi bộ có 21 đảng viên.",
        "Năm: 2018; Kết nạp: 3",
        "Năm: 2019; Kết nạp: 4",
    ]
    assert dropped == Counter(
        ["category: Thời sự", "hỏi lại", "bản nháp hai dòng", "[Nguồn]: TTXVN", "7", "Ghi chú"]
    )


def test_fields_of_a_row_that_no_article_has_are_left_out() -> None:
    row = {"id": "a", "text": "Một câu.", "paragraphs": ["Hai."], "views": 3, "tags": ["x"], "note": None}
    found = jsonl.read(json.dumps(row).encode(), Path("a.jsonl"))
    assert found.dropped == (
        Dropped("paragraphs: ['Hai.']", "field"),
        Dropped("views: 3", "field"),
        Dropped("tags: ['x']", "field"),
    )


def test_the_walk_names_the_file_of_each_line(tmp_path: Path) -> None:
    for name in ("a.txt", "xã/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("\n".join(["Chi bộ Na Hỳ làm đường vào bản", *LONG, "Bình luận"]))
    assert load_corpus(tmp_path).dropped == tuple(
        (tmp_path / name, Dropped("Bình luận", "after")) for name in ("a.txt", "xã/b.txt")
    )


def test_each_reason_has_words_in_both_languages() -> None:
    for lang in LANGUAGES:
        assert [why for why in get_args(Why) if f"dropped.{why}" not in texts(lang)] == []
