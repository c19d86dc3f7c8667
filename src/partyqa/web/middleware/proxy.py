"""Who really asks, over what and under which name: the word of a proxy, believed only from those that are trusted.

uvicorn's own ProxyHeadersMiddleware is not used: it takes whatever text stands in X-Forwarded-For for the client's
address, leaves the headers of untrusted peers for Gradio to believe, and does not know `::ffff:10.0.0.1` for 10.0.0.1.
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from partyqa.errors import PartyQAError
from partyqa.i18n import message
from partyqa.service.auth.addresses import LOOPBACK_HOSTS, Address, parsed
from partyqa.web.errors import Problem

Network = IPv4Network | IPv6Network

FORWARDED = frozenset({b"forwarded", b"x-real-ip", b"x-gradio-server"})
"""What may claim another client or address besides `x-forwarded-*`; the application never sees any of them."""

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(?::[0-9]{1,5})?")
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+){1,8}")
_ADDRESS = re.compile(r"(?:\[([^\[\]]+)\]|([0-9.]+))(?::[0-9]{1,5})?")


class ForwardedError(ValueError):
    """A trusted proxy says what cannot be read; the text names the header."""


class Proxies:
    """ASGI middleware, the outermost: sets client, scheme, Host and root path, and refuses a foreign Host.

    After it `scope["client"]` is the person's own address, `scope["path"]` begins with `scope["root_path"]`, and no
    header of forwarding is left. `scope["state"]["proxied"]` says that a trusted proxy speaks (the user header may be
    believed), `scope["state"]["direct"]` that no proxy shows, trusted or not.
    """

    def __init__(
        self, app: ASGIApp, *, trusted: Sequence[str] = (), root_path: str = "", hosts: Sequence[str] = ()
    ) -> None:
        """`trusted`: addresses or networks (`10.0.0.0/8`); `hosts`: names, `*.example.vn`, `*` for all.

        Raises PartyQAError for a network, a name or a root path that is none.
        """
        self.app = app
        self.trusted = networks(trusted)
        self.root_path = prefix_of(root_path)
        self.hosts = host_patterns(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Mend the scope in place, as uvicorn's own middleware does, so that its access log is right too."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        try:
            self._mend(scope)
        except ForwardedError as error:
            await _unreadable(error).response()(scope, receive, send)
            return
        host = host_name(Headers(scope=scope).get("host", ""))
        if not any(_fits(host, pattern) for pattern in self.hosts):
            await _foreign(host).response()(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _mend(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        peer = _peer(scope)
        proxied = peer is not None and any(peer in network for network in self.trusted)
        scope.setdefault("state", {}).update(proxied=proxied, direct=not (proxied or _passed_on(scope)))
        scope["headers"] = [(name, value) for name, value in scope["headers"] if not _forwards(name)]
        root = self.root_path
        if proxied:
            peer = client_of(headers.getlist("x-forwarded-for"), self.trusted) or peer
            if scheme := _last(headers, "x-forwarded-proto"):
                scope["scheme"] = _scheme(scheme, scope["type"])
            if host := _last(headers, "x-forwarded-host"):
                _set_host(scope, host)
            root = root or _forwarded_prefix(_last(headers, "x-forwarded-prefix"))
        if peer is not None:
            scope["client"] = (str(peer), scope["client"][1] if scope.get("client") else 0)
        if root:
            _set_root(scope, root)


def is_local(scope: Scope) -> bool:
    """Whether the request comes from this very machine, through no proxy, and names it as such.

    A foreign site's name can be made to point at 127.0.0.1, and a proxy on this machine speaks from there for others.
    """
    host = host_name(Headers(scope=scope).get("host", ""))
    peer = _peer(scope)
    direct = scope.get("state", {}).get("direct", False)
    return bool(direct and peer is not None and peer.is_loopback and host in LOOPBACK_HOSTS)


def client_of(values: Sequence[str], trusted: Sequence[Network]) -> Address | None:
    """Return the client of the headers X-Forwarded-For: the rightmost address that is no trusted proxy.

    Each proxy appends who spoke to it, so what stands left of that address may be made up. Where all are trusted the
    leftmost is the client; None where no address is named. Raises ForwardedError for what is no address.
    """
    client = None
    for entry in reversed([part.strip() for value in values for part in value.split(",")]):
        if not entry:
            continue
        client = _address(entry)
        if not any(client in network for network in trusted):
            break
    return client


def networks(names: Sequence[str]) -> tuple[Network, ...]:
    """Return the networks of `127.0.0.1`, `10.0.0.0/8`, `::1`; raises PartyQAError for what is none."""
    found: list[Network] = []
    for name in names:
        try:
            found.append(ip_network(name.strip()))
        except ValueError as error:
            raise PartyQAError("web.bad_network", name=name) from error
    return tuple(found)


def prefix_of(path: str) -> str:
    """Return a root path without a slash at its end, `/` as none; raises PartyQAError for what is none."""
    root = path.strip().rstrip("/")
    if root and not _PREFIX.fullmatch(root):
        raise PartyQAError("web.bad_root_path", path=path)
    return root


def host_patterns(hosts: Sequence[str]) -> tuple[str, ...]:
    """Return names in small letters and the machine's own; raises PartyQAError for what is no name."""
    patterns = [host.strip().lower() for host in hosts]
    for pattern in patterns:
        name = pattern.removeprefix("*.")
        if pattern != "*" and host_name(name) != name:
            raise PartyQAError("web.bad_host", pattern=pattern)
    return (*patterns, *LOOPBACK_HOSTS)


