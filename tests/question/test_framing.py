"""What stands around a question is left out, the question never; another language is told from Vietnamese."""

import json

import pytest
from conftest import ROOT, SHARED
from hypothesis import given
from hypothesis import strategies as st

from partyqa.question.around.framing import other_language, without_framing
from partyqa.text.normalise import fold, lowered, one_line

INSIDE = "Bản Pá Khôm có mấy chi bộ?"
AROUND = (
    "**{}**",
    "### {}",
    "> *{}*",
    "- {}",
    "`{}`",
    "<div class='q'><strong>{}</strong></div>",
    "[{}](https://a.vn/1)",
    "Câu 12: {}",
    "Câu hỏi số 7. {}",
    "Câu IV (1,5 điểm): {}",
    "Hỏi: {}",
    "b) {}",
    "(2) {}",
    "**Câu 2:** {}",
    "Hãy trả lời câu hỏi sau đây: {}",
    "Vui lòng trả lời thật ngắn gọn, không quá 20 từ: {}",
    "Em hãy trả lời ngắn gọn và đầy đủ trong hai câu. {}",
    "Câu 1. Cho tôi biết: {}",
    "{} (Trả lời ngắn gọn)",
    "{} Hãy trả lời bằng một câu, không giải thích gì thêm.",
    "{} Chỉ trả lời bằng con số!",
)
KEPT = (
    "Trả lời phỏng vấn, Bí thư nói gì?",
    "Trả lời cử tri: ai đã hứa sửa đường?",
    "Ai trả lời ngắn gọn?",
    "Câu 3 của đề cương nói gì?",
    "Bài 2 học về gì?",
    "Sân rộng 12*15*3 mét?",
    "5 < 7 và x > 3 là gì?",
    "Tệp so_lieu_2020 có gì?",
    "12.500 người ở đâu?",
    "Cho biết dân số Mường Lay",
    "[1] là nguồn nào?",
)


@pytest.mark.parametrize("around", AROUND)
def test_what_stands_around_a_question_is_left_out(around: str) -> None:
    typed = around.format(INSIDE)
    assert without_framing(typed) == INSIDE
    assert without_framing(fold(typed)) == fold(INSIDE)


def test_markup_inside_a_question_is_left_out() -> None:
    typed = "<p>Bản <i>Pá Khôm</i> có **mấy** __chi bộ__?</p>"
    assert without_framing(typed) == INSIDE
    assert without_framing("Xã Nậm&nbsp;Nèn có _gì_?<br/>Ở `đâu`?") == "Xã Nậm Nèn có gì? Ở đâu?"


@pytest.mark.parametrize("question", KEPT)
def test_a_question_that_only_looks_like_it_is_kept(question: str) -> None:
    assert without_framing(question) == question
    assert without_framing(fold(question)) == fold(question)


@given(st.text())
def test_something_is_left_and_nothing_is_left_to_leave_out(text: str) -> None:
    question = one_line(text)
    left = without_framing(question)
    assert left == one_line(left) or "&" in question
    assert any(map(str.isalnum, left)) or left == question


def real_questions() -> list[str]:
    """Every turn of the questions in the repository."""
    rows = [
        json.loads(line)
        for path in sorted((ROOT / "evaluation").rglob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return [one_line(turn) for row in rows for turn in row.get("turns", ())]


def test_no_question_of_the_evaluation_is_touched_or_taken_for_another_language() -> None:
    questions = real_questions()
    assert len(questions) > 1000
    for question in questions:
        for typed in (question, lowered(question), fold(question), question.upper()):
            assert without_framing(typed) == typed
            assert not other_language(typed), typed


def test_vietnamese_is_told_from_english_on_xquad() -> None:
    path = SHARED / "data" / "xquad" / "xquad.vi.json"
    if not path.is_file():
        pytest.skip("no XQuAD here: set PARTYQA_SHARED to the folder that holds data/xquad")
    parts = [part for one in json.loads(path.read_text("utf-8"))["data"] for part in one["paragraphs"]]
    questions = [one_line(row["question"]) for part in parts for row in part["qas"]]
    assert len(questions) == 1190 and other_language("Which village has the most buffaloes?")
    assert [one for one in questions if other_language(one) or other_language(fold(one))] == []


@pytest.mark.parametrize(
    "question",
    [
        "Who chairs the village cell?",
        "When was the bridge at Mường Nhà built?",
        "Please tell me about your party",
        "Combien d'habitants y a-t-il ?",
        "Wie viele Mitglieder gibt es?",
        "Кто секретарь?",
        "书记是谁?",
    ],
)
def test_another_language_is_known(question: str) -> None:
    assert other_language(question)


@pytest.mark.parametrize(
    "question",
    ["ai la bi thu", "ddangr vieen owr ddaau", "TCCSĐ ĐVSN", "the nao", "Bản Who", "", "2020"],
)
def test_vietnamese_in_any_typing_is_no_other_language(question: str) -> None:
    assert not other_language(question)
