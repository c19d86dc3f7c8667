"""A text file's bytes as text: UTF-8, or UTF-16 with its mark; anything else is named, never guessed."""

import codecs
import re
from collections.abc import Sequence
from pathlib import Path

from partyqa.corpus.readers.encodings.detection import UNDECIDED, encoding_of, in_unicode
from partyqa.errors import CorpusError
from partyqa.i18n import Message, message

# How the bytes of other types begin, and what they are called.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "readers.is_zip_or_office"),
    (b"PK\x05\x06", "readers.is_zip"),
    (b"\x1f\x8b", "readers.is_gzip"),
    (b"BZh", "readers.is_bzip2"),
    (b"\xfd7zXZ\0", "readers.is_xz"),
    (b"7z\xbc\xaf\x27\x1c", "readers.is_seven_zip"),
    (b"Rar!\x1a\x07", "readers.is_rar"),
    (b"\x28\xb5\x2f\xfd", "readers.is_zstd"),
    (b"MSCF", "readers.is_cab"),
    (b"!<arch>\n", "readers.is_ar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "readers.is_old_office"),
    (b"%PDF-", "readers.is_pdf"),
    (b"{\\rtf", "readers.is_rtf"),
    (b"%!PS", "readers.is_postscript"),
    (b"\x89PNG\r\n\x1a\n", "readers.is_png"),
    (b"\xff\xd8\xff", "readers.is_jpeg"),
    (b"GIF87a", "readers.is_gif"),
    (b"GIF89a", "readers.is_gif"),
    (b"RIFF", "readers.is_riff"),
    (b"\x7fELF", "readers.is_program"),
    (b"MZ", "readers.is_windows_program"),
)
_TEXT_TOO = (b"%PDF-", b"{\\rtf", b"%!PS", b"GIF87a", b"GIF89a", b"!<arch>\n")  # would pass as text

_MISREAD = re.compile(r"á[º»]|Ä[‘ƒ]|Æ[°¡]|Ã[\u0080-\u00bf]")  # UTF-8 as Windows-1252
_WITHOUT_U, _WITH_U = re.compile("[ơờớởỡợ](?:ng|c)\\b", re.IGNORECASE), re.compile("ư")
LINE_END = re.compile("(\\n)")
_LEAST_WORDS, _LEAST_SHARE = 3, 0.2  # of a text's words


def decode(data: bytes, path: Path) -> str:
    """Return the text of a file's bytes; CorpusError where they are none, or nothing but white space."""
    text, is_unicode = _characters(data, path)
    if not is_unicode:
        raise CorpusError("readers.not_utf8", path=path)
    return text


def decoded(data: bytes, path: Path, apart: re.Pattern[str] = LINE_END) -> tuple[str, str]:
    """Return the text of a file's bytes, and what it was in before Unicode, "" for Unicode.

    `apart`, one group, parts its lines, and stays as it is. CorpusError as of `decode` and `converted`.
    """
    text, is_unicode = _characters(data, path)
    pieces = apart.split(text)
    pieces[::2], encoding = converted(pieces[::2], str(path))
    if not encoding and not is_unicode:
        raise CorpusError("readers.not_utf8", path=path)
    return "".join(pieces), encoding


def _characters(data: bytes, path: Path) -> tuple[str, bool]:
    """Return the characters of a file's bytes, and whether they are Unicode; else each is one of Latin-1."""
    opening = next((found for found in _SIGNATURES if data.startswith(found[0])), None)
    other_type = opening[1] if opening else "readers.is_binary"
    if opening and opening[0] in _TEXT_TOO:
        raise _not_text(path, other_type)
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text, is_unicode = data.decode("utf-16" if marked else "utf-8-sig"), True
    except UnicodeDecodeError as error:
        if opening or (b"\0" in data and not marked):
            raise _not_text(path, other_type) from error
        text, is_unicode = data.decode("latin-1").replace("\0", ""), False
    if "\0" in text:
        raise _not_text(path, other_type)
    if not text.strip():
        raise CorpusError("readers.empty", path=path)
    return text, is_unicode


def legacy_encoding(lines: Sequence[str]) -> Message | None:
    """Return what Vietnamese that is no Unicode is written in, None for other text.

    "§¶ng bé huyÖn" -> TCVN3; "Ñaûng boä huyeän" -> VNI
    """
    words = [word for line in lines for word in line.split() if any(map(str.isalpha, word))]
    if sum(map(bool, map(_MISREAD.search, words))) >= max(_LEAST_WORDS, _LEAST_SHARE * len(words)):
        return message("readers.is_misread_utf8")
    encoding = encoding_of(lines)
    return message("readers.is_old", name="?" if encoding == UNDECIDED else encoding) if encoding else None


def _not_text(path: Path, reason: str) -> CorpusError:
    return CorpusError("readers.not_text", path=path, reason=message(reason))


def converted(lines: Sequence[str], where: str) -> tuple[list[str], str]:
    """Return a document's lines in Unicode and the encoding they were in, "" for none.

    They are looked at together, as they came out of the file: before anything is normalised, since encodings put
    letters where Unicode has the soft hyphen and control characters. CorpusError where it is not certain which
    makes Vietnamese of them, and where a program on the way has taken every ư of TCVN3 for a soft hyphen.
    """
    encoding = encoding_of(lines)
    if encoding == UNDECIDED:
        raise CorpusError("readers.undecided_encoding", where=where)
    if not encoding:
        return list(lines), ""
    found = in_unicode(lines, encoding)
    if sum(len(_WITHOUT_U.findall(line)) for line in found) >= _LEAST_WORDS and not any(
        map(_WITH_U.search, found)
    ):
        raise CorpusError("readers.letter_lost", where=where, encoding=encoding)
    return found, encoding
