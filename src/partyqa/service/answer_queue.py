"""The engine that answers now: questions wait in one line, and a new index is taken up without a pause."""

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Protocol

from partyqa.answer.progress import Step, following
from partyqa.engine import PartyQA
from partyqa.errors import BusyError, PartyQAError
from partyqa.index.generations import current
from partyqa.index.index import Index
from partyqa.models.loading import load_encoder
from partyqa.question.query import understand
from partyqa.service.filters import Filters, narrowed
from partyqa.types import Answer

log = logging.getLogger(__name__)

EVERYTHING = Filters()
WARMING = "Đảng bộ có bao nhiêu đảng viên?"  # any question: it loads what is loaded when first needed


@dataclass(frozen=True, slots=True)
class AskLimits:
    """How many questions wait besides those that are answered, how long one may take, waiting included."""

    at_once: int = 1  # the encoder's tokenizer is not re-entrant, and the models use every core by themselves
    waiting: int = 32
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and the engine that gave it: its articles are the ones that the citations are of."""

    answer: Answer
    engine: PartyQA


class Observer(Protocol):
    """What is notified of questions, in the thread that asks."""

    def begun(self, question: str, answer: "Future[Answered]") -> None:
        """A question has its place in the line."""

    def not_begun(self, error: PartyQAError) -> None:
        """A question was refused one."""


class Serving:
    """An index that is asked by many: `engine` is a snapshot, to be taken once for a request.

    `start` watches the index's pointer, `close` ends that and lets the questions that are running end.
    """

    def __init__(
        self, engine: PartyQA, folder: Path, limits: AskLimits | None = None, *, every: float = 1.0
    ) -> None:
        """`engine` has the index in `folder` open; `every` so many seconds its pointer is looked at."""
        self.folder, self.limits, self.every = folder, limits or AskLimits(), every
        self._engine = engine
        self._line = ThreadPoolExecutor(self.limits.at_once, thread_name_prefix="ask")
        self._room = threading.BoundedSemaphore(self.limits.at_once + self.limits.waiting)
        self._pending = set[Future[Answered]]()
        self._closing = threading.Event()
        self._watcher: threading.Thread | None = None
        self.observer: Observer | None = None
        self._refused: str | None = None  # what is wrong with a new generation, so that it is reported once
        _warm(engine)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        encoder: str | None = None,
        reader: str | None = None,
        limits: AskLimits | None = None,
    ) -> "Serving":
        """Open the index in `folder` as `PartyQA.open` does, and raises what that raises."""
        return cls(PartyQA.open(folder, encoder=encoder, reader=reader), folder, limits)

    @property
    def engine(self) -> PartyQA:
        """The engine of the generation that answers now."""
        return self._engine

    @property
    def in_line(self) -> int:
        """How many questions wait to be answered."""
        return sum(not (future.running() or future.done()) for future in tuple(self._pending))

    def ask(
        self,
        question: str,
        turns: Sequence[str] = (),
        *,
        as_written: bool = False,
        filters: Filters = EVERYTHING,
        on_step: Callable[[Step], None] | None = None,
    ) -> Answered:
        """Answer as `PartyQA.ask` does, or `ask_as_written`, among the articles that the filters choose.

        `on_step` is called in the thread that answers. Raises QuestionError, BusyError where too many wait,
        OverTimeError.
        """
        asked = self.begin(question, turns, as_written=as_written, filters=filters, on_step=on_step)
        return asked.result()

    def begin(
        self,
        question: str,
        turns: Sequence[str] = (),
        *,
        as_written: bool = False,
        filters: Filters = EVERYTHING,
        on_step: Callable[[Step], None] | None = None,
    ) -> Future[Answered]:
        """Put a question into the line; the result of what is returned, or its error, is that of `ask`."""
        try:
            future = self._begun(question, turns, as_written, filters, on_step)
        except PartyQAError as error:
            if self.observer is not None:
                self.observer.not_begun(error)
            raise
        if self.observer is not None:
            self.observer.begun(question, future)
        return future

    def _begun(
        self,
        question: str,
        turns: Sequence[str],
        as_written: bool,
        filters: Filters,
        on_step: Callable[[Step], None] | None,
    ) -> Future[Answered]:
        understand(question)  # what cannot be asked does not wait in line
        if self._closing.is_set() or not self._room.acquire(blocking=False):
            raise BusyError("question.too_many_ask", seconds=2)
        until = monotonic() + self.limits.seconds

        def answer() -> Answered:
            with following(on_step, until - monotonic()):
                engine = self._engine
                asked = narrowed(engine, filters)
                given = asked.ask_as_written(question) if as_written else asked.ask(question, turns)
                return Answered(given, engine)

        try:
            future = self._line.submit(contextvars.copy_context().run, answer)
        except RuntimeError:  # closed between the look and the step
            self._room.release()
            raise BusyError("question.server_stops", seconds=10) from None
        self._pending.add(future)
        future.add_done_callback(self._leave)
        return future

    async def ask_soon(
        self,
        question: str,
        turns: Sequence[str] = (),
        *,
        as_written: bool = False,
        filters: Filters = EVERYTHING,
        on_step: Callable[[Step], None] | None = None,
    ) -> Answered:
        """Do the same for asynchronous code; cancelled while it waits in line, it is never begun."""
        asked = self.begin(question, turns, as_written=as_written, filters=filters, on_step=on_step)
        return await asyncio.wrap_future(asked)

    def start(self) -> None:
        """Begin to watch for a new generation."""
        self._watcher = threading.Thread(target=self._watch, name="index watcher", daemon=True)
        self._watcher.start()

    def close(self) -> None:
        """Stop watching; questions that are running end, those that wait are refused."""
        self._closing.set()
        self._line.shutdown(wait=True, cancel_futures=True)
        if self._watcher is not None:
            self._watcher.join()

    def refresh(self) -> bool:
        """Take up the generation that the pointer names, if it is another; return whether it was.

        Raises IndexMissingError, IndexFormatError, IndexDamagedError, EncoderError; the old one then goes on.
        """
        if current(self.folder) == self._engine.generation:
            return False
        self._engine = self._reopened()
        return True

    def _reopened(self) -> PartyQA:
        index, held = Index.load(self.folder), self._engine
        same = index.manifest.encoder.fingerprint == held.encoder.fingerprint
        encoder = held.encoder if same else load_encoder(index.manifest.encoder.name)
        engine = PartyQA.compose(index, encoder, held.answerer.reader)
        _warm(engine)
        return engine

    def _watch(self) -> None:
        while not self._closing.wait(self.every):
            try:
                if self.refresh():
                    log.info("index generation %s answers now", self._engine.generation)
                self._refused = None
            except PartyQAError as error:
                if error.en != self._refused:
                    log.warning("the new index is not taken up: %s", error.en)
                self._refused = error.en
            except Exception:
                log.exception("the new index is not taken up")

    def _leave(self, future: Future[Answered]) -> None:
        self._pending.discard(future)
        self._room.release()


def _warm(engine: PartyQA) -> None:
    """Load what an engine loads when it is first asked, so that nobody waits for it."""
    engine.ask(WARMING)
