"""Who may come in: a small application with routes of every kind behind the gate, and a real server before it."""

import asyncio
import hashlib
import http.client
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
import uvicorn
from browsing import CHROMIUM
from fastapi import Depends, FastAPI, Request, WebSocket
from hypothesis import given
from hypothesis import strategies as st
from served import running
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from toy_accounts import CHEAP, PASSWORD, Clock
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from partyqa.errors import StorageError
from partyqa.service.auth.accounts import Accounts
from partyqa.service.auth.api_keys import Keys
from partyqa.service.auth.lockout import Attempts
from partyqa.service.auth.person import LOCAL, Person, Role
from partyqa.service.auth.sessions import Sessions
from partyqa.service.db.database import Database
from partyqa.web import errors
from partyqa.web.access import Routed, open_to_all
from partyqa.web.middleware import auth
from partyqa.web.middleware.auth import Gate, require
from partyqa.web.middleware.language import Languages
from partyqa.web.middleware.login_redirect import local_target
from partyqa.web.middleware.proxy import Proxies
from partyqa.web.pages import login
from partyqa.web.settings import Settings

OFFICE, PROXY = "203.0.113.7", "10.0.0.1"
OUTSIDE = "http://hoidap.example.vn"
HTML = {"accept": "text/html,application/xhtml+xml"}
ASSETS = Path(auth.__file__).parents[1] / "assets"


class Site:
    """The application with its accounts: "an" reads, "bình" edits, "chi" administers."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.settings, self.clock = settings, Clock()
        self.database = Database.open(str(folder / "people.sqlite3"))
        self.accounts = Accounts(
            self.database,
            passwords=CHEAP,
            attempts=Attempts(self.database, clock=self.clock),
        )
        self.sessions = Sessions(self.database, clock=self.clock)
        self.keys = Keys(self.database, clock=self.clock)
        for name, role in (("an", Role.READER), ("bình", Role.EDITOR), ("chi", Role.ADMINISTRATOR)):
            if self.accounts.find(name) is None:
                self.accounts.add(name, PASSWORD, role)
        self.app = application(self)

    def person(self, name: str) -> Person:
        return self.accounts.get(name).person

    def visit(
        self,
        method: str,
        path: str,
        *,
        base: str = OUTSIDE,
        client: str = OFFICE,
        headers: dict[str, str] | list[tuple[str, str]] | None = None,
        cookies: httpx.Cookies | dict[str, str] | None = None,
        data: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Send one request and return its answer, redirects unfollowed."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(client, 5))
            async with httpx.AsyncClient(transport=transport, base_url=base, cookies=cookies) as browser:
                return await browser.request(method, path, headers=headers, data=data, content=content)

        return asyncio.run(send())

    def log_in(self, name: str, password: str = PASSWORD, target: str = "", **options: Any) -> httpx.Response:
        return self.visit(
            "POST", "/login", data={"name": name, "password": password, "next": target}, **options
        )


def application(site: Site) -> FastAPI:
    """Routes of our own, a mounted folder, and a mounted application that takes all other paths, as Gradio does."""
    app = FastAPI()
    app.state.services = site
    errors.install(app)
    app.include_router(login.router)

    @app.get("/health/live")
    @app.get("/health/ready")
    @open_to_all
    def health() -> str:
        return "live"

    @app.get("/api/v1/health/ready")
    @app.api_route("/whoami", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
    def who(request: Request) -> dict[str, Any]:
        person: Person | None = getattr(request.state, "person", None)
        return {"id": person.id, "name": person.name, "role": int(person.role)} if person else {}

    @app.get("/corpus")
    def corpus(person: Annotated[Person, Depends(require(Role.EDITOR))]) -> str:
        return person.name

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("within")
        await socket.close()

    async def chat(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"within {request.url.path}")

    inner = [Route("/{path:path}", chat, methods=["GET", "POST"]), WebSocketRoute("/{path:path}", live)]
    app.mount("/files", open_to_all(StaticFiles(directory=ASSETS)))
    app.router.routes.append(Mount("/en", routes=inner))
    app.router.routes.append(Mount("/", routes=inner))
    app.add_middleware(Languages)
    app.add_middleware(
        Gate, settings=site.settings, accounts=site.accounts, sessions=site.sessions, keys=site.keys
    )
    app.add_middleware(Routed, routes=lambda: app.routes)
    app.add_middleware(
        Proxies, trusted=site.settings.trusted_proxies, root_path=site.settings.root_path, hosts=["*"]
    )
    return app


Build = Callable[..., Site]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Make the application with these settings: `build(login=True)`."""
    made: list[Site] = []

    def build(**settings: Any) -> Site:
        made.append(Site(tmp_path, Settings(**{"host": "0.0.0.0", "login": True, **settings})))
        return made[-1]

    yield build
    for site in made:
        site.database.close()


