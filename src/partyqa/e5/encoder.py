"""The bundled encoder: questions through NumPy, passages through sentence-transformers, the same vectors."""

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from partyqa.e5.folder import PROMPTS, ensure_model_folder
from partyqa.e5.forward import E5Forward
from partyqa.e5.tokenizer import build_tokenizer
from partyqa.e5.weights import Weights
from partyqa.sentence_model import (
    embed_in_batches,
    fast_inference,
    load_model,
    padded_length,
    refuse_too_long,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

NAME = "multilingual-e5-small"

# Raise it with every change of this package that changes a vector: older indexes are then embedded anew.
_RECIPE = 1


class BundledEncoder:
    """multilingual-e5-small; safe to use from several threads.

    Passages are computed in bfloat16 where the processor has it, at a cosine of .99999 to float32: near
    enough for an index to go from one machine to another, so the fingerprint is the same on both.
    """

    def __init__(self) -> None:
        self._weights = Weights.of_package()
        self._lock = threading.RLock()
        self._tokenizer: Tokenizer | None = None
        self._forward: E5Forward | None = None
        self._model: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        """`multilingual-e5-small`."""
        return NAME

    @property
    def fingerprint(self) -> str:
        """A sha256 over the weights' own, the prompts, the length, the precision and the recipe's version."""
        parts = {
            "weights": self._weights.sha256,
            "prompts": PROMPTS,
            "max_tokens": self.max_tokens,
            "precision": "questions float32, passages bfloat16 where the processor has it",
            "recipe": _RECIPE,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @property
    def dimension(self) -> int:
        """384."""
        return self._weights.shape.hidden

    @property
    def max_tokens(self) -> int:
        """512."""
        return self._weights.shape.positions

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a passage takes, `passage: ` and special tokens included."""
        return len(self._ids(PROMPTS["passage"] + text))

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return (n, 384) float32, rows of unit length; a text of over 512 tokens raises ValueError."""
        ids = [self._ids(PROMPTS["passage"] + text) for text in texts]
        lengths = [len(row) for row in ids]
        refuse_too_long(texts, lengths, self.max_tokens)
        model = self._loaded_model()
        with fast_inference():
            return embed_in_batches(
                lambda rows: _embed(model, [ids[row] for row in rows]), lengths, self.dimension, progress
            )

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, 384) float32, rows of unit length; of a question over 512 tokens the end is not read."""
        forward, most = self._loaded_forward(), self.max_tokens
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            ids = self._ids(PROMPTS["query"] + text)
            vectors[row] = forward.embed(ids if len(ids) <= most else [*ids[: most - 1], ids[-1]])
        return vectors

    def _ids(self, text: str) -> list[int]:
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = build_tokenizer(self._weights.vocabulary())
            tokenizer = self._tokenizer
        ids: list[int] = tokenizer.encode(text).ids
        return ids

    def _loaded_forward(self) -> E5Forward:
        with self._lock:
            if self._forward is None:
                self._forward = E5Forward(self._weights)
            return self._forward

    def _loaded_model(self) -> "SentenceTransformer":
        with self._lock:
            if self._model is None:
                # A tokenizer takes 270 MB. Ours goes before the model comes with an equal one of its own.
                self._tokenizer = None
                self._model = load_model(ensure_model_folder(self._weights), add_pooling_layer=False)
                self._tokenizer = self._model.tokenizer.backend_tokenizer
                self._tokenizer.no_truncation()
                self._tokenizer.no_padding()
            return self._model


def _embed(model: "SentenceTransformer", ids: list[list[int]]) -> NDArray[np.float32]:
    """Return (n, 384) float32 for the token ids of texts of one padded length."""
    import torch

    shape = (len(ids), padded_length(max(map(len, ids))))
    features = {
        "input_ids": torch.ones(shape, dtype=torch.int64),
        "attention_mask": torch.zeros(shape, dtype=torch.int64),
    }
    for row, numbers in enumerate(ids):
        features["input_ids"][row, : len(numbers)] = torch.tensor(numbers)
        features["attention_mask"][row, : len(numbers)] = 1
    vectors: NDArray[np.float32] = model(features)["sentence_embedding"].numpy()
    return vectors
