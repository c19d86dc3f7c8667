"""The index against brute force: vectors, words, round trips, and what a rebuild does and does not touch."""

import math
import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from toy import DIMENSION, ToyEncoder, bm25, toy_articles

from partyqa.corpus.chunking import CHUNKING, split_article
from partyqa.corpus.loading import corpus_digest
from partyqa.errors import CorpusError, EncoderError, IndexFormatError, IndexStaleError
from partyqa.index.bm25 import FILES, BM25Index
from partyqa.index.index import BuildReport, Index, build_index, check_index
from partyqa.models.base import Encoder
from partyqa.text.tokens import RULES_VERSION, tokens
from partyqa.types import Article, Sentence

TWINS = tuple(  # one text under many ids: every score is a tie
    Article(id=f"tin/{number}", title="Tin vắn", text="Chi bộ bản Nậm Pồ kết nạp 3 đảng viên.")
    for number in (7, 30, 100, 2, 41)
)
ODD = Article(
    id="lạ",
    title='Dấu "ngoặc" \\ và đường\tkẻ',
    text="Câu một có\u2028ngắt dòng và 😀. Câu hai: “trích dẫn”, 2.128 đảng viên, 62,5%.\n\nTP. Hồ Chí Minh.",
    source="Báo Điện Biên",
    url="https://example.vn/bài?a=1&b=2",
    published=date(2017, 3, 1),
    author="Nguyễn Văn A.",
)
ARTICLES = (*toy_articles(14, seed=1), *TWINS, ODD)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("index")
    build_index(place, ARTICLES, ToyEncoder())
    return place


@pytest.fixture(scope="module")
def index(folder: Path) -> Index:
    return Index.load(folder)


def cosines(index: Index, query: NDArray[np.float32]) -> list[float]:
    """Brute force, each sum exact, from vectors that never went through the index."""
    rows = ToyEncoder().embed_passages([passage.embeddable for passage in index.passages])
    return [math.fsum(a * b for a, b in zip(row, query.tolist(), strict=True)) for row in rows.tolist()]


def sentences_of(index: Index) -> list[Sentence]:
    """Every sentence, each once, though overlapping passages share some."""
    return list({s: None for passage in index.passages for s in passage.sentences})


def random_queries(count: int, seed: int) -> list[NDArray[np.float32]]:
    rows = np.random.default_rng(seed).standard_normal((count, DIMENSION))
    return list((rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32))


@pytest.mark.parametrize("share", [None, 0.0, 0.02, 0.3, 1.0])
def test_the_nearest_are_those_of_brute_force(index: Index, share: float | None) -> None:
    total = len(index.passages)
    for seed, query in enumerate(random_queries(20, seed=2)):
        inside = None if share is None else np.random.default_rng(seed).random(total) < share
        expected = cosines(index, query)
        among = range(total) if inside is None else np.flatnonzero(inside).tolist()
        order = sorted(among, key=lambda row: (-expected[row], index.passages[row].id))
        for k in (1, 5, 20, total, total + 50):
            found = index.vectors.nearest(query, k, inside)
            assert found.tolist() == order[:k]
            scores = index.vectors.cosines(query, found)
            assert scores.dtype == np.float32 and scores.shape == found.shape
            np.testing.assert_allclose(scores, [expected[row] for row in found], atol=1e-6)


def test_equal_vectors_tie_and_are_ordered_by_passage_id(tmp_path: Path) -> None:
    ids = np.random.default_rng(4).permutation(200)
    articles = [replace(TWINS[0], id=f"tin/{number}") for number in ids]
    encoder = ToyEncoder()
    report = build_index(tmp_path, articles, encoder)
    assert (report.passages, report.embedded, report.reused) == (200, 1, 199)
    index = Index.load(tmp_path)
    query = encoder.embed_queries(["đảng viên Nậm Pồ"])[0]
    by_id = sorted(passage.id for passage in index.passages)
    even = np.array([passage.id in by_id[::2] for passage in index.passages])
    for inside, expected in ((None, by_id[:7]), (even, by_id[:14:2])):
        found = index.vectors.nearest(query, 7, inside)
        assert [index.passages[row].id for row in found] == expected
        assert len(set(index.vectors.cosines(query, found).tolist())) == 1


