"""From a checkpoint, or from the base itself, to the embedding model that ships:

`python -m training.export_retriever --checkpoint FILE|none --vocabulary FOLDER --numbers FILE --out FOLDER`

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
from tokenizers import Tokenizer

from partyqa.models.bundle import ENCODER_FORMAT, ENCODER_GRAPH, ENCODER_MANIFEST, TOKENIZER, sha256_of
from training.base.folder import ensure_model_folder
from training.base.weights import Weights
from training.contrast import PROMPTS, Retriever
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
from training.graph import retriever_graph
from training.network import PAD

NONE = "none"


@dataclass(frozen=True, slots=True)
class Source:
    """What a folder is made of: the encoder, its tokenizer and, for each piece, its row of the full embedding."""

    retriever: Retriever
    tokenizer: Tokenizer
    rows: Sequence[int]


def main() -> None:
    """Read the arguments and export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True, help="`none` for the base as it is")
    parser.add_argument("--vocabulary", type=Path, required=True, help="what training.vocabulary wrote")
    parser.add_argument("--numbers", type=Path, help="JSON of measures for the model card")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    checkpoint = None if arguments.checkpoint == NONE else Path(arguments.checkpoint)
    numbers = json.loads(arguments.numbers.read_text("utf-8")) if arguments.numbers else {}
    source = Source(read_retriever(checkpoint), *read_vocabulary(arguments.vocabulary))
    export(source, arguments.out, provenance(checkpoint), numbers)


def read_retriever(checkpoint: Path | None) -> Retriever:
    """Return the encoder of a checkpoint, whose frozen word embeddings come from the base; the base without one."""
    retriever = Retriever.from_encoder(ensure_model_folder(Weights.of_package()))
    if checkpoint is not None:
        load_weights(retriever, checkpoint)
    return retriever.eval()


def export(
    source: Source, out: Path, trained: Mapping[str, Any], numbers: Mapping[str, Any], *, int8: bool = True
) -> None:
    """Write the folder; raises ValueError where it would be too large or rows and pieces differ in number."""
    fits(source.rows, source.tokenizer)
    config = source.retriever.trunk.config

    def fill(folder: Path) -> None:
        onnx.save(
            retriever_graph(trimmed(source.retriever, source.rows), config, int8=int8), folder / ENCODER_GRAPH
        )
        source.tokenizer.save(str(folder / TOKENIZER), pretty=False)
        write_json(folder / ENCODER_MANIFEST, manifest(folder, source, trained, int8=int8))

    pieces = len(source.rows)
    write_folder(out, fill, lambda size: filled_card("retriever_card.md", trained, numbers, pieces, size))


def manifest(folder: Path, source: Source, trained: Mapping[str, Any], *, int8: bool) -> dict[str, Any]:
    """Return what partyqa.models.bundle reads, and where the model came from."""
    config = source.retriever.trunk.config
    return {
        "format": ENCODER_FORMAT,
        "files": {name: sha256_of(folder / name) for name in (ENCODER_GRAPH, TOKENIZER)},
        "pieces": len(source.rows),
        "dimension": config.hidden_size,
        "max_tokens": config.max_position_embeddings,
        "pad": PAD,
        "prompts": PROMPTS,
        "weights": "int8 by row, float32 scales" if int8 else "float32",
        "base": BASE,
        "trained": dict(trained),
    }


if __name__ == "__main__":
    main()
