"""Work in a process of its own: a new interpreter that runs one function of a module and talks over a pipe.

multiprocessing would import the program's main module again in each process, and that may bring Gradio along.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Protocol

_PATIENCE = 10.0  # seconds for a process that was asked to end


class Process(Protocol):
    """What is asked of a process; subprocess.Popen is one."""

    pid: int

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        ...


class Worker:
    """A process that runs `function(*arguments, pipe)`; the pipe's other end is `pipe` here."""

    def __init__(self, function: Callable[..., None], *arguments: object) -> None:
        self.pipe, theirs = Pipe()
        with theirs:
            self.process = start(theirs)
        with suppress(OSError):  # a process that is gone already is found out by whoever listens
            self.pipe.send(sys.path)
            self.pipe.send((function, arguments))

    @property
    def is_alive(self) -> bool:
        """Whether it runs; takes note of its end."""
        return self.process.poll() is None

    def hear(self, seconds: float) -> Any:
        """Return the next thing that it says; None where it says nothing in that time, or is gone."""
        with suppress(EOFError, OSError):
            if self.pipe.poll(seconds):
                return self.pipe.recv()
        return None

    def kill(self) -> None:
        """End it, whatever it does, and the programs that it started."""
        if self.is_alive:
            with suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_PATIENCE)
        self.pipe.close()


def start(theirs: Connection) -> Process:
    """Start a process that serves the pipe's end `theirs`."""
    number = theirs.fileno()
    return subprocess.Popen(  # noqa: S603 - this very interpreter, and a number
        [sys.executable, "-P", "-m", __name__, str(number)],
        pass_fds=[number],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        process_group=0,
    )


def serve(pipe: Connection) -> None:
    """Run what the pipe brings, in a process that was started for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's, which ends this process by itself
    sys.path[:] = pipe.recv()
    function, arguments = pipe.recv()
    function(*arguments, pipe)


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
