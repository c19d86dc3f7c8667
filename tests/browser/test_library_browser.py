"""The administration of the corpus in a real Chromium, over the whole application with a toy encoder."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from browsing import PHONE, WIDE, watched_page
from payloads import PAYLOADS
from playwright.sync_api import Browser, Page, expect
from served import served, services_over
from toy import ToyEncoder
from toy_library import ANG, LAT, TE, load_slow, made_library

from partyqa.engine import PartyQA
from partyqa.i18n import texts
from partyqa.index import generations
from partyqa.index.index import Index
from partyqa.service.library.library import Library

T = texts("vi")

DROP = """(zone, files) => {
    const carried = new DataTransfer();
    for (const [name, text] of files) carried.items.add(new File([text], name, { type: "text/plain" }));
    const tell = (kind) => zone.dispatchEvent(
        new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
    tell("dragenter"); tell("dragover");
    const over = zone.classList.contains("pq-over");
    tell("drop");
    return over;
}"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return made_library(tmp_path, load=load_slow)


@pytest.fixture
def address(library: Library, tmp_path: Path) -> Iterator[str]:
    engine = PartyQA.compose(Index.load(library.index), ToyEncoder())
    services = services_over(engine, library.index, tmp_path, corpus=library.corpus)
    with served(replace(services, library=library)) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """The page of the administration; at the end nothing has gone wrong and nothing has left this machine."""
    context = chromium.new_context(viewport=WIDE, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    seen = watched_page(page)
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    page.goto(f"{address}/corpus")
    yield page
    context.close()
    assert (seen.hosts, seen.faults, seen.dialogs) == ({"127.0.0.1"}, [], [])


def drop(page: Page, *files: tuple[str, str]) -> None:
    assert page.locator("#pq-drop").evaluate(DROP, list(files)) is True  # the zone shows that it takes them
    expect(page.get_by_text(T("corpus.taken_in", count=len(files)))).to_be_visible()


def test_a_whole_folder_is_read_in_several_requests_and_the_bad_files_are_named(
    page: Page, library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "văn bản"
    for name in ("xã A", "xã B"):
        (folder / name).mkdir(parents=True)
        (folder / name / "báo cáo.txt").write_text(f"{LAT} Đó là {name}.")
    (folder / ".ẩn.txt").write_text(ANG)
    (folder / "trống.txt").write_text("")
    (folder / "ảnh.png").write_bytes(b"\x89PNG")
    for number in range(55):
        (folder / f"bài {number:02}.txt").write_text(f"{ANG} Đây là lớp số {number}.")
    page.locator("#pq-folder").set_input_files(folder)
    told = page.locator("#pq-chosen")
    expect(told).to_contain_text(T("corpus.sent").format(taken=57, refused=2), timeout=60_000)
    expect(told).to_contain_text("trống.txt")
    expect(told).to_contain_text("ảnh.png")
    names = {staged.name for staged in library.staged()}
    assert names == {f"bài {number:02}.txt" for number in range(55)} | {
        "xã A - báo cáo.txt",
        "xã B - báo cáo.txt",
    }


def rebuild(page: Page) -> None:
    page.get_by_role("button", name=T("corpus.rebuild")).click()
    expect(page.locator("#pq-progress-text")).to_contain_text("Dựng xong")
    expect(page.get_by_text(T("corpus.nothing_pending"))).to_be_visible()
    expect(page.locator("#pq-rebuild-bar")).to_have_count(0)


def test_a_dropped_file_is_looked_at_accepted_built_found_removed_and_the_index_put_back(
    page: Page, library: Library, address: str
) -> None:
    # dropped, and read at once
    drop(page, ("Mường Lát.txt", f"{LAT}\n\n" + "\n\n".join(f"Bản {n} có chi bộ riêng." for n in range(60))))
    expect(page.get_by_text("Mường Lát.txt", exact=True).first).to_be_visible()
    assert not (library.corpus / "Mường Lát.txt").exists()

    # its passages, before they count
    page.get_by_role("link", name=T("corpus.look")).click()
    (staged,) = library.staged()
    passages = library.preview(staged.id).passages
    expect(page.locator(".pq-passage-text")).to_have_count(len(passages))
    assert page.locator(".pq-passage-text").all_text_contents() == [passage.text for passage in passages]
    assert len(passages) > 3
    page.get_by_role("button", name=T("corpus.accept")).click()
    expect(page.get_by_text(T("corpus.said_accepted"))).to_be_visible()
    expect(page.get_by_text(T("corpus.pending", added=1, changed=0, removed=0))).to_be_visible()

    # the rebuild, with its bar, to the end
    old = generations.current(library.index)
    page.get_by_role("button", name=T("corpus.rebuild")).click()
    bar = page.get_by_label(T("corpus.progress"))
    expect(bar).to_be_visible()
    expect(page.locator("#pq-progress-text")).to_contain_text("Đã xử lý")
    values = set()
    while bar.count() and generations.current(library.index) == old:
        values.add(page.evaluate("document.getElementById('pq-progress')?.value"))
    assert len(values) > 3 and max(value for value in values if value) > 30
    expect(page.locator("#pq-progress-text")).to_contain_text("Dựng xong")
    expect(page.get_by_text(T("corpus.nothing_pending"))).to_be_visible()
    expect(page.locator("#pq-index-heading")).to_be_focused()

    # the new article answers
    listed = page.context.new_page()

    def found() -> int:
        listed.goto(f"{address}/articles?q=chi+bộ+riêng")
        return listed.get_by_role("link", name="Thị trấn Mường Lát").count()

    for _ in range(50):
        if found():
            break
        listed.wait_for_timeout(100)
    assert found() == 1
    page.get_by_role("link", name=T("corpus.read_article") + ": Mường Lát.txt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thị trấn Mường Lát có 14 chi bộ")
    page.go_back()

    # removed after a question, restored, removed again
    page.get_by_role("link", name=T("corpus.remove_named", name="Mường Lát.txt")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(T("corpus.remove_heading"))
    page.get_by_role("link", name=T("corpus.keep")).click()
    assert (library.corpus / "Mường Lát.txt").exists()
    page.get_by_role("link", name=T("corpus.remove_named", name="Mường Lát.txt")).click()
    page.get_by_role("button", name=T("corpus.remove_yes")).click()
    expect(page.get_by_text(T("corpus.said_removed"))).to_be_visible()
    assert not (library.corpus / "Mường Lát.txt").exists()
    page.locator("summary", has_text=T("corpus.removed")).click()
    page.get_by_role("button", name=T("corpus.restore_named", name="Mường Lát.txt")).click()
    expect(page.get_by_text(T("corpus.said_restored"))).to_be_visible()
    expect(page.get_by_text(T("corpus.nothing_pending"))).to_be_visible()

    # back to the index before, after a question
    page.get_by_role("link", name=T("corpus.roll_back")).click()
    expect(page.get_by_text(T("corpus.roll_back_gone"))).to_be_visible()
    expect(page.get_by_text("Thị trấn Mường Lát có 14 chi bộ")).to_be_visible()
    page.get_by_role("button", name=T("corpus.roll_back_yes")).click()
    expect(page.get_by_text(T("corpus.said_rolled_back"))).to_be_visible()
    assert generations.current(library.index) == old
    for _ in range(50):
        if not found():
            break
        listed.wait_for_timeout(100)
    assert found() == 0


def test_the_keyboard_alone_chooses_uploads_accepts_and_stops_a_rebuild(page: Page, library: Library) -> None:
    field = page.get_by_label(T("corpus.choose"))
    field.focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    text = "\n\n".join(f"Bản {n} có chi bộ." for n in range(200))
    chooser.value.set_files([{"name": "bản.txt", "mimeType": "text/plain", "buffer": text.encode()}])
    expect(page.locator("#pq-chosen")).to_have_text(f"{T('corpus.chosen')}\nbản.txt")
    page.keyboard.press("Tab")  # the chooser of a whole folder
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=T("corpus.upload"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(T("corpus.taken_in", count=1))).to_be_visible()
    box = page.get_by_role("checkbox", name=T("corpus.select", name="bản.txt"))
    box.focus()
    for checked in (False, True):
        page.keyboard.press("Space")
        expect(box).to_be_checked(checked=checked)
    page.get_by_role("button", name=T("corpus.accept")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(T("corpus.said_accepted"))).to_be_visible()
    page.get_by_role("button", name=T("corpus.rebuild")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pq-progress-text")).to_contain_text("Đã xử lý")
    page.get_by_role("button", name=T("corpus.stop")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pq-progress-text")).to_contain_text("Đã dừng dựng lại")
    assert [article.id for article in Index.load(library.index).articles] == ["huyện/muong-ang", "muong-te"]


def test_too_many_and_too_large_are_said_before_anything_is_sent(page: Page, library: Library) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    field, button = page.get_by_label(T("corpus.choose")), page.get_by_role("button", name=T("corpus.upload"))
    button.click()
    expect(page.locator("#pq-chosen")).to_have_text(T("corpus.none_chosen"))
    expect(field).to_be_focused()
    field.set_input_files([{"name": f"{n}.txt", "mimeType": "", "buffer": b"a"} for n in range(51)])
    expect(page.locator("#pq-chosen")).to_have_text(T("corpus.too_many", files=50))
    large = {"name": "lớn.txt", "mimeType": "", "buffer": b"a" * (library.limits.file_bytes + 1)}
    field.set_input_files([large])
    expect(page.locator("#pq-chosen")).to_have_text(T("corpus.too_large", size="10 MB") + "lớn.txt")
    button.click()
    assert sent == []


def test_names_and_articles_that_are_scripts_do_not_run(page: Page, library: Library, address: str) -> None:
    files = []
    for number, payload in enumerate(PAYLOADS[:25]):
        files.append((f"{number} {payload}.txt", LAT))
        files.append((f"{number} a' onx=b &lt;.md", f"# {payload}\n\n{payload}\n\n{ANG}"))
    page.locator("#pq-drop").evaluate(DROP, files)
    expect(page.locator("p.pq-note[role=status]")).to_contain_text("đang chờ bạn xem và nhận")
    staged = library.staged()
    assert len(staged) >= 15
    expect(page.locator("img, svg, iframe, object, embed, [onerror], [onload], [onfocus]")).to_have_count(0)
    for file in staged:
        page.goto(f"{address}/corpus/staged/{file.id}")
        expect(page.locator(".pq-passage-text").first).to_be_visible()
        expect(page.locator("img, svg, iframe, object, embed, [onerror], [onload], [onfocus]")).to_have_count(
            0
        )


def test_nothing_is_cut_off_and_axe_finds_nothing_serious(page: Page, library: Library, address: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    library.stage("Nghị quyết số 25 về xây dựng và chỉnh đốn Đảng.txt", TE.encode(), by="Lan")
    library.stage("muong-te.txt", LAT.encode())
    library.remove("huyện/muong-ang")
    faults = []
    for path in ("/corpus", f"/corpus/staged/{library.staged()[0].id}", "/corpus/remove?file=muong-te.txt"):
        page.goto(f"{address}{path}")
        for size, theme in product((WIDE, PHONE, {"width": 360, "height": 740}), ("light", "dark")):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if (width := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
                faults.append((path, size, theme, width))
            violations = Axe().run(page).response["violations"]
            serious = [found["id"] for found in violations if found["impact"] in ("serious", "critical")]
            faults += [(path, size, theme, found) for found in serious]
    assert faults == []
