"""What is asked of the API's paths and is no operation of it: 404, or 405 with the methods that there are.

Behind the API stands the page, which takes every path; to be put between the two: `app.routes.extend(routes)`.
"""

from typing import Final

from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from partyqa.web.access import cost, methods_of
from partyqa.web.api.openai_errors import openai_json
from partyqa.web.errors import of_status


class Nowhere:
    """ASGI application under one beginning of a path, for every method."""

    def __init__(self, *, in_openais_form: bool = False) -> None:
        self.in_openais_form = in_openais_form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer that there is nothing, or nothing for this method."""
        allowed = methods_of(scope["app"].routes, scope)
        problem = of_status(405, {"Allow": ", ".join(allowed)}) if allowed else of_status(404)
        body = openai_json(problem) if self.in_openais_form else problem.to_json()
        await JSONResponse(body, problem.status, headers=dict(problem.headers))(scope, receive, send)


routes: Final = [
    Route("/api/{rest:path}", cost("read")(Nowhere()), include_in_schema=False),
    Route("/health/{rest:path}", cost("free")(Nowhere()), include_in_schema=False),
    Route("/v1/{rest:path}", cost("read")(Nowhere(in_openais_form=True)), include_in_schema=False),
]
