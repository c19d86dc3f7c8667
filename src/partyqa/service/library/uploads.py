"""What an upload may be: a name that stays where it is put, and bytes that are the text they say they are.

Nothing is ever unpacked. What is not text in UTF-8 (or UTF-16 with its mark) is refused whatever it is called.
"""

import codecs
import json
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath

from partyqa.corpus.readers import READERS
from partyqa.corpus.readers.encoding import MAX_BYTES
from partyqa.errors import CorpusError

SUFFIXES = ", ".join(READERS)
_NAME_BYTES = 200  # a file system takes 255; the rest is for what is put around a name
_SHOWN = 60
_LINE = 200_000  # characters of one line: a long chapter; what is longer is no text that people wrote
_CONTROLS = 0.01  # the share of control characters from which text is no text

_CLOSED = set('/\\<>:"|?*')
_ESCAPED = re.compile(r"%(?:00|2e|2f|5c|25)", re.IGNORECASE)
_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"]
    + [f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"]
)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "tệp nén zip (hay Word, Excel)", "a zip archive (or Word, Excel)"),
    (b"PK\x05\x06", "tệp nén zip", "a zip archive"),
    (b"\x1f\x8b", "tệp nén gzip", "a gzip archive"),
    (b"BZh", "tệp nén bzip2", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "tệp nén xz", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7-Zip", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "tệp nén RAR", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "tệp nén zstd", "a zstd archive"),
    (b"MSCF", "tệp nén CAB", "a CAB archive"),
    (b"!<arch>\n", "tệp lưu trữ ar", "an ar archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "tệp Word hay Excel đời cũ", "an old Word or Excel file"),
    (b"%PDF-", "tệp PDF", "a PDF file"),
    (b"{\\rtf", "tệp RTF", "an RTF file"),
    (b"%!PS", "tệp PostScript", "a PostScript file"),
    (b"\x89PNG\r\n\x1a\n", "ảnh PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "ảnh JPEG", "a JPEG picture"),
    (b"GIF87a", "ảnh GIF", "a GIF picture"),
    (b"GIF89a", "ảnh GIF", "a GIF picture"),
    (b"RIFF", "ảnh hay âm thanh RIFF", "a RIFF picture or sound"),
    (b"\x7fELF", "chương trình", "a program"),
    (b"MZ", "chương trình Windows", "a Windows program"),
)
_TEXT_TOO = (b"%PDF-", b"{\\rtf", b"%!PS", b"GIF87a", b"GIF89a", b"!<arch>\n")  # would pass as text
_HTML_START = re.compile(r"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_HTML_TAG = re.compile(r"<(?:html|head|body|main|article|section|div|p|h[1-6]|table|span|br)\b[^>]*>", re.I)


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How much may be handed in: bytes of a file, files and bytes at a time, files and bytes that wait."""

    file_bytes: int = 10_000_000
    files: int = 50
    request_bytes: int = 50_000_000
    waiting: int = 200
    waiting_bytes: int = 200_000_000


def file_name(raw: str) -> str:
    """Return the name that an upload gets: NFC, single spaces, a suffix that is read, nothing that leads away.

    Raises CorpusError, also for what Windows could not hold and for what the corpus would pass over.
    """
    name = unicodedata.normalize("NFC", raw)
    if any(unicodedata.category(char)[0] == "C" or char in "\u2028\u2029" for char in name):
        raise _bad_name(name, "có ký tự điều khiển hoặc ký tự ẩn", "it holds control or invisible characters")
    name = " ".join(name.split())
    if found := sorted(_CLOSED.intersection(name)) or _ESCAPED.findall(name):
        raise _bad_name(name, f"có “{found[0]}”", f"it holds “{found[0]}”")
    suffix = PurePosixPath(name).suffix
    stem = name.removesuffix(suffix)
    if not stem or name.startswith("."):
        raise _bad_name(name, "mở đầu bằng dấu chấm hoặc để trống", "it begins with a dot or is empty")
    if suffix.lower() not in READERS:
        raise CorpusError(
            vi=f"Không nhận loại tệp của “{shown(name)}”; hãy lưu bài thành một trong các loại {SUFFIXES}.",
            en=f"Files of the type of “{shown(name)}” are not taken; save the article as one of {SUFFIXES}.",
        )
    if stem.endswith((".", " ")):
        raise _bad_name(
            name, "có dấu chấm hoặc dấu cách trước đuôi", "a dot or a space stands before its suffix"
        )
    if name.partition(".")[0].strip().upper() in _DEVICES:
        raise _bad_name(name, "là tên dành riêng của Windows", "Windows keeps it for itself")
    if name.lower() == "readme.md":
        raise _bad_name(name, "README.md không được coi là bài viết", "README.md is not read as an article")
    if len(name.encode()) > _NAME_BYTES:
        raise _bad_name(name, "quá dài", "it is too long")
    return name


def refuse_size(name: str, size: int, limits: UploadLimits) -> None:
    """Raise CorpusError for a file of more bytes than one may have."""
    most = min(limits.file_bytes, MAX_BYTES)
    if size > most:
        size_vi = f"{most / 1e6:g}".replace(".", ",")
        raise CorpusError(
            vi=f"Tệp “{shown(name)}” lớn hơn {size_vi} MB; hãy chia thành các tệp nhỏ hơn rồi tải lại.",
            en=f"The file “{shown(name)}” is larger than {most / 1e6:g} MB; split it and upload the parts.",
        )


def text_of(name: str, data: bytes) -> str:
    """Return the text that `data` is; CorpusError where it is none, or not what its suffix says."""
    text = _decoded(name, data)
    if not text.strip():
        raise CorpusError(
            vi=f"Tệp “{shown(name)}” trống; hãy bổ sung nội dung rồi tải lại.",
            en=f"The file “{shown(name)}” is empty; add its text and upload it again.",
        )
    if "\0" in text or sum(1 for _ in _CONTROL.finditer(text)) > _CONTROLS * len(text):
        raise _not_text(name, "tệp nhị phân", "binary")
    if any(len(line) > _LINE for line in text.splitlines()):
        raise CorpusError(
            vi=f"Tệp “{shown(name)}” có dòng dài hơn {_LINE} ký tự; hãy ngắt thành các đoạn rồi tải lại.",
            en=f"The file “{shown(name)}” has a line of over {_LINE} characters; break it into paragraphs.",
        )
    _refuse_disguise(name, text)
    return text


def shown(name: str) -> str:
    """Return a name as a sentence may repeat it: printable, and not too long."""
    printable = "".join(char if char.isprintable() else "�" for char in name)
    return printable if len(printable) <= _SHOWN else f"{printable[:_SHOWN]}…"


def _decoded(name: str, data: bytes) -> str:
    signature = next((found for found in _SIGNATURES if data.startswith(found[0])), None)
    if signature and signature[0] in _TEXT_TOO:
        raise _not_text(name, *signature[1:])
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        if signature or b"\0" in data:
            raise _not_text(name, *(signature[1:] if signature else ("tệp nhị phân", "binary"))) from None
        raise CorpusError(
            vi=f"Tệp “{shown(name)}” không phải văn bản UTF-8; hãy lưu lại với bảng mã UTF-8 rồi tải lại.",
            en=f"The file “{shown(name)}” is not UTF-8 text; save it again in UTF-8 and upload it.",
        ) from None
    if signature and "\0" in text:
        raise _not_text(name, *signature[1:])
    return text


def _refuse_disguise(name: str, text: str) -> None:
    """Raise CorpusError where the text is evidently of another type than its suffix says."""
    suffix = PurePosixPath(name).suffix.lower()
    is_page = suffix in (".html", ".htm")
    if is_page and not _HTML_TAG.search(text):
        raise _disguised(name, "không có thẻ HTML nào", "it holds no HTML tag", ".txt")
    if not is_page and _HTML_START.match(text):
        raise _disguised(name, "thực ra là trang HTML", "it is an HTML page", ".html")
    if suffix in (".txt", ".md") and _is_jsonl(text):
        raise _disguised(name, "thực ra là các dòng JSON", "it is lines of JSON", ".jsonl")


def _is_jsonl(text: str) -> bool:
    """Tell whether the first two lines that hold something are JSON objects."""
    lines = [line for line in islice(text.split("\n"), 50) if line.strip()][:2]
    try:
        return bool(lines) and all(isinstance(json.loads(line), dict) for line in lines)
    except (ValueError, RecursionError):
        return False


def _bad_name(name: str, vi: str, en: str) -> CorpusError:
    return CorpusError(
        vi=f"Không dùng được tên tệp “{shown(name)}” ({vi}); hãy đổi tên tệp rồi tải lại.",
        en=f"The file name “{shown(name)}” cannot be used ({en}); rename the file and upload it again.",
    )


def _not_text(name: str, vi: str, en: str) -> CorpusError:
    return CorpusError(
        vi=f"Tệp “{shown(name)}” không phải văn bản ({vi}); hãy xuất nội dung ra tệp văn bản UTF-8 rồi tải lại.",
        en=f"The file “{shown(name)}” is not text ({en}); export its text as UTF-8 and upload that.",
    )


def _disguised(name: str, vi: str, en: str, suffix: str) -> CorpusError:
    return CorpusError(
        vi=f"Tệp “{shown(name)}” không đúng như đuôi tệp ({vi}); hãy đổi đuôi thành {suffix} rồi tải lại.",
        en=f"The file “{shown(name)}” is not what its suffix says ({en}); rename it to {suffix} and upload it.",
    )
