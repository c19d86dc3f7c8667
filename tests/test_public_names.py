"""`import partyqa`: what it offers, that its example runs, and that it stays light."""

import doctest
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

import partyqa
from partyqa.engine import PartyQA, build_index
from partyqa.types import Answer


def test_the_public_names_are_those_of_their_modules() -> None:
    offered = {name: getattr(partyqa, name) for name in partyqa.__all__}
    own = {"Answer": Answer, "PartyQA": PartyQA, "build_index": build_index}
    assert offered == {**own, "__version__": partyqa.__version__}
    assert partyqa.__all__ == sorted(partyqa.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Index'"):
        partyqa.Index  # noqa: B018


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns(".partyqa"))
    monkeypatch.chdir(tmp_path)
    assert doctest.testmod(partyqa) == doctest.TestResults(failed=0, attempted=7)


def test_a_bare_import_loads_nothing_else() -> None:
    code = "import sys, partyqa; print(*[name for name in sys.modules if name.startswith('partyqa')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == ["partyqa", "partyqa.version"]
