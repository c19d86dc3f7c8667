"""Loading models of sentence-transformers, which is imported when the first one is loaded."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer

_MISSING = re.compile(r"^(\S+) *\| *(?:\x1b\[\d+m)?MISSING", re.MULTILINE)


def load_model(folder: Path) -> "SentenceTransformer":
    """Load a sentence-transformers folder in float32 on the CPU: safetensors only, no code of its own.

    Raises ValueError where weights are missing and what the libraries raise.
    """
    from sentence_transformers import SentenceTransformer

    with _missing_weights_refused():
        return SentenceTransformer(str(folder), **_careful()).eval()


def load_cross_encoder(folder: Path) -> "CrossEncoder":
    """Load a cross-encoder that gives one logit a pair, as by `load_model`; ValueError where it gives several."""
    import torch
    from sentence_transformers import CrossEncoder

    with _missing_weights_refused():
        model: CrossEncoder = CrossEncoder(
            str(folder), activation_fn=torch.nn.Identity(), **_careful()
        ).eval()
    if model.num_labels != 1:
        raise ValueError(f"the model gives {model.num_labels} numbers for a pair, not one")
    return model


def _careful() -> dict[str, Any]:
    """Return the arguments of sentence-transformers that keep a foreign folder from doing harm."""
    import torch

    return {
        "device": "cpu",
        "local_files_only": True,
        "trust_remote_code": False,
        "model_kwargs": {"use_safetensors": True, "dtype": torch.float32},
    }


@contextmanager
def _missing_weights_refused() -> Iterator[None]:
    """Raise ValueError where transformers reports that it filled a missing weight with random numbers.

    It reports to its log only, `name | MISSING |` in a line each, and otherwise keeps quiet here. The pooler is often
    missing and never used.
    """
    import torch
    from transformers.utils import logging as transformers_logging

    torch.set_num_threads(os.cpu_count() or 1)
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
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
