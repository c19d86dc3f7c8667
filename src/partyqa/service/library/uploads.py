"""What an upload may be: a name that stays where it is put, and bytes that are what its suffix says.

What a reader of text is to read and is no text in UTF-8, in UTF-16 with its mark or in an old encoding of Vietnamese
is refused whatever it is called.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath, PurePosixPath
from typing import ClassVar

from partyqa.corpus.loading import MAX_BYTES
from partyqa.corpus.readers import reader_of, suffix_list
from partyqa.corpus.readers.encoding import decoded
from partyqa.errors import CorpusError
from partyqa.i18n import message
from partyqa.service.file_names import REFUSED, is_device

_NAME_BYTES = 200  # a file system takes 255; the rest is for what is put around a name
_SHOWN = 60
_LINE = 200_000  # characters of one line: a long chapter; what is longer is no text that people wrote
_CONTROLS = 0.01  # the share of control characters from which text is no text

_ESCAPED = re.compile(r"%(?:00|2e|2f|5c|25)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")

_HTML_START = re.compile(r"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_HTML_TAG = re.compile(r"<(?:html|head|body|main|article|section|div|p|h[1-6]|table|span|br)\b[^>]*>", re.I)


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How much may be handed in: bytes of a file, files and bytes at a time, files and bytes that wait."""

    file_bytes: int = 10_000_000
    files: int = 50
    request_bytes: ClassVar[int] = 50_000_000
    waiting: int = 200
    waiting_bytes: int = 200_000_000


def file_name(raw: str) -> str:
    """Return the name that an upload gets: NFC, single spaces, a suffix that is read, nothing that leads away.

    Raises CorpusError, also for what Windows could not hold and for what the corpus would pass over.
    """
    name = unicodedata.normalize("NFC", raw)
    if any(unicodedata.category(char)[0] == "C" or char in "\u2028\u2029" for char in name):
        raise _bad_name(name, "library.name_controls")
    name = " ".join(name.split())
    if found := sorted(REFUSED.findall(name)) or _ESCAPED.findall(name):
        raise _bad_name(name, "library.name_holds", found=found[0])
    suffix = PurePosixPath(name).suffix
    stem = name.removesuffix(suffix)
    if not stem or name.startswith("."):
        raise _bad_name(name, "library.name_dot_first")
    if reader_of(PurePath(name)) is None:
        raise CorpusError("library.unknown_type", name=shown(name), suffixes=suffix_list())
    if stem.endswith((".", " ")):
        raise _bad_name(name, "library.name_dot_last")
    if is_device(name):
        raise _bad_name(name, "library.name_device")
    if name.lower() == "readme.md":
        raise _bad_name(name, "library.name_readme")
    if len(name.encode()) > _NAME_BYTES:
        raise _bad_name(name, "library.name_long")
    return name


def refuse_size(name: str, size: int, limits: UploadLimits) -> None:
    """Raise CorpusError for a file of more bytes than one may have."""
    most = min(limits.file_bytes, MAX_BYTES)
    if size > most:
        raise CorpusError("library.too_large", name=shown(name), megabytes=most / 1e6)


def refuse_content(path: Path, data: bytes) -> None:
    """Raise CorpusError where a file of text is none, could hold no article, or is not what its suffix says."""
    reader = reader_of(path)
    if reader is None or reader.signature is not None:
        return
    text, name = decoded(data, path)[0], path.name
    if sum(1 for _ in _CONTROL.finditer(text)) > _CONTROLS * len(text):
        raise CorpusError("readers.not_text", path=shown(name), reason=message("readers.is_binary"))
    if any(len(line) > _LINE for line in text.splitlines()):
        raise CorpusError("library.long_line", name=shown(name), most=_LINE)
    _refuse_disguise(name, text)


def shown(name: str) -> str:
    """Return a name as a sentence may repeat it: printable, and not too long."""
    printable = "".join(char if char.isprintable() else "�" for char in name)
    return printable if len(printable) <= _SHOWN else f"{printable[:_SHOWN]}…"


def _refuse_disguise(name: str, text: str) -> None:
    """Raise CorpusError where the text is evidently of another type than its suffix says."""
    suffix = PurePosixPath(name).suffix.lower()
    is_page = suffix in (".html", ".htm")
    if is_page and not _HTML_TAG.search(text):
        raise _disguised(name, "library.no_tag", ".txt")
    if not is_page and _HTML_START.match(text):
        raise _disguised(name, "library.is_page", ".html")
    if suffix in (".txt", ".md") and _is_jsonl(text):
        raise _disguised(name, "library.is_jsonl", ".jsonl")


def _is_jsonl(text: str) -> bool:
    """Tell whether the first two lines that hold something are JSON objects."""
    lines = [line for line in islice(text.split("\n"), 50) if line.strip()][:2]
    try:
        return bool(lines) and all(isinstance(json.loads(line), dict) for line in lines)
    except (ValueError, RecursionError):
        return False


def _bad_name(name: str, reason: str, **arguments: object) -> CorpusError:
    return CorpusError("library.bad_name", name=shown(name), reason=message(reason, **arguments))


def _disguised(name: str, reason: str, suffix: str) -> CorpusError:
    return CorpusError("library.disguised", name=shown(name), reason=message(reason), suffix=suffix)
