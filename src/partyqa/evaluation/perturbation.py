"""The same questions typed otherwise: without accents, in one case, with a slip; what answers them stays.

Deterministic, and made apart from what answering knows of spelling, which is what it is there to measure.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from partyqa.evaluation.datasets.base import Case, Dataset
from partyqa.evaluation.options import Typed
from partyqa.i18n import Message, message
from partyqa.text.normalise import fold, lowered, normalise
from partyqa.text.numbers import NUMERALS

_SHORTEST = 3  # letters of a word that a slip may be in
_CHUNK, _WORD = re.compile(r"\S+"), re.compile(rf"[^\W\d_]{{{_SHORTEST},}}")
_DIGIT, _ROMAN = re.compile(r"\d"), re.compile(r"[ivxlcdm]+")


def retyped(dataset: Dataset, typed: Typed) -> Dataset:
    """Return the dataset with every turn of every question typed anew, and a note of how many that changed.

    A question typed without any accent stays as it is: it has no accented twin to be held against.
    """
    cases = tuple(_retyped_case(case, typed) for case in dataset.cases)
    changed = sum(new is not old for new, old in zip(cases, dataset.cases, strict=True))
    kept = len(cases) - changed
    note = message("evaluation.note_typed", changed=changed, how=words_of(typed), kept=kept)
    return replace(dataset, cases=cases, typed=typed, notes=(*dataset.notes, note))


def words_of(typed: Typed) -> Message:
    """Return how questions were typed: "gõ không dấu"."""
    return message(f"evaluation.typed_{typed}")


def _retyped_case(case: Case, typed: Typed) -> Case:
    """Return the case typed anew, or the case itself where that changes nothing."""
    turns = tuple(normalise(turn) for turn in case.question.turns)
    if all(fold(turn) == lowered(turn) for turn in turns):
        return case
    typings = tuple(
        type_as(turn, typed, f"{case.question.id}/{number}") for number, turn in enumerate(turns, 1)
    )
    return case if typings == turns else replace(case, question=replace(case.question, turns=typings))


def type_as(text: str, typed: Typed, seed: str) -> str:
    """Return NFC `text` as it is typed so; `seed` decides which slip is made, the others need none.

    flat: Đảng bộ Mường Ảng -> dang bo muong ang
    """
    match typed:
        case Typed.FLAT:
            return fold(text)
        case Typed.LOWER:
            return text.lower()
        case Typed.UPPER:
            return text.upper()
        case Typed.SLIP:
            possible = list(slips(text))
            drawn = int.from_bytes(hashlib.sha256(seed.encode()).digest())
            return possible[drawn % len(possible)] if possible else text


def slips(text: str) -> Iterator[str]:
    """Yield `text` with one slip, for each that there can be: a letter lost, or swapped with the next.

    Never the first letter of a word, as good as never mistyped; nothing in or becoming a number, in words,
    Roman or joined to digits (13-KH/HU); nothing in an abbreviation.
    """
    for chunk in _CHUNK.finditer(text):
        if _DIGIT.search(chunk.group()):
            continue
        for word in _WORD.finditer(text, *chunk.span()):
            if _is_number(word.group()) or (word.group().isupper() and not text.isupper()):
                continue
            for slipped in _slips_of(word.group()):
                if not _is_number(slipped):
                    yield text[: word.start()] + slipped + text[word.end() :]


def _slips_of(word: str) -> Iterator[str]:
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
        if swapped != word:
            yield swapped


def _is_number(word: str) -> bool:
    plain = fold(word)
    return plain in NUMERALS or _ROMAN.fullmatch(plain) is not None
