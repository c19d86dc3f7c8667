"""How much may be sent and how often: sizes against real bytes, buckets against a bucket counted by hand."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request, UploadFile
from hypothesis import given, settings
from hypothesis import strategies as st
from served import running
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partyqa.question.query import MAX_QUESTION
from partyqa.service.auth.person import LOCAL, Person, Role
from partyqa.web.access import Access, Price
from partyqa.web.middleware.rate_limits import Bucket, RateLimited, RateLimits
from partyqa.web.middleware.size_limits import (
    BODY,
    HEADER_BYTES,
    HEADERS,
    URL,
    UVICORN,
    SizeLimits,
)

LAN, ROSE = Person("lan", "Lan", Role.READER), Person("hong", "Hồng", Role.EDITOR)


def call(
    app: ASGIApp,
    *,
    path: str = "/",
    query: bytes = b"",
    method: str = "POST",
    headers: list[tuple[bytes, bytes]] | None = None,
    body: list[bytes] | None = None,
    client: str = "192.0.2.1",
    person: Person | None = None,
    price: Price = "read",
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Send one request, its body in these pieces; return status, headers and body of the answer."""
    pieces = body or [b""]
    sent: list[Message] = []

    async def receive() -> Message:
        if not pieces:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "client": (client, 5),
        "headers": headers or [],
        "state": {"access": Access(price=price)} | ({"person": person} if person else {}),
    }
    pieces = list(pieces)
    asyncio.run(app(scope, receive, send))
    start = next(message for message in sent if message["type"] == "http.response.start")
    assert sum(message["type"] == "http.response.start" for message in sent) == 1
    answered = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
    return start["status"], dict(start["headers"]), answered


