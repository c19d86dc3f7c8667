"""Articles and passages as JSON lines, and the keys of their vectors; read back, they are equal."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple
from datetime import date
from typing import Any

from partyqa.types import Article, Kin, Passage, Section, Sentence


def write_articles(articles: Iterable[Article]) -> bytes:
    """Return one line an article, every field of it."""
    return _lines(
        {
            "id": article.id,
            "title": article.title,
            "text": article.text,
            "source": article.source,
            "url": article.url,
            "published": article.published.isoformat() if article.published else None,
            "author": article.author,
            "number": article.number,
            "encoding": article.encoding,
            "file": article.file,
            "file_digest": article.file_digest,
            "sections": [astuple(section) for section in article.sections],
            "kin": [
                {**asdict(kin), "published": kin.published.isoformat() if kin.published else None}
                for kin in article.kin
            ],
        }
        for article in articles
    )


def read_articles(data: bytes) -> tuple[Article, ...]:
    """Return the articles that were written."""
    return tuple(_article(row) for row in _rows(data))


def write_passages(passages: Sequence[Passage], articles: Iterable[Article], keys: Sequence[str]) -> bytes:
    """Return one line a passage: its article's row, its sentences' spans, its context, its vector's key."""
    places = {article.id: row for row, article in enumerate(articles)}
    return _lines(
        {
            "article": places[passage.article.id],
            "sentences": [[sentence.start, sentence.end] for sentence in passage.sentences],
            "context": passage.context,
            "key": key,
        }
        for passage, key in zip(passages, keys, strict=True)
    )


def read_passages(data: bytes, articles: Sequence[Article]) -> tuple[Passage, ...]:
    """Return the passages that were written, of these very `articles`."""
    return tuple(_passage(row, articles[row["article"]]) for row in _rows(data))


def read_keys(data: bytes) -> list[str]:
    """Return the key of each passage's vector, in order."""
    return [row["key"] for row in _rows(data)]


def vector_key(fingerprint: str, text: str) -> str:
    """Return what a vector is known by: the encoder that made it and the text it stands for."""
    return hashlib.sha256(f"{fingerprint}\n{text}".encode()).hexdigest()


def _article(row: Mapping[str, Any]) -> Article:
    sections = tuple(
        Section(start, end, page, tuple(path), recognised)
        for start, end, page, path, recognised in row.get("sections", ())
    )
    kin = tuple(Kin(**_dated(other)) for other in row.get("kin", ()))
    return Article(**{**_dated(row), "sections": sections, "kin": kin})


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "published": date.fromisoformat(row["published"]) if row["published"] else None}


def _passage(row: Mapping[str, Any], article: Article) -> Passage:
    sentences = tuple(Sentence(article, start, end) for start, end in row["sentences"])
    return Passage(article, sentences, row["context"])


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows).encode()


def _rows(data: bytes) -> Iterator[Any]:
    # Not splitlines: the texts may hold U+2028 and its like.
    return (json.loads(line) for line in data.split(b"\n")[:-1])
