"""JSON lines: one article a row.

{"id": str, "title": str, "text": str or "paragraphs": [str], "source", "url", "published", "author"}; other
keys are ignored.
"""

import json
from pathlib import Path

from partyqa.corpus.readers.fields import article, date_field, lines_of, text_field
from partyqa.errors import CorpusError
from partyqa.types import Article


def read(text: str, article_id: str, path: Path) -> tuple[Article, ...]:
    """Return the articles of the rows, in their order; each has its row's id, the file's goes unused."""
    articles: list[Article] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        found = _article(line, f"{path}:{number}")
        if found.id in lines:
            raise CorpusError(
                "readers.jsonl_same_id", path=path, first=lines[found.id], second=number, id=found.id
            )
        lines[found.id] = number
        articles.append(found)
    return tuple(articles)


def _article(line: str, where: str) -> Article:
    row = _row(line, where)
    row_id = text_field(row.get("id"), "id", where)
    if not row_id:
        raise CorpusError("readers.jsonl_no_id", where=where)
    return article(
        row_id,
        lines_of(_body(row, where)),
        where,
        title=text_field(row.get("title"), "title", where),
        source=text_field(row.get("source"), "source", where),
        url=text_field(row.get("url"), "url", where),
        published=date_field(row.get("published"), "published", where),
        author=text_field(row.get("author"), "author", where),
    )


def _row(line: str, where: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CorpusError("readers.jsonl_invalid", where=where, reason=error) from error
    if not isinstance(row, dict):
        raise CorpusError("readers.jsonl_not_object", where=where)
    return row


def _body(row: dict[str, object], where: str) -> str:
    text, paragraphs = row.get("text"), row.get("paragraphs")
    if isinstance(text, str):
        return text
    if isinstance(paragraphs, list) and all(isinstance(part, str) for part in paragraphs):
        return "\n".join(paragraphs)
    raise CorpusError("readers.jsonl_no_text", where=where)
