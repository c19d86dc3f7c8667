"""The reader's graph in OpenVINO: token ids in, logits out."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from openvino import AsyncInferQueue, CompiledModel, Core, InferRequest

from partyqa.reader_model.files import GRAPH, unreadable

Floats = NDArray[np.float32]
Precision = Literal["f32", "bf16"]

# A stream is one core that reads one batch, so that no core ever waits for another in the middle of it: on a
# busy machine that is much, on an idle one it costs nothing. More tokens a batch read no faster on one core.
BATCH_TOKENS = 256
_PAD_TO = 16
_GROUP = 128
_OUTPUTS = ("span", "says")


class Graph:
    """A compiled graph; safe to use from several threads, one at a time is computed.

    In bfloat16 where the processor has it and nothing else is asked for: elsewhere it would be emulated.
    """

    def __init__(self, folder: Path, pad: int, precision: Precision | None = None) -> None:
        self._pad = pad
        self._lock = threading.Lock()
        core = Core()
        fast = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        cores = os.cpu_count() or 1
        settings = {
            "INFERENCE_PRECISION_HINT": precision or ("bf16" if fast else "f32"),
            "INFERENCE_NUM_THREADS": cores,
            "NUM_STREAMS": cores,
            # What goes into a product with 8-bit weights is rounded to 8 bits in groups: a seventh less work.
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": _GROUP,
        }
        try:
            self._model: CompiledModel = core.compile_model(folder / GRAPH, "CPU", settings)
        except RuntimeError as error:
            raise unreadable(folder, GRAPH) from error
        if not _is_reader(self._model):
            raise unreadable(folder, GRAPH)
        self._queue = AsyncInferQueue(self._model, cores)
        self._queue.set_callback(_take)

    def logits(self, rows: Sequence[NDArray[np.int32]]) -> list[tuple[Floats, Floats]]:
        """Return for the ids of each row, in order: (2, tokens) of the span, (2,) of what it says."""
        found: list[tuple[Floats, Floats] | None] = [None] * len(rows)
        with self._lock:
            for batch in batches([len(row) for row in rows]):
                ids = self._padded([rows[number] for number in batch])
                self._queue.start_async({0: ids}, (found, batch, [len(rows[number]) for number in batch]))
            self._queue.wait_all()
        return [one for one in found if one is not None]

    def _padded(self, rows: Sequence[NDArray[np.int32]]) -> NDArray[np.int64]:
        ids = np.full((len(rows), padded_length(max(map(len, rows)))), self._pad, dtype=np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
        return ids


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Return row numbers in batches of one padded length and at most BATCH_TOKENS tokens, longest first.

    A row longer than that is a batch of its own.
    """
    made: list[list[int]] = []
    length = 0
    for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], row)):
        padded = padded_length(lengths[row])
        if not made or padded != length or (len(made[-1]) + 1) * padded > BATCH_TOKENS:
            made.append([])
            length = padded
        made[-1].append(row)
    return made


def padded_length(length: int) -> int:
    """Return the next multiple of 16: few lengths, so that few kernels are made."""
    return -(-length // _PAD_TO) * _PAD_TO


def _take(
    request: InferRequest, place: tuple[list[tuple[Floats, Floats] | None], list[int], list[int]]
) -> None:
    """Copy the outputs of a batch to where they belong, before the request is used again."""
    found, batch, lengths = place
    span, says = (request.get_tensor(name).data for name in _OUTPUTS)
    for at, (number, length) in enumerate(zip(batch, lengths, strict=True)):
        found[number] = span[at, :, :length].copy(), says[at].copy()


def _is_reader(model: CompiledModel) -> bool:
    """Return whether the graph takes (n, tokens) and returns (n, 2, tokens) and (n, 2)."""
    names = {name for output in model.outputs for name in output.get_names()}
    if len(model.inputs) != 1 or not names.issuperset(_OUTPUTS):
        return False
    span, says = (model.output(name).get_partial_shape() for name in _OUTPUTS)
    return (
        model.inputs[0].get_partial_shape().rank.get_length() == 2
        and (span.rank.get_length(), says.rank.get_length()) == (3, 2)
        and str(span[1]) == str(says[1]) == "2"
    )
