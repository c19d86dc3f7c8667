"""The vectors: of every passage, in FAISS, which finds the nearest; of every sentence, to order those of a few."""

import io
from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from partyqa.models.base import Vectors
from partyqa.types import Passage, Sentence

PASSAGES_FILE, SENTENCES_FILE = "vectors.faiss", "sentences.npy"

Rows = NDArray[np.int64]  # places in `Index.passages`
Inside = NDArray[np.bool_]  # (passages,)

_ROUNDING = 1e-5  # FAISS and NumPy sum the products of unit rows in different orders: they agree to 1e-6


class PassageVectors:
    """An exact FAISS index of the passages' vectors; a vector's row there is its passage's place."""

    def __init__(self, data: bytes, rank: Rows) -> None:
        """Read what `write_passage_vectors` wrote, `rank` is each passage's place by id; ValueError for a misfit."""
        self._faiss = _read(data)
        if self._faiss.ntotal != len(rank):
            raise ValueError("the vectors are not those of the passages")
        self._rank = rank
        self.dimension: int = self._faiss.d
        self._matrix = _matrix(self._faiss)

    def nearest(self, query: Vectors, k: int, inside: Inside | None = None) -> Rows:
        """Return the rows of the `k` highest cosines, best first, ties by passage id.

        `query` is (d,) float32 of unit length; `inside` is true for the passages to be found, all for None. FAISS
        proposes; its products are compared anew as `cosines`, and more is fetched until nothing that was left out
        could belong among the best.
        """
        row = _row(query, self.dimension)[np.newaxis]
        total = len(self._rank) if inside is None else int(np.count_nonzero(inside))
        k = min(k, total)
        if k < 1:
            return np.empty(0, dtype=np.int64)
        only = faiss.SearchParameters()
        if inside is not None:
            bits = np.packbits(inside, bitorder="little")
            only.sel = selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))  # noqa: F841 it must live
        faiss.omp_set_num_threads(1)  # this thread's; two mostly wait for each other (23 ms to 2)
        width = min(total, k + 16)
        while True:
            rough, (found,) = self._faiss.search(row, width, params=only)
            best = in_order(found, self.cosines(query, found), self._rank)[:k]
            if width == total or rough[0, -1] + _ROUNDING < self.cosines(query, best[-1:]):
                return best
            width = min(total, 4 * width)

    def cosines(self, query: Vectors, rows: Rows) -> Vectors:
        """Return the cosines of the passages at `rows`, (rows,) float32, with a (d,) `query` of unit length.

        Equal vectors get equal scores, wherever they stand (a matrix product does not promise that).
        """
        scores: Vectors = np.vecdot(self._matrix[rows], _row(query, self.dimension))
        return scores

    def to_numpy(self) -> Vectors:
        """Return a copy of every vector, (passages, d)."""
        return self._matrix.copy()


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
        """Read what `write_sentence_vectors` wrote; ValueError where the bytes are not that."""
        return cls(passages, read_sentence_vectors(data), dimension)

    def cosines(self, query: Vectors, sentences: Sequence[Sentence]) -> Vectors:
        """Return the cosine of each of these sentences with a (d,) `query` of unit length.

        Equal vectors get equal scores, whatever else is scored (a matrix product does not promise that).
        """
        rows = [self._rows[sentence.id] for sentence in sentences]
        row = _row(query, self._vectors.shape[1])
        cosines: Vectors = np.vecdot(self._vectors[rows].astype(np.float32), row)
        return cosines


def distinct_sentences(passages: Sequence[Passage]) -> list[Sentence]:
    """Return every sentence of overlapping `passages` once, in order of first appearance."""
    return list({sentence.id: sentence for passage in passages for sentence in passage.sentences}.values())


def write_sentence_vectors(vectors: Sequence[Vectors]) -> bytes:
    """Return (n, d) unit rows as a float16 .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, np.stack(vectors).astype(np.float16), allow_pickle=False)
    return buffer.getvalue()


def read_sentence_vectors(data: bytes) -> NDArray[np.float16]:
    """Return what `write_sentence_vectors` wrote, (n, d) float16."""
    vectors: NDArray[np.float16] = np.load(io.BytesIO(data), allow_pickle=False)
    return vectors


def write_passage_vectors(vectors: Vectors) -> bytes:
    """Return (n, d) unit rows as an exact index in bytes: FAISS's own writer hides why a disk refused."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return faiss.serialize_index(index).tobytes()


def read_passage_vectors(data: bytes) -> Vectors:
    """Return what `write_passage_vectors` wrote, (n, d) float32."""
    index = _read(data)
    vectors: Vectors = index.reconstruct_n(0, index.ntotal)
    return vectors


def in_order(rows: Rows, scores: Vectors, rank: Rows) -> Rows:
    """Return the `rows` of passages by their `scores`, highest first, ties by `rank`, which is one of all passages."""
    ordered: Rows = rows[np.lexsort((rank[rows], -scores))]
    return ordered


def _read(data: bytes) -> faiss.IndexFlatIP:
    index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
    if not isinstance(index, faiss.IndexFlatIP):
        raise TypeError("not an exact index")
    return index


def _matrix(index: faiss.IndexFlatIP) -> Vectors:
    """Return the vectors as FAISS holds them, (n, d), not copied: they live as long as `index` does."""
    matrix: Vectors = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(
        index.ntotal, index.d
    )
    return matrix


def _row(query: Vectors, dimension: int) -> Vectors:
    row = np.ascontiguousarray(query, dtype=np.float32).reshape(-1)
    if len(row) != dimension:
        raise ValueError(f"a query of {len(row)} numbers in an index of {dimension}")
    return row
