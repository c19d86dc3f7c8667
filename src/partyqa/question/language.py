"""A small language model over Vietnamese syllables: how likely one follows the two before it.

Counted over newspapers and questions by `python -m training.accents`; it lies beside this file with its card.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from partyqa.text.tokens import flat_key, syllable_key

START, COMMA, NUMBER, OTHER = range(4)
SIGNS: Final = ("<s>", "<,>", "<0>", "<x>")
"""What stands for the beginning of a sentence, a comma or bracket, a word with digits, a word of another language."""

SHIPPED = Path(__file__).parent / "syllables.npz"
STEP = 0.08  # natural logarithms: probabilities are stored as whole numbers of it, up to 255
_PIECE = re.compile(r"([^\W_]+)|([.!?…]+(?=[\s\"”)]|$)|[\n;:])|[,()\"“”–]")

_SCORES = ("single", "after_one", "pair", "after_two", "triple")
_KEYS = ("pairs", "triples")

Ids = NDArray[np.int64]
Logs = NDArray[np.float32]


def pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each word of NFC `text` with its place, and each mark that parts words as one of SIGNS."""
    for piece in _PIECE.finditer(text):
        yield piece[1] or SIGNS[START if piece[2] else COMMA], piece.start(), piece.end()


@dataclass(frozen=True)
class LanguageModel:
    """Syllable keys (text.tokens.syllable_key) by number, SIGNS first, and logarithms of their probabilities.

    `pairs` are sorted numbers `first * size + second`, `triples` sorted numbers `place in pairs * size + third`;
    `after_one` and `after_two` weigh what was not counted after one syllable and after a pair.
    """

    names: tuple[str, ...]
    single: Logs
    after_one: Logs
    pairs: NDArray[np.uint32]
    pair: Logs
    after_two: Logs
    triples: NDArray[np.uint32]
    triple: Logs

    @cached_property
    def ids(self) -> Mapping[str, int]:
        """The number of each syllable key."""
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def flats(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the syllables of each accent-free spelling: "da" -> those of "da", "đã", "đá", ..."""
        found: dict[str, list[int]] = {}
        for number, name in enumerate(self.names[len(SIGNS) :], len(SIGNS)):
            found.setdefault(flat_key(name), []).append(number)
        return found

    def number(self, word: str) -> int:
        """Return the number of one of SIGNS or of a word in any case."""
        return number_of(word, self.ids)

    def follow(self, first: Ids, second: Ids, third: Ids) -> Logs:
        """Return ln P(third | first, second) of arrays of numbers that are broadcast against each other."""
        size = len(self.names)
        tail, has_tail = _find(self.pairs, second * size + third)
        head, has_head = _find(self.pairs, first * size + second)
        score = np.where(has_tail, self.pair[tail], self.after_one[second] + self.single[third])
        whole, has_whole = _find(self.triples, head * size + third)
        unseen = np.where(has_head, self.after_two[head], np.float32(0)) + score
        return np.where(has_head & has_whole, self.triple[whole], unseen).astype(np.float32)


def number_of(word: str, ids: Mapping[str, int]) -> int:
    """Return the number of one of SIGNS or of a word in any case: "Đảng" that of đang3, "2020" NUMBER."""
    return ids.get(syllable_key(word), NUMBER if any(map(str.isdecimal, word)) else OTHER)


def _find(keys: NDArray[np.uint32], wanted: Ids) -> tuple[Ids, NDArray[np.bool_]]:
    at = np.minimum(np.searchsorted(keys, wanted.astype(np.uint32)), len(keys) - 1)
    return at, keys[at] == wanted


def pack(model: LanguageModel, path: Path) -> None:
    """Write a model: differences of its sorted numbers by bytes, which repeat, so that they pack well."""
    arrays: dict[str, Any] = {name: _rounded(getattr(model, name)) for name in _SCORES}
    for name in _KEYS:
        steps = np.diff(getattr(model, name), prepend=np.uint32(0)).astype("<u4")
        arrays[name] = np.ascontiguousarray(steps.view(np.uint8).reshape(-1, 4).T)
    arrays["names"] = np.frombuffer("\n".join(model.names).encode(), dtype=np.uint8)
    np.savez_compressed(path, **arrays)


def unpack(path: Path) -> LanguageModel:
    """Return the model in a file of `pack`, which holds no pickle."""
    with np.load(path, allow_pickle=False) as file:
        found: dict[str, Any] = {name: file[name] * np.float32(-STEP) for name in _SCORES}
        for name in _KEYS:
            steps = np.ascontiguousarray(file[name].T).view("<u4").ravel()
            found[name] = np.cumsum(steps, dtype=np.uint32)
        return LanguageModel(names=tuple(file["names"].tobytes().decode().split("\n")), **found)


def _rounded(scores: Logs) -> NDArray[np.uint8]:
    steps: NDArray[np.uint8] = np.clip(np.rint(scores / -STEP), 0, 255).astype(np.uint8)
    return steps


@cache
def shipped() -> LanguageModel:
    """Return the model that comes with the program, read when first needed."""
    return unpack(SHIPPED)
