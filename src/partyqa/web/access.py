"""What a route declares where it stands: what a request for it costs, and whether it is open without a login.

    @router.get("/health/live")
    @cost("free")
    @open_to_all
    async def live() -> LiveReply: ...

The gate, the rate limits and the metrics read it from the route that the request will come to. A route that declares
nothing is closed and as dear as a question.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

Price = Literal["free", "read", "event", "ask", "upload", "login"]
"""The name of a price; RateLimits says how many tokens each is."""

UNMATCHED = "unmatched"
"""The template of a request for an address that is not there."""

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """The route that a request will come to: its template (`/articles/{article_id:path}`) and what it declares."""

    template: str = UNMATCHED
    price: Price = "read"
    open: bool = False


def cost(price: Price) -> Callable[[Endpoint], Endpoint]:
    """Declare what a request for an endpoint, a function or an ASGI application, costs."""

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.cost = price  # type: ignore[attr-defined]
        return endpoint

    return declare


def open_to_all(endpoint: Endpoint) -> Endpoint:
    """Declare that an endpoint needs no login; of a mounted application that holds for GET and HEAD."""
    endpoint.open_to_all = True  # type: ignore[attr-defined]
    return endpoint


def declared_cost(route: BaseRoute | RouteContext) -> Price | None:
    """Return the price that a route declares, None where it declares none."""
    return getattr(_endpoint(route), "cost", None)


class Routed:
    """ASGI middleware: sets `scope["state"]["access"]`; whatever refuses or counts requests stands inside of it."""

    def __init__(self, app: ASGIApp, routes: Callable[[], Sequence[BaseRoute]]) -> None:
        """`routes` returns the routes of the application, which is not complete yet."""
        self.app, self.routes = app, routes
        self._contexts: tuple[RouteContext, ...] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the route and pass the request on."""
        if scope["type"] in ("http", "websocket"):
            self._contexts = self._contexts or tuple(iter_route_contexts(self.routes()))
            scope.setdefault("state", {})["access"] = find(self._contexts, scope)
        await self.app(scope, receive, send)


def access_of(scope: Scope) -> Access:
    """Return what Routed has found."""
    found: Access = scope.get("state", {}).get("access", Access())
    return found


def find(routes: Sequence[RouteContext], scope: Scope) -> Access:
    """Return the route that Starlette's router will choose: the first that takes path and method, else path alone."""
    partly: Access | None = None
    for route in routes:
        match, child = route.matches(scope)
        if match is Match.NONE:
            continue
        if isinstance(route.route, Mount):
            return _within(route, {**scope, **child})
        found = _declared(route, str(route.path))
        if match is Match.FULL:
            return found
        partly = partly or Access(found.template, found.price)  # what answers is 405
    return partly or Access()


def _within(mount: RouteContext, scope: Scope) -> Access:
    """Return the route within a mounted application; `/files/*` where it shows none."""
    if mount.route.routes:  # type: ignore[attr-defined]
        found = find(tuple(iter_route_contexts(mount.route.routes)), scope)  # type: ignore[attr-defined]
        return Access(f"{mount.path}{'/*' if found.template == UNMATCHED else found.template}", found.price)
    found = _declared(mount, f"{mount.path}/*")
    return Access(found.template, found.price, found.open and scope.get("method") in ("GET", "HEAD"))


def _declared(route: RouteContext, template: str) -> Access:
    endpoint = _endpoint(route)
    return Access(template, declared_cost(route) or "ask", getattr(endpoint, "open_to_all", False))


def _endpoint(route: BaseRoute | RouteContext) -> Any:
    return getattr(route, "endpoint", None) or getattr(route, "app", None)


def methods_of(routes: Sequence[BaseRoute], scope: Scope) -> list[str]:
    """Return the methods that a path is there for, none where it is not; mounted applications aside."""
    found: set[str] = set()
    for route in iter_route_contexts(routes):
        if not isinstance(route.route, Mount) and route.matches(scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return sorted(found)
