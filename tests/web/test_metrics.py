"""What the service counts, read with Prometheus's own parser."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from toy import ToyEncoder, toy_articles

from partyqa.engine import PartyQA
from partyqa.errors import BusyError, OverTimeError, QuestionError
from partyqa.index.index import Index, build_index
from partyqa.service.answer_queue import Answered, AskLimits, Serving
from partyqa.types import Article
from partyqa.web.access import Routed
from partyqa.web.middleware.metrics import Metrics, Observed, router

Sample = tuple[str, frozenset[tuple[str, str]]]

PLAIN = Article(id="một", title="Đảng bộ huyện Mường Ảng", text="Đảng bộ huyện Mường Ảng có 2.128 đảng viên.")


def read(text: str) -> dict[Sample, float]:
    """Return every sample by its name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@dataclass(frozen=True)
class Counts:
    """The samples of one moment; `counts("name", label="value")` is 0 where there is none."""

    samples: dict[Sample, float]

    def __call__(self, name: str, **labels: str) -> float:
        return self.samples.get((name, frozenset(labels.items())), 0)

    def labels(self, name: str) -> list[dict[str, str]]:
        return [dict(labels) for found, labels in self.samples if found == name]


def now(metrics: Metrics) -> Counts:
    return Counts(read(metrics.exposition().decode()))


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    folder = tmp_path / "index"
    build_index(folder, (PLAIN, *toy_articles(3, seed=5)), ToyEncoder())
    opened = Serving(
        PartyQA.compose(Index.load(folder), ToyEncoder()), folder, AskLimits(at_once=1, waiting=2, seconds=30)
    )
    yield opened
    opened.close()


@pytest.fixture
def metrics(serving: Serving) -> Metrics:
    return Metrics(serving)


def settled(metrics: Metrics, asked: Future[Answered]) -> Counts:
    """Wait for a question, and for what is counted when it is done."""
    asked.exception(timeout=30)
    while not (counts := now(metrics)).labels("partyqa_questions_total"):
        time.sleep(0.01)
    return counts


# questions


@pytest.mark.parametrize(
    ("question", "outcome", "kind"),
    [
        ("Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?", "answered", "number"),
        ("Ai trồng cà phê trên sao Hỏa?", "refused", "person"),
        ("Xin chào!", "talk", "other"),
    ],
)
def test_a_question_is_counted_by_what_came_of_it(
    serving: Serving, metrics: Metrics, question: str, outcome: str, kind: str
) -> None:
    asked = serving.begin(question)
    metrics.begun(asked)
    counts = settled(metrics, asked)
    assert counts.labels("partyqa_questions_total") == [{"outcome": outcome, "kind": kind}]
    assert counts("partyqa_questions_total", outcome=outcome, kind=kind) == 1
    timings = asked.result().answer.timings
    for stage in ("retrieve", "read"):
        assert counts("partyqa_stage_seconds_count", stage=stage) == 1
        assert counts("partyqa_stage_seconds_sum", stage=stage) == pytest.approx(timings[stage] / 1000)
    assert counts("partyqa_stage_seconds_sum", stage="all") == pytest.approx(
        counts("partyqa_stage_seconds_sum", stage="wait") + timings["total"] / 1000
    )
    assert question not in metrics.exposition().decode()


def test_failures_are_counted_by_the_error(metrics: Metrics) -> None:
    for error in (
        OverTimeError("question.over_time"),
        OverTimeError("question.over_time"),
        ZeroDivisionError("a secret"),
    ):
        failed: Future[Answered] = Future()
        failed.set_running_or_notify_cancel()
        metrics.begun(failed)
        failed.set_exception(error)
    gone: Future[Answered] = Future()
    metrics.begun(gone)
    gone.cancel()
    gone.set_running_or_notify_cancel()
    metrics.not_begun(BusyError("question.too_many_ask"))
    metrics.not_begun(QuestionError("question.empty"))
    counts = now(metrics)
    found = {
        one["kind"]: counts("partyqa_questions_total", **one)
        for one in counts.labels("partyqa_questions_total")
    }
    assert found == {"over_time": 2, "unexpected": 1, "cancelled": 1, "busy": 1, "question": 1}
    assert {one["outcome"] for one in counts.labels("partyqa_questions_total")} == {"failed"}
    assert counts("partyqa_stage_seconds_count", stage="all") == 0
    assert "secret" not in metrics.exposition().decode()


