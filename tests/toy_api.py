"""The HTTP API on a real server of its own, over a small index with the toy encoder."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI
from numpy.typing import NDArray
from served import running
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from toy import ToyEncoder, toy_articles

from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index
from partyqa.service.answer_queue import AskLimits, Serving
from partyqa.service.auth.person import LOCAL
from partyqa.service.conversations.feedback import FeedbackStore
from partyqa.service.db.database import Database
from partyqa.types import Article
from partyqa.web import errors
from partyqa.web.api import health, not_found, openai, v1
from partyqa.web.middleware.language import Languages

HOSTILE = Article(
    id="thù địch/../<b>",
    title="Bài thử",
    text="Chi bộ Pa Ủ có 7 đảng viên.\u2028Chi bộ Mù Cả có 9 đảng viên.\u0085 Hết.",
    url="https://bao.example/?a=1&b=2",
)
NEWS = tuple(
    Article(
        id=f"{at}/bài viết",
        title=f"Công tác xây dựng Đảng ở huyện {place}",
        text=f"Đảng bộ huyện {place} có {30 + at} tổ chức cơ sở đảng, 2.12{at} đảng viên. Huyện ở miền núi.",
        source="Báo Lai Châu",
        published=date(2020 + at, 3, 4),
    )
    for at, place in enumerate(("Mường Tè", "Sìn Hồ"))
)
ARTICLES = (*toy_articles(8, seed=6), HOSTILE, *NEWS)
ANSWERED = "Đảng bộ huyện Mường Tè có bao nhiêu đảng viên?"
FOLLOWING = "Còn Sìn Hồ thì sao?"


class GatedEncoder(ToyEncoder):
    """The toy encoder, which embeds no question while its gate is shut."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.reached = threading.Event(), threading.Event()
        self.gate.set()

    def embed_queries(self, texts: Any) -> NDArray[np.float32]:
        self.reached.set()
        self.gate.wait(30)
        return super().embed_queries(texts)


@dataclass(frozen=True)
class Services:
    """What the API's routes ask the real Services for."""

    serving: Serving
    feedback: FeedbackStore


@dataclass(frozen=True)
class ToyApi:
    """A running server: where it is, and what lies behind it."""

    url: str
    services: Services
    encoder: GatedEncoder

    @property
    def engine(self) -> PartyQA:
        return self.services.serving.engine


class AsLocal:
    """ASGI middleware in the place of the gate: whoever asks sits at the machine."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["person"] = LOCAL
        await self.app(scope, receive, send)


def api_app(services: Any) -> FastAPI:
    """The API's routes with its errors, as web/app.py puts them together."""
    app = FastAPI(title="partyqa", openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None)
    app.state.services = services
    errors.install(app)
    for module in (v1, openai, health):
        app.include_router(module.router)
    app.routes.extend(not_found.routes)
    app.mount("/", PlainTextResponse("the page"))  # it takes every path, as Gradio does
    app.add_middleware(AsLocal)
    app.add_middleware(Languages)
    return app


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Run a real server of an application on a free port of this machine; give its address."""
    config = uvicorn.Config(app, lifespan="off", log_level="critical", access_log=False, http="h11")
    with running(uvicorn.Server(config)) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def toy_services(folder: Path, limits: AskLimits | None = None) -> Iterator[tuple[Services, GatedEncoder]]:
    """Build the small index in `folder`, a database beside it, and what answers from them."""
    encoder = GatedEncoder()
    build_index(folder / "index", ARTICLES, encoder)
    database = Database.open(str(folder / "people.sqlite3"))
    serving = Serving(PartyQA.compose(Index.load(folder / "index"), encoder), folder / "index", limits)
    try:
        yield Services(serving, FeedbackStore(database)), encoder
    finally:
        encoder.gate.set()
        serving.close()
        database.close()


@contextmanager
def toy_api(folder: Path, limits: AskLimits | None = None) -> Iterator[ToyApi]:
    """Serve the API over a small index."""
    with toy_services(folder, limits) as (services, encoder), served(api_app(services)) as url:
        encoder.reached.clear()
        yield ToyApi(url, services, encoder)
