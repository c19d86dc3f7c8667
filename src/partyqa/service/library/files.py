"""The files of a corpus: which there are, which articles they hold, which the index knows, and what was removed."""

import os
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from stat import S_ISDIR

from partyqa.corpus.loading import walk
from partyqa.corpus.readers import has_many, reader_of
from partyqa.corpus.readers.fields import id_of
from partyqa.corpus.sidecar import beside
from partyqa.errors import CorpusError, IndexDamagedError, IndexFormatError, IndexMissingError, NotThereError
from partyqa.index import generations
from partyqa.index.generations import sync
from partyqa.service.library.folder import CorpusHome, read_json, write_json, writing
from partyqa.service.library.uploads import shown

_REMOVED, _BUILT = "removed", "built"
_REMOVED_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")

FileStamp = tuple[int, int]
"""What distinguishes one content of a file from another: its bytes, and when it was written in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file of the corpus: its path below the corpus with `/`, its size and when it was written."""

    path: str
    bytes: int
    modified: datetime

    @property
    def id(self) -> str:
        """The id of its article; the articles of a file of many have ids of their own."""
        return id_of(PurePosixPath(self.path))

    @property
    def has_many(self) -> bool:
        """Whether it is of a type whose files hold many articles."""
        return has_many(PurePosixPath(self.path))


@dataclass(frozen=True, slots=True)
class Removed:
    """A file that was taken out of the corpus; `path` is where it stood."""

    id: str
    path: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """How the files differ from those that the answering generation was built from, each a path."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def held_files(corpus: Path) -> tuple[Held, ...]:
    """Return the files of the corpus that are read as articles, by path; hidden ones and README.md are not."""
    found = []
    for path, status in _files(corpus):
        modified = datetime.fromtimestamp(status.st_mtime, UTC)
        found.append(Held(path, status.st_size, modified))
    return tuple(sorted(found, key=lambda file: file.path))


def article_ids(corpus: Path, file: Held) -> frozenset[str]:
    """Return the ids of a file's articles; of one that cannot be read, none: the build says what is wrong."""
    reader = reader_of(PurePosixPath(file.path))
    if reader is None or reader.ids is None:
        return frozenset([file.id])
    found = reader.ids((corpus / file.path).read_bytes())
    return frozenset(f"{file.id}/{inner}" for inner in found) if reader.is_folder else found


def stamps(corpus: Path) -> dict[str, FileStamp]:
    """Return the stamp of every file that a build started now would read, by path."""
    return {path: _stamp(corpus / path, status) for path, status in _files(corpus)}


