"""A question while it is answered: its steps as they begin, then the answer, as server-sent events."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, Final

from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import StreamingResponse

from partyqa.answer.progress import Step
from partyqa.errors import PartyQAError
from partyqa.i18n import Language
from partyqa.service.answer_queue import Answered, Serving
from partyqa.service.filters import Filters
from partyqa.web.errors import of_status, problem_of

log = logging.getLogger(__name__)

EVENTS: Final = "text/event-stream"
_LINE_ENDS: Final = {ord(end): f"\\u{ord(end):04x}" for end in "\u0085\u2028\u2029"}


async def course(
    serving: Serving, question: str, turns: Sequence[str], filters: Filters
) -> AsyncGenerator[Step | Answered, None]:
    """Yield each step once it begins, last the answer; raises what `Serving.ask` raises.

    Who stops listening leaves the line, if the question still waits there.
    """
    loop, steps = asyncio.get_running_loop(), asyncio.Queue[Step | None]()

    def report(step: Step) -> None:
        loop.call_soon_threadsafe(steps.put_nowait, step)

    asked = asyncio.create_task(serving.ask_soon(question, turns, filters=filters, on_step=report))
    asked.add_done_callback(lambda _: steps.put_nowait(None))
    try:
        while (step := await steps.get()) is not None:
            yield step
        yield await asked
    finally:
        asked.cancel()


async def begun(stream: AsyncGenerator[Step | Answered, None]) -> AsyncGenerator[Step | Answered, None]:
    """Return the stream once it has begun: a question that is refused has a status of its own until then."""
    first = await anext(stream)

    async def whole() -> AsyncGenerator[Step | Answered, None]:
        async with aclosing(stream):
            yield first
            async for item in stream:
                yield item

    return whole()


async def events(stream: AsyncIterator[Step | Answered], lang: Language) -> AsyncIterator[bytes]:
    """Yield `step` events, then `answer` or `error`."""
    try:
        async for item in stream:
            if isinstance(item, Answered):
                yield event(item.engine.to_json(item.answer, lang), "answer")
            else:
                yield event({"step": item}, "step")
    except PartyQAError as error:
        yield event(problem_of(error).to_json(), "error")
    except Exception:
        log.exception("a question could not be answered")
        yield event(of_status(500).to_json(), "error")


def streamed(content: AsyncIterator[bytes]) -> StreamingResponse:
    """Return the response that sends events as they come; a server that stops waits for its end, as for any answer."""
    return StreamingResponse(content, media_type=EVENTS)


def event(data: dict[str, Any], name: str | None = None) -> bytes:
    """Return an event whose JSON every client takes for one line: some end lines where Unicode does."""
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False).translate(_LINE_ENDS), event=name)


def wants_events(request: Request) -> bool:
    """Whether the client takes server-sent events, as `Accept: text/event-stream` says."""
    return any(
        media.partition(";")[0].strip().lower() == EVENTS
        for value in request.headers.getlist("accept")
        for media in value.split(",")
    )
