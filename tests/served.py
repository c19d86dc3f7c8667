"""A server on a free port of this machine: of the whole application over any engine, or of any application."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from partyqa.engine import PartyQA
from partyqa.service.answer_queue import AskLimits, Serving
from partyqa.service.db.database import Database
from partyqa.web import ChatServer, Services, Settings, listen


def services_over(
    engine: PartyQA, index: Path, folder: Path, *, limits: AskLimits | None = None, **settings: Any
) -> Services:
    """Services over an engine whose index lies in `index`, everything else in `folder`."""
    serving = Serving(engine, index, limits, every=0.1)
    database = Database.open(f"sqlite:///{folder / 'partyqa.sqlite'}")
    made = Settings(index=index, **{"corpus": folder / "corpus", **settings})
    return Services.around(serving, database, made)


@contextmanager
def served(services: Services) -> Iterator[str]:
    """Serve; yields the address, without a slash at its end. The services are closed with it."""
    with running(ChatServer(services)) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(server: uvicorn.Server) -> Iterator[int]:
    """Run a server in a thread; yields its port."""
    with listen("127.0.0.1", 0) as taken:
        # asyncio does this itself for sockets that name their protocol, which those of create_server do not.
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        try:
            yield taken.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()
