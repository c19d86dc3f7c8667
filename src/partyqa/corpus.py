"""Articles from files: which files of a folder are read, under which ids, and a digest of them all."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from partyqa.errors import CorpusError
from partyqa.readers import READERS
from partyqa.readers.decode import read_text
from partyqa.text import normalise
from partyqa.types import Article

SUFFIXES = ", ".join(READERS)


def read_corpus(path: Path) -> tuple[Article, ...]:
    """Return the articles of a folder and its subfolders, or of one file, sorted by id.

    Hidden files, README.md and files of other types are passed over. CorpusError: whatever cannot be read.
    """
    if path.is_dir():
        files = list(_files(path))
        if not files:
            raise CorpusError(
                vi=f"Thư mục {path} không có bài viết nào ({SUFFIXES}); hãy chép bài vào đó hoặc chọn thư mục khác.",
                en=f"The folder {path} holds no article ({SUFFIXES}); put some there or name another folder.",
            )
        return _articles((file, file.relative_to(path)) for file in files)
    if not os.path.lexists(path):
        raise CorpusError(
            vi=f"Không tìm thấy {path}; hãy kiểm tra lại đường dẫn tới thư mục bài viết.",
            en=f"{path} does not exist; check the path of the folder of articles.",
        )
    if path.suffix.lower() not in READERS:
        raise CorpusError(
            vi=f"Không đọc được loại tệp của {path}; hãy đổi sang một trong các loại {SUFFIXES}.",
            en=f"{path} is of a type that is not read; turn it into one of {SUFFIXES}.",
        )
    return _articles([(path, Path(path.name))])


def corpus_digest(articles: Sequence[Article]) -> str:
    """Return a sha256 over every field of every article, the same in whatever order they come."""
    rows = (json.dumps(asdict(article), default=str, sort_keys=True) for article in articles)
    digest = hashlib.sha256()
    for row in sorted(hashlib.sha256(row.encode()).digest() for row in rows):
        digest.update(row)
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Yield the article files below a folder; a link or a folder in an article's place is a CorpusError."""
    root = folder.resolve()
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names + folders):
            file = Path(parent, name)
            if name.startswith(".") or name.lower() == "readme.md":
                continue
            if file.is_symlink() and not file.resolve().is_relative_to(root):
                raise CorpusError(
                    vi=f"{file} là liên kết trỏ ra ngoài kho bài viết; hãy chép hẳn tệp vào kho hoặc xóa liên kết.",
                    en=f"{file} is a link that leaves the corpus; copy the file itself there or remove the link.",
                )
            if file.suffix.lower() in READERS:
                yield file


def _articles(files: Iterable[tuple[Path, Path]]) -> tuple[Article, ...]:
    """Read (file, path below the corpus) pairs; one id in two files is a CorpusError that names both."""
    found: dict[str, tuple[Article, Path]] = {}
    for file, below in files:
        reader = READERS[file.suffix.lower()]
        for article in reader(read_text(file), normalise(below.with_suffix("").as_posix()), file):
            if article.id in found:
                other = found[article.id][1]
                raise CorpusError(
                    vi=f"{other} và {file} cùng có id “{article.id}”; hãy đổi tên hoặc bỏ một trong hai.",
                    en=f"{other} and {file} have the same id “{article.id}”; rename or remove one of them.",
                )
            found[article.id] = article, file
    return tuple(found[key][0] for key in sorted(found))
