"""Whether a page of another site sends this request, in the name of somebody who is known here.

Browsers say so in Sec-Fetch-Site (over TLS and on localhost) and in Origin. It matters without a cookie too: whoever
sits at the machine itself is let in without one, and so is a person named by a proxy.
"""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

READING = ("GET", "HEAD", "OPTIONS")
_PORTS = {"http": 80, "https": 443}


def is_foreign(connection: HTTPConnection) -> bool:
    """Whether a request that may change something, or a websocket, comes from a page of another site.

    A request with a key in its Authorization header is not: no foreign page can make a browser send that.
    """
    if connection.scope["type"] == "http" and connection.scope["method"] in READING:
        return False
    headers = connection.headers
    if bearer(connection) is not None:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and not _same(origin, headers.get("host", ""))


def bearer(connection: HTTPConnection) -> str | None:
    """Return what stands in `Authorization: Bearer ...`; None without that header, or with more than one."""
    values = connection.headers.getlist("authorization")
    if len(values) != 1:
        return None
    scheme, _, token = values[0].partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _same(origin: str, host: str) -> bool:
    """Whether `https://a.vn` names the host `a.vn` or `a.vn:443`; "null", a page without an origin, never does."""
    try:
        parts = urlsplit(origin)
        port = parts.port
        asked = urlsplit(f"//{host}")
        asked_port = asked.port
    except ValueError:
        return False
    default = _PORTS.get(parts.scheme)
    if default is None or parts.hostname is None or "@" in host:
        return False
    return (parts.hostname, port or default) == (asked.hostname, asked_port or default)
