"""An exported answer checked against the index, letter by letter."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from commands import Done, partyqa
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from toy import ToyEncoder

from partyqa.i18n import texts
from partyqa.index.index import build_index
from partyqa.schema import citation_json
from partyqa.service.export import quotes as reading
from partyqa.service.export.content import Exchange
from partyqa.service.export.export import EXPORTERS, export
from partyqa.service.export.quotes import Cited, NotAnExportError, read_cited
from partyqa.service.export.verify import QuoteCheck, check
from partyqa.types import Article, Citation, Sentence

VI = texts("vi")
TEXT = "Huyện Mường Ảng có 60 đảng viên 🇻🇳.\nChi bộ bản Co Có 9 người. *Hết* [1] & <b>."
SPANS = ((0, 35), (36, 61), (62, 78))
ARTICLE = Article(id="mường/ảng", title="Bài", text=TEXT)
OTHER = Article(id="khác", title="Khác", text="Bài khác.")


def answer(*citations: tuple[Article, int, int]) -> dict[str, Any]:
    listed = [citation_json(Citation(n, Sentence(*span))) for n, span in enumerate(citations, 1)]
    return {
        "question": "Có mấy đảng viên?",
        "standalone_question": "Có mấy đảng viên?",
        "answered": bool(listed),
        "text": "",
        "confidence": 0.9,
        "citations": listed,
        "related": [],
        "timings_ms": {},
        "index": {"generation": "g", "encoder": "toy"},
    }


EXCHANGE = Exchange(answer(*((ARTICLE, start, end) for start, end in SPANS)))


def exported(form: str, exchange: Exchange = EXCHANGE) -> bytes:
    return export(form, [exchange], "http://127.0.0.1:7860", VI).content


def verdicts(data: bytes, *articles: Article) -> list[QuoteCheck]:
    return [one.verdict for one in check(read_cited(data), articles)]


@pytest.mark.parametrize("form", EXPORTERS)
def test_what_was_exported_fits(form: str) -> None:
    found = read_cited(exported(form))
    assert [one.quote for one in found] == [TEXT[slice(*span)] for span in SPANS]
    assert verdicts(exported(form), OTHER, ARTICLE) == [QuoteCheck.FITS] * 3


@pytest.mark.parametrize("form", EXPORTERS)
def test_each_way_of_not_fitting_is_named(form: str) -> None:
    data = exported(form)
    changed = replace(ARTICLE, text=TEXT.replace("60", "61"))
    assert verdicts(data, changed) == [QuoteCheck.CHANGED, QuoteCheck.FITS, QuoteCheck.FITS]
    composed = replace(
        ARTICLE, text=TEXT.replace("ả", "a\u0309", 1)
    )  # one letter of another form is another text
    assert verdicts(data, composed)[0] == QuoteCheck.CHANGED
    moved = check(read_cited(data), [replace(ARTICLE, text="🇻🇳 " + TEXT)])
    assert [(one.verdict, one.now) for one in moved] == [
        (QuoteCheck.MOVED, ("mường/ảng", 3, 38)),
        (QuoteCheck.MOVED, ("mường/ảng", 39, 64)),
        (QuoteCheck.MOVED, ("mường/ảng", 65, 81)),
    ]
    assert verdicts(data, OTHER) == [QuoteCheck.GONE] * 3
    renamed = check(read_cited(data), [OTHER, replace(ARTICLE, id="mới")])
    assert next((one.verdict, one.now) for one in renamed) == (QuoteCheck.GONE, ("mới", 0, 35))


def test_of_several_places_the_nearest_is_named() -> None:
    quote = Cited("a", 10, 13, "abc", None)
    (one,) = check([quote], [Article(id="a", title="", text="abc abc  abc  abc abc")])
    assert one.now == ("a", 9, 12)


def test_a_figure_changed_in_the_file_is_seen() -> None:
    for form in ("md", "json"):
        data = exported(form).replace("60 đảng viên".encode(), "90 đảng viên".encode())  # type: ignore[arg-type]
        assert verdicts(data, ARTICLE) == [QuoteCheck.ALTERED, QuoteCheck.FITS, QuoteCheck.FITS]
    document = Document(io.BytesIO(exported("docx")))
    quote = next(part for part in document.paragraphs if part.text == TEXT[:35])
    quote.runs[0].text = quote.text.replace("60", "90")
    file = io.BytesIO()
    document.save(file)
    assert verdicts(file.getvalue(), ARTICLE) == [QuoteCheck.ALTERED, QuoteCheck.FITS, QuoteCheck.FITS]


@given(st.integers(-50, 200), st.integers(-50, 200))
def test_a_span_fits_only_where_it_is_the_quote_s_own(start: int, end: int) -> None:
    quote = TEXT[start:end]  # as Python slices, negative and beyond the end too
    (one,) = check([Cited(ARTICLE.id, start, end, quote, None)], [ARTICLE])
    assert one.fits == (0 <= start < end <= len(TEXT))


def test_a_text_that_is_not_made_of_its_quotes_is_altered() -> None:
    given = answer((ARTICLE, *SPANS[0]))
    quote = TEXT[slice(*SPANS[0])]
    verdicts = []
    for text in (f"«{quote}» [1]", f"«{quote.replace('60', '61')}» [1]"):
        found = read_cited(json.dumps({**given, "text": text}, ensure_ascii=False).encode())
        verdicts.append([one.verdict for one in check(found, [ARTICLE])])
    assert verdicts == [[QuoteCheck.FITS], [QuoteCheck.FITS, QuoteCheck.ALTERED]]


def test_one_answer_s_own_json_is_read_too() -> None:
    found = read_cited(json.dumps(EXCHANGE.answer, ensure_ascii=False).encode())
    assert [one.quote for one in found] == [TEXT[slice(*span)] for span in SPANS]
    assert {one.digest for one in found} == {None}


def test_a_file_saved_anew_by_an_editor_is_read_the_same() -> None:
    windows = b"\xef\xbb\xbf" + exported("md").replace(b"\n", b"\r\n")
    assert read_cited(windows) == read_cited(exported("md"))
    assert read_cited(b"\xef\xbb\xbf" + exported("json")) == read_cited(exported("json"))


@pytest.mark.parametrize("form", EXPORTERS)
def test_a_refusal_without_quotes_is_an_export(form: str) -> None:
    assert read_cited(exported(form, Exchange(answer()))) == []


def packed(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        "Một ghi chú nào đó.".encode(),
        "# Xem [bài](http://a.vn/articles/x)".encode(),
        b"\xff\xfe\x00",
        b"{",
        b"{}",
        b"[1]",
        b'{"answers": 3}',
        b'{"answers": [3]}',
        b'{"answers": {"a": 1}}',
        b'{"citations": [3], "related": []}',
        b'{"citations": [{"article_id": 1, "start": 0, "end": 1, "quote": "a"}], "related": []}',
        b'{"citations": [{"article_id": "a", "start": true, "end": 1, "quote": "a"}], "related": []}',
        b'{"citations": [{"article_id": "a", "start": 0.5, "end": 1, "quote": "a"}], "related": []}',
        b"{" + b'"a":{' * 5000,
        b"PK\x03\x04 and no more",
        packed(a=b"b"),
        packed(**{"[Content_Types].xml": b"<no"}),
        exported("docx")[:-300],
    ],
)
def test_what_is_no_export_is_refused(data: bytes) -> None:
    with pytest.raises(NotAnExportError):
        read_cited(data)


def test_an_empty_document_of_word_is_none() -> None:
    file = io.BytesIO()
    Document().save(file)
    with pytest.raises(NotAnExportError):
        read_cited(file.getvalue())


def test_an_archive_that_unpacks_without_bound_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 10_000)
    with pytest.raises(NotAnExportError):
        read_cited(exported("docx"))


# The command


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    build_index(folder, [ARTICLE, OTHER], ToyEncoder())
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "câu trả lời.md"
    path.write_bytes(exported("md"))
    return path


def test_the_command_says_each_line_and_exits_0(index: Path, file: Path) -> None:
    done = partyqa("verify", file, "--index", index)
    assert done.code == 0, done
    assert done.out.splitlines() == [
        "khớp       mường/ảng 0-35: Huyện Mường Ảng có 60 đảng viên 🇻🇳.",
        "khớp       mường/ảng 36-61: Chi bộ bản Co Có 9 người.",
        "khớp       mường/ảng 62-78: *Hết* [1] & <b>.",
    ]
    assert done.err == f"Cả 3 câu trích đều khớp từng chữ với chỉ mục {index}.\n"


def test_the_command_exits_1_when_a_quote_does_not_fit(
    index: Path, file: Path, call: Callable[..., Done]
) -> None:
    file.write_bytes(exported("md").replace("60 đảng viên".encode(), "90 đảng viên".encode()))
    done = call("verify", file, "--index", index, "--lang", "en")
    assert done.code == 1
    assert done.out.splitlines()[0].startswith("altered    mường/ảng 0-35, ")
    assert [line.split()[0] for line in done.out.splitlines()] == ["altered", "fits", "fits"]
    assert done.err == f"1 of 3 quotes do not fit the index {index}; ask again for new quotes.\n"


def test_the_command_exits_2_for_what_it_cannot_read(
    index: Path, file: Path, call: Callable[..., Done]
) -> None:
    file.write_text("ghi chú", encoding="utf-8")
    assert "không phải câu trả lời do partyqa xuất ra" in call("verify", file, "--index", index).complaint(2)
    assert "Không đọc được tệp" in call("verify", file.parent / "không có", "--index", index).complaint(2)
    assert "Không đọc được tệp" in call("verify", file.parent, "--index", index).complaint(2)


def test_hostile_names_reach_the_terminal_without_control_characters(
    index: Path, file: Path, call: Callable[..., Done]
) -> None:
    row = {"article_id": "a\x1b[2J\nb", "start": 0, "end": 1, "quote": "x\x1b]0;y\x07\nz"}
    file.write_text(json.dumps({"citations": [row], "related": []}), encoding="utf-8")
    done = call("verify", file, "--index", index)
    assert done.out == "mất bài    a[2J b 0-1, chỉ mục không còn bài này: x]0;y z\n"
