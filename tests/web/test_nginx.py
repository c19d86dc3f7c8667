"""The whole application behind a real nginx with TLS, on a sub-path, configured as docs/deploy.md says."""

import json
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from conftest import ROOT
from playwright.sync_api import Browser, Page, expect
from served import served, services_over
from sqlalchemy import select
from toy_api import ANSWERED, ARTICLES, NEWS, GatedEncoder

from partyqa.engine import PartyQA
from partyqa.i18n import texts
from partyqa.index.index import Index, build_index
from partyqa.service.auth.person import Role
from partyqa.service.db.auth_tables import FailedAttempts
from partyqa.web import Services

NGINX = next(filter(None, map(shutil.which, ("/usr/sbin/nginx", "nginx"))), None)
OPENSSL = shutil.which("openssl")
NO_NGINX = NGINX is None or OPENSSL is None
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NO_NGINX, reason="no nginx or openssl here: apt-get install nginx-light openssl"),
]

PASSWORD = "mật khẩu rất dài 2026"
STRANGER = "127.0.0.9"  # an address of this machine that is no trusted proxy
T = texts("vi")


@dataclass(frozen=True)
class Office:
    """An office's server: nginx in front, the application behind."""

    front: str
    stripping: str
    back: str
    services: Services
    encoder: GatedEncoder
    key: str

    def client(self, address: str = STRANGER, base: str = "", **headers: str) -> httpx.Client:
        """Return a client that connects from an address of this machine."""
        transport = httpx.HTTPTransport(local_address=address, verify=False)
        return httpx.Client(transport=transport, base_url=base or self.front, headers=headers, timeout=30)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


def configuration(folder: Path, tls: int, stripping: int, back: int) -> str:
    """Return docs/deploy.md's configuration on ports of this test, and once more with the prefix cut off."""
    found = re.search(
        r"```nginx\n(server \{\n.*?\n\})\nserver", (ROOT / "docs/deploy.md").read_text("utf-8"), re.S
    )
    assert found, "docs/deploy.md shows no nginx configuration"
    server = found[1].replace("127.0.0.1:7860", f"127.0.0.1:{back}")
    server = server.replace("/etc/ssl/hoidap.pem", f"{folder}/tls.pem").replace(
        "/etc/ssl/hoidap.key", f"{folder}/tls.key"
    )
    first = server.replace("listen 443", f"listen 127.0.0.1:{tls}")
    second = server.replace("listen 443", f"listen 127.0.0.1:{stripping}").replace(
        f"proxy_pass http://127.0.0.1:{back};", f"proxy_pass http://127.0.0.1:{back}/;"
    )
    assert second.count(f"{back}/;") == 1
    places = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 128; }}
