"""What a generation says of itself: how it was made, and what its files must be."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from partyqa.errors import IndexDamagedError, IndexFormatError, IndexStaleError
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
    hash, as another format may hash itself otherwise.
    """
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise differs(folder, MANIFEST) from None
    found = body.get("format") if isinstance(body, dict) else None
    if isinstance(found, int) and found > 0 and found != FORMAT:
        raise IndexFormatError(
            vi=f"Chỉ mục trong {folder} theo định dạng {found}, chương trình này đọc định dạng {FORMAT}; "
            "hãy dựng lại bằng lệnh: partyqa index --full",
            en=f"The index in {folder} is of format {found}, this program reads format {FORMAT}; "
            "build it anew: partyqa index --full",
        )
    if found != FORMAT or _canonical(body) != data:
        raise differs(folder, MANIFEST)
    if body.pop("sha256", None) != _sha256(_canonical(body)):
        raise differs(folder, MANIFEST)
    return Manifest(
        **body
        | {
            "created": datetime.fromisoformat(body["created"]),
            "encoder": EncoderRecord(**body["encoder"]),
            "files": {name: FileRecord(**record) for name, record in body["files"].items()},
        }
    )


def damaged(folder: Path, vi: str, en: str) -> IndexDamagedError:
    """Return the error for an index that is not what was written, `vi` and `en` saying what differs."""
    return IndexDamagedError(
        vi=f"Chỉ mục trong {folder} bị hỏng ({vi}); hãy dựng lại bằng lệnh: partyqa index --full",
        en=f"The index in {folder} is damaged ({en}); build it anew: partyqa index --full",
    )


def differs(folder: Path, file: str) -> IndexDamagedError:
    """Return the error for a `file` of the index that has other bytes than were written."""
    return damaged(folder, f"tệp {file} không còn như lúc ghi", f"the file {file} is not as it was written")


def _canonical(body: Mapping[str, Any]) -> bytes:
    return (json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def changes(old: Sequence[Article], new: Sequence[Article]) -> tuple[str, str]:
    """Return in Vietnamese and in English how many articles came, went and changed."""
    before, after = ({article.id: article for article in articles} for articles in (old, new))
    added, removed = len(after.keys() - before.keys()), len(before.keys() - after.keys())
    changed = sum(before[article_id] != after[article_id] for article_id in before.keys() & after.keys())
    return (
        f"có {added} bài mới, {removed} bài bị bỏ, {changed} bài đã sửa",
        f"articles new: {added}, removed: {removed}, changed: {changed}",
    )


def stale(folder: Path, vi: str, en: str) -> IndexStaleError:
    """Return the error that says why the index in `folder` is stale."""
    return IndexStaleError(
        vi=f"Chỉ mục trong {folder} đã cũ ({vi}); hãy gõ: partyqa index",
        en=f"The index in {folder} is stale ({en}); type: partyqa index",
    )
