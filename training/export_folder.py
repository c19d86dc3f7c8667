"""What both exports share: the trimmed vocabulary, the provenance, the card, the folder put there whole."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from partyqa.models.bundle import TOKENIZER, sha256_of

HERE = Path(__file__).parent
CARD = "MODEL_CARD.md"
MOST_BYTES = 45_000_000
BASE = "intfloat/multilingual-e5-small, MIT"
WORDS = "trunk.embeddings.word_embeddings.weight"

Floats = NDArray[np.float32]


def read_vocabulary(folder: Path) -> tuple[Tokenizer, list[int]]:
    """Return what training.vocabulary wrote: the tokenizer and the rows of its pieces."""
    rows = [int(row) for row in json.loads((folder / "rows.json").read_text("utf-8"))]
    return Tokenizer.from_file(str(folder / TOKENIZER)), rows


def load_weights(model: nn.Module, checkpoint: Path) -> None:
    """Load a checkpoint of training.checkpoint, which holds all weights but the frozen word embeddings.

    They stand under the name of the model's class, in small letters; of a run near its end the mean of its last steps
    counts. Raises SystemExit for another model's.
    """
    name = type(model).__name__.lower()
    saved = torch.load(checkpoint, weights_only=True)
    if name not in saved:
        raise SystemExit(f"{checkpoint} is no checkpoint of a {name}: it holds {sorted(saved)}")
    missing, unknown = model.load_state_dict(saved[name] | saved.get("mean", {}), strict=False)
    if unknown or any("word_embeddings" not in one for one in missing):
        raise SystemExit(f"{checkpoint} is no checkpoint of this {name}: {[*missing, *unknown]}")


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


def trimmed(model: nn.Module, rows: Sequence[int]) -> dict[str, Floats]:
    """Return the tensors of a model as float32, of its trunk's word embeddings only `rows`."""
    tensors = {name: tensor.detach().float().numpy() for name, tensor in model.state_dict().items()}
    tensors[WORDS] = tensors[WORDS][np.asarray(rows)]
    return tensors


def write_folder(out: Path, fill: Callable[[Path], None], card: Callable[[int], str]) -> None:
    """Put a folder at `out` that `fill` has filled beside it, with the card for its size in bytes.

    Raises ValueError where it would pass MOST_BYTES; what stood at `out` then stays.
    """
    building = out.with_name(f"{out.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    fill(building)
    size = sum(path.stat().st_size for path in building.iterdir())
    if size > MOST_BYTES:
        raise ValueError(f"the folder takes {size} bytes, at most {MOST_BYTES} may ship")
    (building / CARD).write_text(card(size), "utf-8")
    shutil.rmtree(out, ignore_errors=True)
    building.rename(out)


def write_json(path: Path, value: object) -> None:
    """Write readable JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def fits(rows: Sequence[int], tokenizer: Tokenizer) -> None:
    """Raise ValueError where there is not one row for each piece."""
    if len(rows) != tokenizer.get_vocab_size():
        raise ValueError(f"{len(rows)} rows for {tokenizer.get_vocab_size()} pieces")


def filled_card(
    template: str, trained: Mapping[str, Any], numbers: Mapping[str, Any], pieces: int, size: int
) -> str:
    """Return a model card: the template with the run's settings and a row of the table for each measure."""
    rows = "\n".join(
        f"| {name} | {_number(row)} | {row.get('n', '')} | {_command(row)} |" for name, row in numbers.items()
    )
    return (
        (HERE / template)
        .read_text("utf-8")
        .replace("{numbers}", rows or "| – | – | – | – |")
        .replace("{trained}", json.dumps(trained, ensure_ascii=False, indent=2))
        .replace("{size}", f"{size / 1e6:.1f}")
        .replace("{pieces}", f"{pieces:,}")
    )


def _number(row: Mapping[str, Any]) -> str:
    between = f" [{row['low']}, {row['high']}]" if "low" in row else ""
    return f"{row['mean']}{between}"


def _command(row: Mapping[str, Any]) -> str:
    return f"`{row['command']}`" if "command" in row else ""
