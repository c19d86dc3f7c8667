"""The loop that fits a model to batches: seeded, and the same whether or not it was interrupted."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from training.checkpoint import CHECKPOINT, Log, Mean, resume, save
from training.examples import Examples
from training.inputs import Batch, batches, row_of

LOGGED_EVERY = 20  # steps
SAMPLE = 200  # dev questions while training; at the end all of them

M = TypeVar("M", bound=nn.Module)
Shown = TypeVar("Shown", bound=nn.Module, contravariant=True)


class Lesson(Protocol[Shown]):
    """A batch that knows what it costs a model."""

    @property
    def tokens(self) -> int:
        """How many tokens the model reads, padding included."""

    def loss(self, model: Shown) -> Tensor:
        """Return the loss, one number that gradients can be had of."""


class Pace(Protocol):
    """What the loop asks of a run's settings, a dataclass; `rate` is the highest learning rate."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def rate(self) -> float: ...  # noqa: D102
    @property
    def warmup(self) -> int: ...  # noqa: D102
    @property
    def decay(self) -> float: ...  # noqa: D102
    @property
    def averaged(self) -> float: ...  # noqa: D102
    @property
    def save_every(self) -> int: ...  # noqa: D102
    @property
    def measure_every(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run hangs on; `batch_tokens` are tokens a step, `rate` is the highest learning rate.

    The weights that a run leaves are the mean over the last steps, the share `averaged` of all.
    """

    seed: int = 7
    epochs: float = 1.75
    batch_tokens: int = 4096
    rate: float = 2e-4
    warmup: int = 120
    decay: float = 0.01
    averaged: float = 0.15
    frozen: int = 0
    save_every: int = 200
    measure_every: int = 400


Plan = Callable[[int], Iterator[tuple[int, Lesson[M]]]]
"""From a step on: the steps of the whole run, and the batch of each."""

Measure = Callable[[int | None], Mapping[str, float]]
"""The dev numbers over so many questions, over all for None."""


def fit(
    model: M, plan: Plan[M], settings: Pace, out: Path, measure: Measure, about: Mapping[str, object]
) -> Path:
    """Train from `out`'s checkpoint, or from the start, to the end; return the file of the weights.

    `about`, what the run is made of, goes to the log beside the settings. Raises StorageError where `out`
    cannot be written to, EncoderError where its checkpoint cannot be read.
    """
    log = Log(out)
    optimizer = torch.optim.AdamW(_groups(model, settings.decay), lr=settings.rate, fused=True)
    mean = Mean()
    step = resume(out, model, optimizer, mean)
    log.write({"settings": asdict(settings), **about, "resumed at step": step})
    started, tokens, losses = time.monotonic(), 0, list[float]()
    for total, batch in plan(step):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * rate_at(step, total, settings.warmup)
        losses.append(_step(model, optimizer, batch))
        step += 1
        if step > total * (1 - settings.averaged):
            mean.add(model)
        tokens += batch.tokens
        if step % LOGGED_EVERY == 0:
            loss, pace = sum(losses) / len(losses), tokens / (time.monotonic() - started)
            log.write({"step": step, "of": total, "loss": round(loss, 4), "tokens/s": round(pace)})
            losses = []
        if step % settings.save_every == 0:
            save(out, model, optimizer, step, mean)
        if step % settings.measure_every == 0:
            log.write({"step": step, "dev": "sample", **measure(SAMPLE)})
    mean.put_into(model)
    save(out, model, optimizer, step, mean)
    log.write({"step": step, "dev": "all", **measure(None)})
    return out / CHECKPOINT


def schedule(
    sources: Sequence[Examples], tokenizer: Tokenizer, settings: Settings, skip: int
) -> Iterator[tuple[int, Batch]]:
    """Yield (steps of the whole run, batch) for each step from `skip` on."""
    step, per_epoch = 0, 0
    for epoch in range(math.ceil(settings.epochs)):
        rows = [row_of(tokenizer, example) for source in sources for example in source.epoch(epoch)]
        made = list(batches(rows, settings.batch_tokens, f"{settings.seed}/{epoch}"))
        per_epoch = per_epoch or len(made)
        total = round(per_epoch * settings.epochs)
        for batch in made:
            if step >= total:
                return
            if step >= skip:
                yield total, batch
            step += 1


def rate_at(step: int, total: int, warmup: int) -> float:
    """Return the share of the highest learning rate: up in a line, then down to a twentieth in a line."""
    if step < warmup:
        return (step + 1) / warmup
    return max(0.05, (total - step) / max(total - warmup, 1))


def _step(model: M, optimizer: torch.optim.Optimizer, batch: Lesson[M]) -> float:
    """Change the weights by one batch and return its loss."""
    loss = batch.loss(model)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.detach())


def _groups(model: nn.Module, decay: float) -> list[dict[str, Any]]:
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [p for p in trained if p.dim() > 1], "weight_decay": decay},
        {"params": [p for p in trained if p.dim() <= 1], "weight_decay": 0.0},
    ]
