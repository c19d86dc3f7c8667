"""The counting of calls, on a few that are known; the dev questions are for `python benchmarks/calls.py INDEX`."""

import importlib.util
import sys
from types import ModuleType

import pytest
from conftest import ROOT

from partyqa.text.normalise import fold
from partyqa.text.numbers import with_accents
from partyqa.text.views import TextView


@pytest.fixture(scope="module")
def calls() -> ModuleType:
    spec = importlib.util.spec_from_file_location("calls", ROOT / "benchmarks" / "calls.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_calls_within_partyqa_are_counted(calls: ModuleType) -> None:
    view, counting = TextView("Đảng bộ huyện"), calls.Calls()
    sys.setprofile(counting.profile)
    try:
        fold("Đảng")
        counting.answering = True
        with_accents(["nam", "muoi"])
        assert view.flat == "dang bo huyen"
    finally:
        sys.setprofile(None)
    assert counting.named == {"fold": 2, "understand": 0}
    assert list(counting.entered) == ["text/numbers", "text/views", "text/normalise"]
    assert list(counting.moves) == [("text/views", "text/normalise")]


def test_moves_and_steps_back_are_counted_once_by_place(calls: ModuleType) -> None:
    counting = calls.Calls()
    counting.entered = {"answer/a": 0, "text/b": 1, "answer/c": 2}
    counting.moves = dict.fromkeys(
        [("answer/a", "text/b"), ("text/b", "answer/c"), ("answer/c", "text/b"), ("answer/a", "answer/c")]
    )
    assert counting.counted(str) == (3, 4, 1)
    assert counting.counted(lambda module: module.split("/")[0]) == (2, 2, 1)
