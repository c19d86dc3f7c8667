"""A language model counted over texts: interpolated Kneser-Ney smoothing over three syllables.

Chen, Goodman: An empirical study of smoothing techniques for language modeling (1998). What changes little is
dropped, after Stolcke: Entropy-based pruning of backoff language models (1998), one run of syllables at a time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partyqa.question.language import START, LanguageModel, Logs, number_of, pieces

DISCOUNTS = (0.7, 0.8)  # of a pair, of a triple
_FLOOR = 1e-3  # times that a syllable stands where it does not

Numbers = NDArray[np.int64]
Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Runs:
    """Sorted numbers of runs of syllables, `first * size + second` and on, how often each stands in the texts, its
    probability, and what is spared in each context for what does not stand there.
    """

    keys: Numbers
    counts: Weights
    chances: Weights
    spared: Weights

    def at(self, keys: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
        """Return the places of keys, and whether each is there."""
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return places, self.keys[places] == keys


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted over one row of numbers; nothing is dropped."""

    size: int
    single: Weights
    pairs: Runs
    triples: Runs

    def pair(self, keys: Numbers) -> Weights:
        """Return P(second | first) of any pairs."""
        places, there = self.pairs.at(keys)
        first, second = np.divmod(keys, self.size)
        return np.where(there, self.pairs.chances[places], self.pairs.spared[first] * self.single[second])

    def triple(self, keys: Numbers) -> Weights:
        """Return P(third | first, second) of any triples."""
        places, there = self.triples.at(keys)
        head, known = self.pairs.at(keys // self.size)
        spared = np.where(known, self.triples.spared[head], 1.0)
        below = self.pair(keys % (self.size * self.size))
        return np.where(there, self.triples.chances[places], spared * below)


def numbered(texts: Iterable[str], names: Sequence[str]) -> Numbers:
    """Return texts as one row of numbers of `names`, the SIGNS first, a START before and behind each."""
    ids = {name: number for number, name in enumerate(names)}
    known: dict[str, int] = {}
    row = [START]
    for text in texts:
        for word, _, _ in pieces(text):
            if word not in known:
                known[word] = number_of(word, ids)
            row.append(known[word])
        row.append(START)
    return np.array(row)


def count(row: Numbers, weights: Weights, size: int) -> Counted:
    """Count a row of numbers below `size`, a START between sentences; `weights` are how much each counts.

    P(c | a, b) = (n(abc) - d) / n(ab) + what the discounts d of ab come to, times P(c | b); below it alike, with the
    number of different syllables that stand before instead of how often: "sở" stands after "cơ" alone.
    """
    inside = row[1:-1] != START
    threes, often = _summed(((row[:-2] * size + row[1:-1]) * size + row[2:])[inside], weights[2:][inside])
    first = (row[:-1] == START) & (row[1:] != START)
    twos, contexts = _summed(
        np.concatenate([threes % (size * size), row[1:][first]]),
        np.concatenate([np.minimum(often, 1), weights[1:][first]]),
    )
    before = np.bincount(twos % size, np.minimum(contexts, 1), size) + _FLOOR
    single: Weights = before / before.sum()
    pairs = _discounted(twos, contexts, twos // size, size, DISCOUNTS[0], single[twos % size])
    tail, _ = pairs.at(threes % (size * size))
    head, _ = pairs.at(threes // size)
    triples = _discounted(threes, often, head, len(twos), DISCOUNTS[1], pairs.chances[tail])
    return Counted(size, single, pairs, triples)


def mixed(
    names: Sequence[str], parts: Sequence[tuple[float, Counted]], least: tuple[float, float] | None = None
) -> LanguageModel:
    """Return one model of several, each with its share of 1.

    `least` is what a pair and a triple must gain to be kept: natural logarithms, times how often it stands in all
    parts after the first time; None keeps all.
    """
    size = len(names)
    single = _sum((share, part.single) for share, part in parts)
    pairs = np.unique(np.concatenate([part.pairs.keys for _, part in parts]))
    triples = np.unique(np.concatenate([part.triples.keys for _, part in parts]))
    pair = _sum((share, part.pair(pairs)) for share, part in parts)
    triple = _sum((share, part.triple(triples)) for share, part in parts)
    if least:
        below = _sum((share, part.pair(triples % (size * size))) for share, part in parts)
        gain = np.abs(np.log(triple / below)) * _again(triples, [part.triples for _, part in parts])
        kept = gain > least[1]
        triples, triple = triples[kept], triple[kept]
        gain = np.abs(np.log(pair / single[pairs % size])) * _again(pairs, [part.pairs for _, part in parts])
        kept = gain > least[0]
        kept[np.searchsorted(pairs, np.unique(triples // size))] = True
        pairs, pair = pairs[kept], pair[kept]
    return _backed_off(names, single, pairs, pair, triples, triple)


def _sum(parts: Iterable[tuple[float, Weights]]) -> Weights:
    total: Weights = np.sum([share * part for share, part in parts], axis=0)
    return total


def _again(keys: Numbers, runs: Sequence[Runs]) -> Weights:
    total = np.zeros(len(keys))
    for one in runs:
        places, there = one.at(keys)
        total += np.where(there, one.counts[places], 0.0)
    return np.maximum(total - 1, 0)


def _summed(keys: Numbers, weights: Weights) -> tuple[Numbers, Weights]:
    distinct, places = np.unique(keys, return_inverse=True)
    return distinct, np.bincount(places, weights).astype(np.float64)


def _discounted(
    keys: Numbers, counts: Weights, context: Numbers, contexts: int, discount: float, below: Weights
) -> Runs:
    total = np.bincount(context, counts, contexts)
    taken = np.minimum(counts, 1.0) * discount
    spared = np.bincount(context, taken, contexts) / np.where(total, total, 1.0)
    chances = (counts - taken) / total[context] + spared[context] * below
    return Runs(keys, counts, chances, np.where(total, spared, 1.0))


def _backed_off(
    names: Sequence[str], single: Weights, pairs: Numbers, pair: Weights, triples: Numbers, triple: Weights
) -> LanguageModel:
    """Return the model of what was kept, its weights of the uncounted such that each context sums to one."""
    size = len(names)
    first, second = np.divmod(pairs, size)
    after_one = _left(first, pair, single[second], size)
    tail = triples % (size * size)
    at = np.minimum(np.searchsorted(pairs, tail), len(pairs) - 1)
    below = np.where(pairs[at] == tail, pair[at], after_one[tail // size] * single[tail % size])
    head = np.searchsorted(pairs, triples // size)
    after_two = _left(head, triple, below, len(pairs))
    if len(pairs) * size >= 1 << 32:
        raise ValueError("too many pairs for numbers of 32 bits")
    return LanguageModel(
        tuple(names),
        single=_log(single),
        after_one=_log(after_one),
        pairs=pairs.astype(np.uint32),
        pair=_log(pair),
        after_two=_log(after_two),
        triples=(head * size + triples % size).astype(np.uint32),
        triple=_log(triple),
    )


def _log(chances: Weights) -> Logs:
    logs: Logs = np.log(chances).astype(np.float32)
    return logs


def _left(context: Numbers, chances: Weights, below: Weights, contexts: int) -> Weights:
    """Return (1 - sum of chances) / (1 - sum of those below) of each context, at most one."""
    left = 1 - np.bincount(context, chances, contexts)
    left_below = 1 - np.bincount(context, below, contexts)
    return np.clip(left / np.maximum(left_below, 1e-6), 1e-6, 1.0)
