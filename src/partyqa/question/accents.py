"""Accents put back where a question was typed without, as newspapers, questions and the articles of the index spell,
and what questions often name: a place after "ở", what is counted.

"dang bo huyen muong ang co bao nhieu dang vien" -> "đảng bộ huyện mường ảng có bao nhiêu đảng viên"
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from partyqa.question.counting import count, mixed, numbered
from partyqa.question.language import OTHER, SIGNS, START, Ids, LanguageModel, Logs, pieces
from partyqa.text.gazetteer import large_units
from partyqa.text.lexicon import phrases
from partyqa.text.normalise import fold, lowered
from partyqa.text.syllables import is_key
from partyqa.text.tokens import expanded, flat_key, spell, syllable_key

_PATHS = 24  # kept at each word
_ARTICLES_SHARE, _FEW_WORDS = (
    0.5,
    1_000,
)  # of a probability, the rest is the language's; half of it at so few words
_UNREAD = 0.15  # of that share, behind a syllable that no article holds
_TURN = np.array([[0.0, 5.0], [1.0, 0.0]], dtype=np.float32)  # from typed with accents to without, and back
_ODD, _ODDER = (
    6.0,
    10.0,
)  # what is no syllable, but would be with accents, or without a slip; natural logarithms
_SLIP, _SLIPPED_LETTER = (
    6.0,
    2.0,
)  # a letter too many, too few or swapped; each letter that then has other accents
_SHORTEST = 4  # letters: one slip in a shorter word could be anything
_NAMED, _SAID = (
    4.0,
    2.0,
)  # natural logarithms for each syllable of a province after "ở", of another usual phrase
_LONGEST = 6  # words of a usual phrase
_USUAL = ("nation", "whole", "counted", "people", "deed")  # of followup.tsv
_NEW = 1e-4  # a syllable that the language at large does not have, among all its other words


@dataclass(frozen=True, slots=True)
class _Choices:
    """What one word may be: numbers of syllable keys, 1 where it was typed without accents, whether it stays."""

    numbers: Ids
    bare: Ids
    costs: Logs
    stays: NDArray[np.bool_]


class Accents:
    """Puts accents back into words: the language at large and the articles of an index tell which."""

    def __init__(self, texts: Iterable[str], language: LanguageModel) -> None:
        """`texts` are those of the articles."""
        read = list(texts)
        keys = {syllable_key(word) for text in read for word, _, _ in pieces(text) if word.isalpha()}
        own = sorted(key for key in keys - language.ids.keys() if is_key(key) or flat_key(key) != key)
        names = (*language.names, *own)
        row = numbered(read, names)
        self._share = _ARTICLES_SHARE * len(row) / (len(row) + _FEW_WORDS)
        counted = count(row, np.ones(len(row)), len(names))
        held = mixed(names, [(1.0, counted)]) if read else None
        self._language, self._articles = language, held
        both = held or language
        self._names, self._ids, self._flats = both.names, both.ids, both.flats

    def knows(self, word: str) -> bool:
        """Whether a word is a syllable that is known, its accents as typed or left out."""
        key = syllable_key(word)
        return word.isalpha() and (key in self._ids or flat_key(key) in self._flats)

    def restore(self, words: Sequence[str], plain: bool) -> list[str]:
        """Return the syllable keys of words and SIGNS with accents, "" where a word stays as it is typed.

        In a `plain` question nothing was typed with accents; in another only runs of words without are mended,
        where that pays. What is no syllable is mended where one slip explains it. The likeliest whole is taken
        (Viterbi, _PATHS paths).
        """
        first = second = np.array([START])
        mode, score = np.array([int(plain)]), np.zeros(1, dtype=np.float32)
        steps: list[tuple[Ids, _Choices, Ids]] = []
        for word, likely in zip(words, _expected(words), strict=True):
            choices = self._choices(word, plain)
            gains = np.array([likely.get(self._names[one], 0.0) for one in choices.numbers], dtype=np.float32)
            total = score[:, None] + self._follow(first, second, choices.numbers) - choices.costs + gains
            if not plain:
                total -= _TURN[mode[:, None], choices.bare]
            before, chosen = _best(total, second)
            first, second = second[before], choices.numbers[chosen]
            mode, score = choices.bare[chosen], total[before, chosen]
            steps.append((before, choices, chosen))
        at = int(np.argmax(score + self._follow(first, second, np.array([START]))[:, 0])) if steps else 0
        found: list[str] = []
        for before, choices, chosen in reversed(steps):
            here = int(chosen[at])
            found.append("" if choices.stays[here] else self._names[choices.numbers[here]])
            at = int(before[at])
        return found[::-1]

    def _choices(self, word: str, plain: bool) -> _Choices:
        key = syllable_key(word)
        typed = self._ids.get(key, self._language.number(word))
        alike = self._flats.get(flat_key(key), ()) if word.isalpha() else ()
        found: list[tuple[int, int, float, bool]] = []
        if fold(word) == lowered(word):
            found += [(one, 1, 0.0, False) for one in alike]
        elif not is_key(key):  # its tone alone may be missing: "đươc"
            letters = key.rstrip("12345")
            found += [(one, 0, 0.0, False) for one in alike if self._names[one].rstrip("12345") == letters]
        if not (alike or is_key(key)) and word.isalpha() and len(word) >= _SHORTEST and not expanded(word):
            found += [(one, int(plain), cost, False) for one, cost in self._near(word)]
        if not (plain and alike):
            odd = _ODD if alike else _ODDER if found else 0.0
            found.append((typed, 0, odd if typed == OTHER else 0.0, True))
        numbers, bare, costs, stays = zip(*found, strict=True)
        return _Choices(np.array(numbers), np.array(bare), np.array(costs, dtype=np.float32), np.array(stays))

    def _near(self, word: str) -> Iterator[tuple[int, float]]:
        """Yield the syllables one slip away from a word that is none, each with what the slip costs."""
        lower, flat = lowered(word), fold(word)
        for spelt, numbers in self._flats.items():
            if abs(len(spelt) - len(flat)) <= 1 and OSA.distance(flat, spelt, score_cutoff=1) <= 1:
                for one in numbers:
                    letters = OSA.distance(lower, spell(self._names[one])) - 1 if lower != flat else 0
                    yield one, _SLIP + _SLIPPED_LETTER * letters

    def _follow(self, first: Ids, second: Ids, third: Ids) -> Logs:
        """Return ln P of each choice after each path, (paths, choices)."""
        first, second, third = first[:, None], second[:, None], third[None, :]
        if self._articles is None:
            return self._language.follow(first, second, third)
        known = len(self._language.names)
        at_large = (np.where(one < known, one, OTHER) for one in (first, second, third))
        common = np.exp(self._language.follow(*at_large)) * np.where(third < known, 1.0, _NEW)
        own = np.exp(self._articles.follow(first, second, third))
        read = (self._articles.after_one[second] < 0) | (second < len(SIGNS))
        share = self._share * np.where(read, 1.0, _UNREAD)
        chances: Logs = np.log((1 - share) * common + share * own)
        return chances.astype(np.float32)


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], float]]]:
    """What questions often say, by its accent-free words: its syllable keys, and what each gains."""
    table = phrases("followup.tsv")
    places = [
        (unit.name, _NAMED if unit.level == "province" else _SAID)
        for units in large_units().values()
        for unit, _ in units
        if " " in unit.name
    ]
    things = [(thing, _SAID) for kind in ("counted", "people") for thing in table[kind]]
    said = [(phrase, _SAID) for kind in _USUAL for phrase in table[kind]]
    said += [(f"thì {how}", _SAID) for how in table["how"]]
    said += [(f"{where} {name}", gain) for where in ("ở", "tại") for name, gain in places]
    said += [(f"{instead} {name}", gain) for instead in table["instead"] for name, gain in (*places, *things)]
    found: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    for phrase, gain in said:
        found.setdefault(fold(phrase), []).append((tuple(map(syllable_key, phrase.split())), gain))
    return found


def _expected(words: Sequence[str]) -> list[dict[str, float]]:
    """Return for each word the syllable keys that a usual phrase has there, with what they gain; the longest counts.

    "o dien bien" -> ở, Điện, Biên
    """
    found: list[dict[str, float]] = [{} for _ in words]
    flats, at = [fold(word) for word in words], 0
    while at < len(words):
        sizes = range(min(_LONGEST, len(words) - at), 0, -1)
        size = next((size for size in sizes if " ".join(flats[at : at + size]) in _phrases()), 0)
        for keys, gain in _phrases().get(" ".join(flats[at : at + size]), ()):
            for here, key in enumerate(keys, at):
                found[here][key] = max(gain, found[here].get(key, 0.0))
        at += max(size, 1)
    return found


def _best(total: Logs, second: Ids) -> tuple[Ids, Ids]:
    """Return the rows and columns of the best paths, for each choice and each syllable before it only the best."""
    rows, columns = np.divmod(np.argsort(-total, axis=None, kind="stable"), total.shape[1])
    _, firsts = np.unique(second[rows] * total.shape[1] + columns, return_index=True)
    kept = np.sort(firsts)[:_PATHS]
    return rows[kept], columns[kept]
