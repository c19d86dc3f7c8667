"""The one key under which names are looked up, those that texts hold and those that questions ask for.

"Mỹ" and "Mĩ", "Păk" and "Pắc", "Bà Rịa - Vũng Tàu" and "Bà Rịa-Vũng Tàu", "Sapa" and "Sa Pa" are one name each: they
differ in accents, capitals, dashes, i or y, k or c, or as the table lexicon/name_spellings.tsv tells.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, cached_property, lru_cache
from itertools import pairwise, product

from rapidfuzz.distance import OSA

from partyqa.text.lexicon import folded as folded_words
from partyqa.text.lexicon import marked, phrases, records, written
from partyqa.text.normalise import fold, lowered

_WORD = re.compile(r"[^\W_]+")
_LOOK_ALIKE = str.maketrans("ðɖ", "dd")  # U+00D0 and U+0189 look like Đ
_SOLE_Y = re.compile(r"\b(qu|[^\W\d_aeiouy]+)y\b")  # "my", "quy", but not "thuy", nor "y" alone
_K = re.compile("k(?!h)")
_UNITS = marked("units.tsv", "numbered")
_NUMBERED = re.compile(
    rf"\b(?:(?i:(?<!mỗi )(?<!moi )(?<!từng ){written(_UNITS)}|{folded_words(_UNITS)}) (?:số |so )?|[QP]\.? ?)"
    r"(?:\d{1,2}|[IVX]+)\b(?![/,.-]\d| ?%)"
)
_SHORT = re.compile(r" ([qp]) ?(?=\d{1,2} )")
_FULL = {"q": " quan ", "p": " phuong "}
_LONGEST = 12  # words
_LEAST_FOREIGN = 5  # letters
_VOWELS = re.compile("[aeiouy]+")


def folded(text: str) -> str:
    """Return NFC `text` as names are looked up, of the same length, so that offsets hold: "Mỹ, Pắk" -> "mi, pac"."""
    return _K.sub("c", _SOLE_Y.sub(r"\1i", fold(text).translate(_LOOK_ALIKE)))


def name_key(text: str) -> str:
    """Return the words of NFC `text` as they are looked up, single spaces between, names in their usual spelling.

    "Bà Rịa-Vũng Tàu" -> "ba ria vung tau"; "TP.HCM" -> "tp ho chi minh"
    """
    words = _SHORT.sub(lambda match: _FULL[match[1]], f" {_words(text)} ")
    return _spellings().sub(lambda match: _usual()[match[1]], words).strip()


def usual(key: str) -> str:
    """Return the key of a name in its usual spelling, "" where this is the usual one: "sapa" -> "sa pa"."""
    return _usual().get(key, "")


def find(text: str, name: str) -> tuple[int, int] | None:
    """Return where in NFC `text` the words stand whose `name_key` is `name`, the first of them; None for nowhere."""
    spans, size = [match.span() for match in _WORD.finditer(text)], len(name.split()) + 1
    for at, (start, _) in enumerate(spans if size <= _LONGEST else ()):
        for _, end in spans[at : at + size]:
            if name_key(text[start:end]) == name:
                return start, end
    return None


def also(key: str) -> frozenset[str]:
    """Return the keys of other names that the same person or place has: "bac ho" -> "ho chi minh"."""
    lines = (line for line in records("name_spellings.tsv") if line["marks"] == "also")
    pairs = [(_words(line["spelling"]), _words(line["name"])) for line in lines]
    return frozenset(other for pair in pairs if key in pair for other in pair if other != key)


@lru_cache(maxsize=1 << 12)
def pattern_of(name: str) -> str:
    """Return the source of a regular expression for a name in " keys of words ": "sa pa" is also found written "sapa".

    Written together only where that is no other syllable: "to an" is no "toan".
    """
    source, words = "", name.split()
    for one, other in pairwise(words):
        apart = len(_VOWELS.findall(one + other)) < 2 or one.isdigit() or other.isdigit()
        source += re.escape(one) + (" " if apart else " ?")
    return source + re.escape(words[-1]) if words else ""


def without_capitals(text: str) -> tuple[str, ...]:
    """Return the keys of the names in NFC `text` that are known without capital letters, in order.

    Numbered units, "quận 2", "Q.2"; people by surname and middle name, "nguyễn văn tám", or by their title.
    """
    plain = text.isascii()
    lower = fold(text) if plain else lowered(text)
    units = [(match.start(), name_key(match.group())) for match in _NUMBERED.finditer(text)]
    found = _person_in_small(plain).finditer(lower)
    spans = [match.span("name" if match["name"] else "called") for match in found]
    people = [(start, name_key(text[start:end])) for start, end in spans if text[start + 1 : end].islower()]
    return tuple(dict.fromkeys(name for _, name in sorted(units + people)))


class NameBook:
    """The words of all texts of a collection, titles and credits too: whether a name stands anywhere."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words = "\n".join(f" {name_key(text)} " for text in texts)

    def holds(self, name: str) -> bool:
        """Whether every two neighbouring words of a name (a `name_key`) stand side by side in some text."""
        words = name.split()
        pairs: list[tuple[str, ...]] = [*pairwise(words)] or [tuple(words)]
        return all(self._says(" ".join(pair)) or self._says_alike(pair) for pair in pairs)

    def _says(self, words: str) -> bool:
        return re.search(f" {pattern_of(words)} ", self._words) is not None

    def _says_alike(self, words: Sequence[str]) -> bool:
        """Whether they stand there but for a slip in a word of another language: "Fraklin Roosevelt"."""
        ways = [(word, *self._alike(word)) if _foreign(word) else (word,) for word in words]
        return any(self._says(" ".join(way)) for way in product(*ways))

    def _alike(self, word: str) -> list[str]:
        return [one for one in self._foreign_words if OSA.distance(word, one, score_cutoff=1) <= 1]

    @cached_property
    def _foreign_words(self) -> frozenset[str]:
        return frozenset(filter(_foreign, set(self._words.split())))


def _foreign(word: str) -> bool:
    """Whether a key is none of a Vietnamese syllable, which has its vowels side by side, and long enough for a slip."""
    return len(word) >= _LEAST_FOREIGN and len(_VOWELS.findall(word)) > 1


def _words(text: str) -> str:
    return " ".join(_WORD.findall(folded(text)))


@cache
def _person_in_small(plain: bool) -> re.Pattern[str]:
    """Matches a person's name in small letters; without accents only with the surest surnames."""
    spell = folded_words if plain else written
    every, sure = spell(marked("surnames.tsv")), spell(marked("surnames.tsv", "clear"))
    title, middle = spell(marked("titles.tsv", "clear")), spell(phrases("beside.tsv")["middle"])
    end = spell((*phrases("beside.tsv")["no-given"], *phrases("marking.tsv")["predicate"]))
    given = rf"(?!{end}\b)[^\W\d_]{{2,7}}\b"
    common = "" if plain else f"|{every} {written(('văn', 'thị'))}"
    return re.compile(
        rf"\b{title} (?P<called>{every} {middle} {given})|\b(?P<name>(?:{sure} {middle}{common}) {given})"
    )


@cache
def _usual() -> dict[str, str]:
    lines = (line for line in records("name_spellings.tsv") if line["marks"] != "also")
    return {_words(line["spelling"]): _words(line["name"]) for line in lines}


@cache
def _spellings() -> re.Pattern[str]:
    longest = sorted(_usual(), key=len, reverse=True)
    return re.compile(rf"(?<= )({'|'.join(map(re.escape, longest))})(?= )")
