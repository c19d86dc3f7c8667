"""What routes declare: the middleware finds the route that the router will choose, and no route is forgotten."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from served import services_over
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, Router
from starlette.types import Receive, Scope, Send
from toy import ToyEncoder, toy_articles

from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index
from partyqa.service.auth.person import Role
from partyqa.web import Services, build_app
from partyqa.web.access import Access, Routed, access_of, cost, declared_cost, open_to_all
from partyqa.web.app import ROUTERS
from partyqa.web.middleware.rate_limits import Bucket, RateLimits

# The route that is found is the route that answers.


class Named:
    """An endpoint that answers with its own name."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(self.name, 200)(scope, receive, send)


def zoo(*, catch_all: bool) -> FastAPI:
    """Routes of every kind, several of which take the same paths; each answers with its template."""
    app, api, deeper = FastAPI(openapi_url=None), APIRouter(prefix="/api"), APIRouter(prefix="/b")

    def add(router: APIRouter | FastAPI, path: str, name: str, methods: list[str]) -> None:
        async def endpoint() -> PlainTextResponse:
            return PlainTextResponse(name)

        router.add_api_route(path, open_to_all(endpoint) if "GET" in methods else endpoint, methods=methods)

    add(api, "/a", "/api/a", ["GET"])
    add(api, "/a", "/api/a", ["POST"])
    add(deeper, "/{x}", "/api/b/{x}", ["DELETE"])
    api.include_router(deeper)
    app.include_router(api)
    add(app, "/{x}/a", "/{x}/a", ["GET", "PUT"])
    app.router.routes.append(Route("/api/{rest:path}", Named("/api/{rest:path}")))
    inner = Router([Route("/", Named("/en/")), Route("/q/{x:path}", Named("/en/q/{x:path}"))])
    app.router.routes.append(Mount("/en", inner))
    app.mount("/files", open_to_all(Named("/files/*")))
    if catch_all:
        app.mount("/", Named("/*"))
    return app


ZOO = zoo(catch_all=True)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
PIECES = ("", "/", "//", "/api", "/a", "/b", "/en", "/q/", "/files", "/..", "x", ";", "%2f")


async def visited(app: FastAPI, method: str, path: str, root: str) -> tuple[Access, int, str]:
    """Return what was found before the request was routed, and what then answered."""
    found: list[Access] = []

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(access_of(scope))
        await app(scope, receive, send)

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": root,
        "query_string": b"",
        "headers": [(b"host", b"a.vn")],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("a.vn", 80),
        "client": ("192.0.2.1", 1),
    }
    await Routed(outer, lambda: app.routes)(scope, receive, send)
    return found[0], sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:]).decode()


@pytest.mark.parametrize("catch_all", [True, False])
def test_the_route_found_is_the_route_that_answers(catch_all: bool) -> None:
    """No two readings of one address: what is let in as open is answered by what is declared open."""
    app = zoo(catch_all=catch_all)
    statuses = Counter[int]()

    async def all_of_them() -> None:
        for root, first, second, method in product(("", "/api", "/en", "/hoi"), PIECES, PIECES, METHODS):
            for path in {first + second, root + first + second}:
                found, status, answered = await visited(app, method, path or "/", root)
                statuses[status] += 1
                if status == 200 and answered:
                    assert found.template == answered, (method, path, root)
                elif status == 404:
                    assert found.template in ("/en/*", "unmatched"), (method, path, root)
                open_here = {"/api/a": ("GET",), "/{x}/a": ("GET", "PUT"), "/files/*": ("GET", "HEAD")}
                assert found.open == (
                    status == 200 and method in open_here.get(answered or found.template, ())
                )

    asyncio.run(all_of_them())
    assert min(statuses[200], statuses[404]) > 100 and (catch_all or statuses[405] > 50)


def test_no_websocket_is_open_and_what_is_no_route_is_closed() -> None:
    seen: list[Access] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(access_of(scope))

    scope: Scope = {"type": "websocket", "path": "/files/a", "root_path": "", "headers": []}
    asyncio.run(Routed(inner, lambda: ZOO.routes)(scope, None, None))  # type: ignore[arg-type]
    asyncio.run(Routed(inner, lambda: [])({**scope, "type": "http", "method": "GET"}, None, None))  # type: ignore[arg-type]
    assert [one.open for one in seen] == [False, False]
    assert seen[1] == Access("unmatched", "read", False)


# The application that is served.


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    build_index(tmp_path / "index", toy_articles(3, seed=5), ToyEncoder())
    engine = PartyQA.compose(Index.load(tmp_path / "index"), ToyEncoder())
    rates = RateLimits(person=Bucket(burst=600, rate=1))  # slow, so that what was paid is still to be seen
    made = services_over(engine, tmp_path / "index", tmp_path, login=True, rates=rates)
    yield made
    made.close()


async def built(services: Services, *more: APIRouter) -> FastAPI:
    """Within an event loop: outside of one Gradio makes its own and leaves it open."""
    return build_app(services, (*ROUTERS, *more))


