"""The whole application served: what it keeps closed, how it starts and stops."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio.routes import App as GradioApp
from served import served, services_over
from starlette.routing import Route
from toy import ToyEncoder, toy_articles

from partyqa.engine import PartyQA
from partyqa.errors import PartyQAError
from partyqa.i18n import texts
from partyqa.index.index import Index
from partyqa.index.index import build_index as build_from_articles
from partyqa.question.query import MAX_QUESTION
from partyqa.web import ChatServer, Services, Settings, build_app, listen, serve

pytestmark = pytest.mark.slow

ASSETS = Path(sys.modules["partyqa.web"].__file__ or "").parent / "assets"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("web")
    build_from_articles(folder, toy_articles(6, seed=1), ToyEncoder())
    return folder


@pytest.fixture
def services(index: Path, tmp_path: Path) -> Iterator[Services]:
    made = services_over(PartyQA.compose(Index.load(index), ToyEncoder()), index, tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def address(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application, really served on a free port of this machine."""
    engine = PartyQA.compose(Index.load(index), ToyEncoder())
    with served(services_over(engine, index, tmp_path_factory.mktemp("data"))) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(("path", "lang"), [("/", "vi"), ("/en/", "en")])
def test_the_page_closes_what_gradio_leaves_open(client: httpx.Client, path: str, lang: Any) -> None:
    page = client.get(path)
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page.text)[1])  # type: ignore[index]
    assert page.status_code == 200
    assert config["title"] == texts(lang)("chat.page_title")
    assert config["footer_links"] == []
    assert config["analytics_enabled"] is False
    assert config["show_error"] is False
    assert {event["api_visibility"] for event in config["dependencies"]} == {"private"}
    assert [
        event["concurrency_limit"] for event in config["dependencies"] if "concurrency_limit" in event
    ] == []
    boxes = [part["props"] for part in config["components"] if part["type"] == "textbox"]
    assert [box["max_length"] for box in boxes] == [MAX_QUESTION]
    kinds = {part["type"] for part in config["components"]}
    assert kinds == {"state", "column", "html", "button", "form", "textbox"}, "nothing that uploads or flags"


@pytest.mark.parametrize("path", ["/", "/en/", "/articles", "/theme.css", "/upload", "/api/v1/search?q=a"])
def test_headers_keep_the_browser_on_this_machine(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert "'unsafe-inline'" not in policy.get("script-src", "")
    assert not re.search(r"https?:|\*", headers["content-security-policy"])
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_the_english_page_is_found_without_its_slash(client: httpx.Client) -> None:
    answer = client.get("/en?place=Lai+Ch%C3%A2u")
    assert (answer.status_code, answer.headers["location"]) == (307, "/en/?place=Lai+Ch%C3%A2u")


def test_the_theme_loads_no_font_and_no_picture(client: httpx.Client) -> None:
    style = client.get("/theme.css").text
    assert all(source.startswith('"data:') for source in re.findall(r"url\((.{6})", style))
    assert "@font-face" not in style
    assert "@import" not in style


def test_only_the_pages_own_routes_answer(client: httpx.Client, services: Services) -> None:
    """Every route that Gradio registers is tried: what the page does not need is not there."""

    async def registered() -> list[tuple[str, str]]:
        page = build_app(services).state.gradio[-1]
        assert isinstance(page, GradioApp)
        routes = [route for route in _flat(page.routes) if isinstance(route, Route)]
        return [(method, route.path) for route in routes for method in route.methods or ()]

    open_paths = {
        "/", "/config", "/config/", "/theme.css", "/favicon.ico", "/manifest.json", "/static/{path:path}",
        "/assets/{path:path}", "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/queue/status",
        "/gradio_api/run/{api_name}", "/gradio_api/run/{api_name}/",
        "/gradio_api/heartbeat/{session_hash}", "/gradio_api/startup-events", "/gradio_api/app_id",
        "/gradio_api/app_id/", "/gradio_api/reset", "/gradio_api/reset/",
    }  # fmt: skip
    tried = {(method, path) for method, path in asyncio.run(registered()) if path not in open_paths}
    assert ("POST", "/gradio_api/upload") in tried
    for method, path in sorted(tried):
        for page in ("", "/en"):
            answer = client.request(method, page + re.sub(r"\{[^}]*\}", "x", path))
            # The service's own /login stands before Gradio's: without accounts it leads to the page.
            ours = not page and path.strip("/") in ("login", "logout")
            assert answer.status_code in ((303, 404, 405) if ours else (404, 405)), (
                f"{method} {page}{path} is open"
            )


def _flat(routes: Sequence[Any]) -> Iterator[Any]:
    for route in routes:
        if hasattr(route, "original_router"):  # FastAPI's stand-in for a router that was included
            yield from _flat(route.original_router.routes)
        else:
            yield route


@pytest.mark.parametrize(
    "path", ["/static/../../etc/passwd", "/assets/%2e%2e/%2e%2e/routes.py", "/file=/etc/passwd"]
)
def test_no_path_leads_to_another_file(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code in (403, 404)


def test_a_foreign_name_for_this_machine_is_refused(client: httpx.Client) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"Host": "localhost:7860"}).status_code == 200


