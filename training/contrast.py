"""The retriever: an encoder whose mean over the tokens, of unit length, lies nearer to what answers (InfoNCE)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from partyqa.text.normalise import fold
from training.inputs import BOS, EOS
from training.network import PAD, trunk_of
from training.pairs import Pair, holder, related

# As e5 was trained with; `training.base.folder` writes the same two into the model's folder.
PROMPTS = {"query": "query: ", "passage": "passage: "}
MOST_QUERY, MOST_PASSAGE = 96, 208  # tokens, the prompt and the ends counted
GROUP_TOKENS = 2048


class Retriever(nn.Module):
    """An encoder of transformers with mean pooling, as sentence-transformers would run it."""

    def __init__(self, trunk: BertModel) -> None:
        super().__init__()
        self.trunk = trunk

    @classmethod
    def from_encoder(cls, folder: Path) -> "Retriever":
        """Start from a sentence-transformers folder of a BERT; its embeddings stay as they are."""
        return cls(trunk_of(folder))

    def forward(self, ids: Tensor) -> Tensor:
        """Return (n, d) float32, rows of unit length, for (n, tokens) padded ids."""
        real = ids != PAD
        states = self.trunk(input_ids=ids, attention_mask=real.long()).last_hidden_state.float()
        return nn.functional.normalize((states * real[:, :, None]).sum(1), dim=1)


@dataclass(frozen=True, slots=True)
class Group:
    """Texts of about the same length: padded ids, and the places of the texts in their list."""

    ids: Tensor
    places: list[int]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A batch of n pairs: their queries, passages and wrong passages, 3 n texts, in groups.

    `blocked` (n, 2 n) is true where a passage is not to be held against a query.
    """

    groups: list[Group]
    blocked: Tensor
    temperature: float

    @property
    def tokens(self) -> int:
        """How many tokens the encoder reads, padding included."""
        return sum(group.ids.numel() for group in self.groups)

    def loss(self, model: Retriever) -> Tensor:
        """Return InfoNCE of these texts, the encoder in bfloat16."""
        with torch.autocast("cpu", torch.bfloat16):
            vectors = vectors_of(model, self.groups)
        queries = len(self.blocked)
        return info_nce(vectors[:queries], vectors[queries:], self.blocked, self.temperature)


def contrast_of(tokenizer: Tokenizer, pairs: Sequence[Pair], temperature: float) -> Contrast:
    """Return the batch of these pairs."""
    queries = [ids_of(tokenizer, PROMPTS["query"] + pair.query, MOST_QUERY) for pair in pairs]
    texts = [*(pair.positive for pair in pairs), *(pair.negative for pair in pairs)]
    passages = [ids_of(tokenizer, PROMPTS["passage"] + text, MOST_PASSAGE) for text in texts]
    return Contrast(groups_of([*queries, *passages], GROUP_TOKENS), blocked_of(pairs), temperature)


def blocked_of(pairs: Sequence[Pair]) -> Tensor:
    """Return (n, 2 n), true for passages that may answer a query though they are not its own.

    The first n columns are the pairs' passages, the others the wrong ones. One is blocked where its text is the
    one of the query's own passage, or a part of it, or where it holds the answer; a pair's own two never are.
    """
    homes = [*(pair.homes[0] for pair in pairs), *(pair.homes[1] for pair in pairs)]
    texts = [fold(text) for text in (*(p.positive for p in pairs), *(p.negative for p in pairs))]
    rows = []
    for number, pair in enumerate(pairs):
        own = (number, len(pairs) + number)
        held = holder(pair.answer)
        rows.append(
            [
                column not in own and (related(pair.homes[0], home) or held(text))
                for column, (home, text) in enumerate(zip(homes, texts, strict=True))
            ]
        )
    return torch.tensor(rows)


def info_nce(queries: Tensor, passages: Tensor, blocked: Tensor, temperature: float) -> Tensor:
    """Return the mean of -log of each query's share for its own passage among all that are not blocked.

    `queries` (n, d) and `passages` (m, d) have rows of unit length; query i's own passage is row i.
    """
    scores = (queries @ passages.T / temperature).masked_fill(blocked, -torch.inf)
    return nn.functional.cross_entropy(scores, torch.arange(len(queries)))


def ids_of(tokenizer: Tokenizer, text: str, most: int) -> list[int]:
    """Return `<s> text </s>`, at most `most` ids, cut from the end of the text."""
    return [BOS, *tokenizer.encode(text, add_special_tokens=False).ids[: most - 2], EOS]


def groups_of(rows: Sequence[list[int]], tokens: int) -> list[Group]:
    """Return every row once, the shortest first, in groups of about `tokens` padded tokens."""
    groups: list[list[int]] = []
    for number in sorted(range(len(rows)), key=lambda n: len(rows[n])):
        if not groups or (len(groups[-1]) + 1) * len(rows[number]) > tokens:
            groups.append([])
        groups[-1].append(number)
    return [Group(_padded([rows[number] for number in group]), group) for group in groups]


def vectors_of(model: Retriever, groups: Sequence[Group]) -> Tensor:
    """Return (texts, d), the vectors of the groups' texts in the order of their list."""
    places = torch.tensor([place for group in groups for place in group.places])
    return torch.cat([model(group.ids) for group in groups])[places.argsort()]


def _padded(rows: Sequence[list[int]]) -> Tensor:
    ids = torch.full((len(rows), max(map(len, rows))), PAD)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
    return ids
