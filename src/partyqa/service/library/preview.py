"""Reading files that were handed in, in a process of its own: what never ends there ends with that process.

A reader's regular expressions hold the interpreter's lock; a hostile line must not hold up those who ask.
"""

import logging
import math
import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from partyqa.corpus.chunking import split_article
from partyqa.corpus.readers import Dropped, read_file
from partyqa.errors import CorpusError, PartyQAError
from partyqa.index import records
from partyqa.models.base import Encoder
from partyqa.service.library.folder import read_json, write_json
from partyqa.service.library.subprocesses import Worker
from partyqa.service.library.uploads import refuse_content, shown
from partyqa.types import Article, Passage

log = logging.getLogger(__name__)

Load = Callable[[str | None], Encoder]

CONTENT, ARTICLES, PASSAGES, DROPPED = "content", "articles.jsonl", "passages.jsonl", "dropped.json"
_STARTING = 120.0  # seconds to load an encoder on a machine that has much to do
_READING = 60.0  # seconds for one file


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What came of a file: its articles' ids and titles, in the file's order, and how many passages they make."""

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read: the folder that holds it as CONTENT, and the name that it was handed in under."""

    place: Path
    name: str


def read_files(
    jobs: Sequence[Job],
    load: Load,
    encoder: str | None,
    seconds: float = _READING,
) -> Iterator[FileSummary | CorpusError]:
    """Yield what came of each job, in order; its folder then holds ARTICLES, PASSAGES and DROPPED.

    A file that takes over `seconds` is an error like any other. Raises the EncoderError that keeps it from starting.
    """
    left = list(jobs)
    while left:
        with _Child(_read_all, list(left), load, encoder, seconds) as child:
            child.wait_until_ready()
            while left:
                found = child.next(seconds)
                job = left.pop(0)
                yield found if found is not None else _never_ended(job.name)
                if found is None:
                    break  # a new process for those that are left


def read_back(place: Path) -> tuple[tuple[Article, ...], tuple[Passage, ...], tuple[Dropped, ...]]:
    """Return what came of a file that was read: its articles in its order, their passages, what no article holds."""
    articles = records.read_articles((place / ARTICLES).read_bytes())
    passages = records.read_passages((place / PASSAGES).read_bytes(), articles)
    return articles, passages, tuple(Dropped(**row) for row in read_json(place / DROPPED) or ())


class _Child(Worker):
    """The process that reads; it is gone when the block ends, whatever it was doing."""

    def __enter__(self) -> "_Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def wait_until_ready(self) -> None:
        """Wait for the encoder; raises the error that says why there is none."""
        match self.hear(_STARTING):
            case True:
                return
            case PartyQAError() as error:
                raise error
            case _:
                raise CorpusError("library.too_busy_to_read")

    def next(self, seconds: float) -> FileSummary | CorpusError | None:
        """Return what came of the next file; None where it took too long or ended the process."""
        match self.hear(seconds):
            case FileSummary() | CorpusError() as heard:
                return heard
            case _:
                return None


def _read_all(
    jobs: Sequence[Job], load: Load, encoder: str | None, seconds: float, results: Connection
) -> None:
    """Read the jobs in this process, saying True once it begins and then what came of each."""
    os.nice(5)  # those who ask come first
    try:
        model = load(encoder)
        model.count_tokens("")
    except PartyQAError as error:
        results.send(error)
        return
    results.send(True)
    for job in jobs:
        _end_after(seconds)
        try:
            results.send(_read(job, model))
        except CorpusError as error:
            results.send(error)
        except (MemoryError, RecursionError):
            results.send(_too_tangled(job.name))
        except Exception:
            log.exception("an uploaded file could not be read")
            results.send(_too_tangled(job.name))


def _end_after(seconds: float) -> None:
    """Let the kernel end this process once it has computed for so long: its server may have died."""
    used = math.ceil(time.process_time() + seconds)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (used if most == resource.RLIM_INFINITY else min(used, most), most)
    )


def _read(job: Job, encoder: Encoder) -> FileSummary:
    path = Path(job.name)  # what a sentence about it may name: not where it lies
    data = (job.place / CONTENT).read_bytes()
    refuse_content(path, data)
    found = read_file(data, path)
    articles = found.articles
    passages = [
        passage
        for article in articles
        for passage in split_article(article, encoder.count_tokens, encoder.max_tokens)
    ]
    (job.place / ARTICLES).write_bytes(records.write_articles(articles))
    (job.place / PASSAGES).write_bytes(records.write_passages(passages, articles, [""] * len(passages)))
    write_json(job.place / DROPPED, [asdict(left_out) for left_out in found.dropped])
    ids, titles = (tuple(getattr(article, name) for article in articles) for name in ("id", "title"))
    return FileSummary(ids, titles, len(passages))


def _too_tangled(name: str) -> CorpusError:
    return CorpusError("library.content_unreadable", name=shown(name))


def _never_ended(name: str) -> CorpusError:
    return CorpusError("library.reading_too_long", name=shown(name))
