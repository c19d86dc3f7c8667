"""tests/faults/mutated_requests.py, and a small run of it against the application: nothing sent makes a 500."""

import importlib.util
import json
import socket
import sys
import threading
from collections.abc import Iterator
from types import ModuleType

import pytest
from conftest import ROOT
from served import served, services_over
from toy import ToyEncoder
from toy_api import ANSWERED, ARTICLES

from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index


@pytest.fixture(scope="module")
def mutate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutate", ROOT / "tests/faults/mutated_requests.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutate"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("mutate")
    build_index(folder / "index", ARTICLES, ToyEncoder())
    engine = PartyQA.compose(Index.load(folder / "index"), ToyEncoder())
    with served(services_over(engine, folder / "index", folder)) as url:
        yield int(url.rpartition(":")[2])


def test_no_mutated_request_is_answered_with_500(mutate: ModuleType, port: int) -> None:
    found = mutate.run(port, 300, seed=7)
    assert found["failed"] == []
    assert found["valid_before"] == found["valid_after"] == [200] * 14
    assert found["held"]
    statuses = found["statuses"]
    assert sum(statuses.values()) == 300
    assert statuses["200"] > 20  # some changes leave a request whole: the others were near to what is right
    assert statuses["422"] > 60
    assert {"400", "403", "404"} <= set(statuses)


def test_the_same_seed_gives_the_same_requests(mutate: ModuleType) -> None:
    valid = mutate.valid_requests("a/b", {"question": ANSWERED})
    once, again, other = (list(mutate.mutated(valid, 200, seed)) for seed in (1, 1, 2))
    assert once == again != other
    assert len(set(once)) > 190
    whole = {request.written() for request in valid}
    assert len(whole & set(once)) < 10


def test_a_request_is_written_as_http_says(mutate: ModuleType) -> None:
    request = mutate.Request("POST", "/a", {"X": "y"}, {"q": "ệ"})
    assert request.written() == (
        b"POST /a HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 15\r\nX: y\r\n\r\n"
        b'{"q": "\\u1ec7"}'
    )
    assert json.loads(request.written().partition(b"\r\n\r\n")[2]) == {"q": "ệ"}


@pytest.mark.parametrize(
    ("raw", "awaits"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", True),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab", True),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", False),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", True),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", False),
        (b"nonsense\r\n\r\n", False),
    ],
)
def test_a_request_that_is_cut_short_is_told_from_one_that_is_wrong(
    mutate: ModuleType, raw: bytes, awaits: bool
) -> None:
    assert mutate.awaits_more(raw) is awaits


def test_a_500_would_be_found(mutate: ModuleType) -> None:
    """Servers that answer with 500, with nothing, and with what is no HTTP."""

    def answer(said: bytes, listening: socket.socket) -> None:
        connection, _ = listening.accept()
        connection.recv(1000)
        connection.sendall(said)
        connection.close()

    for said, status in ((b"HTTP/1.1 500 No\r\n\r\n", 500), (b"", "closed"), (b"nonsense", "closed")):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=answer, args=(said, listening))
            thread.start()
            assert mutate.status_of(listening.getsockname()[1], b"GET / HTTP/1.1\r\n\r\n") == status
            thread.join(5)
