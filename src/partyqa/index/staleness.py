"""How a corpus differs from the one an index was built from, said in one sentence."""

from collections.abc import Sequence
from pathlib import Path

from partyqa.errors import IndexStaleError
from partyqa.types import Article


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
