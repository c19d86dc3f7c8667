"""The language model: its probabilities add up to one, are those of the formula, and survive being written."""

from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partyqa.question.counting import DISCOUNTS, count, mixed, numbered
from partyqa.question.language import (
    COMMA,
    NUMBER,
    OTHER,
    SIGNS,
    START,
    STEP,
    LanguageModel,
    pack,
    pieces,
    shipped,
    unpack,
)

NAMES = (*SIGNS, "đang3", "bô5", "huyên5", "mơi1")
TEXTS = ("Đảng bộ huyện mới. Đảng bộ mới, 2020.", "Huyện mới có Đảng bộ", "đảng bộ huyện mới")


def model_of(*texts: str) -> LanguageModel:
    row = numbered(texts, NAMES)
    return mixed(NAMES, [(1.0, count(row, np.ones(len(row)), len(NAMES)))])


def test_words_marks_and_numbers_of_a_text() -> None:
    words = [word for word, _, _ in pieces("Đảng bộ (mới), TP.HCM 2.128; xong.\nHết")]
    assert words == "Đảng bộ <,> mới <,> <,> TP HCM 2 128 <s> xong <s> <s> Hết".split()
    numbers = numbered(["Đảng bộ, 2020 Facebook."], NAMES).tolist()
    assert numbers == [START, 4, 5, COMMA, NUMBER, OTHER, START, START]


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from(["đảng", "bộ", "huyện", "mới", "x", "1"]), max_size=8), min_size=1))
def test_what_follows_adds_up_to_one(sentences: list[list[str]]) -> None:
    row = numbered([". ".join(map(" ".join, sentences)), "đảng bộ huyện"], NAMES)
    model = mixed(NAMES, [(1.0, count(row, np.ones(len(row)), len(NAMES)))])
    size = np.arange(len(NAMES))
    chances = np.exp(model.follow(size[:, None, None], size[:, None], size))
    np.testing.assert_allclose(chances.sum(-1), 1, rtol=2e-3)


def test_a_triple_has_the_probability_of_the_formula() -> None:
    row = numbered(TEXTS, NAMES).tolist()
    threes = Counter(
        (one, two, three) for one, two, three in zip(row, row[1:], row[2:], strict=False) if two != START
    )
    one, two, three = 4, 5, 6  # Đảng bộ huyện
    before = {first for first, second, third in threes if (second, third) == (two, three)}
    contexts = Counter(third for _, second, third in threes if second == two)  # distinct triples behind "bộ"
    pair_total = sum(contexts.values())
    assert contexts[three] == len(before) == 1
    of_pairs = Counter(third for _, third in {(second, third) for _, second, third in threes})
    of_pairs += Counter(
        third for third in {row[at] for at in range(1, len(row)) if row[at - 1] == START} if third != START
    )
    single = of_pairs[three] / sum(of_pairs.values())
    spared = DISCOUNTS[0] * len(contexts) / pair_total
    pair = (contexts[three] - DISCOUNTS[0]) / pair_total + spared * single
    counts = {third: times for (a, b, third), times in threes.items() if (a, b) == (one, two)}
    total = sum(counts.values())
    expected = (counts[three] - DISCOUNTS[1]) / total + DISCOUNTS[1] * len(counts) / total * pair
    got = np.exp(model_of(*TEXTS).follow(np.array(one), np.array(two), np.array(three)))
    assert got == pytest.approx(expected, rel=1e-3)


def test_two_texts_are_mixed_by_their_shares() -> None:
    rows = [numbered([text], NAMES) for text in TEXTS[:2]]
    parts = [count(row, np.ones(len(row)), len(NAMES)) for row in rows]
    both = mixed(NAMES, [(0.3, parts[0]), (0.7, parts[1])])
    alone = [mixed(NAMES, [(1.0, part)]) for part in parts]
    for one, two, three in product(range(len(NAMES)), repeat=3):
        at = [np.array(number) for number in (one, two, three)]
        if any(((row[:-2] == one) & (row[1:-1] == two) & (row[2:] == three)).any() for row in rows if two):
            wanted = 0.3 * np.exp(alone[0].follow(*at)) + 0.7 * np.exp(alone[1].follow(*at))
            assert np.exp(both.follow(*at)) == pytest.approx(wanted, rel=0.01)


def test_what_is_written_is_read_again_within_a_step(tmp_path: Path) -> None:
    model = model_of(*TEXTS)
    pack(model, tmp_path / "model.npz")
    again = unpack(tmp_path / "model.npz")
    assert again.names == model.names
    np.testing.assert_array_equal(again.pairs, model.pairs)
    np.testing.assert_array_equal(again.triples, model.triples)
    for name in ("single", "after_one", "pair", "after_two", "triple"):
        np.testing.assert_allclose(getattr(again, name), getattr(model, name), atol=STEP / 2 + 1e-6)


def test_the_shipped_model_knows_what_follows() -> None:
    model = shipped()
    bao, nhiêu, nhiều = (np.array(model.number(word)) for word in ("bao", "nhiêu", "nhiều"))
    start = np.array(START)
    assert model.follow(start, bao, nhiêu) > model.follow(start, bao, nhiều) + 3
    assert model.number("UBND") == OTHER and model.number("2.128") == NUMBER
    assert {model.names[number] for number in model.flats["da"]} >= {"da", "đa", "đa4", "đa1", "đa2"}
