"""The file that an article was read from, as long as it is at hand with the same bytes, and its pages as pictures."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from partyqa.corpus.loading import MAX_BYTES
from partyqa.corpus.subprocesses import Worker
from partyqa.errors import BusyError, CorpusError, NotThereError
from partyqa.service.library.originals.drawing import Wanted, draw
from partyqa.types import Article, Section

LONGEST_QUOTE = 5000  # code points that are looked for on a page
_AT_ONCE, _WAITING = 2, 6  # pages that are drawn, and those that wait for it or are
_KEPT = 64  # pictures kept in memory, each of at most drawing.BYTES
_KEPT_BYTES = 48_000_000
_STARTING = 10.0  # seconds for a process to begin, on a machine that has much to do


class Originals:
    """The files below `corpus`, found by what the index says of its articles; threads may share it.

    Only a file whose SHA-256 is the one in the index is ever handed out: what lies under that name by chance, or has
    changed since, is not what the article was read from.
    """

    def __init__(self, corpus: Path, seconds: int = 10) -> None:
        """`seconds` is how long a page may be drawn."""
        self.corpus, self.seconds = corpus, seconds
        self._digests: OrderedDict[tuple[str, int, int], str] = OrderedDict()
        self._pictures: OrderedDict[Wanted, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._turn, self._room = threading.Semaphore(_AT_ONCE), threading.BoundedSemaphore(_WAITING)

    def at_hand(self, article: Article) -> bool:
        """Return whether the article's file can be handed out."""
        return self._path(article) is not None

    def read(self, article: Article) -> bytes:
        """Return the file's bytes; raises NotThereError where it is not at hand."""
        path = self._path(article)
        data = path.read_bytes() if path else b""
        if path is None or hashlib.sha256(data).hexdigest() != article.file_digest:
            raise NotThereError("library.no_original")
        return data

    def draws(self, article: Article) -> bool:
        """Return whether pages of the article's file can be drawn."""
        is_pdf = PurePosixPath(article.file).suffix.lower() == ".pdf"
        return is_pdf and find_spec("pypdfium2") is not None and self.at_hand(article)

    def page(self, article: Article, number: int, span: tuple[int, int] | None = None) -> bytes:
        """Return a page of the article's file as a JPEG file, the words of the span boxed where they are found.

        Raises NotThereError where there is no such page at hand, BusyError, and CorpusError for a page that cannot be
        drawn in time.
        """
        path = self._path(article) if self.draws(article) else None
        if path is None:
            raise NotThereError("library.no_original")
        wanted = Wanted(path, article.file_digest, number, *_quoted(article, number, span))
        with self._lock:
            if wanted in self._pictures:
                self._pictures.move_to_end(wanted)
                return self._pictures[wanted]
        with self._one_of_few():
            picture = _drawn_elsewhere(wanted, self.seconds)
        self._keep(wanted, picture)
        return picture

    def _path(self, article: Article) -> Path | None:
        """Return where the article's file lies, None where it does not, or not as it was."""
        name = PurePosixPath(article.file)
        if not article.file or name.is_absolute() or any(part.startswith(".") for part in name.parts):
            return None
        try:
            path = (self.corpus / name).resolve()
            status = path.stat()
            inside = path.is_relative_to(self.corpus.resolve())
            if not (inside and path.is_file() and status.st_size <= MAX_BYTES):
                return None
            digest = self._digest((str(path), status.st_size, status.st_mtime_ns), path)
        except (OSError, ValueError):  # gone, closed to us, or no name of a file
            return None
        return path if digest == article.file_digest else None

    def _digest(self, stamp: tuple[str, int, int], path: Path) -> str:
        with self._lock:
            if stamp in self._digests:
                return self._digests[stamp]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with self._lock:
            self._digests[stamp] = digest
            while len(self._digests) > 10_000:
                self._digests.popitem(last=False)
        return digest

    def _keep(self, wanted: Wanted, picture: bytes) -> None:
        with self._lock:
            self._pictures[wanted] = picture
            while len(self._pictures) > _KEPT or sum(map(len, self._pictures.values())) > _KEPT_BYTES:
                self._pictures.popitem(last=False)

    @contextmanager
    def _one_of_few(self) -> Iterator[None]:
        """Wait for one of the places where pages are drawn; BusyError where too many wait already."""
        if not self._room.acquire(blocking=False):
            raise BusyError("library.many_pages", seconds=3)
        try:
            with self._turn:
                yield
        finally:
            self._room.release()


def pages_of(article: Article) -> tuple[int, ...]:
    """Return the pages of its file that hold something of the article, in order."""
    return tuple(sorted({section.page for section in article.sections if section.page is not None}))


def _quoted(article: Article, page: int, span: tuple[int, int] | None) -> tuple[str, str]:
    """Return the words of a span, and what stands before them on that page; ("", "") where the span is none."""
    start, end = span or (0, 0)
    if not 0 <= start < end <= min(len(article.text), start + LONGEST_QUOTE):
        return "", ""
    first = next((section for section in article.sections if section.page == page), Section(start, start))
    return article.text[start:end], article.text[min(first.start, start) : start]


def _drawn_elsewhere(wanted: Wanted, seconds: int) -> bytes:
    worker = Worker(draw, wanted, seconds)
    try:
        picture = worker.hear(seconds + _STARTING)
    finally:
        worker.kill()
    if not isinstance(picture, bytes):
        raise CorpusError("library.page_too_long", page=wanted.page)
    if not picture:
        raise CorpusError("library.page_unreadable", page=wanted.page)
    return picture
