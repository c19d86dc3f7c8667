"""What is asked of the API's paths and is no operation of it: 404, or 405 with the methods that there are.

Behind the API stands the page, which takes every path; to be put between the two: `app.routes.extend(routes)`.
"""

from typing import Final

from starlette.responses import JSONResponse
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from partyqa.web.api import health, openai, v1
from partyqa.web.api.openai_errors import told
from partyqa.web.errors import of_status


class Nowhere:
    """ASGI application under one beginning of a path, for every method."""

    def __init__(self, *, in_openais_form: bool = False) -> None:
        self.in_openais_form = in_openais_form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer that there is nothing, or nothing for this method."""
        allowed = _methods(scope)
        problem = of_status(405, {"Allow": ", ".join(allowed)}) if allowed else of_status(404)
        body = told(problem) if self.in_openais_form else problem.to_json()
        await JSONResponse(body, problem.status, headers=dict(problem.headers))(scope, receive, send)


routes: Final = [
    Route("/api/{rest:path}", Nowhere(), include_in_schema=False),
    Route("/health/{rest:path}", Nowhere(), include_in_schema=False),
    Route("/v1/{rest:path}", Nowhere(in_openais_form=True), include_in_schema=False),
]


def _methods(scope: Scope) -> list[str]:
    """Return the methods of the operation at a path, none where there is no such path."""
    operations = [*v1.router.routes, *openai.router.routes, *health.router.routes]
    found = {
        method
        for route in operations
        if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
    return sorted(found)
