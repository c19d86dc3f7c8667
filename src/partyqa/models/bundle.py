"""A folder with a model and a manifest of its files' digests: reading it, and saying what is wrong with it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partyqa.errors import EncoderError, PartyQAError, ReaderError

TOKENIZER = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class BundleKind:
    """What a folder of one kind of model holds and is called.

    `files` are those whose digests the manifest must give; `remedy` says for a folder, in Vietnamese and in
    English, what to type where a file of it is not as it should be.
    """

    manifest: str
    format: int
    files: tuple[str, ...]
    vi: str
    en: str
    error: type[PartyQAError]
    remedy: Callable[[Path], tuple[str, str]]


def read_folder(folder: Path, kind: BundleKind) -> tuple[str, dict[str, Any]]:
    """Return the manifest's sha256 and its content; every file has been found to be the one it was written with.

    Raises the kind's error where one is missing or damaged, or the folder is of another format.
    """
    try:
        raw = (folder / kind.manifest).read_bytes()
        content = json.loads(raw)
        version = content["format"]
        if version == kind.format:
            digests = {name: str(content["files"][name]) for name in kind.files}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(folder, kind.manifest, kind) from error
    if version != kind.format:
        raise _other_format(folder, version, kind)
    for name, expected in digests.items():
        try:
            whole = sha256_of(folder / name) == expected
        except OSError as error:
            raise unreadable(folder, name, kind) from error
        if not whole:
            raise unreadable(folder, name, kind)
    return hashlib.sha256(raw).hexdigest(), content


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def unreadable(folder: Path, name: str, kind: BundleKind) -> PartyQAError:
    """Return the error for a file that is missing, damaged, or not what it should be."""
    vi, en = kind.remedy(folder)
    return kind.error(
        vi=f"Tệp {name} của {kind.vi} trong {folder} bị thiếu hoặc hỏng: {vi}.",
        en=f"The file {name} of the {kind.en} in {folder} is missing or damaged: {en}.",
    )


def _other_format(folder: Path, version: object, kind: BundleKind) -> PartyQAError:
    vi, en = kind.remedy(folder)
    name = f"{kind.vi[0].upper()}{kind.vi[1:]}"
    return kind.error(
        vi=f"{name} trong {folder} thuộc định dạng {version!r}, bản partyqa này đọc định dạng {kind.format}: {vi}.",
        en=f"The {kind.en} in {folder} is of format {version!r}, this partyqa reads format {kind.format}: {en}.",
    )


READER_FORMAT = 1
READER_MANIFEST = "reader.json"
READER_GRAPH = "reader.onnx"
SHIPPED_READER = Path(__file__).parent / "weights" / "reader"


@dataclass(frozen=True, slots=True)
class ReaderManifest:
    """What a reader's folder holds; lengths are in tokens, `bos`, `eos` and `pad` are ids of the tokenizer."""

    sha256: str
    pieces: int
    max_tokens: int
    max_question: int
    bos: int
    eos: int
    pad: int


def read_reader_manifest(folder: Path) -> ReaderManifest:
    """Return the manifest of a folder whose files are whole.

    Raises ReaderError where one is missing or damaged, or the folder is of another format.
    """
    sha256, content = read_folder(folder, READER)
    try:
        return ReaderManifest(sha256, **{name: int(content[name]) for name in _READER_NUMBERS})
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable_reader(folder, READER_MANIFEST) from error


def unreadable_reader(folder: Path, name: str) -> PartyQAError:
    """Return the ReaderError for a file that is missing, damaged, or not what it should be."""
    return unreadable(folder, name, READER)


def _reader_remedy(folder: Path) -> tuple[str, str]:
    without_vi = "hoặc thêm `--reader none` để hỏi không cần mô hình đọc"
    without_en = "or add `--reader none` to ask without a reader"
    if folder == SHIPPED_READER:
        command = "`pip install --force-reinstall --no-deps partyqa`"
        return f"hãy chạy {command}, {without_vi}", f"run {command}, {without_en}"
    return f"hãy chép lại thư mục này, {without_vi}", f"copy the folder anew, {without_en}"


READER = BundleKind(
    READER_MANIFEST,
    READER_FORMAT,
    (READER_GRAPH, TOKENIZER),
    "mô hình đọc",
    "reader",
    ReaderError,
    _reader_remedy,
)
_READER_NUMBERS = ("pieces", "max_tokens", "max_question", "bos", "eos", "pad")


ENCODER_FORMAT = 1
ENCODER_MANIFEST = "retriever.json"
ENCODER_GRAPH = "retriever.onnx"
SHIPPED_ENCODER = Path(__file__).parent / "weights" / "retriever"


@dataclass(frozen=True, slots=True)
class EncoderManifest:
    """What a retriever's folder holds: `prompts` has `query` and `passage`, `pad` is an id of the tokenizer."""

    sha256: str
    pieces: int
    dimension: int
    max_tokens: int
    pad: int
    prompts: dict[str, str]


def read_encoder_manifest(folder: Path) -> EncoderManifest:
    """Return the manifest of a folder whose files are whole.

    Raises EncoderError where one is missing or damaged, or the folder is of another format.
    """
    sha256, content = read_folder(folder, ENCODER)
    try:
        prompts = {name: str(content["prompts"][name]) for name in ("query", "passage")}
        return EncoderManifest(
            sha256, **{name: int(content[name]) for name in _ENCODER_NUMBERS}, prompts=prompts
        )
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable_encoder(folder, ENCODER_MANIFEST) from error


def unreadable_encoder(folder: Path, name: str) -> PartyQAError:
    """Return the EncoderError for a file that is missing, damaged, or not what it should be."""
    return unreadable(folder, name, ENCODER)


def _encoder_remedy(folder: Path) -> tuple[str, str]:
    if folder == SHIPPED_ENCODER:
        command = "`pip install --force-reinstall --no-deps partyqa`"
        return f"hãy chạy {command}", f"run {command}"
    return (
        "hãy chép lại thư mục này, hoặc bỏ --encoder để dùng mô hình đi kèm",
        "copy the folder anew, or leave --encoder out to use the bundled model",
    )


ENCODER = BundleKind(
    ENCODER_MANIFEST,
    ENCODER_FORMAT,
    (ENCODER_GRAPH, TOKENIZER),
    "mô hình nhúng",
    "embedding model",
    EncoderError,
    _encoder_remedy,
)
_ENCODER_NUMBERS = ("pieces", "dimension", "max_tokens", "pad")