def declarations(routes: Any, prefix: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield the methods, the path and the declared cost of every route, those within mounted applications too."""
    for route in iter_route_contexts(routes):
        inner = getattr(route.route, "routes", None) if isinstance(route.route, Mount) else None
        if inner:
            yield from declarations(inner, f"{prefix}{route.path}")
        else:
            methods = ",".join(sorted(getattr(route, "methods", None) or ()))
            yield methods, f"{prefix}{route.path}", declared_cost(route)


def test_every_route_declares_its_cost(services: Services) -> None:
    found = list(declarations(asyncio.run(built(services)).routes))
    assert len(found) > 60
    assert [(methods, path) for methods, path, price in found if price is None] == []
    costs = {(methods, path): price for methods, path, price in found}
    dear = {one: price for one, price in costs.items() if price not in ("read", "free")}
    assert dear == {
        ("POST", "/api/v1/ask"): "ask",
        ("GET", "/api/v1/search"): "ask",
        ("POST", "/v1/chat/completions"): "ask",
        ("", "/mcp"): "ask",
        ("POST", "/login"): "login",
        ("POST", "/corpus/files"): "upload",
        ("GET", "/originals/page"): "event",
        ("", "/gradio_api/queue/join"): "event",
        ("", "/gradio_api/run/{event:path}"): "event",
        ("", "/en/gradio_api/queue/join"): "event",
        ("", "/en/gradio_api/run/{event:path}"): "event",
    }
    assert {path for (_, path), price in costs.items() if price == "free"} == {
        *("/health/live", "/health/ready", "/health/{rest:path}", "/files"),
        *(f"{page}{path}" for page in ("", "/en") for path in ("/theme.css", "/favicon.ico")),
        *(f"{page}/{path}/{{file:path}}" for page in ("", "/en") for path in ("assets", "static")),
    }


def test_a_route_that_declares_nothing_is_found_and_is_closed_and_dear(services: Services) -> None:
    forgetful = APIRouter()

    @forgetful.get("/forgotten")
    def forgotten() -> str:
        return "within"

    app = asyncio.run(built(services, forgetful))
    assert [path for _, path, price in declarations(app.routes) if price is None] == ["/forgotten"]
    answer, left = visit(app, services, "/forgotten")
    assert (answer.status_code, left) == (401, services.settings.rates.address.burst)
    answer, left = visit(app, services, "/forgotten", key(services))
    assert answer.text == '"within"' and 580 <= left < 599


def key(services: Services) -> str:
    services.accounts.add("lan", "một mật khẩu dài", Role.READER)
    return services.keys.add("lan", "thử")


def visit(app: FastAPI, services: Services, path: str, key: str = "") -> tuple[httpx.Response, int]:
    """Ask for a path; return the answer, and what is left in the bucket that pays for it."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 5))
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path, headers=headers)

    answer = asyncio.run(send())
    stack: Any = app.middleware_stack
    while type(stack).__name__ != "RateLimited":
        stack = stack.app
    bucket = (stack.people, services.accounts.get("lan").person.id) if key else (stack.addresses, "127.0.0.1")
    return answer, bucket[0].peek(bucket[1]).remaining


@pytest.mark.parametrize("path", ["/originals?id=b%C3%A0i/000", "/originals/page?id=b%C3%A0i/000&n=1"])
def test_files_are_for_those_who_may_read_the_articles(services: Services, path: str) -> None:
    """The toy articles have none: who may ask is told so, who may not is not."""
    app = asyncio.run(built(services))
    assert visit(app, services, path)[0].status_code == 401
    assert visit(app, services, path, key(services))[0].status_code == 404


def test_a_route_is_added_in_one_place(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    """One router with one route: closed, limited, logged, counted and described, and nothing else is told of it."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/newest/{count}", operation_id="newest")
    @cost("ask")
    def newest(request: Request, count: int) -> list[str]:
        """Name the newest articles."""
        return [article.id for article in request.app.state.services.serving.engine.articles[:count]]

    app = asyncio.run(built(services, router))
    assert visit(app, services, "/api/v1/newest/1")[0].status_code == 401
    token = key(services)
    with caplog.at_level(logging.INFO, "partyqa.requests"):
        answer, left = visit(app, services, "/api/v1/newest/1?q=b%C3%AD+m%E1%BA%ADt", token)
    assert answer.json() == [services.serving.engine.articles[0].id]
    assert answer.headers["x-frame-options"] == "DENY"
    assert 580 <= left < 599
    (line,) = caplog.records
    assert (line.path, line.status) == ("/api/v1/newest/1", 200)  # type: ignore[attr-defined]
    counted = services.metrics.exposition().decode()
    for status in (200, 401):
        labels = f'method="GET",route="/api/v1/newest/{{count}}",status="{status}"'
        assert f"partyqa_http_requests_total{{{labels}}} 1.0" in counted
    document = json.loads(visit(app, services, "/api/v1/openapi.json", token)[0].text)
    assert document["paths"]["/api/v1/newest/{count}"]["get"]["operationId"] == "newest"
