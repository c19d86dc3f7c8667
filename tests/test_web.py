"""The chat page without a browser: its markup to the letter, hostile text, and what the server keeps closed."""

import asyncio
import json
import logging
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import lxml.html
import pytest
from gradio.routes import App as GradioApp
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Mount, Route
from toy import ToyEncoder, toy_articles

from partyqa.engine import PartyQA
from partyqa.errors import PartyQAError
from partyqa.index import Index
from partyqa.index import build_index as build_from_articles
from partyqa.query import MAX_QUESTION
from partyqa.types import Answer, Article, Citation, Sentence
from partyqa.web import ChatServer, build_app, listen, markup, serve, texts
from partyqa.web.markup import Turn
from partyqa.web.page import TURNS_KEPT, ask_steps

PAYLOADS = (
    "<script>alert(1)</script>",
    "</p></div><script src=//evil.example/x.js></script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    '" onfocus="alert(1)" autofocus="',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "</mark></textarea></title></style><script>alert(1)</script>",
    "<!--><script>alert(1)</script-->",
    "<math><mtext></p><img src onerror=alert(1)></mtext></math>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; &amp;amp;",
    "${alert(1)} {{constructor.constructor('alert(1)')()}} `${alert(1)}` {0} {turn} %s",
    "<form action=//evil.example><button formaction=javascript:alert(1)>x",
    "<style>@import '//evil.example'</style><link rel=stylesheet href=//evil.example>",
)
FIELDS = (
    "question",
    "standalone",
    "title",
    "text",
    "source",
    "author",
    "url",
    "id",
    "refusal",
    "note",
    "pending",
)
TAGS = frozenset(
    "div section article header h2 h3 p span figure figcaption blockquote cite bdi a mark strong button".split()
)
ATTRIBUTES = frozenset(
    "class id role aria-live aria-label tabindex href target rel type data-turn data-marker".split()
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


def page_parts(payload: str, field: str) -> lxml.html.HtmlElement:
    """Both columns with the payload in one field, for an answer and for a refusal, parsed as a browser would."""
    words = f"Trước. {payload} Sau." if field == "text" else "Trước. Giữa. Sau."
    of_article = {field: payload} if field in ("title", "source", "author", "url", "id") else {}
    if field == "id":
        of_article["title"] = ""  # the id is shown in its place
    held = article(words, **of_article)
    cited = citing(held, (0, 6), (7, len(words)), highlight=(0, 3))
    fields = {"question": {"question": payload}, "standalone": {"standalone_question": payload}}.get(
        field, {}
    )
    turns = (
        Turn(1, answering(cited, **fields)),
        Turn(2, answering(related=cited, text=payload if field == "refusal" else "Không có.", **fields)),
    )
    extra = {field: payload} if field in ("note", "pending") else {}
    whole = markup.conversation(turns, **extra) + markup.sources(turns[0]) + markup.sources(turns[1])
    return parse(whole)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(payload: str, field: str) -> None:
    tree = page_parts(payload, field)
    for element in tree.iterdescendants():
        assert element.tag in TAGS, f"<{element.tag}> came out of {field}"
        assert set(element.attrib) <= ATTRIBUTES
        assert element.get("href", "#").startswith("#"), "no payload is an address"
    if field != "url":
        assert payload in tree.text_content(), "shown to the letter"


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://baolaichau.vn/tin?a=1&b=%22<>\"'", True),
        ("http://muongte.laichau.gov.vn/bài-viết", True),
        ("HTTPS://example.vn/", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("vbscript:x", False),
        ("file:///etc/passwd", False),
        ("javascript://evil.example/%0aalert(1)", False),
        ("ftp://example.vn/x", False),
        ("//evil.example/x", False),
        ("https:///no-host", False),
        ("https://[broken", False),
        ("https://a.vn/\tx", False),
        ("tin/1.html", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, linked: bool) -> None:
    held = article(url=url)
    tree = parse(markup.sources(Turn(1, answering(citing(held, (0, 8))))))
    links = [element for element in tree.iter("a") if not element.get("href").startswith("#")]
    assert [element.get("href") for element in links] == ([url] if linked else [])
    assert all(element.get("rel") == "noopener noreferrer" for element in links)


# Letters that an HTML document can carry: no control characters but line ends, no surrogates, no noncharacters.
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n\r")
WRITING = st.text(st.one_of(st.sampled_from("<>&\"'\n\r ạếộđ.«»${}"), LETTERS), min_size=1, max_size=80)


@st.composite
def cited_texts(draw: st.DrawFn) -> tuple[Article, tuple[Citation, ...]]:
    """An article and up to four citations, in any order, overlapping or not, some with answering words."""
    held = article(draw(WRITING))
    place = st.integers(0, len(held.text))
    citations = []
    for marker in range(1, draw(st.integers(0, 4)) + 1):
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
    assert marked_letters(parse(markup.highlighted(held.text, citations, turn=1))) == expected


@given(WRITING, st.data())
def test_each_mark_is_its_sentence_and_each_quote_too(text: str, data: st.DataObject) -> None:
    text = text.replace("\n", " ").replace("\r", " ")
    held = article(text)
    cuts = sorted({0, len(text), *data.draw(st.lists(st.integers(0, len(text)), max_size=5))})
    spans = list(pairwise(cuts))
    citations = citing(held, *spans)
    turn = Turn(7, answering(citations))
    panel, log = parse(markup.sources(turn)), parse(markup.conversation((turn,)))
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
    turn = Turn(1, answering(citing(held, (0, 27), highlight=(11, 26)), confidence=0.62))
    log, panel = parse(markup.conversation((turn,))), parse(markup.sources(turn))
    assert by_class(log, "pq-answer")[0].text_content() == (
        "«Đảng bộ có 2.128 đảng viên.»\u00a0[1]Tiêu đề · Báo Điện Biên Phủ · 01/03/2017Độ tin cậy: vừa"
    )
    assert [strong.text_content() for strong in log.iter("strong")] == ["2.128 đảng viên"]
    assert by_class(panel, "pq-facts")[0].text_content() == "Báo Điện Biên Phủ · 01/03/2017 · Văn A"
    assert [mark.text_content() for mark in panel.iter("mark")] == ["Đảng bộ có 2.128 đảng viên."]


def test_what_an_article_does_not_say_is_left_out() -> None:
    turn = Turn(1, answering(citing(article(title="", id="tin/1"), (0, 8))))
    log, panel = markup.conversation((turn,)), markup.sources(turn)
    assert "None" not in log + panel
    assert by_class(parse(log), "pq-quote")[0].text_content() == "«Một câu.»\u00a0[1]tin/1"
    assert not by_class(parse(panel), "pq-facts")


def test_a_refusal_is_told_from_its_related_sentences() -> None:
    turn = Turn(3, answering(text="Kho bài viết không nói.", related=citing(article(), (0, 8))))
    log, panel = parse(markup.conversation((turn,))), parse(markup.sources(turn))
    assert by_class(log, "pq-refusal-text")[0].text_content() == "Kho bài viết không nói."
    related = by_class(log, "pq-related")[0]
    assert related[0].text_content() == "Câu gần nhất (không phải câu trả lời)"
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
    cards = by_class(parse(markup.sources(Turn(1, answering(cited)))), "pq-card")
    assert [card.find(".//h3").text_content() for card in cards] == ["Z", "B"]
    assert [[mark.get("id") for mark in card.iter("mark")] for card in cards] == [["m1-1", "m1-3"], ["m1-2"]]


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(1.0, "cao"), (0.8, "cao"), (0.799, "vừa"), (0.5, "vừa"), (0.499, "thấp"), (0.0, "thấp")],
)
def test_confidence_in_words(confidence: float, words: str) -> None:
    assert texts.confidence_words(confidence) == f"Độ tin cậy: {words}"


