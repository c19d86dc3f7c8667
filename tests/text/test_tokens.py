"""Vietnamese text rules: normalising, folding, tokens."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.text.lexicon import rows
from partyqa.text.normalise import fold, leading_capitals, normalise
from partyqa.text.tokens import expanded, expansions, spell, syllable_key, terms, tokens

ABBREVIATIONS = rows("abbreviations.tsv")

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"


def test_normalise_at_the_door() -> None:
    raw = "\ufeffĐa\u0309ng\u00a0bô\u0323\tđã\r\nhọp\u200b.\x00\x07\u2028Xong\r"
    assert normalise(raw) == "Đảng bộ đã\nhọp.\nXong\n"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Ðảng bộ, ðiều lệ, Ɖoàn", "Đảng bộ, điều lệ, Đoàn"),
        ("Ðoàn", "Đoàn"),  # no other letter tells that it is Vietnamese
        ("HÐND và UBND huyện, QÐ-UBND, ð/c Tư ở huyện", "HĐND và UBND huyện, QĐ-UBND, đ/c Tư ở huyện"),
        ("Guðmundsson và Davíð đến huyện", "Guðmundsson và Davíð đến huyện"),
        ("Sigurðsson", "Sigurðsson"),
        ("xã\u200bPhú\u200bTân", "xã Phú Tân"),
        ("có 12\u200bthôn, ngườ\u200bi dân, họp\u200b.", "có 12 thôn, người dân, họp."),
        ("3\u200b215, Face\u200bbook, a \u200bb", "3215, Facebook, a b"),
        ("ta ̉i trọng, nhâ ̣p khâ ̉u, va ̀ co ́ tô ̉ chư ́c", "tải trọng, nhập khẩu, và có tổ chức"),
        ("dấu ̉ là dấu hỏi", "dấu ̉ là dấu hỏi"),
    ],
)
def test_damaged_vietnamese_is_mended(raw: str, text: str) -> None:
    assert normalise(raw) == text


@given(st.text(alphabet="aàđÐðƉuiTxn\u200b\u0309\u0301 12ệ"))
def test_mending_twice_changes_nothing(raw: str) -> None:
    assert normalise(normalise(raw)) == normalise(raw)


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


def keys(text: str) -> list[str]:
    return [key for key, _, _ in terms(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("có 12 345 hộ", ["co1", "12345", "hô5"]),
        ("1 250 triệu đồng", ["1250000000", "đông2"]),
        ("năm 2015 120 người", ["năm", "2015", "120", "ngươi2"]),
        ("7 12 345,5 hộ", ["7", "12", "345.5", "hô5"]),
        ("12 3456", ["12", "3456"]),
    ],
)
def test_a_number_in_groups_with_spaces_is_one(text: str, wanted: list[str]) -> None:
    assert keys(text) == wanted


def test_documents_and_dates_come_whole_and_in_parts() -> None:
    assert keys("Chỉ thị 05-CT/TW ngày 7/6/2012") == [
        "chi3", "thi5", "5/ct/tw", "5/ct", "5", "ct", "tw", "ngay2", "7/6/2012", "7/6", "6/2012", "7", "6", "2012",
    ]  # fmt: skip
    assert keys("05 - ct / tw")[0] == "5/ct/tw"


@pytest.mark.parametrize(
    ("key", "spellings"),
    [
        ("5/ct/tw", "05-CT/TW, 05 - CT / TW, 5-CT/TW, 05–ct/tw, 05 CT/TW, 05-CT-TW, 05/CT-TW, 05-CT/TƯ"),
        (
            "5/ct",
            "05-CT/TW, CT 05, CT05, ct 5, Chỉ thị 05, CHỈ THỊ SỐ 05, chi thi so 05, Chỉ thị số: 05-CT/TW",
        ),
        ("101/qd/tw", "101-QĐ/TW, 101 - qd/tw, 101/QĐ-TW"),
        ("101/qd", "Quy định 101, Quyết định số 101, QĐ 101, QĐ số 101-QĐ/TW"),
        ("1/qd/ttg", "01/2021/QĐ-TTg, 01/QĐ-TTg"),
        ("13/kh/hu", "13-KH/HU, 13 KH/HU"),
        ("35/nq", "Nghị quyết 35, NQ 35, NQ-35, 35-NQ/TW, nghi quyet so 35"),
        (
            "4/tw",
            "Trung ương 4, TW4, TW 4, NQTW4, TƯ 4, trung uong 4, Nghị quyết Trung ương IV, TW4 khóa XII",
        ),
        (
            "4/tw/12",
            "NQ TW4 khóa XII, nq tw 4 khoa xii, Nghị quyết Trung ương 4 (khóa XII), Trung ương 4 khóa 12, TW4 K12"
            ", Hội nghị TW4 khoá XII, NQ TƯ 4 (khóa XII)",
        ),
    ],
)
def test_a_document_has_one_token_however_it_is_written(key: str, spellings: str) -> None:
    assert [spelling for spelling in spellings.split(", ") if key not in tokens(spelling)] == []


@pytest.mark.parametrize(
    "text",
    ["từ 4 bản", "đầu tư 4 bản", "năm 2020", "Nghị quyết 2020", "TW12345", "kế hoạch 85%"],
)
def test_what_is_no_document_has_no_such_token(text: str) -> None:
    assert [token for token in tokens(text) if "/" in token] == []


@pytest.mark.parametrize(
    "spellings",
    [
        ("2 nghìn đảng viên", "2.000 đảng viên", "2000 đảng viên", "2 ngàn đảng viên", "hai nghìn đảng viên"),
        ("1,5 triệu đồng", "1.500.000 đồng", "1500000 đồng"),
        ("ba mươi chín bản", "39 bản"),
        ("62,5% đảng viên", "62,5 % đảng viên", "62,5 phần trăm đảng viên", "62.5% đảng viên"),
        ("hai mươi phần trăm chi bộ", "20% chi bộ"),
        ("khóa XI của Đảng", "khoá 11 của Đảng", "Khóa xi của Đảng"),
        ("Đại hội lần thứ XIX", "đại hội lần thứ 19", "ĐẠI HỘI LẦN THỨ XIX"),
        ("đồng chí", "Đồng chí"),
    ],
)
def test_spellings_of_one_number_have_the_same_tokens(spellings: tuple[str, ...]) -> None:
    first, *others = (sorted(tokens(spelling)) for spelling in spellings)
    assert all(other == first for other in others)


def test_words_that_only_look_like_numbers_stay_words() -> None:
    assert keys("5 tỷ lệ") == ["5", "ti3", "lê5"]
    assert keys("30 Triệu Sơn") == ["30", "triêu5", "sơn"]
    assert keys("ba chi bộ, năm 2020, tư tưởng") == ["ba", "chi", "bô5", "năm", "2020", "tư", "tương3"]
    assert keys("Đỗ Mười") == ["đô4", "mươi2"]
    assert keys("mười bản") == ["10", "mươi2", "ban3"], "it may be a name in small letters"


def test_a_token_never_joins_what_does_not_stand_side_by_side() -> None:
    joined = {
        token for token in tokens("Theo Chỉ thị 05-CT/TW, đảng viên học") if "_" in token and token[0] != "~"
    }
    assert joined == {"theo_chi3", "chi3_thi5", "thi5_5", "trung_ương", "đang3_viên", "viên_hoc5"}


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
    for spelling in ("đ/c", "Đ/C", "d/c"):
        assert set(tokens(spelling)) >= {"đông2", "chi1", "đông2_chi1"}
    assert set(tokens("101-QĐ/TW")) >= {"quyêt1_đinh5", "qui_đinh5", "trung_ương"}


@pytest.mark.parametrize(
    ("word", "stands_for"),
    [
        ("CT", ("chỉ thị",)),
        ("ct", ("chỉ thị",)),
        ("tccsd", ("tổ chức cơ sở đảng",)),
        ("QĐ", ("quyết định", "quy định")),
        ("TU", ("tỉnh ủy",)),
        ("TƯ", ("trung ương",)),
        ("tu", ()),
        ("tư", ()),
        ("hu", ()),
        ("xyz", ()),
        ("", ()),
    ],
)
def test_what_an_abbreviation_stands_for(word: str, stands_for: tuple[str, ...]) -> None:
    assert expansions(word) == stands_for
    assert expanded(word) == (stands_for[0] if stands_for else "")


def test_the_lexicon_is_large_and_each_entry_is_spelt_by_its_words() -> None:
    assert len({short for short, _ in ABBREVIATIONS}) >= 90
    asked_for = "TCCSĐ ĐB BCH BTV UBKT HĐND UBND MTTQ KTGS CT NQ KL QĐ KH TW LLCT CBCCVC đ/c XDĐ QUTW"
    assert set(asked_for.split()) <= {short for short, _ in ABBREVIATIONS}
    for short, full in ABBREVIATIONS:
        assert full == full.lower() == normalise(full)
        initials = iter([word[0] if word[0] == "đ" else fold(word[0]) for word in full.split()])
        letters = [letter for letter in short if letter.isupper()] or ["Đ", "C"]  # đ/c
        wanted = ["u" if letter in "WƯ" else letter.lower() for letter in letters]  # W is a typewriter's Ư
        assert all(letter in initials for letter in wanted), f"{short} is not spelt by {full}"


def test_an_abbreviation_that_holds_in_small_letters_looks_like_no_syllable() -> None:
    onset = "(?:b|ch?|d|gh?|gi|h|kh?|l|m|n|ngh?|nh|ph?|qu?|r|s|th?|tr|v|x)?"
    vowels, coda = "[aeiouy]{1,3}", "(?:ch?|m|ng?|nh|p|t)?"
    shorts = [short for short, _ in ABBREVIATIONS if expansions(short.lower())]
    assert len(shorts) > 90
    assert [short for short in shorts if re.fullmatch(onset + vowels + coda, fold(short))] == []


@pytest.mark.parametrize(
    ("text", "name"), [(" Mường Ảng họp Đảng", "Mường Ảng"), ("toàn huyện", ""), ("", ""), ("Đảng", "Đảng")]
)
def test_leading_capitals(text: str, name: str) -> None:
    assert leading_capitals(text) == name
