import importlib.util
import json
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.text.sentences import sentence_spans

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "tests" / "data" / "sentences.jsonl"
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấềệốộớợửựýỳ"
PIECES = st.sampled_from(
    [
        *LETTERS,
        *LETTERS.upper(),
        *"0123456789",
        *".,;:?!…-–/()[]%\"'“”‘’«»•+@",
        *" \t\n\r\u00a0",
        "TP. ",
        "đ/c ",
        "v.v.",
        "./.",
        "1. ",
        "a) ",
        "Nxb. ",
        "2.128",
        "example.vn",
    ]
)


def load_comparison() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "compare_splitters", ROOT / "benchmarks" / "compare_splitters.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


compare = load_comparison()


def gold_rows() -> list[dict[str, str | list[str]]]:
    return [json.loads(line) for line in GOLD.read_text(encoding="utf-8").split("\n") if line]


def test_gold_sentences_are_slices_in_order_that_lose_only_white_space():
    for row in gold_rows():
        position = 0
        for sentence in row["sentences"]:
            start = row["text"].index(sentence, position)
            assert row["text"][position:start].strip() == "", row["id"]
            assert sentence == sentence.strip() != "", row["id"]
            position = start + len(sentence)
        assert row["text"][position:].strip() == "", row["id"]


def test_gold_is_nfc_with_unique_ids_and_no_sentence_crosses_a_line_break():
    rows = gold_rows()
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) == {"id", "split", "text", "sentences", "why"}
        assert unicodedata.is_normalized("NFC", row["text"]), row["id"]
        assert not any("\n" in sentence or "\r" in sentence for sentence in row["sentences"]), row["id"]


def test_gold_is_large_enough_and_has_every_phenomenon_in_both_halves():
    rows = gold_rows()
    assert sum(len(row["sentences"]) for row in rows) >= 320
    assert Counter(row["split"] for row in rows) == {"dev": len(rows) // 2, "test": len(rows) // 2}
    by_half = {half: {row["why"] for row in rows if row["split"] == half} for half in ("dev", "test")}
    assert by_half["dev"] == by_half["test"]


def test_align_finds_strings_whatever_their_white_space_and_refuses_changed_text():
    text = "  Một  câu.\nHai\u00a0câu. "
    assert compare.align(text, ["Một câu.", "Hai câu."]) == [(2, 11), (12, 20)]
    with pytest.raises(ValueError, match="not found"):
        compare.align(text, ["Ba câu."])


def test_score_counts_inner_boundaries_and_whole_texts(tmp_path):
    rows = [
        {"id": "a", "split": "dev", "text": "A b. C d. E.", "sentences": ["A b.", "C d.", "E."], "why": ""},
        {"id": "b", "split": "dev", "text": "G. h.", "sentences": ["G. h."], "why": ""},
        {"id": "c", "split": "test", "text": "I j. K l.", "sentences": ["I j.", "K l."], "why": ""},
    ]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    answers = {
        "A b. C d. E.": [(0, 4), (5, 12)],  # one of two boundaries
        "G. h.": [(0, 2), (3, 5)],  # one boundary too many
        "I j. K l.": [(0, 4), (5, 9)],
    }
    scores = compare.score(gold, answers.__getitem__)
    assert scores.dev == compare.Score(found=1, predicted=2, gold=2, exact_texts=0, texts=2)
    assert (scores.dev.precision, scores.dev.recall, scores.dev.f1, scores.dev.exact) == (0.5, 0.5, 0.5, 0.0)
    assert scores.test == compare.Score(found=1, predicted=1, gold=1, exact_texts=1, texts=1)
    assert (scores.test.precision, scores.test.recall, scores.test.f1, scores.test.exact) == (1, 1, 1, 1)


def test_a_boundary_that_is_right_but_spans_that_are_not_trimmed_are_not_exact(tmp_path):
    gold = tmp_path / "gold.jsonl"
    row = {"id": "a", "split": "test", "text": "I j. K l.", "sentences": ["I j.", "K l."], "why": ""}
    gold.write_text(json.dumps(row), encoding="utf-8")
    scores = compare.score(gold, lambda _: [(0, 4), (4, 9)])
    assert scores.test == compare.Score(found=1, predicted=1, gold=1, exact_texts=0, texts=1)


def test_partyqa_splits_at_least_as_many_unseen_texts_exactly_as_underthesea(capsys):
    ours = compare.score(GOLD, sentence_spans).test
    theirs = compare.score(GOLD, compare.underthesea_spans).test
    theirs_by_line = compare.score(GOLD, compare.underthesea_line_spans).test
    with capsys.disabled():
        print(f"\n{compare.table(GOLD)}")
    assert ours.exact >= max(theirs.exact, theirs_by_line.exact)
    assert ours.f1 >= max(theirs.f1, theirs_by_line.f1)


def assert_spans_lose_only_white_space(text: str) -> None:
    position = 0
    for start, end in sentence_spans(text):
        assert position <= start < end <= len(text)
        assert text[position:start].strip() == ""
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        position = end
    assert text[position:].strip() == ""


@given(st.lists(PIECES, max_size=80).map("".join))
def test_spans_of_newslike_text_are_ordered_disjoint_and_lose_only_white_space(text):
    assert_spans_lose_only_white_space(text)


@given(st.text())
def test_spans_of_any_text_are_ordered_disjoint_and_lose_only_white_space(text):
    assert_spans_lose_only_white_space(text)


@given(st.lists(PIECES, max_size=80).map("".join))
def test_no_span_crosses_a_line_break(text):
    assert not any("\n" in text[start:end] for start, end in sentence_spans(text))
