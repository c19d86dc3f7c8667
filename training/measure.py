"""What the reader is worth on held-out paragraphs: EM, F1, and telling answerable questions from others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from partyqa.evaluation.metrics.answers import exact_match, token_f1
from partyqa.evaluation.metrics.confidence import auroc
from training.examples import Example
from training.inputs import Row, batch_of, row_of
from training.network import Reader
from training.paragraphs import Paragraph

LONGEST_ANSWER = 60  # tokens
_TOKENS = 8192


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of an example: the words it takes for the answer, and three scores.

    `words` is the best span even where the reader would rather refuse; `margin` is how far its logit lies
    above that of the first token.
    """

    words: str
    margin: float
    answers: float
    relevant: float


def read(reader: Reader, tokenizer: Tokenizer, examples: Sequence[Example]) -> list[Reading]:
    """Return a reading of each example, in order."""
    rows = [row_of(tokenizer, example) for example in examples]
    readings: list[Reading | None] = [None] * len(rows)
    reader.eval()
    order = sorted(range(len(rows)), key=lambda n: len(rows[n].ids))
    group: list[int] = []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for number in [*order, -1]:
            if group and (number < 0 or (len(group) + 1) * len(rows[number].ids) > _TOKENS):
                span, says = reader(batch_of([rows[n] for n in group]).ids)
                for at, n in enumerate(group):
                    readings[n] = _reading(examples[n], rows[n], span[at], says[at])
                group = []
            if number >= 0:
                group.append(number)
    reader.train()
    return [reading for reading in readings if reading is not None]


def best_span(starts: NDArray[np.float32], ends: NDArray[np.float32]) -> tuple[int, int, float]:
    """Return the first and last token of the best span of at most LONGEST_ANSWER tokens, and its score."""
    scores = np.triu(starts[:, None] + ends[None, :])
    every = np.ones_like(scores, dtype=bool)
    allowed = np.triu(every) & ~np.triu(every, LONGEST_ANSWER)
    scores = np.where(allowed, scores, -np.inf)
    first, last = np.unravel_index(int(scores.argmax()), scores.shape)
    return int(first), int(last), float(scores[first, last])


def _reading(example: Example, row: Row, span: Tensor, says: Tensor) -> Reading:
    inside = slice(row.start, row.start + len(row.offsets))
    starts, ends = span[0].numpy(), span[1].numpy()
    first, last, score = best_span(starts[inside], ends[inside])
    words = example.window[row.offsets[first][0] : row.offsets[last][1]]
    return Reading(words, score - float(starts[0] + ends[0]), float(says[0]), float(says[1]))


def extraction(reader: Reader, tokenizer: Tokenizer, paragraphs: Sequence[Paragraph]) -> dict[str, float]:
    """Return EM and F1, in hundredths, of the best span in the whole gold paragraph."""
    asked = [(p, a) for p in paragraphs for a in p.asked if a.answers]
    found = read(reader, tokenizer, [Example(a.text, p.title, p.text, None, None) for p, a in asked])
    gold = [[p.text[slice(*span)] for span in a.answers] for p, a in asked]
    return {
        "EM": 100 * float(np.mean([exact_match(f.words, g) for f, g in zip(found, gold, strict=True)])),
        "F1": 100 * float(np.mean([token_f1(f.words, g) for f, g in zip(found, gold, strict=True)])),
    }


def separation(
    reader: Reader, tokenizer: Tokenizer, yes: Sequence[Example], no: Sequence[Example]
) -> dict[str, float]:
    """Return AUROC, in hundredths, of the score "answers" and of the span's margin: `yes` above `no`."""
    found = read(reader, tokenizer, [*yes, *no])
    positive = np.array([1] * len(yes) + [0] * len(no))
    return {
        "AUROC answers": 100 * auroc(np.array([one.answers for one in found]), positive),
        "AUROC margin": 100 * auroc(np.array([one.margin for one in found]), positive),
    }
