"""Who asks, when a proxy speaks for them: forwarded headers, Host, the path's root."""

import asyncio
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from partyqa.errors import PartyQAError
from partyqa.web.middleware.proxy import (
    ForwardedError,
    Proxies,
    client_of,
    host_name,
    host_patterns,
    is_local,
    networks,
    prefix_of,
)
from partyqa.web.paths import path_of

TRUSTED = ("127.0.0.1", "10.0.0.0/8", "fd00::/8")
NETWORKS = networks(TRUSTED)
STRANGER = "203.0.113.9"


async def mirror(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what the application is given to see."""
    seen = {
        "client": scope["client"][0] if scope["client"] else None,
        "scheme": scope["scheme"],
        "path": scope["path"],
        "raw_path": scope["raw_path"].decode(),
        "root": scope["root_path"],
        "plain": path_of(scope),
        "url": str(Request(scope).url),
        "headers": sorted(name.decode() for name, _ in scope["headers"]),
        "state": scope["state"],
        "local": is_local(scope),
    }
    await JSONResponse(seen)(scope, receive, send)


def ask(
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    *,
    peer: str = "127.0.0.1",
    path: str = "/hoi",
    host: str = "hoidap.example.vn",
    **options: Any,
) -> httpx.Response:
    """Send one request through the middleware as if `peer` held the other end."""
    app = Proxies(mirror, **{"trusted": TRUSTED, "hosts": ("*",), **options})
    transport = httpx.ASGITransport(app, client=(peer, 5000))

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.get(path, headers=list(dict(headers).items()) if headers else None)

    return asyncio.run(send())


EVERY_HEADER = {
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "cong.example.vn",
    "X-Forwarded-Prefix": "/hoi-dap",
    "X-Forwarded-Port": "444",
    "Forwarded": "for=198.51.100.8",
    "X-Real-IP": "198.51.100.9",
    "X-Gradio-Server": "http://evil.example",
}


def test_a_trusted_proxy_is_believed() -> None:
    seen = ask(EVERY_HEADER).json()
    assert seen["client"] == "198.51.100.7"
    assert seen["scheme"] == "https"
    assert (seen["root"], seen["path"], seen["raw_path"], seen["plain"]) == (
        "/hoi-dap",
        "/hoi-dap/hoi",
        "/hoi-dap/hoi",
        "/hoi",
    )
    assert seen["url"] == "https://cong.example.vn/hoi-dap/hoi"
    assert seen["state"] == {"proxied": True, "direct": False}
    assert not seen["local"]
    assert not [name for name in seen["headers"] if "forwarded" in name or "real" in name or "gradio" in name]


def test_an_untrusted_peer_is_not_believed_and_its_claims_are_taken_away() -> None:
    seen = ask(EVERY_HEADER, peer=STRANGER).json()
    assert seen["client"] == STRANGER
    assert seen["url"] == "http://hoidap.example.vn/hoi"
    assert (seen["root"], seen["path"]) == ("", "/hoi")
    assert seen["state"] == {"proxied": False, "direct": False}
    assert not [name for name in seen["headers"] if "forwarded" in name or "real" in name or "gradio" in name]


def test_nobody_is_believed_by_default() -> None:
    seen = ask(EVERY_HEADER, trusted=(), host="127.0.0.1").json()
    assert (seen["client"], seen["scheme"], seen["root"]) == ("127.0.0.1", "http", "")
    assert not seen["local"], "it was passed on by somebody: whoever that is, it is not the machine's owner"


@pytest.mark.parametrize("peer", ["127.0.0.1", "::ffff:127.0.0.1", "10.20.30.40", "fd00::1"])
def test_trusted_peers(peer: str) -> None:
    assert ask({"X-Forwarded-For": STRANGER}, peer=peer).json()["client"] == STRANGER


@pytest.mark.parametrize("peer", ["127.0.0.2", "11.0.0.1", "fe80::1", "::2"])
def test_untrusted_peers(peer: str) -> None:
    assert ask({"X-Forwarded-For": STRANGER}, peer=peer).json()["client"] == peer


@pytest.mark.parametrize(
    ("values", "client"),
    [
        ((), None),
        (("",), None),
        ((" , ,",), None),
        (("203.0.113.9",), "203.0.113.9"),
        (("1.1.1.1, 203.0.113.9",), "203.0.113.9"),
        (("1.1.1.1", "203.0.113.9, 10.0.0.1"), "203.0.113.9"),
        (("203.0.113.9, 10.0.0.1", "127.0.0.1"), "203.0.113.9"),
        (("<script>, 203.0.113.9",), "203.0.113.9"),
        (("10.0.0.3, 10.0.0.2",), "10.0.0.3"),
        (("203.0.113.9:4711",), "203.0.113.9"),
        (("2001:db8::5",), "2001:db8::5"),
        (("[2001:db8::5]",), "2001:db8::5"),
        (("[2001:db8::5]:4711",), "2001:db8::5"),
        (("203.0.113.9, ::ffff:10.0.0.1",), "203.0.113.9"),
        (("1.1.1.1, ::ffff:203.0.113.9",), "203.0.113.9"),
        (("fe80::7%eth0",), "fe80::7"),
    ],
)
def test_the_client_is_the_rightmost_address_that_is_no_trusted_proxy(
    values: tuple[str, ...], client: str | None
) -> None:
    found = client_of(values, NETWORKS)
    assert (str(found) if found else None) == client


@pytest.mark.parametrize(
    "value",
    [
        *("unknown", "_hidden", "1.2.3", "1.2.3.4:x", "[::1", "[::1]80", "::1]:80", "1.2.3.4 5", "01.2.3.4"),
        *("203.0.113.9, nonsense", "nonsense, 10.0.0.1", "http://1.2.3.4", "１.2.3.4", "1.2.3.4:123456"),
    ],
)
def test_what_is_no_address_is_refused_where_it_decides(value: str) -> None:
    with pytest.raises(ForwardedError):
        client_of([value], NETWORKS)


addresses = st.one_of(st.integers(0, 2**32 - 1).map(IPv4Address), st.integers(0, 2**128 - 1).map(IPv6Address))
strangers = addresses.filter(
    lambda address: (
        not any(address in network for network in NETWORKS)
        and not (isinstance(address, IPv6Address) and address.ipv4_mapped)
    )
)
proxies = st.sampled_from(
    ["127.0.0.1", "10.0.0.1", "10.255.0.9:81", "fd00::1", "[fdff::2]:99", "::ffff:10.1.1.1"]
)
made_up = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=30)


@given(spoofed=made_up, client=strangers, chain=st.lists(proxies, max_size=4), cut=st.integers(0, 5))
def test_whatever_a_client_makes_up_its_own_address_counts(
    spoofed: str, client: IPv4Address | IPv6Address, chain: list[str], cut: int
) -> None:
    """What stands left of the address that the first trusted proxy wrote is the client's own invention."""
    entries = [*spoofed.split(","), str(client), *chain]
    values = [part for part in (", ".join(entries[:cut]), ", ".join(entries[cut:])) if part]
    assert client_of(values, NETWORKS) == client


@given(st.lists(made_up, max_size=3), st.sampled_from([STRANGER, "127.0.0.1"]))
def test_no_header_breaks_the_middleware(values: list[str], peer: str) -> None:
    """Any text in any forwarded header: an answer with an address in it, or 400 in the form of all errors."""
    names = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix")
    status, client = 0, None
    sent: list[Any] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal status, client
        status, client = 200, scope["client"][0]
        assert scope["scheme"] in ("http", "https")
        assert scope["path"].startswith(scope["root_path"] + "/")

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    for name in names:
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "http_version": "1.1",
            "path": "/x",
            "raw_path": b"/x",
            "query_string": b"",
            "root_path": "",
            "client": (peer, 1),
            "headers": [(b"host", b"a.vn"), *((name.encode(), value.encode("latin-1")) for value in values)],
        }
        sent.clear()
        status = 0
        asyncio.run(Proxies(inner, trusted=TRUSTED, hosts=("*",))(scope, receive, send))
        if status == 200:
            assert client is not None
            assert IPv4Address(client) or IPv6Address(client)
        else:
            assert sent[0]["status"] == 400
            assert peer == "127.0.0.1", "an untrusted peer's claims are not even read"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Forwarded-For", "unknown"),
        ("X-Forwarded-Proto", "gopher"),
        ("X-Forwarded-Host", "a b"),
        ("X-Forwarded-Host", "evil.example/x@hoidap.example.vn"),
        ("X-Forwarded-Prefix", "//evil.example"),
        ("X-Forwarded-Prefix", "/a/../b"),
        ("X-Forwarded-Prefix", "https://evil.example"),
        ("X-Forwarded-Prefix", '/"><script>'),
    ],
)
def test_a_proxy_that_cannot_be_understood_is_told_so(name: str, value: str) -> None:
    got = ask({name: value})
    assert got.status_code == 400
    error = got.json()["error"]
    assert error["code"] == "forwarded"
    assert name in error["vi"] and name in error["en"]


