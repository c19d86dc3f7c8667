"""The chat page's HTML: to the letter, and with hostile text in every place that a text can come to."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import lxml.html
from hypothesis import given
from hypothesis import strategies as st
from payloads import PAYLOADS

from partyqa.answer.calibration import confidence_steps
from partyqa.i18n import texts
from partyqa.service.auth.person import Person, Role
from partyqa.service.filters import Facets, Filters
from partyqa.types import Answer, Article, Citation, Grounds, Sentence
from partyqa.web.chat.turn import ChatTurn
from partyqa.web.chat.views import Frame, KeptConversation

T = texts("vi")
FRAME = Frame(T)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "7415d439-6b24-4f13-a2f8-06033e60c166"

FIELDS = (
    *("question", "standalone", "title", "text", "source", "author", "id", "refusal", "note", "pending"),
    *("grounds", "kept", "query", "offered", "chosen", "person"),
)
TAGS = frozenset(
    "div section article header nav h1 h2 h3 p span figure figcaption blockquote cite bdi a mark strong button"
    " details summary ul li form fieldset legend label input time template".split()
)
ATTRIBUTES = frozenset(
    "class id role aria-live aria-label aria-pressed aria-expanded aria-controls tabindex href hreflang lang target rel"
    " type name value placeholder maxlength autocomplete method action download hidden datetime checked data-turn"
    " data-marker data-conversation data-key data-sure data-verdict data-href data-done data-notice data-lost"
    " data-busy".split()
)


def article(text: str = "Một câu. Câu hai.", **fields: Any) -> Article:
    return Article(**({"id": "a", "title": "Tiêu đề", "text": text} | fields))


def citing(
    held: Article, *spans: tuple[int, int], highlight: tuple[int, int] | None = None
) -> tuple[Citation, ...]:
    return tuple(Citation(n, Sentence(held, *span), highlight) for n, span in enumerate(spans, 1))


def answering(citations: Sequence[Citation] = (), **fields: Any) -> Answer:
    given = {"question": "Hỏi?", "standalone_question": "Hỏi?", "text": "Không có.", "confidence": 0.9}
    return Answer(**(given | {"citations": tuple(citations)} | fields))


def parse(html: str) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(html, create_parent="main")


def by_class(tree: lxml.html.HtmlElement, name: str) -> list[lxml.html.HtmlElement]:
    return list(tree.find_class(name))


def lines_of(element: lxml.html.HtmlElement) -> list[str]:
    return [line for line in element.text_content().split("\n") if line]


def page_parts(payload: str) -> lxml.html.HtmlElement:
    """Both columns with the payload and its field's name in every field, parsed as a browser would."""
    given = {field: f"{payload} {field}" for field in FIELDS}
    words = f"Trước. {given['text']} Sau."
    fields = {field: given[field] for field in ("title", "source", "author")}
    held = article(words, url=payload, **fields)
    nameless = article(id=given["id"], title="")  # the id is shown in its place
    cited = (
        *citing(held, (0, 6), (7, len(words)), highlight=(0, 3)),
        Citation(3, Sentence(nameless, 0, 8), (0, 3)),
    )
    grounds = Grounds(*((given["grounds"],),) * 4, (2017,), 1, 2, 9)
    asked = {"question": given["question"], "standalone_question": given["standalone"], "grounds": (grounds,)}
    turns = (
        ChatTurn(1, answering(cited, **asked), kept=1),
        ChatTurn(2, answering(related=cited, **asked | {"text": given["refusal"]}), kept=2),
    )
    chosen = Filters((given["chosen"],), (given["chosen"],))
    whole = [
        FRAME.conversation(turns, (given["pending"], "retrieve"), given["note"], KEY),
        FRAME.sources(turns[0]),
        FRAME.sources(turns[1]),
        FRAME.header(5, Person("1", given["person"], Role.ADMINISTRATOR)),
        FRAME.filters(Facets(((given["offered"], 1),), (), ()), chosen, 1, 5),
        FRAME.history([KeptConversation(KEY, given["kept"], NOON)], given["query"], KEY),
    ]
    return parse("".join(whole))


def test_hostile_text_stays_text() -> None:
    for payload in PAYLOADS:
        tree = page_parts(payload)
        for element in tree.iterdescendants():
            assert element.tag in TAGS, payload
            assert set(element.attrib) <= ATTRIBUTES, payload
            assert re.fullmatch(r"#[cm]\d-\d|/[^/].*|/", element.get("href", "/")), payload
        shown = [tree.text_content(), *(element.get("value") or "" for element in tree.iter("input"))]
        for field in FIELDS:
            assert any(f"{payload} {field}" in text for text in shown), (field, payload)


