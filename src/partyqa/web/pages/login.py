"""Logging in and out: one page, that says the same of a wrong name as of a wrong password."""

from typing import Protocol

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from partyqa.errors import AccountError, LockedError
from partyqa.i18n import texts
from partyqa.service.auth.accounts import Accounts
from partyqa.service.auth.sessions import Sessions
from partyqa.web.access import cost, open_to_all
from partyqa.web.cookies import SESSION, drop_cookie, set_cookie
from partyqa.web.middleware.login_redirect import LOGIN, LOGOUT, local_target
from partyqa.web.paths import root_of
from partyqa.web.settings import Settings
from partyqa.web.templating import language, render

HASHING = 2  # passwords checked at the same moment: each takes 64 MiB and a core
FIELD_BYTES = 8 * 1024

router = APIRouter(include_in_schema=False)

_hashing: RunVar[CapacityLimiter] = RunVar("partyqa.web.pages.login")


class LoginServices(Protocol):
    """What `request.app.state.services` holds for these routes."""

    settings: Settings
    accounts: Accounts
    sessions: Sessions


@router.get(LOGIN)
@cost("read")
@open_to_all
async def login_page(request: Request) -> Response:
    """Show the form; whoever is in already goes on."""
    target = local_target(request.query_params.get("next", ""), root_of(request))
    if getattr(request.state, "person", None) is not None:
        return _go(target)
    return _page(request, target)


@router.post(LOGIN)
@cost("login")
@open_to_all
async def log_in(request: Request) -> Response:
    """Check name and password; begin a session, or show the form again with one sentence."""
    services: LoginServices = request.app.state.services
    async with request.form(max_files=0, max_fields=8, max_part_size=FIELD_BYTES) as form:
        name, password, wanted = (str(form.get(field, "")) for field in ("name", "password", "next"))
    target = local_target(wanted, root_of(request))
    if not services.settings.login:
        return _go(target)
    address = request.client.host if request.client else ""

    def enter() -> str:
        person = services.accounts.enter(name, password, address)
        if replaced := request.cookies.get(SESSION):
            services.sessions.close(replaced)
        services.sessions.purge()
        services.accounts.attempts.purge()
        return services.sessions.open(person)

    try:
        token = await to_thread.run_sync(enter, limiter=_limiter())
    except LockedError as error:
        return _page(request, target, typed=name, status=429, wait=error.seconds)
    except AccountError:
        return _page(request, target, typed=name, status=401)
    response = _go(target)
    response.headers.append("set-cookie", set_cookie(request, SESSION, token, services.sessions.absolute))
    return response


@router.post(LOGOUT)
@cost("read")
async def log_out(request: Request) -> Response:
    """End the session here and in the browser."""
    services: LoginServices = request.app.state.services
    if token := request.cookies.get(SESSION):
        await to_thread.run_sync(services.sessions.close, token)
    response = _go(root_of(request) + LOGIN)
    response.headers.append("set-cookie", drop_cookie(request, SESSION))
    return response


def _page(request: Request, target: str, *, typed: str = "", status: int = 200, wait: int = 0) -> Response:
    """Return the form; a `status` that is not 200 says why it is shown again, `wait` seconds are to be waited."""
    t = texts(language(request))
    refusal = ""
    if wait:
        refusal = (
            t("login.wait_minutes", minutes=-(-wait // 60)) if wait > 90 else t("login.wait", seconds=wait)
        )
    elif status != 200:
        refusal = t("login.wrong")
    response = render(request, "login.html", status, target=target, typed=typed, said=refusal)
    response.headers["Cache-Control"] = "no-store"
    if wait:
        response.headers["Retry-After"] = str(wait)
    elif status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _go(target: str) -> RedirectResponse:
    return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})


def _limiter() -> CapacityLimiter:
    """Return the limiter of this event loop."""
    limiter = _hashing.get(None)
    if limiter is None:
        limiter = CapacityLimiter(HASHING)
        _hashing.set(limiter)
    return limiter
