"""The running service, in processes of its own: two workers on one index, a rebuild beside them, a stop amid work."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from commands import PARTYQA, partyqa
from conftest import ROOT
from prometheus_client.parser import text_string_to_metric_families

QUESTION = "Huyện Mường Ảng có bao nhiêu tổ chức cơ sở đảng?"
FOLLOW_UP = {"question": "Còn đảng viên?", "turns": [QUESTION]}
NEW = "Đảng bộ xã Tân Lập Mới có 417 đảng viên, sinh hoạt ở 19 chi bộ."
ASKED_OF_NEW = "Đảng bộ xã Tân Lập Mới có bao nhiêu đảng viên?"


@dataclass
class Worker:
    """A `partyqa serve` that answers."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, client: httpx.Client, body: dict[str, Any] | None = None) -> httpx.Response:
        return client.post(f"{self.url}/api/v1/ask", json=body or {"question": QUESTION})

    def generation(self) -> str:
        ready: dict[str, Any] = httpx.get(f"{self.url}/health/ready").json()
        return str(ready["generation"])


@contextlib.contextmanager
def serving(folder: Path, name: str) -> Iterator[Worker]:
    """Serve the index and the database in `folder` until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    words = ["--index", folder / "index", "--corpus", folder / "corpus", "--database", folder / "partyqa.db"]
    log = folder / f"{name}.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [PARTYQA, "serve", "--port", str(port), *words],
            stderr=stderr,
            env={**os.environ, "PARTYQA_LANG": ""},
        )
        try:
            until = time.monotonic() + 300
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200:
                        break
                assert process.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < until
                time.sleep(0.1)
            yield Worker(process, port, log)
        finally:
            process.terminate()
            process.wait(timeout=60)


@pytest.fixture(scope="module")
def folder(built_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the articles and their index, that these tests may change."""
    made = tmp_path_factory.mktemp("service")
    shutil.copytree(built_index, made / "index")
    shutil.copytree(ROOT / "corpus", made / "corpus")
    return made


@pytest.fixture(scope="module")
def workers(folder: Path) -> Iterator[list[Worker]]:
    with serving(folder, "one") as one, serving(folder, "two") as two:
        yield [one, two]


@dataclass
class Asking:
    """Somebody who asks one worker again and again; `failed` says what was not an answer."""

    worker: Worker
    generations: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def until(self, stop: threading.Event) -> None:
        with httpx.Client(timeout=60) as client:
            while not stop.is_set():
                try:
                    answer = self.worker.ask(client)
                    if answer.status_code != 200 or not answer.json()["answered"]:
                        self.failed.append(f"{answer.status_code} {answer.text}")
                    else:
                        self.generations.append(answer.json()["index"]["generation"])
                except (httpx.TransportError, ValueError, KeyError) as error:
                    self.failed.append(repr(error))
                time.sleep(0.02)


def test_two_workers_give_one_answer_from_one_index(workers: list[Worker], folder: Path) -> None:
    done = partyqa("ask", QUESTION, "--index", folder / "index", "--json")
    expected = json.loads(done.out)
    with httpx.Client(timeout=60) as client:
        answers = [worker.ask(client).json() for worker in workers]
    assert "49 tổ chức cơ sở đảng" in expected["citations"][0]["quote"]
    for answer in answers:
        assert {**answer, "timings_ms": {}} == {**expected, "timings_ms": {}}
    assert {worker.generation() for worker in workers} == {expected["index"]["generation"]}


def test_a_rebuild_in_another_process_is_taken_up_without_a_failed_request(
    workers: list[Worker], folder: Path
) -> None:
    old = workers[0].generation()
    (folder / "corpus" / "tan_lap_moi.md").write_text(f"# Đảng bộ xã Tân Lập Mới\n\n{NEW}\n", "utf-8")
    stop = threading.Event()
    people = [Asking(worker) for worker in workers for _ in range(2)]
    threads = [threading.Thread(target=one.until, args=(stop,)) for one in people]
    for thread in threads:
        thread.start()
    try:
        built = partyqa_index(folder)
        until = time.monotonic() + 60
        while old in {worker.generation() for worker in workers}:
            assert time.monotonic() < until, "the new generation was not taken up"
            time.sleep(0.1)
        counts = [len(one.generations) for one in people]
        while any(len(one.generations) < count + 3 for one, count in zip(people, counts, strict=True)):
            assert time.monotonic() < until + 60 and all(thread.is_alive() for thread in threads)
            time.sleep(0.05)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
    assert built.returncode == 0, built.stderr
    assert [one.failed for one in people] == [[]] * len(people)
    new = workers[0].generation()
    assert new != old and workers[1].generation() == new
    for one in people:  # first the old one, then the new one, and never back
        turn = one.generations.index(new)
        assert turn > 0 and set(one.generations[:turn]) == {old} and set(one.generations[turn:]) == {new}
    assert [worker.process.poll() for worker in workers] == [None, None]
    with httpx.Client(timeout=60) as client:
        for worker in workers:
            (citation, *_) = worker.ask(client, {"question": ASKED_OF_NEW}).json()["citations"]
            assert citation["quote"] == NEW and citation["article_id"] == "tan_lap_moi"


