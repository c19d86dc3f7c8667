"""What is taken along: Markdown, DOCX and JSON of answers, and the names of the files."""

import io
import json
import re
import unicodedata
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import Message
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from partyqa.i18n import texts
from partyqa.schema import citation_json
from partyqa.service.export.content import Exchange
from partyqa.service.export.docx import as_docx
from partyqa.service.export.export import EXPORTERS, export
from partyqa.service.export.json_document import as_json
from partyqa.service.export.markdown import as_markdown, escaped
from partyqa.service.export.quotes import read_cited
from partyqa.service.file_names import MOST_BYTES, content_disposition, file_name
from partyqa.service.links import address
from partyqa.types import Article, Citation, Sentence

ROOT = "https://example.vn/goc"
VI, EN = texts("vi"), texts("en")
ARTICLE = Article(
    id="bài/1",
    title="Chuyển biến ở [Mường Ảng](javascript:alert(1)) *mới*",
    text="Mở đầu. Huyện có 2.128 đảng viên. Hết.",
    source="Báo Điện Biên Phủ",
    url="https://example.org/bai?a=1&b=(2)>",
    published=date(2017, 3, 1),
)
ASKED = datetime(2024, 9, 5, 7, 3, tzinfo=UTC)


def cited(
    article: Article, start: int, end: int, highlight: tuple[int, int] | None = None, marker: int = 1
) -> dict[str, Any]:
    return citation_json(Citation(marker, Sentence(article, start, end), highlight))


def answer(
    citations: list[dict[str, Any]], related: list[dict[str, Any]] | None = None, **changed: Any
) -> dict[str, Any]:
    made = {
        "question": "Huyện có bao nhiêu đảng viên?",
        "standalone_question": "Huyện có bao nhiêu đảng viên?",
        "answered": bool(citations),
        "text": "Kho bài viết không nói.",
        "confidence": 0.91,
        "citations": citations,
        "related": related or [],
        "timings_ms": {"total": 1.0},
        "index": {"generation": "g-20240905", "encoder": "toy"},
    }
    return made | changed


QUOTE = cited(ARTICLE, 8, 33, (9, 14))
ANSWERED = Exchange(answer([QUOTE]), ASKED)
REFUSED = Exchange(
    answer([], [QUOTE], question="Ai là Bí thư?", standalone_question="Ai là Bí thư huyện ủy?")
)
TARGET = ROOT + address("bài/1", 8, 33, "Huyện có 2.128 đảng viên.")

# Nothing that `normalise` takes out of every article: control characters, formats, halves of characters.
letters = st.one_of(
    st.characters(exclude_categories=["Cs", "Cc", "Cf"]).filter(lambda c: unicodedata.category(c) != "Cn"),
    st.sampled_from("\n \t\u00a0\u3000\\`*_{}[]()<>#+-.!|&~:=0123456789\"'@$^/ế🇻"),
)
nasty = st.text(letters, min_size=1)


