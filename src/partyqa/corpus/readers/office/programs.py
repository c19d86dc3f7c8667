"""Programs that read what no library reads: started without a shell, within a time, ended with all they started."""

import math
import os
import resource
import signal
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from partyqa.errors import CorpusError

SECONDS = 60.0
_MOST_WRITTEN = 200 * 1024**2  # bytes of one file


def run(command: Sequence[str], path: Path, *, seconds: float = SECONDS, folder: Path | None = None) -> bytes:
    """Return what a program writes; CorpusError where it says no or takes longer.

    `path` is the file that a sentence names. The program knows of no home and no display; `folder` is where it may
    write.
    """
    place = str(folder) if folder else "/"
    known = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": place, "TMPDIR": place}
    if not folder:
        known["TMPDIR"] = "/tmp"  # noqa: S108 - the program makes its own names there
    with subprocess.Popen(  # noqa: S603 - no shell, no word of the file in the command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=known,
        start_new_session=True,
        preexec_fn=partial(_bound, seconds),
    ) as started:
        try:
            written, _ = started.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise CorpusError(
                "readers.program_too_slow", path=path, program=command[0], seconds=seconds
            ) from error
        finally:
            _end(started)
    if started.returncode:
        raise CorpusError("readers.program_failed", path=path, program=Path(command[0]).name)
    return written


def _bound(seconds: float) -> None:
    """Set limits that hold even where this process is ended before the program."""
    busy = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (busy, busy))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_WRITTEN, _MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end(started: subprocess.Popen[bytes]) -> None:
    """End a program with everything it started; one that has ended already may have left some."""
    try:
        os.killpg(started.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
