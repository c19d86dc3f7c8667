"""Names, units, years, documents and quantities as spans of a text."""

import pytest

from partyqa.text.entities import answer_spans
from partyqa.text.views import TextView
from partyqa.types import AnswerType


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bí thư Huyện ủy Mường Ảng là ai?", ("muong ang",)),
        ("Phạm Văn Sơn giữ chức gì?", ("pham van son",)),
        ("Ông Vũ Mạnh Hà học trường nào?", ("vu manh ha",)),
        ("Huyện Sìn Hồ hay huyện Điện Biên Đông nhiều hơn?", ("sin ho", "dien bien dong")),
        ("Bản Pơ Mu, xã Mường Đăng", ("po mu", "muong dang")),
        ("Bộ Chính trị và Ban Thường vụ Huyện ủy họp năm 2020", ()),
        ("Mặt trận Tổ quốc, Hội đồng nhân dân", ()),
        ("TCCSĐ của Đảng bộ là gì?", ()),
        ("đảng viên nữ", ()),
        ("Ở Mường Ảng có gì?", ("muong ang",)),
        ("So Mường Tè với Từ Liêm", ("muong te", "tu liem")),
    ],
)
def test_names(text: str, found: tuple[str, ...]) -> None:
    assert TextView(text).names == found


def test_units() -> None:
    assert TextView("Đảng bộ Thị trấn Mường Lát, huyện Mường Lát, bản Pơ Mu xã Mường Đăng").units == {
        "muong lat": {"thi tran", "huyen"},
        "po mu": {"ban"},
        "muong dang": {"xa"},
    }
    assert TextView("Huyện ủy Mường Ảng").units == {"muong ang": {"huyen"}}
    assert TextView("toàn huyện có mười xã").units == {}


def test_years() -> None:
    assert TextView("nhiệm kỳ 2015-2020, ngày 7/6/2012, số 2128 và 18.831").years == {2012, 2015, 2020}
    assert TextView("khóa 2020x").years == frozenset()


def test_words_are_searchable_by_name() -> None:
    assert " muong ang " in TextView("“Mường Ảng”, ngày 1/3").words
    assert " muong an " not in TextView("Mường Ảng").words


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Huyện ủy Mường Ảng Trương Quang Hải nói gì?", ("muong ang", "truong quang hai")),
        ("Mường Tè Lai Châu có gì?", ("muong te", "lai chau")),
        ("Đảng bộ huyện mường nhé có bao nhiêu TCCSĐ?", ("muong nhe",)),
        ("Điện Biên và Điện Biên Đông", ("dien bien", "dien bien dong")),
        ("Phan Rang - Tháp Chàm ở đâu?", ("phan rang thap cham",)),
        ("Ông Nguyễn Thái Bình là ai?", ("nguyen thai binh",)),
    ],
)
def test_a_question_names_places_and_people_one_by_one(question: str, found: tuple[str, ...]) -> None:
    assert TextView(question).all_names == found


def test_a_question_tells_units_without_capitals_too() -> None:
    assert TextView("thanh pho lai chau co may chi bo").all_units == {"lai chau": {"thanh pho"}}
    assert TextView("Bí thư Thành ủy Lai Châu").all_units == {"lai chau": {"thanh pho"}}
    assert TextView("tỉnh Lai Châu").all_units == {"lai chau": {"tinh"}}


def test_a_name_is_written_out() -> None:
    assert TextView("dang bo huyen muong nhe").as_written("muong nhe") == "huyện Mường Nhé"
    assert TextView("Ai là Trương Quang Hải?").as_written("truong quang hai") == "Trương Quang Hải"
    assert TextView("bản Pơ Mu").as_written("po mu") == "Pơ Mu"


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("Nghị quyết Trung ương 4 khóa XII về xây dựng Đảng", "Nghị quyết Trung ương 4 khóa XII"),
        ("Nghị quyết Trung ương 4 khóa XI, XII và Chỉ thị 05", "Nghị quyết Trung ương 4 khóa XI, XII"),
        ("Nghị quyết Trung ương 4 (khóa XI) của Đảng", "Nghị quyết Trung ương 4 (khóa XI)"),
    ],
)
def test_the_term_of_a_document_ends_with_its_numeral(text: str, document: str) -> None:
    first = answer_spans(AnswerType.DOCUMENT, text)[0]
    assert text[slice(*first)] == document


