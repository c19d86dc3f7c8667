"""The load test's own arithmetic, and its people against a small server; what it measures is for `make load`.

It runs in processes of its own: locust has gevent replace the sockets of the process that imports it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from served import served, services_over
from toy_api import ARTICLES, GatedEncoder

from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index
from partyqa.service.answer_queue import AskLimits


def in_load(code: str, **names: Any) -> Any:
    """Run code where load.py is imported as `load`; return what it assigned to `found`."""
    given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    program = (
        f"import load, json, dataclasses\n{given}{code}\nprint(json.dumps(found, default=dataclasses.asdict))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT / "benchmarks", capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_counting_and_the_table() -> None:
    code = """
asked = [load.Asked("API", float(ms), 200) for ms in range(1, 100)] + [load.Asked("trang", 900.0, 0, "gone")]
asked += [load.Asked("API", 5.0, 429, "busy"), load.Asked("API", 6.0, 200, "200 without an answer")]
phase = load.asdict(load.summary(asked))
slow = {**phase, "p95": 1500.0, "failed": 0}
said = {**phase, "requests": 500, "statuses": {"200": 33, "429": 467}}
crowd = {"phase": said, "before": 500, "peak": 700, "after": 551}
built = {"phase": {**phase, "failed": 0}, "seconds": 3.0, "taken_up": 0.5}
choice = load.options([])
lines = list(load.rows({"page_usable_s": 1.9, "asked": slow, "burst": crowd, "rebuild": built}, choice))
broken = {**crowd, "phase": {**crowd["phase"], "statuses": {"200": 33, "500": 467}}, "after": 550}
others = list(load.rows({"page_usable_s": None, "asked": phase, "burst": broken, "rebuild": built}, choice))
found = {
    "phase": phase,
    "empty": load.asdict(load.summary([])),
    "p95": [load.p95(list(range(1, n + 1))) for n in (1, 2, 19, 20, 100, 101)],
    "met": [line.met for line in lines],
    "others": [line.met for line in others],
    "measured": [line.measured for line in lines],
    "choice": [choice.seconds, choice.people, choice.burst],
}"""
    found = in_load(code)
    assert found["phase"] == {
        "requests": 102,
        "failed": 3,
        "statuses": {"0": 1, "200": 100, "429": 1},
        "median": 49.5,
        "p95": 95.0,
        "most": 900.0,
        "p95_of": {"API": 94.0, "trang": 900.0},
        "failures": {"gone": 1, "busy": 1, "200 without an answer": 1},
    }
    assert (found["empty"]["requests"], found["empty"]["failed"]) == (0, 0)
    assert found["p95"] == [1, 2, 19, 19, 95, 96]
    assert found["met"] == [True, True, False, None, None, True, False, True]
    assert found["others"] == [False, True, None, None, False, True, True]
    assert found["measured"][5:7] == ["33 × 200, 467 × 429", "500, 700, 551 MB"]
    assert found["choice"] == [180, 50, 500]


def test_only_dev_questions_are_asked_and_each_once() -> None:
    asked = [tuple(turns) for turns in in_load("import locustfile; found = locustfile.questions()")]
    assert len(asked) == len(set(asked)) > 1800  # 50 people, 36 questions each
    files = (ROOT / "evaluation").glob("*questions.jsonl")
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    assert {tuple(row["turns"]) for row in rows if row["split"] == "dev"} <= set(asked)
    assert not {tuple(row["turns"]) for row in rows if row["split"] == "test"} & set(asked)


def test_a_changed_corpus_is_another_one(tmp_path: Path) -> None:
    for name in ("README.md", "b.md", "a.md"):
        (tmp_path / name).write_text(f"# {name}\n\nMột câu.\n", "utf-8")
    in_load("from pathlib import Path; load.change(Path(folder)); found = None", folder=str(tmp_path))
    assert {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()} == {
        "README.md": "# README.md\n\nMột câu.\n",
        "a.md": "# a.md\n\nMột câu.\n\nNgày hôm ấy có 1 chi bộ họp.\n",
        "b.md": "# b.md\n\nMột câu.\n\nNgày hôm ấy có 2 chi bộ họp.\n",
        "bai-moi.md": "# a.md\n\nMột câu.\n",
    }


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("load")
    encoder = GatedEncoder()
    build_index(folder / "index", ARTICLES, encoder)
    engine = PartyQA.compose(Index.load(folder / "index"), encoder)
    services = services_over(engine, folder / "index", folder, limits=AskLimits(waiting=4))
    with served(services) as url:
        yield url


PEOPLE = """
import locust, os, psutil
from pathlib import Path
load.ApiPerson.wait_time = load.PagePerson.wait_time = locust.constant_pacing(0.4)
server = load.Server(url, psutil.Process(pid))
"""


def test_people_ask_in_the_page_and_through_the_api(url: str) -> None:
    found = in_load(PEOPLE + "found = load.ask_for(server, 6.0, 4)", url=url, pid=os.getpid())
    assert found["requests"] >= 8
    assert (found["failed"], found["failures"]) == (0, {})
    assert found["statuses"] == {"200": found["requests"]}
    assert set(found["p95_of"]) == {"API", "trang · page"}
    assert 0 < found["median"] <= found["p95"] <= found["most"]


def test_a_burst_is_answered_or_told_to_wait(url: str) -> None:
    found = in_load(PEOPLE + "found = load.burst(server, 80)", url=url, pid=os.getpid())
    phase = found["phase"]
    assert phase["requests"] == sum(phase["statuses"].values()) == 80
    assert set(phase["statuses"]) <= {"200", "429"}
    assert phase["statuses"]["200"] >= 1
    assert phase["failed"] == phase["statuses"].get("429", 0)
    assert 50 < found["before"] <= found["peak"] < 10_000


def test_what_fails_is_seen() -> None:
    """Nobody listens at that port."""
    found = in_load(
        PEOPLE + "found = load.ask_for(server, 2.0, 2)", url="http://127.0.0.1:9", pid=os.getpid()
    )
    assert found["requests"] == found["failed"] >= 1
