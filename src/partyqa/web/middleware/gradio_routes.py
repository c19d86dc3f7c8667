"""What of Gradio is open: the paths that the chat page itself asks for, and no other."""

from starlette._utils import get_route_path
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OPEN_PATHS = frozenset({"", "/", "/config", "/theme.css", "/favicon.ico", "/manifest.json"})
OPEN_FOLDERS = (
    "/assets/",
    "/static/",
    "/gradio_api/queue/",
    "/gradio_api/run/",
    "/gradio_api/heartbeat/",
    "/gradio_api/app_id",
    "/gradio_api/reset",
    "/gradio_api/startup-events",
)
"""Gradio's other routes (upload, file, proxy, api, runs, monitoring, login) are not found."""


class OnlyThePage:
    """ASGI application around a mounted Gradio: paths that its page does not need are not found."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an open path on; streams pass through unbuffered."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        path = get_route_path(scope)
        if scope["type"] != "http" or not (path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)):
            await PlainTextResponse("Not found", status_code=404)(scope, receive, send)
            return
        await self.app(scope, receive, send)
