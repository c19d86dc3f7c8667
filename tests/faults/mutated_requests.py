"""Send mutated requests to the HTTP API and count its answers: none may be 500, and it must answer after them.

    python tests/faults/mutated_requests.py --requests 10000

Valid requests are taken apart and put together wrongly: bytes flipped, cut, doubled, moved; values of their JSON
swapped for hostile ones; paths, queries, headers and methods changed. They are written to the socket as they are, for
a client library would mend or refuse them. The same seed gives the same requests. A server is started for it, on
127.0.0.1 alone: `partyqa serve` on the index named.
"""

import argparse
import copy
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import h11

QUESTION = "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?"
SECONDS = 60.0  # until an answer begins
REST = 0.5  # without another byte after which an answer is taken to be over

HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**63, 10**400, 1e308, float("nan"), float("inf"), "", " ", "?", "\x00"),
    *(
        "a" * 1999 + "ệ",
        "a" * 2001,
        "\ud800",
        "\u202e\u2028\u0085",
        "ệ" * 500,
        "👩‍👩‍👧‍👦",
        "'; DROP TABLE feedback; --",
    ),
    *("<script>alert(1)</script>", "../../etc/passwd", "{0}{question}%s%n", "e\u0301" * 300, "[1] [2]"),
    *([], {}, [[]], [None], {"": None}, [QUESTION] * 51, {"__proto__": {"a": 1}}, [[[[[[[[]]]]]]]]),
)


