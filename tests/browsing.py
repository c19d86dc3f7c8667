"""A real Chromium for tests: the fixtures `chromium` and `visit`, and the page's parts by name."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from served import served, services_over

from partyqa.engine import PartyQA
from partyqa.i18n import texts
from partyqa.types import Answer
from partyqa.web.chat.views import EXAMPLES

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = next(
    filter(None, map(shutil.which, ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"))),
    None,
)

T = texts("vi")
expect.set_options(
    timeout=20_000
)  # the program's own limit of a question: a busy machine is no fault of the page

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
ANSWERED, REFUSED = EXAMPLES[2], EXAMPLES[3]


@pytest.fixture(scope="module")
def address(engine: PartyQA, built_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over corpus/, with a fresh database for each module."""
    folder = tmp_path_factory.mktemp("service")
    with served(services_over(engine, built_index, folder)) as address:
        yield f"{address}/"


@pytest.fixture(scope="module")  # not longer: while it is open no test can run an event loop of its own
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install it (apt-get install chromium) to run these")
    quiet = "--disable-background-networking --disable-component-update --disable-sync --no-first-run --disable-quic"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *quiet.split()])
        yield browser
        browser.close()


# What Gradio's own script says when a page is left while its event stream is open.
LEFT = re.compile(r"AbortError|errored out|ERR_ABORTED")


@dataclass
class Seen:
    """What went on in a page besides what was asked of it."""

    hosts: set[str] = field(default_factory=set)
    pages: int = 0  # opened one after the other
    faults: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


def watched_page(page: Page) -> Seen:
    """Return what will go on in a page: hosts it asks, faults it reports, dialogs it opens."""
    seen = Seen()
    page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname or request.url[:30]))
    page.on(
        "console", lambda said: seen.faults.append(said.text) if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    return seen


OpenPage = Callable[..., tuple[Page, Seen]]


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """Open the page; at the end, nothing may have gone wrong and nothing may have left this machine."""
    contexts: list[BrowserContext] = []
    watched: list[Seen] = []

    def open_page(size: dict[str, int] = WIDE, url: str = address, **options: str) -> tuple[Page, Seen]:
        context = chromium.new_context(viewport=size, reduced_motion="reduce", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        seen = watched_page(page)
        page.set_default_timeout(10_000)
        watched.append(seen)
        page.on(
            "response",
            lambda got: seen.faults.append(f"{got.status} {got.url}") if got.status >= 400 else None,
        )
        page.on("load", lambda _: setattr(seen, "pages", seen.pages + 1))
        page.goto(url)
        expect(page.locator(".pq-example").first).to_be_visible()
        return page, seen

    yield open_page
    for context in contexts:
        context.close()
    for seen in watched:
        assert seen.hosts == {"127.0.0.1"}
        left = seen.pages > 1
        assert [fault for fault in seen.faults if not (left and LEFT.search(fault))] == []
        assert seen.dialogs == []


def box(page: Page) -> Locator:
    return page.get_by_label(T("chat.question_label"))


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter, and wait until its turn is complete."""
    before = page.locator(".pq-turn").count()
    box(page).fill(question)
    box(page).press("Enter")
    expect(page.locator(".pq-turn[id]")).to_have_count(before + 1)


def shown(answer: Answer) -> list[str]:
    return [citation.sentence.text for citation in answer.citations or answer.related]
