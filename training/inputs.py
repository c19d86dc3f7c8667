"""From examples to padded token ids, grouped by length so that little is padding."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.examples import Example
from training.network import PAD, Reader, loss_of

BOS, EOS = 0, 2
MOST_TOKENS = 512
MOST_QUESTION = 96
_POOL = 64  # batches whose examples are sorted by length together


@dataclass(frozen=True, slots=True)
class Row:
    """A tokenised example: `start` is where the window begins, `offsets` are those of its tokens.

    `target` are the first and last token of the answer, (0, 0) for none; `labels` say whether the window
    answers and is relevant, -1 where unknown.
    """

    ids: list[int]
    start: int
    offsets: list[tuple[int, int]]
    target: tuple[int, int]
    labels: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors of a few rows; see network.loss_of for their shapes."""

    ids: Tensor
    targets: Tensor
    labels: Tensor
    allowed: Tensor

    @property
    def tokens(self) -> int:
        """How many tokens the reader reads, padding included."""
        return self.ids.numel()

    def loss(self, reader: Reader) -> Tensor:
        """Return what `network.loss_of` makes of these rows, the encoder in bfloat16."""
        with torch.autocast("cpu", torch.bfloat16):
            span, says = reader(self.ids)
        return loss_of(span, says, self.targets, self.labels, self.allowed)


def row_of(tokenizer: Tokenizer, example: Example) -> Row:
    """Return `<s> question </s> </s> context window </s>`, cut at the model's length from the end."""
    question = tokenizer.encode(example.question, add_special_tokens=False).ids[:MOST_QUESTION]
    context = tokenizer.encode(example.context, add_special_tokens=False).ids if example.context else []
    window = tokenizer.encode(example.window, add_special_tokens=False)
    head = [BOS, *question, EOS, EOS, *context]
    room = MOST_TOKENS - len(head) - 1
    offsets = window.offsets[:room]
    target = (0, 0)
    if example.answer is not None:
        start, end = example.answer
        inside = [n for n, (low, high) in enumerate(offsets) if high > start and low < end]
        if inside:
            target = (len(head) + inside[0], len(head) + inside[-1])
    answers = int(target[0] > 0)
    relevant = -1 if example.relevant is None else int(example.relevant)
    return Row([*head, *window.ids[:room], EOS], len(head), offsets, target, (answers, relevant))


def batch_of(rows: Sequence[Row]) -> Batch:
    """Return the rows padded to the longest."""
    longest = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), longest), PAD)
    allowed = torch.zeros((len(rows), longest), dtype=torch.bool)
    allowed[:, 0] = True
    for number, row in enumerate(rows):
        ids[number, : len(row.ids)] = torch.tensor(row.ids)
        allowed[number, row.start : row.start + len(row.offsets)] = True
    return Batch(
        ids,
        torch.tensor([row.target for row in rows]),
        torch.tensor([row.labels for row in rows]),
        allowed,
    )


def batches(rows: Sequence[Row], tokens: int, seed: str) -> Iterator[Batch]:
    """Yield every row once, in batches of about `tokens` tokens, in an order that hangs on `seed` alone."""
    chance = random.Random(seed)
    order = list(range(len(rows)))
    chance.shuffle(order)
    size = _POOL * 32
    groups: list[list[int]] = []
    for at in range(0, len(order), size):
        group: list[int] = []
        for number in sorted(order[at : at + size], key=lambda n: len(rows[n].ids)):
            if group and (len(group) + 1) * len(rows[number].ids) > tokens:
                groups.append(group)
                group = []
            group.append(number)
        groups.append(group)
    chance.shuffle(groups)
    for group in groups:
        yield batch_of([rows[number] for number in group])
