"""The retriever as a SentenceTransformer: `sentence_transformer().encode(texts, prompt_name="passage")`."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from torch import Tensor

from partyqa.models.bundle import (
    ENCODER_GRAPH,
    ENCODER_MANIFEST,
    SHIPPED_ENCODER,
    TOKENIZER,
    read_encoder_manifest,
)
from partyqa.models.openvino import cut, for_many, load_graph, load_tokenizer


class RetrieverModule(InputModule):
    """The one module of the model: tokens in, vectors of unit length out, computed by OpenVINO.

    A text over `max_seq_length` tokens is cut, as sentence-transformers does it. Raises EncoderError where the
    folder is not whole.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder = folder
        self.manifest = read_encoder_manifest(folder)
        self.max_seq_length = self.manifest.max_tokens
        self.tokenizer = load_tokenizer(folder, self.manifest)
        self._graph = load_graph(folder, self.manifest, for_many())

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Tensor]:
        """Return the padded ids of texts and which of them are no padding."""
        # One by one: `encode_batch` starts threads, and then warns in every process that is forked.
        ids = [
            cut(self.tokenizer.encode(f"{prompt or ''}{text}").ids, self.max_seq_length) for text in inputs
        ]
        shape = (len(ids), max(map(len, ids)))
        padded = torch.full(shape, self.manifest.pad)
        real = torch.zeros(shape, dtype=torch.int64)
        for row, numbers in enumerate(ids):
            padded[row, : len(numbers)] = torch.tensor(numbers)
            real[row, : len(numbers)] = 1
        return {"input_ids": padded, "attention_mask": real}

    def forward(self, features: dict[str, Tensor], **_: Any) -> dict[str, Tensor]:
        """Add `sentence_embedding`, (n, dimension) float32; a vector does not depend on the padding given."""
        lengths = features["attention_mask"].sum(1).tolist()
        ids = features["input_ids"].to("cpu", torch.int32).numpy()
        rows = [row[:length] for row, length in zip(ids, lengths, strict=True)]
        vectors = np.concatenate([vector for (vector,) in self._graph.run(rows)])
        return features | {"sentence_embedding": torch.from_numpy(vectors.reshape(len(rows), -1))}

    def get_embedding_dimension(self) -> int:
        """Return the length of a vector."""
        return self.manifest.dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copy the files of the folder."""
        for name in (ENCODER_MANIFEST, ENCODER_GRAPH, TOKENIZER):
            shutil.copyfile(self.folder / name, Path(output_path) / name)

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> "RetrieverModule":
        """Load the module from a folder that `save` or training.export wrote."""
        return cls(Path(model_name_or_path))


def sentence_transformer(folder: Path = SHIPPED_ENCODER) -> SentenceTransformer:
    """Return the model of a folder with its prompts `query` and `passage`; the shipped one if none is given."""
    module = RetrieverModule(folder)
    return SentenceTransformer(modules=[module], prompts=module.manifest.prompts, device="cpu")