def test_the_line_is_measured_while_it_is_there(serving: Serving, metrics: Metrics) -> None:
    held = threading.Event()
    first = serving.begin("Đảng bộ có bao nhiêu đảng viên?", on_step=lambda step: held.wait(20) and None)
    others = [serving.begin("Đảng bộ có bao nhiêu chi bộ?") for _ in range(2)]
    while not first.running():
        time.sleep(0.01)
    for asked in (first, *others):
        metrics.begun(asked)
    assert now(metrics)("partyqa_questions_waiting") == 2
    time.sleep(0.1)
    held.set()
    for asked in (first, *others):
        asked.result(timeout=30)
    while now(metrics)("partyqa_stage_seconds_count", stage="wait") < 3:
        time.sleep(0.01)
    counts = now(metrics)
    assert counts("partyqa_questions_waiting") == 0
    assert counts("partyqa_stage_seconds_sum", stage="wait") > 0.1  # two that waited for the first


def test_the_index_that_answers_is_told_and_the_one_before_it_no_longer(
    serving: Serving, metrics: Metrics
) -> None:
    old = serving.engine
    counts = now(metrics)
    assert counts("partyqa_index_articles") == 4
    assert counts("partyqa_index_passages") == len(old.index.passages) > 4
    assert counts.labels("partyqa_index_info") == [{"generation": old.generation, "encoder": "toy"}]
    build_index(serving.folder, (PLAIN,), ToyEncoder())
    assert serving.refresh()
    counts = now(metrics)
    assert (counts("partyqa_index_articles"), counts("partyqa_index_passages")) == (1, 1)
    assert counts.labels("partyqa_index_info") == [
        {"generation": serving.engine.generation, "encoder": "toy"}
    ]
    assert counts("partyqa_index_info", generation=serving.engine.generation, encoder="toy") == 1


def test_verdicts_are_counted_and_nothing_else_makes_a_label(metrics: Metrics) -> None:
    for verdict in ("right", "right", "incomplete", "<script>", ""):
        metrics.judged(verdict)
    counts = now(metrics)
    found = {
        one["verdict"]: counts("partyqa_feedback_total", **one)
        for one in counts.labels("partyqa_feedback_total")
    }
    assert found == {"right": 2, "wrong": 0, "incomplete": 1}


# requests


@pytest.fixture
def app(metrics: Metrics) -> FastAPI:
    """Two routes, an application that takes all else, and a gate that refuses before any of them."""
    app = FastAPI()

    @app.get("/items/{number}")
    def item(number: int) -> int:
        return number

    @app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError

    class Refusing:
        def __init__(self, inner: FastAPI) -> None:
            self.inner = inner

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            refused = scope.get("path", "").endswith("/0")
            await (PlainTextResponse("no", 401) if refused else self.inner)(scope, receive, send)

    app.include_router(router)
    app.mount("/", PlainTextResponse("bare"))
    app.add_middleware(Refusing)
    app.add_middleware(Observed, metrics=metrics)
    app.add_middleware(Routed, routes=lambda: app.routes)
    app.state.services = SimpleNamespace(metrics=metrics)
    return app


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/items/7", "/items/{number}", 200),
        ("/items/seven", "/items/{number}", 422),
        ("/items/0", "/items/{number}", 401),
        ("/broken", "/broken", 500),
        ("/anything/else", "/*", 200),
    ],
)
@pytest.mark.parametrize("root", ["", "/partyqa"])
def test_requests_are_counted_by_the_template_of_their_route(
    app: FastAPI, metrics: Metrics, path: str, route: str, status: int, root: str
) -> None:
    client = TestClient(app, root_path=root, raise_server_exceptions=False)
    answer = client.get(f"{root}{path}?question=bí+mật")
    assert answer.status_code == status
    counts = now(metrics)
    assert counts.labels("partyqa_http_requests_total") == [
        {"method": "GET", "route": route, "status": str(status)}
    ]
    assert counts("partyqa_http_requests_total", method="GET", route=route, status=str(status)) == 1
    assert counts("partyqa_http_request_seconds_count", method="GET", route=route) == 1
    assert 0 < counts("partyqa_http_request_seconds_sum", method="GET", route=route) < 30


