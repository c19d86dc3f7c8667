"""The server around the chat page: one address, the paths the page needs, and no way out of this machine."""

import contextlib
import errno
import socket
import threading
import webbrowser
from collections.abc import Callable

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.routes import App as GradioApp
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partyqa.engine import PartyQA
from partyqa.errors import PartyQAError
from partyqa.web import texts
from partyqa.web.page import asset, build_page, theme

LOCAL_HOSTS = ("127.0.0.1", "localhost")

OPEN_PATHS = frozenset({"/", "/config", "/theme.css", "/favicon.ico", "/manifest.json"})
OPEN_FOLDERS = (
    "/assets/",
    "/static/",
    "/gradio_api/queue/",
    "/gradio_api/heartbeat/",
    "/gradio_api/app_id",
    "/gradio_api/reset",
    "/gradio_api/startup-events",
)
"""What the page asks for; Gradio's other routes (upload, file, proxy, api, runs, monitoring) are closed."""

HEADERS = {
    # Gradio needs inline scripts and `new Function`; inline handlers and every other host are refused.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; script-src-attr 'none'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class OnlyThePage:
    """ASGI middleware: paths that the page does not need are not found, answers carry closing headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an open path on; streams pass through unbuffered."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if scope["type"] != "http" or not (path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)):
            await PlainTextResponse("Not found", status_code=404, headers=HEADERS)(scope, receive, send)
            return

        async def send_closed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_closed)


def build_app(engine: PartyQA, host: str = "127.0.0.1") -> FastAPI:
    """Return the whole web application, closed by default; `host` decides which Host headers are believed."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    gr.mount_gradio_app(
        app,
        build_page(engine),
        path="/",
        server_name=host,
        theme=theme(),
        css=asset("style.css"),
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        max_file_size="1kb",
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
    )
    app.add_middleware(OnlyThePage)
    if host in LOCAL_HOSTS:  # a foreign site whose name is made to point here must not read the articles
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(LOCAL_HOSTS))
    return app


def listen(host: str, port: int) -> socket.socket:
    """Take the address; raises PartyQAError naming another port where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PartyQAError(*texts.port_busy(host, port)) from error
        raise PartyQAError(*texts.address_refused(host, port, str(error))) from error


class ChatServer(uvicorn.Server):
    """The server of one chat page; run it with `server.run(sockets=[listen(host, port)])`."""

    def __init__(
        self, engine: PartyQA, host: str = "127.0.0.1", on_start: Callable[[], None] | None = None
    ) -> None:
        """`on_start` is called once, when the page answers."""
        self.app: FastAPI | None = None
        self.on_start = on_start

        def load() -> FastAPI:
            self.app = build_app(engine, host)
            return self.app

        super().__init__(
            uvicorn.Config(
                load,
                factory=True,  # Gradio makes an event loop and leaves it open when it is built outside of one
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=5,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started and self.on_start is not None:
            self.on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams of open pages, which would never end by themselves, then shut down."""
        for route in self.app.routes if self.app else ():
            if isinstance(route, Mount) and isinstance(route.app, GradioApp):
                route.app.stop_event.set()
        await super().shutdown(sockets)


def serve(
    engine: PartyQA,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve the chat page until Ctrl-C; `announce` is told its address once it answers.

    Raises PartyQAError when the address cannot be taken.
    """
    everywhere = host in ("0.0.0.0", "::", "")  # noqa: S104
    name = "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
    url = f"http://{name}:{port}"

    def started() -> None:
        if announce is not None:
            announce(url)
        if open_browser:  # in a thread: a browser inside the terminal would hold the server up
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    with listen(host, port) as address, contextlib.suppress(KeyboardInterrupt):
        ChatServer(engine, host, started).run(sockets=[address])
