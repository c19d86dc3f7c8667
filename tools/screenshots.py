"""Draw the chat page for the documentation: `python tools/screenshots.py`, over corpus/, into docs/.

At 1280 and 390 pixels, light and dark, with an answer and its source, in 256 colours.
"""

import shutil
import tempfile
import threading
import time
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from partyqa.engine import PartyQA, build_index
from partyqa.service.answer_queue import Serving
from partyqa.service.db.database import Database
from partyqa.web import ChatServer, Services, Settings, listen

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SIZES = {"wide": (1280, 800), "phone": (390, 844)}
QUESTION = "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?"


def main() -> None:
    """Serve corpus/ on a free port and draw."""
    with tempfile.TemporaryDirectory() as made, listen("127.0.0.1", 0) as taken:
        folder = Path(made)
        build_index(ROOT / "corpus", folder / "index")
        serving = Serving(PartyQA.open(folder / "index"), folder / "index")
        database = Database.open(f"sqlite:///{folder / 'history.sqlite'}")
        services = Services.around(
            serving, database, Settings(index=folder / "index", corpus=ROOT / "corpus")
        )
        server = ChatServer(services)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        try:
            draw(f"http://127.0.0.1:{taken.getsockname()[1]}/")
        finally:
            server.should_exit = True
            thread.join()


def draw(url: str) -> None:
    """Take every picture."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,  # type: ignore[arg-type]
                    reduced_motion="reduce",
                )
                page = context.new_page()
                page.goto(url)
                ask(page, QUESTION)
                drawn = Image.open(BytesIO(page.screenshot()))
                drawn.quantize(256).save(DOCS / f"chat-{name}-{scheme}.png", optimize=True)
                context.close()
        browser.close()


def ask(page: Page, question: str) -> None:
    """Type a question and wait for its answer to stand still."""
    page.locator("#pq-ask textarea").fill(question)
    page.locator("#pq-ask textarea").press("Enter")
    expect(page.locator("#t1")).to_be_visible(timeout=20_000)
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()
