"""Vietnamese text rules: normalising, folding, tokens."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.text import (
    expanded,
    fold,
    leading_capitals,
    normalise,
    number_key,
    spell,
    syllable_key,
    terms,
    tokens,
)

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"


def test_normalise_at_the_door() -> None:
    raw = "\ufeffĐa\u0309ng\u00a0bô\u0323\tđã\r\nhọp\u200b.\x00\x07\u2028Xong\r"
    assert normalise(raw) == "Đảng bộ đã\nhọp.\nXong\n"


@given(st.text())
def test_normalise_is_idempotent_and_nfc(raw: str) -> None:
    once = normalise(raw)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n" for char in once)


@given(st.text(alphabet=VIETNAMESE + VIETNAMESE.upper() + " ,.0123456789"))
def test_nfd_and_nfc_come_out_alike(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(text)


@given(st.text())
def test_fold_keeps_every_offset(raw: str) -> None:
    text = normalise(raw)
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_fold_takes_every_accent_of_the_alphabet() -> None:
    folded = fold(VIETNAMESE + VIETNAMESE.upper())
    assert set(folded) == set("abcdeghiklmnopqrstuvxy")
    assert fold("Đảng bộ huyện Mường Ảng") == "dang bo huyen muong ang"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("uỷ", "ủy"), ("hoà", "hòa"), ("Hoá", "HÓA"), ("khoẻ", "khỏe"), ("thuý", "thúy"), ("quý", "quí"),
        ("quỵ", "qụy"),        ("kỹ", "kĩ"), ("tỷ", "tỉ"), ("Lý", "lí"), ("Mỹ", "mĩ"),
    ],
)  # fmt: skip
def test_one_key_for_both_spellings(one: str, other: str) -> None:
    assert syllable_key(one) == syllable_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("thuy", "thui"), ("dân", "đân"), ("ma", "má"), ("bản", "bán"), ("ai", "ay"), ("tai", "tay")],
)
def test_different_syllables_keep_different_keys(one: str, other: str) -> None:
    assert syllable_key(one) != syllable_key(other)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("2128", "2128"), ("2.128", "2128"), ("2,128", "2128"), ("62,5", "62.5"), ("87.6", "87.6"), ("05", "5"),
        ("1.234.567,8", "1234567.8"), ("1,234,567.8", "1234567.8"), ("0", "0"), ("00", "0"), ("23,85", "23.85"),
        ("18.500", "18500"), ("0,5", "0.5"),
    ],
)  # fmt: skip
def test_numbers_alike(written: str, key: str) -> None:
    assert number_key(written) == key


@given(st.integers(min_value=0, max_value=10**12))
def test_any_grouping_of_a_whole_number_has_one_key(number: int) -> None:
    keys = {number_key(str(number)), number_key(f"{number:,}"), number_key(f"{number:,}".replace(",", "."))}
    assert keys == {str(number)}


def test_documents_and_dates_come_whole_and_in_parts() -> None:
    keys = [key for key, _, _ in terms("Chỉ thị 05-CT/TW ngày 7/6/2012")]
    assert keys == ["chi3", "thi5", "5/ct/tw", "5", "ct", "tw", "ngay2", "7/6/2012", "7", "6", "2012"]
    assert next(key for key, _, _ in terms("05 - ct / tw")) == "5/ct/tw"


@given(st.text())
def test_terms_lie_where_they_say(raw: str) -> None:
    text = normalise(raw)
    for key, start, end in terms(text):
        assert 0 <= start < end <= len(text)
        assert key
        assert any(char.isalnum() for char in text[start:end])


def test_tokens_hold_syllables_pairs_and_both_without_accents() -> None:
    assert tokens("Đảng bộ. Huyện") == [
        "đang3", "~dang", "bô5", "~bo", "đang3_bô5", "~dang_bo", "huyên5", "~huyen",
    ]  # fmt: skip
    assert set(tokens("2.128 đảng viên")) >= {"2128", "~dang_vien", "2128_đang3"}


@given(st.text(alphabet=VIETNAMESE + " .,0123456789"))
def test_a_text_without_accents_finds_the_accented_one(text: str) -> None:
    plain = {token for token in tokens(fold(text)) if token[0] == "~"}
    assert plain == {token for token in tokens(text) if token[0] == "~"}


@pytest.mark.parametrize(
    "word",
    "mường hòa ủy đảng huyện thuyết quý giá viên khuya tiếng nghĩa của thủy toàn khỏe rượu gì quy ở".split(),
)
def test_spell_is_the_way_back_from_the_key(word: str) -> None:
    assert spell(syllable_key(word)) == word


def test_abbreviations_bring_the_tokens_of_what_they_stand_for() -> None:
    assert set(tokens("TCCSĐ")) >= set(tokens("tổ chức cơ sở đảng"))
    assert set(tokens("đ/c")) >= {"đông2", "chi1", "đông2_chi1"}
    assert expanded("CT") == "chỉ thị"
    assert expanded("ct") == expanded("xyz") == ""
    assert expanded("tccsd") == "tổ chức cơ sở đảng"


@pytest.mark.parametrize(
    ("text", "name"), [(" Mường Ảng họp Đảng", "Mường Ảng"), ("toàn huyện", ""), ("", ""), ("Đảng", "Đảng")]
)
def test_leading_capitals(text: str, name: str) -> None:
    assert leading_capitals(text) == name
