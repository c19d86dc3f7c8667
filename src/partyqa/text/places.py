"""Which places of Vietnam a text names: with capitals or without, with accents or without."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from partyqa.text.gazetteer import Marked, Unit, communes, large_units
from partyqa.text.lexicon import folded, marked, records, written
from partyqa.text.names import folded as looked_up
from partyqa.text.names import usual
from partyqa.text.normalise import fold, lowered
from partyqa.text.tokens import syllable_key


class Mention(NamedTuple):
    """A place named in a text: `text[start:end]` is its name, from `lead` on with its unit.

    `key` is the name as it is looked up (text/names.py), `unit_word` the unit it is named with ("huyện", also of
    "Huyện ủy") or "".
    """

    lead: int
    start: int
    end: int
    key: str
    unit_word: str
    units: tuple[Unit, ...]

    @property
    def label(self) -> str:
        """The place as it is written: "huyện Mường Nhé"; "" where several differ by their accents alone."""
        spelt = {unit.name for unit in self.units}
        return " ".join([*self.unit_word.split(), *spelt]) if len(spelt) == 1 else ""


_WORD = re.compile(r"[^\W\d_]+")
_K = re.compile("k(?!h)")
_JOINED = re.compile(r" | ?[-–] ?|['’]")
NAMED_PERSON = re.compile(
    rf"\b(?:{folded(marked('titles.tsv', 'named'))}|{folded(marked('offices.tsv', 'head'))}) $"
)
_WHERE = frozenset({"ở", "tại"})
_FLAT_WHERE = frozenset({"o", "tai"})
_LONGEST = 5  # words of a name
OPENING = frozenset(marked("openings.tsv"))
FLAT_OPENING = frozenset(map(fold, marked("openings.tsv", "flat")))
_UNIT_WORDS = {
    words: line["unit"]
    for line in records("units.tsv")
    for words in (line["unit"], line["short"], line["committee"])
    if words and line["unit"] not in marked("units.tsv", "hamlet", "loose")
}
_FLAT_UNIT_WORDS = {fold(words): kind for words, kind in _UNIT_WORDS.items()}
_AMBIGUOUS = frozenset(map(fold, marked("units.tsv", "ambiguous")))
_COMMUNES = frozenset(marked("units.tsv", "commune"))
# One or two words before a name written small these show that it is a person's, or its end: "phạm văn sơn là ai".
_PERSONS = frozenset(
    word for name in (*marked("surnames.tsv", "clear"), "văn") for word in (name, fold(name))
)
_TITLES = re.compile(
    rf"\b(?:{written(marked('titles.tsv', 'clear'))}|{folded(marked('titles.tsv', 'clear'))}) $"
)
_PEOPLE = frozenset({"ho chi minh"})  # a place only with its unit: "thành phố Hồ Chí Minh"
_ELSEWHERE = frozenset(map(looked_up, ("thai binh duong", "chinh phu my")))  # the ocean, the government


def recognise(text: str) -> tuple[Mention, ...]:
    """Return the places that NFC `text` names, in order; the longest name counts.

    A name with capital letters is one unless it is part of a longer name, as Thái Bình is of Nguyễn Thái Bình;
    one written small where its unit stands before it, or where it is no ordinary word as well. Communes are
    known by their unit alone.

    "dang bo huyen muong nhe" -> (huyện Mường Nhé); "sống trong hòa bình" -> ()
    """
    return tuple(_found(_Words(text)))


class _Words:
    """A text cut into words, with what decides whether some of them are a name."""

    def __init__(self, text: str) -> None:
        self.text, self.ascii = text, text.isascii()
        self.spans = [match.span() for match in _WORD.finditer(text)]
        self.small = [lowered(text[start:end]) for start, end in self.spans]
        keys = looked_up(text)
        self.flat = [keys[start:end] for start, end in self.spans]
        shouted = text.isupper()
        self.capital = [text[start].isupper() and not shouted for start, _ in self.spans]

    def joined(self, at: int) -> bool:
        """Whether the word at `at` goes on what stands before it."""
        return 0 < at < len(self.spans) and bool(
            _JOINED.fullmatch(self.text, self.spans[at - 1][1], self.spans[at][0])
        )

    def goes_on(self, at: int) -> bool:
        """Whether a capital word stands right before the word at `at` that may belong to the same name."""
        opening = FLAT_OPENING if self.ascii else OPENING
        return self.joined(at) and self.capital[at - 1] and self.small[at - 1] not in opening

    def unit_word(self, at: int) -> tuple[str, int]:
        """The unit that stands right before the word at `at`, and where it begins."""
        for size in (2, 1):
            first = at - size
            if first >= 0 and all(self._near(here) for here in range(first + 1, at + 1)):
                words = " ".join(self.small[first:at]).replace("uỷ", "ủy")
                flat = " ".join(self.flat[first:at])
                kind = _UNIT_WORDS.get(words) or (
                    _FLAT_UNIT_WORDS.get(flat) if self.ascii or flat not in _AMBIGUOUS else None
                )
                if kind:
                    return kind, self.spans[first][0]
        return "", self.spans[at][0]

    def where(self, at: int) -> bool:
        """Whether "ở" or "tại" stands right before the word at `at`."""
        return self.joined(at) and self.small[at - 1] in (_FLAT_WHERE if self.ascii else _WHERE)

    def _near(self, at: int) -> bool:
        return self.text[self.spans[at - 1][1] : self.spans[at][0]] in (" ", ". ", ".")

    def person(self, at: int) -> bool:
        """Whether what stands before the word at `at` shows that a person's name follows or goes on."""
        before = self.small[max(0, at - 2) : at]
        return not _PERSONS.isdisjoint(before) or bool(_TITLES.search(" ".join([*before, ""])))

    def plain(self, at: int, size: int) -> bool:
        """Whether the words are typed without accents."""
        return all(word.isascii() for word in self.small[at : at + size])

    def titled(self, at: int) -> bool:
        """Whether a title stands before the word at `at`: "chị Huế" is no city."""
        start = self.spans[at][0]
        return bool(NAMED_PERSON.search(fold(self.text[max(0, start - 20) : start])))

    def spelt(self, at: int, size: int, name: str) -> bool:
        """Whether the words carry the very accents of `name`."""
        return list(map(_spelling, self.small[at : at + size])) == list(map(_spelling, _WORD.findall(name)))


