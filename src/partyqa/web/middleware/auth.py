"""Authentication. Every route is closed to somebody unknown, but for those that are declared open to all."""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from anyio import CapacityLimiter, to_thread
from fastapi import HTTPException
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from partyqa.errors import PartyQAError
from partyqa.i18n import message
from partyqa.service.auth.accounts import Accounts
from partyqa.service.auth.api_keys import PREFIX, Keys
from partyqa.service.auth.person import LOCAL, Person, Role
from partyqa.service.auth.sessions import Sessions
from partyqa.web.access import access_of
from partyqa.web.cookies import SESSION, VISITOR, set_cookie
from partyqa.web.errors import Problem, of_status, problem_of
from partyqa.web.middleware.csrf import bearer, is_foreign
from partyqa.web.middleware.login_redirect import LOGIN, login_address
from partyqa.web.middleware.proxy import is_local
from partyqa.web.middleware.size_limits import answer
from partyqa.web.paths import path_of
from partyqa.web.settings import Settings

VISITOR_LASTS = timedelta(days=180)  # since the last page that was opened
LOOKING_UP = 8  # requests that look somebody up in the database at the same moment

_VISITOR = re.compile(r"[A-Za-z0-9_-]{43}")

CROSS_SITE: Final = Problem(403, "cross_site", message("http.cross_site"))
PASSED_ON: Final = Problem(403, "not_local", message("http.not_local"))


class Gate:
    """ASGI middleware, inside of Routed and outside of everything that answers: sets `scope["state"]["person"]`.

    With `settings.login` that is the person a key, a trusted proxy or a login names. Without, it is LOCAL at an address
    of this machine, for requests from this machine; elsewhere (--no-login) a reader known by a cookie alone.
    """

    def __init__(
        self, app: ASGIApp, *, settings: Settings, accounts: Accounts, sessions: Sessions, keys: Keys
    ) -> None:
        self.app, self.settings = app, settings
        self.accounts, self.sessions, self.keys = accounts, sessions, keys
        self._looking_up = CapacityLimiter(LOOKING_UP)  # its own: questions may hold all other threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in with its person, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if is_foreign(connection):
            admitted: Response | Visit | None = answer(CROSS_SITE, scope)
        elif is_open(scope) and path_of(scope) != LOGIN:
            admitted = None  # no person is needed, and the database may be away
        else:
            try:
                admitted = await self._asked(connection) if self.settings.login else self._unasked(connection)
            except PartyQAError as error:
                admitted = answer(problem_of(error), scope)
        if isinstance(admitted, Response):
            await (admitted if scope["type"] == "http" else WebSocketClose(1008))(scope, receive, send)
            return
        await self.app(scope, receive, admitted.remembered(send) if admitted else send)

    def _unasked(self, connection: HTTPConnection) -> "Response | Visit | None":
        """Admit without a login: the machine's own user, a visitor, or nobody."""
        if self.settings.local:
            if is_local(connection.scope):
                connection.state.person = LOCAL
                return None
            if not self.settings.trusted_proxies:
                return answer(PASSED_ON, connection.scope)
        visit = Visit(connection)
        connection.state.person = visit.person
        return visit

    async def _asked(self, connection: HTTPConnection) -> Response | None:
        """Admit the people the database knows; the login page is there for the others."""
        person = await to_thread.run_sync(self._known, connection, limiter=self._looking_up)
        if person is not None:
            connection.state.person = person
            return None
        return None if is_open(connection.scope) else closed(connection)

    def _known(self, connection: HTTPConnection) -> Person | None:
        """Return the person of a request. A key or a proxy's word that is wrong is not made good by a cookie."""
        token = bearer(connection)
        if token is not None and token.startswith(PREFIX):
            return self.keys.person(token)
        if (named := self._named(connection)) is not None:
            account = self.accounts.find(named)
            return account.person if account else None
        session = connection.cookies.get(SESSION)
        return self.sessions.person(session) if session else None

    def _named(self, connection: HTTPConnection) -> str | None:
        """Return the person a trusted proxy names, "" where the name cannot be read; None where it names nobody."""
        proxied = connection.scope.get("state", {}).get("proxied", False)
        if not self.settings.user_header or not proxied:
            return None
        values = connection.headers.getlist(self.settings.user_header)
        if not any(values):
            return None
        if len(values) > 1:  # one of them is the client's own
            return ""
        try:
            return values[0].encode("latin-1").decode("utf-8")
        except UnicodeDecodeError:
            return ""


class Visit:
    """Somebody without an account, known again by a random number in a cookie.

    What is stored of the number is its digest: who reads the database cannot pass for them.
    """

    def __init__(self, connection: HTTPConnection) -> None:
        known = connection.cookies.get(VISITOR, "")
        self.known = _VISITOR.fullmatch(known) is not None
        self.number = known if self.known else secrets.token_urlsafe(32)
        self.connection = connection
        digest = hashlib.sha256(self.number.encode("ascii")).hexdigest()
        self.person = Person(f"visitor-{digest[:32]}", "", Role.READER)

    def remembered(self, send: Send) -> Send:
        """Return a `send` that sets the cookie: the first time, and again with each page, so that it lasts."""
        if self.connection.scope["type"] != "http" or (self.known and not wants_page(self.connection)):
            return send
        cookie = set_cookie(self.connection, VISITOR, self.number, VISITOR_LASTS)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        return send_with_cookie


def is_open(scope: Scope) -> bool:
    """Whether a request needs no login. No websocket is open."""
    return scope["type"] == "http" and access_of(scope).open


def closed(connection: HTTPConnection) -> Response:
    """Return the answer to somebody unknown: the way to the login for a page, 401 for all else."""
    if wants_page(connection):
        headers = {"Cache-Control": "no-store"}
        return RedirectResponse(login_address(connection), status_code=303, headers=headers)
    headers = {"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"}
    return answer(of_status(401, headers), connection.scope)


def wants_page(connection: HTTPConnection) -> bool:
    """Whether a browser opens a page; a form that is sent off after its login has ended is one too."""
    return connection.scope["type"] == "http" and "text/html" in connection.headers.get("accept", "")


def require(role: Role) -> Callable[[HTTPConnection], Person]:
    """Return the FastAPI dependency that gives the person of the request; 403 for a role below `role`, 401 for nobody.

    `person: Annotated[Person, Depends(require(Role.EDITOR))]`
    """

    def person_of(connection: HTTPConnection) -> Person:
        person: Person | None = getattr(connection.state, "person", None)
        if person is None:
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        if person.role < role:
            raise HTTPException(403)
        return person

    return person_of
