"""What reads toy jobs in another process, which finds it by its function."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from partyqa.corpus.isolated import Work
from partyqa.errors import CorpusError, EncoderError


@dataclass(frozen=True)
class Task:
    """A job: what to do, as a word."""

    name: str
    note: Path | None = None


def begin() -> Work:
    return _do


def begin_badly() -> Work:
    raise EncoderError("models.not_here", name="m")


def _do(task: Task) -> object:
    match task.name:
        case "fault":
            raise CorpusError("readers.empty", path=task.name)
        case "bug":
            raise ZeroDivisionError
        case "memory":
            return len(bytearray(900 * 1024**2))
        case "crumbs":
            return len([bytes(1000) for _ in range(900_000)])
        case "death":
            os._exit(3)
        case "ever":
            while True:
                pass
        case "program":
            program = subprocess.Popen(["sleep", "600"])
            assert task.note
            task.note.write_text(str(program.pid))
            program.wait()
    return task.name.upper()
