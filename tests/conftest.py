"""Shared fixtures: where the optional outside data lies, and a model hub that stays closed."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import Done
from filelock import FileLock
from hypothesis import settings

if TYPE_CHECKING:
    from partyqa.engine import PartyQA

os.environ["HF_HUB_OFFLINE"] = "1"

# A property is about values: on a busy machine an example may take long.
settings.register_profile("partyqa", deadline=None)
settings.load_profile("partyqa")

pytest_plugins = ["browsing"]

ROOT = Path(__file__).resolve().parents[1]
FOLDER_MARKS = {"faults": "fault", "browser": "browser", "training": "slow", "benchmarks": "slow"}
SHARED = Path(os.environ.get("PARTYQA_SHARED", ROOT.parent / "shared"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in these folders, so that `make test-fast` leaves it for later."""
    for item in items:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        if folder in FOLDER_MARKS:
            item.add_marker(FOLDER_MARKS[folder])


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of raw articles as scraped; tests that need it are skipped where it is absent."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip("no raw seeds here: set PARTYQA_SHARED to the folder that holds seeds/")
    return folder


@pytest.fixture(scope="session")
def built_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of corpus/ made with the bundled encoder, once for all workers; a test that changes it takes a copy."""
    from partyqa.engine import build_index

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(shared / "built.lock"):
        if not (shared / "built").exists():
            build_index(ROOT / "corpus", shared / "building")
            (shared / "building").rename(shared / "built")
    return shared / "built"


@pytest.fixture(scope="session")
def engine(built_index: Path) -> "PartyQA":
    """The system a user asks, on the index of corpus/."""
    from partyqa.engine import PartyQA

    return PartyQA.open(built_index)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """torch as in another process: sums in another order would differ in their last bits."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The command line within this process, for where one of its own adds nothing: `call("ask", "...")`."""
    from partyqa.cli import main

    def run(*words: str | Path) -> Done:
        monkeypatch.setenv("PARTYQA_LANG", "")  # put back afterwards: --lang sets it
        monkeypatch.setattr(sys, "argv", ["partyqa", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run
