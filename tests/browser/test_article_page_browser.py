"""An article's page in Chromium: the sentence of its address marked to the letter, or said to have changed."""

import hashlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from served import served, services_over
from toy import ToyEncoder

from partyqa.engine import PartyQA
from partyqa.i18n import texts
from partyqa.index.index import Index, build_index
from partyqa.service.links import address, article_path, digest
from partyqa.types import Article

FIRST = "Huyện 𝐌ường Ảng 🇻🇳 kết nạp 60 đảng viên 👍."
SECOND = "Uỷ ban kiểm tra 𐍈 huyện: “tốt”, ế ộ ữ."
TEXT = f"Mở đầu 🎉 của bài.\n{FIRST}\n\n  {SECOND} Hết <b>bài</b> & hết."
FILLING = "\n".join(f"Đoạn thứ {n} nói việc khác." for n in range(80))
ARTICLES = (
    Article(id="bài/mường ảng", title="Bài có chữ ngoài BMP", text=f"{TEXT}\n{FILLING}", source="Báo"),
    Article(id="cuối", title="Bài dài", text=f"{FILLING}\nCâu ở tận cuối bài."),
    Article(
        id="https://a.vn//b?c#d", title="Mã lạ " + "dàikhôngdấucách" * 20, text="Một câu. " + "chữliền" * 60
    ),
)
GONE = article_path("không còn")
VI = texts("vi")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("pages")
    build_index(folder / "index", ARTICLES, ToyEncoder())
    engine = PartyQA.compose(Index.load(folder / "index"), ToyEncoder())
    with served(services_over(engine, folder / "index", folder)) as root:
        yield root


OpenPage = Callable[..., Page]


