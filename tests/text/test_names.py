"""Names under one key however they are spelt, and whether a collection holds one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.text.names import NameBook, find, folded, name_key
from partyqa.text.views import TextView


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (("Mỹ Xuyên", "Mĩ Xuyên", "mỹ xuyên", "MỸ XUYÊN"), "mi xuyen"),
        (("Kỳ Anh", "Kì Anh", "KỲ-ANH"), "ci anh"),
        (("Quỳnh Quy", "Quỳnh Qui"), "quynh qui"),
        (("Đăk Glei", "Đắc Glei", "Ðắk Glei", "Ɖăk Glei"), "dac glei"),
        (("Hòa Thủy", "Hoà Thuỷ"), "hoa thuy"),
        (("Gò Dầu - Trảng Bàng", "Gò Dầu-Trảng Bàng", "Gò Dầu – Trảng Bàng"), "go dau trang bang"),
        (("TP.HCM", "TPHCM", "TP Hồ Chí Minh", "tp. hồ chí minh"), "tp ho chi minh"),
        (("Buôn Mê Thuột", "Ban Mê Thuột", "Buôn Ma Thuột"), "buon ma thuot"),
        (("Khánh Khê",), "khanh khe"),
    ],
)
def test_all_spellings_of_a_name_have_one_key(spellings: tuple[str, ...], key: str) -> None:
    assert {name_key(spelling) for spelling in spellings} == {key}


def test_other_names_have_other_keys() -> None:
    names = ("Mai", "May", "Thủy", "Thi", "Khang", "Chang", "Y Tý", "Tý Y", "Cúc", "Khúc")
    assert len(set(map(name_key, names))) == len(names)


@given(st.text())
def test_offsets_hold_and_the_key_of_a_key_is_itself(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert len(folded(text)) == len(text)
    assert name_key(name_key(text)) == name_key(text)


def test_a_name_is_found_where_it_stands_as_it_is_written() -> None:
    text = "Tỉnh Bà Rịa-Vũng Tàu, TP.HCM và Kì Sơn"
    found = [find(text, name) for name in ("ba ria vung tau", "ho chi minh", "ci son", "son la")]
    assert [text[slice(*span)] if span else None for span in found] == [
        "Bà Rịa-Vũng Tàu",
        "HCM",
        "Kì Sơn",
        None,
    ]


def test_a_book_holds_names_written_together_but_no_other_syllables() -> None:
    book = NameBook(["Đường lên Sapa dài; toàn xã có điện", "Bà Rịa - Vũng Tàu", "Phan Thị Mĩ Thanh"])
    assert all(map(book.holds, ("sa pa", "ba ria vung tau", "phan thi mi thanh", "thi mi", "duong len")))
    assert not any(map(book.holds, ("to an", "ria tau", "thanh phan", "dien ba")))


@pytest.mark.parametrize(
    ("question", "keys", "written"),
    [
        ("TP.HCM có mấy quận?", ("ho chi minh",), "thành phố Hồ Chí Minh"),
        ("Kontum có mấy huyện?", ("con tum",), "Kon Tum"),
        ("Đăc Lăc có mấy huyện?", ("dac lac",), "Đắk Lắk"),
        ("Huế có mấy di tích?", ("hue",), "Huế"),
        ("Bà Nguyễn Thị Huế làm gì?", ("nguyen thi hue",), "Nguyễn Thị Huế"),
        ("Huyện Mĩ Đức có mấy xã?", ("mi duc",), "huyện Mỹ Đức"),
    ],
)
def test_a_question_names_a_place_in_any_spelling(question: str, keys: tuple[str, ...], written: str) -> None:
    view = TextView(question)
    assert (view.all_names, view.as_written(keys[0])) == (keys, written)


def test_a_title_makes_a_person_of_the_name_of_a_city() -> None:
    assert TextView("Chị Huế làm gì?").places == ()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Quận 7 có mấy phường?", ("quan 7",)),
        ("Phường 14, Q.10 ra sao?", ("phuong 14", "quan 10")),
        ("to dan pho 3 o dau", ("to dan pho 3",)),
        ("Mỗi phường 2 chi bộ", ()),
        ("nguyễn đình lực sinh năm nào?", ("nguyen dinh luc",)),
        ("nguyen dinh bac la ai", ("nguyen dinh bac",)),
        ("đồng chí giàng thị dợ nói gì", ("giang thi do",)),
        ("Huỳnh Anh chờ ai?", ("huynh anh",)),
        ("Trần quang vinh chờ ai?", ("tran quang vinh",)),
        ("lò văn panh ở đâu", ("lo van panh",)),
        ("la van de gi, ho van hoa", ()),
        ("là vấn đề gì, hồ văn hóa, cao ốc", ()),
    ],
)
def test_names_without_capitals(text: str, keys: tuple[str, ...]) -> None:
    assert TextView(text).names == keys


@pytest.mark.parametrize("text", ["Sở Giáo dục có gì?", "Đoàn Kiểm tra làm gì?", "Ban Dân vận ở đâu?"])
def test_a_body_and_half_a_word_are_no_name(text: str) -> None:
    assert TextView(text).names == ()


def test_a_book_forgives_a_slip_in_a_word_of_another_language_alone() -> None:
    book = NameBook(["Tổng thống Benjamin Harrison thăm Mường Khoa", "Lò Văn Panh"])
    assert book.holds("benjamim harrison") and book.holds("benjamin harison")
    assert not any(map(book.holds, ("muong hoa", "lo van pan", "benjamin hoover", "harrison benjamin")))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Ngoài Lào, nước nào giúp?", ()),
        ("Trước Pompidou ai làm tổng thống?", ()),
        ("Vua Lý Thái Tổ dời đô khi nào?", ("li thai to",)),
        ("Tên lửa Oka-M Nga bắn xa bao nhiêu?", ()),
        ("Xe Camry C300 giá bao nhiêu?", ("xe camry",)),
        ("chính phủ quốc gia có gì", ()),
        ("ở phú quốc có gì", ("phu quoc",)),
    ],
)
def test_words_beside_a_name_are_no_part_of_it(text: str, keys: tuple[str, ...]) -> None:
    assert TextView(text).all_names == keys
