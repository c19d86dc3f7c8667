"""The two cookies: the token of a login, and the number by which somebody without an account is known again."""

from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Final

from starlette.requests import HTTPConnection

from partyqa.web.paths import root_of

SESSION: Final = "pq_session"
VISITOR: Final = "pq_visitor"


def set_cookie(connection: HTTPConnection, name: str, value: str, lasts: timedelta) -> str:
    """Return the Set-Cookie header: no script reads it, no other site sends it, over TLS nobody on the way sees it."""
    cookie: SimpleCookie = SimpleCookie()
    cookie[name] = value
    cookie[name]["path"] = root_of(connection) or "/"
    cookie[name]["max-age"] = int(lasts.total_seconds())
    cookie[name]["httponly"] = True
    cookie[name]["samesite"] = "Lax"
    if connection.scope.get("scheme") in ("https", "wss"):
        cookie[name]["secure"] = True
    return cookie[name].OutputString()


def drop_cookie(connection: HTTPConnection, name: str) -> str:
    """Return the Set-Cookie header that makes a browser forget."""
    return set_cookie(connection, name, "", timedelta(0))
