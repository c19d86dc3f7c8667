"""A model's graph in OpenVINO: the token ids of texts in, what each text gives out."""

import os
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from partyqa.models.bundle import ENCODER, ENCODER_GRAPH, TOKENIZER, EncoderManifest, unreadable

# Importing openvino imports its converter, and that reports each import to a server of statistics. What
# sys.modules holds as None cannot be imported: openvino goes on without it, and is imported three times as fast.
sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]

from openvino import AsyncInferQueue, CompiledModel, Core, InferRequest  # noqa: E402

Tensor = NDArray[np.float32]
Precision = Literal["f32", "bf16"]
CompileProperties = Mapping[str, str | int | bool]

# A stream is one core that reads one batch, so that no core ever waits for another in the middle of it: on a
# busy machine that is much, on an idle one it costs nothing. More tokens a batch read no faster on one core.
BATCH_TOKENS = 256
_GROUP = 128
VECTOR = "vector"  # the output of an encoder's graph
_PAD_TO = 16


def for_many(precision: Precision | None = None) -> CompileProperties:
    """Return the settings that read many texts fastest: every core, and less exact products.

    In bfloat16 where the processor has it and nothing else is requested: elsewhere it would be emulated.
    """
    cores = os.cpu_count() or 1
    fast = "BF16" in Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return {
        "INFERENCE_PRECISION_HINT": precision or ("bf16" if fast else "f32"),
        "INFERENCE_NUM_THREADS": cores,
        "NUM_STREAMS": cores,
        # What goes into a product with 8-bit weights is rounded to 8 bits in groups: a seventh less work.
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": _GROUP,
    }


def for_one() -> CompileProperties:
    """Return the settings for a short text by itself: exact, on one core that is not chosen beforehand.

    Products this small gain little from a second core on an idle machine; on a busy one they wait for it.
    """
    return {
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": 1,
        "NUM_STREAMS": 1,
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0,
        "ENABLE_CPU_PINNING": False,
    }


class Graph:
    """A compiled graph; safe to use from several threads, one at a time is computed.

    `outputs` are the names of its outputs with their shapes, None for a length that is not fixed. Raises
    ValueError where the file is no graph, or not one from (n, tokens) to these.
    """

    def __init__(
        self, path: Path, pad: int, outputs: Mapping[str, tuple[int | None, ...]], settings: CompileProperties
    ) -> None:
        self._pad = pad
        self._names = tuple(outputs)
        self._lock = threading.Lock()
        try:
            self._model: CompiledModel = Core().compile_model(path, "CPU", dict(settings))
        except RuntimeError as error:
            raise ValueError(f"{path} is no graph that can be run") from error
        if not _fits(self._model, outputs):
            raise ValueError(f"{path} has other inputs or outputs than {dict(outputs)}")
        self._queue = AsyncInferQueue(self._model, int(settings["NUM_STREAMS"]))
        self._queue.set_callback(self._take)

    def run(self, rows: Sequence[NDArray[np.int32]]) -> list[tuple[Tensor, ...]]:
        """Return the outputs for the ids of each row, in order.

        They depend on that row alone, to the last bit: it is always padded to the same length.
        """
        found: list[tuple[Tensor, ...] | None] = [None] * len(rows)
        with self._lock:
            for batch in batches([len(row) for row in rows]):
                self._queue.start_async({0: self._padded([rows[number] for number in batch])}, (found, batch))
            self._queue.wait_all()
        return [one for one in found if one is not None]

    def _padded(self, rows: Sequence[NDArray[np.int32]]) -> NDArray[np.int64]:
        ids = np.full((len(rows), padded_length(max(map(len, rows)))), self._pad, dtype=np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
        return ids

    def _take(self, request: InferRequest, place: tuple[list[tuple[Tensor, ...] | None], list[int]]) -> None:
        """Copy the outputs of a batch to where they belong, before the request is used again."""
        found, batch = place
        outputs = [request.get_tensor(name).data for name in self._names]
        for at, number in enumerate(batch):
            found[number] = tuple(output[at].copy() for output in outputs)


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
    """Return the length in tokens up to which a text is padded: the next multiple of 16."""
    return -(-length // _PAD_TO) * _PAD_TO


def _fits(model: CompiledModel, outputs: Mapping[str, tuple[int | None, ...]]) -> bool:
    """Return whether the graph takes (n, tokens) and returns these outputs, perhaps others."""
    names = {name for output in model.outputs for name in output.get_names()}
    if len(model.inputs) != 1 or model.inputs[0].get_partial_shape().rank.get_length() != 2:
        return False
    if not names.issuperset(outputs):
        return False
    for name, expected in outputs.items():
        shape = model.output(name).get_partial_shape()
        if shape.rank.get_length() != len(expected):
            return False
        if any(size is not None and str(shape[at]) != str(size) for at, size in enumerate(expected)):
            return False
    return True


def load_tokenizer(folder: Path, manifest: EncoderManifest) -> Tokenizer:
    """Return the tokenizer, which neither cuts nor pads; EncoderError where it is not the manifest's."""
    try:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except Exception as error:  # the library raises no class of its own
        raise unreadable(folder, TOKENIZER, ENCODER) from error
    if tokenizer.get_vocab_size() != manifest.pieces:
        raise unreadable(folder, TOKENIZER, ENCODER)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def load_graph(folder: Path, manifest: EncoderManifest, settings: CompileProperties) -> Graph:
    """Return the compiled graph; EncoderError where it is none, or gives vectors of another length."""
    try:
        return Graph(folder / ENCODER_GRAPH, manifest.pad, {VECTOR: (None, manifest.dimension)}, settings)
    except ValueError as error:
        raise unreadable(folder, ENCODER_GRAPH, ENCODER) from error


def cut(ids: list[int], most: int) -> list[int]:
    """Return the ids of at most `most` tokens, the end of the text left out and its last mark kept."""
    return ids if len(ids) <= most else [*ids[: most - 1], ids[-1]]
