"""What a generation records of itself: how it was made, and what its files must be."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from partyqa.errors import IndexDamagedError, IndexFormatError, IndexStaleError
from partyqa.i18n import message
from partyqa.index import bm25
from partyqa.text.tokens import RULES_VERSION
from partyqa.types import Article

FORMAT = 2
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class EncoderRecord:
    """The encoder that made the vectors; the fingerprint covers its weights and prompts."""

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a file of the generation must be: its sha256 in hexadecimal and its length in bytes."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a generation was made, and what its files must be; `created` is in UTC, to the second."""

    generation: str
    created: datetime
    encoder: EncoderRecord
    text_rules: str
    chunking: Mapping[str, int | str]
    lexical: Mapping[str, float | str]
    corpus_digest: str
    articles: int
    passages: int
    files: Mapping[str, FileRecord]
    format: int = FORMAT

    @property
    def settings_hold(self) -> bool:
        """True when a build of today would cut and count words as this one did."""
        own = {"text_rules": self.text_rules, "chunking": self.chunking, "lexical": self.lexical}
        return own == settings()


def record(data: bytes) -> FileRecord:
    """Describe a file by its content."""
    return FileRecord(_sha256(data), len(data))


def settings() -> dict[str, Any]:
    """Return the fields of a manifest that today's program settles."""
    from partyqa.corpus.chunking import CHUNKING  # brings langchain, which no reader of an index needs

    return {"text_rules": RULES_VERSION, "chunking": dict(CHUNKING), "lexical": dict(bm25.SETTINGS)}


def encode(manifest: Manifest) -> bytes:
    """Return the manifest as JSON, with the sha256 of itself without it."""
    body = asdict(manifest) | {"created": manifest.created.isoformat()}
    return _canonical(body | {"sha256": _sha256(_canonical(body))})


def decode(folder: Path, data: bytes) -> Manifest:
    """Return the manifest that was encoded.

    Raises IndexFormatError, IndexDamagedError, naming the index `folder`. The format is looked at before the
    hash, as another format may hash itself otherwise; a damaged format number is not taken for another format.
    """
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise differs(folder, MANIFEST) from None
    found = body.get("format") if isinstance(body, dict) else None
    if (
        type(found) is int
        and found > 0
        and found != FORMAT
        and not _hashes_itself({**body, "format": FORMAT})
    ):
        raise IndexFormatError("index.other_format", folder=folder, written=found, read=FORMAT)
    if found != FORMAT or _canonical(body) != data:
        raise differs(folder, MANIFEST)
    if not _hashes_itself(body):
        raise differs(folder, MANIFEST)
    return Manifest(
        **{name: value for name, value in body.items() if name != "sha256"}
        | {
            "created": datetime.fromisoformat(body["created"]),
            "encoder": EncoderRecord(**body["encoder"]),
            "files": {name: FileRecord(**record) for name, record in body["files"].items()},
        }
    )


def _hashes_itself(body: Mapping[str, Any]) -> bool:
    """Whether a manifest's own hash is that of the rest of it."""
    rest = {name: value for name, value in body.items() if name != "sha256"}
    return bool(body.get("sha256") == _sha256(_canonical(rest)))


def damaged(folder: Path, reason: str, /, **arguments: object) -> IndexDamagedError:
    """Return the error for an index that is not what was written; the key `reason` states what differs."""
    return IndexDamagedError("index.damaged", folder=folder, reason=message(reason, **arguments))


def differs(folder: Path, file: str) -> IndexDamagedError:
    """Return the error for a `file` of the index that has other bytes than were written."""
    return damaged(folder, "index.file_differs", file=file)


def _canonical(body: Mapping[str, Any]) -> bytes:
    return (json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def changes(old: Sequence[Article], new: Sequence[Article]) -> dict[str, int]:
    """Return how many articles were `added`, `removed` and `changed`."""
    before, after = ({article.id: article for article in articles} for articles in (old, new))
    return {
        "added": len(after.keys() - before.keys()),
        "removed": len(before.keys() - after.keys()),
        "changed": sum(
            before[article_id] != after[article_id] for article_id in before.keys() & after.keys()
        ),
    }


def stale(folder: Path, reason: str, /, **arguments: object) -> IndexStaleError:
    """Return the error that states, by the message of the key `reason`, why the index in `folder` is stale."""
    return IndexStaleError("index.stale", folder=folder, reason=message(reason, **arguments))
