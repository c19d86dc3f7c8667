"""The encoder made of any sentence-transformers model on this machine."""

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from partyqa.models.local_folder import broken_model, find_model, fingerprint
from partyqa.models.local_runtime import embed_in_batches, load_model, refuse_too_long

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class LocalEncoder:
    """A sentence-transformers model with its own prompts; safe to use from several threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._files = find_model(name)
        # Tokenizers of transformers set their truncation at each call, so only one thread may call at a time.
        self._lock = threading.RLock()
        self._model: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        """The name or path that was asked for."""
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        """A sha256 over all files of the model; it takes a second for each 1.5 GB or so."""
        return fingerprint(self._files)

    @property
    def dimension(self) -> int:
        """The length of a vector, by the model's own files where they tell."""
        return self._files.dimension or self._loaded().get_embedding_dimension() or 0

    @property
    def max_tokens(self) -> int:
        """The most tokens the model reads, by its own files."""
        return self._files.max_tokens

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a passage takes, prompt and special tokens included."""
        return self._counter(self._files.prompts["passage"] + text)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return (n, d) float32, rows of unit length; a text of over `max_tokens` raises ValueError."""
        lengths = [self.count_tokens(text) for text in texts]
        refuse_too_long(texts, lengths, self.max_tokens)
        return self._embed(texts, lengths, self._files.prompts["passage"], progress)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, d) float32, rows of unit length; of a question over `max_tokens` the end is not read."""
        # Characters are never fewer than tokens, and counting them needs no tokenizer.
        return self._embed(texts, [len(text) for text in texts], self._files.prompts["query"])

    @cached_property
    def _counter(self) -> Callable[[str], int]:
        if not self._files.tokenizer.is_file():
            return self._count_by_model
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self._files.tokenizer))
        except Exception as error:  # tokenizers raises nothing more specific
            raise broken_model(self._name, error) from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return lambda text: len(tokenizer.encode(text).ids)

    def _count_by_model(self, text: str) -> int:
        with self._lock:
            return len(self._loaded().tokenizer(text, truncation=False, verbose=False)["input_ids"])

    def _loaded(self) -> "SentenceTransformer":
        with self._lock:
            if self._model is None:
                try:
                    self._model = load_model(self._files.folder)
                except Exception as error:  # whatever a foreign folder makes the libraries raise
                    raise broken_model(self._name, error) from error
            return self._model

    def _embed(
        self,
        texts: Sequence[str],
        lengths: Sequence[int],
        prompt: str,
        progress: Callable[[int], None] | None = None,
    ) -> NDArray[np.float32]:
        def embed(rows: list[int]) -> NDArray[np.float32]:
            with self._lock:
                return self._loaded().encode(
                    [texts[row] for row in rows],
                    prompt=prompt,
                    batch_size=len(rows),
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )

        return embed_in_batches(embed, lengths, self.dimension, progress)
