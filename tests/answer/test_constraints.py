"""Whether a sentence is of the time, the unit, the rank and the thing that a question names."""

import pytest
from toy import sentence_view

from partyqa.answer.alignment import says_kind
from partyqa.answer.constraints import only_some, same_exactly, same_rank, same_thing, same_time, same_unit
from partyqa.question.query import understand
from partyqa.text.views import TextView
from partyqa.types import AnswerType, Article, Sentence


def time(question: str, text: str, before: str = "", context: str = "") -> float:
    return same_time(understand(question), sentence_view(text, context, before))


@pytest.mark.parametrize(
    ("text", "before", "context", "value"),
    [
        ("Năm 2015 có 60 chi bộ.", "", "", 1.0),
        ("Năm 2014 có 60 chi bộ.", "", "", -1.0),
        ("Giai đoạn 2015-2020 có 60 chi bộ.", "", "", 0.2),
        ("Có 60 chi bộ.", "Năm 2015, huyện họp. ", "", 0.5),
        ("Có 60 chi bộ.", "Năm 2015, huyện họp theo thư ngày 12/12/1953. ", "", 0.5),
        ("Có 60 chi bộ.", "Năm 2014, huyện họp. ", "Bài. Ngày 05/08/2015.", -0.7),
        ("Có 60 chi bộ.", "", "Bài. Ngày 05/08/2015.", 0.5),
        ("Có 60 chi bộ.", "", "Bài. Ngày 05/08/2020.", -0.7),
        ("Có 60 chi bộ.", "", "Mường Tè giai đoạn 2015 - 2020.", -0.3),
        ("Có 60 chi bộ.", "", "Mường Tè giai đoạn 2010 - 2015.", 0.2),
        ("Có 60 chi bộ.", "", "", 0.0),
    ],
)
def test_the_year_comes_of_the_sentence_its_paragraph_or_its_article(
    text: str, before: str, context: str, value: float
) -> None:
    assert time("Năm 2015 Mường Tè có bao nhiêu chi bộ?", text, before, context) == value


@pytest.mark.parametrize(
    ("article", "value"),
    [
        ("Có 60 chi bộ.\nHuyện họp năm 2021.", -0.7),
        ("Có 60 chi bộ.\nHuyện họp năm 2015.", 0.0),
        ("Có 60 chi bộ.\nHuyện họp sáng 18-5.", 0.0),
    ],
)
def test_an_article_without_a_date_is_of_the_years_that_its_text_names(article: str, value: float) -> None:
    sentence = Sentence(Article("a", "", article), 0, len("Có 60 chi bộ."))
    view = sentence_view(sentence)
    assert same_time(understand("Năm 2015 Mường Tè có bao nhiêu chi bộ?"), view) == value


@pytest.mark.parametrize(
    ("context", "value"), [("Nhiệm kỳ 2015-2020.", -1.0), ("Nhiệm kỳ 2010-2015.", 0.5), ("", 0.0)]
)
def test_another_term_is_another_time(context: str, value: float) -> None:
    asked = "Nhiệm kỳ 2010-2015 Mường Tè kỷ luật mấy đảng viên?"
    assert time(asked, "Trong 5 năm, huyện kỷ luật 185 đảng viên.", "", context) == value


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("Tỉnh hiện có bao nhiêu chi bộ?", "Khi chia tách, tỉnh có 432 chi bộ.", -1.0),
        ("Tỉnh hiện có bao nhiêu chi bộ?", "Đến nay tỉnh có hơn 1.800 chi bộ.", 0.0),
        ("Tỉnh hiện có bao nhiêu chi bộ?", "Khi chia tách có 432, đến nay 1.800 chi bộ.", 0.0),
        ("Khi mới chia tách tỉnh có bao nhiêu chi bộ?", "Đến nay tỉnh có hơn 1.800 chi bộ.", -1.0),
        ("Khi mới chia tách tỉnh có bao nhiêu chi bộ?", "Khi chia tách, tỉnh có 432 chi bộ.", 0.0),
        ("Tỉnh có bao nhiêu chi bộ?", "Khi chia tách, tỉnh có 432 chi bộ.", 0.0),
        ("Công tác hiện đại hóa ra sao?", "Khi chia tách, tỉnh còn nghèo.", 0.0),
    ],
)
def test_today_is_not_the_beginning(question: str, text: str, value: float) -> None:
    assert time(question, text) == value


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("Đợt 2 chọn mấy tác phẩm?", "Đợt 1 có 178 tác phẩm.", -1.0),
        ("Đợt 2 chọn mấy tác phẩm?", "Đợt 2 có 123 tác phẩm.", 0.0),
        ("Đợt thứ nhất chọn mấy tác phẩm?", "Đợt 1 có 178, đợt 2 có 123 tác phẩm.", 0.0),
        ("Đợt 2 chọn mấy tác phẩm?", "Có 123 tác phẩm.", 0.0),
        ("Bí thư là ai?", "Phó Bí thư Triệu Minh Xiết dự.", -1.0),
    ],
)
def test_the_first_round_is_not_the_second(question: str, text: str, value: float) -> None:
    assert same_rank(understand(question), TextView(text)) == value


