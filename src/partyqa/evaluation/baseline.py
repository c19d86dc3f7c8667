"""The recipe that one would otherwise write: pieces of 1000 characters, the nearest piece's nearest sentence.

It has the same embedding model and, to its advantage, this project's sentence spans; it never refuses.
"""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter

from partyqa.index.index import Index
from partyqa.models.base import Encoder, Vectors
from partyqa.text.normalise import normalise
from partyqa.text.sentences import sentence_spans
from partyqa.types import Answer, Article, Citation, Hit, Passage, Sentence

CHARACTERS, OVERLAP = 1000, 200


class Recipe:
    """Nearest neighbours by cosine; exact, so the products are FAISS's IndexFlatIP without FAISS."""

    def __init__(self, index: Index, encoder: Encoder, cache: Path) -> None:
        """Cut and embed the articles of `index`; `cache` keeps the vectors for the next run."""
        self.passages: Sequence[Passage] = [piece for article in index.articles for piece in pieces(article)]
        self._rank = np.argsort(np.argsort([piece.id for piece in self.passages]))
        self._encoder = encoder
        self._vectors = self._embedded(cache / "recipe.npy")
        self._sentences: dict[str, tuple[list[Sentence], Vectors]] = {}

    def search(self, question: str, k: int) -> list[Hit]:
        """Return the `k` nearest pieces, ties by id."""
        return self._nearest(self._encoder.embed_queries([normalise(question)])[0], k)

    def ask(self, question: str, turns: Sequence[str], scope: str) -> Answer:
        """Cite the nearest sentence of the nearest piece; earlier turns are ignored."""
        started = perf_counter()
        query = self._encoder.embed_queries([normalise(question)])[0]
        hits = self._nearest(query, len(self.passages) if scope else 1)
        found = perf_counter()
        nearest = next(hit.passage for hit in hits if not scope or hit.passage.article.id == scope)
        sentences, vectors = self._sentences_of(nearest)
        cosines = vectors @ query
        best = int(cosines.argmax())
        done = perf_counter()
        timings = {"retrieve": found - started, "read": done - found, "total": done - started}
        return Answer(
            question=question,
            standalone_question=question,
            text=sentences[best].text,
            citations=(Citation(1, sentences[best]),),
            confidence=float(np.clip(cosines[best], 0, 1)),
            timings={stage: 1000 * seconds for stage, seconds in timings.items()},
        )

    def _nearest(self, query: Vectors, k: int) -> list[Hit]:
        scores = np.vecdot(self._vectors, query)
        order = np.lexsort((self._rank, -scores))[:k]
        return [Hit(self.passages[row], float(scores[row])) for row in order]

    def _sentences_of(self, piece: Passage) -> tuple[list[Sentence], Vectors]:
        """Return the sentences, or the parts of them, that a piece holds, and their vectors."""
        if piece.id not in self._sentences:
            spans = sentence_spans(piece.text)
            sentences = [
                Sentence(piece.article, piece.start + start, piece.start + end) for start, end in spans
            ]
            self._sentences[piece.id] = sentences, self._embed([sentence.text for sentence in sentences])
        return self._sentences[piece.id]

    def _embed(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.embed_passages([self._cut(text) for text in texts])

    def _cut(self, text: str) -> str:
        """The text, shortened to what the model reads, as such a recipe's model does."""
        while self._encoder.count_tokens(text) > self._encoder.max_tokens:
            text = text[: len(text) * 9 // 10]
        return text

    def _embedded(self, path: Path) -> Vectors:
        if path.exists():
            kept: Vectors = np.load(path, allow_pickle=False)
            if kept.shape == (len(self.passages), self._encoder.dimension):
                return kept
        vectors = self._embed([piece.text for piece in self.passages])
        np.save(path, vectors, allow_pickle=False)
        return vectors


def pieces(article: Article) -> list[Passage]:
    """Return the pieces of an article, each a passage of one "sentence"."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHARACTERS, chunk_overlap=OVERLAP, add_start_index=True
    )
    found = []
    for document in splitter.create_documents([article.text]):
        start = document.metadata["start_index"]
        end = start + len(document.page_content)
        if start < 0 or article.text[start:end] != document.page_content:
            raise ValueError(f"a piece of {article.id} is not where the splitter says")
        found.append(Passage(article, (Sentence(article, start, end),)))
    return found
