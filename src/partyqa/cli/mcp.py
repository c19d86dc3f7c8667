"""`partyqa mcp`: the tools for assistants, over standard input and output or over HTTP."""

import contextlib
import logging
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from partyqa.cli.options import INDEX, EncoderOption, IndexOption, ReaderOption, language, say
from partyqa.errors import PartyQAError

if TYPE_CHECKING:
    from partyqa.service.answer_queue import Serving

KEY_VARIABLE = "PARTYQA_MCP_KEY"
SHORTEST_KEY = 16  # characters
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def mcp(
    index: IndexOption = INDEX,
    http: Annotated[
        bool, typer.Option("--http", help="Qua HTTP, không qua đầu vào chuẩn. (Over HTTP, not stdio.)")
    ] = False,
    host: Annotated[str, typer.Option(help="Địa chỉ, với --http. (Address, with --http.)")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Cổng, với --http. (Port.)")] = 7861,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
) -> None:
    """Mở máy chủ MCP cho trợ lý của chương trình khác. (Serve the tools ask, search, read_article by MCP.)

    Ngoài 127.0.0.1 cần khóa trong biến môi trường PARTYQA_MCP_KEY. (Elsewhere a key in that variable is needed.)
    """
    key = _key(host) if http else None
    address = _listen(host, port) if http else None
    # Whatever a library logs goes to standard error: standard output is the protocol's.
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    from partyqa.service.answer_queue import Serving

    with contextlib.ExitStack() as stack:
        if address is not None:
            stack.enter_context(address)
        serving = Serving.open(index, encoder=encoder, reader=reader)
        stack.callback(serving.close)
        serving.start()
        if address is None:
            from partyqa.web.api.mcp import build_server

            # Ctrl-C ends it at once: a thread that waits for standard input cannot be stopped.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            build_server(serving, lang=language()).run("stdio")
        else:
            _serve_http(serving, address, host, port, key)


def _serve_http(serving: "Serving", address: socket.socket, host: str, port: int, key: str | None) -> None:
    import uvicorn

    from partyqa.service.auth.addresses import EVERYWHERE, LOOPBACK_HOSTS
    from partyqa.web.api.mcp import http_app

    name = f"[{host}]" if ":" in host else host
    # Under the address 0.0.0.0 the names are not known; a browser that is tricked here does not have the key.
    hosts = LOOPBACK_HOSTS if host in LOOPBACK else None if host in EVERYWHERE else (name,)
    url = f"http://{name}:{port}"
    config = uvicorn.Config(
        http_app(serving, url, key=key, hosts=hosts, lang=language()),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=30,
    )
    say("cli.mcp_serves", url=url)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[address])


def _key(host: str) -> str | None:
    """Return the key that requests must bear, None where none is set; raises PartyQAError where one is needed."""
    key = os.environ.get(KEY_VARIABLE)
    if not key:
        if host in LOOPBACK:
            return None
        raise PartyQAError("cli.mcp_key_needed", variable=KEY_VARIABLE, least=SHORTEST_KEY)
    if len(key) < SHORTEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise PartyQAError("cli.mcp_key_weak", variable=KEY_VARIABLE, least=SHORTEST_KEY)
    return key


def _listen(host: str, port: int) -> socket.socket:
    """Take the address before the models are loaded; raises PartyQAError."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise PartyQAError(
            "cli.mcp_no_address", host=host, port=port, reason=reason, other=port % 65535 + 1
        ) from error
