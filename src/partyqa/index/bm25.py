"""BM25 over our own tokens: bm25s counts and scores, its arrays are stored as plain `.npy` and JSON lines.

bm25s writes its arrays straight to paths, and a full disk then raises an OSError without an errno; here they
become bytes first, so that one place writes, hashes and syncs every file of a generation.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import bm25s  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

SETTINGS: Mapping[str, float | str] = {"method": "lucene", "k1": 1.5, "b": 0.75}

_VOCABULARY = "bm25.vocabulary.jsonl"
_ARRAYS = {"data": "bm25.data.npy", "indices": "bm25.indices.npy", "indptr": "bm25.indptr.npy"}
FILES = (_VOCABULARY, *_ARRAYS.values())


class BM25Index:
    """The BM25 score of every word in every passage, computed once at build time.

    `arrays` is a sparse matrix by column: `data[indptr[w]:indptr[w + 1]]` are the float32 scores of word `w`
    in the passages `indices[indptr[w]:indptr[w + 1]]`.
    """

    def __init__(self, vocabulary: Sequence[str], arrays: Mapping[str, NDArray[Any]], passages: int) -> None:
        self._vocabulary = {token: number for number, token in enumerate(vocabulary)}
        self._model = _model()
        self._model.vocab_dict = self._vocabulary
        self._model.scores = {**arrays, "num_docs": passages}
        self._model.nonoccurrence_array = None

    @classmethod
    def build(cls, passages: Iterable[Sequence[str]]) -> "BM25Index":
        """Count the tokens of each passage, read once; at least one passage has one."""
        numbers: dict[str, int] = {}  # in the order of appearance: the same passages give the same bytes
        rows = [[numbers.setdefault(token, len(numbers)) for token in tokens] for tokens in passages]
        model = _model()
        model.index((rows, numbers), create_empty_token=False, show_progress=False)
        return cls(list(numbers), {name: model.scores[name] for name in _ARRAYS}, len(rows))

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], passages: int) -> "BM25Index":
        """Read what `files` wrote; ValueError where the bytes are not that."""
        vocabulary = [json.loads(line) for line in files[_VOCABULARY].split(b"\n")[:-1]]
        arrays = {
            name: np.load(io.BytesIO(files[file]), allow_pickle=False) for name, file in _ARRAYS.items()
        }
        if len(arrays["indptr"]) != len(vocabulary) + 1:
            raise ValueError("the vocabulary does not fit the scores")
        return cls(vocabulary, arrays, passages)

    def files(self) -> dict[str, bytes]:
        """Return the content of each of FILES."""
        lines = "".join(json.dumps(token, ensure_ascii=False) + "\n" for token in self._vocabulary)
        return {_VOCABULARY: lines.encode()} | {
            file: _npy(self._model.scores[name]) for name, file in _ARRAYS.items()
        }

    def scores(self, tokens: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 score of every passage, (passages,) float32; a repeated token counts again."""
        known = self._model.get_tokens_ids(tokens)
        if not known:
            return np.zeros(self._model.scores["num_docs"], dtype=np.float32)
        scores: NDArray[np.float32] = self._model.get_scores_from_ids(known)
        return scores

    def holds(self, token: str) -> bool:
        """Whether some passage holds `token`."""
        return token in self._vocabulary

    def idf(self, token: str) -> float:
        """Return how rare a token is: ln(1 + (N - n + .5) / (n + .5)), where n of N passages hold it."""
        word, total = self._vocabulary.get(token), int(self._model.scores["num_docs"])
        indptr = self._model.scores["indptr"]
        holding = int(indptr[word + 1] - indptr[word]) if word is not None else 0
        return float(np.log1p((total - holding + 0.5) / (holding + 0.5)))


def _model() -> Any:
    return bm25s.BM25(**SETTINGS, backend="numpy", csc_backend="numpy")


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
