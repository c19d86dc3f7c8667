"""The HTTP API against what the engine itself says, on a real server; and every error's status and form."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
from toy_api import ANSWERED, ARTICLES, FOLLOWING, HOSTILE, ToyApi, api_app, served, toy_api

from partyqa.errors import (
    AccountError,
    BusyError,
    CheckError,
    CorpusError,
    DatasetError,
    EncoderError,
    IndexBusyError,
    IndexDamagedError,
    IndexFormatError,
    IndexMissingError,
    IndexStaleError,
    NotThereError,
    OverTimeError,
    PartyQAError,
    QuestionError,
    ReaderError,
    StorageError,
)
from partyqa.question.query import MAX_QUESTION
from partyqa.schema import hit_json
from partyqa.service.answer_queue import AskLimits
from partyqa.service.article_search import find
from partyqa.service.auth.person import LOCAL
from partyqa.service.conversations.feedback import FeedbackStore
from partyqa.service.filters import Filters, narrowed
from partyqa.types import Article
from partyqa.web.api.sse import event
from partyqa.web.errors import problem_of

FILTERS = {"places": ["Lai Châu"], "sources": ["Báo Lai Châu"], "years": [2020]}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyApi]:
    with toy_api(tmp_path_factory.mktemp("api")) as running:
        yield running


@pytest.fixture(scope="module")
def client(toy: ToyApi) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=toy.url, timeout=30) as opened:
        yield opened


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without the milliseconds it took, which are there and are numbers."""
    assert set(answer["timings_ms"]) == {"retrieve", "read", "total"}
    assert all(spent >= 0 for spent in answer["timings_ms"].values())
    return answer | {"timings_ms": {}}


def events_of(response: httpx.Response) -> list[tuple[str, Any]]:
    """Server-sent events, read by the letter of the standard: fields, and a blank line after each event."""
    assert response.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in response.text.split("\n\n"):
        fields = [line.partition(": ") for line in block.split("\n") if line and not line.startswith(":")]
        if fields:
            assert [name for name, _, _ in fields] == ["event", "data"]
            found.append((fields[0][2], json.loads(fields[1][2])))
    return found


def fault(response: httpx.Response) -> dict[str, str]:
    """The error of a response, once its form is checked: one sentence in each language."""
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "vi", "en"}
    assert all(isinstance(text, str) and text for text in body["error"].values())
    assert "Traceback" not in response.text
    return body["error"]


# Asking


@pytest.mark.parametrize(
    ("question", "turns"),
    [(ANSWERED, []), (FOLLOWING, [ANSWERED]), ("Cà Mau có bao nhiêu đảng viên?", []), ("cảm ơn bạn", [])],
)
def test_ask_gives_the_json_that_the_engine_gives(
    toy: ToyApi, client: httpx.Client, question: str, turns: list[str]
) -> None:
    given = client.post("/api/v1/ask", json={"question": question, "turns": turns})
    expected = toy.engine.to_json(toy.engine.ask(question, turns))
    assert given.status_code == 200
    assert timeless(given.json()) == timeless(expected)
    for citation in given.json()["citations"]:
        text = toy.engine.article(citation["article_id"]).text
        assert citation["quote"] == text[citation["start"] : citation["end"]]


def test_the_questions_of_these_tests_are_of_every_kind(toy: ToyApi) -> None:
    """Else the tests above would compare refusals with refusals."""
    assert toy.engine.ask(ANSWERED).answered
    follow = toy.engine.ask(FOLLOWING, [ANSWERED])
    assert follow.standalone_question != FOLLOWING
    refused = toy.engine.ask("Cà Mau có bao nhiêu đảng viên?")
    assert not refused.answered
    assert refused.related


def test_filters_choose_the_articles_that_answer(toy: ToyApi, client: httpx.Client) -> None:
    filters = Filters.of(**FILTERS)
    expected = toy.engine.to_json(narrowed(toy.engine, filters).ask(ANSWERED))
    given = client.post("/api/v1/ask", json={"question": ANSWERED, "filters": FILTERS}).json()
    assert timeless(given) == timeless(expected)
    cited = [toy.engine.article(one["article_id"]) for one in given["citations"] + given["related"]]
    assert cited
    assert all(map(filters.fits, cited))
    none = client.post("/api/v1/ask", json={"question": ANSWERED, "filters": {"years": [1999]}}).json()
    assert none["answered"] is False


