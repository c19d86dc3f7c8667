"""The OpenAI-compatible API under /v1: chat completions and the list of models, for programs that know no other.

A request is answered as /api/v1/ask answers it; the forms are OpenAI's (openai_models.py, openai_errors.py).
"""

import logging
import time
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Annotated, Any, Final, NamedTuple
from uuid import uuid4

from fastapi import APIRouter, Path
from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from partyqa.engine import PartyQA
from partyqa.errors import CorpusError
from partyqa.i18n import Language, Texts, texts
from partyqa.question.query import MAX_QUESTION
from partyqa.service.answer_queue import EVERYTHING, Answered
from partyqa.service.citing import place_of
from partyqa.text.normalise import one_line
from partyqa.types import Citation
from partyqa.web.access import cost
from partyqa.web.api.openai_errors import MessagesError, OpenAIRoute, openai_json, openai_problem
from partyqa.web.api.openai_models import (
    MODEL,
    ChatBody,
    ChatReply,
    ModelReply,
    ModelsReply,
    OpenAIErrorReply,
    Usage,
    UserMessage,
)
from partyqa.web.api.openai_tasks import task_reply
from partyqa.web.api.sse import EVENTS, begun, course, event, streamed
from partyqa.web.api.v1_models import MAX_TURNS, errors
from partyqa.web.templating import language

log = logging.getLogger(__name__)

LONG_CHAT: Final = 256 * 1024  # bytes: an assistant sends the whole conversation each time

router = APIRouter(prefix="/v1", tags=["openai"], route_class=OpenAIRoute, max_body_size=LONG_CHAT)

_ERRORS: Final = errors(404, 503, form=OpenAIErrorReply)
_STREAM: Final[dict[str, Any]] = {
    "description": "The completion; with `stream` its chunks as server-sent events, `[DONE]` last.",
    "content": {EVENTS: {"example": 'data: {"object": "chat.completion.chunk", ...}\n\ndata: [DONE]\n\n'}},
}
_DONE: Final = format_sse_event(data_str="[DONE]")


@router.post(
    "/chat/completions",
    operation_id="chat_completions",
    response_model=ChatReply,
    responses={200: _STREAM, **_ERRORS},
)
@cost("ask")
async def chat(request: Request, body: ChatBody) -> Response:
    """Answer the last message of the user with sentences quoted to the letter (trả lời câu hỏi cuối cùng)."""
    serving = request.app.state.services.serving
    turns, question = _asked(body)
    filters = body.filters.chosen() if body.filters else EVERYTHING
    told = partial(_told, lang=language(request), sources=body.sources is not False)
    with_usage = bool(body.stream_options and body.stream_options.include_usage)
    if (task := task_reply(question, turns)) is not None:
        done = _Told(task, serving.engine.generation)
        return streamed(_chunks(_only(done), with_usage)) if body.stream else JSONResponse(_completion(done))
    turns = [turn for turn in turns if len(turn) <= MAX_QUESTION][-MAX_TURNS:]
    if body.stream:
        stream = await begun(course(serving, question, turns, filters))
        answers = (told(item) async for item in stream if isinstance(item, Answered))
        return streamed(_chunks(answers, with_usage))
    return JSONResponse(_completion(told(await serving.ask_soon(question, turns, filters=filters))))


@router.get("/models", operation_id="models", response_model=ModelsReply, responses=_ERRORS)
@cost("read")
async def models(request: Request) -> ModelsReply:
    """List the one model there is (danh sách mô hình)."""
    return ModelsReply(object="list", data=[_model(request.app.state.services.serving.engine)])


@router.get("/models/{model_id}", operation_id="model", response_model=ModelReply, responses=_ERRORS)
@cost("read")
async def model(
    request: Request, model_id: Annotated[str, Path(examples=[MODEL], description="Its name (tên mô hình).")]
) -> ModelReply:
    """Describe the model (mô tả mô hình)."""
    if model_id != MODEL:
        raise CorpusError("web.no_model", model=model_id[:80], known=MODEL)
    return _model(request.app.state.services.serving.engine)


def _asked(body: ChatBody) -> tuple[list[str], str]:
    """Return the user's earlier messages, oldest first, and the question."""
    asked = [one.text for one in body.messages if isinstance(one, UserMessage)]
    if not asked:
        raise MessagesError("messages", "no_question", "web.no_user_message")
    return asked[:-1], asked[-1]


def _model(engine: PartyQA) -> ModelReply:
    built = int(engine.index.manifest.created.timestamp())
    return ModelReply(id=MODEL, object="model", created=built, owned_by=MODEL)


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


class _Told(NamedTuple):
    """What is told: the message's content, the index's generation, what it cites, and the whole answer."""

    content: str
    generation: str
    citations: Sequence[dict[str, Any]] = ()
    answer: dict[str, Any] | None = None


def _told(answered: Answered, lang: Language, sources: bool) -> _Told:
    """Return an answer as a message; with `sources` a line for each mark: "[1] title · newspaper · date · page 3"."""
    answer = answered.engine.to_json(answered.answer, lang)
    lines = [_source(citation, texts(lang)) for citation in answered.answer.citations] if sources else []
    content = "\n".join([answer["text"], "", *lines]) if lines else answer["text"]
    return _Told(content, answered.engine.generation, answer["citations"], answer)


def _source(citation: Citation, t: Texts) -> str:
    article = citation.sentence.article
    day = f"{article.published:%d/%m/%Y}" if article.published else ""
    said = (article.title or article.id, article.source, day, *place_of(citation.sentence, t))
    named = [one_line(part) for part in said if part]
    return f"[{citation.marker}] {' · '.join(named)}"


async def _only(told: _Told) -> AsyncIterator[_Told]:
    yield told


def _completion(told: _Told) -> dict[str, Any]:
    """Return the whole answer at once."""
    content = {"content": told.content, "refusal": None, "citations": told.citations}
    return {
        **_head("chat.completion"),
        "system_fingerprint": told.generation,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", **content},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": Usage().model_dump(),
        "partyqa": told.answer,
    }


async def _chunks(stream: AsyncIterator[_Told], with_usage: bool) -> AsyncIterator[bytes]:
    """Yield the completion in chunks: who speaks once the work begins, the text by its lines, then what it cites."""
    head = _head("chat.completion.chunk") | ({"usage": None} if with_usage else {})
    try:
        yield _chunk(head, {"role": "assistant", "content": ""})
        async for told in stream:
            for chunk in _told_chunks(head, told, with_usage):
                yield chunk
    except Exception as error:
        problem = openai_problem(error)
        if problem.status == 500:
            log.exception("a question could not be answered")
        yield event(openai_json(problem))
        return
    yield _DONE


def _told_chunks(head: dict[str, Any], told: _Told, with_usage: bool) -> Sequence[bytes]:
    head = head | {"system_fingerprint": told.generation}
    lines = [_chunk(head, {"content": line}) for line in told.content.splitlines(keepends=True)]
    last = _chunk(head | {"partyqa": told.answer}, {"citations": told.citations}, "stop")
    usage = [event(head | {"choices": [], "usage": Usage().model_dump()})] if with_usage else []
    return [*lines, last, *usage]


def _chunk(head: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return event(head | {"choices": [choice]})
