"""The reader's graph in OpenVINO: token ids in, logits out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from partyqa.models.openvino import Floats, Precision, for_many
from partyqa.models.openvino import Graph as AnyGraph
from partyqa.models.reader_bundle import GRAPH, unreadable


class Graph:
    """A reader's graph, compiled; safe to use from several threads.

    In bfloat16 where the processor has it and nothing else is asked for. Raises ReaderError for a file that
    is no such graph.
    """

    def __init__(self, folder: Path, pad: int, precision: Precision | None = None) -> None:
        outputs = {"span": (None, 2, None), "says": (None, 2)}
        try:
            self._graph = AnyGraph(folder / GRAPH, pad, outputs, for_many(precision))
        except ValueError as error:
            raise unreadable(folder, GRAPH) from error

    def logits(self, rows: Sequence[NDArray[np.int32]]) -> list[tuple[Floats, Floats]]:
        """Return for the ids of each row, in order: (2, tokens) of the span, (2,) of what it says."""
        return [
            (span[:, : len(row)], says) for row, (span, says) in zip(rows, self._graph.run(rows), strict=True)
        ]