def test_the_last_word_of_a_list_is_the_proxys_own() -> None:
    seen = ask(
        {"X-Forwarded-Proto": "http, https", "X-Forwarded-Host": "evil.example, hoidap.example.vn"}
    ).json()
    assert seen["url"] == "https://hoidap.example.vn/hoi"


@pytest.mark.parametrize(
    ("path", "mended", "plain"),
    [
        ("/", "/hoi-dap/", "/"),
        ("/articles/a%2Fb", "/hoi-dap/articles/a/b", "/articles/a/b"),
        ("/hoi-dap/login", "/hoi-dap/login", "/login"),  # a proxy that leaves the prefix there
        ("/hoi-dapx", "/hoi-dap/hoi-dapx", "/hoi-dapx"),
    ],
)
def test_the_path_begins_with_the_root_once(path: str, mended: str, plain: str) -> None:
    seen = ask(path=path, root_path="/hoi-dap/", peer=STRANGER).json()
    assert (seen["path"], seen["root"], seen["plain"]) == (mended, "/hoi-dap", plain)


def test_the_raw_path_keeps_its_percents() -> None:
    assert ask(path="/articles/a%2Fb", root_path="/hoi-dap").json()["raw_path"] == "/hoi-dap/articles/a%2Fb"


def test_the_settings_root_goes_before_what_a_header_says() -> None:
    assert ask({"X-Forwarded-Prefix": "/khac"}, root_path="/hoi-dap").json()["root"] == "/hoi-dap"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("a.vn", "a.vn"),
        ("A.VN:8080", "a.vn"),
        ("127.0.0.1:7860", "127.0.0.1"),
        ("[::1]:7860", "[::1]"),
        ("", ""),
        ("a.vn:port", ""),
        ("a.vn:123456", ""),
        ("127.0.0.1@evil.example", ""),
        ("evil.example#127.0.0.1", ""),
        ("a.vn/x", ""),
        ("a.vn, b.vn", ""),
        ("đảng.vn", ""),
    ],
)
def test_a_name_out_of_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("hoidap.example.vn", True),
        ("HOIDAP.example.vn:8443", True),
        ("a.tinh.example.vn", True),
        ("tinh.example.vn", False),
        ("xtinh.example.vn", False),
        ("evil.example", False),
        ("hoidap.example.vn.evil.example", False),
        ("127.0.0.1", True),
        ("localhost:7860", True),
        ("[::1]:7860", True),
        ("10.0.0.5", False),
    ],
)
def test_only_names_of_this_server_are_answered(host: str, allowed: bool) -> None:
    got = ask(host=host, hosts=("Hoidap.example.vn", "*.tinh.example.vn"))
    assert got.status_code == (200 if allowed else 400)
    if not allowed:
        error = got.json()["error"]
        assert error["code"] == "host"
        assert repr(host_name(host)) in error["vi"]


