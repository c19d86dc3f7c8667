"""The server: one address, one application, a stop that lets running questions end."""

import contextlib
import errno
import socket
import threading
import webbrowser
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from partyqa.errors import PartyQAError
from partyqa.service.auth.addresses import EVERYWHERE
from partyqa.web.app import build_app
from partyqa.web.middleware.size_limits import UVICORN
from partyqa.web.services import Services
from partyqa.web.settings import LOCAL_HOSTS


def listen(host: str, port: int) -> socket.socket:
    """Take the address; raises PartyQAError naming another port where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise _port_busy(host, port) from error
        raise PartyQAError("web.no_address", host=host, port=port, reason=error) from error
    # asyncio sets this only on sockets that name their protocol; without it an answer waits 40 ms on a kept connection.
    taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return taken


class ChatServer(uvicorn.Server):
    """The server of one application; run it with `server.run(sockets=[listen(host, port)])`.

    It closes the services when it ends.
    """

    def __init__(self, services: Services, on_start: Callable[[], None] | None = None) -> None:
        """`on_start` is called once, when the page answers."""
        self.app: FastAPI | None = None
        self.on_start = on_start

        def load() -> FastAPI:
            self.app = build_app(services)
            return self.app

        super().__init__(
            uvicorn.Config(
                load,
                factory=True,  # Gradio makes an event loop and leaves it open when it is built outside of one
                log_config=None,  # web/logs.py says how
                access_log=False,
                server_header=False,
                proxy_headers=False,  # web/proxies.py does that
                timeout_graceful_shutdown=int(services.settings.asking.seconds) + 5,
                **UVICORN,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then announce it."""
        await super().startup(sockets)
        if self.started and self.on_start is not None:
            self.on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams of open pages, which would never end by themselves, then shut down."""
        if self.app is not None:
            self.app.state.stopping = True
            for page in self.app.state.gradio:
                page.stop_event.set()
        await super().shutdown(sockets)


def serve(
    services: Services, *, open_browser: bool = False, announce: Callable[[str], None] | None = None
) -> None:
    """Serve until Ctrl-C or SIGTERM; `announce` gets the page's address once it answers.

    Raises PartyQAError when the address cannot be taken.
    """
    host, port = services.settings.host, services.settings.port
    name = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    url = f"http://{name}:{port}{services.settings.root_path.rstrip('/')}"

    def started() -> None:
        if announce is not None:
            announce(url)
        if open_browser:  # in a thread: a browser inside the terminal would hold the server up
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    with listen(host, port) as address, contextlib.suppress(KeyboardInterrupt):
        ChatServer(services, started).run(sockets=[address])


def _port_busy(host: str, port: int) -> PartyQAError:
    other = port + 1 if port < 65535 else port - 1
    where = "" if host in LOCAL_HOSTS else f" --host {host}"
    return PartyQAError("web.port_busy", port=port, host=host, where=where, other=other)