def test_only_web_addresses_become_links() -> None:
    for url, linked in (("https://baolaichau.vn/tin?a=1&b=%22<>\"'", True), ("javascript:alert(1)", False)):
        tree = parse(FRAME.sources(ChatTurn(1, answering(citing(article(url=url), (0, 8))))))
        links = [element for element in tree.iter("a") if not re.match("[#/](?!/)", element.get("href"))]
        assert [element.get("href") for element in links] == ([url] if linked else [])
        assert all(element.get("rel") == "noopener noreferrer" for element in links)


# Letters that an HTML document can carry: no control characters but line ends, no surrogates, no noncharacters.
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n\r")
WRITING = st.text(st.one_of(st.sampled_from("<>&\"'\n\r ạếộđ.«»${}"), LETTERS), min_size=1, max_size=80)


@st.composite
def cited_texts(draw: st.DrawFn) -> tuple[Article, tuple[Citation, ...]]:
    """An article and one to four citations, in any order, overlapping or not, some with answering words."""
    held = article(draw(WRITING))
    place = st.integers(0, len(held.text))
    citations = []
    for marker in range(1, draw(st.integers(1, 4)) + 1):
        start, end = sorted((draw(place), draw(place)))
        inside = st.integers(0, end - start)
        highlight = tuple(sorted((draw(inside), draw(inside)))) if draw(st.booleans()) else None
        citations.append(Citation(marker, Sentence(held, start, end), highlight))
    return held, tuple(citations)


def marked_letters(tree: lxml.html.HtmlElement) -> list[tuple[str, bool, bool]]:
    """Every letter of the markup with whether it stands in a <mark> and in a <strong>."""
    letters: list[tuple[str, bool, bool]] = []

    def walk(element: lxml.html.HtmlElement, mark: bool, strong: bool) -> None:
        mark, strong = mark or element.tag == "mark", strong or element.tag == "strong"
        letters.extend((letter, mark, strong) for letter in element.text or "")
        for child in element:
            walk(child, mark, strong)
            letters.extend((letter, mark, strong) for letter in child.tail or "")

    walk(tree, False, False)
    return letters


@given(cited_texts())
def test_without_its_tags_the_highlighted_text_is_the_article(
    case: tuple[Article, tuple[Citation, ...]],
) -> None:
    held, citations = case
    expected = []
    for place, letter in enumerate(held.text):
        owner = next((c for c in citations if c.sentence.start <= place < c.sentence.end), None)
        start, end = (owner.highlight or (0, 0)) if owner else (0, 0)
        answers = owner is not None and start <= place - owner.sentence.start < end
        expected.append((letter, owner is not None, answers))
    (shown,) = by_class(parse(FRAME.sources(ChatTurn(1, answering(citations)))), "pq-text")
    assert marked_letters(shown) == expected


@given(WRITING, st.data())
def test_each_mark_is_its_sentence_and_each_quote_too(text: str, data: st.DataObject) -> None:
    text = text.replace("\n", " ").replace("\r", " ")
    held = article(text)
    cuts = sorted({0, len(text), *data.draw(st.lists(st.integers(0, len(text)), max_size=5))})
    spans = list(pairwise(cuts))
    citations = citing(held, *spans)
    turn = ChatTurn(7, answering(citations))
    panel, log = parse(FRAME.sources(turn)), parse(FRAME.conversation((turn,)))
    for citation, (start, end) in zip(citations, spans, strict=True):
        mark = panel.get_element_by_id(f"m7-{citation.marker}")
        assert mark.text_content() == text[start:end]
        assert [a.get("href") for a in mark.iter("a")] == [f"#c7-{citation.marker}"]
        assert log.get_element_by_id(f"c7-{citation.marker}").get("href") == f"#m7-{citation.marker}"
    assert [quote.text_content() for quote in by_class(log, "pq-quote-text")] == [text[a:b] for a, b in spans]


