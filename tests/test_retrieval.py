"""Retrievers built of others: passages kept in bounds, and put in a new order by a reading model."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from toy import ToyEncoder

from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index
from partyqa.models.base import Reading
from partyqa.retrieval import RERANKED, Fused, Lexical, Reranked, Within
from partyqa.types import Article

ARTICLES = tuple(
    Article(
        f"{number:02d}", f"Bài {number}", f"Đảng bộ số {number} có {number * 7} đảng viên và {number} chi bộ."
    )
    for number in range(30)
)
QUESTION = "Đảng bộ có bao nhiêu đảng viên?"


class LengthReader:
    """Says of a text how long it is; it keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def read(self, question: str, windows: Sequence[tuple[str, str]]) -> list[Reading]:
        self.shown = [text for _, text in windows]
        return [Reading(float(len(text)), 0.0, 0, 1, 0.0, 0.0) for text in self.shown]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> PartyQA:
    folder = tmp_path_factory.mktemp("retrieve") / "index"
    build_index(folder, ARTICLES, ToyEncoder())
    return PartyQA.compose(Index.load(folder), ToyEncoder())


def test_within_finds_only_what_is_inside(engine: PartyQA) -> None:
    inside = np.array([passage.article.id in {"03", "07"} for passage in engine.index.passages])
    hits = Within(engine.retriever, inside).retrieve(QUESTION, 10)
    assert {hit.passage.article.id for hit in hits} == {"03", "07"}
    whole = {hit.passage.id: hit.score for hit in engine.retriever.retrieve(QUESTION, len(ARTICLES))}
    assert all(hit.score == whole[hit.passage.id] for hit in hits)


def test_within_nothing_finds_nothing_and_refuses(engine: PartyQA) -> None:
    nowhere = Within(engine.retriever, np.zeros(len(engine.index.passages), dtype=bool))
    assert nowhere.retrieve(QUESTION, 10) == []
    answer = engine.over(nowhere).ask(QUESTION)
    assert not answer.answered
    assert answer.related == ()


def test_an_answer_within_is_of_what_is_inside(engine: PartyQA) -> None:
    inside = np.array([passage.article.id == "07" for passage in engine.index.passages])
    answer = engine.over(Within(engine.retriever, inside)).ask("Đảng bộ số 7 có bao nhiêu đảng viên?")
    cited = answer.citations or answer.related
    assert {citation.sentence.article.id for citation in cited} == {"07"}


def test_reranked_adds_what_the_model_says_to_the_best(engine: PartyQA) -> None:
    reader = LengthReader()
    fused = engine.retriever
    assert isinstance(fused, Fused)
    before = fused.retrieve(QUESTION, len(ARTICLES))
    after = {
        hit.passage.id: hit.score for hit in Reranked(fused, reader, 0.01).retrieve(QUESTION, len(ARTICLES))
    }
    assert reader.shown == [hit.passage.text for hit in before[:RERANKED]]
    for rank, hit in enumerate(before):
        added = 0.01 * len(hit.passage.text) if rank < RERANKED else 0.0
        assert after[hit.passage.id] == pytest.approx(hit.score + added, abs=1e-6)


def test_what_was_not_read_never_overtakes(engine: PartyQA) -> None:
    class Against(LengthReader):
        def read(self, question: str, windows: Sequence[tuple[str, str]]) -> list[Reading]:
            return [Reading(-9.0 - number, 0.0, 0, 1, 0.0, 0.0) for number, _ in enumerate(windows)]

    before = Lexical(engine.index)
    best = {hit.passage.id for hit in before.retrieve(QUESTION, RERANKED)}
    hits = Reranked(before, Against(), weight=0.05).retrieve(QUESTION, RERANKED)
    assert {hit.passage.id for hit in hits} == best


def test_search_is_reranked_where_a_model_reads(engine: PartyQA) -> None:
    class Last(LengthReader):
        """Holds the last that it is shown for the best, by far."""

        def read(self, question: str, windows: Sequence[tuple[str, str]]) -> list[Reading]:
            return [Reading(100.0 * number, 0.0, 0, 1, 0.0, 0.0) for number, _ in enumerate(windows)]

    plain = [hit.passage.id for hit in engine.search(QUESTION, RERANKED)]
    assert plain == [hit.passage.id for hit in engine.retriever.retrieve(QUESTION, RERANKED)]
    reading = PartyQA.compose(engine.index, engine.encoder, Last())
    assert [hit.passage.id for hit in reading.search(QUESTION, RERANKED)] == plain[::-1]


def test_an_old_name_finds_the_new_province(tmp_path: Path) -> None:
    articles = (
        Article(
            "new", "Tuyên Quang họp", "Tỉnh Tuyên Quang có 124 xã, phường từ tháng 7/2025.", published=None
        ),
        Article("other", "Lai Châu họp", "Tỉnh Lai Châu có 38 xã, phường từ tháng 7/2025."),
    )
    build_index(tmp_path / "index", articles, ToyEncoder())
    words = Lexical(Index.load(tmp_path / "index"))
    assert words.retrieve("Hà Giang sáp nhập vào đâu?", 1)[0].passage.article.id == "new"
    assert words.retrieve("Hà Giang sáp nhập vào đâu?", 1)[0].score > 0