def test_a_method_that_somebody_makes_up_makes_no_label(app: FastAPI, metrics: Metrics) -> None:
    for number in range(5):
        TestClient(app).request(f"MADEUP{number}", "/items/7")
    counts = now(metrics)
    assert counts("partyqa_http_requests_total", method="other", route="/*", status="200") == 5


def test_prometheus_reads_what_the_route_answers(app: FastAPI, serving: Serving) -> None:
    client = TestClient(app)
    client.get("/items/7")
    client.get("/items/8")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    counts = Counts(read(answer.text))
    assert counts("partyqa_http_requests_total", method="GET", route="/items/{number}", status="200") == 2
    assert counts("partyqa_index_articles") == len(serving.engine.articles)


def test_two_services_in_one_process_count_for_themselves(serving: Serving) -> None:
    one, other = Metrics(serving), Metrics(serving)
    one.judged("right")
    assert now(one)("partyqa_feedback_total", verdict="right") == 1
    assert now(other)("partyqa_feedback_total", verdict="right") == 0


# several workers

WORKERS = """
import json, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from prometheus_client.parser import text_string_to_metric_families
from toy import ToyEncoder, toy_articles
from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index
from partyqa.service.answer_queue import Serving
from partyqa.web.middleware.metrics import Metrics

folder = Path(sys.argv[2])
build_index(folder, toy_articles(2, seed=5), ToyEncoder())

def worker(verdicts, waiting):
    metrics = Metrics(Serving(PartyQA.compose(Index.load(folder), ToyEncoder()), folder))
    for verdict in verdicts:
        metrics.judged(verdict)
    metrics.waiting.set(waiting)
    return metrics

NAMES = ("partyqa_feedback_total", "partyqa_questions_waiting", "partyqa_index_articles", "partyqa_index_info")

def told(metrics):
    return {
        f"{sample.name} {sample.labels.get('verdict', '')}".strip(): sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
        if sample.name in NAMES
    }

ready, done = os.pipe(), os.pipe()
if os.fork() == 0:
    worker(["right", "right", "wrong"], 5)
    os.write(ready[1], b".")
    os.read(done[0], 1)
    os._exit(0)
os.read(ready[0], 1)
own = worker(["right"], 0)
both = told(own)
os.write(done[1], b".")
os.wait()
print(json.dumps([both, told(own)]))
"""


def test_a_worker_answers_for_all_and_for_those_that_have_ended(tmp_path: Path) -> None:
    folder = tmp_path / "counts"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", WORKERS, str(Path(__file__).parents[1]), str(tmp_path / "index")],
        capture_output=True,
        text=True,
        timeout=400,
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    both, left = json.loads(done.stdout)
    assert both == {
        "partyqa_feedback_total right": 3,
        "partyqa_feedback_total wrong": 1,
        "partyqa_feedback_total incomplete": 0,
        "partyqa_questions_waiting": 5,
        "partyqa_index_articles": 2,
        "partyqa_index_info": 1,
    }
    assert left == {**both, "partyqa_questions_waiting": 0}
