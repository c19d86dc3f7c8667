"""The chat page in a real Chromium, answered by the real engine on corpus/ with the bundled encoder."""

from pathlib import Path

import pytest
from browsing import ANSWERED, PHONE, REFUSED, WIDE, OpenPage, T, ask, box, shown
from playwright.sync_api import Browser, expect
from served import served, services_over
from toy import ToyEncoder

from partyqa.engine import PartyQA
from partyqa.index.index import Index
from partyqa.index.index import build_index as build_from_articles
from partyqa.types import Article
from partyqa.web.chat.views import EXAMPLES


def test_from_a_question_to_the_marked_sentence(visit: OpenPage, engine: PartyQA) -> None:
    page, _ = visit()
    assert page.locator("html").get_attribute("lang") == "vi"
    ask(page, ANSWERED)
    answer = engine.ask(ANSWERED)
    assert answer.answered
    citation = answer.citations[0]
    sentence = citation.sentence
    assert page.locator(".pq-quote-text").all_text_contents() == shown(answer)
    assert (
        page.locator(".pq-quote-text").first.text_content()
        == sentence.article.text[sentence.start : sentence.end]
    )
    expect(page.locator(".pq-quote figcaption").first).to_contain_text(sentence.article.title)

    page.locator(".pq-text").first.evaluate("text => text.scrollTo(0, text.scrollHeight)")
    mark = page.locator(f"#m1-{citation.marker}")
    expect(mark).not_to_be_in_viewport()
    page.get_by_role("link", name=T("chat.show_quote", marker=citation.marker)).click()
    expect(mark).to_be_in_viewport(ratio=0.9)
    expect(mark).to_have_class("pq-flash")
    assert mark.text_content() == sentence.text
    if citation.highlight:
        start, end = citation.highlight
        assert mark.locator("strong").text_content() == sentence.text[start:end]
    assert page.locator(".pq-text").first.text_content() == sentence.article.text, "the article in full"

    page.get_by_role("link", name=T("chat.back_to_answer", marker=citation.marker)).click()
    expect(page.locator(f"#c1-{citation.marker}")).to_be_focused()
    expect(page.locator(".pq-quote").first).to_have_class("pq-quote pq-flash")


@pytest.mark.parametrize("question", EXAMPLES)
def test_the_examples_keep_their_promise(engine: PartyQA, question: str) -> None:
    assert engine.ask(question).answered is (question != REFUSED)


def test_the_first_quote_is_in_sight_without_a_click(visit: OpenPage) -> None:
    page, _ = visit()
    ask(page, ANSWERED)
    expect(page.locator("#m1-1")).to_be_in_viewport(ratio=0.9)


def test_a_click_on_an_example_asks_it(visit: OpenPage, engine: PartyQA) -> None:
    page, _ = visit()
    page.get_by_role("button", name=ANSWERED).click()
    expect(page.locator(".pq-turn[id] .pq-question")).to_have_text(f"{T('chat.you_asked')} {ANSWERED}")
    assert page.locator(".pq-quote-text").all_text_contents() == shown(engine.ask(ANSWERED))


def test_a_refusal_is_calm_and_shows_what_is_near(visit: OpenPage, engine: PartyQA) -> None:
    page, _ = visit()
    ask(page, REFUSED)
    answer = engine.ask(REFUSED)
    assert not answer.answered
    expect(page.locator(".pq-refusal-text")).to_have_text(answer.text)
    expect(page.get_by_role("heading", name=T("chat.related_heading"))).to_be_visible()
    assert page.locator(".pq-related .pq-quote-text").all_text_contents() == shown(answer)
    expect(page.locator(".pq-answer")).to_have_count(0)
    expect(page.get_by_role("heading", name=T("chat.related_sources_heading"))).to_be_visible()


