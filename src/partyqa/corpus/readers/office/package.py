"""Office files as containers: what kind a file's bytes really are, and parts that cannot fill the memory."""

import io
import zipfile
from pathlib import Path
from typing import Any

from partyqa.corpus.readers import Dropped
from partyqa.errors import CorpusError
from partyqa.i18n import message

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF = b"{\\rtf"

MOST_UNPACKED = 150 * 1024**2  # bytes of all parts that are read, without pictures
_MOST_PARTS = 20_000
_PICTURES = ("media/", "Pictures/", "embeddings/", "Thumbnails/", "ObjectReplacements/")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STREAMS = (
    ("WordDocument", "readers.is_word_97"),
    ("Workbook", "readers.is_excel_97"),
    ("Book", "readers.is_excel_97"),
    ("PowerPoint Document", "readers.is_powerpoint_97"),
)
_MAIN_PARTS = (
    ("word/document.xml", "readers.is_docx"),
    ("xl/workbook.xml", "readers.is_xlsx"),
    ("xl/workbook.bin", "readers.is_xlsb"),
    ("ppt/presentation.xml", "readers.is_pptx"),
    ("content.xml", "readers.is_odt"),
)


def locked(path: Path) -> CorpusError:
    """Return the error for a file that a password keeps shut."""
    return CorpusError("readers.locked", path=path)


def broken(path: Path, kind: str) -> CorpusError:
    """Return the error for a file that is damaged."""
    return CorpusError("readers.broken", path=path, type=kind)


def holds_stream(data: bytes, name: str) -> bool:
    """Return whether an old compound file has a stream of that name."""
    return data.startswith(OLE) and name.encode("utf-16-le") + b"\0\0" in data


def refuse_other(data: bytes, path: Path, kind: str, *, expected: str) -> None:
    """Raise CorpusError where the bytes are not of the kind that `expected` names (a key of the catalogue)."""
    if data.startswith(OLE) and _ENCRYPTED in data:
        raise locked(path)
    found = _kind(data)
    if found is None:
        raise broken(path, kind)
    if found != expected:
        raise CorpusError("readers.other_than", path=path, type=kind, found=message(found))


def _kind(data: bytes) -> str | None:
    """Return the key of what an office file's bytes are, None for what is no readable file of any kind."""
    if data.startswith(RTF):
        return "readers.is_rtf"
    if data.startswith(OLE):
        names = (key for stream, key in _STREAMS if holds_stream(data, stream))
        return next(names, "readers.is_old_office")
    if data.startswith(b"%PDF-"):
        return "readers.is_pdf"
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:64].lower().startswith((b"<html", b"<!doctype html")):
        return "readers.is_html"
    if not data.startswith(b"PK"):
        return None
    try:
        parts = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    return next((key for part, key in _MAIN_PARTS if part in parts), "readers.is_zip")


def opened(data: bytes, path: Path, kind: str) -> zipfile.ZipFile:
    """Return a package whose parts may be unpacked; CorpusError for a damaged one, a locked one, a bomb."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise broken(path, kind) from error
    if any(part.flag_bits & 1 for part in parts):
        raise locked(path)
    unpacked = sum(part.file_size for part in parts if not is_picture(part.filename))
    if unpacked > MOST_UNPACKED or len(parts) > _MOST_PARTS:
        raise CorpusError("readers.unpacks_too_large", path=path, limit=MOST_UNPACKED // 1024**2)
    for part in parts:
        if part.filename.endswith((".xml", ".rels")) and part.file_size:
            _refuse_entities(package, part, path, kind)
    return package


def is_picture(name: str) -> bool:
    """Return whether a part holds a picture or another file, which no reader opens."""
    return any(f"/{folder}" in f"/{name}" for folder in _PICTURES)


def macros(package: zipfile.ZipFile) -> list[Dropped]:
    """Return the programs in a package: they are named, never run."""
    return [
        Dropped(name, "macro")
        for name in package.namelist()
        if name.endswith("vbaProject.bin") or (name.startswith("Basic/") and name.endswith(".xml"))
    ]


def tree_of(package: zipfile.ZipFile, name: str, path: Path, kind: str) -> Any:
    """Return the root of an XML part; entities are not followed. CorpusError where it is missing or damaged."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        return etree.fromstring(package.read(name), parser)
    except (KeyError, ValueError, OSError, NotImplementedError, etree.LxmlError, zipfile.BadZipFile) as error:
        raise broken(path, kind) from error
    except Exception as error:  # zlib.error stands in no tree of errors
        raise broken(path, kind) from error


def _refuse_entities(package: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path, kind: str) -> None:
    """Raise CorpusError for a part that declares a type: no office program writes one, entity bombs do."""
    try:
        with package.open(part) as stream:
            head = stream.read(2048)
    except Exception as error:  # any of zlib's, zipfile's, the codecs'
        raise broken(path, kind) from error
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise broken(path, kind)