async def fine(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def test_long_addresses_and_large_heads() -> None:
    limited = SizeLimits(fine, BODY)
    assert call(limited, path="/x", query=b"q" * (URL - 2))[0] == 204
    status, _, answered = call(limited, path="/x", query=b"q" * (URL - 1))
    assert (status, json.loads(answered)["error"]["code"]) == (414, "address_too_long")
    assert call(limited, headers=[(b"a", b"b")] * HEADERS)[0] == 204
    assert call(limited, headers=[(b"a", b"b")] * (HEADERS + 1))[0] == 431
    assert call(limited, headers=[(b"a", b"b" * (HEADER_BYTES - 1))])[0] == 204
    assert call(limited, headers=[(b"a", b"b" * HEADER_BYTES)])[0] == 431


def test_the_longest_question_fits_into_an_address_and_a_body() -> None:
    longest = "ệ" * MAX_QUESTION
    assert len(httpx.URL("http://a.vn/api/v1/search", params={"q": longest}).raw_path) < URL
    assert len(json.dumps({"question": longest, "turns": []})) < BODY


# Over a real socket, with FastAPI reading


def serving(app: ASGIApp) -> AbstractContextManager[int]:
    return running(uvicorn.Server(uvicorn.Config(app, log_level="critical", **UVICORN)))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = FastAPI()
    app.add_middleware(SizeLimits, max_body_size=10_000)

    @app.post("/json")
    async def take(body: dict[str, Any]) -> int:
        return len(body)

    @app.post("/upload", max_body_size=100_000)
    async def upload(file: UploadFile) -> int:
        return len(await file.read())

    @app.post("/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    @app.post("/unread")
    async def unread() -> StreamingResponse:
        return StreamingResponse(iter(["nothing was read"]))

    with serving(app) as port:
        yield port


def test_fastapi_never_sees_what_is_too_large(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        assert client.post("/json", json={"a": 1}).json() == 1
        assert client.post("/upload", files={"file": b"x" * 90_000}).json() == 90_000
        for path, content in (
            ("/json", b"[" * 20_000),
            ("/raw", b"x" * 3_000_000),
            ("/unread", b"x" * 20_000),
        ):
            got = client.post(path, content=content)
            assert (got.status_code, got.json()["error"]["code"]) == (413, "too_large")
        assert client.post("/upload", files={"file": b"x" * 100_000}).status_code == 413
        page = client.post("/raw", content=b"x" * 20_000, headers={"accept": "text/html,*/*"})
        assert page.headers["content-type"] == "text/plain; charset=utf-8"
        assert page.text.splitlines() == [
            "Nội dung gửi lên lớn hơn mức cho phép (9 KB); hãy gửi ít hơn hoặc chia nhỏ.",
            "The body is larger than allowed (9 KB); send less, or send it in parts.",
        ]
        form = {"content-type": "multipart/form-data; boundary=b"}
        head = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for path, size in (("/json", 20_000), ("/upload", 3_000_000), ("/raw", 3_000_000)):
            pieces = iter([head, *[b"x" * 1000] * (size // 1000)])
            got = client.post(path, content=pieces, headers=form if path == "/upload" else {})
            assert got.request.headers["transfer-encoding"] == "chunked"
            assert (got.status_code, got.json()["error"]["code"]) == (413, "too_large")
        assert client.post("/raw", content=b"x" * 10_000).json() == 10_000, "the connection still serves"


def test_a_head_without_end_is_cut_off(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        sent = 0
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            while sent < 50_000_000:
                sent += raw.send(b"x" * 10_000)
    assert sent < 5_000_000
    assert httpx.get(f"http://127.0.0.1:{port}/openapi.json").status_code == 200


# Buckets


class Clock:
    """throttled's two clocks, turned by hand."""

    now = 1_000_000.0

    def seconds(self) -> int:
        return int(self.now)

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("throttled.utils.now_sec", clock.seconds)
    monkeypatch.setattr("throttled.utils.now_mono_f", clock.monotonic)
    return clock


SMALL = RateLimits(
    person=Bucket(100, 10),
    address=Bucket(300, 20),
    local=Bucket(1000, 100),
    ask=20,
    event=10,
    upload=50,
    login=100,
    read=1,
)


def ask(app: ASGIApp, **options: Any) -> int:
    """Return 0 for a question that passes, else its Retry-After."""
    status, headers, _ = call(app, price="ask", **options)
    assert status in (204, 429)
    return int(headers[b"retry-after"]) if status == 429 else 0


def test_a_person_asks_until_the_bucket_is_empty_and_again_when_told(clock: Clock) -> None:
    app = RateLimited(fine, SMALL)
    assert [ask(app, person=LAN) for _ in range(6)] == [0, 0, 0, 0, 0, 2]
    clock.now += 1
    assert ask(app, person=LAN) == 1
    clock.now += 1
    assert ask(app, person=LAN) == 0
    assert ask(app, person=LAN) == 2
    clock.now += 3600
    assert [ask(app, person=LAN) for _ in range(6)] == [0, 0, 0, 0, 0, 2], "no more than full"


def test_what_a_refusal_says(clock: Clock) -> None:
    app = RateLimited(fine, replace(SMALL, person=Bucket(100, 3)))
    for _ in range(5):
        assert ask(app, person=LAN) == 0
    status, headers, answered = call(app, price="ask", person=LAN)
    assert (status, headers[b"retry-after"]) == (429, b"7")  # 20 tokens at 3 a second
    assert json.loads(answered) == {
        "error": {
            "code": "too_fast",
            "vi": "Bạn gửi yêu cầu nhanh quá; hãy chờ 7 giây rồi thử lại.",
            "en": "You send requests too fast; wait 7 s, then try again.",
        },
        "detail": "Bạn gửi yêu cầu nhanh quá; hãy chờ 7 giây rồi thử lại.",
    }


def test_people_do_not_pay_for_each_other_but_their_address_pays_for_both(clock: Clock) -> None:
    app = RateLimited(fine, SMALL)
    assert [ask(app, person=LAN) for _ in range(9)] == [0] * 5 + [2] * 4
    assert app.addresses.peek("192.0.2.1").remaining == 200, "what was refused took nothing from the office"
    assert [ask(app, person=ROSE) for _ in range(6)] == [0] * 5 + [2]
    assert [ask(app) for _ in range(6)] == [0] * 5 + [1], "nobody known: the address alone"
    assert ask(app, client="192.0.2.2") == 0
    other = Person("an", "An", Role.READER)
    assert ask(app, person=other) == 1
    assert app.people.peek("an").remaining == 80


def test_one_customer_has_one_bucket_with_ipv6(clock: Clock) -> None:
    app = RateLimited(fine, SMALL)
    turns = [ask(app, client=f"2001:db8:1:2::{number:x}") for number in range(16)]
    assert turns == [0] * 15 + [1]
    assert ask(app, client="2001:db8:1:3::1") == 0


def test_who_sits_at_the_machine_has_the_large_bucket_there_only(clock: Clock) -> None:
    app = RateLimited(fine, SMALL)
    assert [ask(app, person=LOCAL, client="127.0.0.1") for _ in range(51)] == [0] * 50 + [1]
    assert ask(app, person=LOCAL, client="::1") == 1, "the same owner"
    assert [ask(app, person=LOCAL) for _ in range(16)] == [0] * 15 + [1], "no login, another machine"


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["read", "ask", "login", "free"])), max_size=40),
    st.integers(1, 30),
)
def test_a_bucket_is_a_bucket(asked: list[tuple[int, Price]], rate: int) -> None:
    """Against a bucket counted in whole tokens: never more, and never less, than comes back."""
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("throttled.utils.now_sec", clock.seconds)
        patch.setattr("throttled.utils.now_mono_f", clock.monotonic)
        app = RateLimited(fine, replace(SMALL, address=Bucket(150, rate)))
        tokens = 150
        for later, price in asked:
            clock.now += later
            tokens = min(150, tokens + later * rate)
            cost = {"read": 1, "ask": 20, "login": 100, "free": 0}[price]
            passes = cost <= tokens
            state = {"access": Access(price=price)}
            scope: Scope = {"type": "http", "state": state, "client": ("192.0.2.1", 1)}
            wait = app.wait(scope)
            assert wait == (0 if passes else -((tokens - cost) // rate))
            tokens -= cost if passes else 0


def test_real_seconds_bring_tokens_back() -> None:
    app = RateLimited(fine, replace(SMALL, person=Bucket(100, 40)))
    assert [ask(app, person=LAN) for _ in range(5)] == [0] * 5
    while not (wait := ask(app, person=LAN)):
        pass  # a second has just passed
    time.sleep(wait)
    assert ask(app, person=LAN) == 0


def test_memory_stays_bounded_whoever_comes(clock: Clock) -> None:
    app = RateLimited(fine, replace(SMALL, buckets=50))
    backend: Any = app.addresses._store._backend
    for number in range(2000):
        scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "client": (f"10.0.{number // 256}.{number % 256}", 1),
        }
        assert app.wait(scope) == 0
        assert len(backend.get_client()) == len(backend.expire_info) == min(50, number + 1)


def test_buckets_that_are_full_again_are_forgotten(clock: Clock) -> None:
    app = RateLimited(fine, SMALL)
    backend: Any = app.people._store._backend
    for number in range(500):
        ask(app, person=Person(f"p{number}", "", Role.READER), client=f"10.0.{number // 256}.{number % 256}")
    assert len(backend.get_client()) == 500
    clock.now += 21  # twice the 10 s in which 100 tokens come back
    ask(app, person=LAN)
    assert list(backend.get_client()) == list(backend.expire_info) and len(backend.get_client()) == 1
    assert app.people.peek("lan").remaining == 80


def test_a_forgotten_bucket_was_full(clock: Clock) -> None:
    """Forgetting gives nobody tokens that had not come back."""
    app = RateLimited(fine, SMALL)
    for _ in range(5):
        ask(app, person=LAN)
    clock.now += 9
    for number in range(100):
        ask(app, person=Person(f"p{number}", "", Role.READER), client=f"10.0.0.{number}")
    assert app.people.peek("lan").remaining == 90


def test_a_bucket_that_never_pays_is_refused() -> None:
    for limits in (
        replace(SMALL, person=Bucket(99, 10)),
        replace(SMALL, address=Bucket(300, 0)),
        replace(SMALL, buckets=0),
        replace(SMALL, upload=301),
    ):
        with pytest.raises(ValueError, match="never pays"):
            RateLimited(fine, limits)