def test_ordinals_are_read_in_digits_and_words() -> None:
    assert TextView("Đợt 1, đợt thứ hai; Đại hội lần thứ XX").ordinals == {"dot": {"1", "2"}, "lan": {"20"}}
    assert TextView("đợt 10/2").ordinals == {}


WHOLE = "Năm 2020 Đảng bộ huyện Mường Tè có bao nhiêu đảng viên?"


@pytest.mark.parametrize(
    ("question", "text", "some"),
    [
        (WHOLE, "Huyện cử 66 đảng viên học lớp sơ cấp.", True),
        (WHOLE, "Huyện kết nạp 152 đảng viên mới.", True),
        (WHOLE, "Đảng bộ có 60 chi bộ với 2.618 đảng viên.", False),
        (WHOLE, "Kết nạp 152 đảng viên mới, đưa tổng số lên 2.128 đảng viên.", False),
        (WHOLE, "Số đảng viên hiện là 2.128.", False),
        (WHOLE, "Tỷ lệ đảng viên hoàn thành nhiệm vụ giai đoạn 2015 - 2020 là 98%.", True),
        (WHOLE, "Huyện có 10 dân tộc.", True),
        (WHOLE, "Huyện có hai nghìn một trăm đảng viên.", False),
        (WHOLE, "Số đảng viên hiện là ba nghìn hai trăm.", False),
        (WHOLE, "Huyện kết nạp mười lăm đảng viên mới.", True),
        ("So sánh số đảng viên Mường Tè và Mường Ảng", "Kết nạp trên 1000 đảng viên mới.", True),
        ("Nơi nào nhiều đảng viên hơn?", "Huyện có 2618 đảng viên.", False),
        ("Lúc chia tách có mấy đảng viên", "Lúc mới chia tách, tỉnh rất khó khăn.", True),
        ("Mường Tè kết nạp bao nhiêu đảng viên?", "Huyện kết nạp 152 đảng viên mới.", False),
        ("Mường Tè có bao nhiêu đảng viên đi học?", "Huyện cử 66 đảng viên đi học.", False),
    ],
)
def test_those_who_went_to_a_course_are_not_all(question: str, text: str, some: bool) -> None:
    assert only_some(understand(question), TextView(text)) is some
    if some:
        assert same_thing(understand(question), TextView(text)) == -1.0


def test_inhabitants_are_not_counted_by_those_who_attend() -> None:
    asked = understand("Huyện Mường Tè có bao nhiêu người dân?")
    assert same_thing(asked, TextView("Có 3.993 lượt người học.")) == -1.0
    assert same_thing(asked, TextView("Huyện có 45.000 người dân.")) == 1.0


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("Mường Tè kỷ luật mấy đảng viên?", "Trong 5 năm, huyện kỷ luật nhiều đảng viên.", False),
        ("Mường Tè mất mấy năm?", "Trong 5 năm, huyện làm xong.", True),
        ("Mường Tè thuộc tỉnh nào?", "Huyện Mường Tè còn nghèo.", False),
        ("Mường Tè thuộc tỉnh nào?", "Mường Tè là huyện của tỉnh Lai Châu.", True),
        ("Triệu Minh Xiết giữ chức gì?", "Đồng chí Triệu Minh Xiết, Phó Bí thư Huyện ủy, dự.", True),
        ("Triệu Minh Xiết giữ chức gì?", "Người kết luận là đồng chí Triệu Minh Xiết.", False),
    ],
)
def test_the_kind_of_answer_is_told(question: str, text: str, said: bool) -> None:
    assert says_kind(understand(question), TextView(text)) is said


def test_an_office_is_asked_for() -> None:
    assert understand("Triệu Minh Xiết chức gì").kind is AnswerType.OFFICE
    assert understand("Ông ấy giữ chức vụ nào?").kind is AnswerType.OFFICE


def test_how_many_in_all_holds_no_word_to_look_for() -> None:
    with_all, without = (understand(f"Huyện có {words}bao nhiêu xã?") for words in ("tất cả ", ""))
    assert with_all.terms == without.terms


@pytest.mark.parametrize("word", ["Sao", "Nhờ đâu", "Hồi", "Theo"])
def test_a_question_word_is_no_part_of_a_name(word: str) -> None:
    assert TextView(f"{word} Mường Tè lại coi trọng việc này?").all_names == ("muong te",)


