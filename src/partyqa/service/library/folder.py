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

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from partyqa.errors import BusyError, CorpusError, StorageError

FOLDER = ".partyqa"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
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
            raise CorpusError(
                vi=f"Kho bài viết {self.corpus} không phải một thư mục; hãy chạy: partyqa serve --corpus THƯ_MỤC",
                en=f"The corpus {self.corpus} is not a folder; run: partyqa serve --corpus DIR",
            )
        place = self.corpus
        with writing(self.corpus):
            for name in (FOLDER, *names):
                place = place / name
                if place.is_symlink():
                    raise CorpusError(
                        vi=f"{place} là một liên kết; hãy xóa liên kết đó để kho bài viết được an toàn.",
                        en=f"{place} is a link; remove it, so that nothing leaves the corpus.",
                    )
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
                raise BusyError(
                    vi="Người khác đang thêm hoặc xóa bài; hãy đợi vài giây rồi làm lại.",
                    en="Somebody else is adding or removing articles; wait some seconds and do it again.",
                    seconds=5,
                ) from None
        try:
            yield
        finally:
            lock.release()


@contextmanager
def writing(corpus: Path) -> Iterator[None]:
    """Turn an OSError into the StorageError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageError(
                vi=f"Ổ đĩa của kho bài viết {corpus} đã đầy; hãy giải phóng chỗ rồi làm lại.",
                en=f"The disk of the corpus {corpus} is full; free some space and do it again.",
            ) from error
        reason = error.strerror or type(error).__name__
        raise StorageError(
            vi=f"Không ghi được vào kho bài viết {corpus} ({reason}); hãy cấp quyền ghi cho thư mục này.",
            en=f"The corpus {corpus} cannot be written to ({reason}); grant the permission to write to it.",
        ) from error


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