def test_events_tell_the_steps_in_order_then_the_answer(toy: ToyApi, client: httpx.Client) -> None:
    body = {"question": FOLLOWING, "turns": [ANSWERED]}
    given = client.post("/api/v1/ask", json=body, headers={"Accept": "text/event-stream"})
    *steps, (last, answer) = events_of(given)
    assert given.status_code == 200
    # A follow-up asks what went before it first: each of its steps begins anew.
    assert {name for name, _ in steps} == {"step"}
    said = [data["step"] for _, data in steps]
    assert said[:3] == ["understand", "retrieve", "read"]
    assert said[-2:] == ["retrieve", "read"]
    assert last == "answer"
    assert timeless(answer) == timeless(toy.engine.to_json(toy.engine.ask(FOLLOWING, [ANSWERED])))


def test_a_question_of_one_turn_has_three_steps(client: httpx.Client) -> None:
    given = client.post(
        "/api/v1/ask", json={"question": ANSWERED}, headers={"Accept": "text/event-stream; q=1, */*"}
    )
    names = [(name, data.get("step")) for name, data in events_of(given)]
    assert names == [("step", "understand"), ("step", "retrieve"), ("step", "read"), ("answer", None)]


def test_small_talk_has_no_step(client: httpx.Client) -> None:
    given = client.post("/api/v1/ask", json={"question": "xin chào"}, headers={"Accept": "text/event-stream"})
    ((name, answer),) = events_of(given)
    assert (name, answer["answered"], answer["citations"]) == ("answer", False, [])


def test_a_step_arrives_while_the_work_goes_on(toy: ToyApi, client: httpx.Client) -> None:
    toy.encoder.gate.clear()
    try:
        with client.stream(
            "POST", "/api/v1/ask", json={"question": ANSWERED}, headers={"Accept": "text/event-stream"}
        ) as given:
            lines = (line for line in given.iter_lines() if line.startswith(("event", "data")))
            assert [next(lines) for _ in range(4)] == [
                "event: step",
                'data: {"step": "understand"}',
                "event: step",
                'data: {"step": "retrieve"}',
            ]
            assert not toy.encoder.gate.is_set()  # nothing was waited for
            toy.encoder.gate.set()
            assert [next(lines) for _ in range(3)][2] == "event: answer"
    finally:
        toy.encoder.gate.set()


def test_a_stream_comes_to_its_end_while_the_server_stops(tmp_path: Path) -> None:
    with ExitStack() as running:
        own = running.enter_context(toy_api(tmp_path))
        own.encoder.gate.clear()
        body, headers = {"question": ANSWERED}, {"Accept": "text/event-stream"}
        with httpx.stream("POST", f"{own.url}/api/v1/ask", json=body, headers=headers, timeout=30) as given:
            lines = given.iter_lines()
            assert next(lines) == "event: step"
            threading.Timer(0.5, own.encoder.gate.set).start()
            running.close()  # the server stops, and waits for the answer
            assert "event: answer" in lines


def test_json_of_an_event_is_one_line_for_every_client() -> None:
    text = "a\u2028b\u2029c\u0085d\x0be\x1cf\r\ng"
    name, data, *rest = event({"x": text}, "step").decode().splitlines()
    assert (name, rest) == ("event: step", [""])
    assert json.loads(data.removeprefix("data: ")) == {"x": text}


# Searching and reading


@pytest.mark.parametrize("k", [1, 4, 50])
def test_search_gives_the_hits_of_the_engine(toy: ToyApi, client: httpx.Client, k: int) -> None:
    given = client.get("/api/v1/search", params={"q": ANSWERED, "k": k}).json()
    hits = toy.engine.search(ANSWERED, k)
    assert given["hits"] == [hit_json(rank, hit) for rank, hit in enumerate(hits, 1)]
    assert len(hits) == min(k, len(toy.engine.index.passages))
    assert given["index"] == {"generation": toy.engine.generation, "encoder": "toy"}


def test_search_gives_ten_hits_unless_another_number_is_named(toy: ToyApi, client: httpx.Client) -> None:
    given = client.get("/api/v1/search", params={"q": ANSWERED}).json()
    assert [hit["rank"] for hit in given["hits"]] == list(range(1, 11))