def _found(words: _Words) -> Iterator[Mention]:
    at, after_place = 0, False
    while at < len(words.spans):
        mention, size = _at(words, at, after_place)
        if mention:
            yield mention
        at, after_place = at + size, mention is not None


def _at(words: _Words, at: int, after_place: bool) -> tuple[Mention | None, int]:
    """The longest place that begins at a word, and how many words to go on by."""
    if " ".join(words.flat[at : at + 2]) in _FLAT_UNIT_WORDS:
        return None, 2  # not the "phố yên" of "thành phố yên bái"
    if _begins_told(words, at):
        return None, 1  # not the "quận sơn" of "quận sơn trà"
    unit_word, lead = words.unit_word(at)
    for size in range(min(_LONGEST, len(words.spans) - at), 0, -1):
        key = " ".join(words.flat[at : at + size])
        if key in _ELSEWHERE:
            return None, size
        if (other := usual(key)) and (respelt := _respelt(words, at, size, other)):
            return respelt, size
        units = _known(key, unit_word)
        if not units or not all(words.joined(here) for here in range(at + 1, at + size)):
            continue
        fitting = [unit for unit in units if _fits(words, at, size, unit, unit_word, after_place)]
        if fitting:
            start, end = words.spans[at][0], words.spans[at + size - 1][1]
            return Mention(
                lead, start, end, key, unit_word, tuple(_best(words, at, size, fitting, unit_word))
            ), size
    return None, 1


