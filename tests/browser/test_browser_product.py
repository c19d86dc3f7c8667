"""What a person does around the answers: keep, find again, filter, take along, judge; in both languages and grounds."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import ANSWERED, PHONE, REFUSED, WIDE, OpenPage, T, ask, box
from docx import Document
from payloads import PAYLOADS
from playwright.sync_api import Page, expect
from served import served, services_over
from toy import ToyEncoder

from partyqa.engine import PartyQA
from partyqa.i18n import texts
from partyqa.index.index import Index
from partyqa.index.index import build_index as build_from_articles
from partyqa.types import Article

EN = texts("en")
SMALL = {"width": 360, "height": 740}
FOLLOWING = "Còn Mường Ảng thì sao?"


def open_history(page: Page) -> None:
    page.get_by_role("button", name=T("chat.history"), exact=True).click()
    expect(page.locator(".pq-history")).to_be_visible()


def test_a_question_is_seen_to_be_looked_for_within_a_tenth_of_a_second(visit: OpenPage) -> None:
    page, _ = visit()
    page.evaluate(
        """() => { document.addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
        new MutationObserver(() => { if (window.pressed && !window.seen && document.querySelector(".pq-busy"))
          window.seen = performance.now() - window.pressed; }).observe(document.body, {childList: true, subtree: true});
        }"""
    )
    seen = []
    for _ in range(3):
        page.evaluate("window.pressed = window.seen = 0")
        ask(page, ANSWERED)
        seen.append(page.evaluate("window.seen"))
    assert min(seen) > 0 and sorted(seen)[1] < 100, seen


def test_why_a_sentence_was_chosen_is_told_in_the_questions_words(visit: OpenPage, engine: PartyQA) -> None:
    page, _ = visit()
    question = "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?"
    ask(page, question)
    answer = engine.ask(question)
    grounds = answer.grounds[0]
    page.locator("#t1 .pq-why summary").first.click()
    said = page.locator("#t1 .pq-why").first.locator("li").all_text_contents()
    assert said[0] == T("chat.why_said", words=", ".join(grounds.said))
    assert T("chat.why_names", words="huyện Mường Ảng") in said
    ranks = {"of": grounds.of, "by_words": grounds.by_words, "by_meaning": grounds.by_meaning}
    assert said[-1] == T("chat.why_ranks", **ranks)
    assert not [line for line in said if "%" in line], "what was measured of many is not said of one"
    assert grounds.said == ("Đảng bộ huyện Mường Ảng", "đảng viên")


def test_a_conversation_is_there_after_a_reload_and_in_another_window(visit: OpenPage) -> None:
    page, _ = visit()
    ask(page, ANSWERED)
    ask(page, FOLLOWING)
    before = page.locator(".pq-quote-text").all_text_contents()
    address = page.url
    assert re.search(r"\?c=[0-9a-f-]{36}$", address)
    for again in (page, visit()[0]):
        again.goto(address)
        expect(again.locator(".pq-turn[id]")).to_have_count(2)
        assert again.locator(".pq-quote-text").all_text_contents() == before
        expect(again.locator(".pq-card")).not_to_have_count(0)
    ask(page, "Còn Mường Lát?")
    expect(page.locator("#t3")).to_be_visible()


def test_conversations_are_listed_renamed_searched_opened_and_deleted(visit: OpenPage) -> None:
    page, _ = visit()
    ask(page, "Thị trấn Mường Lát có bao nhiêu chi bộ?")
    page.get_by_role("button", name=T("chat.clear")).click()
    expect(page.locator(".pq-turn")).to_have_count(0)
    ask(page, REFUSED)
    open_history(page)
    first = page.locator(".pq-kept li").first
    expect(first.locator(".pq-open span")).to_have_text(REFUSED)
    first.get_by_role("button", name=T("chat.rename_label", title=REFUSED)).click()
    first.get_by_label(T("chat.new_title")).fill("Đảng viên <Mường Nhé>")
    first.get_by_label(T("chat.new_title")).press("Enter")
    expect(page.locator(".pq-kept li .pq-open span").first).to_have_text("Đảng viên <Mường Nhé>")
    page.get_by_label(T("chat.search_history")).fill("muong lat chi bo")
    page.get_by_label(T("chat.search_history")).press("Enter")
    found = page.locator(".pq-kept li .pq-open span")
    expect(found.first).to_have_text("Thị trấn Mường Lát có bao nhiêu chi bộ?")
    assert "Đảng viên <Mường Nhé>" not in found.all_text_contents()
    page.locator(".pq-kept .pq-open").first.click()
    expect(page.locator("#t1 .pq-question")).to_contain_text("Mường Lát")
    open_history(page)
    delete = page.get_by_role("button", name=T("chat.delete_label", title="Đảng viên <Mường Nhé>"))
    item = page.locator(".pq-kept li", has_text="Đảng viên <Mường Nhé>")
    delete.click()
    expect(item.locator(".pq-delete")).to_have_text(T("chat.sure"))
    item.locator(".pq-delete").click()
    expect(item).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".pq-history")).not_to_be_visible()


def test_filters_are_in_the_address_and_narrow_the_answers(visit: OpenPage, address: str) -> None:
    page, _ = visit()
    page.locator(".pq-filter summary").click()
    page.get_by_label(re.compile("Mường Lát")).check()
    expect(page.locator(".pq-filter summary")).to_contain_text("Mường Lát")
    expect(page).to_have_url(f"{address}?place=M%C6%B0%E1%BB%9Dng+L%C3%A1t")
    ask(page, "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?")
    expect(page.locator("#t1 .pq-refusal")).to_be_visible()
    shared = visit()[0]
    shared.goto(f"{address}?place=M%C6%B0%E1%BB%9Dng+L%C3%A1t")
    expect(shared.locator(".pq-filter summary")).to_contain_text("Mường Lát")
    shared.locator(".pq-filter summary").click()
    shared.get_by_role("button", name=T("chat.no_filters")).click()
    expect(shared).to_have_url(address)
    ask(shared, "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?")
    expect(shared.locator("#t1 .pq-answer")).to_be_visible()


def test_an_answer_is_taken_along_in_three_forms_and_copied(visit: OpenPage, tmp_path: Path) -> None:
    page, _ = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, ANSWERED)
    quote = page.locator("#t1 .pq-quote-text").first.text_content() or ""
    page.locator("#t1 .pq-take summary").click()
    for name, form in (("chat.as_markdown", "md"), ("chat.as_docx", "docx"), ("chat.as_json", "json")):
        with page.expect_download() as waiting:
            page.locator("#t1 .pq-take").get_by_role("link", name=T(name)).click()
        got = waiting.value
        assert got.suggested_filename.startswith("Thị trấn Mường Lát có bao nhiêu chi bộ")
        assert got.suggested_filename.endswith(f".{form}")
        got.save_as(tmp_path / form)
    answer = json.loads((tmp_path / "json").read_text("utf-8"))
    assert quote in json.dumps(answer, ensure_ascii=False)
    document = Document(BytesIO((tmp_path / "docx").read_bytes()))
    assert any(quote in paragraph.text for paragraph in document.paragraphs)
    page.locator("#t1 .pq-copy").click()
    expect(page.locator("#t1 .pq-copy")).to_have_text(T("chat.copied"))
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == (tmp_path / "md").read_text("utf-8")
    assert "/articles/muong-lat#" in copied


def test_what_is_said_of_an_answer_is_kept(visit: OpenPage) -> None:
    page, _ = visit()
    ask(page, ANSWERED)
    page.get_by_role("button", name=T("chat.incomplete"), exact=True).click()
    pressed = page.locator('#t1 .pq-verdict[aria-pressed="true"]')
    expect(pressed).to_have_text(T("chat.incomplete"))
    page.get_by_label(T("chat.word")).fill("thiếu năm")
    page.get_by_role("button", name=T("chat.send")).click()
    expect(page.locator("#t1 .pq-thanks")).to_be_visible()
    page.reload()
    expect(pressed).to_have_text(T("chat.incomplete"))


def test_the_quotes_address_opens_its_article_at_the_sentence(visit: OpenPage) -> None:
    page, _ = visit()
    ask(page, ANSWERED)
    quote = page.locator("#t1 .pq-quote-text").first.text_content()
    page.locator("#t1 .pq-source-link").first.click()
    expect(page.locator("mark").first).to_be_in_viewport()
    assert page.locator("mark").first.text_content() == quote


def test_english_at_a_click_and_back(visit: OpenPage) -> None:
    page, _ = visit()
    ask(page, ANSWERED)
    page.get_by_role("link", name=T("chat.other_language"), exact=True).click()
    expect(page.get_by_label(EN("chat.question_label"))).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#t1 .pq-confidence")).to_have_text(re.compile("^Confidence: "))
    expect(page.get_by_role("button", name=EN("chat.history"), exact=True)).to_be_visible()
    page.get_by_role("link", name=EN("chat.other_language"), exact=True).click()
    expect(box(page)).to_be_visible()
    expect(page.locator("#t1")).to_be_visible()


def test_the_ground_is_chosen_once_for_all_pages(visit: OpenPage, address: str) -> None:
    page, _ = visit()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(246, 245, 241)"
    page.get_by_role("button", name=T("chat.theme")).click()
    assert page.evaluate(ground) == "rgb(21, 24, 29)"
    page.reload()
    expect(page.locator(".pq-example").first).to_be_visible()
    assert page.evaluate(ground) == "rgb(21, 24, 29)"
    page.goto(f"{address}articles")
    assert page.evaluate(ground) == "rgb(21, 24, 29)"


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["wide", "small"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: OpenPage, size: dict[str, int], scheme: str) -> None:
    page, _ = visit(size, color_scheme=scheme)

    def serious() -> list[str]:
        found = Axe().run(page).response["violations"]
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:120]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    assert serious() == []
    ask(page, ANSWERED)
    page.locator(".pq-why summary").first.click()
    page.locator(".pq-filter summary").click()
    page.get_by_role("button", name=T("chat.wrong"), exact=True).click()
    expect(page.locator(".pq-word")).to_be_visible()
    assert serious() == []
    open_history(page)
    assert serious() == []


@pytest.mark.parametrize("size", [SMALL, PHONE], ids=["360", "390"])
def test_nothing_is_cut_off_on_a_small_phone(visit: OpenPage, size: dict[str, int]) -> None:
    page, _ = visit(size)
    ask(page, ANSWERED)
    page.locator(".pq-why summary").first.click()
    page.locator(".pq-filter summary").click()
    open_history(page)
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.keyboard.press("Escape")
    expect(box(page)).to_be_in_viewport()


def test_every_payload_in_every_field_stays_text(visit: OpenPage, tmp_path: Path) -> None:
    """71 payloads as question, title, newspaper, author, address, text and conversation's name."""
    articles = [
        Article(
            id=f"bài/{n}",
            title=payload,
            text=f"Đảng bộ xã số {n} có {n + 10} đảng viên. {payload} là tên chi bộ {n}.",
            source=payload,
            url=payload,
            author=payload,
        )
        for n, payload in enumerate(PAYLOADS, 1)
    ]
    index = tmp_path / "index"
    build_from_articles(index, articles, ToyEncoder())
    engine = PartyQA.compose(Index.load(index), ToyEncoder())
    with served(services_over(engine, index, tmp_path)) as address:
        page, seen = visit(url=f"{address}/")
        services_turns = 0
        for start in range(0, len(PAYLOADS), 8):
            for payload in PAYLOADS[start : start + 8 : 4]:
                box(page).fill(f"Đảng bộ xã có bao nhiêu đảng viên {payload}"[:900])
                box(page).press("Enter")
                services_turns += 1
                expect(page.locator(".pq-turn[id]")).to_have_count(services_turns, timeout=20_000)
        page.locator(".pq-filter summary").click()
        open_history(page)
        page.locator(".pq-rename").first.click()
        page.get_by_label(T("chat.new_title")).fill(PAYLOADS[2])
        page.get_by_label(T("chat.new_title")).press("Enter")
        expect(page.locator(".pq-open span").first).to_have_text(PAYLOADS[2])
        for path in ("articles", "articles/b%C3%A0i/3#0-10", "articles?q=%3Cscript%3Ealert(1)%3C/script%3E"):
            other = page.context.new_page()
            other.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
            other.goto(f"{address}/{path}")
            assert other.locator("main img, main iframe, main svg, main object, main embed").count() == 0
            links = other.locator("main a").evaluate_all("links => links.map(link => link.protocol)")
            assert set(links) <= {"http:", "https:"}
            other.close()
        page.wait_for_timeout(300)
        assert page.locator("#pq-page").locator("img, script, svg, iframe, object, embed, base").count() == 0
        assert seen.dialogs == []
        page.close()
