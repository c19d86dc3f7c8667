"""A folder with a model and a manifest of its files' digests: reading it, and saying what is wrong with it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partyqa.errors import PartyQAError

TOKENIZER = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class Kind:
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


def read_folder(folder: Path, kind: Kind) -> tuple[str, dict[str, Any]]:
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


def unreadable(folder: Path, name: str, kind: Kind) -> PartyQAError:
    """Return the error for a file that is missing, damaged, or not what it should be."""
    vi, en = kind.remedy(folder)
    return kind.error(
        vi=f"Tệp {name} của {kind.vi} trong {folder} bị thiếu hoặc hỏng: {vi}.",
        en=f"The file {name} of the {kind.en} in {folder} is missing or damaged: {en}.",
    )


def _other_format(folder: Path, version: object, kind: Kind) -> PartyQAError:
    vi, en = kind.remedy(folder)
    name = f"{kind.vi[0].upper()}{kind.vi[1:]}"
    return kind.error(
        vi=f"{name} trong {folder} thuộc định dạng {version!r}, bản partyqa này đọc định dạng {kind.format}: {vi}.",
        en=f"The {kind.en} in {folder} is of format {version!r}, this partyqa reads format {kind.format}: {en}.",
    )
