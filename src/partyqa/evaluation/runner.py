"""Putting a dataset to a system: every question is asked and every outcome kept, failures too."""

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import platformdirs

from partyqa.corpus.loading import corpus_digest
from partyqa.evaluation.composed import System
from partyqa.evaluation.datasets.base import Case, Dataset
from partyqa.index.index import Index, build_index
from partyqa.models.base import Encoder
from partyqa.types import Answer, Hit

TIMEOUT = 60.0  # seconds a question; a system that needs longer has failed it

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: an answer and the passages found for it, or `error`, a sentence, and neither."""

    case: Case
    answer: Answer | None
    hits: tuple[Hit, ...] = ()
    error: str = ""


def open_index(dataset: Dataset, encoder: Encoder, progress: Progress | None = None) -> tuple[Index, Path]:
    """Return the index of the dataset's articles and its cache folder, built as users' indexes are.

    The folder is named by the content of the articles and the encoder, under PARTYQA_CACHE or else the user's
    cache directory: a second run embeds nothing. `progress(done, total)` counts embedded passages.
    """
    key = f"{corpus_digest(dataset.articles)} {encoder.fingerprint}"
    base = os.environ.get("PARTYQA_CACHE") or platformdirs.user_cache_dir("partyqa")
    folder = Path(base) / "evaluation" / hashlib.sha256(key.encode()).hexdigest()[:24]
    build_index(folder / "index", dataset.articles, encoder, progress=progress)
    return Index.load(folder / "index"), folder


def run(
    system: System,
    dataset: Dataset,
    depth: int,
    *,
    timeout: float = TIMEOUT,
    progress: Progress | None = None,
) -> tuple[Outcome, ...]:
    """Ask every question and search `depth` passages for it; a question that fails becomes an outcome.

    `progress(done, total)` counts questions.
    """
    outcomes = []
    for done, outcome in enumerate(_outcomes(system, dataset, depth, timeout), 1):
        outcomes.append(outcome)
        if progress:
            progress(done, len(dataset.cases))
    return tuple(outcomes)


def _outcomes(system: System, dataset: Dataset, depth: int, timeout: float) -> Iterator[Outcome]:
    worker = _Worker()
    for case in dataset.cases:
        try:
            yield worker.call(partial(_outcome, system, case, depth), timeout)
        except _HungError:
            yield Outcome(case, None, error=f"no answer after {timeout:g} s")
            worker = _Worker()  # the old one hangs; it is left behind
        except Exception as error:  # whatever a question does to a system, the others are still asked
            yield Outcome(case, None, error=f"{type(error).__name__}: {error}")
    worker.stop()


def _outcome(system: System, case: Case, depth: int) -> Outcome:
    *turns, question = case.question.turns
    answer = system.ask(question, turns, case.scope)
    hits = () if case.scope else tuple(system.search(answer.standalone_question, depth))
    if len({hit.passage.id for hit in hits}) < len(hits):
        raise ValueError("the system returned one passage twice")
    return Outcome(case, answer, hits)


class _HungError(Exception):
    """A call has not come back in time."""


class _Worker:
    """One thread that works off calls, so that a call that hangs can be left behind."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], Outcome] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[Outcome | Exception] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def call(self, function: Callable[[], Outcome], timeout: float) -> Outcome:
        """Return what `function` returns or raise what it raises, _HungError after `timeout` seconds."""
        self._calls.put(function)
        try:
            result = self._results.get(timeout=timeout)
        except queue.Empty:
            raise _HungError from None
        if isinstance(result, Exception):
            raise result
        return result

    def stop(self) -> None:
        """Let the thread end."""
        self._calls.put(None)

    def _work(self) -> None:
        while (function := self._calls.get()) is not None:
            try:
                self._results.put(function())
            except Exception as error:
                self._results.put(error)
