"""Texts that are nearly alike, found without comparing each with each: MinHash and its locality-sensitive hashing.

A text's shingles are its runs of five words, figures as one, so that a report of last year meets this year's. Of two
texts that share .8 of their shingles one pair in ten thousand is missed, at .6 one in ten (16 bands of 4 rows).
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Signature = npt.NDArray[np.uint64]

_SHINGLE = 5  # words
_ROWS, _BANDS = 4, 16
_FEWEST = 40  # words: of less text the same words prove little
_MOST = 4096  # shingles of one text, those with the lowest hashes: the same ones in texts that are alike
_COMPARED = (
    50  # candidates of one text: a form filled in ten thousand times must not cost a hundred million looks
)

_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d+")
_DRAWN = np.random.default_rng(11).integers(0, 1 << 63, (2, _ROWS * _BANDS), dtype=np.uint64)
_TIMES, _PLUS = _DRAWN[0] | np.uint64(1), _DRAWN[1]


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return _WORD.findall(text.casefold())


def without_figures(text: str) -> str:
    """Return a text with one sign for each run of figures."""
    return _FIGURE.sub("0", text)


def signature(text: str) -> Signature | None:
    """Return (64,) minimal hashes of the text's shingles; None for a text too short to be known by them."""
    words = words_of(without_figures(text))
    if len(words) < _FEWEST:
        return None
    hashes = np.array([zlib.crc32(word.encode()) for word in words], dtype=np.uint64)
    runs = np.lib.stride_tricks.sliding_window_view(hashes, _SHINGLE)
    weights = np.uint64(0x9E3779B97F4A7C15) ** np.arange(1, _SHINGLE + 1, dtype=np.uint64)
    shingles = np.unique(_mixed((runs * weights).sum(axis=1, dtype=np.uint64)))[:_MOST]
    lowest: Signature = _mixed(shingles[:, None] * _TIMES + _PLUS).min(axis=0)
    return lowest


def candidates(signatures: Sequence[Signature | None]) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows, the earlier one first, that are probably alike; each has at most 50 earlier ones."""
    bands: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for row, found in enumerate(signatures):
        if found is None:
            continue
        near: dict[int, None] = {}
        for number, band in enumerate(found.reshape(_BANDS, _ROWS)):
            same = bands[number, band.tobytes()]
            near |= dict.fromkeys(same[:_COMPARED])
            same.append(row)
        yield from ((earlier, row) for earlier in sorted(near)[:_COMPARED])


def _mixed(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return the hashes with every bit depending on every other (the finish of MurmurHash3)."""
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(factor)
    return hashes ^ (hashes >> np.uint64(33))
