"""Reading in a process of its own: what never ends there, or takes all memory, ends with that process.

A reader's regular expressions hold the interpreter's lock; a hostile line must not hold up those who ask.
"""

import logging
import math
import os
import re
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol, TypeVar

from partyqa.corpus.loading import read_path
from partyqa.corpus.readers import ReadFile
from partyqa.corpus.subprocesses import Worker
from partyqa.errors import CorpusError, PartyQAError

log = logging.getLogger(__name__)

_STARTING = 120.0  # seconds to begin on a machine that has much to do


class Named(Protocol):
    """What is read."""

    @property
    def name(self) -> str:
        """What a sentence about it says."""
        ...


J = TypeVar("J", bound=Named)
Work = Callable[[Any], Any]
"""Reads one job, in the process; raises CorpusError."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one file may take: seconds, and megabytes beyond those that its process had before."""

    seconds: float = 60.0
    megabytes: int = 2048


BOUNDS = Bounds()  # where somebody waits
PATIENT = Bounds(seconds=600.0)  # an index may have scans to recognise


@dataclass(frozen=True, slots=True)
class _Whole:
    """A file of a corpus."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path)


def read_apart(files: Sequence[Path], bounds: Bounds = PATIENT) -> Iterator[ReadFile | CorpusError]:
    """Yield what each file holds, in order, read in one process as long as no file ends it."""
    return each([_Whole(file) for file in files], _reader, (), bounds)


def each(
    jobs: Sequence[J],
    begin: Callable[..., Work],
    arguments: tuple[object, ...],
    bounds: Bounds = BOUNDS,
) -> Iterator[Any]:
    """Yield what `begin(*arguments)`, a function of a module, makes of each job, in order, or its CorpusError.

    A job that oversteps the bounds, or ends its process, is an error like any other. Raises the PartyQAError of
    `begin`.
    """
    left = list(jobs)
    while left:
        with _Child(_work, list(left), begin, arguments, bounds) as child:
            child.wait_until_ready()
            while left:
                found = child.next(bounds.seconds)
                job = left.pop(0)
                if found is None:
                    yield CorpusError(child.why_silent(), path=job.name)
                    break  # a new process for those that are left
                yield found[0]


def _reader() -> Work:
    return lambda job: read_path(job.path)


class _Child(Worker):
    """The process that reads; it is gone when the block ends, whatever it was doing."""

    def __enter__(self) -> "_Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def wait_until_ready(self) -> None:
        """Wait for what it needs; raises the error that says why that is not there."""
        match self.hear(_STARTING):
            case True:
                return
            case PartyQAError() as error:
                raise error
            case _:
                raise CorpusError("readers.too_busy")

    def next(self, seconds: float) -> tuple[Any] | None:
        """Return what came of the next file; None where it took too long or ended the process."""
        self.asked, self.allowed = time.monotonic(), seconds
        heard: tuple[Any] | None = self.hear(seconds)
        return heard

    def why_silent(self) -> str:
        """Return the key of the sentence that says what became of a file of which nothing was heard."""
        if time.monotonic() - self.asked >= self.allowed:
            return "readers.too_long"
        with suppress(subprocess.TimeoutExpired):
            if self.process.wait(1) == -signal.SIGXCPU:
                return "readers.too_long"
        return "readers.unreadable"


def _work(
    jobs: Sequence[Named],
    begin: Callable[..., Work],
    arguments: tuple[object, ...],
    bounds: Bounds,
    results: Connection,
) -> None:
    """Read the jobs in this process, saying True once it begins and then, as a tuple of one, what came of each."""
    os.nice(5)  # those who ask come first
    try:
        read = begin(*arguments)
    except PartyQAError as error:
        results.send(error)
        return
    with suppress(BrokenPipeError):  # who asked is gone
        results.send(True)
        for job in jobs:
            _end_after(bounds.seconds)
            _take_at_most(bounds.megabytes)
            results.send((_outcome(job, read),))


def _outcome(job: Named, read: Work) -> Any:
    try:
        return read(job)
    except CorpusError as error:
        return error
    except MemoryError:
        return CorpusError("readers.too_much_memory", path=job.name)
    except RecursionError:
        return CorpusError("readers.unreadable", path=job.name)
    except Exception:
        log.exception("a file could not be read")
        return CorpusError("readers.unreadable", path=job.name)


def _end_after(seconds: float) -> None:
    """Let the kernel end this process once it has computed for so long: who started it may have died."""
    _lower(resource.RLIMIT_CPU, math.ceil(time.process_time() + seconds))


def _take_at_most(megabytes: int) -> None:
    """Let the kernel refuse this process more memory than that beyond what it has."""
    with suppress(OSError):  # a system that does not tell
        if held := re.search(r"VmData:\s+(\d+)", Path("/proc/self/status").read_text()):
            _lower(resource.RLIMIT_DATA, 1024 * int(held[1]) + 1024**2 * megabytes)


def _lower(limit: int, value: int) -> None:
    _, most = resource.getrlimit(limit)
    resource.setrlimit(limit, (value if most == resource.RLIM_INFINITY else min(value, most), most))