def test_searches_beyond_those_there_is_room_for_are_refused(toy: ToyApi, client: httpx.Client) -> None:
    def search(number: int) -> httpx.Response:
        return httpx.get(f"{toy.url}/api/v1/search", params={"q": f"bản {number}"}, timeout=30)

    toy.encoder.gate.clear()
    with ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(search, number) for number in range(12)]
        refused = list(islice(as_completed(asked, timeout=30), 4))  # the other eight wait at the gate
        toy.encoder.gate.set()
    assert {future.result().headers["retry-after"] for future in refused} == {"2"}
    assert [fault(future.result())["code"] for future in refused] == ["busy"] * 4
    assert sorted(future.result().status_code for future in asked) == [200] * 8 + [429] * 4


def test_articles_are_listed_page_by_page_each_once(toy: ToyApi, client: httpx.Client) -> None:
    expected = [one.article.id for one in find(toy.engine, "", Filters())]
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        given = client.get("/api/v1/articles", params={"limit": 4} | after).json()
        assert given["total"] == len(ARTICLES)
        seen += [line["article_id"] for line in given["articles"]]
        if given["next"] is None:
            break
        assert given["next"] == seen[-1]
        after = {"after": given["next"]}
    assert seen == expected
    assert sorted(seen) == sorted(one.id for one in ARTICLES)


def test_articles_are_found_by_words(toy: ToyApi, client: httpx.Client) -> None:
    given = client.get("/api/v1/articles", params={"query": "pa u"}).json()
    assert given == {
        "articles": [line_of(HOSTILE)],
        "total": 1,
        "next": None,
        "index": {"generation": toy.engine.generation, "encoder": "toy"},
    }
    none = client.get("/api/v1/articles", params={"query": "không có chữ nào như vậy zzz"}).json()
    assert (none["articles"], none["total"], none["next"]) == ([], 0, None)


def line_of(article: Article) -> dict[str, Any]:
    return {
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": article.published.isoformat() if article.published else None,
        "author": article.author,
    }


@pytest.mark.parametrize("article", [ARTICLES[3], HOSTILE], ids=lambda article: article.title)
def test_an_article_is_given_to_the_letter(toy: ToyApi, client: httpx.Client, article: Article) -> None:
    path = httpx.QueryParams({"": article.id}).__str__().removeprefix("=").replace("+", "%20")
    given = client.get(f"/api/v1/articles/{path}").json()
    assert {name: given[name] for name in line_of(article)} == line_of(article)
    held = toy.engine.article(article.id)
    assert given["text"] == held.text
    quotable = {one for p in toy.engine.index.passages if p.article.id == article.id for one in p.sentences}
    assert [tuple(span) for span in given["sentences"]] == sorted((one.start, one.end) for one in quotable)
    words = [held.text[start:end] for start, end in given["sentences"]]
    assert " ".join(words).split() == held.text.split()


# Feedback


def test_feedback_is_kept_as_it_was_given(toy: ToyApi, client: httpx.Client) -> None:
    store: FeedbackStore = toy.services.feedback
    answer = client.post("/api/v1/ask", json={"question": FOLLOWING, "turns": [ANSWERED]}).json()
    body = {"answer": answer, "turns": [ANSWERED], "verdict": "incomplete", "word": "Thiếu năm 2020."}
    given = client.post("/api/v1/feedback", json=body)
    assert (given.status_code, given.json()) == (200, {"kept": True})
    kept = store.given(LOCAL.id, answer, [ANSWERED])
    assert kept is not None
    assert (kept.verdict, kept.word, kept.answer) == ("incomplete", "Thiếu năm 2020.", answer)
    assert kept.narrowed is False
    client.post(
        "/api/v1/feedback", json=body | {"verdict": "right", "word": "", "filters": {"years": [2020]}}
    )
    kept = store.given(LOCAL.id, answer, [ANSWERED])
    assert (kept.verdict, kept.word, kept.narrowed) == ("right", "", True)
    assert store.given(LOCAL.id, answer, []) is None
    assert store.given("another", answer, [ANSWERED]) is None


# Health


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_health_tells_the_generation(toy: ToyApi, client: httpx.Client, prefix: str) -> None:
    assert client.get(f"{prefix}/health/live").json() == {"status": "live"}
    ready = client.get(f"{prefix}/health/ready")
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ready",
        "generation": toy.engine.generation,
        "encoder": "toy",
        "articles": len(ARTICLES),
    }