def test_a_forwarded_name_is_held_against_the_list_too() -> None:
    assert ask({"X-Forwarded-Host": "evil.example"}, hosts=("hoidap.example.vn",)).status_code == 400


def test_without_names_only_this_machine_is_answered() -> None:
    assert ask(host="localhost", hosts=()).status_code == 200
    assert ask(host="hoidap.example.vn", hosts=()).status_code == 400


@pytest.mark.parametrize(
    ("peer", "host", "trusted", "headers", "local"),
    [
        ("127.0.0.1", "127.0.0.1:7860", (), {}, True),
        ("::1", "[::1]:7860", (), {}, True),
        ("::ffff:127.0.0.1", "localhost", (), {}, True),
        ("127.0.0.1", "evil.example", (), {}, False),  # a foreign name that was made to point here
        ("192.0.2.4", "127.0.0.1", (), {}, False),
        ("127.0.0.1", "127.0.0.1", ("127.0.0.1",), {}, False),  # the trusted proxy, saying nothing
        ("127.0.0.1", "127.0.0.1", ("127.0.0.1",), {"X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", "127.0.0.1", (), {"X-Forwarded-For": "127.0.0.1"}, False),  # a proxy nobody told us of
        ("127.0.0.1", "127.0.0.1", (), {"Via": "1.1 squid"}, False),
    ],
)
def test_who_sits_at_this_machine(
    peer: str, host: str, trusted: tuple[str, ...], headers: dict[str, str], local: bool
) -> None:
    assert ask(headers, peer=peer, host=host, trusted=trusted).json()["local"] is local


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (lambda value: networks([value]), "10.0.0.1/8"),
        (lambda value: networks([value]), "proxy.example.vn"),
        (lambda value: networks([value]), "*"),
        (prefix_of, "hoi-dap"),
        (prefix_of, "/hỏi"),
        (prefix_of, "https://a.vn/x"),
        (prefix_of, "/a//b"),
        (lambda value: host_patterns([value]), "https://a.vn"),
        (lambda value: host_patterns([value]), "a.vn:80"),
        (lambda value: host_patterns([value]), "a.*.vn"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_start(make: Any, value: str) -> None:
    with pytest.raises(PartyQAError) as caught:
        make(value)
    assert repr(value) in caught.value.vi and repr(value) in caught.value.en


def test_roots_are_written_one_way() -> None:
    assert [prefix_of(path) for path in ("", "/", "/a", "/a/", "/a/b.c/", " /a ")] == [
        "",
        "",
        "/a",
        "/a",
        "/a/b.c",
        "/a",
    ]
