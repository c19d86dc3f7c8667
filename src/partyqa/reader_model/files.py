"""The folder of a reader: what its `reader.json` says, and that every file is the one it was written with."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from partyqa.errors import ReaderError

FORMAT = 1
MANIFEST = "reader.json"
GRAPH = "reader.onnx"
TOKENIZER = "tokenizer.json"
SHIPPED = Path(__file__).parents[1] / "models" / "reader"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a reader's folder holds; lengths are in tokens, `bos`, `eos` and `pad` are ids of the tokenizer."""

    sha256: str
    pieces: int
    max_tokens: int
    max_question: int
    bos: int
    eos: int
    pad: int


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a folder whose files are whole.

    Raises ReaderError where one is missing or damaged, or the folder is of another format.
    """
    try:
        raw = (folder / MANIFEST).read_bytes()
        content = json.loads(raw)
        version = content["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(folder, MANIFEST) from error
    if version != FORMAT:
        raise _other_format(folder, version)
    try:
        numbers = {name: int(content[name]) for name in _NUMBERS}
        digests = {name: str(content["files"][name]) for name in (GRAPH, TOKENIZER)}
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable(folder, MANIFEST) from error
    for name, expected in digests.items():
        try:
            whole = sha256_of(folder / name) == expected
        except OSError as error:
            raise unreadable(folder, name) from error
        if not whole:
            raise unreadable(folder, name)
    return Manifest(hashlib.sha256(raw).hexdigest(), **numbers)


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def unreadable(folder: Path, name: str) -> ReaderError:
    """Return the error for a file that is missing, damaged, or not what it should be."""
    vi, en = _remedy(folder)
    return ReaderError(
        vi=f"Tệp {name} của mô hình đọc trong {folder} bị thiếu hoặc hỏng: {vi}.",
        en=f"The file {name} of the reader in {folder} is missing or damaged: {en}.",
    )


def _other_format(folder: Path, version: object) -> ReaderError:
    vi, en = _remedy(folder)
    return ReaderError(
        vi=f"Mô hình đọc trong {folder} thuộc định dạng {version!r}, bản partyqa này đọc định dạng {FORMAT}: {vi}.",
        en=f"The reader in {folder} is of format {version!r}, this partyqa reads format {FORMAT}: {en}.",
    )


def _remedy(folder: Path) -> tuple[str, str]:
    without_vi = "hoặc thêm `--reader none` để hỏi không cần mô hình đọc"
    without_en = "or add `--reader none` to ask without a reader"
    if folder == SHIPPED:
        command = "`pip install --force-reinstall --no-deps partyqa`"
        return f"hãy chạy {command}, {without_vi}", f"run {command}, {without_en}"
    return f"hãy chép lại thư mục này, {without_vi}", f"copy the folder anew, {without_en}"


_NUMBERS = ("pieces", "max_tokens", "max_question", "bos", "eos", "pad")