class Unopened:
    """What answers where there is no index."""

    @property
    def serving(self) -> Any:
        raise IndexMissingError("index.missing", folder="index")


def test_without_an_index_the_service_lives_and_is_not_ready() -> None:
    with served(api_app(Unopened())) as url:
        assert httpx.get(f"{url}/health/live").status_code == 200
        for path in ("/health/ready", "/api/v1/health/ready", "/api/v1/articles", "/api/v1/search?q=a"):
            given = httpx.get(f"{url}{path}")
            assert given.status_code == 503
            assert fault(given) == {
                "code": "index_missing",
                "vi": "Chưa có chỉ mục trong index; hãy gõ: partyqa index",
                "en": "There is no index in index yet; type: partyqa index",
            }


# Errors


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (QuestionError("question.empty"), 422, "question"),
        (DatasetError("question.empty"), 422, "dataset"),
        (CorpusError("question.empty"), 404, "corpus"),
        (NotThereError("question.empty"), 404, "not_there"),
        (AccountError("question.empty"), 403, "account"),
        (IndexBusyError("question.empty"), 409, "index_busy"),
        (BusyError("question.empty", seconds=7), 429, "busy"),
        (OverTimeError("question.empty"), 503, "over_time"),
        (StorageError("question.empty"), 507, "storage"),
        (IndexMissingError("question.empty"), 503, "index_missing"),
        (IndexFormatError("question.empty"), 503, "index_format"),
        (IndexDamagedError("question.empty"), 503, "index_damaged"),
        (IndexStaleError("question.empty"), 503, "index_stale"),
        (CheckError("question.empty"), 503, "check"),
        (EncoderError("question.empty"), 503, "encoder"),
        (ReaderError("question.empty"), 503, "reader"),
        (PartyQAError("question.empty"), 400, "party_qa"),
        (ValueError("a secret"), 500, "unexpected"),
    ],
)
def test_each_error_has_its_status(error: Exception, status: int, code: str) -> None:
    problem = problem_of(error)
    assert (problem.status, problem.code) == (status, code)
    assert problem.headers == ({"Retry-After": "7"} if status == 429 else {})
    if isinstance(error, PartyQAError):
        assert problem.to_json() == {"error": {"code": code, "vi": error.vi, "en": error.en}}
    else:
        assert "secret" not in json.dumps(problem.to_json())


def test_every_error_of_ours_has_a_status_by_design() -> None:
    kinds = [kind for kind in PartyQAError.__subclasses__() if kind.__module__ == "partyqa.errors"]
    assert len(kinds) > 10
    assert [kind for kind in kinds if problem_of(kind("question.empty")).status == 400] == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "The field 'question' is missing, add it."),
        ({"question": 5}, "The field 'question' must be a string."),
        ({"question": ""}, "The field 'question' needs at least 1 characters, write more."),
        ({"question": "a" * 2001}, "The field 'question' has over 2000 characters, shorten it."),
        ({"question": "a", "filter": {}}, "The field 'filter' is not known here, leave it out."),
        ({"question": "a", "turns": ["b", 1]}, "The field 'turns.1' must be a string."),
        ({"question": "a", "turns": ["b"] * 51}, "The field 'turns' has over 50 items, send fewer."),
        ({"question": "a", "turns": None}, "The field 'turns' must be a list."),
        (
            {"question": "a", "filters": {"years": ["2020"]}},
            "The field 'filters.years.0' must be a whole number.",
        ),
        ({"question": "a", "filters": {"years": [0]}}, "The field 'filters.years.0' must be 1000 or more."),
        (
            {"question": "a", "filters": {"years": [10**40]}},
            "The field 'filters.years.0' must be 9999 or less.",
        ),
        ({"question": "a", "filters": []}, "The field 'filters' must be a JSON object."),
        ([], "The body must be a JSON object."),
        (None, "The body is missing, add it."),
        ("a", "The body must be a JSON object."),
    ],
)
def test_what_is_wrong_with_a_request_is_said(client: httpx.Client, body: Any, says: str) -> None:
    given = client.post("/api/v1/ask", json=body)
    assert given.status_code == 422
    assert (fault(given)["code"], fault(given)["en"]) == ("request", says)
    assert fault(given)["vi"] != says


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b"{", 422, "The body is not valid JSON, mend it."),
        (b"", 422, "The body is missing, add it."),
        (b'{"question": "\\ud800"}', 422, "The body holds broken Unicode, leave it out."),
        (b'{"question": "a", "\\udfff": 1}', 422, "The body holds broken Unicode, leave it out."),
        (b'{"question": "a", "turns": NaN}', 422, "The body is not valid JSON, mend it."),
        (b'{"question": "a", "turns": [' + b"9" * 5000 + b"]}", 400, None),
        (b'{"question": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, None),
        (b'{"question": "\xff"}', 400, None),
    ],
    ids=["brace", "empty", "half", "half-name", "nan", "digits", "brackets", "bytes"],
)
def test_a_body_that_is_not_json_is_refused(
    client: httpx.Client, content: bytes, status: int, says: str | None
) -> None:
    for path in ("/api/v1/ask", "/api/v1/feedback"):
        given = client.post(path, content=content, headers={"Content-Type": "application/json"})
        assert given.status_code == status
        error = fault(given)
        assert error["code"] == ("bad_request" if status == 400 else "request")
        if says and path == "/api/v1/ask":
            assert error["en"] == says


