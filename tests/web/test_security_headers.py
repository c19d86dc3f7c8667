"""What answers tell the browser: the exact headers, and in Chromium that they hold."""

import base64
import hashlib
import re
from collections.abc import Iterator

import gradio as gr
import httpx
import lxml.html
import pytest
import uvicorn
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect
from served import running
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partyqa.web.middleware.inline_scripts import InlineScripts
from partyqa.web.middleware.proxy import Proxies
from partyqa.web.middleware.security_headers import CHAT, STRICT, ClosingHeaders, kept_for

HOSTILE = "</title></script><script>window.hacked = 1</script>"
INJECTED = b"<script>window.hacked = 2</script></body>"

OWN_PAGE = """<!doctype html><html lang="vi"><title>Trang</title><body>
<p id="styled" style="color: rgb(1, 2, 3)">Chữ</p><img src="data:," onerror="window.hacked = 3">
<script>window.hacked = 4</script><script src="/files/own.js"></script>
<script src="http://localhost:PORT/files/own.js"></script><iframe src="/framed"></iframe></body></html>"""
OWN_SCRIPT = """window.ours = (window.ours ?? 0) + 1;
try { eval("window.hacked = 5") } catch { window.evaluated = false }"""


def tampered(app: ASGIApp) -> ASGIApp:
    """Return the application with a script put into every page that Gradio answers with."""

    async def tamper(scope: Scope, receive: Receive, send: Send) -> None:
        async def change(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [h for h in message["headers"] if h[0] != b"content-length"]
            elif b"<gradio-app" in message.get("body", b""):
                message["body"] = message["body"].replace(b"</body>", INJECTED)
            await send(message)

        await app(scope, receive, change if scope.get("path") in ("/", "/en/") else send)

    return tamper


def build() -> FastAPI:
    """Return a small application: pages of ours, an API, a stream, and Gradio's page in two languages."""
    app = FastAPI()

    def add(path: str, response: Response) -> None:
        async def answer() -> Response:
            return response

        app.get(path, response_model=None)(answer)

    @app.get("/articles/a")
    async def own_page(request: Request) -> HTMLResponse:
        return HTMLResponse(OWN_PAGE.replace("PORT", str(request.url.port)))

    add("/framed", HTMLResponse("<title>Khung</title>"))
    add("/files/own.js", PlainTextResponse(OWN_SCRIPT, media_type="text/javascript"))
    add("/api/v1/ask", JSONResponse({}, headers={"Cache-Control": "public, max-age=60"}))

    @app.get("/api/v1/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(iter(["data: 1\n\n"]), media_type="text/event-stream")

    for path in ("/en", "/"):
        with gr.Blocks(title=HOSTILE, analytics_enabled=False) as page:
            box, said = gr.Textbox(label="Câu hỏi"), gr.HTML("<p>chờ</p>", js_on_load="window.loaded = true")
            box.submit(lambda text: f"<p class=said>{len(text)} chữ cái</p>", [box], [said])
        gr.mount_gradio_app(app, page, path=path, ssr_mode=False, pwa=False, mcp_server=False)
    app.add_middleware(tampered)
    app.add_middleware(ClosingHeaders)
    app.add_middleware(Proxies, trusted=("127.0.0.1",), hosts=("*",))
    return app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    config = uvicorn.Config(
        build, factory=True, log_level="critical", proxy_headers=False, timeout_graceful_shutdown=1
    )
    with running(uvicorn.Server(config)) as port:
        yield f"http://127.0.0.1:{port}"


EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


@pytest.mark.parametrize(
    ("path", "status", "policy", "kept"),
    [
        ("/", 200, "chat", "no-store"),
        ("/en/", 200, "chat", "no-store"),
        ("/articles/a", 200, STRICT, "no-store"),
        ("/api/v1/ask", 200, STRICT, "no-store"),
        ("/api/v1/stream", 200, STRICT, "no-store"),
        ("/files/own.js", 200, STRICT, "no-cache"),
        ("/theme.css", 200, STRICT, "no-cache"),
        ("/static/img/undo-solid.svg", 200, STRICT, "no-cache"),
        ("/assets/missing-12345678.js", 404, STRICT, "no-store"),
        ("/nothing", 404, STRICT, "no-store"),
    ],
)
def test_every_answer_is_closed(url: str, path: str, status: int, policy: str, kept: str) -> None:
    got = httpx.get(url + path)
    assert got.status_code == status
    assert {name: got.headers.get_list(name) for name in EVERYWHERE} == {
        k: [v] for k, v in EVERYWHERE.items()
    }
    assert got.headers["cache-control"] == kept
    assert "strict-transport-security" not in got.headers
    if policy == "chat":
        assert re.sub(r" 'sha256-[^']+'", "", got.headers["content-security-policy"]) == CHAT.format(
            hashes=""
        )
    else:
        assert got.headers["content-security-policy"] == policy
    assert got.headers.get("x-accel-buffering") == ("no" if path.endswith("stream") else None)


def test_hsts_behind_tls_alone(url: str) -> None:
    said = {
        scheme: httpx.get(f"{url}/api/v1/ask", headers={"X-Forwarded-Proto": scheme}).headers.get(
            "strict-transport-security"
        )
        for scheme in ("http", "https")
    }
    assert said == {"http": None, "https": "max-age=31536000"}


def test_policies_allow_what_is_meant_and_no_more() -> None:
    assert "unsafe" not in STRICT and "data:" not in STRICT
    assert "script-src 'self' 'unsafe-eval';" in CHAT.format(hashes="")
    for policy in (STRICT, CHAT):
        assert "frame-ancestors 'none'" in policy and "object-src 'none'" in policy and "http" not in policy


def test_the_page_allows_its_own_scripts_by_hash_and_not_the_smuggled(url: str) -> None:
    got = httpx.get(url)
    page = lxml.html.fromstring(got.text)
    inline = [script.text for script in page.iter("script") if script.get("src") is None]
    own = [script for script in inline if "hacked" not in script or script.startswith("window.gradio_config")]
    assert len(inline) == len(own) + got.text.count("<script>window.hacked")
    assert len(own) >= 4
    allowed = re.findall(r"'(sha256-[^']+)'", got.headers["content-security-policy"])
    digests = [hashlib.sha256(script.encode()).digest() for script in own]
    assert sorted(allowed) == sorted(f"sha256-{base64.b64encode(digest).decode()}" for digest in digests)


@pytest.mark.parametrize(
    ("script", "known"),
    [
        ('window.config = {"a": "b"};', True),
        ("window.config = null;", True),
        ("window.config = {}; alert(1);", False),
        ("window.config = alert(1);", False),
        ('window.config = {"a": 1} + alert(1);', False),
        ("window.config = {};window.config = {};", False),
        (" window.config = {};", False),
        ("done();", True),
        ("done(); ", False),
        ("", False),
    ],
)
def test_a_script_is_known_with_nothing_but_data_in_it(script: str, known: bool) -> None:
    forms = InlineScripts.of(
        "<script>window.config = {{ config | toorjson }};</script><script src='a.js'></script>"
        "<SCRIPT type='x'>done();</SCRIPT>"
    )
    assert len(forms.forms) == 2
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert forms.hashes(f"<p><script>{script}</script>") == ([f"sha256-{digest}"] if known else [])


@given(st.text(max_size=60))
def test_no_text_in_a_page_becomes_an_allowed_script(text: str) -> None:
    forms = InlineScripts.of("<script>window.config = {{ config }};</script><script>done();</script>")
    allowed = forms.hashes(f"<title>{text}</title><script>done();</script>")
    assert len(allowed) <= 1


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/index-DphvyggB.js", "public, max-age=31536000, immutable"),
        ("/en/assets/index-DphvyggB.js", "public, max-age=31536000, immutable"),
        ("/assets/worker-proxy/x-Akn07EZk2.js", "public, max-age=31536000, immutable"),
        ("/assets/index.js", "no-cache"),
        ("/files/pages-12345678.css", "no-cache"),
        ("/articles/assets/index-DphvyggB.js", "no-store"),
        ("/", "no-store"),
        ("/config", "no-store"),
        ("/gradio_api/queue/data", "no-store"),
    ],
)
def test_what_may_be_kept(path: str, kept: str) -> None:
    assert kept_for(path, 200) == kept
    assert kept_for(path, 404) == kept_for(path, 500) == kept_for(path, 302) == "no-store"