def read(markdown: str) -> list[tuple[str, str, list[str]]]:
    """Return the blocks that hold text: what kind they are of, their text and their links."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    found = []
    for before, token in pairwise(tokens):
        if token.type == "inline":
            parts = token.children or []
            links = [str(part.attrs["href"]) for part in parts if part.type == "link_open"]
            text = "".join(part.content for part in parts)
            found.append((before.tag, text, links))
    return found


def docx_of(data: bytes) -> list[tuple[str, str, list[str]]]:
    document = Document(io.BytesIO(data))
    return [
        (part.style.name if part.style else "", part.text, [link.url for link in part.hyperlinks])
        for part in document.paragraphs
    ]


# Markdown


def test_an_answer_in_markdown() -> None:
    blocks = read(as_markdown([ANSWERED], ROOT, VI))
    assert blocks[0] == ("h1", "Huyện có bao nhiêu đảng viên?", [])
    here = ASKED.astimezone()
    assert blocks[1][1] == f"Hỏi lúc {here:%H:%M} ngày {here:%d/%m/%Y} · Độ tin cậy: cao · Chỉ mục g-20240905"
    assert blocks[2] == ("h2", "Trả lời bằng câu trích nguyên văn", [])
    assert blocks[3] == ("p", "Huyện có 2.128 đảng viên.", [])
    assert blocks[4] == (
        "p",
        f"[1] {ARTICLE.title} · Báo Điện Biên Phủ · 01/03/2017 · Bài gốc",
        [TARGET, "https://example.org/bai?a=1&b=(2)%3E"],
    )
    assert blocks[5][1] == "Kiểm tra lại từng chữ của các câu trích: partyqa verify TỆP_NÀY"
    assert len(blocks) == 6


def test_a_refusal_is_told_as_one_and_what_is_near_as_no_answer() -> None:
    blocks = read(as_markdown([REFUSED], ROOT, VI))
    assert [text for _, text, _ in blocks][:5] == [
        "Ai là Bí thư?",
        "Hiểu là: Ai là Bí thư huyện ủy?",
        "Chỉ mục g-20240905",
        "Kho bài viết không nói.",
        "Câu gần nhất (không phải câu trả lời)",
    ]
    assert "Trả lời bằng" not in as_markdown([REFUSED], ROOT, VI)


def test_english_words_around_vietnamese_quotes() -> None:
    refused = as_markdown([REFUSED], ROOT, EN)
    assert "No sentence of the articles answers this question." in refused
    assert (
        "Nearest sentences \\(not an answer\\)" in refused or "Nearest sentences (not an answer)" in refused
    )
    assert "2017-03-01" in refused


def test_a_conversation_keeps_its_order_below_its_name() -> None:
    blocks = read(as_markdown([ANSWERED, REFUSED], ROOT, VI, title="Họp *sáng*\n# thứ hai"))
    heads = [(tag, text) for tag, text, _ in blocks if tag in ("h1", "h2")]
    assert heads == [
        ("h1", "Họp *sáng* # thứ hai"),
        ("h2", "Huyện có bao nhiêu đảng viên?"),
        ("h2", "Ai là Bí thư?"),
    ]
    assert read(as_markdown([ANSWERED, REFUSED], ROOT, VI))[0][1] == "Cuộc hỏi đáp"


@given(nasty)
@example("1. một")
@example("12) hai")
@example("- a")
@example("===")
@example("a #")
@example("    mã")
@example("<script>alert(1)</script>")
@example("![x](http://a.vn/x.png) www.a.vn https://a.vn &amp; &#65;")
@example("\n\n")
def test_any_text_stays_text_in_markdown(text: str) -> None:
    for markdown, kind in ((f"# {escaped(text)}", "h1"), (f"> {escaped(text)}\n>\n> x", "p")):
        tokens = MarkdownIt("commonmark").parse(markdown)
        inline = [token for token in tokens if token.type == "inline"]
        assert {part.type for part in inline[0].children or []} <= {"text", "text_special"}
        assert read(markdown)[0][:2] == (kind, text)
        assert len(inline) == (1 if kind == "h1" else 2)
    assert "\n" not in escaped(text)


def test_readers_that_make_links_of_addresses_are_given_none() -> None:
    text = "Xem https://evil.vn và WWW.evil.vn"
    assert "https://" not in escaped(text)
    assert "WWW." not in escaped(text)


def test_ordinary_sentences_are_readable_as_they_are() -> None:
    sentence = "2.128 đảng viên (tăng 5,2%); Nghị quyết 05-CT/TW: “tự soi, tự sửa” - năm 2017!"
    assert escaped(sentence) == sentence


# DOCX


def test_an_answer_in_docx() -> None:
    data = as_docx([ANSWERED], ROOT, VI)
    paragraphs = docx_of(data)
    assert paragraphs[0] == ("Heading 1", "Huyện có bao nhiêu đảng viên?", [])
    assert ("Quote", "Huyện có 2.128 đảng viên.", []) in paragraphs
    source = paragraphs[paragraphs.index(("Quote", "Huyện có 2.128 đảng viên.", [])) + 1]
    assert source[1] == f"[1] {ARTICLE.title} · Báo Điện Biên Phủ · 01/03/2017 · Bài gốc"
    assert source[2] == [TARGET, ARTICLE.url]
    document = Document(io.BytesIO(data))
    quote = next(part for part in document.paragraphs if part.style and part.style.name == "Quote")
    assert [(run.text, bool(run.bold)) for run in quote.runs] == [
        ("Huyện có ", False),
        ("2.128", True),
        (" đảng viên.", False),
    ]


def test_the_document_is_vietnamese_and_a4_and_names_no_other_author() -> None:
    document = Document(io.BytesIO(as_docx([ANSWERED], ROOT, EN)))
    assert {lang.get(qn("w:val")) for lang in document.styles.element.iter(qn("w:lang"))} == {"vi-VN"}
    assert document.core_properties.language == "vi-VN"
    assert document.core_properties.author == "partyqa"
    assert document.core_properties.title == "Huyện có bao nhiêu đảng viên?"
    width, height = document.sections[0].page_width, document.sections[0].page_height
    assert width is not None and height is not None
    assert (round(width.mm), round(height.mm)) == (210, 297)
    assert b"python-docx" not in zipfile.ZipFile(io.BytesIO(as_docx([ANSWERED], ROOT, VI))).read(
        "docProps/core.xml"
    )


def test_a_refusal_in_docx() -> None:
    paragraphs = docx_of(as_docx([REFUSED], ROOT, VI))
    assert [text for _, text, _ in paragraphs][:5] == [
        "Ai là Bí thư?",
        "Hiểu là: Ai là Bí thư huyện ủy?",
        "Chỉ mục g-20240905",
        "Kho bài viết không nói.",
        "Câu gần nhất (không phải câu trả lời)",
    ]


def test_what_xml_cannot_hold_does_no_harm() -> None:
    bad = Exchange(answer([], question="a\x00\x1b\ufffe\ud800<w:p/>", text="\x01"))
    assert docx_of(as_docx([bad], ROOT, VI, title="\x00]]>"))[0][1] == "]]>"
    assert "\ufffe" not in as_docx([bad], ROOT, VI).decode("latin-1")
    as_markdown([bad], ROOT, VI).encode()
    assert json.loads(as_json([bad], ROOT, VI).encode())["answers"][0]["question"] == bad.answer["question"]


def test_no_link_leads_anywhere_but_the_web() -> None:
    article = replace(ARTICLE, url="javascript:alert(1)")
    exchange = Exchange(answer([cited(article, 8, 33)]))
    assert [links for _, _, links in read(as_markdown([exchange], ROOT, VI)) if links] == [[TARGET]]
    assert [links for _, _, links in docx_of(as_docx([exchange], ROOT, VI)) if links] == [[TARGET]]


# JSON


def test_json_holds_the_answers_as_they_were_with_addresses() -> None:
    read_back = json.loads(as_json([ANSWERED, REFUSED], ROOT + "/", VI, title="Họp"))
    assert (read_back["format"], read_back["title"]) == ("partyqa-export-1", "Họp")
    first, second = read_back["answers"]
    assert (first["asked"], second["asked"]) == (ASKED.isoformat(), None)
    assert first["citations"] == [QUOTE | {"address": TARGET}]
    assert second["related"] == [QUOTE | {"address": TARGET}]
    for read_one, exchange in ((first, ANSWERED), (second, REFUSED)):
        rest = {key: value for key, value in read_one.items() if key not in ("asked", "citations", "related")}
        assert rest == {k: v for k, v in exchange.answer.items() if k not in ("citations", "related")}


# Every form


@settings(deadline=None, max_examples=40)  # a DOCX file takes a tenth of a second
@given(nasty, nasty, st.text(letters), st.text(letters), st.integers(0, 3))
def test_whatever_is_quoted_comes_back_to_the_letter(
    quote: str, title: str, source: str, question: str, before: int
) -> None:
    article = Article(id=title, title=title, text="x" * before + quote, source=source, url=None)
    citation = cited(article, before, before + len(quote))
    given = answer([citation], question=question, text=f"«{quote}» [{citation['marker']}]")
    exchanges = [Exchange(given), Exchange(answer([], [citation]))]
    for form in EXPORTERS:
        found = read_cited(export(form, exchanges, ROOT, VI, title=title).content)
        assert [(one.article_id, one.start, one.end, one.quote) for one in found] == [
            (title, before, before + len(quote), quote)
        ] * 2


def test_the_file_is_named_after_the_conversation_or_the_question() -> None:
    assert export("docx", [ANSWERED], ROOT, VI).name == "Huyện có bao nhiêu đảng viên.docx"
    assert export("md", [ANSWERED], ROOT, VI, title="Họp sáng").name == "Họp sáng.md"
    assert export("json", [], ROOT, VI).name == "hỏi đáp.json"


@pytest.mark.parametrize("name", EXPORTERS)
def test_an_exporter_says_what_it_writes(name: str) -> None:
    exporter = EXPORTERS[name]
    file = export(name, [ANSWERED], ROOT, VI)
    assert (file.name, file.media_type) == (f"Huyện có bao nhiêu đảng viên.{name}", exporter.media_type)
    assert all(name in t(exporter.words).lower() or name == "md" for t in (VI, EN))


# Names of files


@pytest.mark.parametrize(
    ("question", "name"),
    [
        (
            "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?",
            "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên.md",
        ),
        ("../../etc/passwd", "etc passwd.md"),
        ('a\\b:c*d"e<f>g|h\x00i\u202ej', "a b c d e f g hij.md"),
        ("CON", "_CON.md"),
        ("nul.txt", "_nul.txt.md"),
        ("LPT¹", "_LPT¹.md"),
        ("Connect", "Connect.md"),
        ("...", "partyqa.md"),
        ("", "partyqa.md"),
        (".ẩn ", "ẩn.md"),
    ],
)
def test_a_name_that_every_system_takes(question: str, name: str) -> None:
    assert file_name(question, ".md") == name


@given(st.text())
@example("ế" * 500)
@example("e\u0302\u0301" * 100)
@example("a" + "\u0315" * 400)
@example("🇻🇳" * 100)
def test_a_name_is_bounded_and_holds_nothing_refused(question: str) -> None:
    name = file_name(question, ".docx")
    assert len(name.encode()) <= MOST_BYTES + 1
    assert re.fullmatch(r'[^<>:"/\\|?*\x00-\x1f\x7f]+', name)
    stem = name.removesuffix(".docx")
    assert stem and stem == stem.strip(" .")
    assert unicodedata.is_normalized("NFC", name)


def test_a_long_name_ends_with_a_word() -> None:
    assert file_name("đảng viên " * 40, ".md") == " ".join(["đảng viên"] * 8) + ".md"


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example('a";filename="b.exe')
@example("Đảng 100%.md")
def test_a_header_gives_the_name_back(text: str) -> None:
    name = file_name(text, ".md")
    header = content_disposition(name)
    assert header.isascii() and "\n" not in header and "\r" not in header
    message = Message()
    message["Content-Disposition"] = header
    plain, encoded = re.fullmatch(
        r'attachment; filename="([^"\\]*)"; filename\*=UTF-8\'\'([\w!#$&+.^`|~%-]+)', header
    ).groups()  # type: ignore[union-attr]
    assert unquote(encoded) == name
    assert plain.endswith(".md")
    assert message.get_content_disposition() == "attachment"


def test_old_clients_see_the_letters_without_accents() -> None:
    assert content_disposition("Đảng uỷ.md").startswith('attachment; filename="Dang uy.md"; ')