def test_nothing_is_found_by_asking_for_nothing_and_a_wrong_length_is_refused(index: Index) -> None:
    query = random_queries(1, seed=5)[0]
    assert index.vectors.nearest(query, 0).tolist() == []
    with pytest.raises(ValueError, match="63 numbers"):
        index.vectors.nearest(query[1:], 3)


def test_score_sentences_equals_brute_force(index: Index) -> None:
    sentences = sentences_of(index)
    assert len(sentences) > len({sentence.text for sentence in sentences}) > len(index.passages)
    rows = ToyEncoder().embed_passages([sentence.text for sentence in sentences]).tolist()
    order = np.random.default_rng(7).permutation(len(sentences)).tolist()
    for query in random_queries(5, seed=7):
        expected = [math.fsum(a * b for a, b in zip(row, query.tolist(), strict=True)) for row in rows]
        scores = index.score_sentences(query, sentences)
        assert scores.dtype == np.float32 and scores.shape == (len(sentences),)
        np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-3)
        shuffled = index.score_sentences(query, [sentences[row] for row in order])
        np.testing.assert_allclose(shuffled, [expected[row] for row in order], rtol=0, atol=1e-3)
    assert index.score_sentences(query, []).shape == (0,)
    with pytest.raises(ValueError, match="63 numbers"):
        index.score_sentences(query[1:], sentences)


def test_equal_sentences_tie_whatever_else_is_scored(index: Index) -> None:
    sentences = sentences_of(index)
    twins = [sentence for sentence in sentences if sentence.article in TWINS]
    assert len(twins) == len(TWINS) and len({twin.text for twin in twins}) == 1
    for query in random_queries(5, seed=8):
        alone = index.score_sentences(query, twins[:1]).tolist()
        for others in range(12):
            among = [*sentences[:others], *twins]
            assert index.score_sentences(query, among)[others:].tolist() == alone * len(twins)


def test_the_vectors_are_the_embeddings_and_cannot_be_changed(index: Index) -> None:
    expected = ToyEncoder().embed_passages([passage.embeddable for passage in index.passages])
    np.testing.assert_array_equal(index.vectors.to_numpy(), expected)
    index.vectors.to_numpy()[:] = 0
    np.testing.assert_array_equal(index.vectors.to_numpy(), expected)