@pytest.mark.parametrize(
    "document",
    [
        "Quyết định số 1402/QĐ-BTTTT", "Nghị định 98/2023/NĐ-CP", "Chỉ thị 27-CT/TU", "Thông tư 11/2021/TT-BYT",
        "Luật số 59/2020/QH14", "Luật Nhà ở số 27/2023/QH15", "Thông tư liên tịch số 19/2015/TTLT-BGDĐT-BNV",
        "Quyết định 305/QĐ-UBND-VX", "Công văn số 77/SNV-CCVC", "Quyết định 88/QĐ–BKHĐT", "Kế hoạch 31 - KH/HU",
        "Quyết định số 6 /QĐ - UBND", "Nghị quyết Đại hội đại biểu toàn quốc lần thứ XI", "Nghị quyết Đại hội XII",
        "Hướng dẫn số 22-HD/VPTW", "Công điện 12/CĐ-TTg",
    ],
)  # fmt: skip
def test_a_document_is_recognised_whole(document: str) -> None:
    text = f"Căn cứ {document}, ngày 3/4/2021, tỷ lệ 3/4 đại biểu, 20 kg/người."
    assert [text[slice(*span)] for span in answer_spans(AnswerType.DOCUMENT, text)] == [document]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Đồng chí Đoàn Thanh Hà phát biểu.", ["Đoàn Thanh Hà"]),
        ("Ông Văn Quang Tám, Giám đốc Sở, nói.", ["Văn Quang Tám"]),
        ("Cục trưởng Lò Hải, hiệu trưởng Vi Hoa.", ["Lò Hải", "Vi Hoa"]),
        ("Đoàn Thanh niên gặp Đoàn Kiểm tra ở Văn phòng Tỉnh ủy.", []),
    ],
)
def test_a_surname_that_is_also_the_word_for_a_body_stays(text: str, people: list[str]) -> None:
    assert [text[slice(*span)] for span in answer_spans(AnswerType.PERSON, text)] == people


@pytest.mark.parametrize(
    ("text", "offices"),
    [
        ("Thứ trưởng Bộ Y tế", {"thu truong": {""}}),
        ("Phó Cục trưởng, Tổng Giám đốc", {"cuc truong": {"pho"}, "tong giam doc": {""}}),
        ("Trưởng khoa Sử, Hiệu trưởng", {"truong khoa": {""}, "hieu truong": {""}}),
        ("Tổng Bí thư", {"tong bi thu": {""}}),
    ],
)
def test_offices_beyond_the_party(text: str, offices: dict[str, set[str]]) -> None:
    assert TextView(text).offices == offices


@pytest.mark.parametrize(
    ("text", "ordinals"),
    [
        ("Hội nghị lần thứ bảy", {"lan": {"7"}}),
        ("lần thứ hai mươi mốt", {"lan": {"21"}}),
        ("Đại hội lần thứ XIII", {"lan": {"13"}}),
        ("khóa 12", {"khoa": {"12"}}),
        ("khóa X, XI và XII", {"khoa": {"10", "11", "12"}}),
        ("quý IV, quý tư, quý 4", {"quy": {"4"}}),
        ("kỳ họp thứ 8, kỳ họp thứ tám", {"ky hop": {"8"}}),
        ("ky hop thu tam khoa XV", {"ky hop": {"8"}, "khoa": {"15"}}),
        ("quỹ 3 tỷ đồng; có lần vì thế; đợt 10/2; khóa học", {}),
    ],
)
def test_ordinals_are_read_in_digits_roman_and_words(text: str, ordinals: dict[str, set[str]]) -> None:
    assert TextView(text).ordinals == ordinals


def test_a_number_in_groups_with_spaces_is_marked_whole() -> None:
    text = "Huyện có hơn 12 345 hộ, 1 250 triệu đồng, 7 xã."
    spans = answer_spans(AnswerType.NUMBER, text)
    assert [text[start:end] for start, end in spans] == ["hơn 12 345", "1 250", "7"]
