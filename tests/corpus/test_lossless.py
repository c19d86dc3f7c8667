"""Every figure of a file is stored once or listed once, whatever holds it; between paragraphs it is stored."""

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partyqa.corpus.readers import ReadFile
from partyqa.corpus.readers.formats import html, jsonl, markdown, plain
from partyqa.types import Article

PROSE = (
    "Sáu tháng đầu năm, Đảng ủy xã Tà Cóm giao chỉ tiêu kết nạp cho từng chi bộ và kiểm tra hằng tháng.",
    "Các chi bộ bản đều có nguồn kết nạp, bản ít nhất cũng có hai quần chúng ưu tú đã học lớp cảm tình.",
)
TITLE = "Kết nạp đảng viên ở Tà Cóm"

# Each piece of a page with its lines, {} for a figure that stands nowhere else.
WEB: dict[str, list[str]] = {
    "<p>{}</p>": ["{}"],
    "<div>Có {} hộ<br>và {} bản</div>": ["Có {} hộ", "và {} bản"],
    "<ul><li>Y tế: {}</li><li>Bản <b>{}</b><ul><li>Nhóm {}</li></ul></li></ul>": [
        "- Y tế: {}",
        "- Bản {}",
        "- Nhóm {}",
    ],
    "<ol start=3><li>{} hộ</li><li><p>{} bản</p></li></ol>": ["3. {} hộ", "4. {} bản"],
    "<ol type=a><li>{} hộ</li><li>{} bản</li></ol>": ["a) {} hộ", "b) {} bản"],
    "<dl><dt>Chi bộ</dt><dd>{}</dd><dt>Tổ {}</dt><dt>Nhóm</dt><dd>{}</dd></dl>": [
        "Chi bộ: {}",
        "Tổ {}",
        "Nhóm: {}",
    ],
    "<center>Cả xã {} hộ</center>": ["Cả xã {} hộ"],
    "<h2>{}</h2>": ["{}"],
    "<br><span>{} hộ</span><br>": ["{} hộ"],
    "<details><summary>{} hộ</summary>{} bản</details>": ["{} hộ", "{} bản"],
    "<blockquote>{} hộ</blockquote>": ["{} hộ"],
    "<pre>Bản {}\nXóm {}</pre>": ["Bản {}", "Xóm {}"],
    "<p>Rộng {} m<sup>2</sup>, cao&nbsp;{}&nbsp;mét</p>": ["Rộng {} m², cao {} mét"],
    "<p>Bản\n  {}\n  hộ</p>": ["Bản {} hộ"],
    "<p>Nhà <wbr>văn <mark>hóa</mark> {} <q>chỗ</q></p>": ["Nhà văn hóa {} chỗ"],
    "<table><tr><td><p>Bản</p></td><td><p>Hộ</p></td></tr><tr><td><p>Na Hỳ</p></td><td><p>{}</p></td></tr></table>": [
        "Bản: Na Hỳ; Hộ: {}"
    ],
    "<table><tr><th rowspan=2>Bản</th><th colspan=2>Hộ</th></tr><tr><th>Nghèo</th><th>Khá</th></tr>"
    "<tr><td>Pa Hốc</td><td>{}</td><td>{}</td></tr></table>": ["Bản: Pa Hốc; Hộ, Nghèo: {}; Hộ, Khá: {}"],
    "<table><tr><th>Bản</th><th>Hộ</th></tr><tr><td>Na Hỳ</td><td><ul><li>{}</li><li>{}</li></ul></td></tr></table>": [
        "Bản: Na Hỳ; Hộ: {}; {}"
    ],
    "<table><tr><th>Hộ</th><td>{}</td></tr><tr><th>Bản</th><td>{}</td></tr></table>": ["Hộ: {}", "Bản: {}"],
    "<table><tr><td>Bản</td><td>Hộ</td></tr><tr><td>Na Hỳ</td><td><table><tr><td>Nghèo</td><td>Khá</td></tr>"
    "<tr><td>{}</td><td>{}</td></tr></table></td></tr></table>": ["Bản: Na Hỳ; Hộ: Nghèo: {}; Khá: {}"],
    "<table><tr><td>Na Hỳ</td><td>{}</td></tr></table>": ["Na Hỳ: {}"],
    "<table><tr><td><p>Bản {} ở đầu nguồn.</p><p>Có {} hộ.</p></td></tr></table>": [
        "Bản {} ở đầu nguồn.",
        "Có {} hộ.",
    ],
}
MARKDOWN: dict[str, list[str]] = {
    "{}": ["{}"],
    "- Y tế: {}\n- Bản **{}**\n    - Nhóm {}": ["- Y tế: {}", "- Bản {}", "- Nhóm {}"],
    "3. {} hộ\n4. {} bản": ["3. {} hộ", "4. {} bản"],
    "## {}": ["{}"],
    "> {} hộ": ["{} hộ"],
    "```\nBản {}\nXóm {}\n```": ["Bản {}", "Xóm {}"],
    "Rộng {}*15 m  \ncao {} mét": ["Rộng {}*15 m", "cao {} mét"],
    "| Bản | Hộ |\n|---|---|\n| Na Hỳ | {} |\n| Pa Hốc | {} |": ["Bản: Na Hỳ; Hộ: {}", "Bản: Pa Hốc; Hộ: {}"],
    "<ul><li>{} hộ</li></ul>": ["- {} hộ"],
    "<div>Có {} hộ<br>và {} bản</div>": ["Có {} hộ", "và {} bản"],
}
PLAIN: dict[str, list[str]] = {
    "{}": ["{}"],
    "- Y tế: {}\n- Bản {}": ["- Y tế: {}", "- Bản {}"],
    "Bản\tHộ\nNa Hỳ\t{}\nPa Hốc\t{}": ["Bản: Na Hỳ; Hộ: {}", "Bản: Pa Hốc; Hộ: {}"],
    "I. {} hộ": ["I. {} hộ"],
}
FIGURE = re.compile(r"(?<!\d)77\d{3}(?!\d)")


