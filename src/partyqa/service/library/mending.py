"""Mending what files say of their articles: title, source, date, author, number; the files stay as they are."""

from collections.abc import Mapping
from pathlib import Path

from partyqa.corpus.isolated import BOUNDS, read_apart
from partyqa.corpus.sidecar import FIELDS, Mended, beside, checked, read_sidecar, write_sidecar
from partyqa.errors import CorpusError
from partyqa.index.generations import sync, write_bytes
from partyqa.service.library.files import Held, Holdings
from partyqa.service.library.folder import CorpusHome, writing
from partyqa.service.library.preview import CONTENT, Job, Load, read_back, read_files
from partyqa.service.library.rebuild import Rebuilding, own_encoder
from partyqa.service.library.staging import Staged, Staging
from partyqa.types import Article


class Mending:
    """The fields of files that wait, and of files of the corpus, as somebody writes them."""

    def __init__(
        self, home: CorpusHome, holdings: Holdings, staging: Staging, rebuilding: Rebuilding, load: Load
    ) -> None:
        self._home, self._holdings, self._staging = home, holdings, staging
        self._rebuilding, self._load = rebuilding, load

    def staged(self, staged_id: str, fields: Mapping[str, str]) -> Staged:
        """Give a file that waits these fields and read it anew; those that it has already are not written down.

        Raises CorpusError for a field that cannot be, or where the file holds several articles, NotThereError,
        EncoderError, StorageError.
        """
        with self._home.locked():
            staged = self._staging.get(staged_id)
            place = self._staging.place(staged)
            articles, _, _ = read_back(place)
            side = beside(place / CONTENT)
            before = _bytes_of(side)
            _keep(side, _changed(articles, before, fields, staged.name), self._home.corpus)
            encoder = self._rebuilding.encoder or own_encoder(self._rebuilding.index)
            (found,) = read_files([Job(place, staged.name)], self._load, encoder)
            if isinstance(found, CorpusError):
                _put(side, before, self._home.corpus)
                raise found
            return self._staging.reread(staged, found)

    def article(self, path: str) -> Article:
        """Return the one article of a file of the corpus, with its fields; raises CorpusError, NotThereError."""
        file = self._holdings.find(path)
        articles = self._read(file)
        if len(articles) != 1:
            raise CorpusError("readers.sidecar_of_many", where=beside(Path(path)).name)
        return articles[0]

    def file(self, path: str, fields: Mapping[str, str]) -> Held:
        """Give a file of the corpus these fields, for the next rebuild; raises what `staged` and `article` raise."""
        with self._home.locked():
            self._rebuilding.refuse_while_running()
            file = self._holdings.find(path)
            side = beside(self._home.corpus / path)
            wanted = _changed(self._read(file), _bytes_of(side), fields, Path(path).name)
            _keep(side, wanted, self._home.corpus)
            return file

    def _read(self, file: Held) -> tuple[Article, ...]:
        (found,) = read_apart([self._home.corpus / file.path], BOUNDS)
        if isinstance(found, CorpusError):
            raise found
        return found.articles


def _changed(articles: tuple[Article, ...], before: bytes, fields: Mapping[str, str], name: str) -> Mended:
    """Return what stands beside a file now, and those of the fields that its article does not have like that."""
    where = beside(Path(name)).name
    if len(articles) != 1:
        raise CorpusError("readers.sidecar_of_many", where=where)
    given = checked(fields, where)
    own = {name: getattr(articles[0], name) or None for name in FIELDS}
    changed = {name: value for name, value in given.items() if value != own[name]}
    if not changed.get("title", True):
        del changed["title"]  # an article has one
    return {**read_sidecar(before, where), **changed}


def _bytes_of(side: Path) -> bytes:
    return side.read_bytes() if side.is_file() else b""


def move_sidecar(content: Path, target: Path) -> None:
    """Put the fields of a file that was accepted beside it, before it is there; what a file long gone left goes."""
    beside(target).unlink(missing_ok=True)
    if beside(content).is_file():
        beside(content).rename(beside(target))


def _keep(side: Path, fields: Mended, corpus: Path) -> None:
    _put(side, write_sidecar(fields) if fields else b"", corpus)


def _put(side: Path, data: bytes, corpus: Path) -> None:
    """Let a sidecar hold these bytes, or let none be there: a reader finds the old one or the new one whole."""
    with writing(corpus):
        if not data:
            side.unlink(missing_ok=True)
            return
        fresh = side.with_name(f".{side.name}.new")
        fresh.unlink(missing_ok=True)
        write_bytes(fresh, data)
        fresh.replace(side)
        sync(side.parent)
