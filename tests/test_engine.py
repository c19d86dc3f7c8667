"""The whole behind one class, and retrieval against scores that NumPy computes the long way round."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from toy import ToyEncoder, bm25, toy_articles

from partyqa.engine import PartyQA
from partyqa.errors import CorpusError, EncoderError, QuestionError
from partyqa.index.index import Index, build_index
from partyqa.models.loading import load_encoder, load_reader
from partyqa.question.query import understand
from partyqa.retrieval import (
    CANDIDATES,
    DENSE_WEIGHT,
    Dense,
    Fused,
    Lexical,
    Reranked,
    Scorer,
    Scores,
    Within,
)
from partyqa.schema import hit_json
from partyqa.text.tokens import tokens
from partyqa.types import Answer, Hit

TWIN = toy_articles(12, seed=3)[5]
ARTICLES = (*toy_articles(12, seed=3), replace(TWIN, id="a/twin"), replace(TWIN, id="z/twin"))
QUESTIONS = (
    "Mường Ảng kết nạp bao nhiêu đảng viên?",
    "Bản nào ở Sìn Hồ chưa có chi bộ?",
    "uy ban kiem tra",
    "zzz",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("toy") / "index"
    build_index(folder, ARTICLES, ToyEncoder())
    return Index.load(folder)


@pytest.fixture(scope="module")
def toy(index: Index) -> PartyQA:
    return PartyQA.compose(index, ToyEncoder())


# retrieve.py


def cosines(index: Index, question: str) -> NDArray[np.float64]:
    """Every passage embedded anew and multiplied out in double precision."""
    rows = ToyEncoder().embed_passages([passage.embeddable for passage in index.passages])
    return rows.astype(np.float64) @ ToyEncoder().embed_queries([question])[0].astype(np.float64)


def words(index: Index, question: str) -> NDArray[np.float64]:
    passages = [tokens(passage.embeddable) for passage in index.passages]
    return np.array(bm25(passages, tokens(question), k1=1.5, b=0.75))


def stretched(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    span = scores.max() - scores.min()
    return (scores - scores.min()) / span if span else scores * 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_are_those_computed_the_long_way(index: Index, question: str) -> None:
    near, said = cosines(index, question), words(index, question)
    dense, lexical = Dense(index, ToyEncoder()), Lexical(index)
    np.testing.assert_allclose(scores_of(dense, question), near, atol=1e-6)
    np.testing.assert_allclose(scores_of(lexical, question), said, rtol=1e-5, atol=1e-6)
    for scorer, scores in ((dense, near), (lexical, said)):
        assert scorer.ranking(question).extent() == pytest.approx((scores.min(), scores.max()), abs=2e-5)
    for weight in (0.0, 0.3, 0.7, 1.0):
        expected = weight * stretched(near) + (1 - weight) * stretched(said)
        fused = scores_of(Fused(dense, lexical, weight), question)
        assert fused.dtype == np.float32
        np.testing.assert_allclose(fused, expected, atol=2e-5)
    twice = scores_of(Fused(Fused(dense, lexical, 0.7), lexical, 0.4), question)  # closed under composition
    inner = 0.7 * stretched(near) + 0.3 * stretched(said)
    np.testing.assert_allclose(twice, 0.4 * inner + 0.6 * stretched(said), atol=5e-5)


def scores_of(scorer: Scorer, question: str) -> Scores:
    """The score of every passage, in order."""
    return scorer.ranking(question).at(np.arange(len(scorer.index.passages)))


def scorers(index: Index) -> Iterator[Scorer]:
    dense, lexical = Dense(index, ToyEncoder()), Lexical(index)
    yield from (dense, lexical, Fused(Fused(dense, lexical), lexical))
    yield from (Fused(dense, lexical, weight) for weight in (0.0, 0.3, DENSE_WEIGHT, 1.0))


@pytest.mark.parametrize("candidates", [1, 5, CANDIDATES])
@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_are_the_best_of_all_first_and_equals_by_passage_id(
    index: Index, question: str, candidates: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few candidates are looked at, and whatever is left out by a filter."""
    monkeypatch.setattr("partyqa.retrieval.CANDIDATES", candidates)
    total = len(index.passages)
    for scorer in scorers(index):
        scores = scores_of(scorer, question)
        for inside in (
            np.ones(total, bool),
            np.arange(total) % 3 == 0,
            np.arange(total) == 4,
            np.zeros(total, bool),
        ):
            rows = np.flatnonzero(inside).tolist()
            order = sorted(rows, key=lambda row: (-scores[row], index.passages[row].id))
            expected = [Hit(index.passages[row], float(scores[row])) for row in order]
            for k in (0, 1, 2, 3, 7, total - 1, total, total + 1, 10 * total):
                assert Within(scorer, inside).retrieve(question, k) == expected[:k]
                assert Within(Within(scorer, inside), inside).retrieve(question, k) == expected[:k]
                assert not inside.all() or scorer.retrieve(question, k) == expected[:k]


def test_passages_of_twin_articles_tie_and_come_by_id(index: Index) -> None:
    for retriever in scorers(index):
        found = retriever.retrieve(TWIN.title, len(index.passages))
        by_text: dict[str, list[Hit]] = {}
        for hit in found:
            by_text.setdefault(hit.passage.embeddable, []).append(hit)
        triples = [hits for hits in by_text.values() if len(hits) > 1]
        assert triples and all(len(hits) == 3 for hits in triples)
        for hits in triples:
            assert len({hit.score for hit in hits}) == 1
            assert [hit.passage.article.id for hit in hits] == ["a/twin", TWIN.id, "z/twin"]


