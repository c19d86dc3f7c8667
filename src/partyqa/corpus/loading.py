"""Articles from files: which files of a folder are read, under which ids, and a digest of them all."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from partyqa.corpus.readers import READERS
from partyqa.corpus.readers.encoding import read_text
from partyqa.corpus.readers.fields import one_line
from partyqa.errors import CorpusError
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
        raise CorpusError(
            vi=f"Không đọc được {error.filename}; hãy kiểm tra quyền đọc của tệp và thư mục chứa nó.",
            en=f"{error.filename} cannot be read ({error.strerror}); check its permissions and its folder's.",
        ) from error


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
            raise CorpusError(
                vi=f"Thư mục {path} không có bài viết nào; hãy chép vào đó các tệp {_SUFFIXES}.",
                en=f"The folder {path} holds no article; put files of {_SUFFIXES} into it.",
            )
        return _articles(path, files)
    if not os.path.lexists(path):
        raise CorpusError(
            vi=f"Không tìm thấy {path}; hãy kiểm tra lại đường dẫn tới thư mục bài viết.",
            en=f"{path} does not exist; check the path of the folder of articles.",
        )
    if not _is_article(path):
        raise CorpusError(
            vi=f"Không đọc được loại tệp của {path}; hãy chuyển sang một trong các loại {_SUFFIXES}.",
            en=f"{path} is of a type that is not read; turn it into one of {_SUFFIXES}.",
        )
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
                raise CorpusError(
                    vi=f"{file} là liên kết trỏ ra ngoài kho bài viết; hãy chép hẳn tệp vào kho.",
                    en=f"{file} is a link that leaves the corpus; copy the file itself into it.",
                )
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
                raise CorpusError(
                    vi=f"{origins[article.id]} và {file} cùng có id “{article.id}”; hãy đổi tên một tệp.",
                    en=f"{origins[article.id]} and {file} have one id “{article.id}”; rename one of them.",
                )
            articles[article.id] = article
            origins[article.id] = file
    return tuple(articles[key] for key in sorted(articles))
