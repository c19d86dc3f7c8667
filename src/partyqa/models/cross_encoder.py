"""Any cross-encoder of sentence-transformers as a reading model: it scores the text, and finds no words."""

import threading
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from partyqa.errors import ReaderError
from partyqa.models.base import Reading, Window
from partyqa.models.local_runtime import load_cross_encoder


class CrossReader:
    """A cross-encoder with one logit: it stands for all three scores, and no words are marked.

    The weights of `calibration.json` were fitted to the shipped model; fit them anew with
    `python -m benchmarks.tune --data DATA --reader FOLDER --write`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._predict: Callable[..., Any] | None = None  # CrossEncoder.predict

    def read(self, question: str, windows: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return the reading of each (context, text), in order."""
        pairs = [(question, f"{context}\n{text}" if context else text) for context, text in windows]
        with self._lock:
            logits = self._loaded()(pairs, show_progress_bar=False).tolist() if pairs else []
        return [Reading(logit, logit, 0, 0, logit, logit) for logit in logits]

    def read_sentences(self, question: str, windows: Sequence[Window]) -> list[list[Reading]]:
        """Return the readings of the windows' sentences, each read by itself: nothing else tells them apart."""
        cut = [(context, text[start:end]) for context, text, spans in windows for start, end in spans]
        readings = iter(self.read(question, cut))
        return [list(islice(readings, len(spans))) for _, _, spans in windows]

    def _loaded(self) -> Callable[..., Any]:
        if self._predict is None:
            try:
                self._predict = load_cross_encoder(self._folder).predict
            except Exception as error:  # whatever a foreign folder makes the libraries raise
                reason = " ".join(str(error).split())[:120]
                raise ReaderError(
                    "models.cross_encoder_unreadable", folder=self._folder, reason=reason
                ) from error
        return self._predict
