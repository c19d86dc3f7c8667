"""The log: JSON lines on standard error (for people, where that is a terminal), a line for each request.

What people ask stays out of it. A request's line has its path without the query. An exception's line has its type
and where it came from, without its message and without values: `ValueError: no number in '...'` would quote the
question. Only `configure(questions=True)` (`--log-questions`) writes messages, and what `asked` is given.

What is logged while a request is answered, in the threads of its work too, carries its `request_id`.
"""

import logging
import re
import secrets
import sys
import threading
from collections.abc import Iterable
from time import perf_counter
from typing import Any, TextIO
from urllib.parse import quote

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from partyqa.web.errors import of_status
from partyqa.web.middleware.size_limits import answer

REQUEST_ID = "X-Request-ID"
_ACCEPTED_ID = re.compile(rb"[A-Za-z0-9-]{1,64}")
_SAFE_IN_PATHS = "/:@!$&'()*+,;=~"

Stacks = list[dict[str, Any]]

FIELDS = ("method", "path", "status", "ms", "person", "question")
"""What a line may have besides the event: the rest of what libraries add to their records stays out."""

_log = logging.getLogger("partyqa.requests")
_questions_log = logging.getLogger("partyqa.questions")
_questions_log.disabled = True  # until `configure` says otherwise


def configure(*, questions: bool = False, stream: TextIO | None = None) -> None:
    """Send the logs of this process, the libraries' and Python's warnings too, to `stream` (standard error).

    With `questions` the words of questions may stand in them.
    """
    stream = stream or sys.stderr
    for_people = stream.isatty()
    renderers: list[Processor] = [structlog.processors.JSONRenderer(ensure_ascii=False)]
    if for_people:
        renderers = [_printable, structlog.dev.ConsoleRenderer(repr_native_str=True, pad_event_to=0)]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(FIELDS),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _Exceptions(messages=questions, as_text=for_people),
                *renderers,
            ],
        )
    )
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("partyqa").setLevel(logging.INFO)
    logging.getLogger("mcp").setLevel(logging.WARNING)  # at INFO it repeats what a caller sent
    logging.getLogger("uvicorn.access").disabled = True  # it has the query in it
    _questions_log.disabled = not questions
    logging.captureWarnings(True)
    threading.excepthook = _thread_died


def asked(question: str) -> None:
    """Write a question into the log, where the settings want it."""
    _questions_log.info("question", extra={"question": question})


class RequestLog:
    """ASGI middleware: gives each request an id, and the log a line when it is answered.

    The id is the client's X-Request-ID if that is one, else new; it stands in the answer's header and in
    `scope["state"]["request_id"]`. An exception becomes a line of the log and, where no answer has begun, a 500.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; streams pass through unbuffered."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request_id = _id_of(scope["headers"])
        scope.setdefault("state", {})["request_id"] = request_id
        status: int | None = None
        started = perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        with bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception:
                _log.exception("unexpected error")
                if status is None and scope["type"] == "http":
                    await answer(of_status(500), scope)(scope, receive, send_with_id)
            finally:
                fields = {
                    "method": scope.get("method", "WEBSOCKET"),
                    "path": quote(scope["path"], safe=_SAFE_IN_PATHS),
                    "status": status,
                    "ms": round(1000 * (perf_counter() - started), 1),
                    "person": getattr(scope["state"].get("person"), "id", None),
                }
                _log.info("request", extra=fields)


def _id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    sent = next((value for name, value in headers if name == b"x-request-id"), b"")
    return sent.decode("ascii") if _ACCEPTED_ID.fullmatch(sent) else secrets.token_hex(16)


class _Exceptions:
    """A processor that turns `exc_info` into the field `exception`: what it was, and where it came from."""

    def __init__(self, *, messages: bool, as_text: bool) -> None:
        self._messages, self._as_text = messages, as_text
        self._stacks = ExceptionDictTransformer(show_locals=False)

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        info = _exc_info(event.pop("exc_info", None))
        if info is None:
            return event
        stacks = [_kept(stack, self._messages) for stack in self._stacks(info)]
        event["exception"] = "\n".join(_lines(stacks)) if self._as_text else stacks
        return event


def _exc_info(value: Any) -> ExcInfo | None:
    if isinstance(value, BaseException):
        return type(value), value, value.__traceback__
    if value is True:
        value = sys.exc_info()
    return value if isinstance(value, tuple) and value[1] is not None else None


def _kept(stack: dict[str, Any], messages: bool) -> dict[str, Any]:
    """Return of an exception its type, its frames, those within a group, and its message if that may be shown."""
    kept: dict[str, Any] = {"type": stack["exc_type"], "is_cause": stack["is_cause"]}
    if messages:
        kept["message"] = stack["exc_value"]
    kept["frames"] = [f"{frame['filename']}:{frame['lineno']} {frame['name']}" for frame in stack["frames"]]
    if within := stack.get("exceptions"):
        kept["exceptions"] = [[_kept(one, messages) for one in stacks] for stacks in within]
    return kept


def _lines(stacks: Stacks) -> Iterable[str]:
    for stack in stacks:
        yield ": ".join(filter(None, (stack["type"], stack.get("message", ""))))
        yield from (f"  {frame}" for frame in stack["frames"])
        for within in stack.get("exceptions", ()):
            yield from (f"  | {line}" for line in _lines(within))


def _printable(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Keep a terminal from obeying what a request made somebody log."""
    text = str(event["event"])
    event["event"] = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    return event


def _thread_died(died: threading.ExceptHookArgs) -> None:
    if died.exc_value is not None:
        _log.error("a thread died", exc_info=died.exc_value)
