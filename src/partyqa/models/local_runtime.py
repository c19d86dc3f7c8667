"""Loading and running models of sentence-transformers, which is imported when the first one is loaded."""

import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Read by huggingface_hub and transformers when first imported: no model is ever sought on the network.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Read by OpenMP when torch is first imported. Threads that wait by spinning take the processor from those
# they wait for: on a busy machine torch runs four times slower so, on an idle one a tenth faster.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# On two cores larger batches embed no faster and take more memory.
BATCH_TOKENS = 2048

_PAD_TO = 16
_BFLOAT16 = {"avx512_bf16", "amx_bf16"}

_MISSING = re.compile(r"^(\S+) *\| *(?:\x1b\[\d+m)?MISSING", re.MULTILINE)


def load_model(folder: Path, **model_arguments: Any) -> "SentenceTransformer":
    """Load a sentence-transformers folder in float32 on the CPU: safetensors only, no code of its own.

    `model_arguments` go to the `from_pretrained` of transformers. Raises ValueError where weights are missing
    and what the libraries raise.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    with _quietly(), _missing_weights_refused():
        return SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": torch.float32, **model_arguments},
        ).eval()


def load_cross_encoder(folder: Path) -> Callable[[Sequence[tuple[str, str]]], list[float]]:
    """Return a function from pairs of texts to logits, of a cross-encoder that gives one logit a pair.

    Loaded as by `load_model`; raises likewise, and ValueError for a model that gives several.
    """
    import torch
    from sentence_transformers import CrossEncoder

    with _quietly(), _missing_weights_refused():
        model = CrossEncoder(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            activation_fn=torch.nn.Identity(),
            model_kwargs={"use_safetensors": True, "dtype": torch.float32},
        ).eval()
    if model.num_labels != 1:
        raise ValueError(f"the model gives {model.num_labels} numbers for a pair, not one")
    return lambda pairs: [float(logit) for logit in model.predict(list(pairs), show_progress_bar=False)]


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep transformers from writing to the screen; use every core."""
    import torch
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(os.cpu_count() or 1)
    yield


@contextmanager
def fast_inference() -> Iterator[None]:
    """Run models without gradients, their matrix products in bfloat16 where the processor has it.

    Elsewhere bfloat16 would be emulated, many times slower than float32.
    """
    import torch

    fast = _BFLOAT16.intersection(name for name, has in torch.cpu.get_capabilities().items() if has)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bool(fast)):
        yield


@contextmanager
def _missing_weights_refused() -> Iterator[None]:
    """Raise ValueError where transformers reports that it filled a missing weight with random numbers.

    It tells its log only, `name | MISSING |` in a line each. The pooler is often missing and never used.
    """
    reports: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: reports.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("transformers.modeling_utils")
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate
    missing = [name for report in reports for name in _MISSING.findall(report) if "pooler." not in name]
    if missing:
        raise ValueError(f"the weight file lacks {missing[0]}")


def embed_in_batches(
    embed: Callable[[list[int]], NDArray[np.float32]],
    lengths: Sequence[int],
    dimension: int,
    progress: Callable[[int], None] | None = None,
) -> NDArray[np.float32]:
    """Return (len(lengths), dimension) float32 in the order of `lengths`.

    `embed` turns the row numbers of one batch into vectors; `progress` gets the size of each batch done.
    """
    vectors = np.empty((len(lengths), dimension), dtype=np.float32)
    for batch in token_batches(lengths):
        vectors[batch] = embed(batch)
        if progress is not None:
            progress(len(batch))
    return vectors


def token_batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield row numbers in batches of one padded length and at most BATCH_TOKENS tokens, longest first.

    A text that fills its padded length shares no batch with one that does not: without a mask attention takes
    another way through the library. So a vector, to its last bit, hangs on its own text alone.
    """
    batch: list[int] = []
    kind: tuple[int, bool] | None = None
    for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], row)):
        padded = padded_length(lengths[row])
        if kind != (padded, lengths[row] == padded) or (len(batch) + 1) * padded > BATCH_TOKENS:
            if batch:
                yield batch
            batch, kind = [], (padded, lengths[row] == padded)
        batch.append(row)
    if batch:
        yield batch


def padded_length(length: int) -> int:
    """Return the length in tokens up to which a text is padded: the next multiple of 16."""
    return -(-length // _PAD_TO) * _PAD_TO


def refuse_too_long(texts: Sequence[str], lengths: Sequence[int], most: int) -> None:
    """Raise ValueError for the first text of more than `most` tokens: its end would be cut off unseen."""
    for text, length in zip(texts, lengths, strict=True):
        if length > most:
            raise ValueError(f"a passage has {length} tokens, the model reads {most}: {text[:60]!r}")
