"""A vocabulary and an encoder so small that a test can hold them against PyTorch."""

import torch
from transformers import BertConfig, BertModel

from training.base.weights import Vocabulary

QUESTION = "Huyện có bao nhiêu đảng viên?"
TITLE = "Mường Tè"
TEXTS = [
    "Cuối năm 2015, toàn huyện có 36 tổ chức cơ sở đảng với 2.128 đảng viên.",
    "Bản xa.",
    "Trời hôm nay nhiều mây, chiều có mưa rào và dông vài nơi; “cán bộ phải làm trước”, ông nói.",
    "Huyện có 2.128 đảng viên.",
]
WORDS = ["▁đảng", "▁viên", "▁huyện", "▁Huyện", "▁năm", "▁có", "▁2", "▁tổ", "▁chức", "▁の", "▁mưa", "ng", "iê"]
LETTERS = sorted({*"".join([QUESTION, TITLE, *TEXTS]).replace(" ", ""), *"abcdefghijklmnopqrstuvwxyz"})


def toy_vocabulary() -> Vocabulary:
    """Specials, single letters, a few words; longer pieces are likelier."""
    specials = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    words = [(word, -5.0 - number / 8) for number, word in enumerate(WORDS)]
    letters = [("▁", -6.0), *((letter, -8.0 - number / 64) for number, letter in enumerate(LETTERS))]
    return Vocabulary([*specials, *words, *letters, ("<mask>", 0.0)], 0, 2, 1, 3, {"½": "1/2", "\u3000": " "})


def toy_trunk(vocabulary: Vocabulary) -> BertModel:
    """An encoder of two layers with random weights and more rows than pieces; `disturb` it."""
    config = BertConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        vocab_size=len(vocabulary.pieces) + 7,
        max_position_embeddings=512,
        pad_token_id=1,
        initializer_range=0.4,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
    return BertModel(config, add_pooling_layer=False)


def disturb(model: torch.nn.Module) -> None:
    """Biases and norms begin at 0 and 1, where a mistake would not show."""
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, 1.0 if parameter.dim() == 1 else 0.0, 0.3)
