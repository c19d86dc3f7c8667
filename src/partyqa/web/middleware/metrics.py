"""What the service counts, for Prometheus at GET /metrics. No count holds a word of a question or of a path.

    partyqa_http_requests_total{method, route, status}   partyqa_http_request_seconds{method, route}
    partyqa_questions_total{outcome, kind}               partyqa_stage_seconds{stage}
    partyqa_questions_waiting                            partyqa_feedback_total{verdict}
    partyqa_index_articles, partyqa_index_passages, partyqa_index_info{generation, encoder} = 1

`route` is the template (`/articles/{article_id:path}`) of what was requested, whatever its outcome, or "unmatched".
`outcome` is answered, refused, talk (a greeting) or failed;
`kind` is the answer wanted (number, person, ...), of what failed the error (busy, over_time, ...). `stage` is wait
(in line), retrieve, read or all.

Several workers: set PROMETHEUS_MULTIPROC_DIR to an empty folder before they start. Whichever worker is asked then
answers for all of them: counts are summed, those of workers that have ended too. The folder is emptied only before
the next start.
"""

import os
import re
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future
from pathlib import Path
from time import perf_counter

from fastapi import APIRouter
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partyqa.errors import PartyQAError
from partyqa.question.query import understand
from partyqa.service.answer_queue import Answered, Serving
from partyqa.types import Answer, Verdict
from partyqa.web.access import access_of, cost

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 20)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

router = APIRouter()


class Metrics:
    """The counts of one service, in a registry of their own."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "partyqa_http_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self.request_seconds = Histogram(
            "partyqa_http_request_seconds",
            "Time until an answer was sent, streams to their end.",
            ("method", "route"),
            buckets=SECONDS,
            registry=registry,
        )
        self.questions = Counter(
            "partyqa_questions",
            "Questions asked, by what came of them.",
            ("outcome", "kind"),
            registry=registry,
        )
        self.stage_seconds = Histogram(
            "partyqa_stage_seconds",
            "Time of a question by stage.",
            ("stage",),
            buckets=SECONDS,
            registry=registry,
        )
        self.waiting = Gauge(
            "partyqa_questions_waiting", "Questions in line.", multiprocess_mode="livesum", registry=registry
        )
        self.feedback = Counter(
            "partyqa_feedback", "What people said of answers.", ("verdict",), registry=registry
        )
        self.articles = Gauge(
            "partyqa_index_articles",
            "Articles that answer.",
            multiprocess_mode="livemostrecent",
            registry=registry,
        )
        self.passages = Gauge(
            "partyqa_index_passages",
            "Passages that answer.",
            multiprocess_mode="livemostrecent",
            registry=registry,
        )
        self.index = Gauge(
            "partyqa_index_info",
            "The generation that answers.",
            ("generation", "encoder"),
            multiprocess_mode="livemax",
            registry=registry,
        )
        self._told: tuple[str, str] | None = None
        for verdict in Verdict:  # what has not happened yet counts 0
            self.feedback.labels(verdict.value)
        self._tell_index()

    def begun(self, asked: Future[Answered]) -> None:
        """Count a question that was put into the line, once something has come of it."""
        started = perf_counter()
        self.waiting.set(self._serving.in_line)
        asked.add_done_callback(lambda done: self._done(done, perf_counter() - started))

    def not_begun(self, error: PartyQAError) -> None:
        """Count a question that was refused a place in the line."""
        self.questions.labels("failed", _error_kind(error)).inc()

    def judged(self, verdict: str) -> None:
        """Count the verdict of a person on an answer; anything but a verdict is not counted."""
        if verdict in set(Verdict):
            self.feedback.labels(str(verdict)).inc()

    def exposition(self) -> bytes:
        """Return all counts as Prometheus reads them, those of the other workers too where there are any."""
        self.waiting.set(self._serving.in_line)
        self._tell_index()
        folder = os.environ.get(FOLDER)
        if not folder:
            return generate_latest(self.registry)
        _forget_the_dead(Path(folder))
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody, folder)  # type: ignore[no-untyped-call]
        return generate_latest(everybody)

    def _done(self, asked: Future[Answered], seconds: float) -> None:
        self.waiting.set(self._serving.in_line)
        self._tell_index()
        if asked.cancelled():
            self.questions.labels("failed", "cancelled").inc()
        elif (error := asked.exception()) is not None:
            self.questions.labels("failed", _error_kind(error)).inc()
        else:
            answer = asked.result().answer
            self.questions.labels(*_outcome(answer)).inc()
            self._time(answer.timings, seconds)

    def _time(self, timings: Mapping[str, float], seconds: float) -> None:
        worked = timings["total"] / 1000
        seconds = max(seconds, worked)  # a short one may be done before it is counted as begun
        for stage in ("retrieve", "read"):
            self.stage_seconds.labels(stage).observe(timings[stage] / 1000)
        self.stage_seconds.labels("wait").observe(seconds - worked)
        self.stage_seconds.labels("all").observe(seconds)

    def _tell_index(self) -> None:
        engine = self._serving.engine
        names = (engine.generation, engine.encoder_name)
        self.articles.set(len(engine.articles))
        self.passages.set(len(engine.index.passages))
        if self._told is not None and self._told != names:
            if os.environ.get(FOLDER):  # a label cannot be taken out of a file that others read
                self.index.labels(*self._told).set(0)
            else:
                self.index.remove(*self._told)
        self.index.labels(*names).set(1)
        self._told = names


class Observed:
    """ASGI middleware, inside of Routed: counts requests by route and status, and how long each took."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; streams pass through unbuffered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = access_of(scope).template
        status = 500  # what becomes of an exception
        started = perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            self.metrics.requests.labels(method, route, status).inc()
            self.metrics.request_seconds.labels(method, route).observe(perf_counter() - started)


@router.get("/metrics", include_in_schema=False)
@cost("read")
def metrics(request: Request) -> Response:
    """Answer with the counts (số liệu cho Prometheus)."""
    counts: Metrics = request.app.state.services.metrics
    return Response(counts.exposition(), media_type=CONTENT_TYPE_LATEST)


def _outcome(answer: Answer) -> tuple[str, str]:
    if answer.refusal and answer.refusal.smalltalk:
        return "talk", "other"
    return "answered" if answer.answered else "refused", understand(answer.standalone_question).kind.value


def _error_kind(error: BaseException) -> str:
    """Return the name of an error of ours (`OverTimeError` is over_time), of any other "unexpected"."""
    if isinstance(error, CancelledError):
        return "cancelled"
    if not isinstance(error, PartyQAError):
        return "unexpected"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__.removesuffix("Error")).lower()


def _forget_the_dead(folder: Path) -> None:
    """Take out the gauges of workers that have ended; their counters stay, for what they counted has happened."""
    for pid in {int(found[1]) for file in folder.iterdir() if (found := _LIVE_GAUGE.fullmatch(file.name))}:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
        except PermissionError:  # alive, and somebody else's
            continue


_LIVE_GAUGE = re.compile(r"gauge_live[a-z]+_(\d+)\.db")