def test_citations_of_an_earlier_turn_bring_its_sources_back(visit: OpenPage, engine: PartyQA) -> None:
    page, _ = visit()
    ask(page, ANSWERED)
    ask(page, REFUSED)
    expect(page.locator("#m1-1")).to_have_count(0)
    page.locator("#c1-1").click()
    expect(page.locator("#m1-1")).to_be_in_viewport(ratio=0.9)
    expect(page.locator("#m1-1")).to_have_class("pq-flash")
    assert page.locator("#m1-1").text_content() == shown(engine.ask(ANSWERED))[0]


def test_an_empty_question_gets_a_sentence_and_the_next_one_an_answer(visit: OpenPage) -> None:
    page, _ = visit()
    box(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Câu hỏi đang trống")
    expect(page.locator(".pq-turn")).to_have_count(0)
    ask(page, ANSWERED)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(box(page)).to_have_value("")


FOLLOWING = "Còn Mường Nhé thì sao?"


def test_an_understood_question_can_be_corrected_and_asked_again(visit: OpenPage, engine: PartyQA) -> None:
    """By the keyboard alone; what is sent again is complete, nothing is mended and nothing taken over."""
    page, _ = visit()
    ask(page, ANSWERED)
    ask(page, FOLLOWING)
    understood = engine.ask(FOLLOWING, [ANSWERED]).standalone_question
    assert understood != FOLLOWING
    expect(page.locator("#t2 .pq-understood-text")).to_have_text(understood)
    button = page.get_by_role("button", name=T("chat.edit_label", question=understood))
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if button.evaluate("node => node === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(understood)
    expect(box(page)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type(" vaf chi booj?")
    page.keyboard.press("Enter")
    written = f"{understood[:-1]} vaf chi booj?"
    expect(page.locator("#t3 .pq-question")).to_have_text(f"{T('chat.you_asked')} {written}")
    assert engine.ask(written).standalone_question != written, "it would be mended if it were new"
    expect(page.locator("#t3 .pq-understood")).to_have_count(0)
    ask(page, written)
    expect(page.locator("#t4 .pq-understood")).to_have_count(1)


def test_thanks_get_a_polite_word_without_sources(visit: OpenPage) -> None:
    page, _ = visit()
    ask(page, "Cảm ơn bạn!")
    expect(page.locator("#t1 .pq-refusal-text")).to_contain_text("Không có gì")
    expect(page.locator("#t1 .pq-quote, .pq-card, #t1 .pq-related")).to_have_count(0)


def test_a_new_conversation_forgets_the_old_one(visit: OpenPage) -> None:
    page, _ = visit()
    ask(page, ANSWERED)
    page.get_by_role("button", name=T("chat.clear")).click()
    expect(page.locator(".pq-turn")).to_have_count(0)
    expect(page.locator(".pq-card")).to_have_count(0)
    ask(page, REFUSED)
    expect(page.locator("#t1")).to_be_visible()


def test_the_keyboard_alone_reaches_everything(visit: OpenPage) -> None:
    page, _ = visit()
    expect(box(page)).to_be_focused()
    page.keyboard.type(ANSWERED)
    page.keyboard.press("Enter")
    expect(page.locator("#c1-1")).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.id") == "c1-1":
            break
    expect(page.locator("#c1-1")).to_be_focused()
    outline = page.locator("#c1-1").evaluate("link => getComputedStyle(link).outlineStyle")
    assert outline == "solid", "the focus is visible"
    page.keyboard.press("Enter")
    expect(page.locator("#m1-1 .pq-back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#c1-1")).to_be_focused()


def test_the_answer_is_announced(visit: OpenPage) -> None:
    page, _ = visit()
    ask(page, ANSWERED)
    expect(page.get_by_role("log").locator("#t1")).to_be_visible()
    assert page.get_by_role("log").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_is_wider_than_the_screen(visit: OpenPage, size: dict[str, int]) -> None:
    page, _ = visit(size)
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        too_wide = page.locator("#pq-page *").evaluate_all(
            "(nodes, width) => nodes.filter(n => n.getClientRects().length && !n.closest('.pq-unseen')"
            " && n.getBoundingClientRect().right > width).map(n => n.outerHTML.slice(0, 80))",
            size["width"],
        )
        assert too_wide == []
        ask(page, "Ai? " + "dàidòngkhôngkhoảngtrắng" * 20)


def test_on_a_phone_the_sources_follow_and_the_mark_is_reached(visit: OpenPage) -> None:
    page, _ = visit(PHONE)
    ask(page, ANSWERED)
    log, panel = page.locator("#pq-log").bounding_box(), page.locator("#pq-sources").bounding_box()
    assert log is not None
    assert panel is not None
    assert panel["y"] >= log["y"] + log["height"] - 1
    expect(box(page)).to_be_in_viewport()
    page.locator("#c1-1").click()
    expect(page.locator("#m1-1")).to_be_in_viewport(ratio=0.9)
    page.locator("#m1-1 .pq-back").click()
    expect(page.locator("#c1-1")).to_be_in_viewport()


CONTRAST = """() => {
  const light = rgb => { const [r, g, b] = rgb.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const ground = node => { for (; node; node = node.parentElement) {
    const c = parts(getComputedStyle(node).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3); }
    return [255, 255, 255]; };
  const out = [];
  for (const node of document.querySelectorAll('#pq-page *')) {
    const own = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || node.matches('.pq-back');
    if (!own || !node.getClientRects().length) continue;
    const a = light(parts(getComputedStyle(node).color).slice(0, 3)), b = light(ground(node));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) out.push(`${ratio.toFixed(2)} ${node.className} ${node.textContent.slice(0, 40)}`);
  }
  return out;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_meets_the_contrast_of_wcag_aa(visit: OpenPage, scheme: str) -> None:
    page, _ = visit(color_scheme=scheme)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 29)"
    assert dark is (scheme == "dark")
    assert page.evaluate(CONTRAST) == []
    for question in (ANSWERED, REFUSED):
        ask(page, question)
        assert page.evaluate(CONTRAST) == []
    box(page).press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate(CONTRAST) == []


HOSTILE = (
    '"><img src=x onerror=alert(1)><script>alert(2)</script>',
    "<svg/onload=alert(3)>",
    "${alert(4)} {{constructor.constructor('alert(5)')()}} `${alert(6)}`",
)


def test_a_hostile_article_stays_text(visit: OpenPage, tmp_path: Path) -> None:
    text = "Đảng bộ xã có 60 đảng viên. " + " ".join(
        f"Chi bộ {payload} có 9 đảng viên." for payload in HOSTILE
    )
    hostile = Article(
        id="xấu", title=HOSTILE[0], text=text, source=HOSTILE[1], url="javascript:alert(7)", author=HOSTILE[2]
    )
    build_from_articles(tmp_path, [hostile], ToyEncoder())
    engine = PartyQA.compose(Index.load(tmp_path), ToyEncoder())
    with served(services_over(engine, tmp_path, tmp_path)) as address:
        page, seen = visit(url=address)
        ask(page, f"Đảng bộ xã có bao nhiêu đảng viên? {HOSTILE[0]} {HOSTILE[2]}")
        assert page.locator(".pq-card h3").text_content() == HOSTILE[0]
        assert page.locator(".pq-text").text_content() == text
        page.locator(".pq-cite").first.click()
        expect(page.locator(".pq-flash")).to_have_count(1)
        assert page.locator("#pq-page").locator("img, script, svg[onload], iframe").count() == 0
        assert page.locator("a[href^='javascript']").count() == 0
        page.wait_for_timeout(300)
        assert seen.dialogs == []
        page.close()


def test_a_server_that_is_gone_is_told_in_vietnamese(
    chromium: Browser, engine: PartyQA, built_index: Path, tmp_path: Path
) -> None:
    with served(services_over(engine, built_index, tmp_path)) as address:
        page = chromium.new_page()
        page.goto(address)
        expect(page.locator(".pq-example").first).to_be_visible()
    box(page).fill(ANSWERED)
    box(page).press("Enter")
    expect(page.locator(".toast-message-text")).to_have_text(T("chat.connection_lost"), timeout=20_000)
    expect(page.locator(".toast-title")).to_have_text(T("chat.toast_title"))
    page.close()
