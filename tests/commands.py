"""The command line as a user meets it: a process of its own (the fixture `call` is for where that adds nothing)."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PARTYQA = Path(sys.executable).parent / "partyqa"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    def complaint(self, code: int) -> str:
        """Return the one line on standard error of a command that failed and printed no data."""
        assert (self.code, self.out) == (code, ""), self
        assert self.err.endswith("\n") and self.err.count("\n") == 1, self
        line = self.err.strip()
        assert line and "Traceback" not in line and "Lỗi ngoài dự kiến" not in line, self
        return line


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
