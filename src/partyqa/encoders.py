"""The embedding model: the bundled multilingual-e5-small, or any sentence-transformers model at hand."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from partyqa.e5.encoder import NAME, BundledEncoder
from partyqa.local_encoder import LocalEncoder


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
    """Return the encoder of that name or path, the bundled one for None.

    Cheap: models are loaded, and torch imported, at the first use. Raises EncoderError where there is no such
    model, or one that cannot or may not be read.
    """
    if name is None or name == NAME:
        return BundledEncoder()
    return LocalEncoder(name)
