"""The bench's own arithmetic and its place in evaluation/README.md; what it measures is for `make bench`."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench", ROOT / "benchmarks" / "bench.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_a_command_is_timed_and_weighed(bench: ModuleType) -> None:
    code = "import bench; done = bench.run('--version'); print(done.seconds, done.peak)"
    alone = subprocess.run(  # this process is heavy, and a child begins with its parent's peak
        [sys.executable, "-c", code], cwd=ROOT / "benchmarks", capture_output=True, text=True, check=True
    )
    seconds, peak = map(float, alone.stdout.split())
    assert 0.01 < seconds < 30
    assert 10 < peak < 80  # a Python with Typer takes about 24 MB, the bench itself about 30
    with pytest.raises(RuntimeError, match="partyqa hoi ended with 2"):
        bench.run("hoi")
    assert bench.median_of([bench.Ended(3, 10), bench.Ended(1, 30), bench.Ended(2, 20)]) == bench.Ended(2, 30)


def test_each_question_is_asked_once(bench: ModuleType, tmp_path: Path) -> None:
    rows = [{"turns": ["a"]}, {"turns": ["x", "b"]}, {"turns": ["a"]}, {"turns": ["c"]}]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    assert bench.distinct_questions(tmp_path / "q.jsonl") == ["a", "b", "c"]
    assert len(bench.distinct_questions(bench.QUESTIONS)) > 300


def test_the_table_says_what_is_missed(bench: ModuleType) -> None:
    rows = [
        bench.Row("hỏi", "ask", "2 s", "< 6 s", True),
        bench.memory("bộ nhớ", "memory", bench.Ended(1, 1300)),
        bench.Row("trang", "page", "4 s"),
    ]
    assert bench.markdown(rows, "máy").splitlines() == [
        "`make bench`: máy.",
        "",
        "| việc | what | đo được · measured | đích · target |",
        "|---|---|---|---|",
        "| hỏi | ask | 2 s | < 6 s |",
        "| bộ nhớ | memory | 1.30 GB | < 1.2 GB (chưa đạt · missed) |",
        "| trang | page | 4 s |  |",
    ]


@pytest.mark.parametrize(
    "page", ["", "# Đo\n\nLời.\n", "# Đo\n\nLời.\n\n---\n\n# English\n\nWords.\n\n---\n\n# English\n"]
)
def test_the_block_comes_once_and_is_replaced(bench: ModuleType, page: str) -> None:
    first = bench.with_block(page, "một")
    second = bench.with_block(first, "hai\nba")
    assert first.count("<!-- bench -->\nmột\n<!-- /bench -->") == 1
    assert second == first.replace("một", "hai\nba")
    assert bench.with_block(second, "một") == first
    if page:
        vietnamese, line, english = page.partition("\n---\n\n# English")
        assert first.startswith(vietnamese.rstrip())
        assert first.endswith(line + english)
        assert first.index("<!-- /bench -->") < len(first) - len(line + english)
