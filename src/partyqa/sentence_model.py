"""Loading and running models of sentence-transformers: the only importer of it and of torch, and only when called."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Read by huggingface_hub and transformers when they are first imported: no model is ever sought on the network.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

# On two cores larger batches embed no faster and take more memory.
BATCH_TOKENS = 2048


def load_model(folder: Path, **model_arguments: Any) -> "SentenceTransformer":
    """Load a sentence-transformers folder in float32 on the CPU: safetensors only, no code of the model's own.

    `model_arguments` go to the `from_pretrained` of transformers.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(os.cpu_count() or 1)
    return SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True, "dtype": torch.float32, **model_arguments},
    ).eval()


def embed_in_batches(
    embed: Callable[[list[int]], NDArray[np.float32]],
    lengths: Sequence[int],
    dimension: int,
    progress: Callable[[int], None] | None = None,
) -> NDArray[np.float32]:
    """Return (len(lengths), dimension) float32 in the order of `lengths`.

    `embed` gets the row numbers of one batch and returns their vectors; `progress` gets the size of each batch done.
    """
    vectors = np.empty((len(lengths), dimension), dtype=np.float32)
    for batch in token_batches(lengths):
        vectors[batch] = embed(batch)
        if progress is not None:
            progress(len(batch))
    return vectors


def token_batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield row numbers in batches of at most BATCH_TOKENS tokens, padding included, the longest texts first.

    Texts of like length share a batch, so that little is padding; a text longer than that is alone in its batch.
    """
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], row)):
        if batch and (len(batch) + 1) * lengths[batch[0]] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def refuse_too_long(texts: Sequence[str], lengths: Sequence[int], most: int) -> None:
    """Raise ValueError for the first text of more than `most` tokens: its end would be cut off unseen."""
    for text, length in zip(texts, lengths, strict=True):
        if length > most:
            raise ValueError(f"a passage has {length} tokens, the model reads {most}: {text[:60]!r}")
