"""Every reason not to answer, by a real question: its words on the page, in the API, in an export, in a terminal."""

import json
import tomllib
from collections.abc import Iterator

import httpx
import pytest
from conftest import ROOT
from toy_api import ToyApi, toy_api

from partyqa.cli.terminal import print_answer
from partyqa.engine import PartyQA
from partyqa.i18n import LANGUAGES, texts
from partyqa.service.conversations.stored_answers import from_stored, to_stored
from partyqa.service.export.export import Exchange, export
from partyqa.types import Refusal
from partyqa.web.chat.turn import ChatTurn
from partyqa.web.chat.views import Frame

ASKED = {
    "Nhà máy thủy điện phát bao nhiêu điện?": Refusal("no_evidence"),
    "Which village has the most buffaloes?": Refusal("other_language"),
    "Có gì?": Refusal("too_little"),
    "Có những bài nào?": Refusal("of_articles"),
    "Xã Mường Nhé có mấy chi bộ?": Refusal("unknown_name", {"name": "xã Mường Nhé"}),
    "Năm 1999 Đảng bộ huyện Mường Tè có bao nhiêu đảng viên?": Refusal("year_missing", {"years": "1999"}),
    "Huyện Mường Ảng tỉnh Thanh Hóa có bao nhiêu đảng viên?": Refusal(
        "lies_elsewhere",
        {"name": "huyện Mường Ảng", "where": "tỉnh Điện Biên", "there": "tỉnh Thanh Hóa"},
    ),
    "Xã Quang Trung tỉnh Cà Mau có gì mới?": Refusal(
        "not_in_province", {"name": "xã Quang Trung", "there": "tỉnh Cà Mau"}
    ),
    "Xin chào": Refusal("smalltalk_greeting"),
    "Cảm ơn bạn": Refusal("smalltalk_thanks"),
    "Tạm biệt": Refusal("smalltalk_goodbye"),
    "Bạn là ai?": Refusal("smalltalk_self"),
    "Bạn làm được gì?": Refusal("smalltalk_able"),
    "Giá vàng hôm nay?": Refusal("smalltalk_topic"),
    "Viết cho tôi bài thơ": Refusal("smalltalk_making"),
}
OF_CLAUSES = {"no_clause", "no_such_clause", "which_document"}  # tests/answer/test_clauses.py
SAID = {
    "no_evidence": ("Kho bài viết không có câu nào trả lời", "No sentence of the articles answers"),
    "other_language": ("hãy hỏi lại bằng tiếng Việt. (Questions are", "This question is not in Vietnamese;"),
    "too_little": ("Câu hỏi chưa nói rõ hỏi về điều gì", "The question does not say clearly"),
    "of_articles": ("Câu hỏi này hỏi về chính các bài viết", "This asks about the articles themselves"),
    "unknown_name": ("không nói về xã Mường Nhé.", "say nothing about xã Mường Nhé."),
    "year_missing": ("của năm 1999.", "of 1999."),
    "lies_elsewhere": ("Huyện Mường Ảng thuộc tỉnh Điện Biên,", "Huyện Mường Ảng lies in tỉnh Điện Biên,"),
    "not_in_province": ("Tỉnh Cà Mau không có xã Quang Trung;", "Tỉnh Cà Mau has no xã Quang Trung;"),
    "smalltalk_greeting": ("Chào bạn! Tôi trả lời", "Hello! I answer"),
    "smalltalk_thanks": ("Không có gì ạ.", "You are welcome."),
    "smalltalk_goodbye": ("hẹn gặp lại!", "until next time!"),
    "smalltalk_self": ("Tôi là partyqa,", "I am partyqa,"),
    "smalltalk_able": (
        "bài viết không nói thì tôi nói là không có",
        "what they do not say, I say is not there",
    ),
    "smalltalk_topic": ("Tôi không có tin giá cả", "I have no news of prices"),
    "smalltalk_making": ("Tôi không sáng tác", "I cannot compose"),
}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyApi]:
    with toy_api(tmp_path_factory.mktemp("refusals")) as served:
        yield served


def in_export(engine: PartyQA, stored: dict[str, object], lang: str) -> str:
    return str(export("md", [Exchange(stored)], "http://localhost", texts(lang)).content, "utf-8").replace(
        "\\", ""
    )


def test_every_reason_of_the_catalogues_has_its_question() -> None:
    catalogue = ROOT / "src" / "partyqa" / "i18n" / "vi" / "refusals.toml"
    reasons = {refusal.reason for refusal in ASKED.values()} | OF_CLAUSES
    assert reasons == set(tomllib.loads(catalogue.read_text("utf-8")))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("question", ASKED)
def test_a_refusal_gives_its_reason_in_the_readers_language(
    toy: ToyApi, question: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = ASKED[question]
    words = SAID[refusal.reason][lang == "en"]
    answer = toy.engine.ask(question)
    assert (answer.refusal, answer.answered, answer.text) == (refusal, False, refusal.text("vi"))

    assert words in Frame(texts(lang)).conversation((ChatTurn(1, answer),))
    print_answer(answer, lang)
    assert words in capsys.readouterr().out
    stored = json.loads(json.dumps(to_stored(toy.engine, answer)))
    assert words in in_export(toy.engine, stored, lang)
    kept = from_stored(toy.engine, stored).answer
    assert (kept.refusal, kept.text_in(lang)) == (refusal, answer.text_in(lang))

    as_json = {"reason": refusal.reason, "arguments": dict(refusal.arguments)}
    asked = httpx.post(f"{toy.url}/api/v1/ask?lang={lang}", json={"question": question}, timeout=60).json()
    assert (asked["refusal"], words in asked["text"], asked["answered"]) == (as_json, True, False)
    messages = [{"role": "user", "content": question}]
    body = {"model": "partyqa", "messages": messages}
    given = httpx.post(f"{toy.url}/v1/chat/completions?lang={lang}", json=body, timeout=60).json()
    assert words in given["choices"][0]["message"]["content"]
    assert given["partyqa"]["refusal"] == as_json


def test_an_answer_has_no_refusal_and_one_text(toy: ToyApi) -> None:
    answer = toy.engine.ask("Đảng bộ huyện Mường Tè có bao nhiêu đảng viên?")
    assert (answer.answered, answer.refusal) == (True, None)
    assert answer.text_in("en") == answer.text
    assert toy.engine.to_json(answer, "en") == toy.engine.to_json(answer)
    assert toy.engine.to_json(answer)["refusal"] is None


def test_a_refusal_kept_without_its_reason_is_still_shown(toy: ToyApi) -> None:
    answer = toy.engine.ask("Xã Mường Nhé có mấy chi bộ?")
    stored = to_stored(toy.engine, answer)
    del stored["refusal"]
    kept = from_stored(toy.engine, stored).answer
    general = "No sentence of the articles answers this question."
    assert (kept.text_in("vi"), kept.text_in("en")) == (answer.text, general)
    assert answer.text in in_export(toy.engine, stored, "vi")
    assert general in in_export(toy.engine, stored, "en")