def _stamp(file: Path, status: os.stat_result) -> FileStamp:
    """Return the stamp of a file together with the fields that stand beside it."""
    try:
        side = beside(file).stat()
    except OSError:
        return status.st_size, status.st_mtime_ns
    return status.st_size + side.st_size, max(status.st_mtime_ns, side.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is taken: paths by themselves without capitals, and by the ids of their articles."""

    names: Mapping[str, str]
    owners: Mapping[str, str]

    def replaced_by(self, name: str) -> str | None:
        """Return the path that a file of this name would take the place of, None where that is free."""
        return self.names.get(name.casefold())

    def owner(self, name: str, ids: Collection[str]) -> str | None:
        """Return another file that holds one of the articles of a file of this name, None where none does."""
        own = self.replaced_by(name)
        return next((path for i in ids if (path := self.owners.get(i, own)) != own), None)


class Holdings:
    """The files of one corpus beside the index that is built from them."""

    def __init__(self, home: CorpusHome, index: Path) -> None:
        self.home, self.index = home, index

    def find(self, path: str) -> Held:
        """Return the file of that path as it stands in the list of files; NotThereError for any other path."""
        for file in held_files(self.home.corpus):
            if file.path == path:
                return file
        raise NotThereError("library.no_file")

    def file_of(self, article_id: str) -> Held:
        """Return the file that holds the article alone; CorpusError where it holds others too, else NotThereError."""
        files = held_files(self.home.corpus)
        for file in files:
            if not file.has_many and file.id == article_id:
                return file
        for file in files:
            ids = article_ids(self.home.corpus, file) if file.has_many else frozenset()
            if article_id in ids:
                if len(ids) == 1:
                    return file
                raise CorpusError("library.article_among_others", file=file.path, others=len(ids) - 1)
        raise NotThereError("library.no_article")

    def shelf(self) -> "Shelf":
        """Return which names and article ids are taken at this moment."""
        files = held_files(self.home.corpus)
        owners = {
            article_id: file.path for file in files for article_id in article_ids(self.home.corpus, file)
        }
        return Shelf({file.path.casefold(): file.path for file in files}, owners)

    def remove(self, file: Held) -> Removed:
        """Move a file to `.partyqa/removed/DATE-ID/`, its path kept; only while the home is locked."""
        now = datetime.now(UTC).replace(microsecond=0)
        name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        with writing(self.home.corpus):
            target = self.home.place(_REMOVED, name) / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            source = self.home.corpus / file.path
            source.rename(target)
            if beside(source).is_file():
                beside(source).rename(beside(target))
            sync(source.parent)
            sync(target.parent)
        return Removed(name, file.path, now)

    def removed(self) -> tuple[Removed, ...]:
        """Return what was removed and not restored, the latest first."""
        found = []
        for place in _subfolders(self.home.folder / _REMOVED):
            if _REMOVED_ID.fullmatch(place.name):
                when = datetime.strptime(place.name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                found += [Removed(place.name, path, when) for path, _ in _files(place)]
        return tuple(sorted(found, key=lambda entry: (entry.when, entry.id), reverse=True))

    def restore(self, removed_id: str) -> Held:
        """Move a removed file back; CorpusError where its place or an id of its articles has been taken meanwhile."""
        entry = next((entry for entry in self.removed() if entry.id == removed_id), None)
        if entry is None:
            raise NotThereError("library.not_removed")
        place = self.home.folder / _REMOVED / entry.id
        shelf, ids = self.shelf(), article_ids(place, _held(place, entry.path))
        if other := shelf.replaced_by(entry.path) or shelf.owner(entry.path, ids):
            raise taken(entry.path, other)
        with writing(self.home.corpus):
            target = self.home.corpus / entry.path
            target.parent.mkdir(parents=True, exist_ok=True)
            if beside(place / entry.path).is_file():
                beside(place / entry.path).rename(beside(target))
            (place / entry.path).rename(target)
            sync(target.parent)
            for folder in (*PurePosixPath(entry.path).parents,):
                (place / folder).rmdir()
        return _held(self.home.corpus, entry.path)

    def note_built(self, generation: str, files: Mapping[str, FileStamp]) -> None:
        """Keep which files a generation was built from; what is kept of generations long gone goes."""
        place, known = self.home.place(_BUILT), set(generations.kept(self.index))
        write_json(place / f"{generation}.json", files)
        for old in place.glob("*.json"):
            if old.stem not in known:
                old.unlink(missing_ok=True)

    def pending(self) -> Pending:
        """Return how the files differ from those that the answering generation was built from.

        Of a generation that was built on the command line only what was written later is known.
        """
        now = stamps(self.home.corpus)
        try:
            generation = generations.current(self.index)
            created = generations.read_manifest(self.index, generation).created
        except (IndexMissingError, IndexDamagedError, IndexFormatError):
            return Pending(added=tuple(sorted(now)))
        noted = read_json(self.home.folder / _BUILT / f"{generation}.json")
        if not isinstance(noted, dict):
            known = min(1e9 * (created.timestamp() + 1), generations.written_at(self.index, generation))
            later = [path for path, (_, written) in now.items() if written >= known]
            gone = [entry.path for entry in self.removed() if entry.when > created and entry.path not in now]
            return Pending(added=tuple(sorted(later)), removed=tuple(sorted(gone)))
        return Pending(
            added=tuple(sorted(now.keys() - noted.keys())),
            changed=tuple(
                sorted(path for path in now.keys() & noted.keys() if list(now[path]) != noted[path])
            ),
            removed=tuple(sorted(noted.keys() - now.keys())),
        )


def taken(name: str, other: str) -> CorpusError:
    """Return the error for a file whose name, or whose article's id, another file of the corpus has."""
    return CorpusError("library.name_taken", other=shown(other), name=shown(name))


def _held(corpus: Path, path: str) -> Held:
    status = (corpus / path).stat()
    return Held(path, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))


def _files(corpus: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the path and the status of each file below `corpus` that a build reads; what stops it, it will say."""
    for file in walk(corpus, on_error=lambda _: None):
        path = file.relative_to(corpus).as_posix()
        if reader_of(file) is None or path != path.encode("utf-8", "replace").decode():
            continue  # bytes that are no letters: no page could show them
        try:
            status = file.stat()
        except OSError:
            continue  # gone meanwhile, or a link to nothing
        if not S_ISDIR(status.st_mode):
            yield path, status


def _subfolders(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(place for place in folder.iterdir() if place.is_dir() and not place.is_symlink())
    except OSError:
        return ()
