"""Articles from files: which files of a folder are read, under which ids, and a digest of them all."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from partyqa.corpus.kin import with_kin
from partyqa.corpus.readers import Dropped, ReadFile, read_file, reader_of, suffix_list
from partyqa.corpus.readers.fields import id_of
from partyqa.corpus.sidecar import beside, is_sidecar, mended
from partyqa.errors import CorpusError
from partyqa.types import Article

_LATER = ("number", "encoding", "sections", "kin", "file", "file_digest")
MAX_BYTES = 20 * 1024 * 1024  # of a file


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder, or one file, holds.

    `articles` are sorted by id; `dropped` is what files hold and no article does, `unread` the files whose type no
    reader takes, `faults` what keeps a file from being read, all in the order of the files.
    """

    articles: tuple[Article, ...]
    dropped: tuple[tuple[Path, Dropped], ...] = ()
    unread: tuple[Path, ...] = ()
    faults: tuple[CorpusError, ...] = ()

    def fault(self) -> CorpusError:
        """Return one error for all the faults, of which there is one at least."""
        first, *others = self.faults
        if not others:
            return first
        return CorpusError("readers.and_others", first=first.sentence, count=len(others))


Read = Callable[[Sequence[Path]], Iterable[ReadFile | CorpusError]]
"""Reads files, each an article `path.stem`: what came of each, in order."""


def read_here(files: Sequence[Path]) -> Iterator[ReadFile | CorpusError]:
    """Yield what each file holds, in order, read in this process (corpus.isolated: in one that can be ended)."""
    for file in files:
        try:
            yield read_path(file)
        except CorpusError as error:
            yield error


def read_path(file: Path) -> ReadFile:
    """Return what the file at a path holds, with the fields that stand beside it; raises CorpusError."""
    try:
        data = _bytes_of(file)
        found = mended(read_file(data, file), file, str(beside(file)))
    except OSError as error:
        raise _fault(error) from error
    digest = hashlib.sha256(data).hexdigest()
    return replace(found, articles=tuple(replace(one, file_digest=digest) for one in found.articles))


def load_corpus(path: Path, read: Read = read_here) -> Corpus:
    """Return the articles of a folder with its subfolders, or of one file, and what is left out of them.

    Hidden files and README.md are passed over. A file that cannot be read is one of the faults; where there is none to
    read, a CorpusError is raised.
    """
    try:
        return _load(path, read)
    except OSError as error:
        raise _fault(error) from error


def read_corpus(path: Path) -> tuple[Article, ...]:
    """Return the articles of a folder with its subfolders, or of one file, sorted by id.

    Raises CorpusError where any file cannot be read.
    """
    found = load_corpus(path)
    if found.faults:
        raise found.fault()
    return found.articles


def walk(folder: Path, on_error: Callable[[Exception], None]) -> Iterator[Path]:
    """Yield the visible files below a folder, README.md left out, and folders that are named like articles.

    `on_error` takes the OSError of a folder that cannot be listed, and the CorpusError of a link that leaves
    the folder: followed, it would publish what nobody put there. What it does not raise is passed over. A link to a
    folder inside is not gone through twice.
    """
    root = os.path.realpath(folder)
    for parent, folders, names in os.walk(folder, onerror=on_error):
        folders[:] = sorted(
            name for name in folders if not (name.startswith(".") or _saved_with(name, names))
        )
        for name in sorted(names + folders):
            file = Path(parent, name)
            if name.startswith(".") or name.lower() == "readme.md":
                continue
            if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(root):
                on_error(CorpusError("readers.link_outside", file=file))
            elif name not in folders or reader_of(file):
                yield file


def corpus_digest(articles: Sequence[Article]) -> str:
    """Return a sha256 over every field of every article, the same in whatever order they come."""
    rows = (json.dumps(_row(article), default=str, sort_keys=True) for article in articles)
    return hashlib.sha256(b"".join(sorted(hashlib.sha256(row.encode()).digest() for row in rows))).hexdigest()


def _row(article: Article) -> dict[str, object]:
    """Return the fields; those that not every release knew only where they hold something."""
    return {name: value for name, value in asdict(article).items() if value or name not in _LATER}


def _load(path: Path, read: Read) -> Corpus:
    if path.is_dir():
        faults: list[CorpusError] = []
        found = list(walk(path, lambda error: faults.append(_fault(error))))
        files = [file for file in found if reader_of(file)]
        if not files and not faults:
            raise CorpusError("readers.no_articles", path=path, suffixes=suffix_list())
        loaded = _articles(path, files, read)
        unread = tuple(file for file in found if not reader_of(file) and not is_sidecar(file))
        return replace(loaded, unread=unread, faults=(*faults, *loaded.faults))
    if not os.path.lexists(path):
        raise CorpusError("readers.not_found", path=path)
    if reader_of(path) is None:
        raise CorpusError("readers.unknown_type", path=path, suffixes=suffix_list())
    return _articles(path.parent, [path], read)


def _saved_with(folder: str, files: Sequence[str]) -> bool:
    """Return whether a browser saved `folder` beside a page: its frames and scripts are no articles."""
    page, ending, _ = folder.rpartition("_files")
    return bool(ending) and any(f"{page}{suffix}" in files for suffix in (".html", ".htm"))


def _fault(error: Exception) -> CorpusError:
    if isinstance(error, OSError):
        return CorpusError("readers.no_permission", path=error.filename, reason=error.strerror)
    if isinstance(error, CorpusError):
        return error
    raise error


def _articles(folder: Path, files: Sequence[Path], read: Read) -> Corpus:
    """Read the files, each article under its path below `folder`; one id in two files is the second one's fault."""
    articles: dict[str, Article] = {}
    origins: dict[str, Path] = {}
    dropped: list[tuple[Path, Dropped]] = []
    faults: list[CorpusError] = []
    for file, found in zip(files, read(files), strict=True):
        if isinstance(found, CorpusError):
            faults.append(found)
            continue
        faults += found.faults
        dropped += ((file, left_out) for left_out in found.dropped)
        for article in _named(found.articles, file, folder):
            if article.id in articles:
                first = origins[article.id]
                faults.append(CorpusError("readers.same_id", first=first, second=file, id=article.id))
            else:
                articles[article.id] = article
                origins[article.id] = file
    related = with_kin([articles[key] for key in sorted(articles)])
    return Corpus(related, tuple(dropped), faults=tuple(faults))


def _named(articles: Sequence[Article], file: Path, folder: Path) -> Sequence[Article]:
    """Return a file's articles under the ids that they have in the corpus, and with the file's path in it."""
    below, reader = file.relative_to(folder), reader_of(file)
    own, stem, name = id_of(below), id_of(Path(file.name)), below.as_posix()
    written = name if name == name.encode("utf-8", "replace").decode() else ""  # bytes may be no letters
    if reader is None or (reader.ids is not None and not reader.is_folder):
        return [replace(article, file=written) for article in articles]
    return [replace(it, id=f"{own}{it.id.removeprefix(stem)}", file=written) for it in articles]


def _bytes_of(path: Path) -> bytes:
    """Return what a file of at most MAX_BYTES holds; CorpusError for what is no such file, else OSError."""
    if path.exists() and not path.is_file():
        raise CorpusError("readers.no_ordinary_file", path=path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise CorpusError("readers.broken_link", path=path) from error
    if len(data) > MAX_BYTES:
        raise CorpusError("readers.too_large", path=path, limit=MAX_BYTES // 1024**2)
    return data
