"""An article's page with its original beside it, the file to download, and its pages as pictures."""

import asyncio
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import httpx
import lxml.html
import pytest
from fastapi import FastAPI, Request, Response
from pdfs import pdf_of
from PIL import Image
from toy import ToyEncoder

from partyqa.corpus.loading import read_corpus
from partyqa.corpus.readers import Line
from partyqa.corpus.readers.fields import article
from partyqa.engine import PartyQA
from partyqa.i18n import texts
from partyqa.index.index import Index, build_index
from partyqa.service.auth.person import LOCAL
from partyqa.service.library.originals.originals import Originals
from partyqa.service.links import article_path
from partyqa.web import errors
from partyqa.web.pages import articles, originals

VI = texts("vi")
NAME = 'xã/Quyết định "99" & 1.pdf'
PAGES = (
    ("Quyết định về việc mượn sách.", "Người mượn ký vào sổ."),
    ("Thư viện mở cửa năm buổi.",),
    ("Không cho mượn từ điển.",),
)
LINES = [
    "Mục lục.",
    *(Line(text, page) for page, lines in enumerate(PAGES, 1) for text in lines),
    Line("Bảng này máy đọc.", 3, (), 0.5),
]
ID = "xã/Quyết định #99?"


@dataclass(frozen=True)
class Site:
    """The two routers over one index."""

    app: FastAPI
    corpus: Path
    pdf: bytes

    def get(self, path: str, method: str = "GET") -> httpx.Response:
        async def fetch() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path)

        return asyncio.run(fetch())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("originals")
    corpus, pdf = folder / "corpus", pdf_of(PAGES)
    (corpus / "xã").mkdir(parents=True)
    (corpus / "bài.txt").write_text("Một câu của bài thường.")
    plain = read_corpus(corpus)
    (corpus / NAME).write_bytes(pdf)
    paged = article(ID, LINES, NAME, title="Quyết định", number="99-QĐ/TW", encoding="TCVN3")
    paged = replace(paged, file=NAME, file_digest=hashlib.sha256(pdf).hexdigest())
    build_index(folder / "index", [*plain, paged], ToyEncoder())
    engine = PartyQA.compose(Index.load(folder / "index"), ToyEncoder())
    app = FastAPI()
    app.state.services = SimpleNamespace(serving=SimpleNamespace(engine=engine), originals=Originals(corpus))
    errors.install(app)
    app.include_router(articles.router)
    app.include_router(originals.router)

    @app.middleware("http")
    async def known(request: Request, go_on: Callable[[Request], Response]) -> Response:
        request.state.person, request.state.lang = LOCAL, "vi"
        return await go_on(request)  # type: ignore[misc]

    yield Site(app, corpus, pdf)


def page_of(site: Site, path: str) -> lxml.html.HtmlElement:
    answer = site.get(path)
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.text)


def test_the_page_tells_of_the_document_and_offers_its_file(site: Site) -> None:
    page = page_of(site, article_path(ID))
    (facts,) = page.xpath("//p[contains(@class, 'pq-document')]")
    assert facts.text == "Số hiệu 99-QĐ/TW · chuyển từ TCVN3 · 3 trang · 1 trang nhận dạng từ ảnh"
    (link,) = page.xpath("//a[@download]")
    assert link.text == 'Tải tệp gốc: Quyết định "99" & 1.pdf'
    given = site.get(link.get("href"))
    assert given.content == site.pdf


def test_the_text_says_where_each_page_begins_and_stays_to_the_letter(site: Site) -> None:
    page = page_of(site, article_path(ID))
    (text,) = page.xpath("//*[@id='pq-text']")
    assert text.text_content() == "\n".join(one if isinstance(one, str) else one.text for one in LINES)
    said = [(p.get("data-page"), p.get("data-label")) for p in text.xpath("p")]
    assert said == [
        (None, None),
        ("1", "Trang 1"),
        ("1", None),
        ("2", "Trang 2"),
        ("3", "Trang 3"),
        ("3", "Trang 3 · nhận dạng từ ảnh"),
    ]


