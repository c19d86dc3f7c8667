"""What a question asks."""

import unicodedata

import pytest

from partyqa.errors import QuestionError
from partyqa.question.query import MAX_QUESTION, understand
from partyqa.text import lexicon
from partyqa.text.normalise import fold
from partyqa.types import AnswerType


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?", AnswerType.NUMBER),
        ("dang bo huyen muong ang co bao nhieu dang vien", AnswerType.NUMBER),
        ("Huyện Mường Tè có mấy dân tộc?", AnswerType.NUMBER),
        ("Tỷ lệ đảng viên hoàn thành tốt nhiệm vụ?", AnswerType.NUMBER),
        ("Ai là Bí thư Huyện ủy Mường Ảng?", AnswerType.PERSON),
        ("AI LÀ BÍ THƯ HUYỆN ỦY?", AnswerType.PERSON),
        ("Đồng chí nào làm trưởng đoàn?", AnswerType.PERSON),
        ("Kế hoạch 13 ban hành khi nào?", AnswerType.DATE),
        ("Chuyên đề học từ ngày nào?", AnswerType.DATE),
        ("Bản Hón thuộc huyện nào?", AnswerType.PLACE),
        ("Cuộc họp diễn ra ở đâu?", AnswerType.PLACE),
        ("Vì sao công tác này quan trọng?", AnswerType.REASON),
        ("Chất lượng sinh hoạt chi bộ thế nào?", AnswerType.MANNER),
        ("Có những hạn chế gì?", AnswerType.LIST),
        ("Huyện thực hiện theo chỉ thị nào?", AnswerType.DOCUMENT),
        ("Giới thiệu về Mường Tè", AnswerType.OTHER),
        ("Mỗi năm bao nhiêu phần trăm cán bộ đăng ký?", AnswerType.NUMBER),
        ("Năm nào cũng sơ kết để làm gì?", AnswerType.REASON),
        ("Cải cách nhắm vào mấy mảng nào?", AnswerType.LIST),
        ("Giao chỉ tiêu dựa vào đâu?", AnswerType.REASON),
        ("Thoát nghèo nhờ đâu?", AnswerType.REASON),
        ("Sao Mường Tè coi trọng việc này?", AnswerType.REASON),
        ("Chương trình hành động sau hơn một năm đem lại gì?", AnswerType.OTHER),
    ],
)
def test_kind(question: str, kind: AnswerType) -> None:
    assert understand(question).kind is kind


def test_question_words_are_no_search_terms() -> None:
    query = understand("Cho tôi hỏi Đảng bộ huyện Mường Nhé có bao nhiêu đảng viên ạ?")
    assert {term for term in query.terms if "_" not in term and term[0] != "~"} == {
        "đang3", "bô5", "huyên5", "mương2", "nhe1", "viên",
    }  # fmt: skip
    assert query.focus == "dang vien a"


def test_a_name_is_never_taken_for_a_question_word() -> None:
    assert "nhe1" in understand("Mường Nhé ở đâu nhé?").terms
    assert "đâu2" in understand("Thu nhập bình quân đầu người là bao nhiêu?").terms


def test_without_accents_only_accent_free_terms_count() -> None:
    terms = understand("dang vien nam 2020").terms
    assert terms == ("~dang", "~vien", "~dang_vien", "~nam", "~vien_nam", "2020")


def test_nfd_is_the_same_question() -> None:
    question = "Ai là Bí thư Huyện ủy Mường Ảng?"
    assert understand(unicodedata.normalize("NFD", question)) == understand(question)


@pytest.mark.parametrize("question", ["", "   \n\t", "\u200b\ufeff", "😀😀", "?!…", "x" * (MAX_QUESTION + 1)])
def test_nothing_to_answer(question: str) -> None:
    with pytest.raises(QuestionError) as caught:
        understand(question)
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.vi + caught.value.en


def test_a_question_of_question_words_alone_keeps_them() -> None:
    assert understand("bao nhiêu?").terms == ("bao", "~bao", "nhiêu", "~nhieu", "bao_nhiêu", "~bao_nhieu")


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("Mường Tè hay Mường Ảng có nhiều đảng viên hơn?", "dang vien"),
        ("Nơi nào nhiều tổ chức đảng trực thuộc hơn?", "to chuc dang"),
        ("Số TCCSĐ của huyện Mường Ảng?", "to chuc co"),
        ("so sanh so dang vien muong te va muong ang", "dang vien muong"),
        ("So sánh số đảng viên Mường Tè và Mường Ảng", "dang vien muong"),
    ],
)
def test_a_figure_may_be_asked_for_without_how_many(question: str, focus: str) -> None:
    query = understand(question)
    assert query.kind is AnswerType.NUMBER
    assert query.focus == focus


@pytest.mark.parametrize(
    "question",
    ["So sánh Mường Tè với Mường Ảng", "so sanh muong te voi muong ang", "Số hiệu chỉ thị nào?", "so với"],
)
def test_to_compare_is_not_to_count(question: str) -> None:
    assert understand(question).kind is not AnswerType.NUMBER


def test_every_type_of_document_can_be_asked_for() -> None:
    for name in lexicon.marked("document_types.tsv"):
        for question in (
            f"Huyện thực hiện theo {name} nào?",
            f"{name.capitalize()} số mấy nói về việc này?",
            f"Theo {name} gì mà xã sáp nhập?",
        ):
            assert understood_type(question) is AnswerType.DOCUMENT, question
            assert understood_type(fold(question)) is AnswerType.DOCUMENT, question
    for name in lexicon.marked("document_types.tsv", "verb"):
        assert understood_type(f"Huyện ủy {name} gì cho các chi bộ?") is AnswerType.OTHER, name
        assert understood_type(f"{name.capitalize()} gì được gửi cho xã?") is AnswerType.DOCUMENT, name


def understood_type(question: str) -> AnswerType:
    return understand(question).kind


@pytest.mark.parametrize(
    "question",
    [
        "Đảng viên bị hình thức kỷ luật nào?",
        "Vi phạm pháp luật nào?",
        "Theo quy luật nào?",
        "hinh thuc ky luat nao",
        "Cơ quan nào chủ trì?",
        "co quan nao chu tri",
        "Báo cáo viên nào giỏi nhất?",
    ],
)
def test_a_part_of_another_word_is_neither_document_nor_unit(question: str) -> None:
    assert understood_type(question) is AnswerType.OTHER


def test_every_unit_can_be_asked_for() -> None:
    for name in lexicon.marked("units.tsv", without="loose"):
        assert understood_type(f"Chuyện này xảy ra ở {name} nào?") is AnswerType.PLACE, name
        assert understood_type(fold(f"Chuyện này xảy ra ở {name} nào?")) is AnswerType.PLACE, name


@pytest.mark.parametrize(
    "question",
    [
        "Huyện làm theo Chỉ thị nào?",
        "Căn cứ Nghị định nào?",
        "Bộ ban hành Quyết định gì?",
        "theo Kết luận nào?",
    ],
)
def test_a_type_of_document_with_a_capital_is_no_name(question: str) -> None:
    assert understand(question).kind is AnswerType.DOCUMENT
