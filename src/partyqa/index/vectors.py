"""The vector of every sentence, in half precision: they order the sentences of passages already found."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from partyqa.types import Passage, Sentence

FILE = "sentences.npy"


class SentenceVectors:
    """Vectors by sentence id; half precision moves a cosine by less than .001."""

    def __init__(self, passages: Sequence[Passage], vectors: NDArray[np.float16], dimension: int) -> None:
        """`vectors` are (sentences, dimension), in the order of `distinct_sentences`; else ValueError."""
        sentences = distinct_sentences(passages)
        if vectors.shape != (len(sentences), dimension):
            raise ValueError("the vectors are not those of the sentences")
        self._rows = {sentence.id: row for row, sentence in enumerate(sentences)}
        self._vectors = vectors

    @classmethod
    def from_file(cls, data: bytes, passages: Sequence[Passage], dimension: int) -> "SentenceVectors":
        """Read what `write_vectors` wrote; ValueError where the bytes are not that."""
        return cls(passages, read_vectors(data), dimension)

    def cosines(self, query: NDArray[np.float32], sentences: Sequence[Sentence]) -> NDArray[np.float32]:
        """Return the cosine of each of these sentences with a (d,) `query` of unit length.

        Equal vectors get equal scores, whatever else is scored (a matrix product does not promise that).
        """
        rows = [self._rows[sentence.id] for sentence in sentences]
        cosines: NDArray[np.float32] = np.vecdot(self._vectors[rows].astype(np.float32), query)
        return cosines


def distinct_sentences(passages: Sequence[Passage]) -> list[Sentence]:
    """Return every sentence of overlapping `passages` once, in order of first appearance."""
    return list({sentence.id: sentence for passage in passages for sentence in passage.sentences}.values())


def write_vectors(vectors: Sequence[NDArray[np.float32]]) -> bytes:
    """Return (n, d) unit rows as a float16 .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, np.stack(vectors).astype(np.float16), allow_pickle=False)
    return buffer.getvalue()


def read_vectors(data: bytes) -> NDArray[np.float16]:
    """Return what `write_vectors` wrote, (n, d) float16."""
    vectors: NDArray[np.float16] = np.load(io.BytesIO(data), allow_pickle=False)
    return vectors
