"""Passages: whole sentences at their place, within the model's limit, nothing lost."""

import itertools
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partyqa.corpus.chunking import OVERLAP_TOKENS, TARGET_TOKENS, describe, main_place, split_article
from partyqa.corpus.loading import read_corpus
from partyqa.text.normalise import normalise
from partyqa.text.sentences import sentence_spans
from partyqa.types import Article, Passage

ROOT = Path(__file__).resolve().parents[2]


def count_words(text: str) -> int:
    """A toy tokenizer: a token a word and two for the prompt."""
    return len(text.split()) + 2


def assert_sound(article: Article, passages: tuple[Passage, ...], limit: int) -> None:
    for passage in passages:
        assert article.text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert count_words(passage.embeddable) <= limit
        for sentence, following in zip(passage.sentences, passage.sentences[1:], strict=False):
            assert sentence.end <= following.start
            assert not article.text[sentence.end : following.start].strip()
    kept = {at for passage in passages for at in range(passage.start, passage.end)}
    lost = [char for at, char in enumerate(article.text) if at not in kept]
    assert not "".join(lost).strip()


@pytest.mark.parametrize("article", read_corpus(ROOT / "corpus"), ids=lambda article: article.id)
def test_every_chunk_of_every_article_is_its_slice(article: Article) -> None:
    passages = split_article(article, count_words, 512)
    assert_sound(article, passages, 512)
    spans = set(sentence_spans(article.text))
    assert {(s.start, s.end) for passage in passages for s in passage.sentences} == spans


def test_raw_articles_too(seeds: Path) -> None:
    for article in read_corpus(seeds):
        assert_sound(article, split_article(article, count_words, 512), 512)


@given(st.lists(st.text(alphabet="aăđ .,;:!?\n2Q", max_size=60), max_size=30), st.integers(30, 200))
@settings(max_examples=200)
def test_any_text_within_any_limit(pieces: list[str], limit: int) -> None:
    article = Article("a", "Tiêu đề", normalise(". ".join(pieces)))
    assert_sound(article, split_article(article, count_words, limit), limit)


def test_neighbours_overlap_by_whole_sentences() -> None:
    sentence = "Chi bộ họp mỗi tháng một lần và bàn đủ mọi việc của bản mình. "
    article = Article("a", "", (sentence * 60).strip())
    passages = split_article(article, count_words, 512)
    size = count_words(sentence)
    assert {len(p.sentences) for p in passages[:-1]} == {TARGET_TOKENS // size}
    for before, after in itertools.pairwise(passages):
        shared = [s for s in before.sentences if s in after.sentences]
        assert len(shared) == OVERLAP_TOKENS // size
        assert after.sentences[: len(shared)] == tuple(shared)


def test_a_sentence_over_the_limit_is_cut_at_semicolons_and_nothing_is_lost() -> None:
    item = "làm tốt công tác giáo dục chính trị, tư tưởng cho đảng viên"
    article = Article("a", "", "Nhiệm vụ: " + "; ".join([item] * 30) + ".")
    passages = split_article(article, count_words, 100)
    assert_sound(article, passages, 100)
    assert all(p.text.endswith((";", ".")) for p in passages)


def test_an_endless_word_is_cut_rather_than_dropped() -> None:
    article = Article("a", "", "x" * 5000)
    passages = split_article(article, lambda text: len(text) // 4 + 2, 128)
    assert "".join(p.text for p in passages) == article.text
    assert max(len(p.text) // 4 + 2 for p in passages) <= 128


def test_context_has_title_place_and_date_and_is_not_quoted() -> None:
    article = Article(
        "a", "Chuyển biến trong xây dựng Đảng", "Huyện Tam Đường họp. Huyện ủy Tam Đường nêu rõ.",
        published=date(2021, 3, 2),
    )  # fmt: skip
    (passage,) = split_article(article, count_words, 512)
    assert describe(article) == "Chuyển biến trong xây dựng Đảng. Huyện Tam Đường. Ngày 02/03/2021."
    assert passage.embeddable == f"{describe(article)}\n{article.text}"
    assert passage.text == article.text


def test_a_place_named_by_the_title_is_not_said_twice() -> None:
    article = Article("a", "Mường Ảng đổi mới", "Huyện Mường Ảng có 49 tổ chức cơ sở đảng.")
    assert describe(article) == "Mường Ảng đổi mới. Huyện Mường Ảng."
    titled = Article("a", "Huyện Mường Ảng đổi mới", "Huyện Mường Ảng có 49 tổ chức cơ sở đảng.")
    assert describe(titled) == "Huyện Mường Ảng đổi mới."


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Đảng bộ huyện Mường Tè và Huyện uỷ Mường Tè, tỉnh Lai Châu", "huyện Mường Tè"),
        ("tại bản Hón, thị trấn Mường Ảng", "thị trấn Mường Ảng"),
        ("toàn huyện có mười xã", ""),
        ("Thành phố Lai Châu. Thành phố Lai Châu", "thành phố Lai Châu"),
        ("", ""),
    ],
)
def test_main_place(text: str, place: str) -> None:
    assert main_place(text) == place