@pytest.fixture
def site(build: Build) -> Site:
    """Open to other machines, and with a login."""
    return build()


def to_login(answer: httpx.Response) -> str:
    """Return the `next` of the login page that an answer leads to, "" without one."""
    assert answer.status_code == 303, answer
    address = urlsplit(answer.headers["location"])
    assert (address.scheme, address.netloc, address.path) == ("", "", "/login")
    return parse_qs(address.query).get("next", [""])[0]


# closed by default


def test_somebody_unknown_is_told_to_log_in(site: Site) -> None:
    refused = site.visit("GET", "/corpus")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.json()["error"]["code"] == "login_required"


def test_a_page_leads_to_the_login_and_says_where_it_was(site: Site) -> None:
    assert to_login(site.visit("GET", "/", headers=HTML)) == ""
    assert to_login(site.visit("GET", "/articles/a/b?q=m%C6%B0%E1%BB%9Dng&x=1#s", headers=HTML)) == (
        "/articles/a/b?q=m%C6%B0%E1%BB%9Dng&x=1"
    )
    assert to_login(site.visit("GET", "/articles/M%C6%B0%E1%BB%9Dng%20%E1%BA%A2ng", headers=HTML)) == (
        "/articles/M%C6%B0%E1%BB%9Dng%20%E1%BA%A2ng"
    )
    assert to_login(site.visit("POST", "/whoami", headers=HTML)) == ""  # what was sent is lost anyway
    assert site.visit("GET", "/whoami", headers={"accept": "application/json"}).status_code == 401
    refused = site.visit("GET", "/whoami", headers={"accept": "*/*"})
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/json")
    assert set(refused.json()["error"]) == {"code", "vi", "en"}


# logging in and out


def test_a_login_opens_and_a_logout_closes(site: Site) -> None:
    page = site.visit("GET", "/login?next=/corpus%3Fq%3D1")
    assert page.status_code == 200
    assert '<html lang="vi">' in page.text and 'name="next" value="/corpus?q=1"' in page.text
    assert 'autocomplete="username"' in page.text and 'autocomplete="current-password"' in page.text
    assert 'role="alert"' not in page.text

    entered = site.log_in("BÌNH", target="/corpus?q=1")
    assert (entered.status_code, entered.headers["location"]) == (303, "/corpus?q=1")
    (cookie,) = entered.headers.get_list("set-cookie")
    assert re.fullmatch(
        r"pq_session=[\w-]{43}; HttpOnly; Max-Age=604800; Path=/; SameSite=Lax", cookie, re.ASCII
    )
    assert site.visit("GET", "/corpus", cookies=entered.cookies).json() == "bình"
    bình = site.person("bình")
    assert site.visit("GET", "/whoami", cookies=entered.cookies).json() == {
        "id": bình.id,
        "name": "bình",
        "role": 2,
    }
    again = site.visit("GET", "/login?next=/corpus", cookies=entered.cookies)
    assert (again.status_code, again.headers["location"]) == (303, "/corpus")

    left = site.visit("POST", "/logout", cookies=entered.cookies)
    assert (left.status_code, left.headers["location"]) == (303, "/login")
    assert 'pq_session=""; HttpOnly; Max-Age=0; Path=/; SameSite=Lax' in left.headers["set-cookie"]
    assert site.visit("GET", "/whoami", cookies=entered.cookies).status_code == 401
    assert to_login(site.visit("GET", "/corpus", cookies=entered.cookies, headers=HTML)) == "/corpus"


