"""A walk over all routes of an application, those of mounted applications too, as somebody whom nobody knows."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
FILLED = "x"  # what stands for a parameter


def paths(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[str]:
    """Yield a path for each route, its parameters filled in; raises TypeError for a route of an unknown kind."""
    for route in routes:
        if isinstance(route, Route | WebSocketRoute):
            yield prefix + re.sub(r"\{[^}]*\}", FILLED, route.path)
        elif isinstance(route, Mount):
            within = prefix + re.sub(r"\{[^}]*\}", FILLED, route.path)
            yield from (within, f"{within}/", f"{within}/{FILLED}")
            yield from paths(_routes_of(route.app), within)
        elif hasattr(route, "original_router"):  # FastAPI's include_router
            context: Any = route.include_context  # type: ignore[attr-defined]
            yield from paths(route.original_router.routes, prefix + context.prefix)
        else:
            raise TypeError(f"{type(route).__name__}: teach the walk to find its paths")


def answering(app: Any, asked: Iterable[str], *, base: str, client: str) -> dict[str, set[tuple[str, int]]]:
    """Ask for each path by each method, without a login; return what was not 401, with methods and statuses."""

    async def walk() -> dict[str, set[tuple[str, int]]]:
        found: dict[str, set[tuple[str, int]]] = {}
        transport = httpx.ASGITransport(app, client=(client, 5))
        async with httpx.AsyncClient(transport=transport, base_url=base) as stranger:
            for path in sorted(set(asked)):
                for method in METHODS:
                    answer = await stranger.request(method, path or "/")
                    if answer.status_code != 401 or "www-authenticate" not in answer.headers:
                        found.setdefault(path, set()).add((method, answer.status_code))
        return found

    return asyncio.run(walk())


def _routes_of(app: Any) -> Iterable[BaseRoute]:
    """Return the routes of a mounted application, through whatever middleware stands around it."""
    while not hasattr(app, "routes") and hasattr(app, "app"):
        app = app.app
    return getattr(app, "routes", ())
