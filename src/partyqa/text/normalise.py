"""Characters: one form of Unicode, and text without accents or capitals, offsets kept."""

import re
import unicodedata
from itertools import takewhile

from partyqa.text.syllables import is_syllable

_BREAK = "\u200b"  # zero-width space: words may part there
_WORD_END, _WORD_START = re.compile(r"[^\W_]+$"), re.compile(r"[^\W_]+")
_TAIL = 32  # letters before a break that are looked at: no syllable is longer
_TORN = re.compile(
    "(?<![^\\W\\d_])([^\\W\\d_]{1,8}) +([\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323]+)"
    "([^\\W\\d_]{0,8})(?![^\\W\\d_])"
)
_LETTERS = re.compile("[^\\W\\d_]+")
LIKE_D = str.maketrans("ÐðƉɖ", "ĐđĐđ")
"""U+00D0, U+0189 and their small letters, which look like Đ."""
_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_VOWEL = re.compile("[aeiouy]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def _door(char: str) -> str:
    category = unicodedata.category(char)
    if char in ("\n", _BREAK):
        return char
    if char == "\t" or category == "Zs":
        return " "
    return "" if category in ("Cc", "Cf", "Cs") else char


class _Table(dict[int, str]):
    """A str.translate table filled on first sight of each character."""

    def __missing__(self, code: int) -> str:
        self[code] = value = self.rule(chr(code))
        return value

    def rule(self, char: str) -> str:
        raise NotImplementedError


class _Door(_Table):
    def rule(self, char: str) -> str:
        return _door(char)


class _Fold(_Table):
    def rule(self, char: str) -> str:
        if char in "đĐ":
            return "d"
        base = unicodedata.normalize("NFD", char)[0].lower()
        return base if len(base) == 1 else char


_DOOR, _FOLD = _Door(), _Fold()


def normalise(raw: str) -> str:
    """Return NFC text with newlines as "\\n", every other white space a plain space, and no control or
    invisible characters; applying it twice changes nothing.

    Vietnamese that was damaged on its way is mended: letters that look like đ, tones torn off
    ("sa ̉n"), words that only a zero-width space parts.
    """
    text = unicodedata.normalize("NFC", _parted(_LINE_ENDS.sub("\n", raw).translate(_DOOR)))
    while (mended := _mended(text)) != text:
        text = mended
    return text


def _mended(text: str) -> str:
    """Join tones that are torn off, and put đ for what looks like it; each may bring the other about."""
    text = _TORN.sub(_rejoined, text)
    if not any(chr(letter) in text for letter in LIKE_D):
        return text
    vietnamese = bool(_VIETNAMESE.search(text))
    return _LETTERS.sub(lambda word: _with_d(word.group(), vietnamese), text)


def _parted(text: str) -> str:
    """Put a space for a zero-width one between two syllables or numbers that are none together, else nothing."""
    pieces, tail = [], ""
    for number, part in enumerate(text.split(_BREAK)):
        before, after = _WORD_END.search(tail), _WORD_START.match(part)
        apart = number and before and after and _are_two(before.group(), after.group())
        pieces.append(f" {part}" if apart else part)
        tail = f"{tail}{pieces[-1]}"[-_TAIL:]
    return "".join(pieces)


def _are_two(before: str, after: str) -> bool:
    spelt = [unicodedata.normalize("NFC", word) for word in (before, after, before + after)]
    one, other = (word.isdecimal() or is_syllable(word) for word in spelt[:2])
    return one and other and not is_syllable(spelt[2]) and not spelt[2].isdecimal()


def _rejoined(torn: re.Match[str]) -> str:
    whole = unicodedata.normalize("NFC", "".join(torn.groups()))
    return whole if is_syllable(whole) else torn.group()


def _with_d(word: str, vietnamese: bool) -> str:
    """Return a word with đ for what looks like it, where it is a syllable or, amid Vietnamese, letters: "HÐND"."""
    meant = word.translate(LIKE_D)
    letters = vietnamese and (meant.isupper() or not _VOWEL.search(meant))
    return meant if letters or is_syllable(meant) else word


def fold(text: str) -> str:
    """Return NFC `text` in lower case without accents, đ as d, of the same length, so that offsets hold.

    Đảng bộ -> dang bo
    """
    return text.translate(_FOLD)


def lowered(text: str) -> str:
    """Return `text` in lower case and of the same length, so that offsets hold."""
    lower = text.lower()
    if len(lower) == len(text) and "ς" not in lower:  # else one letter became two, or its shape its place
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def leading_capitals(text: str) -> str:
    """Return the words of `text` up to the first without a capital letter: "Mường Ảng họp" -> "Mường Ảng"."""
    return " ".join(takewhile(lambda word: word[0].isupper(), text.split()))


def one_line(text: str) -> str:
    """Return text on one line, white space single spaces, what cannot be seen left out."""
    return " ".join(normalise(text).split())