@pytest.mark.parametrize("seed", range(4))
def test_word_scores_equal_plain_bm25_on_random_corpora(seed: int) -> None:
    choose = np.random.default_rng(seed)
    words = [f"w{number}" for number in range(40)]
    passages = [list(choose.choice(words[:35], size=choose.integers(0, 30))) for _ in range(25)]
    passages.append(["w1"])
    built = BM25Index.build(passages)
    stored = BM25Index.from_files(built.files(), len(passages))
    for _ in range(10):
        question = [str(word) for word in choose.choice(words, size=6)]  # some repeated, some unknown
        expected = bm25(passages, question, k1=1.5, b=0.75)
        np.testing.assert_allclose(built.scores(question), expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(stored.scores(question), built.scores(question))
    assert set(built.files()) == set(FILES)
    assert BM25Index.build(iter(passages)).files() == built.files()


def test_word_scores_of_the_index_equal_plain_bm25(index: Index) -> None:
    passages = [tokens(passage.embeddable) for passage in index.passages]
    for question in ("Mường Ảng kết nạp bao nhiêu đảng viên?", "TP. Hồ Chí Minh", "2128", "zzz", ""):
        words = tokens(question)
        scores = index.score_tokens(words)
        assert scores.dtype == np.float32
        np.testing.assert_allclose(scores, bm25(passages, words, k1=1.5, b=0.75), rtol=1e-5, atol=1e-6)
    rare = tokens("Ảng")[0]
    holding = sum(rare in words for words in passages)
    assert 0 < holding < len(passages)
    assert index.idf(rare) == pytest.approx(math.log(1 + (len(passages) - holding + 0.5) / (holding + 0.5)))
    assert index.idf("zzz") == pytest.approx(math.log(1 + (len(passages) + 0.5) / 0.5))


def test_what_is_loaded_equals_what_was_given(index: Index) -> None:
    encoder = ToyEncoder()
    assert index.articles == ARTICLES
    expected = [p for a in ARTICLES for p in split_article(a, encoder.count_tokens, encoder.max_tokens)]
    assert list(index.passages) == expected
    assert all(p.article is s.article for p in index.passages for s in p.sentences)


def test_the_manifest_says_how_the_index_was_made(index: Index, folder: Path) -> None:
    manifest = index.manifest
    assert (folder / "CURRENT").read_text() == f"{manifest.generation}\n" == f"{index.generation}\n"
    assert abs((datetime.now(UTC) - manifest.created).total_seconds()) < 600
    assert manifest.encoder.name == "toy"
    assert manifest.encoder.fingerprint == ToyEncoder().fingerprint
    assert (manifest.encoder.dimension, manifest.encoder.max_tokens) == (DIMENSION, 128)
    assert manifest.text_rules == RULES_VERSION
    assert manifest.chunking == dict(CHUNKING)
    assert manifest.corpus_digest == corpus_digest(ARTICLES)
    assert (manifest.articles, manifest.passages) == (len(ARTICLES), len(index.passages))
    place = folder / "generations" / index.generation
    assert {path.name for path in place.iterdir()} == {*manifest.files, "manifest.json"}
    assert {path.name: path.stat().st_size for path in place.iterdir() if path.name != "manifest.json"} == {
        name: record.bytes for name, record in manifest.files.items()
    }
    assert check_index(folder, ARTICLES, ToyEncoder()) == manifest


def state(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*")}


def test_a_rebuild_with_nothing_changed_touches_neither_the_model_nor_the_disk(tmp_path: Path) -> None:
    first = build_index(tmp_path, ARTICLES, ToyEncoder())
    before, idle = state(tmp_path), ToyEncoder()
    second = build_index(tmp_path, ARTICLES, idle)
    assert (idle.embedded, idle.counted) == ([], 0)
    assert state(tmp_path) == before
    expected = replace(first, changed=False, embedded=0, reused=first.passages, seconds=second.seconds)
    assert second == expected


def test_only_new_texts_are_embedded_and_the_rest_is_taken_over(tmp_path: Path) -> None:
    build_index(tmp_path, ARTICLES, ToyEncoder())
    old = Index.load(tmp_path)
    before = {passage.embeddable for passage in old.passages}
    said = {sentence.text for sentence in sentences_of(old)}
    grown = replace(ARTICLES[2], text=ARTICLES[2].text + " Huyện ủy Mường Chà kết nạp 17 đảng viên.")
    changed = (*ARTICLES[:2], grown, *ARTICLES[3:], *toy_articles(16, seed=6)[14:])
    encoder, steps = ToyEncoder(), []
    report = build_index(tmp_path, changed, encoder, progress=lambda done, total: steps.append((done, total)))
    index = Index.load(tmp_path)
    new = {passage.embeddable for passage in index.passages} - before
    newly_said = {sentence.text for sentence in sentences_of(index)} - said
    assert sorted(encoder.embedded) == sorted([*new, *newly_said])
    assert report == BuildReport(
        generation=index.generation,
        changed=True,
        articles=len(changed),
        passages=len(index.passages),
        embedded=len(new),
        reused=len(index.passages) - len(new),
        seconds=report.seconds,
    )
    assert 0 < len(new) < len(index.passages)
    assert "Huyện ủy Mường Chà kết nạp 17 đảng viên." in newly_said and len(newly_said) == 1 + 2 * 12
    total = len(new) + len(newly_said)
    assert steps == [(done, total) for done in range(1, total + 1)]
    expected = ToyEncoder().embed_passages([passage.embeddable for passage in index.passages])
    np.testing.assert_array_equal(index.vectors.to_numpy(), expected)


def test_sentence_vectors_taken_over_are_those_of_a_first_build(tmp_path: Path) -> None:
    others = [replace(article, id=f"khác/{article.id}") for article in toy_articles(3, seed=11)]
    build_index(tmp_path / "grown", (*others, *ARTICLES), ToyEncoder())
    encoder = ToyEncoder()
    assert build_index(tmp_path / "grown", ARTICLES[::-1], encoder).changed
    assert encoder.embedded == []
    build_index(tmp_path / "new", ARTICLES[::-1], ToyEncoder())
    taken, made = (
        (tmp_path / name / "generations" / Index.load(tmp_path / name).generation / "sentences.npy")
        for name in ("grown", "new")
    )
    assert taken.read_bytes() == made.read_bytes()


def test_a_passage_of_one_bare_sentence_keeps_its_own_precision(tmp_path: Path) -> None:
    bare = Article(id="trần", title="", text="Chi bộ kết nạp 3 đảng viên trong năm qua.")
    first, second = ToyEncoder(), ToyEncoder()
    build_index(tmp_path, [bare], first)
    assert first.embedded == [bare.text] * 2  # once as a passage, once as a sentence
    build_index(tmp_path, [bare, ODD], second)
    assert bare.text not in second.embedded
    expected = ToyEncoder().embed_passages([bare.text])[0]
    assert (expected != expected.astype(np.float16)).any()
    np.testing.assert_array_equal(Index.load(tmp_path).vectors.to_numpy()[0], expected)


def test_a_removed_article_is_gone_from_everything(tmp_path: Path) -> None:
    secret = Article(id="mật", title="Bí danh", text="Bí danh của đồng chí ấy là Xyloba.")
    build_index(tmp_path, (*ARTICLES, secret), ToyEncoder())
    assert Index.load(tmp_path).score_tokens(["xyloba"]).max() > 0
    encoder = ToyEncoder()
    assert build_index(tmp_path, ARTICLES, encoder).embedded == 0
    assert encoder.embedded == []
    index = Index.load(tmp_path)
    assert index.articles == ARTICLES
    assert all(passage.article.id != "mật" for passage in index.passages)
    assert len(index.vectors.to_numpy()) == len(index.passages)
    assert index.score_tokens(["xyloba"]).tolist() == [0.0] * len(index.passages)
    place = tmp_path / "generations" / index.generation
    assert not [path.name for path in place.iterdir() if b"xyloba" in path.read_bytes().lower()]
    assert len(np.load(place / "sentences.npy")) == len(sentences_of(index))


@pytest.mark.parametrize("encoder", [ToyEncoder("2"), ToyEncoder()], ids=["other weights", "full"])
def test_everything_is_embedded_anew(tmp_path: Path, encoder: ToyEncoder) -> None:
    first = build_index(tmp_path, ARTICLES, ToyEncoder())
    second = build_index(tmp_path, ARTICLES, encoder, full=encoder.revision == "1")
    assert second.changed and second.generation != first.generation
    assert (second.embedded, second.passages) == (first.embedded, first.passages)
    index = Index.load(tmp_path)
    sentences = sentences_of(index)
    texts = {sentence.text for sentence in sentences}
    assert len(encoder.embedded) == first.embedded + len(texts)
    assert set(encoder.embedded) == texts | {passage.embeddable for passage in index.passages}
    query = encoder.embed_queries(["Mường Tè"])[0]
    rows = encoder.embed_passages([passage.embeddable for passage in index.passages])
    np.testing.assert_allclose(index.vectors.to_numpy() @ query, rows @ query, atol=1e-6)
    rows = encoder.embed_passages([sentence.text for sentence in sentences])
    np.testing.assert_allclose(index.score_sentences(query, sentences), rows @ query, rtol=0, atol=1e-3)


def test_the_last_two_generations_are_kept(tmp_path: Path) -> None:
    (tmp_path / "generations" / "của tôi").mkdir(parents=True)
    names = [build_index(tmp_path, toy_articles(2, seed), ToyEncoder()).generation for seed in range(4)]
    assert {path.name for path in (tmp_path / "generations").iterdir()} == {*names[2:], "của tôi"}


def test_a_loaded_index_outlives_its_files(tmp_path: Path) -> None:
    build_index(tmp_path, ARTICLES, ToyEncoder())
    index = Index.load(tmp_path)
    query = ToyEncoder().embed_queries(["Mường Tè"])[0]
    before = index.vectors.nearest(query, 5).tolist(), index.score_tokens(["tè"]).tolist()
    for seed in range(3):
        build_index(tmp_path, toy_articles(2, seed), ToyEncoder())
    assert not (tmp_path / "generations" / index.generation).exists()
    assert (index.vectors.nearest(query, 5).tolist(), index.score_tokens(["tè"]).tolist()) == before


def test_no_pickle_is_written_or_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("pickle")

    for name in ("dump", "dumps", "load", "loads", "Pickler", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    build_index(tmp_path, ARTICLES[:3], ToyEncoder())
    assert Index.load(tmp_path).articles == ARTICLES[:3]


@pytest.mark.parametrize(
    ("articles", "said"),
    [
        ((), "There are no articles to index"),
        ((ODD, *TWINS, ODD), "Two articles have the id lạ"),
        ((Article(id="e", title="", text="😀 🎉"), Article(id="f", title="", text="")), "hold no word"),
    ],
    ids=["none", "one id twice", "no word"],
)
def test_a_corpus_that_cannot_be_indexed_leaves_the_old_index(
    tmp_path: Path, articles: tuple[Article, ...], said: str
) -> None:
    build_index(tmp_path, ARTICLES[:2], ToyEncoder())
    with pytest.raises(CorpusError) as caught:
        build_index(tmp_path, articles, ToyEncoder())
    assert said in caught.value.en
    assert Index.load(tmp_path).articles == ARTICLES[:2]


class Broken(ToyEncoder):
    """Returns what is not an embedding."""

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> NDArray[np.float32]:
        return np.full((len(texts), DIMENSION), np.nan, dtype=np.float32)


def test_vectors_that_are_none_are_refused(tmp_path: Path) -> None:
    broken: Encoder = Broken()
    with pytest.raises(EncoderError) as caught:
        build_index(tmp_path, ARTICLES, broken)
    assert "toy" in caught.value.vi
    assert not (tmp_path / "CURRENT").exists()


def test_check_says_what_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_index(tmp_path, ARTICLES, ToyEncoder())
    changed = (*ARTICLES[3:], replace(ARTICLES[2], title="Khác"), replace(ODD, id="mới"))
    with pytest.raises(IndexStaleError) as caught:
        check_index(tmp_path, changed)
    assert "articles new: 1, removed: 2, changed: 1" in caught.value.en
    assert "có 1 bài mới, 2 bài bị bỏ, 1 bài đã sửa" in caught.value.vi
    with pytest.raises(IndexStaleError, match="mô hình"):
        check_index(tmp_path, ARTICLES, ToyEncoder("2"))
    monkeypatch.setattr("partyqa.corpus.chunking.CHUNKING", {**CHUNKING, "version": 99})
    with pytest.raises(IndexStaleError, match="chia đoạn"):
        check_index(tmp_path)
    assert build_index(tmp_path, ARTICLES, ToyEncoder()).changed


def test_an_index_of_other_text_rules_is_not_asked_but_its_vectors_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(tmp_path, ARTICLES, ToyEncoder())
    monkeypatch.setattr("partyqa.index.index.RULES_VERSION", f"{RULES_VERSION}0")
    monkeypatch.setattr("partyqa.index.manifest.RULES_VERSION", f"{RULES_VERSION}0")
    with pytest.raises(IndexFormatError, match="quy tắc"):
        Index.load(tmp_path)
    encoder = ToyEncoder()
    report = build_index(tmp_path, ARTICLES, encoder)
    assert report.changed and report.embedded == 0
    assert encoder.embedded == []
    assert Index.load(tmp_path).manifest.text_rules == f"{RULES_VERSION}0"
