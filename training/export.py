"""From a checkpoint to the folder that ships:

`python -m training.export --checkpoint FILE --vocabulary FOLDER --numbers FILE --out FOLDER`

`--vocabulary` is what training.vocabulary wrote, `--numbers` a file `{measure: {"mean", "low", "high", "n",
"command"}}` for the model card. The folder is written beside its place and put there whole.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch
from tokenizers import Tokenizer

from partyqa.models.bundle import READER_FORMAT, READER_GRAPH, READER_MANIFEST, TOKENIZER, sha256_of
from training.base.folder import ensure_model_folder
from training.base.weights import Weights
from training.export_folder import (
    BASE,
    filled_card,
    fits,
    load_weights,
    provenance,
    read_vocabulary,
    trimmed,
    write_folder,
    write_json,
)
from training.graph import reader_graph
from training.inputs import BOS, EOS, MOST_QUESTION, MOST_TOKENS
from training.network import PAD, Reader


@dataclass(frozen=True, slots=True)
class Source:
    """What a folder is made of: the reader, its tokenizer and, for each piece, its row of the full embedding."""

    reader: Reader
    tokenizer: Tokenizer
    rows: Sequence[int]


def main() -> None:
    """Read the arguments and export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--checkpoint", type=Path, help="without it, heads of random numbers: to measure speed"
    )
    parser.add_argument("--vocabulary", type=Path, required=True, help="what training.vocabulary wrote")
    parser.add_argument("--numbers", type=Path, help="JSON of measures for the model card")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    numbers = json.loads(arguments.numbers.read_text("utf-8")) if arguments.numbers else {}
    reader = read_checkpoint(arguments.checkpoint)
    source = Source(reader, *read_vocabulary(arguments.vocabulary))
    export(source, arguments.out, provenance(arguments.checkpoint), numbers)


def read_checkpoint(path: Path | None) -> Reader:
    """Return the reader of a checkpoint, whose frozen word embeddings come from the base."""
    torch.manual_seed(0)
    reader = Reader.from_encoder(ensure_model_folder(Weights.of_package()))
    if path is not None:
        load_weights(reader, path)
    return reader.eval()


def export(
    source: Source, out: Path, trained: Mapping[str, Any], numbers: Mapping[str, Any], *, int8: bool = True
) -> None:
    """Write the folder; raises ValueError where it would be too large or rows and pieces differ in number."""
    fits(source.rows, source.tokenizer)

    def fill(folder: Path) -> None:
        graph = reader_graph(trimmed(source.reader, source.rows), source.reader.trunk.config, int8=int8)
        onnx.save(graph, folder / READER_GRAPH)
        source.tokenizer.save(str(folder / TOKENIZER), pretty=False)
        write_json(folder / READER_MANIFEST, manifest(folder, source, trained, int8=int8))

    pieces = len(source.rows)
    write_folder(out, fill, lambda size: filled_card("reader_card.md", trained, numbers, pieces, size))


def manifest(folder: Path, source: Source, trained: Mapping[str, Any], *, int8: bool) -> dict[str, Any]:
    """Return what partyqa.models.bundle reads, and where the model came from."""
    return {
        "format": READER_FORMAT,
        "files": {name: sha256_of(folder / name) for name in (READER_GRAPH, TOKENIZER)},
        "pieces": len(source.rows),
        "max_tokens": min(MOST_TOKENS, source.reader.trunk.config.max_position_embeddings),
        "max_question": MOST_QUESTION,
        "bos": BOS,
        "eos": EOS,
        "pad": PAD,
        "weights": "int8 by row, float32 scales" if int8 else "float32",
        "base": BASE,
        "trained": dict(trained),
    }


if __name__ == "__main__":
    main()
