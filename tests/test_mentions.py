"""Names, units and years, told by capital letters and figures."""

import pytest

from partyqa.mentions import names, units, words_of, years


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
