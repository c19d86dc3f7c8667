"""What a reader is shown of the passages found, and that its words decide: whole passages, two first, then more."""

from collections.abc import Sequence

import numpy as np
import pytest
from toy import toy_engine

from partyqa.answer import answerer as module
from partyqa.answer.answerer import PASSAGES_READ, READ_FIRST
from partyqa.answer.calibration import Judgement, chosen_by, trusted_by
from partyqa.engine import PartyQA
from partyqa.models.base import Reading, Window
from partyqa.question.query import understand
from partyqa.types import Answer, Article

ARTICLES = tuple(
    Article(
        f"ban-{number}",
        f"Bản {number}",
        f"Bản thứ {number} họp chợ. Chợ của bản {number} có {number + 20} hàng vải. "
        f"Bà con bản {number} gọi chợ là phiên {number}.",
    )
    for number in range(8)
)
QUESTION = "Chợ của bản 3 có bao nhiêu hàng vải?"


def judgement() -> Judgement:
    """One that believes the margin alone."""
    choose = np.array([float(name == "margin") for name in chosen_by(reading=True)])
    trust = np.array([float(name == "mass") for name in (*trusted_by(reading=True), "intercept")])
    return Judgement(choose, trust, 0.5, 0.0)


class WordReader:
    """Takes `words` for the answer wherever they stand; it keeps what it was shown, a list for each call."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.shown: list[list[str]] = []

    def read(self, question: str, windows: Sequence[tuple[str, str]]) -> list[Reading]:
        return [self.read_sentences(question, [(c, text, [(0, len(text))])])[0][0] for c, text in windows]

    def read_sentences(self, question: str, windows: Sequence[Window]) -> list[list[Reading]]:
        self.shown.append([text for _, text, _ in windows])
        return [
            [self._reading(text[start:end], self.words in text) for start, end in sentences]
            for _, text, sentences in windows
        ]

    def _reading(self, sentence: str, answers: bool) -> Reading:
        at = sentence.find(self.words)
        score = 9.0 if at >= 0 else -9.0
        start, end = (at, at + len(self.words)) if at >= 0 else (0, 0)
        return Reading(9.0 if answers else -9.0, 0.0, start, end, score, score)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> PartyQA:
    return toy_engine(tmp_path_factory.mktemp("read") / "index", ARTICLES, judgement(), WordReader(""))


def ask(engine: PartyQA, reader: WordReader) -> tuple[Answer, list[str]]:
    """The answer, and the texts of the passages found, best first."""
    engine.answerer.reader = reader
    query = understand(QUESTION)
    hits = engine.retriever.retrieve(query.text, 7)
    return engine.answerer.answer(query, hits), [hit.passage.text for hit in hits]


def test_the_sentence_and_the_words_are_those_read(engine: PartyQA) -> None:
    answer, _ = ask(engine, WordReader("23 hàng vải"))
    (citation,) = answer.citations[:1]
    assert citation.sentence.text == "Chợ của bản 3 có 23 hàng vải."
    assert citation.highlight and citation.sentence.text[slice(*citation.highlight)] == "23 hàng vải"


def test_without_a_passage_that_is_sure_the_best_five_are_read_whole(engine: PartyQA) -> None:
    reader = WordReader("không có ở đâu")
    answer, found = ask(engine, reader)
    assert not answer.answered
    assert [text for call in reader.shown for text in call] == found[:PASSAGES_READ]
    assert [len(call) for call in reader.shown] == [READ_FIRST, PASSAGES_READ - READ_FIRST]


def test_a_passage_that_is_sure_spares_the_others(engine: PartyQA, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENOUGH", 5.0)
    _, found = ask(engine, WordReader("không có ở đâu"))
    inside = WordReader(found[0].split(". ")[1])
    answer, _ = ask(engine, inside)
    assert inside.shown == [found[:READ_FIRST]] and answer.answered
    assert all(one.sentence.article.text in found[:READ_FIRST] for one in answer.citations)


def test_a_later_passage_is_read_where_the_first_are_not_sure(engine: PartyQA) -> None:
    _, found = ask(engine, WordReader("không có ở đâu"))
    answer, _ = ask(engine, WordReader(found[3].split(". ")[1]))
    assert answer.answered and answer.citations[0].sentence.article.text == found[3]
    beyond = WordReader(found[6].split(". ")[1])
    ask(engine, beyond)
    assert found[6] not in [text for call in beyond.shown for text in call], "what is not among the best"
