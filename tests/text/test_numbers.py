"""Numbers in all their spellings: one key for each, and none where a word only looks like a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.text.normalise import fold
from partyqa.text.numbers import (
    date_keys,
    dates,
    in_digits,
    in_scales,
    number_key,
    roman,
    scaled_key,
    spelt_out,
)
from partyqa.text.tokens import tokens

ONES = "không một hai ba bốn năm sáu bảy tám chín".split()


def said(number: int) -> str:
    """A whole number below 10**12 in words, as a schoolbook says it."""
    if number < 10:
        return ONES[number]
    if number < 100:
        tens, one = divmod(number, 10)
        after = {0: "", 1: " một" if tens == 1 else " mốt", 5: " lăm"}.get(one, f" {ONES[one]}")
        return ("mười" if tens == 1 else f"{ONES[tens]} mươi") + after
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        link = "" if not rest else f" linh {ONES[rest]}" if rest < 10 else f" {said(rest)}"
        return f"{ONES[hundreds]} trăm{link}"
    for scale, word in ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn")):
        if number >= scale:
            above, rest = divmod(number, scale)
            full = f"không trăm {'linh ' if rest < 10 else ''}{said(rest)}" if rest < 100 else said(rest)
            return f"{said(above)} {word}" + (f" {full}" if rest else "")
    raise AssertionError(number)


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


@pytest.mark.parametrize(
    ("number", "scale", "key"),
    [
        ("2", " nghìn", "2000"), ("1,5", " triệu", "1500000"), ("1.500", " triệu", "1500000000"),
        ("0,5", " tỷ", "500000000"), ("2", " nghìn tỷ", "2000000000000"), ("30", " nghin", "30000"),
        ("2,5", "", "2.5"), ("62,50", "", "62.50"), ("1.2.3", " nghìn", "1.2.3"),
    ],
)  # fmt: skip
def test_a_word_of_scale_multiplies(number: str, scale: str, key: str) -> None:
    assert scaled_key(number, scale) == key


@given(st.integers(1, 999), st.sampled_from([(10**3, "nghìn"), (10**6, "triệu"), (10**9, "tỷ")]))
def test_a_scaled_number_is_the_long_one(number: int, scale: tuple[int, str]) -> None:
    factor, word = scale
    assert scaled_key(str(number), f" {word}") == number_key(f"{number * factor:,}".replace(",", "."))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("khóa XI", 11), ("khoá XII", 12), ("Khóa xi", 11), ("khoa xii", 12), ("KHÓA X", 10), ("khóa V", 5),
        ("lần thứ XXII", 22), ("lần thứ vi", 6), ("Đại hội XIX", 19), ("đại hội xiii", 13), ("kỳ I", 1),
        ("thế kỷ XXI", 21), ("quý III", 3), ("Đảng bộ tỉnh XIV", 14), ("XXXIX", 39), ("Trung ương IV", 4),
        # words and letters that are no numerals
        ("X", 0), ("Mục I", 0), ("xi", 0), ("một kỳ vi", 0), ("đại hội vi", 0), ("đại hội x", 0), ("khóa XL", 0),
        ("khóa IIX", 0), ("khóa Xi", 0), ("HÀNH VI", 0), ("khóa xinh", 0),
    ],
)  # fmt: skip
def test_roman_numerals(text: str, value: int) -> None:
    start = text.rfind(" ") + 1
    assert roman(text, start, len(text)) == value


def test_a_syllable_in_a_line_of_capitals_is_no_numeral() -> None:
    assert roman("XI MĂNG LAI CHÂU", 0, 2) == 0
    assert roman("HÀNH VI VI PHẠM", 8, 10) == 0
    assert roman("TW XI, XII", 3, 5) == 11


@given(st.integers(1, 39))
def test_every_roman_numeral_after_its_cue(number: int) -> None:
    tens, one = divmod(number, 10)
    numeral = "X" * tens + ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][one]
    for text in (f"khóa {numeral}", f"lần thứ {numeral}", f"khoa {numeral.lower()}"):
        assert roman(text, text.rfind(" ") + 1, len(text)) == number


@given(st.integers(10, 10**12 - 1))
def test_a_number_in_words_is_the_one_in_digits(number: int) -> None:
    words = said(number)
    for text in (words, words.capitalize(), words.upper()):
        assert [key for key, _, _ in spelt_out(text)] == [str(number)]
    ((_, start, end),) = spelt_out(f"có {words} đảng viên")
    assert f"có {words} đảng viên"[start:end] == words
    if " " in words and not words.startswith("sáu mươi"):  # "sau muoi nam" are ten years later
        assert [key for key, _, _ in spelt_out(fold(words))] == [str(number)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("ba mươi chín", ["39"]), ("hai mươi năm", ["20"]), ("mười năm", ["10"]), ("hai trăm năm", ["200"]),
        ("năm hai nghìn không trăm hai mươi", ["2020"]), ("một trăm lẻ tư", ["104"]),
        ("ba nghìn tỷ", ["3000000000000"]),
        ("hai mươi tư vấn viên", ["20"]), ("hai mươi tư đảng viên", ["24"]), ("từ mười đến hai mươi", ["10", "20"]),
        ("hai muoi lam", ["25"]), ("sau muoi nam", []),
        ("viet nam muoi nam qua", ["10"]), ("hai muoi tu van", ["20"]),
        ("hai mươi phần trăm", ["20"]), ("sau mười năm", ["10"]), ("mười hai mươi", ["10", "20"]),
        # one word below ten may be anything
        ("ba chi bộ", []), ("năm 2020", []), ("tư tưởng", []), ("bốn năm", []), ("hai tỷ lệ", []), ("hàng trăm", []),
        ("mươi người", []), ("không trăm", []), ("không trăm nghìn", []),
        ("không trăm linh năm", []), ("hai nghìn không trăm linh năm", ["2005"]), ("hai ba bốn", []), ("hai ti vi", []),
        # names
        ("đồng chí Đỗ Mười", []), ("Cách mạng Tháng Mười", []), ("ông Ba Mươi", []),
    ],
)  # fmt: skip
def test_what_is_a_number_in_words(text: str, keys: list[str]) -> None:
    assert [key for key, _, _ in spelt_out(text)] == keys


WORDS = "năm mười mươi hai ba tư lăm trăm linh nghìn tỷ phần không nam muoi tram một , . Năm Mười".split()


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_numbers_in_words_lie_where_they_say_and_do_not_overlap(words: list[str]) -> None:
    text, read = " ".join(words), 0
    for key, start, end in spelt_out(text):
        assert read <= start < end <= len(text)
        assert int(key) >= 10
        assert text[start - 1 : start] in ("", " ") and text[end : end + 1] in ("", " ")
        read = end


@given(st.integers(10, 10**12 - 1), st.sampled_from(["đảng viên", "hộ", "đồng"]))
def test_a_number_in_words_and_in_digits_have_the_same_tokens(number: int, thing: str) -> None:
    spellings = (f"{said(number)} {thing}", f"{number} {thing}", f"{number:,} {thing}".replace(",", "."))
    first, *others = (sorted(set(tokens(text)) - {"mươi2", "~muoi", "mươi2_" + thing}) for text in spellings)
    if said(number) != "mười":
        assert all(other == first for other in others)


@given(st.integers(1, 999), st.integers(1, 999), st.integers(0, 999))
def test_scales_in_digits_are_one_number(millions: int, thousands: int, ones: int) -> None:
    number = millions * 10**6 + thousands * 10**3
    assert [key for key, _, _ in in_scales(f"{millions} triệu {thousands} nghìn {ones} hộ")] == [str(number)]
    assert str(number) in tokens(f"có {millions} triệu {thousands} nghìn đồng")
    assert number_key(f"{number:,}".replace(",", ".")) == str(number)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3 vạn quân", "30.000 quân"), ("ba vạn quân", "30 nghìn quân"), ("1 vạn 2 nghìn cây", "12.000 cây"),
        ("hai lăm chi bộ", "25 chi bộ"), ("một trăm hai mốt bản", "121 bản"), ("2 tỷ 300 triệu đồng", "2,3 tỷ đồng"),
        ("một vạn hai nghìn cây", "12 nghìn cây"), ("1,5 triệu 200 nghìn", "1.700.000"),
    ],
)  # fmt: skip
def test_large_numbers_meet(one: str, other: str) -> None:
    assert sorted(tokens(one)) == sorted(tokens(other))


@pytest.mark.parametrize(
    "text", ["5 nghìn 2 triệu", "5 triệu, 200 nghìn", "5 triệu 200 hộ", "3 van ban 2 nghin"]
)
def test_what_does_not_go_on_is_no_number_in_scales(text: str) -> None:
    assert list(in_scales(text)) == []


def test_words_that_only_sound_like_numbers_without_accents_stay() -> None:
    assert list(spelt_out("hai lam viec, ba van ban, bay mot")) == []


@given(st.text(st.sampled_from("hai mươi lăm năm một nghìn vạn trăm 12 xã , .")))
def test_numbers_as_ones_keep_the_length(text: str) -> None:
    read = in_digits(text)
    assert len(read) == len(text)
    assert all(new in (old, "1") for old, new in zip(text, read, strict=True))


def test_numbers_in_words_are_ones() -> None:
    assert in_digits("có mười hai bản, 3 xã") == "có 11111111 bản, 3 xã"


@given(st.integers(1, 31), st.integers(1, 12), st.integers(1900, 2099))
def test_all_forms_of_a_date_meet(day: int, month: int, year: int) -> None:
    whole = [
        f"{day}/{month}/{year}", f"{day}-{month}-{year}", f"{day}.{month}.{year}", f"{day:02}/{month:02}/{year}",
        f"ngày {day} tháng {month} năm {year}", f"{day} tháng {month} năm {year}", f"ngay {day} thang {month}/{year}",
        f"NGÀY {day:02} THÁNG {month:02} NĂM {year}", f"ngày {day} tháng {month}-{year}",
    ]  # fmt: skip
    keys = set(date_keys(day, month, year))
    assert keys == {f"{day}/{month}/{year}", f"{day}/{month}", f"{month}/{year}"}
    for text in whole:
        found = [token for token in tokens(f"Họp {text}.") if "/" in token]
        assert sorted(found) == sorted(keys), text
    for text in (f"tháng {month}/{year}", f"tháng {month} năm {year}", f"tháng {month:02}/{year}"):
        assert [token for token in tokens(text) if "/" in token] == [f"{month}/{year}"]
    for text in (f"ngày {day} tháng {month}", f"mùng {day} tháng {month}", f"ngày {day}/{month}"):
        assert [token for token in tokens(text) if "/" in token] == [f"{day}/{month}"]


@pytest.mark.parametrize(
    "text", ["trong 12 thang 4 ban", "thang 4", "ngay 32 thang 4", "ngay 5 thang 13 nam 2019"]
)
def test_what_is_no_date(text: str) -> None:
    assert list(dates(text)) == []