@dataclass(frozen=True)
class Request:
    """A request before it is written; `document` is the JSON that its body holds, None for a body of bytes."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    document: Any = None
    body: bytes = b""

    def written(self) -> bytes:
        """Return the request as bytes of HTTP/1.1."""
        body = self.body if self.document is None else json.dumps(self.document).encode()
        fields = {
            "Host": "127.0.0.1",
            "Connection": "close",
            "Content-Length": str(len(body)),
            **self.headers,
        }
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in fields.items()),
        ]
        return "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n" + body


def valid_requests(article_id: str, answer: Any) -> tuple[Request, ...]:
    """Return a request of each kind that the API answers; `answer` is one that it gave."""
    typed = {"Content-Type": "application/json"}
    events = typed | {"Accept": "text/event-stream"}
    asked = {
        "question": QUESTION,
        "turns": ["Chào bạn", QUESTION],
        "filters": {"places": [], "years": [2017]},
    }
    parts = [{"type": "text", "text": "Còn Mường Lát?"}]
    messages = [{"role": "system", "content": "a"}, {"role": "user", "content": QUESTION}]
    chat = {"model": "partyqa", "messages": [*messages, {"role": "user", "content": parts}], "n": 1}
    feedback = {"answer": answer, "turns": [], "verdict": "wrong", "word": "Sai năm."}
    return (
        Request("POST", "/api/v1/ask", typed, {"question": QUESTION}),
        Request("POST", "/api/v1/ask", typed, asked),
        Request("POST", "/api/v1/ask", events, asked),
        Request("GET", f"/api/v1/search?q={quote(QUESTION)}&k=5"),
        Request("GET", "/api/v1/articles?query=chi%20b%E1%BB%99&limit=3"),
        Request("GET", f"/api/v1/articles?after={quote(article_id)}"),
        Request("GET", f"/api/v1/articles/{quote(article_id)}"),
        Request("POST", "/api/v1/feedback", typed, feedback),
        Request("POST", "/v1/chat/completions", typed, chat),
        Request("POST", "/v1/chat/completions", typed, chat | {"stream": True}),
        Request("GET", "/v1/models"),
        Request("GET", "/v1/models/partyqa"),
        Request("GET", "/health/ready"),
        Request("GET", "/api/v1/openapi.json"),
    )


def mutated(valid: tuple[Request, ...], count: int, seed: int) -> Iterator[bytes]:
    """Yield `count` requests, each made from a valid one by one to three changes."""
    choose = random.Random(seed)
    with_body = [request for request in valid if request.document]
    for _ in range(count):
        request = choose.choice(with_body if choose.random() < 0.6 else valid)
        for _ in range(choose.randint(1, 3)):
            request = choose.choice(CHANGES)(request, choose)
        raw = request.written()
        yield torn(raw, choose) if choose.random() < 0.1 else raw


def with_another_value(request: Request, choose: random.Random) -> Request:
    """Swap a value of the document for a hostile one, or rename, double or drop a field."""
    if request.document is None:
        return with_other_bytes(request, choose)
    document = copy.deepcopy(request.document)
    holders = list(_holders(document))
    if not holders:
        return replace(request, document=copy.deepcopy(choose.choice(HOSTILE)))
    holder = choose.choice(holders)
    key = choose.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    match choose.randrange(5):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[key[:-1] + choose.choice(("", "s", "\ud800", "\x00"))] = holder.pop(key)
        case 2 if isinstance(holder, list):
            holder *= choose.choice((2, 60))
        case _:
            holder[key] = copy.deepcopy(choose.choice(HOSTILE))
    return replace(request, document=document)


def with_other_bytes(request: Request, choose: random.Random) -> Request:
    """Tear the body; of a request that has none the path."""
    body = request.body if request.document is None else json.dumps(request.document).encode()
    if not body:
        return with_another_path(request, choose)
    return replace(request, document=None, body=torn(body, choose))


def with_another_path(request: Request, choose: random.Random) -> Request:
    """Tear the query, or else the end of the path, and keep the whole one word of ASCII; or put more at its end."""
    path = request.path
    if choose.random() < 0.3:
        more = (
            "%00",
            "%ff%fe",
            "/..",
            "//",
            "?q=" + quote(QUESTION),
            "&k=0",
            "&k=9&k=9",
            "&limit=-1",
            "%",
            "#a",
            ";a",
        )
        return replace(request, path=path + choose.choice(more))
    head, mark, _ = path.partition("?")
    start = len(head) + 1 if mark else head.rindex("/") + 1
    end = torn(path[start:].encode(), choose)
    return replace(request, path=path[:start] + quote(end, safe="/?&=%;.:"))


def with_other_headers(request: Request, choose: random.Random) -> Request:
    """Set, change or drop a header."""
    name, values = choose.choice(
        (
            (
                "Content-Type",
                ("", "text/plain", "application/json; charset=utf-16", "multipart/form-data", "a/b; ="),
            ),
            ("Accept", ("", "text/event-stream", "text/html", ",,;q=x", "*/*;q=0")),
            ("Content-Length", ("0", "1", "-1", "a", str(2**70))),
            ("Transfer-Encoding", ("chunked", "gzip")),
            ("Authorization", ("Bearer", "Bearer \u00e9", "Basic !!!", "Bearer pq_" + "a" * 99)),
            ("Accept-Language", ("en", "vi;q=9", "\u1ec7")),
            ("Cookie", ("partyqa_lang=en", "=;=;;", "session=" + "a" * 3000)),
            ("Origin", ("null", "http://127.0.0.1", "https://evil.example")),
            ("X-Forwarded-For", ("1.2.3.4", "::1, a")),
            ("X-Request-ID", ("a" * 500, "<b>")),
        )
    )
    return replace(request, headers={**request.headers, name: choose.choice(values)})


def with_another_method(request: Request, choose: random.Random) -> Request:
    """Change the method."""
    return replace(
        request, method=choose.choice(("GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "X"))
    )


CHANGES = (
    *(with_another_value,) * 8,
    *(with_other_bytes,) * 2,
    with_another_path,
    with_other_headers,
    with_another_method,
)


def torn(data: bytes, choose: random.Random) -> bytes:
    """Flip a bit, cut a piece out, double it, or put it elsewhere."""
    if not data:
        return bytes(choose.randrange(256) for _ in range(choose.randrange(9)))
    start = choose.randrange(len(data))
    end = min(len(data), start + choose.choice((1, 1, 2, 8, 64)))
    piece = data[start:end]
    match choose.randrange(4):
        case 0:
            return data[:start] + bytes([data[start] ^ 1 << choose.randrange(8)]) + data[start + 1 :]
        case 1:
            return data[:start] + data[end:]
        case 2:
            return data[:end] + piece + data[end:]
        case _:
            rest = data[:start] + data[end:]
            there = choose.randrange(len(rest) + 1)
            return rest[:there] + piece + rest[there:]


def _holders(document: Any) -> Iterator[Any]:
    """Yield every object and list of a document that holds something."""
    if isinstance(document, (dict, list)) and document:
        yield document
        for value in document.values() if isinstance(document, dict) else document:
            yield from _holders(value)


def status_of(port: int, raw: bytes) -> int | str:
    """Send a request; return its answer's status, "closed" where there is none, "silent" after SECONDS without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        answer = b""
        try:
            connection.sendall(raw)
            if awaits_more(raw):
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                answer += piece
                connection.settimeout(REST)
        except (
            TimeoutError
        ):  # once it has begun: who asked may have said "keep-alive", or nothing that is understood
            if not answer:
                return "silent"
        except OSError:  # it does not read what it has refused
            pass
    words = answer[:20].split(b" ")
    return int(words[1]) if len(words) > 1 and words[0] == b"HTTP/1.1" and words[1].isdigit() else "closed"


