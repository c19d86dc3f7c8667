"""What a run leaves on the disk: a checkpoint to go on from, and a log of what happened."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from partyqa.errors import EncoderError, StorageError

CHECKPOINT = "checkpoint.pt"
LOG = "log.jsonl"


class Log:
    """One JSON object a line, on disk and on the screen, as it happens."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOG
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _not_written(folder, error) from error

    def write(self, row: Mapping[str, object]) -> None:
        """Append a row with the time; StorageError where the disk does not take it."""
        line = json.dumps({"time": time.strftime("%Y-%m-%d %H:%M:%S"), **row}, ensure_ascii=False)
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise _not_written(self.path.parent, error) from error
        print(line, flush=True)


class Mean:
    """The mean of a model's trained weights over some steps."""

    def __init__(self) -> None:
        self.steps = 0
        self.weights: dict[str, Tensor] = {}

    def add(self, model: nn.Module) -> None:
        """Take the weights of one more step into the mean."""
        self.steps += 1
        for name, weight in _trained(model):
            if name in self.weights:
                self.weights[name].lerp_(weight.detach(), 1 / self.steps)
            else:
                self.weights[name] = weight.detach().clone()

    def put_into(self, model: nn.Module) -> None:
        """Let the model have the mean; where no step was taken in, it keeps its own weights."""
        with torch.no_grad():
            for name, weight in _trained(model):
                if name in self.weights:
                    weight.copy_(self.weights[name])


def save(folder: Path, model: nn.Module, optimizer: Optimizer, step: int, mean: Mean) -> None:
    """Write beside the checkpoint, then put it in its place: a killed run leaves the one before.

    The weights stand under the name of the model's class, in small letters. The word embeddings, which are not
    trained, are left out. Raises StorageError where the disk is full or
    may not be written to; the former checkpoint stays as it is.
    """
    weights = {name: tensor for name, tensor in model.state_dict().items() if "word_embeddings" not in name}
    beside = folder / f"{CHECKPOINT}.new"
    try:
        kept = {"mean": mean.weights, "mean of": mean.steps, "step": step}
        torch.save({_key(model): weights, "optimizer": optimizer.state_dict(), **kept}, beside)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(folder / CHECKPOINT)
    except (OSError, RuntimeError) as error:  # torch says RuntimeError of a full disk
        beside.unlink(missing_ok=True)
        raise _not_written(folder, error) from error


def resume(folder: Path, model: nn.Module, optimizer: Optimizer, mean: Mean) -> int:
    """Load the checkpoint into all three and return its step; 0, and nothing loaded, where there is none.

    Raises EncoderError where it is damaged or of another model.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        return 0
    try:
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved[_key(model)], strict=False)
        optimizer.load_state_dict(saved["optimizer"])
        mean.weights, mean.steps = saved["mean"], int(saved["mean of"])
        return int(saved["step"])
    except (OSError, EOFError, RuntimeError, ValueError, LookupError, UnpicklingError) as error:
        raise EncoderError("training.bad_checkpoint", path=path) from error


def _trained(model: nn.Module) -> Iterator[tuple[str, nn.Parameter]]:
    return ((name, weight) for name, weight in model.named_parameters() if weight.requires_grad)


def _key(model: nn.Module) -> str:
    return type(model).__name__.lower()


def _not_written(folder: Path, error: Exception) -> StorageError:
    reason = " ".join(str(error).split())[:120]
    return StorageError("training.unwritable", folder=folder, reason=reason)
