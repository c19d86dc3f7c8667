"""The whole application from outside: what answers without a login, and with the wrong role."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from served import served, services_over
from toy import ToyEncoder, toy_articles
from walk import answering, paths

from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index
from partyqa.service.auth.person import Role
from partyqa.web import Services, build_app

PASSWORD = "một mật khẩu dài"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, str]]:
    """The application as an office runs it: with accounts."""
    folder = tmp_path_factory.mktemp("closed")
    build_index(folder / "index", toy_articles(4, seed=2), ToyEncoder())
    engine = PartyQA.compose(Index.load(folder / "index"), ToyEncoder())
    services = services_over(engine, folder / "index", folder, login=True)
    for name, role in (("an", Role.ADMINISTRATOR), ("binh", Role.READER)):
        services.accounts.add(name, PASSWORD, role)
    with served(services) as address:
        yield services, address


async def built(services: Services) -> FastAPI:
    """Within an event loop: outside of one Gradio makes its own and leaves it open."""
    return build_app(services)


def test_without_a_login_only_what_is_on_the_list_answers(closed: tuple[Services, str]) -> None:
    """Every route, all of Gradio's and MCP's among them, by every method."""
    services, address = closed
    app = asyncio.run(built(services))
    gradio = [path for page in app.state.gradio for path in paths(page.routes)]
    asked = {*paths(app.routes), *gradio, *(f"/en{path}" for path in gradio)}
    assert {"/mcp", "/api/v1/ask", "/v1/models", "/gradio_api/queue/join", "/en/gradio_api/upload"} <= asked
    assert len(asked) > 100
    found = answering(app, asked, base=address, client="127.0.0.1")
    answers = {(method, path) for path, given in found.items() for method, _ in given}
    shared = {one for one in answers if one[1].startswith("/files/")}
    # A login with an empty form is 401 as well.
    assert answers - shared == {("GET", "/login"), ("GET", "/health/live"), ("GET", "/health/ready")}


@pytest.fixture(scope="module")
def reader(closed: tuple[Services, str]) -> Iterator[httpx.Client]:
    """Bình, who may read."""
    with httpx.Client(base_url=closed[1], trust_env=False) as client:
        given = client.post("/login", data={"name": "binh", "password": PASSWORD})
        assert given.status_code == 303
        yield client


def test_a_reader_asks_and_reads_and_administers_nothing(reader: httpx.Client) -> None:
    assert reader.get("/", headers={"Accept": "text/html"}).status_code == 200
    assert reader.get("/articles").status_code == 200
    assert reader.post("/api/v1/ask", json={"question": "Chi bộ nào?"}).status_code == 200
    assert reader.get("/corpus").status_code == 403
    assert reader.post("/corpus/rebuild").status_code == 403


def test_a_key_is_a_person_until_it_is_revoked(closed: tuple[Services, str]) -> None:
    services, address = closed
    token = services.keys.add("binh", "máy")
    with httpx.Client(
        base_url=address, trust_env=False, headers={"Authorization": f"Bearer {token}"}
    ) as client:
        assert client.get("/v1/models").status_code == 200
        services.keys.revoke("binh", "máy")
        assert client.get("/v1/models").status_code == 401