@pytest.fixture
def article_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """Open a path; at the end nothing may have gone wrong, the page's own policy (CSP) included."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(path: str, width: int = 1280, **options: str) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 700},
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: faults.append(said.text) if complains(said) else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(site + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def complains(said: ConsoleMessage) -> bool:
    """Whether the console says that something is wrong, other than that the article asked for is gone."""
    return said.type in ("error", "warning") and not said.location["url"].endswith(GONE)


def address_in(article: Article, quote: str, said: str | None = None) -> str:
    start = article.text.index(quote)
    return address(article.id, start, start + len(quote), quote if said is None else said)


def marked(page: Page) -> list[str]:
    return page.locator("mark").evaluate_all("marks => marks.map(mark => mark.textContent)")


@pytest.mark.parametrize("quote", [FIRST, SECOND, "🇻", "<b>bài</b> &", "Uỷ", "𐍈"])
def test_the_sentence_is_marked_to_the_letter_and_has_the_focus(article_page: OpenPage, quote: str) -> None:
    page = article_page(address_in(ARTICLES[0], quote))
    expect(page.locator("mark")).to_be_focused()
    assert marked(page) == [quote]
    expect(page.locator("#pq-changed")).to_be_hidden()
    assert page.locator("#pq-text").evaluate("node => node.textContent") == ARTICLES[0].text
    expect(page.locator("mark")).to_have_attribute("aria-description", "Câu được dẫn")


def test_a_span_over_several_lines_is_marked_in_each(article_page: OpenPage) -> None:
    quote = f"{FIRST}\n\n  {SECOND}"
    page = article_page(address_in(ARTICLES[0], quote))
    expect(page.locator("mark").first).to_be_focused()
    assert marked(page) == [f"{FIRST}\n", "\n", f"  {SECOND}"]


def test_the_page_scrolls_to_the_sentence(article_page: OpenPage) -> None:
    page = article_page(address_in(ARTICLES[1], "Câu ở tận cuối bài."))
    expect(page.locator("mark")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("window.scrollY") > 700


def test_a_span_without_a_digest_is_marked_as_it_is(article_page: OpenPage) -> None:
    page = article_page(f"{article_path(ARTICLES[0].id)}#0-6")
    expect(page.locator("mark")).to_be_focused()
    assert marked(page) == ["Mở đầu"]


@pytest.mark.parametrize(
    "fragment",
    [
        f"0-6:{digest('Mo dau')}",
        f"1-7:{digest('Mở đầu')}",
        f"{len(ARTICLES[0].text) - 1}-{len(ARTICLES[0].text) + 1}",
        "999999999-999999999",
        "7-3",
        "5-5",
    ],
)
def test_a_changed_source_says_so_and_nothing_is_marked(article_page: OpenPage, fragment: str) -> None:
    page = article_page(f"{article_path(ARTICLES[0].id)}#{fragment}")
    expect(page.locator("#pq-changed")).to_be_visible()
    expect(page.locator("#pq-changed")).to_contain_text("Bài viết đã thay đổi")
    expect(page.locator("#pq-changed")).to_be_focused()
    expect(page.locator("#pq-changed")).to_be_in_viewport()
    assert marked(page) == []


@pytest.mark.parametrize(
    "fragment", ["", "main", "1-2x", "%", "%E0%A4%A", "<img src=x onerror=alert(1)>", "-1-2"]
)
def test_another_fragment_is_left_alone(article_page: OpenPage, fragment: str) -> None:
    page = article_page(f"{article_path(ARTICLES[0].id)}#{fragment}")
    page.wait_for_load_state("load")
    expect(page.locator("#pq-changed")).to_be_hidden()
    assert marked(page) == []


def test_another_sentence_of_the_same_page_takes_the_mark_over(article_page: OpenPage) -> None:
    page = article_page(address_in(ARTICLES[0], FIRST))
    expect(page.locator("mark")).to_be_focused()
    for quote in (SECOND, "Mở đầu 🎉"):
        fragment = address_in(ARTICLES[0], quote).split("#")[1]
        page.evaluate("fragment => { window.location.hash = fragment }", fragment)
        expect(page.locator("mark")).to_have_text(quote, use_inner_text=False)
        assert marked(page) == [quote]
    page.evaluate("window.location.hash = '0-6:00000000'")
    expect(page.locator("#pq-changed")).to_be_visible()
    assert marked(page) == []
    page.evaluate("fragment => { window.location.hash = fragment }", fragment)
    expect(page.locator("#pq-changed")).to_be_hidden()
    assert page.locator("#pq-text").evaluate("node => node.textContent") == ARTICLES[0].text


def test_our_own_sha256_is_sha256(article_page: OpenPage) -> None:
    page = article_page(article_path("cuối"))
    said = [
        "",
        "abc",
        "Đảng",
        "𝐌🇻🇳",
        *("ế" * n for n in (18, 19, 21, 22, 42, 43, 64)),
        *("a" * n for n in range(50, 130)),
    ]
    said.append("đảng viên " * 5000)
    path = "/files/digest.js"
    found = page.evaluate(
        "([path, said]) => import(path).then(module => said.map(text => module.digest(text)))", [path, said]
    )
    assert found == [hashlib.sha256(text.encode()).hexdigest()[:8] for text in said]


def test_an_id_that_looks_like_an_address_opens_too(article_page: OpenPage) -> None:
    page = article_page(address_in(ARTICLES[2], "Một câu."))
    expect(page.locator("mark")).to_be_focused()
    assert marked(page) == ["Một câu."]


@pytest.mark.parametrize(
    "path",
    ["/articles?q=mot+cau", article_path(ARTICLES[2].id), article_path(ARTICLES[0].id), GONE],
)
def test_nothing_is_wider_than_a_small_phone(article_page: OpenPage, path: str) -> None:
    page = article_page(path, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_keyboard_alone_searches_and_opens_a_sentence(article_page: OpenPage) -> None:
    page = article_page("/articles")
    page.keyboard.press("Tab")
    expect(page.get_by_text(VI("pages.skip"))).to_be_focused()
    expect(page.get_by_text(VI("pages.skip"))).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label(VI("articles.words"))).to_be_focused()
    page.keyboard.type("uy ban kiem tra")
    page.keyboard.press("Enter")
    expect(page.locator(".pq-snippet mark")).to_have_text(["Uỷ", "ban", "kiểm", "tra"])
    page.locator(".pq-snippet a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pq-text mark")).to_be_focused()
    assert marked(page)[0].startswith("Uỷ ban kiểm tra")


def test_the_ground_chosen_is_kept_and_light_and_dark_differ(article_page: OpenPage) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page = article_page("/articles", color_scheme="dark")
    assert page.evaluate(ground) == "rgb(21, 24, 29)"
    page.get_by_role("button", name=VI("pages.light")).click()
    assert page.evaluate(ground) == "rgb(246, 245, 241)"
    page.reload()
    assert page.evaluate(ground) == "rgb(246, 245, 241)"
    expect(page.get_by_role("button", name=VI("pages.dark"))).to_be_visible()


def test_without_scripts_the_article_is_there_all_the_same(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + address_in(ARTICLES[0], FIRST))
    expect(page.locator("noscript p")).to_be_visible()  # rendered: Chromium runs no script here
    expect(page.locator("#pq-text")).to_contain_text("kết nạp 60 đảng viên")
    context.close()
