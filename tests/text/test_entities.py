"""Names, units and years, told by capital letters and figures."""

import pytest

from partyqa.text.entities import as_written, asked_names, asked_units, names, units, words_of, years


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
    assert names(text) == found


def test_units() -> None:
    assert units("Đảng bộ Thị trấn Mường Lát, huyện Mường Lát, bản Pơ Mu xã Mường Đăng") == {
        "muong lat": {"thi tran", "huyen"},
        "po mu": {"ban"},
        "muong dang": {"xa"},
    }
    assert units("Huyện ủy Mường Ảng") == {"muong ang": {"huyen"}}
    assert units("toàn huyện có mười xã") == {}


def test_years() -> None:
    assert years("nhiệm kỳ 2015-2020, ngày 7/6/2012, số 2128 và 18.831") == {2012, 2015, 2020}
    assert years("khóa 2020x") == frozenset()


def test_words_are_searchable_by_name() -> None:
    assert " muong ang " in words_of("“Mường Ảng”, ngày 1/3")
    assert " muong an " not in words_of("Mường Ảng")


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
    assert asked_names(question) == found


def test_a_question_tells_units_without_capitals_too() -> None:
    assert asked_units("thanh pho lai chau co may chi bo") == {"lai chau": {"thanh pho"}}
    assert asked_units("Bí thư Thành ủy Lai Châu") == {"lai chau": {"thanh pho"}}
    assert asked_units("tỉnh Lai Châu") == {"lai chau": {"tinh"}}


def test_a_name_is_written_out() -> None:
    assert as_written("dang bo huyen muong nhe", "muong nhe") == "huyện Mường Nhé"
    assert as_written("Ai là Trương Quang Hải?", "truong quang hai") == "Trương Quang Hải"
    assert as_written("bản Pơ Mu", "po mu") == "Pơ Mu"