def test_a_question_typed_otherwise_is_the_same_question(index: Index) -> None:
    import unicodedata

    for scorer in scorers(index):
        decomposed = unicodedata.normalize("NFD", QUESTIONS[0])
        np.testing.assert_array_equal(scores_of(scorer, decomposed), scores_of(scorer, QUESTIONS[0]))


# engine.py


def test_an_article_is_found_by_its_id_and_an_unknown_one_is_said(toy: PartyQA) -> None:
    assert toy.article("a/twin") is next(article for article in toy.articles if article.id == "a/twin")
    assert toy.article("a/twin").text == TWIN.text
    for wrong in ("a", "", "a/twin ", "../corpus"):
        with pytest.raises(CorpusError) as caught:
            toy.article(wrong)
        assert repr(wrong) in caught.value.vi and repr(wrong) in caught.value.en


def test_another_encoder_than_the_index_was_built_with_is_refused(index: Index, tmp_path: Path) -> None:
    with pytest.raises(EncoderError) as caught:
        PartyQA.compose(index, ToyEncoder("2"))
    assert "partyqa index --encoder toy" in caught.value.vi
    build_index(tmp_path, ARTICLES[:2], ToyEncoder())
    with pytest.raises(EncoderError):
        PartyQA.open(tmp_path)  # an index made with "toy", which is no model that can be loaded
    with pytest.raises(EncoderError, match="mô hình toy, không phải partyqa-retriever"):
        PartyQA.open(tmp_path, encoder="partyqa-retriever")


def test_a_question_without_words_is_refused_before_it_is_searched(toy: PartyQA) -> None:
    for question in ("", " \n\t", "😀", "?!", "x" * 100_000):
        for method in (toy.ask, toy.search):
            with pytest.raises(QuestionError):
                method(question)


def test_a_search_is_the_retriever_s_put_in_order_by_the_reading_model(engine: PartyQA) -> None:
    question = "Huyện Mường Ảng có bao nhiêu tổ chức cơ sở đảng?"
    text = understand(question).text
    hits = engine.search(question, 4)
    model = load_reader()
    assert model is not None
    assert hits == Reranked(engine.retriever, model).retrieve(text, 4) != engine.retriever.retrieve(text, 4)
    without = PartyQA.compose(engine.index, load_encoder(), None)
    assert without.search(question, 4) == engine.retriever.retrieve(text, 4)
    for rank, hit in enumerate(hits, 1):
        row = hit_json(rank, hit)
        assert row["rank"] == rank
        assert row["text"] == engine.article(row["article_id"]).text[row["start"] : row["end"]]
        assert row["passage_id"] == f"{row['article_id']}:{row['start']}-{row['end']}"


def content(answer: Answer) -> Answer:
    """Everything about an answer but how long it took."""
    return replace(answer, timings={})


ASKED = (
    "Huyện Mường Ảng có bao nhiêu tổ chức cơ sở đảng?",
    "Năm 2016 Mường Ảng kết nạp bao nhiêu đảng viên?",
    "Ai là tác giả bài về thị trấn Mường Lát?",
    "Giá vàng hôm nay bao nhiêu?",
    "ty le to chuc co so dang trong sach vung manh o muong ang",
    "Sai phạm của cán bộ thị trấn Mường Lát bị xử lý thế nào?",
    "Mường Tè có bao nhiêu đảng viên năm 2020?",
    "Đảng bộ tỉnh Lai Châu có bao nhiêu chi bộ?",
)


def test_an_answer_is_the_same_each_time_and_says_how_long_it_took(
    built_index: Path, engine: PartyQA
) -> None:
    other = PartyQA.open(built_index)
    for question in ASKED:
        answers = [engine.ask(question), engine.ask(question), other.ask(question)]
        assert content(answers[0]) == content(answers[1]) == content(answers[2])
        for answer in answers:
            assert set(answer.timings) >= {"retrieve", "read", "total"}
            assert all(spent >= 0 for spent in answer.timings.values())
            assert answer.timings["total"] >= answer.timings["retrieve"] + answer.timings["read"] - 1e-6


def test_8_threads_get_the_answers_that_one_gets(built_index: Path) -> None:
    """Each thread begins with another question; the engine is new, so that nothing is remembered."""
    engine = PartyQA.open(built_index)
    together = threading.Barrier(8)

    def ask_all(first: int) -> dict[str, Answer]:
        together.wait()
        turned = (*ASKED[first:], *ASKED[:first])
        return {question: content(engine.ask(question)) for question in turned}

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask_all, range(8)))
    alone = PartyQA.open(built_index)
    expected = {question: content(alone.ask(question)) for question in ASKED}
    assert all(answers == expected for answers in found)


def test_what_is_cited_is_in_the_article_and_a_refusal_cites_nothing(engine: PartyQA) -> None:
    answered = 0
    for question in ASKED:
        answer = engine.ask(question)
        answered += answer.answered
        assert 0 <= answer.confidence <= 1
        assert len(answer.citations) <= 3
        assert answer.answered == bool(answer.citations)
        for citation in (*answer.citations, *answer.related):
            sentence = citation.sentence
            assert sentence.article is engine.article(sentence.article.id)
            assert sentence.text == sentence.article.text[sentence.start : sentence.end] != ""
            if citation.highlight:
                start, end = citation.highlight
                assert 0 <= start < end <= len(sentence.text)
        assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert 0 < answered < len(ASKED)
