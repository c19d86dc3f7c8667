"""The HTTP API under /api/v1: ask, search, articles, feedback, and the document that describes it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from partyqa.engine import PartyQA
from partyqa.errors import BusyError, CorpusError
from partyqa.question.query import MAX_QUESTION, understand
from partyqa.schema import AnswerFound, IndexNamed, PassagesFound, hit_json
from partyqa.service.article_search import MOST_WORDS, find
from partyqa.service.auth.person import Person, Role
from partyqa.service.filters import Filters
from partyqa.types import Article
from partyqa.web.access import cost
from partyqa.web.api.sse import EVENTS, begun, course, events, streamed, wants_events
from partyqa.web.api.v1_models import (
    ASKED,
    HAS_WORD,
    MAX_NAME,
    ArticleLine,
    ArticleReply,
    ArticlesReply,
    AskBody,
    FeedbackBody,
    FeedbackReply,
    errors,
)
from partyqa.web.middleware.auth import require
from partyqa.web.templating import language

HITS_AT_ONCE = 50
ARTICLES_AT_ONCE = 100
SEARCHES_AT_ONCE = 8  # they take turns at the processor; more would only hold the threads that others need

router = APIRouter(prefix="/api/v1", tags=["api"])

_room = threading.BoundedSemaphore(SEARCHES_AT_ONCE)

_STREAM: dict[str, Any] = {
    "description": "The answer; with `Accept: text/event-stream` events `step`, then `answer` or `error`.",
    "content": {
        EVENTS: {
            "examples": {
                "events": {
                    "value": 'event: step\ndata: {"step": "retrieve"}\n\nevent: answer\ndata: {"question": ...}\n\n'
                }
            }
        }
    },
}


@router.post("/ask", operation_id="ask", response_model=AnswerFound, responses={200: _STREAM, **errors(503)})
@cost("ask")
async def ask(request: Request, body: AskBody) -> Response:
    """Answer a question with sentences quoted to the letter, or refuse (hỏi và nhận câu trích nguyên văn).

    With `Accept: text/event-stream` the steps (`understand`, `retrieve`, `read`) come as they begin.
    """
    serving = request.app.state.services.serving
    filters = body.filters.chosen()
    lang = language(request)
    if wants_events(request):
        return streamed(events(await begun(course(serving, body.question, body.turns, filters)), lang))
    answered = await serving.ask_soon(body.question, body.turns, filters=filters)
    return JSONResponse(answered.engine.to_json(answered.answer, lang))


@router.get("/search", operation_id="search", response_model=PassagesFound, responses=errors(503))
@cost("ask")
async def search(
    request: Request,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=MAX_QUESTION,
            description="A question or words (câu hỏi hay từ khóa).",
            examples=[ASKED],
            json_schema_extra=HAS_WORD,
        ),
    ],
    k: Annotated[int, Query(ge=1, le=HITS_AT_ONCE, description="How many passages (số đoạn).")] = 10,
) -> Response:
    """Find the passages nearest to a question, best first (tìm đoạn văn gần câu hỏi nhất)."""
    understand(q)
    engine: PartyQA = request.app.state.services.serving.engine
    with _one_of_few():
        hits = await run_in_threadpool(engine.search, q, k)
    found = [hit_json(rank, hit) for rank, hit in enumerate(hits, 1)]
    return JSONResponse({"hits": found, "index": _index(engine)})


@router.get("/articles", operation_id="articles", response_model=ArticlesReply, responses=errors(404, 503))
@cost("read")
def articles(
    request: Request,
    query: Annotated[
        str, Query(max_length=MOST_WORDS, description="Words that an article holds (từ cần tìm).")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=ARTICLES_AT_ONCE, description="How many (số bài).")] = 20,
    after: Annotated[
        str | None,
        Query(max_length=MAX_NAME, description="`next` of the page before (bài cuối trang trước)."),
    ] = None,
) -> Response:
    """List the articles, the newest first; with words those that hold them, the best first (danh sách bài viết)."""
    engine: PartyQA = request.app.state.services.serving.engine
    found = [one.article for one in find(engine, query, Filters())]
    start = 0 if after is None else _place_of(found, after) + 1
    page = found[start : start + limit]
    more = start + limit < len(found)
    return JSONResponse(
        {
            "articles": [_line(article) for article in page],
            "total": len(found),
            "next": page[-1].id if more else None,
            "index": _index(engine),
        }
    )


@router.get(
    "/articles/{article_id:path}",
    operation_id="article",
    response_model=ArticleReply,
    responses=errors(404, 503),
)
@cost("read")
def article(
    request: Request,
    article_id: Annotated[
        str, Path(max_length=MAX_NAME, description="The id; it may hold slashes (mã bài).")
    ],
) -> Response:
    """Give an article's text and the spans of its sentences (toàn văn một bài viết)."""
    engine: PartyQA = request.app.state.services.serving.engine
    held = engine.article(article_id)
    passages = (passage for passage in engine.index.passages if passage.article.id == article_id)
    spans = sorted({(one.start, one.end) for passage in passages for one in passage.sentences})
    return JSONResponse(
        {
            **_line(held),
            "text": held.text,
            "sentences": [list(span) for span in spans],
            "index": _index(engine),
        }
    )


@router.post("/feedback", operation_id="feedback", responses=errors(503, 507))
@cost("read")
def feedback(
    request: Request, body: FeedbackBody, person: Annotated[Person, Depends(require(Role.READER))]
) -> FeedbackReply:
    """Keep what its asker thinks of an answer: right, wrong, incomplete, and a word on it (nhận xét câu trả lời)."""
    request.app.state.services.feedback.give(
        person.id,
        body.answer.model_dump(),
        body.turns,
        body.verdict,
        body.word,
        narrowed=bool(body.filters.chosen()),
    )
    return FeedbackReply()


@contextmanager
def _one_of_few() -> Iterator[None]:
    """Take one of the places that searches have; raises BusyError where none is free."""
    if not _room.acquire(blocking=False):
        raise BusyError("web.too_many_search", seconds=2)
    try:
        yield
    finally:
        _room.release()


def _place_of(found: list[Article], article_id: str) -> int:
    for place, held in enumerate(found):
        if held.id == article_id:
            return place
    raise CorpusError("web.not_in_list", article=article_id)


def _line(held: Article) -> dict[str, Any]:
    return ArticleLine(
        article_id=held.id,
        title=held.title,
        source=held.source,
        url=held.url,
        published=held.published.isoformat() if held.published else None,
        author=held.author,
    ).model_dump()


def _index(engine: PartyQA) -> dict[str, Any]:
    return IndexNamed(generation=engine.generation, encoder=engine.encoder_name).model_dump()