def test_a_body_of_another_type_is_refused(client: httpx.Client) -> None:
    given = client.post("/api/v1/ask", content=b'{"question": "a"}', headers={"Content-Type": "text/plain"})
    assert (given.status_code, fault(given)["en"]) == (422, "The body must be a JSON object.")


@pytest.mark.parametrize("question", ["?!", " ", "\u0000"])
def test_a_question_without_a_word_is_refused_in_the_engines_words(
    client: httpx.Client, question: str
) -> None:
    for given in (
        client.post("/api/v1/ask", json={"question": question}),
        client.post("/api/v1/ask", json={"question": question}, headers={"Accept": "text/event-stream"}),
        client.get("/api/v1/search", params={"q": question}),
    ):
        assert given.status_code == 422
        assert fault(given)["code"] == "question"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/articles/kh%C3%B4ng/c%C3%B3", 404, "corpus"),
        ("GET", "/api/v1/articles/..%2f..%2fetc%2fpasswd", 404, "corpus"),
        ("GET", "/api/v1/articles/" + "a" * 501, 422, "request"),
        ("GET", "/api/v1/articles?after=zzz", 404, "corpus"),
        ("GET", "/api/v1/articles?limit=0", 422, "request"),
        ("GET", "/api/v1/articles?limit=101", 422, "request"),
        ("GET", "/api/v1/search", 422, "request"),
        ("GET", "/api/v1/search?q=a&k=51", 422, "request"),
        ("GET", "/api/v1/search?q=a&k=x", 422, "request"),
        ("GET", f"/api/v1/search?q={'a' * (MAX_QUESTION + 1)}", 422, "request"),
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/v2/ask", 404, "not_found"),
        ("GET", "/health/dead", 404, "not_found"),
        ("GET", "/api/v1/ask", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/search", 405, "method_not_allowed"),
        ("WHAT", "/api/v1/articles/a/b", 405, "method_not_allowed"),
        ("POST", "/health/live", 405, "method_not_allowed"),
    ],
)
def test_each_refusal_has_its_status_and_form(
    client: httpx.Client, method: str, path: str, status: int, code: str
) -> None:
    given = client.request(method, path)
    assert (given.status_code, fault(given)["code"]) == (status, code)
    assert ("allow" in given.headers) == (status == 405)


def test_a_405_names_the_methods_and_the_page_stays_where_it_is(client: httpx.Client) -> None:
    assert client.get("/api/v1/ask").headers["allow"] == "POST"
    assert client.put("/api/v1/articles/x").headers["allow"] == "GET"
    assert client.get("/").text == client.get("/v1").text == client.get("/apiary").text == "the page"


