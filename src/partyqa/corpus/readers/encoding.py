"""A file's bytes as text: UTF-8, or UTF-16 with its mark; anything else is said, never guessed."""

import codecs
from pathlib import Path

from partyqa.errors import CorpusError

MAX_BYTES = 20 * 1024 * 1024


def read_text(path: Path) -> str:
    """Return the text of a file of at most MAX_BYTES; CorpusError when it is none or empty, else OSError."""
    if path.exists() and not path.is_file():
        raise CorpusError("readers.no_ordinary_file", path=path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise CorpusError("readers.broken_link", path=path) from error
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // 1024**2
        raise CorpusError("readers.too_large", path=path, limit=limit)
    text = _decode(data, path)
    if not text.strip():
        raise CorpusError("readers.empty", path=path)
    return text


def _decode(data: bytes, path: Path) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError("readers.not_utf8", path=path) from error
    if "\0" in text:
        raise CorpusError("readers.binary", path=path)
    return text
