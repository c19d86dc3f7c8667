"""A folder with a model and a manifest of its files' digests: reading it, and saying what is wrong with it."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partyqa.errors import EncoderError, PartyQAError, ReaderError
from partyqa.i18n import message

TOKENIZER = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class BundleKind:
    """What a folder of one kind of model holds and is called.

    `files` are those whose digests the manifest must give; `name` begins the keys of the sentences about it;
    `shipped` is the folder that comes with the package.
    """

    manifest: str
    format: int
    files: tuple[str, ...]
    name: str
    error: type[PartyQAError]
    shipped: Path

    def failure(self, key: str, folder: Path, **arguments: object) -> PartyQAError:
        """Return the error that states what is wrong with a folder, and what to type."""
        reinstall, copy_anew = f"models.{self.name}_reinstall", f"models.{self.name}_copy_anew"
        remedy = message(reinstall if folder == self.shipped else copy_anew)
        return self.error(key, folder=folder, remedy=remedy, **arguments)


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
        raise kind.failure(f"models.{kind.name}_other_format", folder, version=version, format=kind.format)
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
    return kind.failure(f"models.{kind.name}_damaged", folder, name=name)


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
        raise unreadable(folder, READER_MANIFEST, READER) from error


READER = BundleKind(
    READER_MANIFEST,
    READER_FORMAT,
    (READER_GRAPH, TOKENIZER),
    "reader",
    ReaderError,
    SHIPPED_READER,
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
        raise unreadable(folder, ENCODER_MANIFEST, ENCODER) from error


ENCODER = BundleKind(
    ENCODER_MANIFEST,
    ENCODER_FORMAT,
    (ENCODER_GRAPH, TOKENIZER),
    "encoder",
    EncoderError,
    SHIPPED_ENCODER,
)
_ENCODER_NUMBERS = ("pieces", "dimension", "max_tokens", "pad")