def test_only_a_question_understood_otherwise_is_shown_as_understood() -> None:
    follow_up = answering(question="Còn ở đó?", standalone_question="Còn ở Mường Lát?")
    spaced = answering(question="  Ai la\u0300   bí thư?", standalone_question="Ai là bí thư?")
    log = parse(markup.conversation((Turn(1, follow_up), Turn(2, spaced))))
    assert [text.text_content() for text in by_class(log, "pq-understood-text")] == ["Còn ở Mường Lát?"]
    (button,) = by_class(log, "pq-edit")
    assert (button.tag, button.get("type"), button.get("data-turn")) == ("button", "button", "1")
    assert button.text_content() == "Sửa câu hỏi"
    assert button.get("aria-label") == "Sửa câu hỏi: Còn ở Mường Lát?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> PartyQA:
    folder = tmp_path_factory.mktemp("web")
    build_from_articles(folder, toy_articles(6, seed=1), ToyEncoder())
    return PartyQA.compose(Index.load(folder), ToyEncoder())


def last_step(engine: PartyQA, question: str, turns: tuple[Turn, ...] = ()) -> tuple[Any, ...]:
    return list(ask_steps(engine, question, turns))[-1]


def note_of(html: str) -> str:
    (note,) = by_class(parse(html), "pq-note")
    return str(note.text_content())


