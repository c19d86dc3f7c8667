"""The whole application: every route, and what a request passes through before it gets there."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import gradio as gr
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from partyqa.i18n import Language, texts
from partyqa.version import __version__
from partyqa.web import errors
from partyqa.web.access import Routed, cost, open_to_all
from partyqa.web.api import health, not_found, openai, v1
from partyqa.web.api.mcp import mcp_app
from partyqa.web.chat.page import assets, build_page, theme
from partyqa.web.middleware import metrics
from partyqa.web.middleware.auth import Gate
from partyqa.web.middleware.gradio_routes import only_the_page
from partyqa.web.middleware.language import Languages
from partyqa.web.middleware.metrics import Observed
from partyqa.web.middleware.proxy import Proxies
from partyqa.web.middleware.rate_limits import RateLimited
from partyqa.web.middleware.request_log import RequestLog
from partyqa.web.middleware.security_headers import ClosingHeaders
from partyqa.web.middleware.size_limits import BODY, SizeLimits
from partyqa.web.pages import articles, export, library, login, metadata, originals
from partyqa.web.paths import root_of
from partyqa.web.services import Services

ASSETS = Path(__file__).parent / "assets"
PAGES: tuple[tuple[str, Language], ...] = (
    ("/en", "en"),
    ("/", "vi"),
)  # the one that takes all paths comes last


ROUTERS = tuple(
    module.router
    for module in (v1, openai, health, metrics, login, articles, originals, export, metadata, library)
)


def build_app(services: Services, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """Return the application around the services, closed by default; it closes them when it is shut down."""
    settings = services.settings
    app = FastAPI(
        title="partyqa",
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # their pages come from another host
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.services, app.state.gradio, app.state.stopping = services, [], False
    errors.install(app)
    cost("read")(app.routes[0].endpoint)  # type: ignore[attr-defined]  # FastAPI's own, of the OpenAPI document
    for router in routers:
        app.include_router(router)
    app.mount("/files", cost("free")(open_to_all(StaticFiles(directory=ASSETS))), name="files")
    app.state.mcp = cost("ask")(mcp_app(services.serving, hosts=None))  # Proxies has looked at the Host
    app.router.routes.append(Route("/mcp", app.state.mcp))
    app.router.routes.extend(not_found.routes)
    app.router.routes.append(Route("/en", _with_a_slash))
    for path, lang in PAGES:
        _mount_page(app, services, path, lang)
    # The first to be added is the innermost.
    app.add_middleware(Languages)
    app.add_middleware(RateLimited, limits=settings.rates)
    app.add_middleware(
        Gate, settings=settings, accounts=services.accounts, sessions=services.sessions, keys=services.keys
    )
    app.add_middleware(SizeLimits, max_body_size=BODY)
    app.add_middleware(Observed, metrics=services.metrics)
    app.add_middleware(Routed, routes=lambda: app.routes)
    app.add_middleware(ClosingHeaders)
    app.add_middleware(RequestLog)
    app.add_middleware(
        Proxies, trusted=settings.trusted_proxies, root_path=settings.root_path, hosts=settings.host_names
    )
    return app


@cost("read")
async def _with_a_slash(request: Request) -> RedirectResponse:
    """Lead to the English page, which Gradio serves under its path with a slash only."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{root_of(request)}/en/{query}", status_code=307)


def _mount_page(app: FastAPI, services: Services, path: str, lang: Language) -> None:
    gr.mount_gradio_app(
        app,
        build_page(services, texts(lang)),
        path=path,
        server_name=services.settings.host,
        theme=theme(),
        css=assets("tokens.css", "shared.css", "chat.css"),
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        max_file_size="1kb",
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
    )
    gradio = app.router.routes.pop().app  # type: ignore[attr-defined]
    app.state.gradio.append(gradio)
    app.router.routes.append(Mount(path, only_the_page(gradio)))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Watch for new generations while it serves; at the end let running questions end, then close all."""
    services: Services = app.state.services
    async with AsyncExitStack() as stack:
        stack.callback(services.close)
        await stack.enter_async_context(app.state.mcp.run())
        services.serving.start()
        yield
