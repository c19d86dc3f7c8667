"""The bundled encoder: questions straight to the graph, passages through sentence-transformers."""

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from partyqa.models.base import Vectors, embed_in_lots, refuse_too_long
from partyqa.models.bundle import SHIPPED_ENCODER, read_encoder_manifest
from partyqa.models.openvino import Graph, cut, for_one, load_graph, load_tokenizer

NAME = "partyqa-retriever"

# Raise it with every change of this package that changes a vector: older indexes are then embedded anew.
_RECIPE = 1
# Texts; with 64 the cores wait for each other at the end of each batch, 5 % more processor time.
_BATCH = 128


class RetrieverEncoder:
    """A retriever of `training.export`, the shipped one if no folder is given; safe to use from threads.

    Passages are computed in bfloat16 where the processor has it, products in 8 bits: at a cosine above .998 to
    float32, near enough for an index to go from one machine to another, so the fingerprint is the same on both.
    Raises EncoderError where the folder is not whole.
    """

    def __init__(self, folder: Path = SHIPPED_ENCODER, name: str = NAME) -> None:
        self._folder, self._name = folder, name
        self._manifest = read_encoder_manifest(folder)
        self._lock = threading.RLock()
        self._tokenizer: Tokenizer | None = None
        self._graph: Graph | None = None
        self._encoder: Callable[..., Any] | None = None  # SentenceTransformer.encode

    @property
    def name(self) -> str:
        """`partyqa-retriever`, or the folder that was requested."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """A sha256 over the manifest's own, which holds those of the files and the prompts, and the recipe."""
        parts = {
            "manifest": self._manifest.sha256,
            "prompts": self._manifest.prompts,
            "precision": "questions float32, passages bfloat16 where the processor has it, products in 8 bits",
            "recipe": _RECIPE,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @property
    def dimension(self) -> int:
        """The length of a vector, 384 for the shipped one."""
        return self._manifest.dimension

    @property
    def max_tokens(self) -> int:
        """The most tokens the model reads, 512 for the shipped one."""
        return self._manifest.max_tokens

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a passage takes, `passage: ` and special tokens included."""
        return len(self._ids(self._manifest.prompts["passage"] + text))

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return (n, d) float32, rows of unit length; a text of over `max_tokens` raises ValueError."""
        refuse_too_long(texts, [self.count_tokens(text) for text in texts], self.max_tokens)
        return embed_in_lots(self._encode, texts, self.dimension, progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) float32, rows of unit length; of a question over `max_tokens` the end is not read."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            ids = cut(self._ids(self._manifest.prompts["query"] + text), self.max_tokens)
            ((vectors[row],),) = self._loaded_graph().run([np.array(ids, dtype=np.int32)])
        return vectors

    def _ids(self, text: str) -> list[int]:
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = load_tokenizer(self._folder, self._manifest)
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids

    def _loaded_graph(self) -> Graph:
        with self._lock:
            if self._graph is None:
                self._graph = load_graph(self._folder, self._manifest, for_one())
            return self._graph

    def _encode(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            if self._encoder is None:
                # sentence_transformers takes longer to import than all else that answers a question.
                from partyqa.models.sentence_transformer import sentence_transformer

                self._encoder = sentence_transformer(self._folder).encode
        # The graph's vectors are of unit length already: to normalise them again would change their last bits.
        vectors: Vectors = self._encoder(
            list(texts), prompt_name="passage", batch_size=_BATCH, show_progress_bar=False
        )
        return vectors
