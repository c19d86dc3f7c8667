"""The weights of an exported reader, back into the network: what a new run begins from."""

from pathlib import Path

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from numpy.typing import NDArray
from onnx import numpy_helper

from partyqa.errors import EncoderError
from partyqa.models.bundle import READER_GRAPH
from training.network import Reader


def load_exported(reader: Reader, folder: Path) -> None:
    """Load every trained weight of the reader exported to `folder`; matrices are as exact as their 8 bits.

    The embeddings, which no run changes, stay as they are. Raises EncoderError where the graph is not of such a reader.
    """
    path = folder / READER_GRAPH
    try:
        found = {one.name: numpy_helper.to_array(one) for one in onnx.load(path).graph.initializer}
        wanted = {name for name, weight in reader.named_parameters() if weight.requires_grad}
        state = {name: torch.from_numpy(_weight(name, found, reader)) for name in sorted(wanted)}
        reader.load_state_dict(state, strict=False)
    except (OSError, LookupError, ValueError, RuntimeError, DecodeError) as error:
        raise EncoderError("training.bad_checkpoint", path=path) from error


def _weight(name: str, found: dict[str, NDArray[np.generic]], reader: Reader) -> NDArray[np.float32]:
    """The weight called `name`, (outputs, inputs) for a matrix, the query's scale of attention taken out."""
    weight = np.array(found[name], dtype=np.float32)
    scale = found.get(f"{name.removesuffix('.weight')}.scale")
    if name.endswith(".weight") and scale is not None:
        weight = weight * scale[None, :].astype(np.float32)
    if weight.ndim == 2:
        weight = weight.T
    if ".attention.self.query." in name:
        config = reader.trunk.config
        weight = weight * np.float32((config.hidden_size // config.num_attention_heads) ** 0.5)
    return np.ascontiguousarray(weight)
