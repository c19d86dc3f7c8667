"""The OpenAI-compatible API under /v1: chat completions and the list of models, for programs that know no other.

A request is answered as /api/v1/ask answers it; the forms are OpenAI's (openai_models.py, openai_errors.py).
"""

import logging
import time
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Path
from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from partyqa.answer.progress import Step
from partyqa.engine import PartyQA
from partyqa.errors import CorpusError
from partyqa.i18n import Language
from partyqa.question.query import MAX_QUESTION
from partyqa.service.answer_queue import EVERYTHING, Answered
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
    filters, lang = body.filters.chosen() if body.filters else EVERYTHING, language(request)
    if body.stream:
        stream = await begun(course(serving, question, turns, filters))
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        return streamed(_chunks(stream, with_usage, lang))
    answered = await serving.ask_soon(question, turns, filters=filters)
    return JSONResponse(_completion(answered, lang))


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
    """Return the user's earlier messages, the last of them, and the question."""
    asked = [(at, one.text) for at, one in enumerate(body.messages) if isinstance(one, UserMessage)]
    if not asked:
        raise MessagesError("messages", "no_question", "web.no_user_message")
    earlier = asked[:-1][-MAX_TURNS:]
    for at, text in earlier:
        if len(text) > MAX_QUESTION:
            raise MessagesError(
                f"messages.{at}.content",
                "string_above_max_length",
                "web.message_too_long",
                length=len(text),
                most=MAX_QUESTION,
            )
    return [text for _, text in earlier], asked[-1][1]


def _model(engine: PartyQA) -> ModelReply:
    built = int(engine.index.manifest.created.timestamp())
    return ModelReply(id=MODEL, object="model", created=built, owned_by=MODEL)


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _completion(answered: Answered, lang: Language) -> dict[str, Any]:
    """Return the whole answer at once."""
    answer = answered.engine.to_json(answered.answer, lang)
    content = {"content": answer["text"], "refusal": None, "citations": answer["citations"]}
    return {
        **_head("chat.completion"),
        "system_fingerprint": answered.engine.generation,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", **content},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": Usage().model_dump(),
        "partyqa": answer,
    }


async def _chunks(
    stream: AsyncIterator[Step | Answered], with_usage: bool, lang: Language
) -> AsyncIterator[bytes]:
    """Yield the completion in chunks: who speaks once the work begins, the text by its lines, then what it cites."""
    head = _head("chat.completion.chunk") | ({"usage": None} if with_usage else {})
    try:
        yield _chunk(head, {"role": "assistant", "content": ""})
        async for item in stream:
            if isinstance(item, Answered):
                for chunk in _answer_chunks(head, item, with_usage, lang):
                    yield chunk
    except Exception as error:
        problem = openai_problem(error)
        if problem.status == 500:
            log.exception("a question could not be answered")
        yield event(openai_json(problem))
        return
    yield _DONE


def _answer_chunks(
    head: dict[str, Any], answered: Answered, with_usage: bool, lang: Language
) -> Sequence[bytes]:
    answer = answered.engine.to_json(answered.answer, lang)
    head = head | {"system_fingerprint": answered.engine.generation}
    lines = [_chunk(head, {"content": line}) for line in answer["text"].splitlines(keepends=True)]
    last = _chunk(head | {"partyqa": answer}, {"citations": answer["citations"]}, "stop")
    usage = [event(head | {"choices": [], "usage": Usage().model_dump()})] if with_usage else []
    return [*lines, last, *usage]


def _chunk(head: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return event(head | {"choices": [choice]})
