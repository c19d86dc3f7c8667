"""BEIR folders: `corpus.jsonl`, `queries.jsonl`, `qrels/*.tsv`; a document is an article."""

from collections import defaultdict
from collections.abc import Container
from pathlib import Path

from partyqa.evaluation.datasets.base import Case, Dataset, Faults, SeenIds
from partyqa.evaluation.datasets.files import json_rows, name_of, text_lines, text_of
from partyqa.i18n import message
from partyqa.text.normalise import normalise
from partyqa.types import Article, Question

_HEADER = "query-id"

Qrels = dict[str, dict[str, int]]


def read_beir(folder: Path, faults: Faults, split: str) -> Dataset:
    """Return the documents, and the queries judged in `qrels/<split>.tsv`, or in every qrels file for "all".

    A query without a relevant document is left out and counted, as BEIR does.
    """
    articles = _articles(folder / "corpus.jsonl", faults)
    queries = _queries(folder / "queries.jsonl", faults)
    qrels: Qrels = defaultdict(dict)
    for file in sorted((folder / "qrels").glob("*.tsv" if split == "all" else f"{split}.tsv")):
        _read_qrels(file, faults, queries, {article.id for article in articles}, qrels)
    relevant = {
        key: {document: grade for document, grade in judged.items() if grade > 0}
        for key, judged in qrels.items()
    }
    cases = [Case(Question(key, (queries[key],), ()), grades) for key, grades in relevant.items() if grades]
    left = len(queries) - len(cases)
    return Dataset(
        name=folder.name,
        path=folder,
        articles=tuple(articles),
        cases=tuple(cases),
        notes=(message("evaluation.note_no_document", n=left),) if left else (),
        skipped=tuple(faults.found),
    )


def _articles(path: Path, faults: Faults) -> list[Article]:
    ids, articles = SeenIds(faults.of(path)), []
    for line, row in json_rows(path, faults):
        key, title, text = (
            name_of(row, "_id"),
            name_of(row, "title"),
            normalise(text_of(row, "text")),
        )
        if not (key and (title + text).strip()):
            faults.of(path).add(line, "evaluation.beir_bad_document")
        elif ids.is_new(key, line):
            articles.append(Article(key, title, text if text.strip() else title))
    return articles


def _queries(path: Path, faults: Faults) -> dict[str, str]:
    ids, queries = SeenIds(faults.of(path)), {}
    for line, row in json_rows(path, faults):
        key, text = name_of(row, "_id"), text_of(row, "text")
        if not (key and text.strip()):
            faults.of(path).add(line, "evaluation.beir_bad_query")
        elif ids.is_new(key, line):
            queries[key] = text
    return queries


def _read_qrels(
    path: Path, faults: Faults, queries: Container[str], documents: Container[str], qrels: Qrels
) -> None:
    """Add the grades of a tab-separated file of query id, document id and grade to `qrels`."""
    faults = faults.of(path)
    for line, text in text_lines(path, faults):
        fields = text.split("\t")
        if fields[0] == _HEADER:
            continue
        try:
            query, document, grade = fields[0].strip(), fields[1].strip(), int(fields[2])
        except (IndexError, ValueError):
            faults.add(line, "evaluation.beir_bad_row")
            continue
        if query not in queries:
            faults.add(line, "evaluation.beir_no_query", query=query)
        elif document not in documents:
            faults.add(line, "evaluation.beir_no_document", document=document)
        elif qrels[query].setdefault(document, grade) != grade:
            faults.add(
                line,
                "evaluation.beir_other_grade",
                query=query,
                document=document,
            )
