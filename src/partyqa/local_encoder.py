"""Any sentence-transformers model that lies on this machine, by its folder or by its name in the hub's cache."""

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from partyqa.errors import EncoderError
from partyqa.local_model import LocalModel, find_model
from partyqa.sentence_model import embed_in_batches, load_model, refuse_too_long

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer


class LocalEncoder:
    """A sentence-transformers model with its own prompts; safe to use from several threads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._files: LocalModel = find_model(name)
        self._lock = threading.RLock()
