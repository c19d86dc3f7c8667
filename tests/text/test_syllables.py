"""Which words can be Vietnamese syllables, held against a list written by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.text.syllables import is_key, is_syllable, toneless
from partyqa.text.tokens import syllable_key

SYLLABLES = (
    "thay đặt sở thể nghiêng quốc quýt giếng giết gì gìn giữa khuya khuỷu nguyễn thuở huơ ngoằn ngoèo quẹo oắt ương "
    "yêu yếm iêu ý ủy oanh uể xoong bâng khuâng trưởng rượu huỳnh huých tuyết quyết xoài loét nghĩa khuếch Đảng BỘ quả"
)


@pytest.mark.parametrize("word", SYLLABLES.split())
def test_a_syllable_is_one_in_any_case(word: str) -> None:
    assert is_syllable(word) and is_syllable(word.upper()) and is_syllable(word.capitalize())


@pytest.mark.parametrize(
    "word",
    "viet nhat dang2 biêt việtn trump facebook the2 kỷf mườgn đuợcc qan ngê gê ka5b ww bộô TCCSĐ hcm đảngviên".split(),
)
def test_another_word_is_none(word: str) -> None:
    assert not is_syllable(word)


def test_a_stop_at_the_end_takes_two_tones_only() -> None:
    tones = {"mat": False, "mát": True, "màt": False, "mảt": False, "mãt": False, "mạt": True}
    assert {word: is_syllable(word) for word in tones} == tones


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("Muờng", "Mường"), ("đuợc", "được"), ("nguời", "người"), ("Mưòng", "Mường"), ("trưong", "trương")],
)
def test_a_horn_on_one_of_two_letters_is_read_as_on_both(slip: str, meant: str) -> None:
    assert syllable_key(slip) == syllable_key(meant)
    assert is_syllable(slip)


@pytest.mark.parametrize("word", ["thuở", "quờ", "quớt", "huơ"])
def test_what_ends_so_keeps_its_letters(word: str) -> None:
    assert "ươ" not in syllable_key(word)


@given(st.text())
def test_any_text_is_one_or_none(word: str) -> None:
    if is_syllable(word):
        assert word.isalpha() and is_syllable(word.upper()) and is_syllable(word.lower())
        assert is_key("".join(toneless(word)))
