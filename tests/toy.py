"""A small encoder with nothing to download: syllables hashed into 64 dimensions, so that tests are exact."""

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from partyqa.answer.answerer import Answerer
from partyqa.answer.calibration import Judgement
from partyqa.answer.candidates import SentenceView
from partyqa.engine import PartyQA
from partyqa.index.index import Index, build_index
from partyqa.models.base import ReadingModel
from partyqa.retrieval import Dense, Fused, Lexical
from partyqa.text.views import TextView
from partyqa.types import Article, Sentence

DIMENSION = 64


class ToyEncoder:
    """Satisfies `partyqa.models.base.Encoder`; `embedded` holds every text it was asked to embed.

    `revision` stands for other weights of the same model; `pause` is seconds of sleep for each text.
    """

    dimension = DIMENSION
    max_tokens = 128

    def __init__(self, revision: str = "1", pause: float = 0.0) -> None:
        self.name = "toy"
        self.revision = revision
        self.fingerprint = hashlib.sha256(f"toy {revision}".encode()).hexdigest()
        self.pause = pause
        self.embedded: list[str] = []
        self.counted = 0

    def count_tokens(self, text: str) -> int:
        self.counted += 1
        return len(text.split()) + 2

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            time.sleep(self.pause)
            row[:] = self._embed(text)
            self.embedded.append(text)
            if progress:
                progress(1)
        return rows

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self._embed(text) for text in texts], dtype=np.float32).reshape(-1, DIMENSION)

    def _embed(self, text: str) -> NDArray[np.float32]:
        row = np.zeros(DIMENSION, dtype=np.float64)
        row[0] = 1e-3  # a text without a word still has a direction
        for syllable in text.lower().split():
            digest = hashlib.blake2b(f"{self.revision} {syllable}".encode(), digest_size=8).digest()
            row[digest[0] % DIMENSION] += 1 if digest[1] % 2 else -1
            row[digest[2] % DIMENSION] += 0.5
        return (row / np.linalg.norm(row)).astype(np.float32)


PLACES = ("Mường Ảng", "Mường Tè", "Mường Lát", "Phong Thổ", "Sìn Hồ", "Nậm Pồ", "Tủa Chùa", "Điện Biên")
SUBJECTS = ("Huyện ủy", "Ban Thường vụ", "Đảng bộ", "Chi bộ", "Ủy ban kiểm tra", "Hội đồng nhân dân")
DEEDS = (
    "kết nạp {n} đảng viên mới trong năm {y}",
    "xóa {n} bản chưa có chi bộ, đạt {p}% kế hoạch",
    "mở {n} lớp bồi dưỡng cho cán bộ cơ sở",
    "kiểm tra {n} tổ chức đảng có dấu hiệu vi phạm",
    "có {n} tổ chức cơ sở đảng, trong đó {p}% trong sạch vững mạnh",
)


def toy_articles(count: int, seed: int, sentences: int = 12) -> tuple[Article, ...]:
    """Return made-up articles; the same numbers give the same articles."""
    choose = np.random.default_rng(seed)
    found = []
    for number in range(count):
        place = PLACES[number % len(PLACES)]
        lines = []
        for _ in range(sentences):
            deed = str(choose.choice(DEEDS)).format(
                n=choose.integers(2, 3000), y=choose.integers(2010, 2026), p=choose.integers(1, 99)
            )
            lines.append(f"{choose.choice(SUBJECTS)} {choose.choice(PLACES)} {deed}.")
        found.append(
            Article(
                id=f"bài/{number:03d}", title=f"Xây dựng Đảng ở {place}", text=" ".join(lines), source="Báo"
            )
        )
    return tuple(found)


def bm25(passages: Sequence[Sequence[str]], question: Sequence[str], k1: float, b: float) -> list[float]:
    """Lucene's BM25 (Kamphuis et al., ECIR 2020) written out: ln(1 + (N - n + .5) / (n + .5)) * tf part."""
    average = sum(map(len, passages)) / len(passages)
    scores = [0.0] * len(passages)
    for word in question:
        holding = sum(word in words for words in passages)
        for row, words in enumerate(passages):
            if times := words.count(word):
                idf = math.log(1 + (len(passages) - holding + 0.5) / (holding + 0.5))
                scores[row] += idf * times / (times + k1 * (1 - b + b * len(words) / average))
    return scores


def sentence_view(sentence: Sentence | str, context: str = "", before: str = "") -> SentenceView:
    """A sentence, or a text that is all of its article, as it is read beside a question."""
    if isinstance(sentence, str):
        sentence = Sentence(Article("a", "", sentence), 0, len(sentence))
    texts = (sentence.text, before, "", context, sentence.article.text)
    return SentenceView(sentence, *map(TextView, texts), passage=1.0, cosine=0.8)


def toy_engine(
    folder: Path, articles: Sequence[Article], judgement: Judgement, reader: ReadingModel | None = None
) -> PartyQA:
    """An engine over an index of the articles, built in `folder`, that judges as is said."""
    encoder = ToyEncoder()
    build_index(folder, articles, encoder)
    index = Index.load(folder)
    dense = Dense(index, encoder)
    answerer = Answerer(index, dense.vector, judgement, reader=reader)
    return PartyQA(index, encoder, Fused(dense, Lexical(index)), answerer)
