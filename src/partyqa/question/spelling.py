"""Typing slips in a question, mended against the syllables of the language and of the articles: "ddangr vieen",
"Mườgn Ảng", "Muong Ang co bao nhieu".

A syllable that Vietnamese has, accents and all, is never changed: a name that is merely not in the articles stays.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from partyqa.question.accents import Accents
from partyqa.question.language import LanguageModel, pieces, shipped
from partyqa.text.lexicon import rows
from partyqa.text.normalise import fold, lowered
from partyqa.text.syllables import is_key
from partyqa.text.tokens import expanded, spell, syllable_key

_TELEX = (
    ("dd", "đ"),
    ("aa", "â"),
    ("ee", "ê"),
    ("oo", "ô"),
    ("aw", "ă"),
    ("ow", "ơ"),
    ("uw", "ư"),
    ("w", "ư"),
)
_TELEX_TONES = {"s": "1", "f": "2", "r": "3", "x": "4", "j": "5"}
_VNI = {"a6": "â", "e6": "ê", "o6": "ô", "o7": "ơ", "u7": "ư", "a8": "ă", "d9": "đ"}
_SHORTEST_VNI = 3  # letters and digits: "A1" is a licence
_MARKS = '?!.,;:()"“”'
_TO_Y = str.maketrans("iíìỉĩị", "yýỳỷỹỵ")  # kỷ and kỉ have one key: the letter typed is kept
_MOSTLY = 0.65  # of the words may be Vietnamese: the question is
_SHORTHAND = re.compile("[ivx]+|[^aeiouy]+")  # Roman numerals, d/c, hcm: no words of any language


class Speller:
    """Knows the syllables of the language and of an index, and which stand side by side."""

    def __init__(self, texts: Iterable[str], language: LanguageModel | None = None) -> None:
        """`texts` are those of the articles."""
        self._accents = Accents(texts, language or shipped())

    def mend(self, text: str) -> str:
        """Return NFC `text` with typing slips mended, with accents where it was typed without, and not all in
        capitals: the embedding model reads "MƯỜNG TÈ CÓ" as other words. Another language stays as it is.

        "ai laf bis thuw huyeenj uyr" -> "ai là bí thư huyện ủy"; "dang vien" -> "đảng viên"
        """
        if text.isupper() and " " in text:
            text = " ".join(
                word if expanded(word.strip(_MARKS)) else lowered(word) for word in text.split(" ")
            )
        text = _out_of_chat(text)
        parts = list(pieces(text))
        typed = [word for word, _, _ in parts]
        if self._foreign(typed):
            return text
        mended = [self._decoded(word) or word for word in typed]
        plain = fold(text) == lowered(text) and mended == typed
        restored = self._accents.restore(mended, plain)
        out, end = [], 0
        for (word, start, stop), slip, key in zip(parts, mended, restored, strict=True):
            if word[0].isalnum():
                out += [text[end:start], _like(word, _spelt(key, word) if key else slip)]
                end = stop
        return "".join([*out, text[end:]])

    def _foreign(self, words: Sequence[str]) -> bool:
        """Whether too few words can be Vietnamese; names in capitals, slips with accents, Telex keys tell nothing."""
        telling = [
            self._accents.knows(word)
            for at, word in enumerate(words)
            if word.isalpha()
            and not (_SHORTHAND.fullmatch(fold(word)) or expanded(word) or self._decoded(word))
            and (
                self._accents.knows(word) or (fold(word) == lowered(word) and not (at and word[0].isupper()))
            )
        ]
        return sum(telling) < _MOSTLY * len(telling)

    def _decoded(self, word: str) -> str:
        """What was meant when Telex or VNI keys were left standing, or "" when that gives no known word."""
        lower = word.lower()
        if not lower.isascii() or self._accents.knows(lower) or expanded(word):
            return ""
        vni = _from_vni(lower)
        if vni and self._accents.knows(vni):
            return vni
        telex = _from_telex(lower)
        return telex if telex and self._accents.knows(telex) else ""


@cache
def _chat() -> tuple[re.Pattern[str], dict[str, str]]:
    meant = {row[0]: row[1] for row in rows("chat.tsv")}
    longest = sorted(meant, key=len, reverse=True)
    return re.compile(rf"(?<![\w/-])(?:{'|'.join(map(re.escape, longest))})(?![\w/-])"), meant


def _out_of_chat(text: str) -> str:
    """Write out what people shorten when they chat: "bao nhiu" -> "bao nhiêu", accent-free where the rest is."""
    pattern, meant = _chat()
    plain = pattern.sub("", text).isascii()
    full = {short: fold(long) if plain else long for short, long in meant.items()}
    return pattern.sub(lambda match: full[match.group()], text)


def _from_telex(word: str) -> str:
    if not word.isalpha():
        return ""
    letters = word
    tone = ""
    found = re.search(r"[aeiouy][a-z]*?([sfrxj])", letters)
    if found:
        at = found.start(1)
        tone, letters = _TELEX_TONES[letters[at]], letters[:at] + letters[at + 1 :]
    for typed, meant in _TELEX:
        letters = letters.replace(typed, meant)
    return _spelled(letters, tone)


def _from_vni(word: str) -> str:
    if len(word) < _SHORTEST_VNI or not any(char.isdecimal() for char in word):
        return ""
    tone = next((char for char in word if char in "12345"), "")
    letters = re.sub("[1-5]", "", word)
    for typed, meant in _VNI.items():
        letters = letters.replace(typed, meant)
    # The mark may be typed at the end: huyen65
    for digit, vowels in (("6", "aeo"), ("7", "ou"), ("8", "a"), ("9", "d")):
        if digit in letters:
            letters = letters.replace(digit, "")
            first = next((vowel for vowel in vowels if vowel in letters), "")
            if not first:
                return ""
            letters = letters.replace(first, _VNI[first + digit], 1)
    return _spelled(letters, tone)


def _spelled(letters: str, tone: str) -> str:
    key = syllable_key(letters) + tone
    return spell(key) if is_key(key) else ""


def _spelt(key: str, typed: str) -> str:
    """Return a syllable as it is spelt, with y where that was typed: one key stands for "kỷ" and "kỉ"."""
    spelt = spell(key)
    return spelt if fold(spelt) == fold(typed) else spelt.translate(_TO_Y)


def _like(word: str, meant: str) -> str:
    if word.isupper() and len(word) > 1:
        return meant.upper()
    return meant[0].upper() + meant[1:] if word[0].isupper() else meant
