"""People who ask, for locust: through the HTTP API, and in the chat page as Gradio's own script does it.

`make load` runs them (load.py); against a server that runs already, with locust's own page of graphs:
`locust -f benchmarks/locustfile.py --host http://127.0.0.1:7860`.
"""

import itertools
import json
import random
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant_pacing, task

QUESTIONS = Path(__file__).resolve().parents[1] / "evaluation"
EVERY = 5.0  # seconds from one question of a person to the next
PATIENCE = 60.0  # seconds
API, PAGE = "API", "trang · page"

Turns = tuple[str, ...]


def questions(folder: Path = QUESTIONS) -> list[Turns]:
    """Return the questions of the dev halves, then those again as people type them otherwise; each once.

    What is the test half's stays unread here too. The order is shuffled, the same each time.
    """
    from partyqa.evaluation.options import Typed
    from partyqa.evaluation.perturbation import type_as

    asked: dict[Turns, None] = {}
    for file in sorted(folder.glob("*questions.jsonl")):
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        asked.update((tuple(row["turns"]), None) for row in rows if row["split"] == "dev")
    for typed in (Typed.FLAT, Typed.LOWER, Typed.SLIP):
        again = [tuple(type_as(turn, typed, " ".join(turns)) for turn in turns) for turns in asked]
        asked.update(dict.fromkeys(again))
    shuffled = list(asked)
    random.Random(6).shuffle(shuffled)
    return shuffled


class Person(FastHttpUser):
    """Somebody who asks a question that nobody has asked before, every so often."""

    abstract = True
    wait_time = constant_pacing(EVERY)
    network_timeout = connection_timeout = PATIENCE
    pool: Iterator[Turns] = iter(())

    @classmethod
    def next_turns(cls) -> Turns:
        """Return turns that were not asked yet, until all were."""
        if not isinstance(Person.pool, itertools.cycle):
            Person.pool = itertools.cycle(questions())
        return next(Person.pool)


class ApiPerson(Person):
    """A program, or a page of an office's own."""

    @task
    def ask(self) -> None:
        """Ask; an answer without what an answer has is a failure."""
        *earlier, question = self.next_turns()
        body = {"question": question, "turns": earlier}
        with self.client.post("/api/v1/ask", json=body, name=API, catch_response=True) as got:
            if got.status_code == 200 and "citations" not in got.json():
                got.failure("200 without an answer")


class PagePerson(Person):
    """Somebody with the chat page open in a browser."""

    def on_start(self) -> None:
        """Open the page and find which of its events is the question."""
        config = self.client.get("/config", name="trang · opening").json()
        boxes = {one["id"] for one in config["components"] if one["props"].get("elem_id") == "pq-ask"}
        self.event, self.box = next(
            (dependency["id"], target[0])
            for dependency in config["dependencies"]
            for target in dependency["targets"]
            if target[0] in boxes and target[1] == "submit"
        )
        self.session = secrets.token_hex(6)

    @task
    def ask(self) -> None:
        """Ask the last turn alone; it counts from the Enter key to the last event of the stream."""
        question, started = self.next_turns()[-1], time.perf_counter()
        body = {
            "data": [question, None],
            "fn_index": self.event,
            "trigger_id": self.box,
            "session_hash": self.session,
            "event_data": None,
        }
        failure: Exception | None = None
        status = 0
        try:
            with self.client.post(
                "/gradio_api/queue/join", json=body, name="trang · join", catch_response=True
            ) as joined:
                joined.success()  # what the person sees is counted below
                status = joined.status_code
            if status != 200:
                raise RuntimeError(f"join: {status}")
            last = self._last_event()
            if '"success":true' not in last or "pq-note" in last:  # a note is what a person is told instead
                raise RuntimeError(f"no answer in the page: {last[:100]}")
        except Exception as error:
            failure = error
        self.environment.events.request.fire(
            request_type="ASK",
            name=PAGE,
            response_time=1000 * (time.perf_counter() - started),
            response_length=0,
            exception=failure,
            context={"status": status},
        )

    def _last_event(self) -> str:
        """Follow the session's stream to its end, which comes with the question's; return that event's data."""
        path = f"/gradio_api/queue/data?session_hash={self.session}"
        got: Any = self.client.get(path, name="trang · stream", stream=True)
        got.raise_for_status()
        events = b"".join(map(bytes, got.iter_content(decode_content=False))).decode().split("\n")
        return next(
            (line for line in events if '"process_completed"' in line or '"unexpected_error"' in line), ""
        )
