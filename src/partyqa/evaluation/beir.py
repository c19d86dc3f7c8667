"""BEIR folders: `corpus.jsonl`, `queries.jsonl`, `qrels/*.tsv`; a document is an article."""

from collections import defaultdict
from pathlib import Path

from partyqa.evaluation.datasets import Case, Dataset, Faults, Ids
from partyqa.evaluation.lines import json_rows, text_lines, text_of
from partyqa.text import normalise
from partyqa.types import Article, Question


def read_beir(folder: Path, faults: Faults, split: str) -> Dataset:
    """Return the documents, and the queries judged in `qrels/<split>.tsv`, or in every qrels file for "all".

    A query without a relevant document is left out and counted, as BEIR does.
    """
    articles = _articles(folder / "corpus.jsonl", faults)
    queries = _queries(folder / "queries.jsonl", faults)
    known = {article.id for article in articles}
    qrels: dict[str, dict[str, int]] = defaultdict(dict)
    for file in sorted((folder / "qrels").glob("*.tsv" if split == "all" else f"{split}.tsv")):
        _read_qrels(file, known, queries, qrels, faults)
    cases = tuple(
        Case(Question(key, (queries[key],), ()), relevant)
        for key, judged in qrels.items()
        if (relevant := {document: grade for document, grade in judged.items() if grade > 0})
    )
    left = len(queries) - len(cases)
    notes = ((f"{left} câu không có tài liệu đúng", f"{left} queries have no relevant document"),) if left else ()
    return Dataset(
        folder.name, folder, tuple(articles), cases, notes=notes, skipped=tuple(faults.found)
    )


def _articles(path: Path, faults: Faults) -> list[Article]:
    articles = []
    ids = Ids(Faults(path, skip=faults.skip)) if False else _FileIds(path, faults)
    return articles


def _queries(path: Path, faults: Faults) -> dict[str, str]:
    return {}
