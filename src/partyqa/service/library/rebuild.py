"""Rebuilding the index in a process of its own, while the old one serves.

How far it is stands in `.partyqa/rebuild.json`, so that every process that serves the page knows it; that it
lives, in a lock that the kernel releases when it dies. Whatever ends it leaves the old generation answering.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from partyqa.corpus.isolated import read_apart
from partyqa.corpus.loading import load_corpus
from partyqa.corpus.readers import ReadFile
from partyqa.corpus.subprocesses import Worker
from partyqa.errors import (
    CorpusError,
    IndexBusyError,
    IndexDamagedError,
    IndexMissingError,
    PartyQAError,
    StorageError,
)
from partyqa.index import generations
from partyqa.index.index import BuildReport, build_index
from partyqa.service.library.files import Holdings, stamps
from partyqa.service.library.folder import CorpusHome, read_json, write_json, writing
from partyqa.service.library.preview import Load

log = logging.getLogger(__name__)

_STATE, _ALIVE, _CANCEL = "rebuild.json", "rebuild.lock", "rebuild.cancel"
_STARTING = 60.0  # seconds for a process to come up on a machine that has much to do
_NAMED = 100  # files that could not be read
_TELLING = 0.1  # seconds between two notes of how far it is

State = Literal["none", "running", "done", "failed", "cancelled", "died"]


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """How the rebuild stands, or how the last one ended.

    `done` of `total` texts are embedded; a `total` of 0 while it runs says that the articles are being read, `read` of
    `files` files so far.
    `vi` and `en` say why it failed; `articles`, `passages`, `embedded` and `changed` are a finished build's;
    `skipped` files could not be read, `faults` says in Vietnamese and English why the first of them could not.
    """

    state: State = "none"
    done: int = 0
    total: int = 0
    read: int = 0
    files: int = 0
    started: str = ""
    ended: str = ""
    vi: str = ""
    en: str = ""
    articles: int = 0
    passages: int = 0
    embedded: int = 0
    changed: bool = False
    generation: str = ""
    skipped: int = 0
    faults: Sequence[tuple[str, str]] = ()

    @property
    def running(self) -> bool:
        """Whether it goes on at this moment."""
        return self.state == "running"


class Rebuilding:
    """The rebuilds of one index from one corpus, one at a time among all processes."""

    def __init__(self, home: CorpusHome, index: Path, encoder: str | None, load: Load) -> None:
        self.home, self.index, self.encoder, self.load = home, index, encoder, load
        self._starting = threading.Lock()
        self._worker: Worker | None = None

    def start(self, full: bool = False) -> None:
        """Start a rebuild and return once it runs; raises IndexBusyError where one does already, StorageError."""
        with self._starting:
            self.refuse_while_running()
            place = self.home.place()
            with writing(self.home.corpus):
                (place / _CANCEL).unlink(missing_ok=True)
            worker = Worker(_rebuild, self.home.corpus, self.index, self.encoder, self.load, full)
            started = worker.hear(_STARTING)
            if not started:
                worker.kill()
                raise _not_started() if started is None else busy()
            if self._worker is not None:
                self._worker.kill()  # it has ended; its pipe is closed
            self._worker = worker

    def progress(self) -> RebuildProgress:
        """Return how it stands; a rebuild that was killed has died."""
        if self._worker is not None:
            _ = self._worker.is_alive  # takes note of its end
        progress = self._read_progress()
        if not progress.running or _lives(self.home.folder):
            return progress
        progress = self._read_progress()  # it may have ended between the two looks
        return RebuildProgress("died", started=progress.started) if progress.running else progress

    def refuse_while_running(self) -> None:
        """Raise IndexBusyError where files would be pulled away under a rebuild."""
        if self.progress().running:
            raise busy()

    def cancel(self) -> bool:
        """Ask the rebuild to stop; returns whether there was one. It stops within half a second."""
        if not self.progress().running:
            return False
        with writing(self.home.corpus):
            (self.home.place() / _CANCEL).touch()
        return True

    def close(self) -> None:
        """End the rebuild that this process started, if it still runs."""
        if self._worker is not None:
            self._worker.kill()

    def _read_progress(self) -> RebuildProgress:
        state = read_json(self.home.folder / _STATE)
        try:
            return RebuildProgress(**state) if isinstance(state, dict) else RebuildProgress()
        except TypeError:
            return RebuildProgress()


def busy() -> IndexBusyError:
    """Return the error that says that a rebuild is going on."""
    return IndexBusyError("library.rebuilding")


def _not_started() -> StorageError:
    return StorageError("library.rebuild_not_started")


def _lives(folder: Path) -> bool:
    lock = FileLock(folder / _ALIVE, timeout=0)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return True
    lock.release()
    return False


def _rebuild(
    corpus: Path, index: Path, encoder: str | None, load: Load, full: bool, started: Connection
) -> None:
    """Rebuild in this process, saying True once it is the one that does."""
    os.nice(10)  # those who ask come first
    home = CorpusHome(corpus)
    try:
        alive = FileLock(home.place() / _ALIVE, timeout=1)  # a look at whether it lives takes no time
        alive.acquire()
    except (Timeout, PartyQAError, OSError):
        started.send(False)
        return
    try:
        with _Reports(home, index, started) as reports:
            started.send(True)
            _build(home, index, encoder, load, full, reports)
    finally:
        alive.release()


def _build(
    home: CorpusHome, index: Path, encoder: str | None, load: Load, full: bool, reports: "_Reports"
) -> None:
    try:
        files = stamps(home.corpus)
        found, model = load_corpus(home.corpus, reports.read), load(encoder or own_encoder(index))
        if found.faults and not found.articles:
            raise found.fault()
        report = build_index(index, found.articles, model, full=full, progress=reports.count)
        Holdings(home, index).note_built(report.generation, files)
        reports.done(report, found.faults)
    except PartyQAError as error:
        reports.failed(error)
    except Exception:
        log.exception("the index could not be rebuilt")
        reports.failed(PartyQAError("library.rebuild_unexpected"))


def own_encoder(index: Path) -> str | None:
    """Return the encoder that the index was built with: a rebuild keeps it; None for the default."""
    try:
        return generations.read_manifest(index, generations.current(index)).encoder.name
    except PartyQAError:
        return None


def _generation(index: Path) -> str | None:
    with suppress(IndexMissingError, IndexDamagedError, StorageError):
        return generations.current(index)
    return None


class _Reports:
    """The reports of the rebuilding process, and where it hears that it must stop."""

    def __init__(self, home: CorpusHome, index: Path, server: Connection) -> None:
        self._server = server
        self._state, self._cancel = home.folder / _STATE, home.folder / _CANCEL
        self._index, self._before = index, _generation(index)
        self._started, self._told = _now(), 0.0
        self._ended, self._writing = threading.Event(), threading.Lock()

    def __enter__(self) -> "_Reports":
        self._tell("running")
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def read(self, files: Sequence[Path]) -> Iterator[ReadFile | CorpusError]:
        """Read the files in a process of its own, noting how many are done."""
        for done, found in enumerate(read_apart(files), 1):
            yield found
            self._step(done == len(files), read=done, files=len(files))

    def count(self, done: int, total: int) -> None:
        """Note that `done` of `total` texts are embedded."""
        self._step(done == total, done=done, total=total)

    def _step(self, last: bool, **counts: int) -> None:
        if last or time.monotonic() - self._told >= _TELLING:
            with self._writing:
                self._tell("running", **counts)
            self._told = time.monotonic()

    def done(self, report: BuildReport, faults: Sequence[PartyQAError]) -> None:
        """Note what was built, and which files could not be read."""
        self._end(
            "done",
            articles=report.articles,
            passages=report.passages,
            embedded=report.embedded,
            changed=report.changed,
            generation=report.generation,
            skipped=len(faults),
            faults=[(fault.vi, fault.en) for fault in faults[:_NAMED]],
        )

    def failed(self, error: PartyQAError) -> None:
        """Note why nothing was built."""
        self._end("failed", vi=error.vi, en=error.en)

    def _end(self, state: State, **more: Any) -> None:
        with self._writing:
            self._ended.set()
            self._tell(state, ended=_now(), **more)

    def _tell(self, state: State, **more: Any) -> None:
        with suppress(OSError):  # a full disk: the build itself says so
            write_json(self._state, {"state": state, "started": self._started, **more})

    def _listen(self) -> None:
        """Stop the process once it must or the server that started it is gone, unless what it built answers
        already: a kill harms no index.
        """
        while not self._ended.wait(0.2):
            cancelled = self._cancel.exists()
            if (cancelled or self._server.poll()) and _generation(self._index) == self._before:
                with self._writing:
                    if self._ended.is_set():
                        return
                    if cancelled:
                        self._tell("cancelled", ended=_now())
                    os._exit(0)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
