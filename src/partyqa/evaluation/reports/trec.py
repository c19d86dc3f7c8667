"""Run and qrels files that trec_eval reads."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from partyqa.evaluation.scoring import Row
from partyqa.evaluation.summary import Summary

_UNSAFE = re.compile(r"[\s%]")


def trec_id(key: str) -> str:
    """Return an id as one word: white space and % as %XX of their code points."""
    return _UNSAFE.sub(lambda match: f"%{ord(match.group()):02X}", key)


def run_lines(rankings: Iterable[tuple[str, Sequence[tuple[str, float]]]], tag: str) -> Iterator[str]:
    """Yield the lines `query Q0 document rank score tag` of (query, ranked (document, score)) pairs.

    trec_eval ignores the rank, sorts by the score in single precision and breaks ties by itself; so where a
    score is not below the one before it, the next smaller number is written.
    """
    for query, ranking in rankings:
        last = np.float32(np.inf)
        for rank, (document, score) in enumerate(ranking, 1):
            last = min(np.float32(score), np.nextafter(last, np.float32(-np.inf)))
            yield f"{trec_id(query)} Q0 {trec_id(document)} {rank} {last!s} {tag}\n"


def qrels_lines(qrels: Iterable[tuple[str, Mapping[str, int]]]) -> Iterator[str]:
    """Yield the lines `query 0 document grade`."""
    for query, grades in qrels:
        for document, grade in grades.items():
            yield f"{trec_id(query)} 0 {trec_id(document)} {grade}\n"


def write_trec(folder: Path, summary: Summary) -> list[Path]:
    """Write run and qrels of the answerable questions, by articles and by passages; return the files."""
    rows = [row for row in summary.rows if row.outcome.case.relevant and not row.outcome.case.scope]
    if not rows:
        return []
    stem = f"{summary.dataset.label}.{summary.system}"
    files = {
        f"{stem}.articles.run": run_lines(
            ((_key(row), _scored_articles(row)) for row in rows), summary.system
        ),
        f"{stem}.articles.qrels": qrels_lines((_key(row), row.outcome.case.relevant) for row in rows),
        f"{stem}.passages.run": run_lines(
            ((_key(row), [(hit.passage.id, hit.score) for hit in row.outcome.hits]) for row in rows),
            summary.system,
        ),
        f"{stem}.passages.qrels": qrels_lines((_key(row), row.qrels) for row in rows),
    }
    for name, lines in files.items():
        (folder / name).write_text("".join(lines), encoding="utf-8")
    return [folder / name for name in files]


def _key(row: Row) -> str:
    return row.outcome.case.question.id


def _scored_articles(row: Row) -> list[tuple[str, float]]:
    """The articles found, each with the score of its best passage."""
    best: dict[str, float] = {}
    for hit in row.outcome.hits:
        best.setdefault(hit.passage.article.id, hit.score)
    return list(best.items())
