"""Small talk gets a polite word; a question never does."""

import json

import pytest
from conftest import ROOT, SHARED
from hypothesis import given
from hypothesis import strategies as st

from partyqa.engine import PartyQA
from partyqa.errors import QuestionError
from partyqa.i18n import LANGUAGES
from partyqa.question.around.smalltalk import reply, without_courtesy
from partyqa.text.normalise import fold, lowered, normalise
from partyqa.types import Refusal

TALK = {
    "greeting": (
        "xin chào|Xin chào!|chào bạn|Chào cả nhà ạ|Chào đồng chí!|Hello|hi|alo|Bạn khỏe không?"
        "|Chào bạn, hôm nay bạn thế nào?"
    ),
    "thanks": "cảm ơn|Cảm ơn bạn nhiều nhé!|cám ơn ad|ok|Ok, cảm ơn|Vâng, cảm ơn đồng chí|Tuyệt vời!|hay quá",
    "goodbye": "tạm biệt|Tạm biệt bạn nhé|bye bye|hẹn gặp lại",
    "self": "bạn là ai|Bạn là ai vậy?|bạn tên là gì|Ai tạo ra bạn?|Bạn có phải là robot không?|dạ cho hỏi bạn là ai ạ",
    "able": "bạn làm được gì|Bạn có thể giúp gì cho tôi?|hướng dẫn sử dụng|Tôi có thể hỏi những gì?|help",
    "topic": (
        "giá vàng hôm nay|Giá vàng SJC hôm nay bao nhiêu một lượng?|giá xăng|kết quả bóng đá"
        "|Kết quả bóng đá Việt Nam tối qua"
        "|thời tiết|Hôm nay thời tiết thế nào?|Thời tiết ở Điện Biên ngày mai ra sao?|mấy giờ rồi"
        "|tỷ giá USD|Xổ số miền Bắc hôm nay"
    ),
    "making": (
        "viết cho tôi bài thơ|Viết cho tôi một bài thơ về Mường Ảng|làm thơ về Đảng"
        "|Bạn có thể sáng tác một bài hát không?"
        "|kể chuyện cười đi|Kể cho tôi một câu chuyện cười|dịch sang tiếng Anh"
        "|Hãy soạn giúp tôi bài phát biểu chào mừng đại hội"
    ),
}
QUESTIONS = (
    "Ai viết bài về Mường Ảng?",
    "cảm ơn của đồng chí Bí thư là gì",
    "Lời chào mừng đại hội của ai?",
    "Chào mừng Đại hội, Mường Tè đã làm gì?",
    "Viết bài thơ về Mường Ảng là ai?",
    "Bài thơ trong bài viết của ai?",
    "Thời tiết ảnh hưởng thế nào đến sản xuất?",
    "Thời tiết khắc nghiệt ở đâu?",
    "Giá vàng ảnh hưởng gì đến thu nhập của bà con?",
    "Bóng đá ở thị trấn Mường Lát có mấy đội?",
    "Xã nào hay?",
    "Chất lượng tốt không?",
    "Thế nào?",
    "Ai?",
    "Còn Mường Tè thì sao?",
    "ở đó có mấy chi bộ",
    "Làm báo cáo thế nào?",
    "Bạn đọc phản ánh điều gì?",
    "Ban là ai?",
    "Chào Ban Thường vụ",
    "hôm nay có bao nhiêu đảng viên",
)


@pytest.mark.parametrize(
    ("kind", "said"), [(kind, one) for kind, all_ in TALK.items() for one in all_.split("|")]
)
def test_small_talk_of_each_kind_gets_its_word(kind: str, said: str) -> None:
    assert reply(said) == reply(lowered(said)) == reply(said.upper()) == Refusal(f"smalltalk_{kind}")
    assert reply(fold(said)) == Refusal(f"smalltalk_{kind}"), "typed without accents"


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_that_only_sounds_like_it_is_asked(question: str) -> None:
    for typed in (question, lowered(question), question.upper()):
        assert reply(typed) is None
        assert without_courtesy(typed) == typed