http {{ include /etc/nginx/mime.types; access_log off; {places} {first} {second} }}
"""


@contextmanager
def nginx(folder: Path, tls: int, stripping: int, back: int) -> Iterator[None]:
    assert NGINX and OPENSSL
    made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -keyout tls.key -out tls.pem"
    subprocess.run([OPENSSL, *made.split()], check=True, capture_output=True, cwd=folder)
    (folder / "nginx.conf").write_text(configuration(folder, tls, stripping, back), "utf-8")
    running = subprocess.Popen(
        [NGINX, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"], stderr=subprocess.PIPE
    )
    try:
        while True:
            assert running.poll() is None, running.communicate()[1].decode()
            try:
                socket.create_connection(("127.0.0.1", tls), 1).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(10)
        assert running.stderr
        running.stderr.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    folder.chmod(0o755)
    encoder = GatedEncoder()
    build_index(folder / "index", ARTICLES, encoder)
    engine = PartyQA.compose(Index.load(folder / "index"), encoder)
    services = services_over(
        engine,
        folder / "index",
        folder,
        login=True,
        trusted_proxies=("127.0.0.1",),
        root_path="/hoi-dap",
        user_header="X-Remote-User",
        hosts=("hoidap.example.vn",),
    )
    services.accounts.add("lan", PASSWORD, Role.READER)
    key = services.keys.add("lan", "thử")
    tls, stripping = free_port(), free_port()
    with served(services) as back, nginx(folder, tls, stripping, int(back.rpartition(":")[2])):
        yield Office(
            f"https://127.0.0.1:{tls}/hoi-dap",
            f"https://127.0.0.1:{stripping}/hoi-dap",
            back,
            services,
            encoder,
            key,
        )
        encoder.gate.set()


@pytest.fixture(params=["as documented", "prefix cut off"])
def front(request: pytest.FixtureRequest, office: Office) -> str:
    return office.front if request.param == "as documented" else office.stripping


def test_login_cookie_and_links_carry_the_prefix(office: Office, front: str) -> None:
    with office.client(base=front) as client:
        sent = client.get("/", headers={"Accept": "text/html"})
        assert (sent.status_code, sent.headers["location"]) == (303, "/hoi-dap/login")
        page = client.get("/login")
        assert page.status_code == 200
        assert {'action="/hoi-dap/login"', 'href="/hoi-dap/files/pages.css"'} <= set(
            re.findall(r'(?:action|href)="[^"]+"', page.text)
        )
        assert not re.findall(r'(?:action|href|src)="/(?!hoi-dap/)[^"]*"', page.text)
        assert client.get("/files/pages.css").status_code == 200
        entered = client.post(
            "/login",
            data={"name": "lan", "password": PASSWORD},
            headers={"Origin": front.removesuffix("/hoi-dap")},
        )
        assert (entered.status_code, entered.headers["location"]) == (303, "/hoi-dap/")
        cookie = entered.headers["set-cookie"]
        assert {"Path=/hoi-dap", "HttpOnly", "SameSite=Lax", "Secure"} <= set(cookie.split("; "))
        assert entered.headers["strict-transport-security"] == "max-age=31536000"
        inside = client.get("/")
        assert inside.status_code == 200
        config = re.search(r"window\.gradio_config = (\{.*?\});</script>", inside.text, re.S)
        assert config and json.loads(config[1])["root"] == front


def test_articles_keep_their_addresses_to_the_letter(office: Office) -> None:
    with office.client(Authorization=f"Bearer {office.key}") as client:
        for article in ARTICLES[-3:]:
            path = httpx.URL(path=f"/api/v1/articles/{article.id}").raw_path.decode()
            got = client.get(path.replace("..", "%2E%2E"))
            assert (got.status_code, got.json()["text"]) == (200, article.text)


def test_steps_of_an_answer_arrive_as_they_happen(office: Office, front: str) -> None:
    """The question cannot be answered while the gate is shut, so what arrives then was not buffered."""
    office.encoder.gate.clear()
    seen: list[str] = []
    with office.client(base=front, Authorization=f"Bearer {office.key}") as client:
        asking = {"json": {"question": ANSWERED}, "headers": {"Accept": "text/event-stream"}}
        with client.stream("POST", "/api/v1/ask", **asking) as stream:  # type: ignore[arg-type]
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = stream.iter_lines()
            while "event: step" not in seen:
                seen.append(next(lines))
            assert "event: answer" not in seen
            office.encoder.gate.set()
            rest = list(lines)
    answer = json.loads(rest[rest.index("event: answer") + 1].removeprefix("data: "))
    assert NEWS[0].text.startswith(answer["citations"][0]["quote"])


def failures(office: Office) -> dict[str, int]:
    """Return how many logins failed from each address."""
    with office.services.database.reading() as session:
        rows = session.execute(select(FailedAttempts.subject, FailedAttempts.failures)).all()
    return {
        row[0].removeprefix("address:"): row[1] for row in rows if row[0].startswith("address:") and row[1]
    }


def test_a_made_up_address_is_not_believed(office: Office) -> None:
    """A failed login is counted for the address that really asked."""
    wrong = {"name": "lan", "password": "sai"}
    made_up = "198.51.100.66"
    spoofed = {
        "X-Forwarded-For": f"{made_up}, 127.0.0.1",
        "X-Real-IP": made_up,
        "Forwarded": f"for={made_up}",
    }
    assert failures(office) == {}
    with office.client(STRANGER) as client:
        assert client.post("/login", data=wrong, headers=spoofed).status_code == 401
    assert failures(office) == {STRANGER: 1}
    with office.client("127.0.0.8", base=office.back) as client:  # past nginx, straight at the application
        assert client.post("/login", data=wrong, headers=spoofed).status_code == 401
    assert failures(office) == {STRANGER: 1, "127.0.0.8": 1}


def test_a_named_user_is_believed_from_the_proxy_alone(office: Office) -> None:
    named = {"X-Remote-User": "lan"}
    ask = {"json": {"question": ANSWERED}}
    with office.client("127.0.0.8", base=office.back) as client:
        assert client.post("/api/v1/ask", headers=named, **ask).status_code == 401  # type: ignore[arg-type]
    with office.client("127.0.0.1", base=office.back) as client:  # as if the proxy said it
        forwarded = {**named, "X-Forwarded-For": "198.51.100.7"}
        assert client.post("/api/v1/ask", headers=forwarded, **ask).status_code == 200  # type: ignore[arg-type]
        assert client.post("/api/v1/ask", **ask).status_code == 401, "nobody is local behind a proxy"  # type: ignore[arg-type]


def test_a_foreign_name_is_refused(office: Office) -> None:
    with office.client() as client:
        got = client.get("/login", headers={"Host": "evil.example"})
        assert (got.status_code, got.json()["error"]["code"]) == (400, "host")
        assert client.get("/login", headers={"Host": "hoidap.example.vn"}).status_code == 200


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_a_question_is_asked_through_nginx(page: Page, office: Office, front: str) -> None:
    asked: list[str] = []
    failed: list[str] = []
    page.set_default_timeout(30_000)
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda got: failed.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    page.goto(f"{front}/")
    page.get_by_label(T("login.name")).fill("lan")
    page.get_by_label(T("login.password"), exact=True).fill(PASSWORD)
    page.get_by_role("button", name=T("login.submit")).click()
    box = page.get_by_label(T("chat.question_label"))
    expect(box).to_be_visible(timeout=30_000)
    assert page.url == f"{front}/"
    office.encoder.gate.clear()
    box.fill(ANSWERED)
    box.press("Enter")
    expect(page.locator(".pq-busy")).to_be_visible(timeout=30_000)
    office.encoder.gate.set()
    expect(page.locator(".pq-turn[id]")).to_have_count(1, timeout=30_000)
    assert page.locator(".pq-quote-text").first.text_content() == NEWS[0].text.split(". ")[0] + "."
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert {cookie["path"] for cookie in cookies.values()} == {"/hoi-dap"}
    assert all(cookie["secure"] and cookie["httpOnly"] for cookie in cookies.values())
    ours = front.removesuffix("/hoi-dap")
    strays = [
        url for url in asked if not url.startswith((f"{front}/", "data:")) and url != f"{ours}/favicon.ico"
    ]
    assert strays == []
    assert [one for one in failed if not one.endswith("/favicon.ico")] == []
    links = page.locator("a[href^='/']").evaluate_all("nodes => nodes.map(node => node.getAttribute('href'))")
    assert links and all(link.startswith("/hoi-dap/") for link in links), links
    for link in sorted(set(links)):
        assert page.request.get(ours + link).status == 200, link
