"""Articles from files: which files of a folder are read, under which ids, and a digest of them all."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from partyqa.corpus.readers import READERS
from partyqa.corpus.readers.encoding import read_text
from partyqa.errors import CorpusError
from partyqa.text.normalise import one_line
from partyqa.types import Article

_SUFFIXES = ", ".join(READERS)


def read_corpus(path: Path) -> tuple[Article, ...]:
    """Return the articles of a folder with its subfolders, or of one file, sorted by id.

    Hidden files, README.md and files of other types are passed over (`unread_files` names the last). Whatever
    cannot be read is a CorpusError.
    """
    try:
        return _read(path)
    except OSError as error:
        raise CorpusError("readers.no_permission", path=error.filename, reason=error.strerror) from error


def unread_files(path: Path) -> tuple[Path, ...]:
    """Return the files of a folder that `read_corpus` passes over for their type, for the user to be told."""
    return tuple(file for file in _files(path) if not _is_article(file)) if path.is_dir() else ()


def corpus_digest(articles: Sequence[Article]) -> str:
    """Return a sha256 over every field of every article, the same in whatever order they come."""
    rows = (json.dumps(asdict(article), default=str, sort_keys=True) for article in articles)
    return hashlib.sha256(b"".join(sorted(hashlib.sha256(row.encode()).digest() for row in rows))).hexdigest()


def _read(path: Path) -> tuple[Article, ...]:
    if path.is_dir():
        files = [file for file in _files(path) if _is_article(file)]
        if not files:
            raise CorpusError("readers.no_articles", path=path, suffixes=_SUFFIXES)
        return _articles(path, files)
    if not os.path.lexists(path):
        raise CorpusError("readers.not_found", path=path)
    if not _is_article(path):
        raise CorpusError("readers.unknown_type", path=path, suffixes=_SUFFIXES)
    return _articles(path.parent, [path])


def _is_article(file: Path) -> bool:
    return file.suffix.lower() in READERS


def _files(folder: Path) -> Iterator[Path]:
    """Yield the visible files below a folder, README.md left out, and folders that are named like articles.

    A link that leaves the folder is a CorpusError: followed, it would publish what nobody put there;
    passed over, an article would be missing unnoticed. A link to a folder inside is not gone through twice.
    """
    root = os.path.realpath(folder)
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(
            name for name in folders if not (name.startswith(".") or _saved_with(name, names))
        )
        for name in sorted(names + folders):
            file = Path(parent, name)
            if name.startswith(".") or name.lower() == "readme.md":
                continue
            if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(root):
                raise CorpusError("readers.link_outside", file=file)
            if name not in folders or _is_article(file):
                yield file


def _saved_with(folder: str, files: Sequence[str]) -> bool:
    """Tell whether a browser saved `folder` beside a page: its frames and scripts are no articles."""
    page, ending, _ = folder.rpartition("_files")
    return bool(ending) and any(f"{page}{suffix}" in files for suffix in (".html", ".htm"))


def _refuse(error: OSError) -> None:
    """Stop at a folder that cannot be listed: os.walk would leave its articles out in silence."""
    raise error


def _articles(folder: Path, files: Sequence[Path]) -> tuple[Article, ...]:
    """Read the files, each article under its path below `folder`; one id in two files is a CorpusError."""
    articles: dict[str, Article] = {}
    origins: dict[str, Path] = {}
    for file in files:
        file_id = one_line(file.relative_to(folder).with_suffix("").as_posix())
        for article in READERS[file.suffix.lower()](read_text(file), file_id, file):
            if article.id in articles:
                raise CorpusError("readers.same_id", first=origins[article.id], second=file, id=article.id)
            articles[article.id] = article
            origins[article.id] = file
    return tuple(articles[key] for key in sorted(articles))
