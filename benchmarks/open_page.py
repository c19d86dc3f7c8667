"""Print in how many seconds an open browser has the chat page ready to be typed into: `open_page.py URL`."""

import shutil
import sys
import time

from playwright.sync_api import sync_playwright

from partyqa.i18n import texts

NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")


def main(url: str) -> int:
    """Open the page once; exit code 1 where there is no Chromium."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        started = time.perf_counter()
        page.goto(url, timeout=120_000)
        box = page.get_by_label(texts("vi")("chat.question_label"))
        box.fill("Đảng bộ", timeout=120_000)
        print(time.perf_counter() - started)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
