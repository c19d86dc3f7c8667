"""The command line as a user meets it: as a process of its own, or as `main()` where a process adds nothing."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from partyqa import cli

PARTYQA = Path(sys.executable).parent / "partyqa"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def partyqa(*words: str | bytes | Path, stdin: bytes = b"", **environment: str) -> Done:
    """Run the installed console command."""
    done = subprocess.run(
        [PARTYQA, *words],
        input=stdin,
        capture_output=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "80", **environment},
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


Call = Callable[..., Done]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command line within this process: `call("ask", "...")`."""

    def run(*words: str | Path) -> Done:
        monkeypatch.setenv("PARTYQA_LANG", "")  # put back afterwards: --lang sets it
        monkeypatch.setattr(sys, "argv", ["partyqa", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run
