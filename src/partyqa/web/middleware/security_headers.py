"""What every answer forbids the browser: run foreign scripts, be framed, keep what is personal.

Our own pages have no inline script or style at all. Gradio's page needs `new Function` and inline styles; of inline
scripts it gets those that Gradio's own template writes, each by its hash (see inline_scripts.py).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partyqa.web.middleware.inline_scripts import InlineScripts
from partyqa.web.paths import path_of

CHAT_PAGES = ("/", "/en", "/en/")

STRICT = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

CHAT = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{hashes}; script-src-attr 'none'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: a browser would then send `Origin: null` with our own forms, as if a foreign site sent them.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}

HSTS = "max-age=31536000"

FOR_EVER = "public, max-age=31536000, immutable"
REVALIDATED = "no-cache"
NEVER = "no-store"

_HASHED = re.compile(r"(?:/en)?/assets/(?:.+/)?[^/]+-[A-Za-z0-9_-]{8,9}\.[a-z0-9.]+")
_SHARED = ("/assets/", "/static/", "/files/", "/theme.css", "/favicon.ico", "/manifest.json")


class ClosingHeaders:
    """ASGI middleware: every answer, refusals too, carries the closing headers; streams pass through unbuffered."""

    def __init__(self, app: ASGIApp, *, chat_pages: Collection[str] = CHAT_PAGES) -> None:
        """`chat_pages` are the paths at which Gradio answers with its page."""
        self.app = app
        self.chat_pages = frozenset(chat_pages)
        self.scripts = InlineScripts.of_gradio()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the chat page is held until it is whole, for its scripts to be hashed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif path_of(scope) in self.chat_pages:
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            await self.app({**scope, "headers": plain}, receive, _ChatPage(scope, send, self.scripts).send)
        else:

            async def send_closed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    close(message, scope, STRICT)
                await send(message)

            await self.app(scope, receive, send_closed)


@dataclass(slots=True)
class _ChatPage:
    """Gradio's page on its way out."""

    scope: Scope
    outer: Send
    scripts: InlineScripts
    start: Message = field(default_factory=dict)
    body: bytes = b""

    async def send(self, message: Message) -> None:
        """Keep what comes until the page is whole, then send it with the hashes of its scripts."""
        if message["type"] == "http.response.start":
            self.start = message
            return
        if message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                hashes = self.scripts.hashes(self.body.decode("utf-8", "replace"))
                close(self.start, self.scope, CHAT.format(hashes="".join(f" '{one}'" for one in hashes)))
                await self.outer(self.start)
                await self.outer({"type": "http.response.body", "body": self.body})
            return
        await self.outer(message)


def close(message: Message, scope: Scope, policy: str) -> None:
    """Put the closing headers on the beginning of an answer."""
    headers = MutableHeaders(scope=message)
    headers["Content-Security-Policy"] = policy
    for name, value in ALWAYS.items():
        headers[name] = value
    if scope["scheme"] == "https":
        headers["Strict-Transport-Security"] = HSTS
    headers["Cache-Control"] = kept_for(path_of(scope), message["status"])
    if headers.get("content-type", "").startswith("text/event-stream"):
        headers["X-Accel-Buffering"] = "no"  # nginx hands each step of an answer on as it comes


def kept_for(path: str, status: int) -> str:
    """Return how long an answer may be kept: Gradio's files that carry a hash in their name for ever, others never.

    Files that are the same for everybody may be kept, and asked after each time.
    """
    if status not in (200, 206, 304):
        return NEVER
    if _HASHED.fullmatch(path):
        return FOR_EVER
    plain = path.removeprefix("/en") if path.startswith("/en/") else path
    return REVALIDATED if plain.startswith(_SHARED) else NEVER