def test_a_place_that_is_wrong_is_named_in_vietnamese(client: httpx.Client) -> None:
    given = client.post("/api/v1/ask", json={"question": "a", "turns": "b"})
    assert fault(given)["vi"] == "Trường 'turns' phải là một danh sách."


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"answer": {}, "verdict": "right"},
        {"answer": "ANSWER", "verdict": "great"},
        {"answer": "ANSWER", "verdict": "right", "word": "a" * 2001},
        {"answer": "ANSWER", "verdict": "right", "more": 1},
        {"answer": "ANSWER", "verdict": "right", "turns": [None]},
        {"answer": "EMPTY", "verdict": "right"},
    ],
)
def test_feedback_that_is_none_is_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    answer = client.post("/api/v1/ask", json={"question": ANSWERED}).json()
    named = {"ANSWER": answer, "EMPTY": answer | {"question": " "}}
    given = client.post("/api/v1/feedback", json=body | ({"answer": named.get(str(body.get("answer")), {})}))
    assert given.status_code == 422
    assert fault(given)["code"] == ("question" if body.get("answer") == "EMPTY" else "request")


def test_a_full_line_is_told_before_any_event(tmp_path: Path) -> None:
    limits = AskLimits(at_once=1, waiting=1)
    with toy_api(tmp_path, limits) as small, ThreadPoolExecutor(2) as pool:
        small.encoder.gate.clear()
        body = {"question": ANSWERED}
        url = f"{small.url}/api/v1/ask"
        running = pool.submit(httpx.post, url, json=body, timeout=30)
        assert small.encoder.reached.wait(10)
        waiting = pool.submit(httpx.post, url, json=body, timeout=30)
        _until(lambda: small.services.serving.in_line == 1)
        for headers in ({}, {"Accept": "text/event-stream"}):
            given = httpx.post(url, json=body, headers=headers, timeout=30)
            assert (given.status_code, fault(given)["code"]) == (429, "busy")
            assert given.headers["retry-after"] == "2"
        small.encoder.gate.set()
        assert (running.result().status_code, waiting.result().status_code) == (200, 200)


def _until(holds: Any) -> None:
    waited = threading.Event()
    for _ in range(200):
        if holds():
            return
        waited.wait(0.05)
    raise AssertionError("it never came to that")


def test_who_goes_away_while_waiting_leaves_the_line(tmp_path: Path) -> None:
    with toy_api(tmp_path, AskLimits(at_once=1, waiting=4)) as small, ThreadPoolExecutor(1) as pool:
        small.encoder.gate.clear()
        url, body = f"{small.url}/api/v1/ask", {"question": ANSWERED}
        running = pool.submit(httpx.post, url, json=body, timeout=30)
        assert small.encoder.reached.wait(10)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(url, json=body, headers={"Accept": "text/event-stream"}, timeout=0.5)
        small.encoder.gate.set()
        assert running.result().status_code == 200
        _until(lambda: small.services.serving.in_line == 0)


def test_a_question_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with toy_api(tmp_path, AskLimits(seconds=0.0)) as slow:
        given = httpx.post(f"{slow.url}/api/v1/ask", json={"question": ANSWERED}, timeout=30)
        assert (given.status_code, fault(given)["code"]) == (503, "over_time")


def test_a_question_that_is_stopped_midway_ends_its_stream_with_an_error(tmp_path: Path) -> None:
    def open_late() -> None:
        slow.encoder.reached.wait(20)
        time.sleep(2.2)
        slow.encoder.gate.set()

    with toy_api(tmp_path, AskLimits(seconds=2.0)) as slow:
        slow.encoder.gate.clear()
        threading.Thread(target=open_late).start()
        given = httpx.post(
            f"{slow.url}/api/v1/ask",
            json={"question": ANSWERED},
            headers={"Accept": "text/event-stream"},
            timeout=30,
        )
        names = [(name, data.get("step") or data["error"]["code"]) for name, data in events_of(given)]
        assert names == [("step", "understand"), ("step", "retrieve"), ("error", "over_time")]


def test_what_nobody_foresaw_is_500_without_a_trace(toy: ToyApi, caplog: pytest.LogCaptureFixture) -> None:
    """A serving that is broken: the API's routes meet an error that is none of ours."""
    with served(api_app(object())) as url, caplog.at_level(logging.CRITICAL):
        for method, path, body in (
            ("GET", "/api/v1/articles", None),
            ("POST", "/api/v1/ask", {"question": "a"}),
        ):
            given = httpx.request(method, f"{url}{path}", json=body)
            assert (given.status_code, fault(given)["code"]) == (500, "unexpected")
            assert "object" not in given.text