def awaits_more(raw: bytes) -> bool:
    """Whether a server rightly waits for the rest of a request, which then has to be told that none comes."""
    server = h11.Connection(h11.SERVER)
    server.receive_data(raw)
    try:
        while not isinstance(event := server.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                return True
    except h11.RemoteProtocolError:
        return False
    return False


def run(port: int, count: int, seed: int) -> dict[str, Any]:
    """Send `count` mutated requests one after the other; return the statuses, and what was answered with 500."""
    valid = valid_requests(*_known(port))
    before = [status_of(port, request.written()) for request in valid]
    statuses: Counter[str] = Counter()
    failed = []
    for raw in mutated(valid, count, seed):
        status = status_of(port, raw)
        statuses[str(status)] += 1
        if status in (500, "silent"):
            failed.append({"status": status, "request": raw[:2000].decode("utf-8", "backslashreplace")})
    after = [status_of(port, request.written()) for request in valid]
    return {
        "requests": count,
        "seed": seed,
        "statuses": dict(sorted(statuses.items())),
        "failed": failed,
        "valid_before": before,
        "valid_after": after,
        "held": not failed and set(before) == set(after) == {200},
    }


def _known(port: int) -> tuple[str, Any]:
    """Return an article's id and an answer of the server."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request("GET", "/api/v1/articles?limit=1")
    article_id = json.load(connection.getresponse())["articles"][0]["article_id"]
    body = json.dumps({"question": QUESTION})
    connection.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
    answer = json.load(connection.getresponse())
    connection.close()
    return article_id, answer


@contextmanager
def started(index: Path) -> Iterator[int]:
    """Start `partyqa serve` on a free port of this machine, its database in a folder of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PARTYQA_DATABASE": str(Path(folder) / "mutate.sqlite3")}
        program = Path(sys.executable).parent / "partyqa"
        command = [str(program), "serve", "--index", str(index), "--port", str(port)]
        said = Path(folder) / "stderr"
        with said.open("wb") as stderr:
            server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=stderr)
        try:
            if not _answers(server, port):
                sys.exit(f"the server does not answer: {said.read_text('utf-8')[-2000:]}")
            yield port
        finally:
            server.terminate()
            server.wait(60)


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server answers, or has ended, or five minutes have gone."""
    for _ in range(1200):
        if server.poll() is not None:
            return False
        try:
            return status_of(port, Request("GET", "/health/ready").written()) == 200
        except OSError:
            time.sleep(0.25)
    return False


def main() -> None:
    """Start a server, send the requests, print one JSON object; exit 1 where a request found something."""
    parser = argparse.ArgumentParser(description="Send mutated requests to the HTTP API; none may be 500.")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--index", type=Path, default=Path("index"))
    options = parser.parse_args()
    begun = time.monotonic()
    with started(options.index) as port:
        found = run(port, options.requests, options.seed)
    print(json.dumps(found | {"seconds": round(time.monotonic() - begun, 1)}, ensure_ascii=False, indent=1))
    sys.exit(0 if found["held"] else 1)


if __name__ == "__main__":
    main()
