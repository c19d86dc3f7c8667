"""The corpus to read: addresses of sentences, the list with its search, each article's page."""

import asyncio
import hashlib
import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from hypothesis import example, given
from hypothesis import strategies as st
from toy import ToyEncoder

from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index
from partyqa.service.article_search import find, snippet
from partyqa.service.auth.person import LOCAL, Person, Role
from partyqa.service.filters import Filters
from partyqa.service.library.originals.originals import Originals
from partyqa.service.links import (
    ArticleSpan,
    QuoteAddress,
    address,
    article_path,
    digest,
    parse_address,
    parse_fragment,
    web_url,
)
from partyqa.types import Article
from partyqa.web.pages.articles import PER_PAGE, router
from partyqa.web.templating import exact, text_lines

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}'
LONG = "Đảng bộ xã báo cáo. " + "Việc này được kể ra rất dài, " * 30 + "rồi mới nói đến Mường Lát ở cuối câu."
ARTICLES = (
    Article(
        id="bài/mường ảng?#1",
        title="Chuyển biến ở huyện Mường Ảng",
        text="Huyện Mường Ảng kết nạp 60 đảng viên 🇻🇳 trong năm 2017.\n\n  Thụt đầu dòng.\nUỷ ban kiểm tra họp.",
        source="Báo Điện Biên Phủ",
        url="https://example.vn/bai?a=1&b=2",
        author="Nguyễn Văn A",
        encoding="TCVN3",
    ),
    Article(id="lát", title="Mường Lát đổi thay", text=f"Câu đầu. {LONG}", source="Báo Thanh Hóa"),
    Article(
        id="tccsđ", title="Tổ chức cơ sở đảng ở Mường Tè", text="Các tổ chức cơ sở đảng có 2.128 đảng viên."
    ),
    Article(
        id="../https://a.vn//b",
        title=HOSTILE,
        text=f"{HOSTILE} & một câu.",
        source=HOSTILE,
        url="javascript:alert(3)",
    ),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> PartyQA:
    folder = tmp_path_factory.mktemp("articles")
    build_index(folder, ARTICLES, ToyEncoder())
    return PartyQA.compose(Index.load(folder), ToyEncoder())


def app_of(engine: PartyQA, person: Person = LOCAL) -> FastAPI:
    """The router alone, with what the service's middleware sets before a route runs."""
    app = FastAPI()
    serving = SimpleNamespace(engine=engine)
    app.state.services = SimpleNamespace(serving=serving, originals=Originals(Path("nowhere")))
    app.include_router(router)

    @app.middleware("http")
    async def known(request: Request, go_on: Callable[[Request], Response]) -> Response:
        request.state.person = person
        request.state.lang = "en" if request.query_params.get("lang") == "en" else "vi"
        return await go_on(request)  # type: ignore[misc]

    return app


def get(
    engine: PartyQA, path: str, root: str = "", person: Person = LOCAL, method: str = "GET"
) -> httpx.Response:
    async def fetch() -> httpx.Response:
        transport = httpx.ASGITransport(app_of(engine, person), root_path=root)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path)

    return asyncio.run(fetch())


