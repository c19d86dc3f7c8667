"""How much may be sent in one request: its address, its headers, and its body while it streams in."""

from collections.abc import Mapping
from typing import Any

from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY, RequestBodyLimitMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from partyqa.i18n import message
from partyqa.web.errors import Problem

BODY = 64 * 1024
"""Bytes of a body where the route names no other `max_body_size`: a question and 50 turns before it fit many times."""

URL = 24 * 1024
"""Bytes of a path with its query: a question of the greatest length, percent-encoded, takes 18,000."""

HEADERS, HEADER_BYTES = 100, 32 * 1024

UVICORN: Mapping[str, Any] = {
    "http": "h11",  # httptools, where it happens to be installed, knows no limit for a request's head
    "h11_max_incomplete_event_size": 64 * 1024,
    "backlog": 512,
    "timeout_keep_alive": 30,
}
"""Options of uvicorn.Config that bound what never reaches the application: a request's head, waiting connections."""


class SizeLimits(RequestBodyLimitMiddleware):
    """ASGI middleware: too long an address is 414, too many or too large headers 431, too large a body 413.

    Starlette counts the body as it comes; a route's `max_body_size` goes before the one given here.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is too large, a body as soon as that is known, in our own words instead of Starlette's."""
        refused = False

        async def send_limited(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 413:
                refused = True
                limit = scope.get(MAX_BODY_SIZE_SCOPE_KEY, self.max_body_size)
                await answer(_body_too_large(limit), scope)(scope, receive, send)
            elif not refused:
                await send(message)

        problem = _head_too_large(scope) if scope["type"] in ("http", "websocket") else None
        if problem is not None:
            await answer(problem, scope)(scope, receive, send)
            return
        try:
            await super().__call__(scope, receive, send_limited)
        except Exception:
            if not refused:  # else the application complains of a client that it takes to be gone
                raise


def answer(problem: Problem, scope: Scope) -> Response:
    """Return the refusal as JSON, to a browser that opens a page as two lines of text.

    Gradio's page shows what `detail` says.
    """
    headers = dict(problem.headers)
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept")
    if b"text/html" in accepted:
        return PlainTextResponse(f"{problem.sentence.both}\n", problem.status, headers=headers)
    return JSONResponse(
        {**problem.to_json(), "detail": problem.sentence.text("vi")}, problem.status, headers=headers
    )


def _head_too_large(scope: Scope) -> Problem | None:
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > URL:
        return Problem(414, "address_too_long", message("http.address_too_long", bytes=URL))
    headers = scope["headers"]
    if len(headers) > HEADERS or sum(len(name) + len(value) for name, value in headers) > HEADER_BYTES:
        return Problem(431, "headers_too_large", message("http.headers_too_large"))
    return None


def _body_too_large(limit: int) -> Problem:
    return Problem(413, "too_large", message("http.body_too_large", kilobytes=float(limit // 1024)))
