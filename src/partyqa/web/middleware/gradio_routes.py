"""What of Gradio is open: the paths that the chat page itself asks for, and no other, each with its cost."""

from collections.abc import Mapping

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from partyqa.web.access import Price, cost

PAGE: Mapping[str, Price] = {
    "/": "read",
    "/config": "read",
    "/manifest.json": "read",
    "/theme.css": "free",
    "/favicon.ico": "free",
    "/assets/{file:path}": "free",
    "/static/{file:path}": "free",
    "/gradio_api/queue/join": "event",
    "/gradio_api/queue/{step:path}": "read",
    "/gradio_api/run/{event:path}": "event",
    "/gradio_api/heartbeat/{session:path}": "read",
    "/gradio_api/app_id": "read",
    "/gradio_api/reset": "read",
    "/gradio_api/startup-events": "read",
}
"""Gradio's other routes (upload, file, proxy, api, runs, monitoring, login) are not found."""


def only_the_page(gradio: ASGIApp) -> Router:
    """Return the application to mount in Gradio's place; streams pass through unbuffered."""
    routes = [Route(path, cost(price)(_PassedOn(gradio))) for path, price in PAGE.items()]
    return Router(routes, redirect_slashes=False)


class _PassedOn:
    """An endpoint that hands a request on as it is; each declares its own cost."""

    def __init__(self, gradio: ASGIApp) -> None:
        self.gradio = gradio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.gradio(scope, receive, send)
