"""Reading files that were handed in, in a process of its own, as the index will hold them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from partyqa.corpus.chunking import split_article
from partyqa.corpus.isolated import BOUNDS, Bounds, Work, each
from partyqa.corpus.readers import Dropped, read_file
from partyqa.corpus.sidecar import beside, mended
from partyqa.errors import CorpusError
from partyqa.index import records
from partyqa.models.base import Encoder
from partyqa.service.library.folder import read_json, write_json
from partyqa.service.library.uploads import refuse_content
from partyqa.types import Article, Passage

Load = Callable[[str | None], Encoder]

_FAULTS = 100
ASKED_FOR = ("published", "source", "author")
CONTENT, ARTICLES, PASSAGES, DROPPED = "content", "articles.jsonl", "passages.jsonl", "dropped.json"


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What came of a file: its articles' ids and titles, in the file's order, and how many passages they make.

    `unknown` are the fields that its article does not give, of those that whoever hands it in may know; `faults` say
    in Vietnamese and English why the first of its parts that cannot be read, of an archive's files, could not.
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    passages: int
    unknown: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read: the folder that holds it as CONTENT, and the name that it was handed in under."""

    place: Path
    name: str


def read_files(
    jobs: Sequence[Job],
    load: Load,
    encoder: str | None,
    bounds: Bounds = BOUNDS,
) -> Iterator[FileSummary | CorpusError]:
    """Yield what came of each job, in order; its folder then holds ARTICLES, PASSAGES and DROPPED.

    A file that oversteps `bounds` is an error like any other. Raises the EncoderError that keeps it from starting.
    """
    return each(jobs, _begin, (load, encoder), bounds)


def read_back(place: Path) -> tuple[tuple[Article, ...], tuple[Passage, ...], tuple[Dropped, ...]]:
    """Return what came of a file that was read: its articles in its order, their passages, what no article holds."""
    articles = records.read_articles((place / ARTICLES).read_bytes())
    passages = records.read_passages((place / PASSAGES).read_bytes(), articles)
    return articles, passages, tuple(Dropped(**row) for row in read_json(place / DROPPED) or ())


def _begin(load: Load, encoder: str | None) -> Work:
    model = load(encoder)
    model.count_tokens("")
    return lambda job: _read(job, model)


def _read(job: Job, encoder: Encoder) -> FileSummary:
    path = Path(job.name)  # what a sentence about it may name: not where it lies
    data = (job.place / CONTENT).read_bytes()
    refuse_content(path, data)
    found = mended(read_file(data, path), job.place / CONTENT, str(beside(path)))
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
    unknown = tuple(name for name in ASKED_FOR if len(articles) == 1 and not getattr(articles[0], name))
    faults = tuple((fault.vi, fault.en) for fault in found.faults[:_FAULTS])
    return FileSummary(ids, titles, len(passages), unknown, faults)
