"""A zip of files of the other types: many articles, each under the zip's id and its own name within."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from partyqa.corpus.readers import Dropped, FileReader, ReadFile, has_many, read_file, reader_of
from partyqa.corpus.readers.fields import id_of
from partyqa.errors import CorpusError
from partyqa.types import Article

_MOST_BYTES = 20 * 1024**2  # of one file
_MOST_UNPACKED = 300 * 1024**2  # of all
_MOST_FILES = 5000
_UTF8_NAME = 0x800  # a flag of a name: else it is in the code page of who packed it


def read(data: bytes, path: Path) -> ReadFile:
    """Return the articles of the files in a zip, in its order; one that cannot be read is one of the faults."""
    package = _opened(data, path)
    stem = id_of(Path(path.name))
    articles: dict[str, Article] = {}
    dropped: list[Dropped] = []
    faults: list[CorpusError] = []
    for name, member in _files(package):
        if reader_of(name) is None:
            dropped.append(Dropped(str(name), "type"))
            continue
        try:
            found = _read(package, member, name, path)
        except CorpusError as error:
            faults.append(error)
            continue
        dropped += (replace(left_out, text=f"{name}: {left_out.text}") for left_out in found.dropped)
        for article in found.articles:
            own = f"{stem}/{id_of(name)}" + (f"/{article.id}" if has_many(name) else "")
            if own in articles:
                faults.append(CorpusError("readers.same_id", first=path, second=path / name, id=own))
            else:
                articles[own] = replace(article, id=own)
    if not articles:
        raise faults[0] if faults else CorpusError("readers.zip_no_articles", path=path)
    return ReadFile(tuple(articles.values()), tuple(dropped), tuple(faults))


def ids(data: bytes) -> frozenset[str]:
    """Return the ids of the articles in a zip, below its own; none of one that is damaged."""
    found: set[str] = set()
    try:
        package = _opened(data, Path())
    except CorpusError:
        return frozenset()
    for name, member in _files(package):
        reader = reader_of(name)
        if reader is not None and reader.ids is None:
            found.add(id_of(name))
        elif reader is not None and reader.ids is not None and not reader.is_folder:
            try:
                found |= {
                    f"{id_of(name)}/{inner}" for inner in reader.ids(_unpacked(package, member, Path(name)))
                }
            except CorpusError:
                continue
    return frozenset(found)


def _opened(data: bytes, path: Path) -> zipfile.ZipFile:
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise CorpusError("readers.broken", path=path, type="zip") from error
    if any(member.flag_bits & 1 for member in members):
        raise CorpusError("readers.locked", path=path)
    if len(members) > _MOST_FILES or sum(member.file_size for member in members) > _MOST_UNPACKED:
        raise CorpusError("readers.unpacks_too_large", path=path, limit=_MOST_UNPACKED // 1024**2)
    return package


def _files(package: zipfile.ZipFile) -> Iterator[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """Yield the visible files; a name that leads elsewhere leads nowhere."""
    for member in package.infolist():
        parts = [part for part in _name(member).replace("\\", "/").split("/") if part not in ("", ".", "..")]
        if not parts or member.is_dir() or any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        if parts[-1].lower() != "readme.md":
            yield PurePosixPath(*parts), member


def _name(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _read(package: zipfile.ZipFile, member: zipfile.ZipInfo, name: PurePosixPath, path: Path) -> ReadFile:
    where = path / name
    if name.suffix.lower() == ".zip":
        raise CorpusError("readers.zip_in_zip", path=where)
    return read_file(_unpacked(package, member, where), where)


def _unpacked(package: zipfile.ZipFile, member: zipfile.ZipInfo, where: Path) -> bytes:
    if member.file_size > _MOST_BYTES:
        raise CorpusError("readers.too_large", path=where, limit=_MOST_BYTES // 1024**2)
    try:
        with package.open(member) as stream:
            return stream.read(_MOST_BYTES)  # zipfile itself stops at the size that the entry states
    except Exception as error:  # any of zlib's, zipfile's, the codecs'
        raise CorpusError("readers.broken", path=where, type="zip") from error


READER = FileReader("zip", (".zip",), (b"PK\x03\x04", b"PK\x05\x06"), read, ids, is_folder=True)
