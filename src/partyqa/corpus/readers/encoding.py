"""A file's bytes as text: UTF-8, or UTF-16 with its mark; anything else is said, never guessed."""

import codecs
from pathlib import Path

from partyqa.errors import CorpusError

MAX_BYTES = 20 * 1024 * 1024


def read_text(path: Path) -> str:
    """Return the text of a file of at most MAX_BYTES; CorpusError when it is none or empty, else OSError."""
    if path.exists() and not path.is_file():
        raise _unreadable(path, "không phải một tệp thường", "it is not an ordinary file")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _unreadable(path, "liên kết trỏ tới tệp không còn", "its link leads nowhere") from error
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // 1024**2
        raise CorpusError(
            vi=f"Tệp {path} lớn hơn {limit} MB; hãy chia thành các tệp nhỏ hơn.",
            en=f"The file {path} is larger than {limit} MB; split it into smaller files.",
        )
    text = _decode(data, path)
    if not text.strip():
        raise CorpusError(
            vi=f"Tệp {path} trống; hãy bổ sung nội dung hoặc xóa tệp.",
            en=f"The file {path} is empty; add its text or remove it.",
        )
    return text


def _unreadable(path: Path, vi: str, en: str) -> CorpusError:
    return CorpusError(
        vi=f"Không đọc được {path} ({vi}); hãy sửa lại tệp này hoặc bỏ ra khỏi kho bài viết.",
        en=f"{path} cannot be read ({en}); mend it or take it out of the corpus.",
    )


def _decode(data: bytes, path: Path) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(
            vi=f"Tệp {path} không phải văn bản UTF-8; hãy lưu lại tệp với bảng mã UTF-8.",
            en=f"The file {path} is not UTF-8 text; save it again in UTF-8.",
        ) from error
    if "\0" in text:
        raise CorpusError(
            vi=f"Tệp {path} là tệp nhị phân, không phải văn bản; hãy xuất nội dung ra tệp văn bản UTF-8.",
            en=f"The file {path} is binary, not text; export its text as UTF-8.",
        )
    return text
