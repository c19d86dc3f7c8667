"""The project's own questions over a corpus, and questions that their paragraph does not answer."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from partyqa.corpus.chunking import main_place
from partyqa.evaluation.datasets.base import SPLITS, Case, Dataset, Faults, SeenIds, place_quote
from partyqa.evaluation.datasets.files import json_rows, name_of, text_of
from partyqa.evaluation.datasets.squad import read_squad
from partyqa.i18n import Message, message
from partyqa.text.entities import Span
from partyqa.text.normalise import normalise
from partyqa.types import Article, Question

_SEED = 406


def read_own(path: Path, articles: Sequence[Article], faults: Faults) -> Dataset:
    """Return the questions of a file of rows `{"id", "kind", "split", "turns", "gold", "answers", "all"}`.

    `gold` is a list of `{"article", "quote"}`, empty where the articles do not answer; a quote that is not in
    its article to the letter is a fault.
    """
    by_id = {article.id: article for article in articles}
    places = {article.id: main_place(f"{article.title}\n{article.text}") for article in articles}
    ids, cases = SeenIds(faults), []
    for line, row in json_rows(path, faults):
        wrong = _wrong(row)
        if wrong:
            faults.add(line, wrong)
            continue
        gold = tuple((name_of(item, "article"), normalise(text_of(item, "quote"))) for item in row["gold"])
        spans = _spans(gold, by_id, line, faults)
        if spans is None or not ids.is_new(name_of(row, "id"), line):
            continue
        cases.append(
            Case(
                question=Question(name_of(row, "id"), tuple(row["turns"]), gold),
                relevant={article_id: 1 for article_id, _ in gold},
                spans=spans,
                answers=tuple(row.get("answers") or ()),
                needs_all=row.get("all") is True,
                kind=name_of(row, "kind"),
                split=name_of(row, "split"),
                place=places[gold[0][0]] if gold else "",
            )
        )
    return Dataset(path.stem, path, tuple(articles), tuple(cases), skipped=tuple(faults.found))


def _wrong(row: dict[str, Any]) -> str | None:
    """Return the key of the message that says what is wrong with a row, or None."""
    if not name_of(row, "id"):
        return "evaluation.row_no_id"
    if not _texts(row.get("turns")) or not row["turns"]:
        return "evaluation.row_bad_turns"
    if row.get("split", "") not in ("", *SPLITS):
        return "evaluation.row_bad_split"
    gold = row.get("gold")
    if not isinstance(gold, list) or not all(
        isinstance(item, dict) and name_of(item, "article") and text_of(item, "quote") for item in gold
    ):
        return "evaluation.row_bad_gold"
    if not _texts(row.get("answers") or []):
        return "evaluation.row_bad_answers"
    return None


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value)


def _spans(
    gold: Sequence[tuple[str, str]], articles: Mapping[str, Article], line: int, faults: Faults
) -> tuple[tuple[Span, ...], ...] | None:
    """Return the places of each quote, or None after a fault."""
    found = []
    for article_id, quote in gold:
        if article_id not in articles:
            faults.add(line, "evaluation.gold_no_article", article=article_id)
            return None
        places = place_quote(articles[article_id].text, quote)
        if not places:
            faults.add(
                line,
                "evaluation.gold_no_quote",
                article=article_id,
                quote=quote,
            )
            return None
        found.append(places)
    return tuple(found)


def read_unanswerable(path: Path, faults: Faults) -> Dataset:
    """Return questions of rows `{"id", "question", "context"}`, each to be asked of its own paragraph alone.

    As many answerable ones are drawn (seeded) from the SQuAD file `dev.json` beside it, where there is one:
    what is measured is how well the confidence separates the two.
    """
    ids, numbers = SeenIds(faults), dict[str, int]()
    articles: list[Article] = []
    cases: list[Case] = []
    for line, row in json_rows(path, faults):
        question, context = text_of(row, "question"), normalise(text_of(row, "context"))
        if not (name_of(row, "id") and question.strip() and context.strip()):
            faults.add(line, "evaluation.trap_incomplete")
        elif ids.is_new(name_of(row, "id"), line):
            if context not in numbers:
                numbers[context] = len(numbers)
                title = name_of(row, "title")
                articles.append(Article(f"unanswerable/{numbers[context]}", title, context))
            scope = f"unanswerable/{numbers[context]}"
            key = Question(name_of(row, "id"), (question,), ())
            cases.append(Case(key, {}, kind="unanswerable", scope=scope))
    answerable = path.with_name("dev.json")
    notes: tuple[Message, ...] = (message("evaluation.note_no_file", file=answerable.name),)
    if answerable.exists():
        other = read_squad(answerable, faults.of(answerable))
        drawn = [case for case in other.cases if case.answerable]
        drawn = random.Random(_SEED).sample(drawn, min(len(cases), len(drawn)))  # noqa: S311  # no secret
        cases += [replace(case, kind="answerable", scope=next(iter(case.relevant))) for case in drawn]
        articles += other.articles
        notes = other.notes
    return Dataset(path.stem, path, tuple(articles), tuple(cases), notes=notes, skipped=tuple(faults.found))