def filled(pieces: list[str], known: dict[str, list[str]], first: int = 77000) -> tuple[list[str], list[str]]:
    """The pieces with figures of their own, and the lines that they must become."""
    marks, wanted = [], []
    numbers = count(first)
    for piece in pieces:
        own = [str(next(numbers)) for _ in range(piece.count("{}"))]
        marks.append(piece.format(*own))
        left = iter(own)
        wanted += [re.sub(r"\{\}", lambda _, left=left: next(left), line) for line in known[piece]]
    return marks, wanted


def read(reader: Callable[[bytes, Path], ReadFile], text: str, name: str) -> tuple[Article, Counter[str]]:
    found = reader(text.encode(), Path(name))
    (article,) = found.articles
    return article, Counter(FIGURE.findall("\n".join(it.text for it in found.dropped)))


def pieces_of(known: dict[str, list[str]]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=6)


@settings(deadline=None, max_examples=40)
@given(pieces_of(WEB), st.sampled_from(["article", "div", "main"]))
def test_between_the_paragraphs_of_a_web_page_each_line_is_stored(pieces: list[str], around: str) -> None:
    marks, wanted = filled(pieces, WEB)
    body = f"<h1>{TITLE}</h1><p>{PROSE[0]}</p>{''.join(marks)}<p>{PROSE[1]}</p>"
    page = f"<html><head><title>{TITLE}</title></head><body><{around}>{body}</{around}></body></html>"
    article, dropped = read(html.read, page, "a.html")
    assert article.text.split("\n") == [PROSE[0], *wanted, PROSE[1]]
    assert dropped == Counter()


@settings(deadline=None, max_examples=40)
@given(pieces_of(WEB), pieces_of(WEB), st.data())
def test_each_figure_of_a_web_page_is_stored_or_listed_once(
    above: list[str], below: list[str], data: st.DataObject
) -> None:
    where = st.sampled_from(["div", "nav", "aside", "footer", "header"])
    marks, wanted = filled([*above, *below], WEB)
    edge = len(above)
    body = (
        f"<{(one := data.draw(where))}>{''.join(marks[:edge])}</{one}><article><h1>{TITLE}</h1>"
        f"<p>{PROSE[0]}</p><p>{PROSE[1]}</p></article><{(two := data.draw(where))}>{''.join(marks[edge:])}</{two}>"
    )
    article, dropped = read(
        html.read, f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>", "a.html"
    )
    kept = Counter(FIGURE.findall(article.text))
    assert kept + dropped == Counter(FIGURE.findall("\n".join(wanted)))


