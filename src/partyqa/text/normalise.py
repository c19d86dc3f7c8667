"""Characters: one form of Unicode, and text without accents or capitals, offsets kept."""

import re
import unicodedata
from itertools import takewhile

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def _door(char: str) -> str:
    category = unicodedata.category(char)
    if char == "\n":
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
    """
    return unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", raw).translate(_DOOR))


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
