"""Abbreviations learned from the articles, and the second spelling in which a question is asked."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy import ToyEncoder, toy_articles

from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index
from partyqa.question.abbreviations import Learned, explained
from partyqa.text.tokens import tokens
from partyqa.text.views import TextView
from partyqa.types import Article


def learned(*texts: str) -> dict[str, str]:
    return dict(Learned.of(Article(str(at), "", text) for at, text in enumerate(texts)).full)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("các tổ chức cơ sở đảng (TCCSĐ) của tỉnh", [("TCCSĐ", "tổ chức cơ sở đảng")]),
        ("Bộ Chỉ huy Quân sự (BCHQS) tỉnh", [("BCHQS", "Bộ Chỉ huy Quân sự")]),
        ("kiểm tra, giám sát (KTGS)", [("KTGS", "kiểm tra, giám sát")]),
        ("phát triển kinh tế - xã hội (KT-XH)", [("KT-XH", "kinh tế - xã hội")]),
        ("Sở Giáo dục và Đào tạo (GD&ĐT)", [("GD&ĐT", "Giáo dục và Đào tạo")]),
        (
            "Ủy ban nhân dân (UBND), Hội đồng nhân dân (HĐND)",
            [("UBND", "Ủy ban nhân dân"), ("HĐND", "Hội đồng nhân dân")],
        ),
        ("Hội đồng nhân dân  (HĐND)", [("HĐND", "Hội đồng nhân dân")]),
        # no pair
        ("đảng viên (DV)", []),
        ("dân vận (ĐV)", []),
        ("Nghị quyết Trung ương 4 khóa XI (XI)", []),
        ("ở xã Ít (XI)", []),
        ("Nghị quyết (NQ35)", []),
        ("đảng. viên (ĐV)", []),
        ("tổ chức 12 đảng (TCĐ)", []),
        ("chi bộ (tccsđ)", []),
        ("(TCCSĐ)", []),
        ("sở đảng (TCCSĐ)", []),
        ("Bản (B)", []),
    ],
)
def test_what_an_article_explains(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(explained(text)) == pairs


def test_what_the_lexicon_knows_and_what_is_explained_in_two_ways_is_not_learned() -> None:
    assert learned("tổ chức cơ sở đảng (TCCSĐ)", "Kiểm tra, giám sát (KTGS)") == {}
    assert learned("khu kinh tế (KKT)", "Khu Kinh tế (KKT)") == {"KKT": "khu kinh tế"}
    assert learned("khu kinh tế (KKT)", "kho khí tài (KKT)") == {}
    assert learned("Biên tập viên (BTV)") == {"BTV": "Biên tập viên"}, "here it stands for something else"


ARMY = Learned({"BCHQS": "Bộ Chỉ huy Quân sự", "KT": "kinh tế", "UBKTX": "ủy ban kiểm tra xã"})


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("BCHQS có mấy chi bộ?", "Bộ Chỉ huy Quân sự có mấy chi bộ?"),
        ("bchqs có mấy chi bộ?", "Bộ Chỉ huy Quân sự có mấy chi bộ?"),
        ("Bộ chỉ huy quân sự có mấy chi bộ?", "BCHQS có mấy chi bộ?"),
        ("bo chi huy quan su co may chi bo", "BCHQS co may chi bo"),
        ("Ngành KT của BCHQS?", "Ngành kinh tế của Bộ Chỉ huy Quân sự?"),
        ("ngành kt?", ""),
        ("Nền kinh tế?", ""),
        ("BCHQSX ở đâu?", ""),
        ("Mường Ảng có mấy chi bộ?", ""),
        ("", ""),
    ],
)
def test_the_other_spelling_of_a_question(question: str, other: str) -> None:
    assert ARMY.other_spelling(TextView(question)) == other


@given(st.text(alphabet="aăbcđ ĐBCKT(),-&.xX", max_size=60))
def test_a_pair_stands_in_the_text_as_it_was_learned(text: str) -> None:
    for short, full in explained(text):
        assert f"({short})" in text
        assert full in text
        initials = [word[0].upper() for word in full.replace("-", " ").replace(",", " ").split()]
        letters = [letter for letter in short if letter.isalpha()]
        assert len(initials) == len(letters), "no linking words in this alphabet"
        assert all((one == "Đ") == (other == "Đ") for one, other in zip(initials, letters, strict=True))


def test_two_megabytes_are_learned_from_in_little_time() -> None:
    text = (
        "Khu kinh tế (KKT) và các tổ chức cơ sở đảng (TCCSĐ) của huyện có 12 chi bộ, đạt 85% kế hoạch. " * 20
    )
    articles = [Article(str(number), "", text) for number in range(2_000_000 // len(text))]
    spent = []
    for _ in range(3):
        started = time.process_time()
        assert Learned.of(articles).full == {"KKT": "Khu kinh tế"}
        spent.append(time.process_time() - started)
    assert min(spent) < 1.0, "without 40,000 brackets it is a hundredth of that"


def test_a_question_is_asked_in_both_spellings_and_the_surer_answer_counts(tmp_path: Path) -> None:
    both = Article(
        "quân", "Quân sự", "Bộ Chỉ huy Quân sự (BCHQS) tỉnh họp. BCHQS có 12 chi bộ. Trạm Z (TZ) có 3 chi bộ."
    )
    build_index(tmp_path, [both, *toy_articles(8, seed=2)], ToyEncoder())
    engine = PartyQA.compose(Index.load(tmp_path), ToyEncoder())
    full, short = "Bộ Chỉ huy Quân sự có bao nhiêu chi bộ?", "BCHQS có bao nhiêu chi bộ?"
    found = {question: engine.ask_as_written(question) for question in (full, short)}
    assert found[full].confidence != found[short].confidence
    best = max(found.values(), key=lambda answer: answer.confidence)
    for question in (full, short):
        answer = engine.ask(question)
        assert answer.question == question
        assert answer.standalone_question == best.standalone_question
        assert (answer.confidence, answer.citations) == (best.confidence, best.citations)
    assert set(tokens(short)) == set(tokens("BCHQS")) | set(tokens("có bao nhiêu chi bộ?")) | {
        "bchqs_co1",
        "~bchqs_co",
    }, "tokens know nothing of what was learned"


def test_a_question_looked_over_is_asked_as_it_is_written(tmp_path: Path) -> None:
    build_index(tmp_path, toy_articles(8, seed=2), ToyEncoder())
    engine = PartyQA.compose(Index.load(tmp_path), ToyEncoder())
    for question in (
        "Chào bạn, Mườgn Ảng có mấy chi bộ?",
        "muong ang co may chi bo",
        "Còn ở đó?",
        "Xin chào",
    ):
        assert engine.ask_as_written(question).standalone_question == question
    assert engine.ask("muong ang co may chi bo").standalone_question != "muong ang co may chi bo"
