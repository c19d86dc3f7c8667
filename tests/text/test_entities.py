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
