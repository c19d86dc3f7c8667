"""The encoder that is begun from, and the reader: one such over question and window with three heads."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface, BertConfig, BertModel
from transformers.masking_utils import eager_mask

PAD = 1
IGNORED = -100


def plain_attention(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **_: object
) -> tuple[Tensor, None]:
    """Attention as two products in the dtype given: without AMX four times as fast as the fused kernel."""
    with torch.autocast("cpu", enabled=False):
        scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
        if attention_mask is not None:
            scores = scores + attention_mask.to(scores.dtype)
        return (scores.softmax(-1) @ value).transpose(1, 2), None


AttentionInterface.register("plain", plain_attention)
AttentionMaskInterface.register("plain", eager_mask)  # without one padding would be attended to


def trunk_of(folder: Path) -> BertModel:
    """Return the BERT of a sentence-transformers folder; its embeddings are not to be trained."""
    config = BertConfig.from_pretrained(folder)
    trunk = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False)
    trunk.set_attn_implementation("plain")
    for parameter in trunk.embeddings.parameters():
        parameter.requires_grad_(False)
    return trunk


class Reader(nn.Module):
    """An encoder of transformers with heads for the span, for "this answers", and for "the right place".

    The first token is the span of a window that does not answer.
    """

    def __init__(self, trunk: BertModel) -> None:
        super().__init__()
        self.trunk = trunk
        hidden = trunk.config.hidden_size
        self.span = nn.Linear(hidden, 2)
        self.says = nn.Linear(hidden, 2)

    @classmethod
    def from_encoder(cls, folder: Path) -> "Reader":
        """Start from a sentence-transformers folder of a BERT; its embeddings stay as they are."""
        return cls(trunk_of(folder))

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return ((n, 2, tokens) span logits, (n, 2) logits "answers" and "is relevant") of padded ids."""
        states = self.trunk(input_ids=ids, attention_mask=(ids != PAD).long()).last_hidden_state
        return self.span(states).transpose(1, 2).float(), self.says(states[:, 0]).float()


def loss_of(span: Tensor, says: Tensor, targets: Tensor, labels: Tensor, spans_allowed: Tensor) -> Tensor:
    """Return the mean loss: `targets` (n, 2) token numbers, `labels` (n, 2) 0, 1 or -1 for unknown.

    `spans_allowed` (n, tokens) is true at the first token and in the window.
    """
    blocked = span.masked_fill(~spans_allowed[:, None, :], -1e4)
    places = nn.functional.cross_entropy(blocked.flatten(0, 1), targets.flatten(), reduction="none").view(
        -1, 2
    )
    answers = targets[:, 0] > 0
    weight = torch.where(answers, 1.0, 0.4)
    span_loss = (places.mean(1) * weight).sum() / weight.sum()
    known = labels >= 0
    says_loss = nn.functional.binary_cross_entropy_with_logits(
        says, labels.clamp(min=0).float(), reduction="none"
    )
    return span_loss + (says_loss * known).sum() / known.sum().clamp(min=1)
