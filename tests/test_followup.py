"""Follow-up questions are written out; what stands alone takes nothing over."""

import pytest

from partyqa.followup import stand_alone
from partyqa.types import Answer, Article, Citation, Sentence


def answered(quote: str, marked: str) -> Answer:
    start = quote.index(marked)
    sentence = Sentence(Article("a", "", quote), 0, len(quote))
    citation = Citation(1, sentence, (start, start + len(marked)))
    return Answer("", "", "", (citation,), 1.0)


ANSWERS = {
    "Đoàn kiểm tra do ai làm trưởng đoàn?": answered(
        "Đồng chí Triệu Minh Xiết làm trưởng đoàn năm 2023.", "Triệu Minh Xiết"
    ),
    "Ai là Bí thư Huyện ủy Mường Ảng?": answered(
        "Bí thư Huyện ủy Mường Ảng Trương Quang Hải trò chuyện với dân.", "Trương Quang Hải"
    ),
    "Vũ Mạnh Hà tới thăm bản nào?": answered("Đồng chí Vũ Mạnh Hà thăm bản Sin Suối Hồ.", "bản Sin Suối Hồ"),
}
NOTHING = Answer("", "", "", (), 0.0)


def recall(question: str) -> Answer:
    return ANSWERS.get(question, NOTHING)


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        (["Mường Tè có bao nhiêu đảng viên?", "Còn Mường Ảng thì sao?"], "Mường Ảng có bao nhiêu đảng viên?"),
        (["Mường Tè có bao nhiêu đảng viên?", "Thế còn Mường Ảng?"], "Mường Ảng có bao nhiêu đảng viên?"),
        (
            ["Mường Tè năm 2020 có bao nhiêu chi bộ?", "Năm 2015 thì sao?"],
            "Mường Tè năm 2015 có bao nhiêu chi bộ?",
        ),
        (["Mường Tè có bao nhiêu chi bộ?", "Còn năm 2015?"], "Mường Tè có bao nhiêu chi bộ năm 2015?"),
        (["Mường Lát có bao nhiêu đảng viên?", "Còn chi bộ?"], "Mường Lát có bao nhiêu chi bộ?"),
        (["Thị trấn Mường Lát có mấy chi bộ?", "Bí thư ở đó là ai?"], "Bí thư ở Thị trấn Mường Lát là ai?"),
        (["Huyện Mường Ảng ra sao?", "Huyện ấy có mấy bản?"], "Huyện Mường Ảng có mấy bản?"),
        (
            ["Mường Ảng còn mấy bản?", "Ở đó có bản nào trắng đảng viên?"],
            "Ở Mường Ảng có bản nào trắng đảng viên?",
        ),
        (
            ["Mường Tè học gì năm 2013?", "Năm ấy bao nhiêu người học?"],
            "Năm 2013 bao nhiêu người học ở Mường Tè?",
        ),
        (["Đoàn kiểm tra do ai làm trưởng đoàn?", "Đồng chí ấy nói gì?"], "Triệu Minh Xiết nói gì?"),
        (["Ai là Bí thư Huyện ủy Mường Ảng?", "Đồng chí ấy thăm bản nào?"], "Trương Quang Hải thăm bản nào?"),
        (["Đoàn kiểm tra do ai làm trưởng đoàn?", "Lúc đó ra sao?"], "Năm 2023 ra sao?"),
        (
            ["Vũ Mạnh Hà là ai?", "Đồng chí ấy tới thăm bản nào?", "Bản đó thuộc huyện nào?"],
            "Bản Sin Suối Hồ thuộc huyện nào?",
        ),
        (["Mường Ảng có mấy chi bộ?", "Mở bao nhiêu lớp?"], "Mở bao nhiêu lớp ở Mường Ảng?"),
        (
            ["Mường Ảng có mấy chi bộ?", "Bao nhiêu trong số đó vững mạnh?"],
            "Bao nhiêu vững mạnh ở Mường Ảng?",
        ),
        (["muong te co bao nhieu dang vien", "con muong ang thi sao"], "muong ang co bao nhieu dang vien"),
        (["mường tè có bao nhiêu đảng viên", "thế còn mường ảng?"], "mường ảng có bao nhiêu đảng viên"),
        (["huyen muong te co may chi bo", "bi thu o do la ai"], "bi thu ở muong te la ai"),
        (["muong te co may chi bo", "muong nhe co may chi bo"], "muong nhe co may chi bo"),
        (["Huyện Mường Tè có mấy chi bộ?", "Còn Mường Ảng?"], "Huyện Mường Ảng có mấy chi bộ?"),
        (["Huyện Mường Tè có mấy chi bộ?", "Còn Lai Châu?"], "Lai Châu có mấy chi bộ?"),
        (
            ["Tỉnh Lai Châu có mấy chi bộ?", "Còn thành phố Lai Châu thì sao?"],
            "Thành phố Lai Châu có mấy chi bộ?",
        ),
        (["Thị trấn Mường Lát có mấy chi bộ?", "Còn Mường Ảng?"], "Thị trấn Mường Ảng có mấy chi bộ?"),
    ],
)
def test_a_follow_up_is_written_out(turns: list[str], meant: str) -> None:
    assert stand_alone(turns[-1], turns[:-1], recall) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Ai là Bí thư Huyện ủy Mường Ảng?",
        "Kế hoạch 13-KH/HU ban hành khi nào?",
        "Chỉ thị 05 nói gì?",
        "Phạm Văn Sơn giữ chức gì?",
    ],
)
def test_what_stands_alone_takes_nothing(question: str) -> None:
    assert stand_alone(question, ["Mường Tè có bao nhiêu đảng viên?"], recall) == question
    assert stand_alone(question, [], recall) == question


def test_without_anything_to_take_over_the_question_stays() -> None:
    assert stand_alone("Đồng chí ấy là ai?", ["Có bao nhiêu chi bộ?"], recall) == "Đồng chí ấy là ai?"
    assert stand_alone("con chi bo thi sao", ["nghi quyet noi gi"], recall) == "con chi bo thi sao"
