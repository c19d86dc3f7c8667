"""The log of the service: JSON lines with a request's id, and not a word of what was asked."""

import contextlib
import json
import os
import pty
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

MARKER = "Nậm-Mười-Hai"  # stands in every question
QUESTION = f"Ai là Bí thư {MARKER}?"
APP = Path(__file__).parents[1] / "logged_app.py"
ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Logged:
    """What the process wrote to standard error, and what was answered to whom."""

    text: str
    answers: dict[str, httpx.Response]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return the lines that carry the id of the request of that name."""
        return [line for line in self.lines if line.get("request_id") == f"test-{name}"]

    def request(self, name: str) -> dict[str, Any]:
        (line,) = [line for line in self.of(name) if line["event"] == "request"]
        return line


def ask_in_every_way(url: str, port: int) -> dict[str, httpx.Response]:
    ways: dict[str, tuple[str, str, dict[str, Any]]] = {
        "ask": ("GET", "/ask", {"params": {"question": QUESTION}}),
        "json": ("POST", "/json", {"json": {"question": QUESTION}}),
        "invalid": ("POST", "/json", {"json": {"question": QUESTION * 20}}),
        "unreadable": ("POST", "/json", {"content": f'{{"question": "{QUESTION}'}),
        "form": ("POST", "/form", {"data": {"question": QUESTION}}),
        "stream": ("GET", "/stream", {"params": {"question": QUESTION}}),
        "broken": ("GET", "/broken", {"params": {"question": QUESTION}}),
        "chained": ("GET", "/chained", {"params": {"question": QUESTION}}),
        "deep": ("GET", "/deep", {"params": {"question": QUESTION}}),
        "warned": ("GET", "/warned", {"params": {"question": QUESTION}}),
        "nowhere": ("GET", "/nowhere", {"params": {"question": QUESTION}}),
        "wrong-method": ("DELETE", "/ask", {"params": {"question": QUESTION}}),
    }
    answers = {
        name: httpx.request(method, url + path, headers={"X-Request-ID": f"test-{name}"}, timeout=30, **how)
        for name, (method, path, how) in ways.items()
    }
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{url}/half", params={"question": QUESTION}, headers={"X-Request-ID": "test-half"})
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(f"GET /ask?question={MARKER} nonsense\r\n\r\n".encode())
        raw.recv(1000)
    return answers


@contextlib.contextmanager
def running(log: Path, *words: str) -> Iterator[tuple[str, int]]:
    """Run the application until the block ends, its standard error in `log`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with log.open("wb") as stderr:
        process = subprocess.Popen([sys.executable, APP, str(port), *words], stderr=stderr)
        try:
            until = time.monotonic() + 400
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert process.poll() is None and time.monotonic() < until
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}", port
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    log = tmp_path_factory.mktemp("log") / "log"
    with running(log) as (url, port):
        answers = ask_in_every_way(url, port)
        for name, sent in {"forged": 'x"}\t{"event": "forged', "long": "a" * 65, "empty": ""}.items():
            answers[name] = httpx.get(f"{url}/ask", params={"question": name}, headers={"X-Request-ID": sent})
        answers["odd path"] = httpx.get(f"{url}/a%0A%1B%5B2J%22%20xã%3Fb?question={MARKER}")
    return Logged(log.read_text("utf-8"), answers)


def test_no_word_of_a_question_stands_in_the_log(logged: Logged) -> None:
    assert logged.answers["json"].json() == {"question": QUESTION}  # it did arrive
    for part in (MARKER, "Nậm", "N\\u1eadm", "N%E1%BA%ADm", "Bí thư"):
        assert part not in logged.text
    assert logged.answers["invalid"].status_code == 422 and logged.answers["broken"].status_code == 500


