"""evaluation/questions.jsonl and tuning_questions.jsonl hold together, each gold quote in one sentence of corpus/."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize

import pytest

from partyqa.corpus.loading import read_corpus
from partyqa.text.sentences import sentence_spans

ROOT = Path(__file__).resolve().parents[1]


def read_rows(name: str) -> list[dict[str, Any]]:
    text = (ROOT / "evaluation" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


ROWS = read_rows("questions.jsonl")
TUNING = read_rows("tuning_questions.jsonl")  # fits the numbers of calibration.json, never reported
BY_ID = {row["id"]: row for row in ROWS}
FIELDS = {"id", "kind", "split", "turns", "gold", "answers", "all"}
LEAST = dict.fromkeys(["fact", "who", "when", "where", "list", "why", "entity", "time", "compare"], 10)
LEAST |= dict.fromkeys(
    ["followup", "noaccent", "typo", "abbreviation", "tone", "upper", "short", "number"], 10
)
LEAST |= {f"unanswerable-{what}": 15 for what in ("place", "attribute", "year", "subject")}
NEW_TONE = re.compile(r"\w*(?:o[áàảãạ]|u[ýỳỷỹỵ])(?!\w)")
LONG_NUMBER = re.compile(r"\d[\d.,]*\d%?")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {article.id: article.text for article in read_corpus(ROOT / "corpus")}


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [row for row in ROWS if row["kind"] == kind]


def bare(text: str) -> str:
    """The text as typed on a keyboard without Vietnamese: no accents, lower case."""
    letters = normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not combining(letter))


def test_every_row_has_the_same_fields_and_asks_something() -> None:
    for row in ROWS:
        assert set(row) - {"pair"} == FIELDS, row["id"]
        assert ("pair" in row) == (row["kind"] == "noaccent"), row["id"]
        assert row["turns"] and all(turn.strip() for turn in row["turns"]), row["id"]
        assert (len(row["turns"]) > 1) == (row["kind"] == "followup"), row["id"]
        assert row["split"] in {"dev", "test"}, row["id"]


def test_ids_and_questions_are_unique() -> None:
    assert len(BY_ID) == len(ROWS)
    assert len({tuple(row["turns"]) for row in ROWS}) == len(ROWS)


def test_there_are_enough_of_every_kind() -> None:
    kinds = Counter(row["kind"] for row in ROWS)
    assert set(kinds) == set(LEAST)
    assert {kind: n for kind, n in kinds.items() if n < LEAST[kind]} == {}
    assert len(ROWS) >= 280


@pytest.mark.parametrize("kind", LEAST)
def test_each_kind_is_halved_between_dev_and_test(kind: str) -> None:
    splits = Counter(row["split"] for row in of_kind(kind))
    assert abs(splits["dev"] - splits["test"]) <= 1


def test_tuning_questions_are_single_turn_dev_rows_and_none_is_asked_twice() -> None:
    asked = {tuple(row["turns"]) for row in ROWS}
    for row in TUNING:
        assert set(row) == FIELDS and row["kind"] in LEAST, row["id"]
        assert row["split"] == "dev" and len(row["turns"]) == 1 and row["turns"][0].strip(), row["id"]
        assert row["id"] not in BY_ID and tuple(row["turns"]) not in asked, row["id"]
    assert len({row["id"] for row in TUNING}) == len({row["turns"][0] for row in TUNING}) == len(TUNING)


def test_gold_and_answers_are_there_exactly_when_the_articles_tell() -> None:
    for row in ROWS + TUNING:
        told = not row["kind"].startswith("unanswerable-")
        assert bool(row["gold"]) == bool(row["answers"]) == told, row["id"]
        assert not row["all"] or len(row["gold"]) > 1, row["id"]


def test_every_quote_lies_in_one_sentence_and_no_two_golds_in_the_same(texts: dict[str, str]) -> None:
    sentences = {article: sentence_spans(text) for article, text in texts.items()}
    for row in ROWS + TUNING:
        hit = set()
        for gold in row["gold"]:
            article, quote = gold["article"], gold["quote"]
            assert texts[article].count(quote) == 1, (row["id"], quote)
            start = texts[article].index(quote)
            within = [(a, b) for a, b in sentences[article] if a <= start and start + len(quote) <= b]
            assert len(within) == 1, (row["id"], quote)
            hit.add((article, within[0]))
        assert len(hit) == len(row["gold"]), row["id"]


def test_every_answer_is_written_in_a_gold_article(texts: dict[str, str]) -> None:
    for row in ROWS + TUNING:
        told = " ".join(texts[gold["article"]] for gold in row["gold"]).casefold()
        for answer in row["answers"]:
            assert answer.casefold() in told, (row["id"], answer)


def test_every_article_is_asked_about_in_both_halves(texts: dict[str, str]) -> None:
    for split in ("dev", "test"):
        asked = {gold["article"] for row in ROWS if row["split"] == split for gold in row["gold"]}
        assert asked == set(texts)


def test_a_comparison_needs_two_articles() -> None:
    for row in of_kind("compare"):
        assert row["all"] and len({gold["article"] for gold in row["gold"]}) == 2, row["id"]


def test_follow_ups_have_two_and_three_turns_in_both_halves() -> None:
    shapes = {(row["split"], len(row["turns"])) for row in of_kind("followup")}
    assert shapes == {("dev", 2), ("dev", 3), ("test", 2), ("test", 3)}


def test_a_question_without_accents_is_its_twin_stripped() -> None:
    for row in of_kind("noaccent"):
        twin = BY_ID[row["pair"]]
        assert row["turns"] == [bare(turn) for turn in twin["turns"]] != twin["turns"], row["id"]
        for field in ("split", "gold", "answers", "all"):
            assert row[field] == twin[field], row["id"]


def test_upper_case_questions_are_upper_case_and_short_ones_short() -> None:
    assert all(row["turns"][-1].isupper() for row in of_kind("upper"))
    assert all(len(row["turns"][-1].split()) <= 6 for row in of_kind("short"))


def test_tone_questions_place_a_tone_as_their_article_does_not(texts: dict[str, str]) -> None:
    for row in of_kind("tone"):
        words = {word.lower() for word in NEW_TONE.findall(row["turns"][-1])}
        told = {word for gold in row["gold"] for word in re.findall(r"\w+", texts[gold["article"]].lower())}
        assert words and words.isdisjoint(told), row["id"]


def test_number_questions_write_the_number_as_their_article_does_not(texts: dict[str, str]) -> None:
    for row in of_kind("number"):
        told = " ".join(texts[gold["article"]] for gold in row["gold"])
        assert not any(number in told for number in LONG_NUMBER.findall(row["turns"][-1])), row["id"]