def partyqa_index(folder: Path) -> subprocess.CompletedProcess[str]:
    """Bring the index up to date with the articles, in a process of its own."""
    return subprocess.run(
        [PARTYQA, "index", folder / "corpus", "--index", folder / "index"],
        capture_output=True,
        text=True,
        timeout=500,
    )


def test_a_damaged_new_index_leaves_the_old_one_answering(workers: list[Worker], folder: Path) -> None:
    pointer = folder / "index" / "CURRENT"
    before, held = workers[0].generation(), pointer.read_bytes()
    broken = folder / "index" / "generations" / "20991231T000000Z-deadbeef"
    shutil.copytree(folder / "index" / "generations" / before, broken)
    (broken / "articles.jsonl").write_bytes(b"{}\n")
    try:
        pointer.write_bytes(held.replace(before.encode(), broken.name.encode()))
        time.sleep(3)  # each worker looks once a second
        with httpx.Client(timeout=60) as client:
            for worker in workers:
                answer = worker.ask(client)
                assert (answer.status_code, answer.json()["index"]["generation"]) == (200, before)
                assert httpx.get(f"{worker.url}/health/live").status_code == 200
    finally:
        pointer.write_bytes(held)
        shutil.rmtree(broken)
    told = [line for line in workers[0].log.read_text("utf-8").splitlines() if "not taken up" in line]
    assert len(told) == 1 and json.loads(told[0])["level"] == "warning"  # once, not every second


def test_what_was_asked_is_counted_and_not_logged(workers: list[Worker]) -> None:
    worker = workers[0]
    before = counted(worker)
    with httpx.Client(timeout=60) as client:
        worker.ask(client)
        worker.ask(client, {"question": "Ai trồng cà phê trên sao Hỏa?"})
        worker.ask(client, {"question": " "})
        client.get(f"{worker.url}/")
    after = counted(worker)

    def more(name: str, **labels: str) -> float:
        sample = (name, frozenset(labels.items()))
        return after.get(sample, 0) - before.get(sample, 0)

    assert more("partyqa_http_requests_total", method="POST", route="/api/v1/ask", status="200") == 2
    assert more("partyqa_http_requests_total", method="POST", route="/api/v1/ask", status="422") == 1
    assert more("partyqa_http_requests_total", method="GET", route="/", status="200") == 1
    assert more("partyqa_questions_total", outcome="answered", kind="number") == 1
    assert more("partyqa_questions_total", outcome="refused", kind="person") == 1
    assert more("partyqa_stage_seconds_count", stage="read") == 2
    log = worker.log.read_text("utf-8")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert sum(line["event"] == "request" and line["path"] == "/api/v1/ask" for line in lines) > 3
    for word in ("Mường Ảng", "sao Hỏa", "M%C6%B0"):
        assert word not in log
    assert [line for line in log.splitlines() if not line.startswith("{")] == [
        f"Mở trang hỏi đáp tại {worker.url} (Ctrl-C: dừng)"
    ]


def counted(worker: Worker) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = httpx.get(f"{worker.url}/metrics").text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_stop_lets_the_questions_that_are_running_end(folder: Path) -> None:
    body = json.dumps(FOLLOW_UP).encode()
    head = "\r\n".join(
        [
            "POST /api/v1/ask HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
    )
    with serving(folder, "stopped") as worker:
        sockets = [socket.create_connection(("127.0.0.1", worker.port), 60) for _ in range(6)]
        streamed, *others = sockets
        streamed.sendall(f"{head}\r\nAccept: text/event-stream\r\n\r\n".encode() + body)
        for other in others:
            other.sendall(f"{head}\r\n\r\n".encode() + body)
        told = streamed.recv(4096)
        while b"event: step" not in told:
            told += streamed.recv(4096)
        time.sleep(0.2)  # the others' requests are read meanwhile, and stand in line
        worker.process.send_signal(signal.SIGTERM)
        answers = [everything(other) for other in others]
        told += everything(streamed)
        assert worker.process.wait(timeout=60) in (0, -signal.SIGTERM)
    for answer in answers:
        first, _, rest = answer.partition(b"\r\n")
        assert first == b"HTTP/1.1 200 OK", answer
        given = json.loads(rest.partition(b"\r\n\r\n")[2])
        assert given["answered"] and given["standalone_question"] != FOLLOW_UP["question"]
    assert b"event: answer" in told and b"event: error" not in told
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", worker.port), 5)
    lines = [json.loads(line) for line in worker.log.read_text("utf-8").splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines if line["level"] in ("error", "critical")] == []


def everything(connection: socket.socket) -> bytes:
    """Return what comes until the other end closes."""
    with connection:
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)
