"""The broad yardstick: its questions are offsets into documents that are listed, and load with their places."""

import json
from collections import Counter

import pytest
from conftest import ROOT, SHARED

from benchmarks.broad import DOCUMENTS, NEWS, SETS, load
from partyqa.text.normalise import normalise

ROWS = [json.loads(line) for line in NEWS.read_text("utf-8").splitlines()]
DATA = SHARED / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="set PARTYQA_SHARED to the folder that holds data/")


def test_newspaper_questions_are_offsets_into_listed_documents() -> None:
    documents = DOCUMENTS.read_text("utf-8").split()
    assert len(documents) == len(set(documents)) >= 150
    assert len(ROWS) >= 300 and len({row["id"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert row.keys() == {"id", "kind", "split", "turns", "gold"} and row["split"] in ("dev", "test")
        assert row["turns"] == [normalise(row["turns"][0])]
        assert row["kind"].startswith("unanswerable") is not bool(row["gold"]), row
        for gold in row["gold"]:
            assert gold["document"] in documents and 0 <= gold["start"] < gold["end"]
    kinds = Counter(row["kind"] for row in ROWS if not row["gold"])
    assert {name.split()[1] for name in kinds} == {"attribute", "time", "office", "absent", "offtopic"}
    assert sum(kinds.values()) * 3 >= len(ROWS) - 3
    halves = Counter((row["split"], bool(row["gold"])) for row in ROWS)
    assert len(halves) == 4 and min(halves.values()) >= 50


@needs_data
def test_every_set_loads_in_halves_that_share_no_question() -> None:
    halves = [
        {d.name: {c.question.id for c in d.cases} for d in load(DATA, split, [], None)}
        for split in ("dev", "test")
    ]
    for name in SETS:
        assert halves[0][name] and halves[1][name] and halves[0][name].isdisjoint(halves[1][name]), name


@needs_data
def test_every_answer_stands_in_its_article() -> None:
    loaded = list(load(DATA, "dev", ["news", "viquad", "viquad-removed"], None))
    assert [len(dataset.cases) for dataset in loaded] == [157, 1190, 1190]
    for dataset in loaded:
        texts = {article.id: article.text for article in dataset.articles}
        for case in dataset.cases:
            assert case.answerable is bool(case.spans)
            for (article, quote), spans in zip(case.question.gold, case.spans, strict=True):
                assert spans and quote
                assert any(texts[article][start:end] == quote for start, end in spans)


@needs_data
def test_what_is_taken_out_answers_nothing_any_more() -> None:
    whole, less = (next(load(DATA, "dev", [name], None)) for name in ("viquad", "viquad-removed"))
    left = {article.id for article in less.articles}
    share = 1 - len(left) / len(whole.articles)
    assert 0.25 < share < 0.35
    for before, after in zip(whole.cases, less.cases, strict=True):
        assert before.question.turns == after.question.turns
        assert after.answerable is bool(left & before.relevant.keys())


def test_without_data_the_own_questions_are_left() -> None:
    assert [one.name for one in load(None, "dev", [], None)] == ["own"]
    assert (ROOT / "evaluation/broad/README.md").is_file()
