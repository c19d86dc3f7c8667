"""Typing slips are mended against the words of the index; what is right stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partyqa.question.spelling import Speller
from partyqa.text.normalise import fold, normalise

TEXTS = (
    "Đồng chí Trương Quang Hải là Bí thư Huyện ủy Mường Ảng.",
    "Tỉnh Lai Châu hiện có hơn 1.800 chi bộ trực thuộc; 10 dân tộc cùng sinh sống ở huyện Mường Tè.",
    "Đảng viên, tổ chức cơ sở đảng, quy định, lý luận, kỷ luật, bao nhiêu, là ai, có gì, hàng hóa ra tầm.",
)
SPELLER = Speller(TEXTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ai laf bis thuw huyeenj uyr Mường Ảng", "ai là bí thư huyện ủy Mường Ảng"),
        (
            "tinhr Lai Châu hieenj cos bao nhiêu chi booj trực thuộc",
            "tỉnh Lai Châu hiện có bao nhiêu chi bộ trực thuộc",
        ),
        ("ddangr vieen", "đảng viên"),
        ("huyện Mường Ảng có bao nhiu đảng viên", "huyện Mường Ảng có bao nhiêu đảng viên"),
        ("muong ang co bao nhiu dang vien zậy", "mường ảng có bao nhiêu đảng viên vậy"),
        ("huyện có dân tộc j?", "huyện có dân tộc gì?"),
        ("huyện Mường Ảng, A/J, Kevin J. Ko", "huyện Mường Ảng, A/J, Kevin J. Ko"),
        ("d9a3ng vie6n", "đảng viên"),
        ("huyen65 uy3", "huyện ủy"),
        ("Mườgn Ảng", "Mường Ảng"),
        ("Trương Quag Hải", "Trương Quang Hải"),
        ("TRƯƠNG QUAG HẢI", "trương quang hải"),
        ("SỐ TCCSĐ, HUYỆN NÀO?", "số TCCSĐ, huyện nào?"),
        ("truong quag hai", "trương quang hải"),
        ("bi thu huyen uy muong ang la ai?", "bí thư huyện ủy mường ảng là ai?"),
        ("DANG VIEN, bao nhieu", "ĐẢNG VIÊN, bao nhiêu"),
        ("dang bo huyen muong nhe co bao nhieu dang vien", "đảng bộ huyện mường nhé có bao nhiêu đảng viên"),
    ],
)
def test_slips_are_mended(typed: str, meant: str) -> None:
    assert SPELLER.mend(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (
            "Đảng bộ huyện Muong Ang co bao nhieu đảng viên?",
            "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?",
        ),
        ("Tinh Lai Châu thanh lap nam nao", "Tỉnh Lai Châu thành lập năm nào"),
        ("Ông Nguyễn Van Bình là ai, sinh nam nao", "Ông Nguyễn Văn Bình là ai, sinh năm nào"),
        ("Facebook có bao nhiêu người dùng ở Viet Nam?", "Facebook có bao nhiêu người dùng ở Việt Nam?"),
        ("Thành phố đươc công nhận năm nào", "Thành phố được công nhận năm nào"),
        ("Xã mới có mấy bản, cao bao nhiêu?", "Xã mới có mấy bản, cao bao nhiêu?"),
    ],
)
def test_only_the_part_without_accents_is_mended(typed: str, meant: str) -> None:
    assert SPELLER.mend(typed) == meant


@given(st.lists(st.sampled_from("thay đặt sở thể được ai cao trong Hón Tề trắng ba to".split()), min_size=1))
def test_a_syllable_of_vietnamese_with_accents_is_never_changed(words: list[str]) -> None:
    mended = SPELLER.mend(" ".join(words)).split()
    assert [new for old, new in zip(words, mended, strict=True) if fold(old) != old.lower()] == [
        old for old in words if fold(old) != old.lower()
    ]


def test_a_name_of_the_articles_is_found_where_the_language_would_not_have_it() -> None:
    typed = "chu tich xa pung oi la ai"
    assert SPELLER.mend(typed) != "chủ tịch xã púng ỏi là ai"
    named = Speller(["Xã Púng Ỏi có 12 bản. Chủ tịch xã Púng Ỏi họp. Người dân Púng Ỏi trồng chè."])
    assert named.mend(typed) == "chủ tịch xã púng ỏi là ai"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hai muoi lam dang vien", "hai mươi lăm đảng viên"),
        ("MOT TRAM NAM MUOI HAI dang vien", "MỘT TRĂM NĂM MƯƠI HAI đảng viên"),
        ("muoi hai dang vien", "mười hai đảng viên"),
        ("hai muoi phan tram dang vien", "hai mươi phần trăm đảng viên"),
    ],
)
def test_a_number_in_words_gets_the_accents_of_a_number(typed: str, meant: str) -> None:
    assert SPELLER.mend(typed) == meant


def test_question_words_weigh_more_than_what_stands_on_both_sides() -> None:
    speller = Speller(["Kiểm tra bảo đảm đúng, nhiều tổ chức đảng làm tốt."])
    assert speller.mend("kiem tra bao nhieu to chuc dang") == "kiểm tra bao nhiêu tổ chức đảng"
    assert speller.mend("kiem tra bao dam nhieu to chuc") == "kiểm tra bảo đảm nhiều tổ chức"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("o dien bien co gi", "ở điện biên có gì"),
        ("con dien bien thi sao", "còn điện biên thì sao"),
        ("tu dien bien o tinh dien bien", "tự diễn biến ở tỉnh điện biên"),
        ("o tuan giao co gi", "ở tuần giáo có gì"),
        ("o van ban nao", "ở văn bản nào"),  # and not of the district Văn Bàn
        ("tai hoa binh co may chi bo", "tại hòa bình có mấy chi bộ"),
        ("con cao bang thi sao", "còn cao bằng thì sao"),
        ("vay con doan vien thi sao", "vậy còn đoàn viên thì sao"),
        ("the doan vien thi sao", "thế đoàn viên thì sao"),
    ],
)
def test_after_where_a_known_place_wins(typed: str, meant: str) -> None:
    texts = (*TEXTS, "Ở những văn bản nào nói về tự diễn biến, tuần qua cha giao?")
    for speller in (Speller(texts), Speller(())):
        assert speller.mend(typed) == meant


def test_numerals_and_shorthand_do_not_make_a_question_foreign() -> None:
    assert SPELLER.mend("quy dinh 05-ct/tw xii") == "quy định 05-ct/tw xii"
    assert SPELLER.mend("d/c bi thu xi") == "d/c bí thư xi"


@pytest.mark.parametrize(
    "right",
    [
        "Huyện Mường Nhé có bao nhiêu đảng viên?",
        "Giá vàng, giá xăng hôm nay?",
        "Chiều cao đỉnh Phan Xi Păng?",
        "What is the capital of France? Windows 11",
        "quy định, lý luận, kỹ thuật, tỷ lệ",
        "TCCSĐ, UBKT, đ/c, 05-CT/TW",
        "TCCSĐ",
        "Ai thay đồng chí ấy ở sở nào, có thể đặt ở đâu?",
        "How many party members are there in Muong Ang?",
        "Who is the secretary of Mường Tè?",
        "Mường Tề",
        "bằng lái A1 và Y6",
        "",
        "😀",
    ],
)
def test_what_is_no_slip_stays(right: str) -> None:
    assert SPELLER.mend(right) == right


@given(st.text())
def test_any_text_survives(raw: str) -> None:
    text = normalise(raw)
    mended = SPELLER.mend(text)
    assert SPELLER.mend(mended) == mended, ascii(raw)
    assert [char for char in mended if not char.isalnum()] == [char for char in text if not char.isalnum()]


@given(st.lists(st.sampled_from(sorted({word for text in TEXTS for word in text.split() if word.isalpha()}))))
def test_only_accents_and_case_of_known_words_change(words: list[str]) -> None:
    typed = fold(" ".join(words))
    assert fold(SPELLER.mend(typed)) == typed