def test_every_file_of_gradios_page_has_a_hash_in_its_name(url: str) -> None:
    names = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', httpx.get(url).text)
    assert len(names) >= 2
    for name in names:
        got = httpx.get(f"{url}/{name}")
        assert (got.status_code, got.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


# In Chromium


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/en/"])
def test_gradios_page_works_and_smuggled_scripts_do_not(chromium: Browser, url: str, path: str) -> None:
    page = chromium.new_page()
    refused: list[str] = []
    page.on(
        "console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None
    )
    page.goto(url + path)
    page.get_by_label("Câu hỏi").fill("bảy chữ")
    page.get_by_label("Câu hỏi").press("Enter")
    expect(page.locator(".said")).to_have_text("7 chữ cái", timeout=20_000)
    assert page.evaluate("[window.loaded, window.hacked]") == [True, None]
    assert "window.hacked" in page.content()
    assert all("script-src" in one for one in refused), refused
    assert len(refused) == page.content().count("<script>window.hacked")
    page.close()


@pytest.mark.browser
def test_our_own_pages_run_nothing_but_our_files(chromium: Browser, url: str) -> None:
    page = chromium.new_page()
    page.goto(f"{url}/articles/a")
    assert page.evaluate("[window.ours, window.hacked, window.evaluated]") == [1, None, False]
    assert page.locator("#styled").evaluate("node => getComputedStyle(node).color") == "rgb(0, 0, 0)"
    assert page.frames[1].url == "chrome-error://chromewebdata/", "no page of ours stands in a frame"
    page.close()
