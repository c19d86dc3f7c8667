"""The tokenizer of multilingual-e5-small: SentencePiece's unigram model, as XLM-R uses it."""

import struct
from collections.abc import Iterator, Mapping
from itertools import count

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from training.base.weights import Vocabulary

MASK = "<mask>"

_LEAF = 1 << 31
_HAS_LEAF = 1 << 8
_OFFSET_SHIFT = 10
_ALPHABET = 256


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """Return the tokenizer that turns `Đảng bộ huyện` into the ids of `<s> ▁Đảng ▁bộ ▁huyện </s>`."""
    tokenizer = Tokenizer(models.Unigram(vocabulary.pieces, vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(character_map(vocabulary.normalisation)),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    bos, eos = vocabulary.piece(vocabulary.bos), vocabulary.piece(vocabulary.eos)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    pad, unknown = vocabulary.piece(vocabulary.pad), vocabulary.piece(vocabulary.unknown)
    special = [AddedToken(piece, special=True, normalized=False) for piece in (bos, pad, eos, unknown)]
    tokenizer.add_special_tokens([*special, AddedToken(MASK, special=True, normalized=False, lstrip=True)])
    return tokenizer


def character_map(normalisation: Mapping[str, str]) -> bytes:
    """Return the map in the form of SentencePiece's `precompiled_charsmap`.

    A double-array trie over the UTF-8 bytes of the characters, preceded by its size in bytes, followed by the
    replacements, each ended by a zero byte. Every inner node has a block of 256 units of its own: that wastes
    some kilobytes and needs no search for free places. Source: `DoubleArrayUnit` of darts-clone.
    """
    keys = [character.encode() for character in normalisation]
    children: dict[bytes, set[int]] = {b"": set()}
    for key in keys:
        for depth, label in enumerate(key):
            children.setdefault(key[:depth], set()).add(label)
    blocks = {prefix: _ALPHABET * number for number, prefix in enumerate(children, start=1)}
    leaves = dict(zip(keys, _leaf_places(_ALPHABET * (len(blocks) + 1)), strict=False))

    units = [0] * _ALPHABET * (max(leaves.values(), default=0) // _ALPHABET + 1)
    units[0] = blocks[b""] << _OFFSET_SHIFT
    for prefix, block in blocks.items():
        for label in children[prefix]:
            place, key = block | label, prefix + bytes([label])
            target, flag = (blocks[key], 0) if key in blocks else (leaves[key], _HAS_LEAF)
            units[place] = (place ^ target) << _OFFSET_SHIFT | flag | label
    texts = bytearray()
    for key, replacement in zip(keys, normalisation.values(), strict=True):
        units[leaves[key]] = _LEAF | len(texts)
        texts += replacement.encode() + b"\0"
    trie = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(trie)) + trie + bytes(texts)


def _leaf_places(start: int) -> Iterator[int]:
    """Yield places from `start` on, without multiples of 256.

    A reader looks for the next byte c at `place ^ c` and goes on where the label there is c; away from the
    multiples of 256 the label there is another one, so no reader walks out of a leaf.
    """
    return (place for place in count(start) if place % _ALPHABET)
