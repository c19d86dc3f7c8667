"""An article from a PDF in Chromium: the page of the quote beside the text, its words in a frame."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from pdfs import pdf_of
from playwright.sync_api import Browser, Page, expect
from served import served, services_over
from toy import ToyEncoder

from partyqa.corpus.readers import Line
from partyqa.corpus.readers.fields import article
from partyqa.engine import PartyQA
from partyqa.i18n import texts
from partyqa.index.index import Index, build_index
from partyqa.service.links import address, article_path
from partyqa.types import Article

VI = texts("vi")
PAGES = tuple(
    (
        f"Điều {page}. Việc mượn sách của thư viện.",
        *(f"Khoản {n}. Bạn đọc nhớ điều thứ {n}." for n in range(1, 21)),
    )
    for page in range(1, 4)
)
QUOTE = "Khoản 7. Bạn đọc nhớ điều thứ 7."
LINES = [Line(text, page, (f"Điều {page}",)) for page, lines in enumerate(PAGES, 1) for text in lines]


def written(corpus: Path, name: str, data: bytes) -> Article:
    corpus.mkdir(exist_ok=True)
    (corpus / name).write_bytes(data)
    made = article(name.removesuffix(".pdf"), LINES, name, title="Nội quy thư viện", number="12-QĐ/TV")
    return replace(made, file=name, file_digest=hashlib.sha256(data).hexdigest())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("originals")
    sound = written(folder / "corpus", "nội quy.pdf", pdf_of(PAGES))
    broken = written(folder / "corpus", "hỏng.pdf", b"%PDF-1.7 nothing more")
    build_index(folder / "index", [sound, broken], ToyEncoder())
    engine = PartyQA.compose(Index.load(folder / "index"), ToyEncoder())
    with served(services_over(engine, folder / "index", folder)) as root:
        yield root


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    contexts = []
    faults: list[str] = []

    def opened(path: str, width: int = 1280, **options: str) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on(
            "console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(site + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [fault for fault in faults if "404" not in fault] == []


def cited(article_id: str, page: int) -> str:
    text = "\n".join(line.text for line in LINES)
    start = -1
    for _ in range(page):
        start = text.index(QUOTE, start + 1)
    return address(article_id, start, start + len(QUOTE), QUOTE)


def tinted(page: Page) -> list[float]:
    """Return the first and the last row of the picture that hold the marker's tint, in shares of its height."""
    found = page.evaluate(
        """async () => {
            const picture = document.querySelector("#pq-original img");
            await picture.decode();
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
            const drawing = canvas.getContext("2d");
            drawing.drawImage(picture, 0, 0);
            const pixels = drawing.getImageData(0, 0, canvas.width, canvas.height).data;
            const rows = [];
            for (let at = 0; at < pixels.length; at += 4)
                if (pixels[at] > 240 && pixels[at + 2] < 170)
                    rows.push(Math.floor(at / 4 / canvas.width) / canvas.height);
            return rows.length ? [rows[0], rows[rows.length - 1]] : [];
        }"""
    )
    return list(found)


def test_the_address_of_a_quote_opens_the_original_at_its_page(open_page: OpenPage) -> None:
    page = open_page(cited("nội quy", 2))
    expect(page.locator("#pq-text mark")).to_be_focused()
    expect(page.locator(".pq-page-now")).to_have_text("Trang 2/3")
    first, last = tinted(page)
    middle = (595 - 540 + 7 * 20) / 595  # where the test wrote the line
    assert first < middle < last + 0.02 and last - first < 0.04
    assert page.locator("#pq-original img").get_attribute("alt") == VI("articles.page_drawn", page=2)


def test_another_page_is_a_click_away_and_has_no_frame(open_page: OpenPage) -> None:
    page = open_page(cited("nội quy", 2))
    expect(page.locator(".pq-page-now")).to_have_text("Trang 2/3")
    page.get_by_role("link", name=VI("articles.next")).click()
    expect(page.locator(".pq-page-now")).to_have_text("Trang 3/3")
    expect(page.get_by_role("link", name=VI("articles.next"))).to_be_hidden()
    assert tinted(page) == []
    page.get_by_role("link", name=VI("articles.previous")).click()
    page.get_by_role("link", name=VI("articles.previous")).click()
    expect(page.locator(".pq-page-now")).to_have_text("Trang 1/3")
    expect(page.get_by_role("link", name=VI("articles.previous"))).to_be_hidden()


def test_the_file_is_downloaded_under_its_name(open_page: OpenPage) -> None:
    page = open_page(article_path("nội quy"))
    with page.expect_download() as waiting:
        page.locator("a[download]").click()
    assert waiting.value.suggested_filename == "nội quy.pdf"
    assert waiting.value.path().read_bytes() == pdf_of(PAGES)


def test_a_page_that_cannot_be_drawn_says_so_and_the_text_stays(open_page: OpenPage) -> None:
    page = open_page(article_path("hỏng"))
    expect(page.locator("#pq-original .pq-note")).to_be_visible()
    expect(page.locator("#pq-original img")).to_be_hidden()
    expect(page.locator("#pq-text")).to_contain_text(QUOTE)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_nothing_serious_and_nothing_is_too_wide(
    open_page: OpenPage, width: int, scheme: str
) -> None:
    page = open_page(cited("nội quy", 2), width, color_scheme=scheme)
    expect(page.locator("#pq-text mark")).to_be_in_viewport()
    tinted(page)
    expect(page.locator("#pq-text mark")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_on_a_phone_a_link_leads_from_the_quote_to_its_page(open_page: OpenPage) -> None:
    page = open_page(cited("nội quy", 2), 390)
    expect(page.locator("#pq-text mark")).to_be_focused()
    page.get_by_role("link", name=VI("articles.to_page")).click()
    expect(page.locator("#pq-original img")).to_be_in_viewport(ratio=0.5)
    assert tinted(page) != []


def test_without_scripts_the_pages_are_links(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + article_path("nội quy"))
    page.locator("a[rel=next]").click()
    expect(page.locator(".pq-page-now")).to_have_text("Trang 2/3")
    assert page.locator("#pq-original img").get_attribute("src").endswith("&n=2")  # type: ignore[union-attr]
    context.close()
