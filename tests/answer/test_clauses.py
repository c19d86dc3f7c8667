"""Clauses that are asked for by their number: all their sentences, in order, or why there are none."""

from collections.abc import Iterator

import numpy as np
import pytest
from toy import toy_engine

from partyqa.answer.calibration import Judgement
from partyqa.corpus.readers import official
from partyqa.corpus.readers.fields import article
from partyqa.engine import PartyQA
from partyqa.question.query import understand
from partyqa.retrieval import Within
from partyqa.types import Article, Refusal

FEES = [
    "Điều 1. Thẻ",
    "Thẻ do xã cấp.",
    "Điều 2. Lệ phí",
    "1. Mức nộp của người mượn sách:",
    "a) Trong xã: 4.000 đồng;",
    "b) Ngoài xã: 2.000 đồng.",
    "2. Người già được miễn. Người nghèo được giảm.",
    "Điều 3. Từ điển",
    "Từ điển không cho mượn.",
]
MARKET = ["Điều 2. Họp chợ", "Chợ họp ngày chủ nhật.", "Điều 5. Hiệu lực", "Có hiệu lực từ ngày ký."]


def _document(name: str, lines: list[str], title: str, number: str) -> Article:
    return article(name, official.with_clauses(lines), name, title=title, number=number)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PartyQA]:
    documents = [
        _document("sach", FEES, "QUY CHẾ mượn sách", "12/2020/QĐ-UBND"),
        _document("cho", MARKET, "QUY ĐỊNH về chợ phiên", "99-QĐ/HU"),
    ]
    yield toy_engine(tmp_path_factory.mktemp("clauses"), documents, Judgement.shipped(reading=False))


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("Điều 3 quy định gì?", FEES[7:9]),
        (
            "Điều 2 Quy chế mượn sách quy định gì?",
            [*FEES[2:6], "2. Người già được miễn.", "Người nghèo được giảm."],
        ),
        ("khoản 1 Điều 2 Quy chế 12/2020/QĐ-UBND nói gì", FEES[3:6]),
        ("Điểm b khoản 1 Điều 2 quy chế mượn sách", [FEES[5]]),
        ("dieu 2 quy dinh 99-QD/HU quy dinh gi", MARKET[:2]),
        ("Cho tôi biết nội dung Điều 5", MARKET[2:]),
        ("Điều 3 và Điều 1 quy định về việc gì?", [*FEES[7:9], *FEES[:2]]),
    ],
)
def test_a_clause_is_quoted_whole_and_alone(engine: PartyQA, question: str, quotes: list[str]) -> None:
    answer = engine.ask(question)
    assert [citation.sentence.text for citation in answer.citations] == quotes
    assert answer.refusal is None and answer.confidence == 1.0
    assert [grounds.around for grounds in answer.grounds] == [answer.grounds[0].around] * len(quotes)


def test_a_filter_keeps_clauses_of_other_articles_out(engine: PartyQA) -> None:
    inside = np.array([passage.article.id == "cho" for passage in engine.index.passages])
    narrowed = engine.over(Within(engine.retriever, inside))
    assert engine.ask("Điều 2 quy định gì?").refusal.reason == "which_document"
    assert [it.sentence.text for it in narrowed.ask("Điều 2 quy định gì?").citations] == MARKET[:2]
    for outside in ("Điều 3 Quy chế mượn sách quy định gì?", "Theo Điều 3, mượn từ điển được không?"):
        assert {it.sentence.article.id for it in engine.ask(outside).citations} == {"sach"}
        assert {it.sentence.article.id for it in narrowed.ask(outside).citations} <= {"cho"}


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (
            "Điều 9 Quy chế mượn sách quy định gì?",
            Refusal("no_clause", {"clause": "Điều 9", "document": "QUY CHẾ mượn sách (số 12/2020/QĐ-UBND)"}),
        ),
        (
            "khoản 7 Điều 2 Quy định 99-QĐ/HU nói gì?",
            Refusal(
                "no_clause", {"clause": "khoản 7 Điều 2", "document": "QUY ĐỊNH về chợ phiên (số 99-QĐ/HU)"}
            ),
        ),
        ("Điều 40 quy định gì?", Refusal("no_such_clause", {"clause": "Điều 40"})),
        (
            "Điều 2 quy định gì?",
            Refusal(
                "which_document",
                {
                    "clause": "Điều 2",
                    "documents": "QUY CHẾ mượn sách (số 12/2020/QĐ-UBND); QUY ĐỊNH về chợ phiên (số 99-QĐ/HU)",
                },
            ),
        ),
    ],
)
def test_a_clause_that_there_is_not_or_twice_is_refused(engine: PartyQA, question: str, why: Refusal) -> None:
    answer = engine.ask(question)
    assert (answer.refusal, answer.citations, answer.text) == (why, (), why.text())
    assert why.arguments["clause"] in why.text("en")


def test_a_clause_of_a_document_that_is_not_here_is_left_to_the_articles(engine: PartyQA) -> None:
    answer = engine.ask("Điều 2 Quyết định 7/2001/QĐ-TTg quy định gì?")
    assert answer.refusal is None or answer.refusal.reason not in ("no_clause", "which_document")


def test_what_is_asked_of_a_clause_is_looked_for_there(engine: PartyQA) -> None:
    answer = engine.ask("Theo Điều 2 Quy chế mượn sách, người ngoài xã nộp bao nhiêu đồng?")
    shown = [*answer.citations, *answer.related]
    assert shown
    assert {citation.sentence.path[0] for citation in shown} == {"Điều 2. Lệ phí"}


def test_of_clauses_alike_the_one_with_more_of_the_words_is_meant(engine: PartyQA) -> None:
    """The other one is of another case: it answers nothing."""
    query = understand("Người ngoài xã mượn sách nộp bao nhiêu đồng?")
    hits = engine.retriever.retrieve(query.text, 10)
    ranked = engine.answerer.consider(query, hits).ranked
    contradicting = {one.sentence.text for one in ranked if one.contradicts}
    assert FEES[4] in contradicting
    assert FEES[5] not in contradicting


@pytest.mark.parametrize(
    "question", ["Có 3 khoản 5 triệu đồng không?", "khoản 2 nói gì?", "Mục tiêu 1 là gì?", "Điều gì mới?"]
)
def test_other_words_name_no_clause(question: str) -> None:
    assert understand(question).clauses is None