def host_name(header: str) -> str:
    """Return the name of a Host header in small letters, without its port; empty where it is no name."""
    match = _HOST.fullmatch(header)
    return match[1].lower() if match else ""


def _fits(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return host != "" and pattern in ("*", host)


def _forwards(name: bytes) -> bool:
    return name.startswith(b"x-forwarded-") or name in FORWARDED


def _passed_on(scope: Scope) -> bool:
    """Whether a request shows a proxy's hand: nginx, left at its defaults, speaks HTTP/1.0, which no browser does."""
    names = [name for name, _ in scope["headers"]]
    return scope.get("http_version") == "1.0" or b"via" in names or any(map(_forwards, names))


def _peer(scope: Scope) -> Address | None:
    """Return who holds the other end of the connection; None where that is no address, as in tests."""
    client = scope.get("client")
    return parsed(client[0]) if client else None


def _address(entry: str) -> Address:
    """Read `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]` or `[::1]:80`."""
    with_port = _ADDRESS.fullmatch(entry)
    found = parsed(with_port[1] or with_port[2] if with_port else entry)
    if found is None:
        raise ForwardedError("X-Forwarded-For")
    return found


def _last(headers: Headers, name: str) -> str:
    """Return the last value of a header that may be a list: what the nearest proxy wrote."""
    values = headers.getlist(name)
    return values[-1].rpartition(",")[2].strip() if values else ""


def _scheme(value: str, kind: str) -> str:
    if value.lower() not in ("http", "https"):
        raise ForwardedError("X-Forwarded-Proto")
    return value.lower().replace("http", "ws") if kind == "websocket" else value.lower()


def _set_host(scope: Scope, host: str) -> None:
    if not host_name(host):
        raise ForwardedError("X-Forwarded-Host")
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    scope["headers"] = [(b"host", host.lower().encode("ascii")), *others]


def _forwarded_prefix(value: str) -> str:
    root = value.rstrip("/")
    if root and not _PREFIX.fullmatch(root):
        raise ForwardedError("X-Forwarded-Prefix")
    return root


def _set_root(scope: Scope, root: str) -> None:
    """Put the root before the path, as ASGI wants it, unless the proxy has left it there."""
    scope["root_path"] = root
    path = scope["path"]
    if path == root or path.startswith(f"{root}/"):
        return
    scope["path"] = root + path
    scope["raw_path"] = root.encode("ascii") + (scope.get("raw_path") or quote(path).encode("ascii"))


def _unreadable(error: ForwardedError) -> Problem:
    return Problem(400, "forwarded", message("http.forwarded", header=error))


def _foreign(host: str) -> Problem:
    return Problem(400, "host", message("http.host", host=host))
