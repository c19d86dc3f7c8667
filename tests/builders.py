"""Builds that run in processes of their own, to be killed, starved of disk, or run against each other."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from toy import ToyEncoder, toy_articles

from partyqa.errors import PartyQAError
from partyqa.index.index import Index, build_index
from partyqa.types import Article

STEPS = frozenset("open flush mkdir rename replace unlink rmdir".split())
PLACES = ("generations.py", "pathlib", "shutil.py")


def build_until(folder: Path, articles: Sequence[Article], last_step: int, count: Path | None = None) -> None:
    """Build, and die by SIGKILL before step `last_step` (0: live, and write the number of steps to `count`).

    A step is a call by which the index's code, or pathlib or shutil for it, changes what others see.
    """
    steps = 0

    def profile(frame: FrameType, event: str, called: Any) -> None:
        nonlocal steps
        if (
            event == "c_call"
            and called.__name__ in STEPS
            and any(p in frame.f_code.co_filename for p in PLACES)
        ):
            steps += 1
            if steps == last_step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(profile)
    build_index(folder, articles, ToyEncoder())
    sys.setprofile(None)
    if count:
        count.write_text(str(steps))


def build_slowly(folder: Path, articles: Sequence[Article], wait: float, said: Connection) -> None:
    """Build with a pause for each text and each fsync, for a kill to hit any of them; say how it ended."""
    fsync = os.fsync

    def slow_fsync(descriptor: int) -> None:
        time.sleep(0.003)
        fsync(descriptor)

    os.fsync = slow_fsync
    try:
        build_index(folder, articles, ToyEncoder(pause=0.0005), wait=wait)
        said.send("built")
    except PartyQAError as error:
        said.send(type(error).__name__)


def build_within(
    folder: Path, articles: Sequence[Article], name: str, largest: int, said: Connection
) -> None:
    """Build where the file `name` and those after it may not grow over `largest` bytes.

    Python ignores SIGXFSZ and gets EFBIG.
    """

    def limit(event: str, arguments: tuple[Any, ...]) -> None:
        if (
            event == "open"
            and arguments[1] == "w"
            and Path(arguments[0]).name.removeprefix(".").startswith(name)
        ):
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    sys.addaudithook(limit)
    try:
        build_index(folder, articles, ToyEncoder())
        said.send("built")
    except PartyQAError as error:
        said.send(type(error).__name__)


def build_on_a_small_disk(folder: Path) -> None:
    """Build on a file system of its own, ever fuller, then read-only; print as JSON lines what happened.

    Needs the right to mount: `unshare --mount --map-root-user`.
    """
    run = partial(subprocess.run, check=True)
    run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder])
    index, ballast = folder / "index", folder / "ballast"
    old, new = toy_articles(8, seed=1), toy_articles(8, seed=2)
    build_index(index, old, ToyEncoder())

    def attempt(case: str, articles: Sequence[Article] = new) -> None:
        before = sorted(path.name for path in index.rglob("*"))
        try:
            changed = build_index(index, articles, ToyEncoder()).changed
            outcome = "built" if changed else "up to date"
        except PartyQAError as error:
            outcome = f"{type(error).__name__}: {error.en}"
        unchanged = before == sorted(path.name for path in index.rglob("*"))
        serving = {old: "old", new: "new"}.get(Index.load(index).articles)
        print(json.dumps({"case": case, "outcome": outcome, "unchanged": unchanged, "serving": serving}))

    for room in (0, 1, 2, 5, 9, 12, 15, 20, 24):
        disk = os.statvfs(folder)
        ballast.write_bytes(bytes((disk.f_bavail - room) * disk.f_frsize))
        attempt(f"{room} pages free")
        ballast.unlink()
    run(["mount", "-o", "remount,ro", folder])
    attempt("read-only")
    attempt("read-only, nothing to do", old)
    run(["mount", "-o", "remount,rw", folder])
    attempt("room again")


def build_as_nobody(folder: Path, articles: Sequence[Article], said: Connection) -> None:
    """Build as a user whom file permissions bind (root they do not), in a folder of the working directory."""
    os.chdir(folder.parent)  # the folders above may be closed to others
    PartyQAError("index.no_permission", folder="").message()  # the catalogue may stand in such a folder
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        build_index(Path(folder.name), articles, ToyEncoder())
        said.send("built")
    except PartyQAError as error:
        said.send(error.vi)
