"""evaluation/seeds_questions.jsonl holds together, and every gold quote stands in its raw article."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

FILE = Path(__file__).resolve().parents[1] / "evaluation" / "seeds_questions.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
FIELDS = {"id", "kind", "split", "turns", "gold", "answers", "all"}
PLAIN = {"fact", "who", "when", "where", "list", "why", "entity"}
SPECIAL = {
    "time",
    "compare",
    "followup",
    "noaccent",
    "typo",
    "abbreviation",
    "tone",
    "upper",
    "short",
    "number",
}
UNANSWERABLE = {f"unanswerable-{what}" for what in ("place", "attribute", "year", "subject")}


@pytest.fixture(scope="module")
def texts(seeds: Path) -> dict[str, str]:
    """The raw articles by id, NFC as every text is at the door."""
    return {path.stem: normalize("NFC", path.read_text(encoding="utf-8")) for path in seeds.glob("*.txt")}


def test_every_row_has_the_same_fields_and_asks_something() -> None:
    for row in ROWS:
        assert set(row) == FIELDS, row["id"]
        assert row["turns"] and all(turn.strip() for turn in row["turns"]), row["id"]
        assert (len(row["turns"]) > 1) == (row["kind"] == "followup"), row["id"]
        assert row["split"] in {"dev", "test"}, row["id"]


def test_ids_and_questions_are_unique() -> None:
    assert Counter(row["id"] for row in ROWS).most_common(1)[0][1] == 1
    assert Counter(tuple(row["turns"]) for row in ROWS).most_common(1)[0][1] == 1


def test_there_are_enough_of_every_kind() -> None:
    kinds = Counter(row["kind"] for row in ROWS)
    assert set(kinds) == PLAIN | SPECIAL | UNANSWERABLE
    assert len(ROWS) >= 150
    assert sum(kinds[kind] for kind in PLAIN) >= 90
    assert min(kinds[kind] for kind in SPECIAL) >= 4
    assert min(kinds[kind] for kind in UNANSWERABLE) >= 6


def test_each_kind_is_halved_between_dev_and_test() -> None:
    for kind in {row["kind"] for row in ROWS}:
        splits = Counter(row["split"] for row in ROWS if row["kind"] == kind)
        assert abs(splits["dev"] - splits["test"]) <= 1, kind


def test_gold_and_answers_are_there_exactly_when_the_articles_tell() -> None:
    for row in ROWS:
        told = row["kind"] not in UNANSWERABLE
        assert bool(row["gold"]) == bool(row["answers"]) == told, row["id"]
        assert not row["all"] or len(row["gold"]) > 1, row["id"]


def test_every_quote_is_a_short_string_found_once_in_its_article(texts: dict[str, str]) -> None:
    for row in ROWS:
        for gold in row["gold"]:
            quote = gold["quote"]
            assert quote == normalize("NFC", quote) == quote.strip(), row["id"]
            assert 15 <= len(quote) <= 60 and "\n" not in quote, (row["id"], quote)
            assert texts[gold["article"]].count(quote) == 1, (row["id"], quote)


def test_the_gold_of_one_question_lies_in_different_places(texts: dict[str, str]) -> None:
    for row in ROWS:
        spans = sorted(
            (gold["article"], start, start + len(gold["quote"]))
            for gold in row["gold"]
            for start in [texts[gold["article"]].find(gold["quote"])]
        )
        for (article, _, end), (other, start, _) in pairwise(spans):
            assert article != other or end <= start, row["id"]


def test_every_answer_is_written_in_a_gold_article(texts: dict[str, str]) -> None:
    for row in ROWS:
        told = " ".join(texts[gold["article"]] for gold in row["gold"]).casefold()
        for answer in row["answers"]:
            assert answer.casefold() in told, (row["id"], answer)


def test_every_article_is_asked_about(texts: dict[str, str]) -> None:
    assert {gold["article"] for row in ROWS for gold in row["gold"]} == set(texts)