def real_questions() -> list[str]:
    """Every turn of the project's own questions that the articles answer."""
    rows = [
        json.loads(line)
        for path in sorted((ROOT / "evaluation").glob("*questions.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return [normalise(turn) for row in rows if row["gold"] for turn in row["turns"]]


def test_no_question_of_the_evaluation_is_taken_for_small_talk() -> None:
    questions = real_questions()
    assert len(questions) > 600
    for question in questions:
        for typed in (question, lowered(question), fold(question), question.upper()):
            assert reply(typed) is None, typed
            assert without_courtesy(typed) == typed


def test_no_question_of_xquad_is_taken_for_small_talk() -> None:
    path = SHARED / "data" / "xquad" / "xquad.vi.json"
    if not path.is_file():
        pytest.skip("no XQuAD here: set PARTYQA_SHARED to the folder that holds data/xquad")
    articles = json.loads(path.read_text("utf-8"))["data"]
    questions = [
        normalise(row["question"]) for one in articles for part in one["paragraphs"] for row in part["qas"]
    ]
    assert len(questions) == 1190
    assert [question for question in questions if reply(question) or reply(fold(question))] == []


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("chào bạn, Mường Ảng có bao nhiêu đảng viên?", "Mường Ảng có bao nhiêu đảng viên?"),
        ("Xin chào. Ai là Bí thư?", "Ai là Bí thư?"),
        ("hello ad Mường Ảng có mấy chi bộ? Cảm ơn nhiều ạ", "Mường Ảng có mấy chi bộ?"),
        ("chao ban, muong ang co may chi bo? cam on", "muong ang co may chi bo?"),
        ("Ai là Bí thư? Xin cảm ơn!", "Ai là Bí thư?"),
        ("Chào đồng chí, Mường Tè có mấy chi bộ?", "Mường Tè có mấy chi bộ?"),
        ("Chào đồng chí Trương Quang Hải là ai?", "Chào đồng chí Trương Quang Hải là ai?"),
        ("Chào anh Hải là ai?", "Chào anh Hải là ai?"),
        ("Ai nói lời cảm ơn?", "Ai nói lời cảm ơn?"),
        ("Chào bạn!", "Chào bạn!"),
        ("cảm ơn", "cảm ơn"),
        ("", ""),
    ],
)
def test_courtesy_around_a_question_is_left_out(said: str, asked: str) -> None:
    assert without_courtesy(said) == asked
    assert without_courtesy(asked) == asked


@given(
    st.text(),
    st.sampled_from(["", "Chào bạn, ", "chào ad! ", "hi. "]),
    st.sampled_from(["", "? Cảm ơn", ". cam on"]),
)
def test_what_is_asked_is_a_part_of_what_was_said(raw: str, before: str, behind: str) -> None:
    said = normalise(f"{before}{raw}{behind}")
    asked = without_courtesy(said)
    assert asked in said
    assert any(map(str.isalnum, asked)) or asked == said
    reply(said)


def test_each_word_says_what_to_ask() -> None:
    for kind in ("greeting", "self", "able", "topic", "making"):
        refusal = Refusal(f"smalltalk_{kind}")
        for lang in LANGUAGES:
            assert refusal.text(lang).endswith(": Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?")


def test_the_engine_answers_small_talk_without_a_source(engine: PartyQA) -> None:
    for said in ("Xin chào!", "thoi tiet hom nay the nao", "Viết cho tôi bài thơ"):
        answer = engine.ask(said)
        assert answer.refusal == reply(said)
        assert (answer.answered, answer.citations, answer.related, answer.confidence) == (False, (), (), 0.0)
        assert answer.standalone_question == said
        assert set(answer.timings) == {"retrieve", "read", "total"}
    with pytest.raises(QuestionError):
        engine.ask("?!")


def test_small_talk_between_two_questions_is_passed_over(engine: PartyQA) -> None:
    first, after = "Huyện Mường Ảng có bao nhiêu tổ chức cơ sở đảng?", "Còn đảng viên thì sao?"
    alone = engine.standalone(after, [first])
    assert alone != after
    assert engine.standalone(after, [first, "Cảm ơn bạn", "Giá vàng hôm nay?"]) == alone
    assert engine.standalone(f"Chào bạn, {first} Cảm ơn!") == first
    gold = engine.ask("Giá vàng hôm nay?", [first])
    assert gold.refusal == Refusal("smalltalk_topic")
    assert gold.standalone_question == "Giá vàng hôm nay?", "the place is not taken over"