def test_an_answer_shows_its_quotes_with_their_articles() -> None:
    held = article(
        "Đảng bộ có 2.128 đảng viên. Hết.",
        source="Báo Điện Biên Phủ",
        published=date(2017, 3, 1),
        author="Văn A",
    )
    turn = ChatTurn(1, answering(citing(held, (0, 27), highlight=(11, 26)), confidence=confidence_steps()[1]))
    log, panel = parse(FRAME.conversation((turn,))), parse(FRAME.sources(turn))
    assert lines_of(by_class(log, "pq-answer")[0]) == [
        "«Đảng bộ có 2.128 đảng viên.»\u00a0[1]",
        "Tiêu đề · Báo Điện Biên Phủ · 01/03/2017",
        "Độ tin cậy: vừa",
    ]
    assert [strong.text_content() for strong in log.iter("strong")] == ["2.128 đảng viên"]
    assert by_class(panel, "pq-facts")[0].text_content() == "Báo Điện Biên Phủ · 01/03/2017 · Văn A"
    assert [mark.text_content() for mark in panel.iter("mark")] == ["Đảng bộ có 2.128 đảng viên."]


def test_what_an_article_does_not_say_is_left_out() -> None:
    turn = ChatTurn(1, answering(citing(article(title="", id="tin/1"), (0, 8))))
    log, panel = FRAME.conversation((turn,)), FRAME.sources(turn)
    assert "None" not in log + panel
    assert lines_of(by_class(parse(log), "pq-quote")[0]) == ["«Một câu.»\u00a0[1]", "tin/1"]
    assert not by_class(parse(panel), "pq-facts")


def test_a_refusal_is_told_from_its_related_sentences() -> None:
    turn = ChatTurn(3, answering(text="Kho bài viết không nói.", related=citing(article(), (0, 8))))
    log, panel = parse(FRAME.conversation((turn,))), parse(FRAME.sources(turn))
    assert by_class(log, "pq-refusal-text")[0].text_content() == "Kho bài viết không nói."
    related = by_class(log, "pq-related")[0]
    assert related.find("h3").text_content() == "Câu gần nhất (không phải câu trả lời)"
    assert [quote.text_content() for quote in by_class(related, "pq-quote-text")] == ["Một câu."]
    assert not by_class(log, "pq-answer")
    assert not by_class(log, "pq-confidence")
    assert panel[0].find("h2").text_content() == "Bài gần nhất (không phải nguồn trả lời)"


def test_articles_stand_in_the_order_of_their_first_citation() -> None:
    first, second = article(id="z", title="Z"), article(id="b", title="B")
    cited = (
        Citation(1, Sentence(first, 0, 8)),
        Citation(2, Sentence(second, 0, 8)),
        Citation(3, Sentence(first, 9, 17)),
    )
    cards = by_class(parse(FRAME.sources(ChatTurn(1, answering(cited)))), "pq-card")
    assert [card.find(".//h3").text_content() for card in cards] == ["Z", "B"]
    assert [[mark.get("id") for mark in card.iter("mark")] for card in cards] == [["m1-1", "m1-3"], ["m1-2"]]


def test_confidence_in_words() -> None:
    high, middle = confidence_steps()
    assert 1 > high > 0.8 and high > middle > 0.25, "a fit that calls these sure is no fit"
    below = (number - 0.001 for number in (high, middle))
    words = dict(
        zip((1.0, high, middle, *below, 0.0), ("cao", "cao", "vừa", "vừa", "thấp", "thấp"), strict=True)
    )
    cited = citing(article(), (0, 8))
    log = parse(FRAME.conversation([ChatTurn(1, answering(cited, confidence=each)) for each in words]))
    assert [said.text_content() for said in by_class(log, "pq-confidence")] == [
        f"Độ tin cậy: {word}" for word in words.values()
    ]


def test_only_a_question_understood_otherwise_is_shown_as_understood() -> None:
    follow_up = answering(question="Còn ở đó?", standalone_question="Còn ở Mường Lát?")
    spaced = answering(question="  Ai la\u0300   bí thư?", standalone_question="Ai là bí thư?")
    log = parse(FRAME.conversation((ChatTurn(1, follow_up), ChatTurn(2, spaced))))
    assert [text.text_content() for text in by_class(log, "pq-understood-text")] == ["Còn ở Mường Lát?"]
    (button,) = by_class(log, "pq-edit")
    assert (button.tag, button.get("type"), button.get("data-turn")) == ("button", "button", "1")
    assert button.text_content() == "Sửa câu hỏi"
    assert button.get("aria-label") == "Sửa câu hỏi: Còn ở Mường Lát?"