def test_a_refusal_says_the_same_of_a_name_and_of_a_password(site: Site) -> None:
    wrong = site.log_in("an", "không phải", target="/corpus")
    unknown = site.log_in("ai", "không phải", target="/corpus")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace('value="an"', 'value="ai"') == unknown.text
    assert re.search(r'<p class="pq-error" id="login-error" role="alert">[^<]+không đúng', wrong.text)
    assert "<title>Lỗi: Đăng nhập" in wrong.text
    assert wrong.text.count('aria-describedby="login-error"') == 2
    assert "không phải" not in wrong.text and 'value="/corpus"' in wrong.text
    assert "set-cookie" not in wrong.headers
    english = site.log_in("an", "không phải", cookies={"pq_lang": "en"})
    assert '<html lang="en">' in english.text and "The name or the password is not right" in english.text


def test_a_locked_account_says_how_long(site: Site) -> None:
    answers = [site.log_in("an", "không phải", client=f"198.51.100.{i}") for i in range(3)]
    assert [answer.status_code for answer in answers] == [401] * 3
    locked = site.log_in("an")
    assert (locked.status_code, locked.headers["retry-after"]) == (429, "1")
    assert "Hãy chờ 1 giây rồi thử lại." in locked.text
    for wait in (1, 2, 4, 8, 16, 32, 64):
        site.clock.forward(wait)
        assert site.log_in("an", "không phải").status_code == 401
    locked = site.log_in("an")
    assert (locked.status_code, locked.headers["retry-after"]) == (429, "900")
    assert "Hãy chờ 15 phút rồi thử lại." in locked.text
    assert site.log_in("bình").status_code == 303
    site.clock.forward(900)
    assert site.log_in("an").status_code == 303


def test_an_address_is_locked_by_what_the_trusted_proxy_says_it_is(build: Build) -> None:
    site = build(trusted_proxies=(PROXY,))
    through: dict[str, Any] = {"client": PROXY, "headers": {"x-forwarded-for": f"1.1.1.1, {OFFICE}"}}
    for i in range(20):
        assert site.log_in(f"người {i}", **through).status_code == 401
    assert site.log_in("an", **through).status_code == 429
    assert site.log_in("an", client=PROXY, headers={"x-forwarded-for": "198.51.100.9"}).status_code == 303
    forged = {"x-forwarded-for": "198.51.100.10"}  # from somebody who is no proxy: of no use
    assert site.log_in("an", client=OFFICE, headers=forged).status_code == 429


def test_a_session_ends_with_its_time(site: Site) -> None:
    cookies = site.log_in("an").cookies
    site.clock.forward(24 * 60 * 60 - 1)
    assert site.visit("GET", "/whoami", cookies=cookies).status_code == 200
    site.clock.forward(24 * 60 * 60)
    assert site.visit("GET", "/whoami", cookies=cookies).status_code == 401
    assert site.visit("GET", "/login", cookies=cookies).status_code == 200


def test_a_new_login_ends_the_session_before_it(site: Site) -> None:
    first = site.log_in("an").cookies
    second = site.log_in("bình", cookies=first).cookies
    assert site.visit("GET", "/whoami", cookies=first).status_code == 401
    assert site.visit("GET", "/whoami", cookies=second).json()["name"] == "bình"