@pytest.mark.parametrize(
    ("question", "text", "context", "value"),
    [
        ("Xã Quỳnh Nhai có bao nhiêu đảng viên?", "Xã Chiềng Ơn có 61 đảng viên.", "Tin Quỳnh Nhai", -1.0),
        ("Thị trấn Quỳnh Nhai có bao nhiêu đảng viên?", "Xã Chiềng Ơn có 61 đảng viên.", "Tin Quỳnh Nhai", -1.0),
        ("Huyện Quỳnh Nhai có bao nhiêu đảng viên?", "Xã Chiềng Ơn có 61 đảng viên.", "Tin Quỳnh Nhai", -1.0),
        ("Huyện Quỳnh Nhai có bao nhiêu đảng viên?", "Toàn huyện có 61 đảng viên.", "Tin Quỳnh Nhai", 0.0),
        ("Huyện Quỳnh Nhai có bao nhiêu xã?", "Huyện có 11 xã, xã Chiềng Ơn xa nhất.", "Tin Quỳnh Nhai", 0.0),
        ("Huyện Quỳnh Nhai có bao nhiêu đảng viên?", "Có 61 đảng viên, riêng xã Chiềng Ơn 7.", "Quỳnh Nhai", 0.0),
        ("Xã Chiềng Ơn có bao nhiêu đảng viên?", "Huyện Quỳnh Nhai có xã Chiềng Ơn với 61 đảng viên.", "", 0.0),
        ("Xã Chiềng Ơn có bao nhiêu đảng viên?", "Chi bộ có 61 đảng viên.", "Xã Chiềng Ơn", 0.0),
        ("Bí thư Huyện ủy Quỳnh Nhai là ai?", "Bí thư thị trấn Quỳnh Nhai Lò Văn Ín nói.", "", -1.0),
        ("Bí thư Huyện ủy Quỳnh Nhai là ai?", "Bí thư Huyện ủy Lò Văn Ín thăm thị trấn Quỳnh Nhai.", "", 0.0),
        ("XÃ CHIỀNG ƠN CÓ MẤY CHI BỘ?", "Đảng bộ xã Chiềng Ơn có 18 chi bộ.", "", 0.0),
        ("Ai thăm huyện Quỳnh Nhai?", "Ông Lò Văn Ín thăm thị trấn Quỳnh Nhai.", "", 0.0),
    ],
)  # fmt: skip
def test_another_unit_is_another_place(question: str, text: str, context: str, value: float) -> None:
    assert same_unit(understand(question), TextView(text), TextView(context)) == value


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("Bí thư Huyện ủy Sông Mã là ai?", "Bí thư Đảng ủy thị trấn, Huyện ủy viên Lò Văn Ín nói.", -1.0),
        ("Bí thư Huyện ủy Sông Mã là ai?", "Đồng chí Lò Văn Ín, Bí thư Huyện ủy, nói.", 0.0),
        ("Bí thư Huyện ủy Sông Mã là ai?", "Đồng chí Lò Văn Ín, Bí thư, nói.", 0.0),
        ("Chủ tịch UBND huyện Sông Mã là ai?", "Chủ tịch Hội đồng nhân dân là bà Lò Thị Ín.", -1.0),
        ("Chủ tịch UBND huyện Sông Mã là ai?", "Chủ tịch Ủy ban nhân dân huyện là bà Lò Thị Ín.", 0.0),
        ("Chủ tịch UBND huyện Sông Mã là ai?", "Chủ tịch UBND xã là bà Lò Thị Ín.", -1.0),
        ("Chủ tịch Hội Nông dân là ai?", "Chủ tịch Hội Phụ nữ là bà Lò Thị Ín.", -1.0),
        ("Ai là Chủ tịch xã?", "Bí thư Huyện ủy thăm xã.", 0.0),
    ],
)
def test_an_office_of_another_body_is_another_office(question: str, text: str, value: float) -> None:
    assert same_rank(understand(question), TextView(text)) == value


@pytest.mark.parametrize(
    ("question", "text", "before", "value"),
    [
        ("Hội có bao nhiêu hội viên nữ?", "Hội có 214 hội viên.", "", -1.0),
        ("Hội có bao nhiêu hội viên nữ?", "Hội có 214 hội viên, trong đó 90 chị em.", "", 0.0),
        ("Hội có bao nhiêu hội viên nữ?", "Hiện có 90 người.", "Phụ nữ tham gia hội ngày càng đông.", 0.0),
        ("Có mấy công chức dự bị?", "Cơ quan có 12 công chức chính thức.", "", -1.0),
        ("Kế hoạch trồng bao nhiêu ha rừng?", "Cả năm trồng được 320 ha rừng.", "", -1.0),
        ("Kế hoạch trồng bao nhiêu ha rừng?", "Chỉ tiêu giao là 300 ha rừng.", "", 0.0),
        ("Ai là nữ giám đốc?", "Giám đốc là Hà Thị Mận.", "", 0.0),
    ],
)
def test_a_figure_of_others_is_another_figure(question: str, text: str, before: str, value: float) -> None:
    assert same_exactly(understand(question), sentence_view(text, before=before)) == value
