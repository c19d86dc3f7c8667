"""From a checkpoint, or from the base itself, to the folder that ships:

`python -m training.export reader|retriever --checkpoint FILE|none --vocabulary FOLDER --numbers FILE --out FOLDER`

`none` is the base as it is, a reader's heads then random: to measure speed. `--vocabulary` is what
training.vocabulary wrote, `--numbers` a file `{measure: {"mean", "low", "high", "n", "command"}}` for the model
card. The folder is written beside its place and put there whole.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import onnx
import torch
from tokenizers import Tokenizer

from partyqa.models import bundle
from partyqa.models.bundle import TOKENIZER, sha256_of
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
from training.graph import reader_graph, retriever_graph
from training.inputs import BOS, EOS, MOST_QUESTION, MOST_TOKENS
from training.network import PAD, Reader

NONE = "none"


@dataclass(frozen=True, slots=True)
class Source:
    """What a folder is made of: the model, its tokenizer and, for each piece, its row of the full embedding."""

    model: Reader | Retriever
    tokenizer: Tokenizer
    rows: Sequence[int]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a kind of model ships; `facts` are what its manifest says of a trained model's configuration."""

    network: type[Reader] | type[Retriever]
    graph: Callable[..., onnx.ModelProto]
    format: int
    graph_file: str
    manifest_file: str
    card: str
    facts: Callable[[Any], dict[str, Any]]


READER = Recipe(
    Reader,
    reader_graph,
    bundle.READER_FORMAT,
    bundle.READER_GRAPH,
    bundle.READER_MANIFEST,
    "reader_card.md",
    lambda config: {
        "max_tokens": min(MOST_TOKENS, config.max_position_embeddings),
        "max_question": MOST_QUESTION,
        "bos": BOS,
        "eos": EOS,
        "pad": PAD,
    },
)
RETRIEVER = Recipe(
    Retriever,
    retriever_graph,
    bundle.ENCODER_FORMAT,
    bundle.ENCODER_GRAPH,
    bundle.ENCODER_MANIFEST,
    "retriever_card.md",
    lambda config: {
        "dimension": config.hidden_size,
        "max_tokens": config.max_position_embeddings,
        "pad": PAD,
        "prompts": PROMPTS,
    },
)
RECIPES: Mapping[str, Recipe] = MappingProxyType({"reader": READER, "retriever": RETRIEVER})


def main() -> None:
    """Read the arguments and export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--checkpoint", required=True, help="`none` for the base as it is")
    parser.add_argument("--vocabulary", type=Path, required=True, help="what training.vocabulary wrote")
    parser.add_argument("--numbers", type=Path, help="JSON of measures for the model card")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    recipe = RECIPES[arguments.recipe]
    checkpoint = None if arguments.checkpoint == NONE else Path(arguments.checkpoint)
    numbers = json.loads(arguments.numbers.read_text("utf-8")) if arguments.numbers else {}
    source = Source(read_model(recipe, checkpoint), *read_vocabulary(arguments.vocabulary))
    export(recipe, source, arguments.out, provenance(checkpoint), numbers)


def read_model(recipe: Recipe, checkpoint: Path | None) -> Reader | Retriever:
    """Return the model of a checkpoint, whose frozen word embeddings come from the base; the base without one."""
    torch.manual_seed(0)
    model = recipe.network.from_encoder(ensure_model_folder(Weights.of_package()))
    if checkpoint is not None:
        load_weights(model, checkpoint)
    return model.eval()


def export(
    recipe: Recipe,
    source: Source,
    out: Path,
    trained: Mapping[str, Any],
    numbers: Mapping[str, Any],
    *,
    int8: bool = True,
) -> None:
    """Write the folder; raises ValueError where it would be too large or rows and pieces differ in number."""
    fits(source.rows, source.tokenizer)
    config = source.model.trunk.config

    def fill(folder: Path) -> None:
        onnx.save(
            recipe.graph(trimmed(source.model, source.rows), config, int8=int8), folder / recipe.graph_file
        )
        source.tokenizer.save(str(folder / TOKENIZER), pretty=False)
        manifest = {
            "format": recipe.format,
            "files": {name: sha256_of(folder / name) for name in (recipe.graph_file, TOKENIZER)},
            "pieces": len(source.rows),
            **recipe.facts(config),
            "weights": "int8 by row, float32 scales" if int8 else "float32",
            "base": BASE,
            "trained": dict(trained),
        }
        write_json(folder / recipe.manifest_file, manifest)

    pieces = len(source.rows)
    write_folder(out, fill, lambda size: filled_card(recipe.card, trained, numbers, pieces, size))


if __name__ == "__main__":
    main()