def test_a_token_that_was_not_given_is_not_taken_over(site: Site) -> None:
    fixed = {"pq_session": "a" * 43}
    entered = site.log_in("an", cookies=fixed)
    assert entered.cookies["pq_session"] != fixed["pq_session"]
    assert site.visit("GET", "/whoami", cookies=fixed).status_code == 401


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name=an",
        b"name=%FF%FE&password=%FF",
        b"name=\xff&password=\xff",
        b"name=an&name=chi&password=x&next[]=1",
        b"&".join(b"%d=1" % i for i in range(100)),
        b"name=an&password=" + b"x" * 60_000,
        b"name=%00&password=%00%0D%0ASet-Cookie:a=b",
    ],
)
def test_whatever_form_is_sent_nobody_comes_in(site: Site, content: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = site.visit("POST", "/login", content=content, headers=headers)
    assert answer.status_code in (400, 401)
    assert "set-cookie" not in answer.headers


def test_what_is_typed_as_a_name_stays_text(site: Site) -> None:
    answer = site.log_in('"><script>alert(1)</script>', target='/"><img src=x onerror=alert(1)>')
    assert "<script>alert" not in answer.text and "<img" not in answer.text
    assert "&#34;&gt;&lt;script&gt;" in answer.text


# where a login leads to

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "/\u2028/evil.example",
    "/x\r\nSet-Cookie: a=b",
    "/" + "x" * 3_000,
    "/login",
    "/login/?next=/login",
    "/logout",
    "",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_login_leads_nowhere_else(site: Site, target: str) -> None:
    answer = site.log_in("an", target=target)
    assert answer.headers["location"] == "/"
    shown = site.visit("GET", "/login", headers=HTML, cookies=answer.cookies)
    assert shown.headers["location"] == "/"
    assert "a=b" not in "".join(answer.headers.get_list("set-cookie"))


@given(st.text(alphabet="/\\.:@?#%ae2fF5c\t\n\r \u2028é", max_size=12), st.sampled_from(["", "/hoi-dap"]))
def test_a_target_stays_on_this_host_and_under_the_root(text: str, root: str) -> None:
    """By the rules of browsers: tabs and line ends are left out, a backslash is a slash."""
    for target in (text, "/" + text, root + text):
        went = local_target(target, root)
        read = went.replace("\\", "/").translate({9: None, 10: None, 13: None})
        assert urlsplit(urljoin("http://hoidap.example.vn/login", read)).netloc == "hoidap.example.vn"
        assert went.startswith(f"{root}/")
        assert local_target(went, root) == went


def test_a_target_with_vietnamese_letters_is_found_again(site: Site) -> None:
    answer = site.log_in("an", target="/articles/Mường Ảng".replace(" ", "%20"))
    assert answer.headers["location"] == "/articles/M%C6%B0%E1%BB%9Dng%20%E1%BA%A2ng"


# keys


def test_a_key_lets_a_program_in(site: Site) -> None:
    key = site.keys.add("bình", "máy ghi", Role.READER)
    for said in (f"Bearer {key}", f"bearer  {key} "):
        answer = site.visit("POST", "/whoami", headers={"authorization": said})
        assert answer.json() == {"id": site.person("bình").id, "name": "bình", "role": 1}
    assert site.visit("GET", "/corpus", headers={"authorization": f"Bearer {key}"}).status_code == 403
    site.keys.revoke("bình", "máy ghi")
    assert site.visit("GET", "/whoami", headers={"authorization": f"Bearer {key}"}).status_code == 401


def test_a_key_that_is_wrong_is_not_made_good_by_a_cookie(site: Site) -> None:
    cookies = site.log_in("an").cookies
    key = site.keys.add("an", "máy ghi")
    for said in (f"Bearer {key[:-1]}", f"Bearer {key}x", "Bearer pq_"):
        headers = {"authorization": said}
        assert site.visit("GET", "/whoami", headers=headers, cookies=cookies).status_code == 401
    for said in (f"Basic {key}", key, f"Bearer{key}"):
        assert site.visit("GET", "/whoami", headers={"authorization": said}).status_code == 401
    twice = [("authorization", f"Bearer {key}"), ("authorization", f"Bearer {key}")]
    assert site.visit("GET", "/whoami", headers=twice).status_code == 401


# a proxy's word


def test_a_proxys_user_header_is_believed_from_the_proxy_alone(build: Build) -> None:
    site = build(user_header="X-Remote-User", trusted_proxies=("10.0.0.0/30", "2001:db8::1"))

    def who(name: str, client: str, **more: str) -> str | None:
        headers = [("x-remote-user", name.encode()), *more.items()]
        answer = site.visit("GET", "/whoami", client=client, headers=headers)  # type: ignore[arg-type]
        return answer.json()["name"] if answer.status_code == 200 else None

    for proxy in (PROXY, "10.0.0.2", "::ffff:10.0.0.1", "2001:db8::1"):
        assert who("Bình", proxy) == "bình"
    for other in (OFFICE, "10.0.0.4", "127.0.0.1", "::1", "2001:db8::2", "::ffff:10.0.0.9"):
        assert who("bình", other) is None
        assert who("bình", other, **{"x-forwarded-for": PROXY}) is None
    assert who("bình", PROXY, **{"x-forwarded-for": OFFICE}) == "bình"  # the proxy speaks for somebody else
    for name in ("ai", "", "bình, chi", "chi\x00", "an bình"):
        assert who(name, PROXY) is None


def test_two_user_headers_are_one_too_many(build: Build) -> None:
    site = build(user_header="X-Remote-User", trusted_proxies=(PROXY,))
    headers = [("x-remote-user", "an"), ("x-remote-user", "chi")]
    assert site.visit("GET", "/whoami", client=PROXY, headers=headers).status_code == 401
    raw = [("x-remote-user", b"\xff\xfe")]
    assert site.visit("GET", "/whoami", client=PROXY, headers=raw).status_code == 401  # type: ignore[arg-type]


def test_whom_the_proxy_names_is_not_overruled_by_a_cookie(build: Build) -> None:
    site = build(user_header="X-Remote-User", trusted_proxies=(PROXY,))
    cookies = site.log_in("chi").cookies

    def who(headers: dict[str, str]) -> str | None:
        answer = site.visit("GET", "/whoami", client=PROXY, cookies=cookies, headers=headers)
        return answer.json()["name"] if answer.status_code == 200 else None

    assert who({"x-remote-user": "an"}) == "an"
    assert who({"x-remote-user": "ai"}) is None
    assert who({}) == "chi"


def test_without_the_setting_no_header_names_anybody(build: Build) -> None:
    site = build(trusted_proxies=(PROXY,))
    for header in ("x-remote-user", "x-forwarded-user", "remote-user", "x-user", ""):
        headers = {header: "chi"} if header else {}
        assert site.visit("GET", "/whoami", client=PROXY, headers=headers).status_code == 401


# without a login


def test_this_machine_needs_no_login_and_is_nobody_elses_door(build: Build) -> None:
    site = build(host="127.0.0.1", login=False)
    here: dict[str, Any] = {"base": "http://127.0.0.1:7860", "client": "127.0.0.1"}
    answer = site.visit("GET", "/whoami", **here)
    assert answer.json() == {"id": LOCAL.id, "name": "", "role": 3}
    assert "set-cookie" not in answer.headers
    for base, client, headers in (
        (
            "http://127.0.0.1",
            "127.0.0.1",
            {"x-forwarded-for": OFFICE},
        ),  # a proxy that was left at its defaults
        ("http://127.0.0.1", "127.0.0.1", {"x-real-ip": OFFICE}),
        ("http://127.0.0.1", "127.0.0.1", {"via": "1.1 proxy"}),
        ("http://evil.example", "127.0.0.1", {}),  # a name that was made to point here
        ("http://127.0.0.1", OFFICE, {}),
    ):
        answer = site.visit("GET", "/whoami", base=base, client=client, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_local"), (base, headers)
    assert site.visit("GET", "/login?next=/corpus", **here).headers["location"] == "/corpus"
    assert site.log_in("an", target="/corpus", **here).headers["location"] == "/corpus"


def test_a_proxy_before_this_machine_brings_visitors_not_administrators(build: Build) -> None:
    site = build(host="127.0.0.1", login=False, trusted_proxies=("127.0.0.1",))
    headers = {"x-forwarded-for": OFFICE}
    answer = site.visit("GET", "/whoami", client="127.0.0.1", headers=headers)
    assert answer.json()["role"] == 1 and answer.json()["id"].startswith("visitor-")


def test_visitors_are_readers_each_with_their_own_id(build: Build) -> None:
    site = build(login=False)
    first, second = site.visit("GET", "/whoami"), site.visit("GET", "/whoami")
    (cookie,) = first.headers.get_list("set-cookie")
    assert re.fullmatch(
        r"pq_visitor=[\w-]{43}; HttpOnly; Max-Age=15552000; Path=/; SameSite=Lax", cookie, re.ASCII
    )
    assert first.json()["role"] == 1 and first.json()["name"] == ""
    assert first.json()["id"] != second.json()["id"]
    number = first.cookies["pq_visitor"]
    assert first.json()["id"] == "visitor-" + hashlib.sha256(number.encode()).hexdigest()[:32]
    again = site.visit("GET", "/whoami", cookies=first.cookies)
    assert again.json() == first.json() and "set-cookie" not in again.headers
    page = site.visit("GET", "/", cookies=first.cookies, headers=HTML)  # a page makes it last longer
    assert page.cookies["pq_visitor"] == number
    assert site.visit("GET", "/corpus", cookies=first.cookies).status_code == 403


@pytest.mark.parametrize("number", ["", "1", "a" * 42, "a" * 44, "ă" * 43, "a" * 42 + ";", "../" + "a" * 40])
def test_a_visitor_does_not_choose_a_number_that_can_be_guessed(build: Build, number: str) -> None:
    site = build(login=False)
    headers = [("cookie", f"pq_visitor={number}".encode())]
    answer = site.visit("GET", "/whoami", headers=headers)  # type: ignore[arg-type]
    assert len(answer.cookies["pq_visitor"]) == 43


# behind a proxy, on a sub-path, over TLS


@pytest.mark.parametrize("path", ["/hoi-dap", ""])
def test_on_a_sub_path_cookies_and_redirects_stay_on_it(build: Build, path: str) -> None:
    """Whether the proxy leaves the sub-path before the path or takes it away."""
    site = build(root_path="/hoi-dap", trusted_proxies=(PROXY,))
    headers = {"x-forwarded-proto": "https", "x-forwarded-for": OFFICE}
    closed = site.visit("GET", f"{path}/corpus?q=1", client=PROXY, headers={**headers, **HTML})
    assert closed.headers["location"] == "/hoi-dap/login?next=%2Fhoi-dap%2Fcorpus%3Fq%3D1"
    form = {"name": "bình", "password": PASSWORD, "next": "/hoi-dap/corpus?q=1"}
    entered = site.visit("POST", f"{path}/login", client=PROXY, headers=headers, data=form)
    assert entered.headers["location"] == "/hoi-dap/corpus?q=1"
    cookie = entered.headers["set-cookie"]
    assert cookie.endswith("; HttpOnly; Max-Age=604800; Path=/hoi-dap; SameSite=Lax; Secure")
    session = {"cookie": cookie.partition(";")[0]}
    assert site.visit("GET", f"{path}/corpus", client=PROXY, headers=session).json() == "bình"
    left = site.visit("POST", f"{path}/logout", client=PROXY, headers=session)
    assert left.headers["location"] == "/hoi-dap/login" and "Path=/hoi-dap;" in left.headers["set-cookie"]
    other = site.visit("POST", f"{path}/login", client=PROXY, data={**form, "next": "/mail"})
    assert other.headers["location"] == "/hoi-dap/"  # another service of the same host


# requests that another site's page sends


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),  # no browser
        ({"sec-fetch-site": "same-origin", "origin": OUTSIDE}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),  # mail.example.vn is not hoidap.example.vn
        ({"sec-fetch-site": "cross-site", "origin": OUTSIDE}, False),
        ({"origin": OUTSIDE}, True),
        ({"origin": f"{OUTSIDE}:80"}, True),
        ({"origin": "HTTP://HOIDAP.EXAMPLE.VN"}, True),
        ({"origin": f"{OUTSIDE}:8080"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": f"{OUTSIDE}.evil.example"}, False),
        ({"origin": "http://evil.example@hoidap.example.vn.evil"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://[::1"}, False),
        ({"origin": "file://"}, False),
    ],
)
def test_what_a_foreign_page_sends_is_refused(build: Build, headers: dict[str, str], passes: bool) -> None:
    site = build()
    cookies = site.log_in("chi").cookies
    local = build(host="127.0.0.1", login=False)  # where it matters without any cookie
    here: dict[str, Any] = {"base": "http://127.0.0.1", "client": "127.0.0.1"}
    there = {name: value.replace("hoidap.example.vn", "127.0.0.1") for name, value in headers.items()}
    there |= (
        {"origin": headers["origin"].replace("HOIDAP.EXAMPLE.VN", "127.0.0.1")}
        if "HTTP:" in str(headers)
        else {}
    )
    for method in ("POST", "DELETE"):
        for answer in (
            site.visit(method, "/whoami", headers=headers, cookies=cookies),
            local.visit(method, "/whoami", headers=there, **here),
        ):
            assert answer.status_code == (200 if passes else 403)
            assert passes or answer.json()["error"]["code"] == "cross_site"
    for method in ("GET", "HEAD", "OPTIONS"):
        assert site.visit(method, "/whoami", headers=headers, cookies=cookies).status_code == 200
    key = {"authorization": f"Bearer {site.keys.add('an', 'máy ghi')}"}  # which no foreign page can send
    assert site.visit("POST", "/whoami", headers={**headers, **key}, cookies=cookies).json()["name"] == "an"
    login = site.log_in("an", headers=headers)  # nor may it log somebody in as somebody else
    assert login.status_code == (303 if passes else 403)


# roles


def test_a_role_is_required(site: Site) -> None:
    statuses = {
        name: site.visit("GET", "/corpus", cookies=site.log_in(name).cookies).status_code
        for name in ("an", "bình", "chi")
    }
    assert statuses == {"an": 403, "bình": 200, "chi": 200}


def test_a_role_is_required_where_the_gate_is_missing() -> None:
    app = FastAPI()

    @app.get("/")
    def inside(person: Annotated[Person, Depends(require(Role.READER))]) -> str:
        return person.name

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OUTSIDE) as browser:
            return await browser.get("/")

    assert asyncio.run(send()).status_code == 401


def test_a_database_that_is_away_lets_nobody_in(site: Site) -> None:
    cookies = site.log_in("an").cookies

    class Away(Sessions):
        def person(self, token: str) -> Person | None:
            raise StorageError("database.newer", database="x", variable="y")

    closed = Gate(
        site.app, settings=site.settings, accounts=site.accounts, sessions=Away(site.database), keys=site.keys
    )
    answer = Site.visit(
        SimpleNamespace(app=closed),
        "GET",
        "/whoami",
        cookies=cookies,  # type: ignore[arg-type]
    )
    assert answer.status_code == 507 and answer.json()["error"]["code"] == "storage"


# over the wire


def served(app: Any) -> AbstractContextManager[int]:
    """A real server on a port of its own."""
    config = uvicorn.Config(app, log_level="error", lifespan="off", proxy_headers=False, http="h11")
    return running(uvicorn.Server(config))


def test_no_spelling_of_a_path_walks_around_the_gate(site: Site) -> None:
    """As they are on the wire: no client tidies them up."""
    closed = (
        "/login/../corpus /login/..%2fcorpus //login /LOGIN /login/ /login;x /login%00 /login%20 /%2flogin"
    )
    closed += " /health/live/../../corpus /health/live/ /files /filesx /Files/pages.css /en/files/pages.css"
    closed += (
        " /./login /.%2e/files/pages.css http://hoidap.example.vn/corpus http://x/login/../corpus \\files\\a"
    )
    within = "/files/../corpus /files/%2e%2e/corpus /files/..%5c..%5ccorpus /files//corpus /files/../../people.sqlite3"
    with served(site.app) as port:
        found = {}
        for path in f"{closed} {within} /login /%6cogin /files/pages.css".split():
            wire = http.client.HTTPConnection("127.0.0.1", port)
            wire.putrequest("GET", path, skip_host=True)
            wire.putheader("Host", "hoidap.example.vn")
            wire.endheaders()
            answer = wire.getresponse()
            found[path] = answer.status
            assert b"within" not in answer.read()
            wire.close()
    assert {path: found[path] for path in closed.split()} == dict.fromkeys(closed.split(), 401)
    assert {path: found[path] for path in within.split()} == dict.fromkeys(within.split(), 404)
    assert (found["/login"], found["/%6cogin"], found["/files/pages.css"]) == (200, 200, 200)


def test_websockets_are_closed_too(site: Site) -> None:
    cookie = f"pq_session={site.log_in('an').cookies['pq_session']}"
    with served(site.app) as port:

        def said(path: str, **headers: str) -> str | int:
            try:
                with connect(
                    f"ws://127.0.0.1:{port}{path}", additional_headers=headers, proxy=None, open_timeout=30
                ) as wire:
                    return str(wire.recv())
            except InvalidStatus as refused:
                return refused.response.status_code

        here = f"http://127.0.0.1:{port}"
        for path in ("/live", "/queue/join", "/en/x"):
            assert said(path) == 403
            assert said(path, Cookie=cookie) == "within"
            assert said(path, Cookie=cookie, Origin=here) == "within"
            assert said(path, Cookie=cookie, Origin="http://evil.example") == 403
            assert said(path, Cookie=cookie, **{"Sec-Fetch-Site": "cross-site"}) == 403
        for path in (
            "/login",
            "/health/live",
            "/files/x",
        ):  # whose websockets the chat's application would take
            assert said(path) == 403


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: install it (apt-get install chromium)")
def test_a_person_logs_in_over_plain_http_by_keyboard_alone(build: Build) -> None:
    """There browsers send no Sec-Fetch-Site, and Origin as the page's referrer policy has it."""
    from playwright.sync_api import sync_playwright

    site = build(hosts=("hoidap.example.vn",))
    with served(site.app) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--host-resolver-rules=MAP * 127.0.0.1", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 360, "height": 740})
        root = f"{OUTSIDE}:{port}"
        page.goto(f"{root}/articles/a?q=1")
        assert page.url == f"{root}/login?next=%2Farticles%2Fa%3Fq%3D1"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.keyboard.type("bình")
        page.keyboard.press("Tab")
        page.keyboard.type("không phải")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        assert "không đúng" in page.get_by_role("alert").inner_text()
        assert page.get_by_label("Tên đăng nhập").input_value() == "bình"
        assert page.evaluate("document.activeElement.name") == "password"
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{root}/articles/a?q=1")
        assert page.inner_text("body") == "within /articles/a"
        assert page.evaluate("document.cookie") == ""  # no script reads it
        hosts = page.evaluate(
            "targets => targets.map(target => new URL(target, location.href).host)",
            [local_target(target, "") for target in ELSEWHERE],
        )
        assert set(hosts) == {f"hoidap.example.vn:{port}"}
        browser.close()
