"""From a checkpoint to the folder that ships:

`python -m training.export --checkpoint FILE --vocabulary FOLDER --numbers FILE --out FOLDER`

`--vocabulary` is what training.vocabulary wrote, `--numbers` a file `{measure: {"mean", "low", "high", "n",
"command"}}` for the model card. The folder is written beside its place and put there whole.
"""

import argparse
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer

from partyqa.e5.folder import ensure_model_folder
from partyqa.e5.weights import Weights
from partyqa.reader_model.files import FORMAT, GRAPH, MANIFEST, TOKENIZER, sha256_of
from training.graph import Floats, reader_graph
from training.inputs import BOS, EOS, MOST_QUESTION, MOST_TOKENS
from training.network import PAD, Reader

HERE = Path(__file__).parent
CARD = "MODEL_CARD.md"
MOST_BYTES = 45_000_000
WORDS = "trunk.embeddings.word_embeddings.weight"


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
        saved = torch.load(path, weights_only=True)["reader"]
        missing, unknown = reader.load_state_dict(saved, strict=False)
        if unknown or any("word_embeddings" not in name for name in missing):
            raise SystemExit(f"{path} is no checkpoint of this reader: {[*missing, *unknown]}")
    return reader.eval()


def read_vocabulary(folder: Path) -> tuple[Tokenizer, list[int]]:
    """Return what training.vocabulary wrote: the tokenizer and the rows of its pieces."""
    rows = [int(row) for row in json.loads((folder / "rows.json").read_text("utf-8"))]
    return Tokenizer.from_file(str(folder / "tokenizer.json")), rows


def provenance(checkpoint: Path | None) -> dict[str, Any]:
    """Return the step of a checkpoint, the settings and data digests of its run, and the sha256 of the run's log."""
    if checkpoint is None:
        return {"trained": False}
    found: dict[str, Any] = {"step": int(torch.load(checkpoint, weights_only=True)["step"])}
    log = checkpoint.with_name("log.jsonl")
    if log.exists():
        settings = [row for row in map(json.loads, log.read_text("utf-8").splitlines()) if "settings" in row]
        found |= {"log": sha256_of(log), "settings": settings[-1]["settings"], "data": settings[-1]["data"]}
    return found


def export(
    source: Source, out: Path, trained: Mapping[str, Any], numbers: Mapping[str, Any], *, int8: bool = True
) -> None:
    """Write the folder; raises ValueError where it would pass MOST_BYTES or rows and pieces differ in number."""
    if len(source.rows) != source.tokenizer.get_vocab_size():
        raise ValueError(f"{len(source.rows)} rows for {source.tokenizer.get_vocab_size()} pieces")
    building = out.with_name(f"{out.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    graph = reader_graph(trimmed(source.reader, source.rows), source.reader.trunk.config, int8=int8)
    onnx.save(graph, building / GRAPH)
    source.tokenizer.save(str(building / TOKENIZER), pretty=False)
    write_json(building / MANIFEST, manifest(building, source, trained, int8=int8))
    size = sum(path.stat().st_size for path in building.iterdir())
    if size > MOST_BYTES:
        raise ValueError(f"the folder takes {size} bytes, at most {MOST_BYTES} may ship")
    (building / CARD).write_text(card(trained, numbers, size, len(source.rows)), "utf-8")
    shutil.rmtree(out, ignore_errors=True)
    building.rename(out)


def trimmed(reader: Reader, rows: Sequence[int]) -> dict[str, Floats]:
    """Return the reader's tensors as float32, of the word embeddings only `rows`."""
    tensors = {name: tensor.detach().float().numpy() for name, tensor in reader.state_dict().items()}
    tensors[WORDS] = tensors[WORDS][np.asarray(rows)]
    return tensors


def manifest(folder: Path, source: Source, trained: Mapping[str, Any], *, int8: bool) -> dict[str, Any]:
    """Return what partyqa.reader_model.files reads, and where the model came from."""
    return {
        "format": FORMAT,
        "files": {name: sha256_of(folder / name) for name in (GRAPH, TOKENIZER)},
        "pieces": len(source.rows),
        "max_tokens": min(MOST_TOKENS, source.reader.trunk.config.max_position_embeddings),
        "max_question": MOST_QUESTION,
        "bos": BOS,
        "eos": EOS,
        "pad": PAD,
        "weights": "int8 by row, float32 scales" if int8 else "float32",
        "base": "intfloat/multilingual-e5-small, MIT",
        "trained": dict(trained),
    }


def write_json(path: Path, value: object) -> None:
    """Write readable JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def card(trained: Mapping[str, Any], numbers: Mapping[str, Any], size: int, pieces: int) -> str:
    """Return the model card: the template with the run's settings and a row of the table for each measure."""
    rows = "\n".join(
        f"| {name} | {_number(row)} | {row.get('n', '')} | {_command(row)} |" for name, row in numbers.items()
    )
    template = (HERE / "reader_card.md").read_text("utf-8")
    return (
        template.replace("{numbers}", rows or "| – | – | – | – |")
        .replace("{trained}", json.dumps(trained, ensure_ascii=False, indent=2))
        .replace("{size}", f"{size / 1e6:.1f}")
        .replace("{pieces}", f"{pieces:,}")
    )


def _number(row: Mapping[str, Any]) -> str:
    between = f" [{row['low']}, {row['high']}]" if "low" in row else ""
    return f"{row['mean']}{between}"


def _command(row: Mapping[str, Any]) -> str:
    return f"`{row['command']}`" if "command" in row else ""


if __name__ == "__main__":
    main()