def test_a_page_is_drawn_beside_it_and_links_lead_to_the_others(site: Site) -> None:
    for asked, shown, before, after in (
        ("", 1, None, "2"),
        ("?page=2", 2, "1", "3"),
        ("?page=9", 3, "2", None),
    ):
        page = page_of(site, article_path(ID) + asked)
        (figure,) = page.xpath("//figure")
        (picture,) = figure.xpath(".//img")
        assert picture.get("src") == f"/originals/page?id={quote(ID, safe='').replace('%20', '+')}&n={shown}"
        assert picture.get("alt") == f"Trang {shown} của tệp gốc; câu được dẫn nằm trong khung"
        links = {a.get("rel"): a.get("href") for a in figure.xpath(".//a[@rel and not(@hidden)]")}
        expected = {"prev": before, "next": after}
        assert {rel: links.get(rel, "").rpartition("?page=")[2] or None for rel in expected} == expected
    drawn = site.get(picture.get("src"))
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(drawn.content)).format == "JPEG"


def test_a_span_of_the_text_is_boxed(site: Site) -> None:
    text = "\n".join(one if isinstance(one, str) else one.text for one in LINES)
    start = text.index("Thư viện")
    plain = site.get(f"/originals/page?id={quote(ID)}&n=2").content
    boxed = site.get(f"/originals/page?id={quote(ID)}&n=2&start={start}&end={start + 25}").content
    assert plain != boxed
    for span in ("start=7&end=7", "start=9&end=3", f"start=0&end={10**8}"):
        assert site.get(f"/originals/page?id={quote(ID)}&n=2&{span}").content == plain


def test_an_article_without_pages_has_its_file_and_no_picture(site: Site) -> None:
    page = page_of(site, "/articles/bài")
    assert [a.text for a in page.xpath("//a[@download]")] == ["Tải tệp gốc: bài.txt"]
    assert page.xpath("//figure | //p[contains(@class, 'pq-document')]") == []


def test_a_file_is_sent_to_be_kept_and_never_to_be_shown(site: Site) -> None:
    for method in ("GET", "HEAD"):
        given = site.get(f"/originals?id={quote(ID)}", method)
        assert given.headers["content-type"] == "application/octet-stream"
        assert given.headers["content-disposition"] == (
            'attachment; filename="Quyet dinh 99 & 1.pdf"; '
            "filename*=UTF-8''Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh%2099%20&%201.pdf"
        )
        assert given.content == (site.pdf if method == "GET" else b"")


@pytest.mark.parametrize(
    "path",
    [
        "/originals?id=kh%C3%B4ng",
        "/originals?id=../../etc/passwd",
        "/originals?id=xã/Quyết định.pdf",
        "/originals/page?id=bài&n=1",
        f"/originals/page?id={quote(ID)}&n=4",
        f"/originals/page?id={quote(ID)}&n=99999999",
    ],
)
def test_what_is_not_there_is_404(site: Site, path: str) -> None:
    assert site.get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["", "id=a", "id=a&n=0", "id=a&n=x", "id=a&n=1&start=-1", "id=a&n=1e9", "n=1"]
)
def test_what_makes_no_sense_is_refused(site: Site, query: str) -> None:
    assert site.get(f"/originals/page?{query}").status_code == 422


def test_a_file_that_changed_since_is_no_longer_offered(site: Site) -> None:
    path = site.corpus / NAME
    try:
        path.write_bytes(site.pdf + b"%")
        page = page_of(site, article_path(ID))
        assert page.xpath("//figure | //a[@download]") == []
        assert "Số hiệu 99-QĐ/TW" in page.text_content()
        assert site.get(f"/originals?id={quote(ID)}").status_code == 404
    finally:
        path.write_bytes(site.pdf)
