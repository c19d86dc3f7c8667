"""What the retriever is worth on held-out texts: finding a question's paragraph, and not being led by another name."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from partyqa.evaluation.metrics.rankings import Measure
from partyqa.text.normalise import fold
from training.contrast import GROUP_TOKENS, MOST_QUERY, PROMPTS, Retriever, groups_of, ids_of, vectors_of
from training.examples import altered
from training.naming import Names
from training.pairs import context_of, embeddable
from training.paragraphs import Paragraph

MEASURES = tuple(map(Measure.parse, ("nDCG@10", "R@1")))
TYPED: dict[str, Callable[[str], str]] = {"": str, " without accents": fold}
MOST_TEXT = 512  # tokens
TRIES = 2  # altered copies asked for of a passage, for each question; the different ones count

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Swap:
    """A question, the passage that answers it, and its copy about another place, person, year or number."""

    question: str
    passage: str
    copy: str


def embed(
    model: Retriever, tokenizer: Tokenizer, kind: str, texts: Sequence[str], most: int = MOST_TEXT
) -> Vectors:
    """Return (n, d) float32, rows of unit length, of texts that are each a "query" or each a "passage"."""
    rows = [ids_of(tokenizer, PROMPTS[kind] + text, most) for text in texts]
    model.eval()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        vectors: Vectors = vectors_of(model, groups_of(rows, 2 * GROUP_TOKENS)).numpy()
    model.train()
    return vectors


def finding(
    model: Retriever, tokenizer: Tokenizer, paragraphs: Sequence[Paragraph], most: int | None = None
) -> dict[str, float]:
    """Return MEASURES, in hundredths, of each question's paragraph among all, as asked and without accents.

    At most `most` questions, spread over the paragraphs. A paragraph is embedded whole, its title before it.
    """
    passages = embed(
        model, tokenizer, "passage", [embeddable(context_of(one), one.text) for one in paragraphs]
    )
    asked = [(str(place), a.text) for place, p in enumerate(paragraphs) for a in p.asked if a.answers]
    if most is not None:
        asked = sorted(random.Random(1).sample(asked, min(most, len(asked))))
    names = [str(place) for place in range(len(paragraphs))]
    found = {}
    for suffix, form in TYPED.items():
        questions = embed(model, tokenizer, "query", [form(text) for _, text in asked], MOST_QUERY)
        order = np.argsort(-(questions @ passages.T), axis=1, kind="stable")
        for measure in MEASURES:
            values = [
                measure({own: 1}, [names[row] for row in ranking])
                for (own, _), ranking in zip(asked, order, strict=True)
            ]
            found[f"{measure}{suffix}"] = 100 * float(np.mean(values))
    return found


def swaps_of(paragraphs: Sequence[Paragraph], names: Names, seed: int) -> list[Swap]:
    """Return the different altered copies of each answering passage, its title before it, that `seed` draws."""
    chance = random.Random(seed)
    found: dict[Swap, None] = {}
    for paragraph in paragraphs:
        context = context_of(paragraph)
        for asked in paragraph.asked:
            for _ in range(TRIES if asked.answers else 0):
                texts = altered(
                    chance,
                    asked.text,
                    (context, paragraph.text),
                    asked.answers[0],
                    names.like(asked.text),
                )
                if texts:
                    found[Swap(asked.text, embeddable(context, paragraph.text), embeddable(*texts))] = None
    return list(found)


def telling(model: Retriever, tokenizer: Tokenizer, swaps: Sequence[Swap]) -> dict[str, float]:
    """Return how many of a hundred questions score their passage above its altered copy; {} without any.

    `swap accuracy` counts all, `name swap accuracy` those copies that have every digit of the passage.
    """
    if not swaps:
        return {}
    questions = embed(model, tokenizer, "query", [one.question for one in swaps], MOST_QUERY)
    texts = sorted({text for one in swaps for text in (one.passage, one.copy)})
    vectors = dict(zip(texts, embed(model, tokenizer, "passage", texts), strict=True))
    passages = np.stack([vectors[one.passage] for one in swaps])
    copies = np.stack([vectors[one.copy] for one in swaps])
    right = np.einsum("nd,nd->n", questions, passages) > np.einsum("nd,nd->n", questions, copies)
    named = np.array([_digits(one.passage) == _digits(one.copy) for one in swaps])
    found = {"swap accuracy": 100 * float(right.mean())}
    return found | ({"name swap accuracy": 100 * float(right[named].mean())} if named.any() else {})


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