@settings(deadline=None, max_examples=60)
@given(pieces_of(MARKDOWN))
def test_each_line_of_markdown_is_stored(pieces: list[str]) -> None:
    marks, wanted = filled(pieces, MARKDOWN)
    text = "\n\nTiếp theo.\n\n".join([f"# {TITLE}\n\n{PROSE[0]}", *marks, PROSE[1]])
    article, dropped = read(markdown.read, text, "a.md")
    assert [line for line in article.text.split("\n") if line != "Tiếp theo."] == [
        PROSE[0],
        *wanted,
        PROSE[1],
    ]
    assert dropped == Counter()


@settings(deadline=None, max_examples=60)
@given(pieces_of(PLAIN))
def test_between_the_paragraphs_of_a_text_each_line_is_stored(pieces: list[str]) -> None:
    marks, wanted = filled(pieces, PLAIN)
    text = "\n\n".join([TITLE, PROSE[0], *marks, PROSE[1]])
    article, dropped = read(plain.read, text, "a.txt")
    assert article.text.split("\n") == [PROSE[0], *wanted, PROSE[1]]
    assert dropped == Counter()


@settings(deadline=None)
@given(st.lists(st.text(alphabet="aĐ1 .\n-", max_size=9).filter(str.strip), min_size=1, max_size=5))
def test_each_line_of_a_row_of_json_is_stored(paragraphs: list[str]) -> None:
    row = {"id": "a", "title": TITLE, "paragraphs": paragraphs}
    (article,) = jsonl.read(json.dumps(row).encode(), Path("a.jsonl")).articles
    lines = [line.strip() for part in paragraphs for line in part.split("\n")]
    assert article.text.split("\n") == [line for line in lines if line]


def test_what_a_pages_own_structure_sets_apart_is_listed() -> None:
    apart = (
        "<aside>{}</aside><nav>{}</nav><div class='related-news'><p>{}</p></div><button>{}</button>"
        "<p hidden>{}</p><p style='display: none'>{}</p><del>{}</del>"
    ).format(*range(77000, 77007))
    page = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1><p>{PROSE[0]}</p>{apart}"
    article, dropped = read(html.read, f"{page}<p>{PROSE[1]}</p></article></body></html>", "a.html")
    assert article.text.split("\n") == list(PROSE)
    assert dropped == Counter(map(str, range(77000, 77007)))


def test_a_list_of_links_stays_under_its_lead_and_a_box_of_links_goes() -> None:
    links = "<ul><li><a href='/1'>Nghị quyết số 12</a></li><li><a href='/2'>Nghị quyết số 13</a></li></ul>"
    page = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1><p>{PROSE[0]}</p>"
    lead = "<p>Các văn bản gồm:</p>"
    article, _ = read(html.read, f"{page}{lead}{links}<p>{PROSE[1]}</p></article></body></html>", "a.html")
    items = ["- Nghị quyết số 12", "- Nghị quyết số 13"]
    assert article.text.split("\n") == [PROSE[0], "Các văn bản gồm:", *items, PROSE[1]]
    found = html.read(f"{page}{links}<p>{PROSE[1]}</p></article></body></html>".encode(), Path("a.html"))
    assert found.articles[0].text.split("\n") == list(PROSE)
    assert [it.text for it in found.dropped] == items


@pytest.mark.parametrize("deep", [10, 200])
def test_deep_pages_are_read(deep: int) -> None:
    page = (
        f"<html><body>{'<div>' * deep}<p>{PROSE[0]}</p><p>Có 77000 hộ.</p><p>{PROSE[1]}</p>{'</div>' * deep}"
    )
    article, _ = read(html.read, page, "a.html")
    assert "Có 77000 hộ." in article.text.split("\n")