def test_questions_stand_in_the_log_where_that_was_asked_for(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(log, "--questions") as (url, port):
        logged = Logged("", ask_in_every_way(url, port))
    logged = Logged(log.read_text("utf-8"), logged.answers)
    told = [line for line in logged.lines if line["event"] == "question"]
    assert [line["question"] for line in told] == [QUESTION] * 9
    assert told[0]["request_id"] == "test-ask" and told[0]["logger"] == "partyqa.questions"
    (broken,) = [line for line in logged.of("broken") if "exception" in line]
    assert broken["exception"][0]["message"] == f"no number in {QUESTION!r}"
    assert "question" not in logged.request("ask") and MARKER not in str(logged.request("ask"))


def test_each_request_has_one_line_with_its_id_path_status_and_person(logged: Logged) -> None:
    line = logged.request("ask")
    assert set(line) == {
        *("event", "request_id", "logger", "level", "timestamp"),
        *("method", "path", "status", "ms", "person"),
    }
    assert (line["method"], line["path"], line["status"], line["person"]) == ("GET", "/ask", 200, "p-17")
    assert line["level"] == "info" and 0 < line["ms"] < 30_000
    assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None
    statuses = {name: logged.request(name)["status"] for name in logged.answers if logged.of(name)}
    assert statuses == {name: logged.answers[name].status_code for name in statuses}
    assert len(statuses) == 12
    assert {logged.request(name)["person"] for name in statuses} == {"p-17", None}
    requests = [line for line in logged.lines if line["event"] == "request"]
    assert len(requests) == len(logged.answers) + 1  # the half answer; what was no HTTP has no line
    assert logged.request("stream")["ms"] >= 60  # a stream's line is written when it has ended


def test_the_id_is_the_client_s_where_it_is_one_and_stands_in_the_answer(logged: Logged) -> None:
    assert logged.answers["ask"].headers["x-request-id"] == "test-ask" == logged.answers["ask"].json()["id"]
    assert logged.answers["nowhere"].headers["x-request-id"] == "test-nowhere"
    assert logged.answers["broken"].headers["x-request-id"] == "test-broken"
    given = [logged.answers[name].headers.get_list("x-request-id") for name in ("forged", "long", "empty")]
    assert all(len(ids) == 1 and ID.fullmatch(ids[0]) for ids in given)
    assert len({ids[0] for ids in given}) == 3
    assert {ids[0] for ids in given} <= {line.get("request_id") for line in logged.lines}
    assert "forged" not in logged.text


def test_an_exception_is_one_line_with_its_trace_and_without_its_message(logged: Logged) -> None:
    (line,) = [line for line in logged.of("broken") if line["event"] != "request"]
    assert (line["event"], line["level"]) == ("unexpected error", "error")
    (error,) = line["exception"]
    assert set(error) == {"type", "is_cause", "frames"} and error["type"] == "ValueError"
    assert error["frames"][-1].endswith(" broken") and "logged_app.py:" in error["frames"][-1]
    assert logged.answers["broken"].json()["error"]["code"] == "unexpected"

    (line,) = [line for line in logged.of("chained") if line["event"] != "request"]
    group, cause = line["exception"]
    assert (group["type"], cause["type"], cause["is_cause"]) == ("ExceptionGroup", "KeyError", True)
    assert [one["type"] for (one,) in group["exceptions"]] == ["OSError", "ValueError"]


def test_an_answer_that_breaks_off_is_logged_with_the_status_it_began_with(logged: Logged) -> None:
    (line,) = [line for line in logged.of("half") if "exception" in line]
    assert line["exception"][0]["type"] == "RuntimeError"
    assert logged.request("half")["status"] == 200


def test_what_is_logged_deep_in_a_thread_carries_the_request_s_id(logged: Logged) -> None:
    info, error, request = logged.of("deep")
    assert (info["event"], info["logger"], info["level"]) == (
        "deep in the work, 7 passages",
        "partyqa.deep",
        "info",
    )
    assert error["event"] == "could not count" and error["exception"][0]["type"] == "ValueError"
    assert request["status"] == 200


def test_what_libraries_say_comes_in_the_same_form(logged: Logged) -> None:
    by_logger = {line["logger"]: line for line in logged.of("warned")}
    assert "DeprecationWarning: an old way" in by_logger["py.warnings"]["event"]
    assert by_logger["library"]["event"] == "from a library" and "secret" not in by_logger["library"]
    (died,) = [line for line in logged.lines if line["event"] == "a thread died"]
    assert died["exception"][0]["type"] == "ValueError"
    assert any(line["logger"] == "uvicorn.error" and "Invalid HTTP" in line["event"] for line in logged.lines)
    assert not any(line["logger"] == "uvicorn.access" for line in logged.lines)


def test_a_path_is_written_percent_encoded(logged: Logged) -> None:
    (line,) = [line for line in logged.lines if line.get("path", "").startswith("/a%")]
    assert line["path"] == "/a%0A%1B%5B2J%22%20x%C3%A3%3Fb" and line["status"] == 404


def test_a_terminal_gets_lines_for_people_that_cannot_command_it() -> None:
    code = f"""
import logging
from partyqa.web.middleware import request_log as logs
logs.configure()
log = logging.getLogger("partyqa.here")
log.info("xã \\x1b[2J\\x07 \\u202e đông", extra={{"path": "/a\\x1b[2J"}})
try:
    int({QUESTION!r})
except ValueError:
    log.exception("could not count")
"""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        done = subprocess.run([sys.executable, "-c", code], stderr=theirs, timeout=400)
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):  # Linux says EIO at the end
            while piece := terminal.read(65536):
                said += piece
    text = said.decode()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert done.returncode == 0 and "\x1b" not in plain and "\x07" not in plain and "\u202e" not in plain
    assert "xã \\x1b[2J\\x07 \\u202e đông" in plain
    assert "could not count" in plain and "ValueError" in plain and "<string>:8 <module>" in plain
    assert MARKER not in plain
    with pytest.raises(json.JSONDecodeError):
        json.loads(plain.splitlines()[0])
