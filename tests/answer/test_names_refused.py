"""“The articles say nothing about X”: only where they do not, however X is spelt, wherever it stands."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy import toy_engine

from partyqa.answer.calibration import SIGNALS, Judgement
from partyqa.answer.features import FEATURES
from partyqa.engine import PartyQA
from partyqa.types import Article

ARTICLES = (
    Article(
        "a",
        "Sức sống mới ở Kỳ Anh",
        "Bà Tạ Thị Mỹ Lý thăm thị xã Kỳ Anh và huyện Đăk Glei. Tỉnh Bà Rịa - Vũng Tàu gửi quà tới bản Nậm Khòa. "
        "Ông Vừ A Khua kể chuyện Sa Pa và sông Krông Nô. Xã Hòa Thủy có 300 hộ nghèo. Tỉnh Ðồng Nai có Ða Tôn.",
        source="Báo Hòa Bình",
        author="Mùa A Ký",
    ),
    Article(
        "b", "Mùa vàng", "Đoàn từ Quảng Trị ghé Bù Gia Mập, tặng 5 bò.", url="https://bao.vn/cho-don-1.html"
    ),
)
NAMES = (
    "Tạ Thị Mỹ Lý", "Kỳ Anh", "Đăk Glei", "Bà Rịa - Vũng Tàu", "Nậm Khòa", "Vừ A Khua", "Sa Pa", "Krông Nô", "Hòa Thủy",
    "Ðồng Nai", "Báo Hòa Bình", "Mùa A Ký", "Quảng Trị", "Bù Gia Mập", "Chợ Đồn",
)  # fmt: skip
ABSENT = (
    "Mường Nhé",
    "Lý Thị Sơn",
    "Bù Đốp",
    "Mỹ Tho",
    "Báo Phú Thọ",
    "Đăk Hà",
    "Nậm Mạ",
    "Giàng A Ký",
)
REFUSING = Judgement(np.zeros(len(FEATURES)), np.zeros(len(SIGNALS) + 1), threshold=0.9, further=0.0)
CHANGES = {
    "i for y": lambda name: re.sub(r"(?<=[KLM])([yỳỹý])\b", lambda y: "iìĩí"["yỳỹý".index(y[1])], name),
    "c for k": lambda name: name.replace("ăk", "ắc").replace("Krông", "Crông"),
    "dashes": lambda name: name.replace(" - ", "-"),
    "long dashes": lambda name: name.replace(" - ", " – "),
    "no dashes": lambda name: name.replace(" - ", " "),
    "eth": lambda name: name.replace("Đ", "Ð"),
    "no eth": lambda name: name.replace("Ð", "Đ"),
    "tones": lambda name: name.replace("òa", "oà").replace("ủy", "uỷ"),
    "together": lambda name: name.replace("Sa Pa", "Sapa"),
    "small": str.lower,
    "capitals": str.upper,
}
ASKING = (
    "{} có bao nhiêu đảng viên?",
    "Đảng bộ {} ở đâu?",
    "Ai kể về {}?",
    "Theo {}, năm nay có gì mới?",
    "Tôi quê {}, cho tôi hỏi có bao nhiêu hộ nghèo?",
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> PartyQA:
    return toy_engine(tmp_path_factory.mktemp("names") / "index", ARTICLES, REFUSING)


def reason(engine: PartyQA, question: str) -> str:
    refusal = engine.ask_as_written(question).refusal
    assert refusal is not None
    return refusal.reason


@given(st.sampled_from(NAMES), st.sets(st.sampled_from(sorted(CHANGES))), st.sampled_from(ASKING))
def test_a_name_that_stands_in_an_article_is_never_said_to_be_unknown(
    engine: PartyQA, name: str, changes: set[str], asking: str
) -> None:
    for change in sorted(changes):
        name = CHANGES[change](name)
    assert reason(engine, asking.format(name)) != "unknown_name"


@given(st.sampled_from(ABSENT), st.sampled_from(ASKING[:4]))
def test_a_name_that_stands_in_none_is(engine: PartyQA, name: str, asking: str) -> None:
    assert reason(engine, asking.format(name)) == "unknown_name"


@pytest.mark.parametrize(
    "question",
    [
        "Tôi ở Mường Nhé, cho hỏi Kỳ Anh có mấy hộ nghèo?",
        "Em công tác tại huyện Mường Nhé. Hòa Thủy có bao nhiêu hộ nghèo?",
        "Đang so sánh với các huyện trong vùng Tây Bắc, tôi muốn biết Kỳ Anh có gì mới?",
        "toi o Muong Nhe, cho hoi Ky Anh co may ho ngheo?",
    ],
)
def test_a_name_that_is_only_mentioned_is_none_to_be_known(engine: PartyQA, question: str) -> None:
    assert reason(engine, question) == "no_evidence"