def test_a_server_with_an_open_page_stops_at_once_and_in_silence(
    services: Services, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with listen("127.0.0.1", 0) as taken:
        server = ChatServer(services)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/gradio_api/heartbeat/page"
        with httpx.stream("GET", url, trust_env=False, timeout=20) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "data: ALIVE"
            server.should_exit = True
            thread.join(3)
            assert not thread.is_alive()
    assert capfd.readouterr().err == ""
    assert caplog.text == ""


def test_serve_tells_its_address_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    """In a process of its own, as a person runs it: the address once it answers, nothing else, exit code 0."""
    build_from_articles(tmp_path, toy_articles(2, seed=1), ToyEncoder())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = (
        "from pathlib import Path; from toy import ToyEncoder; from served import services_over;"
        "from partyqa.web import serve; from partyqa.engine import PartyQA; from partyqa.index.index import Index;"
        f"index = Path({str(tmp_path)!r}); engine = PartyQA.compose(Index.load(index), ToyEncoder());"
        f"serve(services_over(engine, index, index, port={port}), announce=lambda url: print(url, flush=True))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    url = child.stdout.readline().strip()
    assert url == f"http://127.0.0.1:{port}"
    assert httpx.get(url, trust_env=False).status_code == 200
    child.send_signal(signal.SIGINT)
    said, complained = child.communicate(timeout=20)
    assert (child.returncode, said, complained) == (0, "", "")


def test_a_taken_port_is_named_with_another_one(services: Services) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PartyQAError) as caught:
            serve(replace(services, settings=Settings(port=port)))
    assert f"Cổng {port}" in caught.value.vi
    assert f"--port {port + 1}" in caught.value.vi
    assert f"--port {port + 1}" in caught.value.en


def test_an_address_of_another_machine_is_refused_with_a_sentence(services: Services) -> None:
    with pytest.raises(PartyQAError, match=r"192\.0\.2\.1:7999.*--host 127\.0\.0\.1"):
        serve(replace(services, settings=Settings(host="192.0.2.1", port=7999)))


@pytest.mark.parametrize("name", sorted(path.name for path in ASSETS.iterdir()))
def test_assets_come_with_the_package_and_name_no_other_host(name: str) -> None:
    content = (ASSETS / name).read_text(encoding="utf-8")
    assert len(content) > 300
    assert not re.search(r"https?://|//[a-z]+\.[a-z]|@import|url\(", content)


def test_a_form_of_file_that_is_not_exported_is_named(client: httpx.Client) -> None:
    answer = client.get("/conversations/x/export?format=pdf")
    assert answer.status_code == 422
    assert answer.json()["error"]["vi"] == "Trường 'format' phải là một trong md, docx, json."
