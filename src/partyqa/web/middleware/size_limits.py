"""How much may be sent in one request: its address, its headers, and its body while it streams in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partyqa.i18n import message
from partyqa.web.errors import Problem
from partyqa.web.middleware.proxy import path_of

BODY = 64 * 1024
"""Bytes of a request's body, uploads aside: a question and 50 turns before it fit many times."""

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


class SizeLimits:
    """ASGI middleware: too long an address is 414, too many or too large headers 431, too large a body 413."""

    def __init__(self, app: ASGIApp, *, body: int = BODY, larger: Mapping[str, int] | None = None) -> None:
        """`larger` gives the bytes of a body for paths by their beginning, the longest that fits; `body` the rest."""
        self.app = app
        self.body = body
        self.larger = dict(sorted((larger or {}).items(), key=lambda item: -len(item[0])))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is too large, at once where the head says so, else as soon as it is."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        limit = self._limit(path_of(scope))
        problem = _head_too_large(scope) or (_body_too_large(limit) if _announced(scope) > limit else None)
        if problem is not None:
            await answer(problem, scope)(scope, receive, send)
        elif scope["type"] == "http":
            await _Metered(scope, receive, send, limit).run(self.app)
        else:
            await self.app(scope, receive, send)

    def _limit(self, path: str) -> int:
        return next((size for start, size in self.larger.items() if path.startswith(start)), self.body)


@dataclass(slots=True)
class _Metered:
    """One request whose body is counted as it comes; past the limit it is answered here, whatever is made of it."""

    scope: Scope
    receive: Receive
    send: Send
    limit: int
    taken: int = 0
    refused: bool = False
    started: bool = False

    async def run(self, app: ASGIApp) -> None:
        """Run the application; what it says or raises after the refusal, about a client that left, is not told."""
        try:
            await app(self.scope, self.take, self.tell)
        except Exception:
            if not self.refused:
                raise

    async def take(self) -> Message:
        """Hand the next piece of the body over; once it is too large the client counts as gone."""
        if not self.refused:
            message = await self.receive()
            self.taken += len(message.get("body", b""))
            if self.taken <= self.limit:
                return message
            self.refused = True
            if not self.started:  # uvicorn reads what is left and throws it away, so that this answer arrives
                await answer(_body_too_large(self.limit), self.scope)(self.scope, self.receive, self.send)
        return {"type": "http.disconnect"}

    async def tell(self, message: Message) -> None:
        """Pass the answer on unless the request was refused before it began."""
        if self.refused and not self.started:
            return
        self.started = True
        await self.send(message)


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


def _announced(scope: Scope) -> int:
    """Return the Content-Length; 0 where there is none, or none that is a number."""
    sizes = [value for name, value in scope["headers"] if name == b"content-length"]
    return max((int(size[:20]) for size in sizes if size.isdigit()), default=0)


def _head_too_large(scope: Scope) -> Problem | None:
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > URL:
        return Problem(414, "address_too_long", message("http.address_too_long", bytes=URL))
    headers = scope["headers"]
    if len(headers) > HEADERS or sum(len(name) + len(value) for name, value in headers) > HEADER_BYTES:
        return Problem(431, "headers_too_large", message("http.headers_too_large"))
    return None


def _body_too_large(limit: int) -> Problem:
    return Problem(413, "too_large", message("http.body_too_large", kilobytes=float(limit // 1024)))
