"""Provinces, districts and communes: what lies in what, and which of them a text names."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.text.gazetteer import Unit, bearing, before, communes, contains, large_units, now, other_names
from partyqa.text.location import lies_in, lies_where
from partyqa.text.normalise import fold, lowered
from partyqa.text.places import Mention, recognise
from partyqa.text.views import TextView

UNITS = [unit for rows in large_units().values() for unit, _ in rows]


def the(name: str, kind: str, *, today: bool = False) -> Unit:
    """The one unit of that name and kind, of before July 2025 or of today."""
    (unit,) = [unit for unit in bearing(name) if unit.kind == kind and bool(unit.until) is not today]
    return unit


def test_the_table_holds_what_the_resolutions_of_2025_say() -> None:
    """Resolution 202/2025/QH15: 63 provinces became 34, of which 11 stayed as they were."""
    today = [unit for unit in UNITS if unit.level == "province" and not unit.until]
    kept = [unit for unit in today if not unit.since]
    merged = [unit for unit in UNITS if unit.level == "province" and unit.until == "2025-06-30"]
    assert Counter(unit.kind for unit in today) == {"tỉnh": 28, "thành phố": 6}
    assert sorted(unit.name for unit in kept) == sorted(
        "Hà Nội;Huế;Lai Châu;Điện Biên;Sơn La;Lạng Sơn;Quảng Ninh;Thanh Hóa;Nghệ An;Hà Tĩnh;Cao Bằng".split(
            ";"
        )
    )
    assert len(kept) + len(merged) == 63
    assert Counter(unit.level for unit in UNITS)["district"] == 696


def test_an_old_province_belongs_to_a_new_one_and_back() -> None:
    assert now(the("Hà Giang", "tỉnh")) == the("Tuyên Quang", "tỉnh", today=True)
    assert {unit.name for unit in before(the("Lâm Đồng", "tỉnh", today=True))} == {
        "Lâm Đồng",
        "Bình Thuận",
        "Đắk Nông",
    }
    assert before(the("Điện Biên", "tỉnh", today=True)) == ()
    assert other_names("hue") == {"thua thien hue"}
    assert other_names("thua thien hue") == {"hue"}
    assert other_names("ha giang") == frozenset()


def test_a_province_contains_its_districts_and_communes() -> None:
    dien_bien, lai_chau = the("Điện Biên", "tỉnh", today=True), the("Lai Châu", "tỉnh", today=True)
    muong_ang, muong_te = the("Mường Ảng", "huyện"), the("Mường Tè", "huyện")
    assert contains(dien_bien, muong_ang) and contains(lai_chau, muong_te)
    assert not contains(lai_chau, muong_ang) and not contains(muong_ang, dien_bien)
    assert not contains(muong_ang, muong_ang)
    assert contains(the("Tuyên Quang", "tỉnh", today=True), the("Mèo Vạc", "huyện"))  # of Hà Giang until 2025
    assert contains(dien_bien, the("Mường Ảng", "xã", today=True))  # since July 2025
    assert contains(muong_ang, the("Mường Ảng", "thị trấn"))  # until then
    assert now(the("Mường Lát", "thị trấn")) == the("Thanh Hóa", "tỉnh", today=True)


def test_every_unit_lies_in_a_province_of_today() -> None:
    assert {now(unit) for unit in UNITS} == {unit for unit in UNITS if not unit.within}
    assert all(unit.within[0].level == "province" for unit in UNITS if unit.level == "district")
    assert len(communes("tan tien")) > 20
    assert all(now(unit).level == "province" for unit, _ in communes("tan tien"))


def told(text: str) -> list[str]:
    return [mention.label or mention.key for mention in recognise(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Đảng bộ huyện Mường Nhé có bao nhiêu đảng viên?", ["huyện Mường Nhé"]),
        ("dang bo huyen muong nhe co bao nhieu dang vien", ["huyện Mường Nhé"]),
        ("đảng bộ huyện mường nhẹ có bao nhiêu đảng viên", ["huyện Mường Nhé"]),
        ("con muong ang thi sao", ["Mường Ảng"]),
        ("o dien bien co bao nhieu dang vien", ["Điện Biên"]),
        ("chi bo tai dien bien sinh hoat the nao", ["Điện Biên"]),
        ("ở lai châu có bao nhiêu chi bộ", ["Lai Châu"]),
        ("THÀNH ỦY ĐIỆN BIÊN PHỦ", ["thành phố Điện Biên Phủ"]),
        ("Huyện uỷ Mường Ảng Trương Quang Hải", ["huyện Mường Ảng"]),
        ("thị trấn Mường Lát, huyện Mường Lát", ["thị trấn Mường Lát", "huyện Mường Lát"]),
        ("xa muong ang tinh dien bien", ["xã Mường Ảng", "tỉnh Điện Biên"]),
        ("thanh uy lai chau va tinh uy lai chau", ["thành phố Lai Châu", "tỉnh Lai Châu"]),
        ("huyen dien bien dong", ["huyện Điện Biên Đông"]),
        ("Mường Tè Lai Châu", ["Mường Tè", "Lai Châu"]),
        ("Bà Rịa-Vũng Tàu, TP. Hồ Chí Minh", ["Bà Rịa - Vũng Tàu", "thành phố Hồ Chí Minh"]),
        ("tinh hoa binh, tinh thai binh", ["tỉnh Hòa Bình", "tỉnh Thái Bình"]),
        ("Ở Lai Châu có gì?", ["Lai Châu"]),
        ("Huy hiệu Đảng Mường Ảng", ["Mường Ảng"]),
        ("Ba Vì và Sơn Tây", ["Ba Vì", "Sơn Tây"]),
        ("thanh pho hue", ["thành phố Huế"]),
        ("huyện M'Đrắk", ["huyện M'Đrắk"]),
        ("huyen tam duong", ["tam duong"]),  # Tam Đường or Tam Dương
        ("huyện Tam Đường", ["huyện Tam Đường"]),
    ],
)
def test_places_are_recognised(text: str, found: list[str]) -> None:
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "sống trong hòa bình, thống nhất",
        "song trong hoa binh",
        "dien bien tu tuong cua can bo dang vien",
        "ve dien bien tu tuong, ở diễn biến phức tạp",
        "o van ban nao, o cho moi",
        "ba vi nao",
        "Nguyễn Thái Bình là ai?",
        "nguyen thai binh la ai",
        "pham van son la ai",
        "dong chi ha trung noi gi",
        "trieu chung la gi",
        "Thái Bình Dương, thai binh duong",
        "chinh phu my",
        "nha trang o dau",
        "Chủ tịch Hồ Chí Minh, chủ tịch hồ chí minh",
        "cách xa trung tâm, xa trung tam, xã hội, xa hoi chu nghia",
        "phuong an toan dien, phương tiện",
        "thành phố vinh dự đón đoàn",
        "tan tien, bình minh, thanh xuân",
        "Đồng chí Vinh",
    ],
)
def test_ordinary_words_and_people_are_no_places(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "wrong", "where"),
    [
        ("Đảng bộ huyện Mường Ảng, tỉnh Lai Châu có gì?", "huyện Mường Ảng", "tỉnh Điện Biên"),
        ("huyen muong ang tinh lai chau co gi", "huyện Mường Ảng", "tỉnh Điện Biên"),
        ("Mường Ảng của tỉnh Lai Châu có gì?", "Mường Ảng", "tỉnh Điện Biên"),
        ("Huyện ủy Mường Ảng thuộc tỉnh Lai Châu", "huyện Mường Ảng", "tỉnh Điện Biên"),
        ("Huyện Mường Ảng (tỉnh Lai Châu)", "huyện Mường Ảng", "tỉnh Điện Biên"),
        ("huyện Mèo Vạc, tỉnh Lào Cai", "huyện Mèo Vạc", "tỉnh Hà Giang (nay là tỉnh Tuyên Quang)"),
        ("huyện Châu Thành, tỉnh Lai Châu", "huyện Châu Thành", ""),
    ],
)
def test_a_place_put_into_a_wrong_province_is_told(text: str, wrong: str, where: str) -> None:
    pair = TextView(text).misplaced
    assert pair is not None
    assert (pair[0].label, lies_where(pair[0])) == (wrong, where)


@pytest.mark.parametrize(
    "text",
    [
        "Huyện Mường Ảng, tỉnh Điện Biên",
        "Thị trấn Mường Lát, huyện Mường Lát, tỉnh Thanh Hóa",
        "huyện Mèo Vạc, tỉnh Hà Giang",  # until July 2025 ...
        "huyện Mèo Vạc, tỉnh Tuyên Quang",  # ... and since
        "Lai Châu, tỉnh Điện Biên",
        "Huyện Mường Ảng, Tỉnh ủy Lai Châu",
        "Mường Ảng Lai Châu",
        "So sánh huyện Mường Ảng, tỉnh Lai Châu",
        "Huyện Mường Ảng, tỉnh Lai Châu và thị trấn Mường Lát, nơi nào đông hơn?",
        "Thanh Bình, tỉnh Hải Dương",  # a commune of that name
        "Bí thư Thanh Bình, tỉnh Lai Châu",
    ],
)
def test_what_may_be_right_or_a_list_is_not_called_wrong(text: str) -> None:
    assert TextView(text).misplaced is None


def test_a_mention_says_where_it_stands() -> None:
    text = "Ai là Bí thư Huyện ủy Mường Ảng?"
    (mention,) = recognise(text)
    assert text[mention.lead : mention.end] == "Huyện ủy Mường Ảng"
    assert text[mention.start : mention.end] == "Mường Ảng"
    assert (mention.key, mention.unit_word) == ("muong ang", "huyện")
    assert [unit.kind for unit in mention.units] == ["huyện"]


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*large_units(), "huyen", "tinh", ",", "ở"])).map(" ".join)
)
def test_mentions_are_in_order_and_within_the_text(text: str) -> None:
    end = 0
    for mention in recognise(text):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.lead <= mention.start
        assert mention.key in large_units() or mention.unit_word
        end = mention.end


@given(st.sampled_from([unit for unit in UNITS if unit.name[-1].isalpha() and len(unit.name) > 1]))
def test_every_unit_is_recognised_with_its_kind_however_it_is_typed(unit: Unit) -> None:
    for text in (
        f"{unit.kind} {unit.name}",
        fold(f"o {unit.kind} {unit.name} co gi"),
        lowered(f"ở {unit.kind} {unit.name}"),
    ):
        if unit.name == "Vinh" and text.islower():
            continue  # "thành phố vinh dự đón đoàn"
        assert any(unit in mention.units and mention.unit_word == unit.kind for mention in recognise(text)), (
            text
        )


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Huyện Mường Tè, tỉnh Lai Châu có mấy chi bộ?", {"lai chau"}),
        ("Mường Tè (Lai Châu) có mấy chi bộ?", {"lai chau"}),
        ("huyen muong te cua tinh lai chau co may chi bo", {"lai chau"}),
        ("Mường Tè Lai Châu có mấy chi bộ?", {"lai chau"}),
        ("Ở Lai Châu, huyện Mường Tè có mấy chi bộ?", {"lai chau"}),
        ("Mường Tè, tỉnh Điện Biên có mấy chi bộ?", set()),  # it does not lie there
        ("Lai Châu hay Mường Tè nhiều hơn?", set()),
        ("Mường Tè có nhiều hơn Lai Châu không?", set()),
    ],
)
def test_a_place_that_only_says_where(text: str, keys: set[str]) -> None:
    assert TextView(text).only_where == keys


def test_where_several_bear_a_name_one_is_enough() -> None:
    def mention(text: str) -> Mention:
        return recognise(text)[0]

    assert lies_in(mention("huyện Châu Thành"), mention("tỉnh Bến Tre"))
    assert lies_in(mention("huyện Châu Thành"), mention("tỉnh Tây Ninh"))
    assert not lies_in(mention("huyện Châu Thành"), mention("tỉnh Điện Biên"))