def _respelt(words: _Words, at: int, size: int, name: str) -> Mention | None:
    """A place in a spelling that is no ordinary word, "Sapa", "TPHCM"; its usual one is looked up."""
    unit_word, lead = words.unit_word(at)
    short, _, rest = name.partition(" ")
    if kind := _FLAT_UNIT_WORDS.get(short):
        unit_word, name = kind, rest
    units = [unit for unit, _ in _known(name, unit_word)]
    units = [unit for unit in units if unit.kind == unit_word] or units
    person = words.goes_on(at) or (name in _PEOPLE and not unit_word)
    if not units or person or not all(words.joined(here) for here in range(at + 1, at + size)):
        return None
    return Mention(lead, words.spans[at][0], words.spans[at + size - 1][1], name, unit_word, tuple(units))


def _begins_told(words: _Words, at: int) -> bool:
    kind = _FLAT_UNIT_WORDS.get(words.flat[at], "")
    keys = (" ".join(words.flat[at + 1 : at + 1 + size]) for size in range(2, _LONGEST + 1)) if kind else ()
    return any(unit.kind == kind for key in keys for unit, _ in large_units().get(key, ()))


def _known(key: str, unit_word: str) -> tuple[Marked, ...]:
    known = large_units().get(key, ())
    return known + communes(key) if unit_word in _COMMUNES else known


def _fits(words: _Words, at: int, size: int, unit: Marked, unit_word: str, after_place: bool) -> bool:
    """Whether the words are this unit's name there, and not an ordinary word, or part of another name."""
    (level, kind, name, *_), needs = unit
    key = " ".join(words.flat[at : at + size])
    spelt = words.spelt(at, size, name)
    if not unit_word and (key in _PEOPLE or (size == 1 and (needs or words.ascii or words.titled(at)))):
        return False
    heads = [word[0].isupper() for word in _WORD.findall(name)]  # not the "leo" of Ea H'leo
    capitals = sum(capital for capital, head in zip(words.capital[at:], heads, strict=False) if head)
    if 0 < capitals < sum(heads):
        return False
    if capitals:
        if not (spelt or words.ascii or unit_word):
            return False
        begins = unit_word or after_place or not words.goes_on(at)
        return bool(begins) and (bool(unit_word) or _ends(words, at + size))
    if unit_word == kind and kind not in _COMMUNES:
        return size > 1 or needs != "^"  # "thành phố vinh dự đón"
    if size == 1 or not (unit_word or spelt or words.plain(at, size)):
        return False  # not the "phủ quốc" of "chính phủ quốc gia"
    ordinary = needs == "^" or (needs == "~" and not spelt)
    if level == "province" and words.where(at):  # "o dien bien" is no "ở diễn biến"
        ordinary = not (spelt or words.ascii)
    return not ordinary and (bool(unit_word) or not words.person(at))


def _ends(words: _Words, at: int) -> bool:
    """Whether a name in capitals ends before the word at `at`: no other goes on, or that begins a place."""
    if not (words.joined(at) and words.capital[at]):
        return True
    return any(" ".join(words.flat[at : at + size]) in large_units() for size in range(_LONGEST, 1, -1))


def _best(words: _Words, at: int, size: int, units: Sequence[Marked], unit_word: str) -> Iterable[Unit]:
    """The units of the kind that is named, spelt as in the text, as far as there are such."""
    found = [unit for unit, _ in units]
    found = [unit for unit in found if words.spelt(at, size, unit.name)] or found
    return [unit for unit in found if unit.kind == unit_word] or found


def _spelling(word: str) -> str:
    """The syllable key of a word, of one spelt as in another language of the country as in Vietnamese: "Đăk", "Đắc"."""
    key = _K.sub("c", syllable_key(word))
    return f"{key}1" if key.endswith(("c", "p", "t", "ch")) else key