def test_a_question_shows_as_busy_and_then_with_its_answer(engine: PartyQA) -> None:
    busy, done = ask_steps(engine, " Chi bộ <bản> nào? ", ())
    assert by_class(parse(busy[0]), "pq-busy")[0].text_content() == texts.BUSY
    assert by_class(parse(busy[0]), "pq-question")[0].text_content() == "Bạn hỏi: Chi bộ <bản> nào?"
    log, panel, box, turns = done
    assert not by_class(parse(log), "pq-busy")
    assert box == ""
    (turn,) = turns
    assert turn.number == 1
    expected = engine.ask(" Chi bộ <bản> nào? ")
    assert (turn.answer.text, turn.shown) == (expected.text, expected.citations or expected.related)
    assert turn.shown
    assert panel == markup.sources(turn)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("", "Câu hỏi đang trống"),
        (" \n\t ", "Câu hỏi đang trống"),
        ("😀 !?", "không có chữ hay số nào"),
        ("a" * (MAX_QUESTION + 1), f"dài {MAX_QUESTION + 1} ký tự"),
        ("ế" * 100_000, "dài 100000 ký tự"),
    ],
)
def test_a_question_that_cannot_be_asked_gets_its_sentence(
    engine: PartyQA, question: str, sentence: str
) -> None:
    steps = list(ask_steps(engine, question, ()))
    assert sentence in note_of(steps[-1][0])
    assert steps[-1][3] == (), "it is no turn"
    assert steps[-1][2] != "", "the box keeps what was typed"
    assert all(len(step[0]) < 4 * MAX_QUESTION for step in steps), (
        "a monstrous question is not sent back whole"
    )


class Broken:
    """An engine with a fault nobody foresaw."""

    articles = ()

    def ask(self, question: str, turns: Sequence[str] = ()) -> Answer:
        raise RuntimeError("secret /etc/path")


def test_an_unforeseen_fault_is_logged_and_told_calmly(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="partyqa.web.page"):
        log = last_step(Broken(), "Ai?")[0]  # type: ignore[arg-type]
    assert note_of(log) == texts.UNEXPECTED
    assert "secret" not in log
    assert "RuntimeError: secret /etc/path" in caplog.text


