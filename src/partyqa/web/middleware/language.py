"""In which language a page is: the one its address names, else the one chosen last, else Vietnamese."""

from datetime import timedelta

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from partyqa.i18n import LANGUAGES, language_of
from partyqa.web.cookies import set_cookie
from partyqa.web.templating import LANG_PARAMETER

COOKIE = "pq_lang"
LASTS = timedelta(days=365)


class Languages:
    """ASGI middleware: sets `scope["state"]["lang"]`; a language named in the address is remembered in a cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the language and pass the request on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        named = connection.query_params.get(LANG_PARAMETER)
        known = connection.cookies.get(COOKIE)
        connection.state.lang = language_of(named or known)
        if named not in LANGUAGES or named == known or scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        cookie = set_cookie(connection, COOKIE, named, LASTS)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_cookie)
