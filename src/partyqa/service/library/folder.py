"""The hidden folder inside a corpus where its administration keeps what is no article.

corpus/
├── *.md, *.txt, ...         the articles; only `accept` and `remove` move files in and out
└── .partyqa/                hidden, so that no build reads it; on the same disk, so that a move is one rename
    ├── staged/ID/           files handed in that nobody has accepted yet (staging.py)
    ├── removed/DATE-ID/     files taken out, under the path they had (holdings.py); nobody empties it
    ├── built/               which files each generation of the index was built from (holdings.py)
    ├── rebuild.json         how far the rebuild is, or how the last one ended (rebuilding.py)
    └── lock                 held while files are moved
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from partyqa.errors import BusyError, CorpusError, StorageError
from partyqa.index.generations import FULL

FOLDER = ".partyqa"
_WAIT = 10.0  # seconds for another's move of files to end


class CorpusHome:
    """A corpus that is administered, and its hidden folder; nothing is made before something is written."""

    def __init__(self, corpus: Path) -> None:
        self.corpus = corpus
        self.folder = corpus / FOLDER

    def place(self, *names: str) -> Path:
        """Return a folder of the hidden folder, made where it is not there.

        Raises StorageError, and CorpusError where the corpus is no folder, or a link stands where a folder should.
        """
        if not self.corpus.is_dir():
            raise CorpusError("library.not_a_folder", corpus=self.corpus)
        place = self.corpus
        with writing(self.corpus):
            for name in (FOLDER, *names):
                place = place / name
                if place.is_symlink():
                    raise CorpusError("library.is_a_link", place=place)
                place.mkdir(exist_ok=True)
        return place

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Move files alone, among all processes that serve this corpus; raises BusyError, StorageError."""
        with writing(self.corpus):
            lock = FileLock(self.place() / "lock", timeout=_WAIT)
            try:
                lock.acquire()
            except Timeout:
                raise BusyError("library.busy", seconds=5) from None
        try:
            yield
        finally:
            lock.release()


@contextmanager
def writing(corpus: Path) -> Iterator[None]:
    """Turn an OSError into the StorageError that names the remedy."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageError("library.disk_full", corpus=corpus) from error
        reason = error.strerror or type(error).__name__
        raise StorageError("library.unwritable", corpus=corpus, reason=reason) from error


def write_json(path: Path, value: Any) -> None:
    """Write JSON so that a reader finds the old file or the new one, never a half."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def read_json(path: Path) -> Any:
    """Return what a file of JSON holds; None where there is none, or none that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