class Read(HTMLParser):
    """The parts of a page that a test looks at."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""  # of the article
        self.marked: list[str] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.tags.append((tag, held))
        if tag in ("p", "mark"):
            self._inside.append("data-start" if "data-start" in held else tag)
            if tag == "mark":
                self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "mark"):
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if "data-start" in self._inside:
            self.text += data
        if "mark" in self._inside:
            self.marked[-1] += data

    def of(self, tag: str) -> list[dict[str, str]]:
        return [held for name, held in self.tags if name == tag]


def titles(response: httpx.Response) -> list[str]:
    return [
        html.unescape(title) for title in re.findall(r'<h2 lang="vi"><a[^>]*>(.*?)</a></h2>', response.text)
    ]


# Addresses


def test_an_address_holds_the_place_and_the_sha256_of_the_words() -> None:
    expected = hashlib.sha256("Đảng".encode()).hexdigest()[:8]
    assert digest("Đảng") == expected
    assert address("bài/1 a", 3, 7, "Đảng") == f"/articles/b%C3%A0i/1%20a#3-7:{expected}"


@pytest.mark.parametrize(
    "article_id", ["..", "a/../b", "./a", "a//b", "/a", "a/", "https://a.vn/b?c#d&e=f+g"]
)
def test_an_id_that_no_path_can_hold_goes_into_the_query(article_id: str) -> None:
    path = article_path(article_id)
    assert path.startswith("/articles?id=")
    assert httpx.URL(f"http://a{path}").params["id"] == article_id


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
spans = st.integers(0, 10**9 - 1)


@given(names, spans, spans, st.text(), st.sampled_from(["", "http://a.vn:80", "https://[::1]/goc/x"]))
@example("a/articles/b", 1, 2, "x", "http://h/root")
@example("a#1-2:00000000?id=c", 1, 2, "x", "")
def test_an_address_is_read_back(article_id: str, start: int, end: int, quote: str, root: str) -> None:
    found = parse_address(root + address(article_id, start, end, quote))
    assert found == QuoteAddress(article_id, ArticleSpan(start, end, digest(quote)))


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("3-7", ArticleSpan(3, 7, None)),
        ("3-7:ABCDEF01", ArticleSpan(3, 7, "abcdef01")),
        ("3-7%3aabcdef01", ArticleSpan(3, 7, "abcdef01")),
        *(
            (other, None)
            for other in ("", "main", "3", "3-", "-3-7", "3-7:", "3-7:abc", "٣-٧", "3-7:abcdef012")
        ),
    ],
)
def test_a_fragment_is_a_span_or_nothing(fragment: str, expected: ArticleSpan | None) -> None:
    assert parse_fragment(fragment) == expected


@pytest.mark.parametrize(
    "url", ["", "/articles/a", "/articles#1-2", "/article/a#1-2", "http://[#1-2", "/articles/#1-2"]
)
def test_what_is_no_address_of_a_sentence(url: str) -> None:
    assert parse_address(url) is None


def test_links_lead_to_the_web_only() -> None:
    for url in ("https://a.vn/x?y#z", "HTTPS://a.vn/", "http://a.vn/bài-viết", "https://a.vn/?b=%22<>\"'"):
        assert web_url(url) == url
    for url in (
        *(None, "", "tin/1.html", "//a.vn", "http://", "http://a b", "https:///no-host", "https://[broken"),
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:x"),
        *("javascript://evil.example/%0aalert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"),
        *("ftp://a.vn/x", "https://a.vn/\tx"),
    ):
        assert web_url(url) is None


# One article


def test_the_page_holds_the_text_to_the_letter_and_says_where_each_line_starts(engine: PartyQA) -> None:
    article = ARTICLES[0]
    response = get(engine, article_path(article.id))
    page = Read(response.text)
    assert response.status_code == 200
    assert page.text == article.text
    starts = [int(held["data-start"]) for held in page.of("p") if "data-start" in held]
    assert [article.text[start:].split("\n")[0] for start in starts] == article.text.split("\n")
    assert page.of("html") == [{"lang": "vi"}]
    for said in (article.title, "Báo Điện Biên Phủ", "Nguyễn Văn A"):
        assert said in html.unescape(response.text)
    assert {"https://example.vn/bai?a=1&b=2"} == {
        a["href"] for a in page.of("a") if a.get("target") == "_blank"
    }


@given(
    st.text(
        st.one_of(
            st.characters(exclude_categories=["Cs"], exclude_characters="\0"), st.sampled_from("\n\r <&")
        )
    )
)
def test_lines_together_are_the_text(text: str) -> None:
    lines = text_lines(text)
    assert "".join(html.unescape(str(exact(line))) for _, line in lines) == text
    assert [text[start : start + len(line)] for start, line in lines] == [line for _, line in lines]
    assert all("\n" not in line[:-1] for _, line in lines)


def test_a_hostile_article_is_just_text(engine: PartyQA) -> None:
    article = ARTICLES[3]
    for path in (article_path(article.id), "/articles", "/articles?q=một+câu"):
        response = get(engine, path)
        page = Read(response.text)
        assert response.status_code == 200
        assert not page.of("img")
        assert all(
            "src" in script and urlsplit(script["src"]).path.startswith("/files/")
            for script in page.of("script")
        )
        assert not [held for _, held in page.tags if any(name.startswith("on") for name in held)]
        assert not [a for a in page.of("a") if not a["href"].startswith(("/", "#", "https://example.vn/"))]
        assert "49" not in response.text
    assert Read(get(engine, article_path(article.id)).text).text == article.text


@pytest.mark.parametrize(
    "path",
    ["/articles/kh%C3%B4ng", "/articles/%00", "/articles/%ff", "/articles?id=..", "/articles/a%2F..%2Fb"],
)
def test_an_unknown_article_is_said_to_be_gone(engine: PartyQA, path: str) -> None:
    response = get(engine, path)
    assert response.status_code == 404
    assert "không còn trong kho hoặc đã đổi tên" in response.text


def test_a_hostile_id_is_shown_as_text(engine: PartyQA) -> None:
    response = get(engine, article_path(HOSTILE))
    assert response.status_code == 404
    assert not Read(response.text).of("img")


def test_no_page_holds_an_inline_script_or_style(engine: PartyQA) -> None:
    for path in ("/articles", article_path("lát"), "/articles/gone"):
        page = Read(get(engine, path).text)
        assert not page.of("style")
        assert not [held for _, held in page.tags if "style" in held]
        assert all("src" in script for script in page.of("script"))


def test_behind_a_proxy_every_link_stays_below_its_path(engine: PartyQA) -> None:
    for path in ("/goc/articles?q=muong", "/goc" + article_path(ARTICLES[0].id), "/goc/articles/gone"):
        page = Read(get(engine, path, root="/goc").text)
        links = [a["href"] for a in page.of("a")] + [f["action"] for f in page.of("form")]
        links += [link["href"] for link in page.of("link")] + [script["src"] for script in page.of("script")]
        ours = [link for link in links if not link.startswith(("#", "https://example.vn/"))]
        assert len(ours) > 5
        assert [link for link in ours if not link.startswith("/goc/")] == []


def test_the_other_language_is_the_same_page(engine: PartyQA) -> None:
    page = Read(get(engine, "/articles?q=m%C6%B0%E1%BB%9Dng&year=").text)
    (other,) = [a["href"] for a in page.of("a") if a.get("rel") == "alternate"]
    assert httpx.URL(f"http://a{other}").params.multi_items() == [
        ("q", "mường"),
        ("year", ""),
        ("lang", "en"),
    ]
    english = get(engine, other)
    assert Read(english.text).of("html") == [{"lang": "en"}]
    assert "Look for" not in english.text
    assert "Words to look for" in english.text
    (back,) = [a["href"] for a in Read(english.text).of("a") if a.get("rel") == "alternate"]
    assert httpx.URL(f"http://a{back}").params.multi_items() == [("q", "mường"), ("year", ""), ("lang", "vi")]


def test_who_has_logged_in_can_log_out(engine: PartyQA) -> None:
    assert "/logout" not in get(engine, "/articles").text
    page = get(engine, "/articles", person=Person("7", "Lò Thị <b>", Role.READER))
    assert {"method": "post", "action": "/logout"} in Read(page.text).of("form")
    assert "Lò Thị &lt;b&gt;" in page.text


def test_heads_are_answered(engine: PartyQA) -> None:
    for path in ("/articles", "/articles/l%C3%A1t"):
        response = get(engine, path, method="HEAD")
        assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")


# The list


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("mường ảng", ["bài/mường ảng?#1"]),
        ("MUONG ANG", ["bài/mường ảng?#1"]),
        ("muong", ["bài/mường ảng?#1", "lát", "tccsđ"]),
        ("ủy ban", ["bài/mường ảng?#1"]),  # the article writes Uỷ
        ("bao dien bien phu", ["bài/mường ảng?#1"]),  # the newspaper
        ("nguyen van a", ["bài/mường ảng?#1"]),  # the author
        ("TCCSĐ", ["tccsđ"]),  # the text has it in full
        ("2128", ["tccsđ"]),  # the text has 2.128
        ("mường thanh hóa", ["lát"]),  # a word of the text and a newspaper
        ("mường ảng thanh hóa", []),
        ("xyz", []),
        ("?!", ["bài/mường ảng?#1", "lát", "tccsđ", "../https://a.vn//b"]),  # no word at all
    ],
)
def test_an_article_is_found_by_all_of_its_words(engine: PartyQA, words: str, expected: list[str]) -> None:
    assert sorted(one.article.id for one in find(engine, words, Filters())) == sorted(expected)


def test_titles_come_first(engine: PartyQA) -> None:
    found = [one.article.id for one in find(engine, "mường lát", Filters())]
    assert found == ["lát"]
    assert next(one.article.id for one in find(engine, "đảng mường tè", Filters())) == "tccsđ"


def test_a_snippet_is_the_sentence_and_marks_its_words(engine: PartyQA) -> None:
    response = get(engine, "/articles?q=UY+BAN")
    page = Read(response.text)
    assert page.marked == ["Uỷ", "ban"]
    (link,) = [a["href"] for a in page.of("a") if "#" in a["href"] and "articles/" in a["href"]]
    found = parse_address(link)
    assert found is not None
    text = ARTICLES[0].text
    assert (found.article_id, text[found.span.start : found.span.end]) == (
        ARTICLES[0].id,
        "Uỷ ban kiểm tra họp.",
    )
    assert found.span.digest == digest("Uỷ ban kiểm tra họp.")
    assert unquote(urlsplit(link).path) == f"/articles/{ARTICLES[0].id}"


def test_a_long_sentence_is_shown_around_the_word(engine: PartyQA) -> None:
    (found,) = find(engine, "lát", Filters())
    shown = snippet(found, "lát")
    assert shown is not None
    text = "".join(piece for piece, _ in shown.pieces)
    assert [piece for piece, wanted in shown.pieces if wanted] == ["Lát"]
    assert text.startswith("… ") and text.endswith("Lát ở cuối câu.")
    assert text[2:] in LONG
    assert len(text) < 300


def test_filters_come_from_the_address(engine: PartyQA) -> None:
    response = get(engine, "/articles?source=B%C3%A1o+Thanh+H%C3%B3a")
    assert titles(response) == ["Mường Lát đổi thay"]
    assert "đang lọc: Báo Thanh Hóa" in response.text
    assert "<option selected>Báo Thanh Hóa</option>" in response.text
    form = get(
        engine, "/articles?q=&place=&source=B%C3%A1o+Thanh+H%C3%B3a&year="
    )  # as the page's form sends it
    assert (form.status_code, titles(form)) == (200, ["Mường Lát đổi thay"])
    wrong = get(engine, "/articles?year=abc")
    assert wrong.status_code == 400
    assert "Năm để lọc phải gồm bốn chữ số" in html.unescape(wrong.text)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> PartyQA:
    articles = [
        Article(id=f"{n:03}", title=f"Bài {n:03}", text=f"Chi bộ {n} họp.") for n in range(2 * PER_PAGE + 1)
    ]
    folder = tmp_path_factory.mktemp("many")
    build_index(folder, articles, ToyEncoder())
    return PartyQA.compose(Index.load(folder), ToyEncoder())


def test_pages_hold_every_article_once(many: PartyQA) -> None:
    path: str | None = "/articles?q=chi+b%E1%BB%99"
    seen: list[str] = []
    lengths = []
    while path:
        response = get(many, path)
        lengths.append(len(titles(response)))
        seen += titles(response)
        path = next((a["href"] for a in Read(response.text).of("a") if a.get("rel") == "next"), None)
    assert lengths == [PER_PAGE, PER_PAGE, 1]
    assert sorted(seen) == [f"Bài {n:03}" for n in range(2 * PER_PAGE + 1)]


@pytest.mark.parametrize(
    ("page", "first"), [("0", 0), ("-1", 0), ("x", 0), ("²", 0), ("99", 2), ("9" * 5000, 0)]
)
def test_a_page_that_is_not_there_is_the_nearest(many: PartyQA, page: str, first: int) -> None:
    response = get(many, f"/articles?page={page}")
    assert response.status_code == 200
    assert titles(response)[0] == f"Bài {first * PER_PAGE:03}"


def test_small_talk_of_the_search_box_does_no_harm(engine: PartyQA) -> None:
    for words in (
        "%00",
        "%ff",
        "a" * 5000,
        "%F0%9F%87%BB",
        "~dang",
        "XII",
        "mười",
        "15%25",
        "05-CT/TW",
        "7/6/2012",
    ):
        assert get(engine, f"/articles?q={words}").status_code == 200


def test_an_article_says_which_encoding_it_was_converted_from(engine: PartyQA) -> None:
    page = get(engine, article_path(ARTICLES[0].id)).text
    assert "chuyển từ TCVN3" in page
    assert "chuyển từ" not in get(engine, article_path(ARTICLES[1].id)).text
