"""The embedding model: the bundled retriever, or any sentence-transformers model at hand."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from partyqa.errors import EncoderError
from partyqa.models.bundled_encoder import NAME, RetrieverEncoder
from partyqa.models.local_encoder import LocalEncoder
from partyqa.models.retriever_bundle import MANIFEST


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
    """Return the encoder of that name or path, the bundled one for None or its name.

    A path may be a folder of `training.export_retriever` or of sentence-transformers. Cheap: models are loaded,
    and torch imported, at the first use. Raises EncoderError where there is no such model, or one that cannot or
    may not be read.
    """
    if name is None or name == NAME:
        return _shipped()
    if name == _FORMER:
        raise EncoderError(
            vi=f"Mô hình {_FORMER} không còn đi kèm partyqa, nay là {NAME}: hãy dựng lại chỉ mục, gõ: partyqa index",
            en=f"The model {_FORMER} no longer comes with partyqa, now it is {NAME}: build the index anew, type: "
            "partyqa index",
        )
    folder = _retriever_folder(name)
    return LocalEncoder(name) if folder is None else RetrieverEncoder(folder, name)


@cache
def _shipped() -> RetrieverEncoder:
    """Return the bundled encoder, loaded once: engines share it, also while a new index takes the old one's place."""
    return RetrieverEncoder()


def _retriever_folder(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser()
        return folder if (folder / MANIFEST).is_file() else None
    except (OSError, RuntimeError, ValueError):  # too long for a path, an unknown user's home, a zero in it
        return None


# The bundled model of partyqa before it had its own; indexes made with it still name it.
_FORMER = "multilingual-e5-small"