class Listening:
    """An engine that keeps what it was asked."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, list[str]]] = []

    def ask(self, question: str, turns: Sequence[str] = ()) -> Answer:
        self.heard.append((question, list(turns)))
        return answering(question=question, standalone_question=question)

    def ask_as_written(self, question: str) -> Answer:
        self.heard.append((question, ["as written"]))
        return answering(question=question, standalone_question=question)


def test_earlier_questions_are_passed_on_and_old_turns_leave() -> None:
    engine, turns = Listening(), ()
    for n in range(1, TURNS_KEPT + 3):
        log, _, _, turns = last_step(engine, f"Câu {n}?", turns)  # type: ignore[arg-type]
    assert engine.heard[0] == ("Câu 1?", [])
    assert engine.heard[2] == ("Câu 3?", ["Câu 1?", "Câu 2?"])
    assert [turn.number for turn in turns] == list(range(3, TURNS_KEPT + 3))
    assert [element.get("id") for element in by_class(parse(log), "pq-turn")][-1] == f"t{TURNS_KEPT + 2}"


EDITED = "Mường Áng có bao nhiêu đảng viên?"


@pytest.mark.parametrize(
    ("question", "as_written"),
    [
        (EDITED, True),
        ("mường ảng có bao nhiêu chi bộ", True),
        ("Mường Nhé có bao nhiêu đảng viên năm 2020?", True),
        ("Còn Mường Tè thì sao?", False),
        ("Ai là Bí thư Huyện ủy?", False),
    ],
)
def test_what_an_understood_question_was_made_into_is_asked_as_it_is_written(
    question: str, as_written: bool
) -> None:
    engine = Listening()
    earlier = (Turn(1, answering(question="Trước?")),)
    *_, turns = list(ask_steps(engine, question, earlier, EDITED))[-1]  # type: ignore[arg-type]
    assert engine.heard == [(question, ["as written"] if as_written else ["Trước?"])]
    assert turns[-1].answer.question == question


@pytest.fixture(scope="module")
def address(engine: PartyQA) -> Iterator[str]:
    """The page, really served on a free port of this machine."""
    with listen("127.0.0.1", 0) as taken:
        server = ChatServer(engine)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def test_the_page_closes_what_gradio_leaves_open(client: httpx.Client) -> None:
    page = client.get("/")
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page.text)[1])  # type: ignore[index]
    assert page.status_code == 200
    assert config["title"] == texts.PAGE_TITLE
    assert config["footer_links"] == []
    assert config["analytics_enabled"] is False
    assert config["show_error"] is False
    assert {event["api_visibility"] for event in config["dependencies"]} == {"private"}
    assert [
        event["concurrency_limit"] for event in config["dependencies"] if "concurrency_limit" in event
    ] == []
    boxes = [part["props"] for part in config["components"] if part["type"] == "textbox"]
    assert [box["max_length"] for box in boxes] == [MAX_QUESTION]
    kinds = {part["type"] for part in config["components"]}
    assert kinds == {"state", "column", "html", "button", "form", "textbox"}, "nothing that uploads or flags"


def test_headers_keep_the_browser_on_this_machine(client: httpx.Client) -> None:
    for path in ("/", "/theme.css", "/upload"):
        headers = client.get(path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["connect-src"] == "'self'"
        assert policy["script-src-attr"] == policy["object-src"] == policy["frame-ancestors"] == "'none'"
        assert not re.search(r"https?:|\*", headers["content-security-policy"])
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_the_theme_loads_no_font_and_no_picture(client: httpx.Client) -> None:
    style = client.get("/theme.css").text
    assert all(source.startswith('"data:') for source in re.findall(r"url\((.{6})", style))
    assert "@font-face" not in style
    assert "@import" not in style


def test_only_the_pages_own_routes_answer(client: httpx.Client, engine: PartyQA) -> None:
    """Every route that Gradio registers is tried: what the page does not need is not there."""

    async def registered() -> list[tuple[str, str]]:
        (mount,) = [route for route in build_app(engine).routes if isinstance(route, Mount)]
        assert isinstance(mount.app, GradioApp)
        routes = [route for route in _flat(mount.app.routes) if isinstance(route, Route)]
        return [(method, route.path) for route in routes for method in route.methods or ()]

    open_paths = {
        "/", "/config", "/config/", "/theme.css", "/favicon.ico", "/manifest.json", "/static/{path:path}",
        "/assets/{path:path}", "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/queue/status",
        "/gradio_api/heartbeat/{session_hash}", "/gradio_api/startup-events", "/gradio_api/app_id",
        "/gradio_api/app_id/", "/gradio_api/reset", "/gradio_api/reset/",
    }  # fmt: skip
    tried = {(method, path) for method, path in asyncio.run(registered()) if path not in open_paths}
    assert ("POST", "/gradio_api/upload") in tried
    for method, path in sorted(tried):
        answer = client.request(method, re.sub(r"\{[^}]*\}", "x", path))
        assert answer.status_code == 404, f"{method} {path} is open"


def _flat(routes: Sequence[Any]) -> Iterator[Any]:
    for route in routes:
        if hasattr(route, "original_router"):  # FastAPI's stand-in for a router that was included
            yield from _flat(route.original_router.routes)
        else:
            yield route


@pytest.mark.parametrize(
    "path", ["/static/../../etc/passwd", "/assets/%2e%2e/%2e%2e/routes.py", "/file=/etc/passwd"]
)
def test_no_path_leads_to_another_file(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code in (403, 404)


def test_a_foreign_name_for_this_machine_is_refused(client: httpx.Client) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"Host": "localhost:7860"}).status_code == 200


def test_a_server_with_an_open_page_stops_at_once_and_in_silence(
    engine: PartyQA, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with listen("127.0.0.1", 0) as taken:
        server = ChatServer(engine)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/gradio_api/heartbeat/page"
        with httpx.stream("GET", url, trust_env=False, timeout=20) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "data: ALIVE"
            server.should_exit = True
            thread.join(3)
            assert not thread.is_alive()
    assert capfd.readouterr().err == ""
    assert caplog.text == ""


def test_serve_tells_its_address_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    """In a process of its own, as a person runs it: the address once it answers, nothing else, exit code 0."""
    build_from_articles(tmp_path, toy_articles(2, seed=1), ToyEncoder())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = (
        "import sys; from pathlib import Path; from toy import ToyEncoder; from partyqa.web import serve;"
        "from partyqa.engine import PartyQA; from partyqa.index import Index;"
        f"serve(PartyQA.compose(Index.load(Path({str(tmp_path)!r})), ToyEncoder()), port={port},"
        " announce=lambda url: print(url, flush=True))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    url = child.stdout.readline().strip()
    assert url == f"http://127.0.0.1:{port}"
    assert httpx.get(url, trust_env=False).status_code == 200
    child.send_signal(signal.SIGINT)
    said, complained = child.communicate(timeout=20)
    assert (child.returncode, said, complained) == (0, "", "")


def test_a_taken_port_is_named_with_another_one(engine: PartyQA) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PartyQAError) as caught:
            serve(engine, port=port)
    assert f"Cổng {port}" in caught.value.vi
    assert f"--port {port + 1}" in caught.value.vi
    assert f"--port {port + 1}" in caught.value.en


def test_an_address_of_another_machine_is_refused_with_a_sentence(engine: PartyQA) -> None:
    with pytest.raises(PartyQAError, match=r"192\.0\.2\.1:7999.*--host 127\.0\.0\.1"):
        serve(engine, host="192.0.2.1", port=7999)


def test_assets_come_with_the_package_and_name_no_other_host() -> None:
    folder = Path(markup.__file__).parent / "assets"
    for name in ("style.css", "page.js"):
        content = (folder / name).read_text(encoding="utf-8")
        assert len(content) > 500
        assert not re.search(r"https?://|//[a-z]+\.|@import|url\(", content)
