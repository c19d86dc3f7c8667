"""What index and answering need of a model: encoders and readers, and what a reader gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

AT_ONCE = 256  # texts; progress is reported as often


Window = tuple[str, str, Sequence[tuple[int, int]]]
"""A context (title, place, date), a text, and the spans of its sentences in code points."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a text, or of a sentence of it, under a question; all scores are logits.

    `answers`: the text answers. `relevant`: it is from the right place. `start`, `end`: the code points of the
    best words for an answer, within the sentence, given even where the text does not answer; `margin` is how far those
    words lie above "no words answer", `mass` how far all words of the sentence together do.
    """

    answers: float
    relevant: float
    start: int
    end: int
    margin: float
    mass: float

    @property
    def words(self) -> tuple[int, int] | None:
        """The span of the words read as the answer; None where no words were read."""
        return (self.start, self.end) if self.start < self.end else None


class ReadingModel(Protocol):
    """What reads windows of text under a question; safe to use from several threads."""

    def read(self, question: str, windows: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return the reading of each (context, text), in order."""
        ...

    def read_sentences(self, question: str, windows: Sequence[Window]) -> list[list[Reading]]:
        """Return for each window the readings of its sentences, in order; it is read as one text."""
        ...


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

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return (n, d) float32, rows of unit length; `progress` gets the number done in each step."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) float32, rows of unit length; what exceeds `max_tokens` is cut off."""
        ...


def refuse_too_long(texts: Sequence[str], lengths: Sequence[int], most: int) -> None:
    """Raise ValueError for the first text of more than `most` tokens: its end would be cut off unseen."""
    for text, length in zip(texts, lengths, strict=True):
        if length > most:
            raise ValueError(f"a passage has {length} tokens, the model reads {most}: {text[:60]!r}")


def embed_in_lots(
    embed: Callable[[Sequence[str]], Vectors],
    texts: Sequence[str],
    dimension: int,
    progress: Callable[[int], None] | None = None,
) -> Vectors:
    """Return what `embed` makes of `texts`, (n, dimension) float32; `progress` gets the size of each lot done."""
    vectors = np.empty((len(texts), dimension), dtype=np.float32)
    for start in range(0, len(texts), AT_ONCE):
        lot = texts[start : start + AT_ONCE]
        vectors[start : start + len(lot)] = embed(lot)
        if progress is not None:
            progress(len(lot))
    return vectors
