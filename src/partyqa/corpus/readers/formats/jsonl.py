"""JSON lines: one article a row.

{"id": str, "title": str, "text": str or "paragraphs": [str], "source", "url", "published", "author"}; other
keys are left out.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from partyqa.corpus.readers import Dropped, FileReader, ReadFile
from partyqa.corpus.readers.encoding import converted, decode
from partyqa.corpus.readers.fields import article, date_field, lines_of, other_fields, text_field
from partyqa.errors import CorpusError
from partyqa.text.normalise import one_line
from partyqa.types import Article


def read(data: bytes, path: Path) -> ReadFile:
    """Return the articles of the rows, in their order; each has its row's id, the file's goes unused."""
    articles: list[Article] = []
    dropped: list[Dropped] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(decode(data, path).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        row = _row(line, where)
        found = _article(row, where)
        if found.id in lines:
            raise CorpusError(
                "readers.jsonl_same_id", path=path, first=lines[found.id], second=number, id=found.id
            )
        lines[found.id] = number
        articles.append(found)
        dropped += other_fields(row, ("id", "text" if isinstance(row.get("text"), str) else "paragraphs"))
    return ReadFile(tuple(articles), tuple(dropped))


def ids(data: bytes) -> frozenset[str]:
    """Return the ids of the rows that can be read."""

    def found() -> Iterator[str]:
        for line in data.decode("utf-8-sig", "replace").split("\n"):
            try:
                yield one_line(str(json.loads(line)["id"]))
            except (ValueError, LookupError, TypeError, RecursionError):
                continue

    return frozenset(found())


def _article(row: dict[str, object], where: str) -> Article:
    row, encoding = _in_unicode(row, where)
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
        encoding=encoding,
    )


def _in_unicode(row: dict[str, object], where: str) -> tuple[dict[str, object], str]:
    """Return a row whose texts are in Unicode, and what they were in."""
    named = [(name, line) for name, value in row.items() if not _is_mixed(value) for line in _lines(value)]
    found, encoding = converted([line for _, line in named], where)
    lines = defaultdict[str, list[str]](list)
    for (name, _), line in zip(named, found, strict=True):
        lines[name].append(line)
    texts = {name: lines[name] if isinstance(row[name], list) else "\n".join(lines[name]) for name in lines}
    return (row | texts if encoding else row), encoding


def _is_mixed(value: object) -> bool:
    return isinstance(value, list) and not all(isinstance(part, str) for part in value)


def _lines(value: object) -> list[str]:
    parts: list[object] = value if isinstance(value, list) else [value]
    return [line for part in parts if isinstance(part, str) for line in part.split("\n")]


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


READER = FileReader("JSON", (".jsonl",), None, read, ids)
