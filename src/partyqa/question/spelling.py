"""Typing slips in a question, mended against the words that the articles use: "ddangr vieen", "Mườgn Ảng".

Only what can be no Vietnamese syllable, or holds Telex or VNI keys, is ever changed, and only into a syllable
of the articles that fits its neighbour: a name that is merely not in the articles stays as it is.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import cache
from itertools import chain, pairwise

from rapidfuzz.distance import OSA

from partyqa.question.accents import restore
from partyqa.text.gazetteer import large_units
from partyqa.text.lexicon import phrases, rows
from partyqa.text.normalise import fold, lowered
from partyqa.text.numbers import spelt_out, with_accents
from partyqa.text.places import recognise
from partyqa.text.tokens import expanded, spell, syllable_key, tokens

_WORD = re.compile(r"[^\W_]+")
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
_MARKS = '?!.,;:()"“”'
_TO_Y = str.maketrans("iíìỉĩị", "yýỳỷỹỵ")  # kỷ and kỉ have one key: the letter typed is kept
_VOWELS = (
    "a e i o u y ai ao au ay eo eu ia ie iu oa oe oi ua ue ui uo uu uy ye oai oay oeo uay uoi uou uya uye uyu ieu"
    " yeu uai oao".split()
)
_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|n|ngh?|nh|p|ph|qu?|r|s|t|th|tr|v|x)?"
    rf"(?:{'|'.join(sorted(_VOWELS, key=len, reverse=True))})(?:ch?|m|ng?|nh|p|t)?$"
)
_MOSTLY = 0.7  # of the words known: the question is Vietnamese
_SHORTHAND = re.compile("[ivx]+|[^aeiouy]")  # Roman numerals, d/c: no words of any language
_WHERE = frozenset({"ở", "tại", "o", "tai"})
_AND_THERE = frozenset({"", "thi sao", *map(fold, phrases("followup.tsv")["how"])})
_LONGEST_PLACE = 4  # words
_SHORTEST = 4  # letters: one slip in a shorter word could be anything


class Speller:
    """Knows the syllables of an index, and which stand side by side."""

    def __init__(self, known: Iterable[str], idf: Callable[[str], float] = lambda token: 0.0) -> None:
        """`known` are all tokens of the index (text.tokens), accent-free ones begin with "~"; `idf` their
        rareness.
        """
        self._idf = idf
        self._pairs: set[str] = set()
        self._flat_pairs: set[str] = set()
        self._keys: dict[str, set[str]] = {}
        asking = phrases("asking.tsv")
        self._asking = {token for phrase in asking["sure"] for token in tokens(phrase) if "_" in token}
        for token in chain(known, *(tokens(phrase) for kind in asking.values() for phrase in kind)):
            if "_" in token:
                (self._flat_pairs if token[0] == "~" else self._pairs).add(token.removeprefix("~"))
            elif token[0] != "~" and token.isalnum() and token[0].isalpha():
                self._keys.setdefault(_flat(token), set()).add(token)

    def mend(self, text: str) -> str:
        """Return NFC `text` with typing slips mended, with accents where it has none at all, and not all in
        capitals: the embedding model reads "MƯỜNG TÈ CÓ" as other words.

        "ai laf bis thuw huyeenj uyr" -> "ai là bí thư huyện ủy"; "dang vien" -> "đảng viên"
        """
        if text.isupper() and " " in text:
            text = " ".join(
                word if expanded(word.strip(_MARKS)) else lowered(word) for word in text.split(" ")
            )
        text = _out_of_chat(text)
        words = list(_WORD.finditer(text))
        mended = [word.group() for word in words]
        plain = text.isascii() and not any(self._decoded(word) for word in mended)
        for at, word in enumerate(mended):
            if self._knows(word) or word.isdecimal() or expanded(word):
                continue
            neighbours = mended[at - 1] if at else "", mended[at + 1] if at + 1 < len(mended) else ""
            meant = self._decoded(word) or self._nearest(word, *neighbours)
            if meant:
                mended[at] = _like(word, fold(meant) if plain else meant)
        if plain:
            mended = self._accented(mended)
            _spell_numbers(text, words, mended)
            _spell_places(text, words, mended)
            self._spell_named(words, mended)
        out, end = [], 0
        for match, new in zip(words, mended, strict=True):
            out += [text[end : match.start()], new]
            end = match.end()
        return "".join([*out, text[end:]])

    def _accented(self, words: list[str]) -> list[str]:
        flats = [_flat(syllable_key(word)) if word.isalpha() else word for word in words]
        telling = [
            flat for flat in flats if flat.isalpha() and not (_SHORTHAND.fullmatch(flat) or expanded(flat))
        ]
        if sum(flat in self._keys for flat in telling) < _MOSTLY * len(telling):
            return words  # another language
        accented = restore(flats, self._keys, self._pairs, self._idf, self._asking)
        return [
            _like(word, new.translate(_TO_Y) if fold(word) != fold(new) else new)
            if flat in self._keys
            else word
            for word, flat, new in zip(words, flats, accented, strict=True)
        ]

    def _spell_named(self, words: Sequence[re.Match[str]], mended: list[str]) -> None:
        """Put its accents on a province after "o", "tai" or "con", and on a district, unless only another reading
        stands in the articles.

        "o tuan giao" -> "ở tuần giáo"; "o van ban nao" stays "ở văn bản nào", not the district Văn Bàn
        """
        for at, name, province in _after_where([fold(word) for word in mended], mended):
            read = mended[at : at + len(name)]
            if province or self._stand_together(name) or not self._stand_together(read):
                for here, word in enumerate(name, at):
                    mended[here] = _like(words[here].group(), word)

    def _stand_together(self, words: Sequence[str]) -> bool:
        keys = [syllable_key(word) for word in words]
        return all(f"{one}_{other}" in self._pairs for one, other in pairwise(keys))

    def _knows(self, word: str) -> bool:
        return word.isalpha() and _flat(syllable_key(word)) in self._keys

    def _nearest(self, word: str, before: str, after: str) -> str:
        """The only syllable one slip away that stands beside one of these neighbours somewhere, or ""."""
        flat = fold(word)
        if len(flat) < _SHORTEST or not flat.isalpha() or _SYLLABLE.match(flat):
            return ""
        left, right = syllable_key(before), syllable_key(after)
        fitting = [
            near
            for near in self._neighbours(flat)
            if _fits(near, _flat(left), _flat(right), self._flat_pairs)
        ]
        if len(fitting) != 1:
            return ""
        keys = sorted(self._keys[fitting[0]])
        return spell(next((key for key in keys if _fits(key, left, right, self._pairs)), keys[0]))

    def _decoded(self, word: str) -> str:
        """What was meant when Telex or VNI keys were left standing, or "" when that gives no known word."""
        lower = word.lower()
        if not lower.isascii() or self._knows(lower):
            return ""
        vni = _from_vni(lower)
        if vni and fold(vni) in self._keys:
            return vni
        telex = _from_telex(lower)
        return (
            telex if telex and syllable_key(telex) in self._keys.get(_flat(syllable_key(telex)), ()) else ""
        )

    def _neighbours(self, flat: str) -> tuple[str, ...]:
        return tuple(
            known
            for known in self._keys
            if abs(len(known) - len(flat)) <= 1 and OSA.distance(flat, known, score_cutoff=1) <= 1
        )


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


def _spell_numbers(text: str, words: Sequence[re.Match[str]], mended: list[str]) -> None:
    """Put accents on numbers in words, which tokens of the index do not hold as words: "hai muoi lam"."""
    for _, start, end in spelt_out(text):
        held = [at for at, word in enumerate(words) if start <= word.start() < end]
        spelt = with_accents([words[at].group().lower() for at in held])
        for at, word in zip(held, spelt, strict=True):
            mended[at] = _like(words[at].group(), word)


def _spell_places(text: str, words: Sequence[re.Match[str]], mended: list[str]) -> None:
    """Put the accents of its name on a place: "o dien bien" is no "diễn biến"."""
    for place in recognise(text):
        held = [at for at, word in enumerate(words) if place.lead <= word.start() < place.end]
        spelt = place.label.lower().split()
        if [fold(word) for word in spelt] == [fold(words[at].group()) for at in held]:
            for at, word in zip(held, spelt, strict=True):
                mended[at] = _like(words[at].group(), word)


def _after_where(flats: Sequence[str], words: Sequence[str]) -> Iterator[tuple[int, list[str], bool]]:
    """Yield where the longest district or province after "ở" or "tại" begins, its words in small letters, and
    whether it is a province; also after "còn", where nothing but "thì sao" follows.
    """
    for at, word in enumerate(words, 1):
        instead = flats[at - 1] == "con"
        for size in range(_LONGEST_PLACE, 1, -1) if instead or word.lower() in _WHERE else ():
            units = [unit for unit, _ in large_units().get(" ".join(flats[at : at + size]), ())]
            rest = " ".join(flats[at + size :])
            if units:
                name = units[0].name.lower().split()
                if {unit.name for unit in units} == {units[0].name} and not (
                    instead and rest not in _AND_THERE
                ):
                    yield at, name, units[0].level == "province"
                break


def _fits(syllable: str, before: str, after: str, pairs: Set[str]) -> bool:
    return f"{before}_{syllable}" in pairs or f"{syllable}_{after}" in pairs


def _from_telex(word: str) -> str:
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
    if not any(char.isdecimal() for char in word):
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
            letters = letters.replace(first, _VNI[first + digit], 1) if first else letters
    return _spelled(letters, tone)


def _spelled(letters: str, tone: str) -> str:
    return spell(syllable_key(letters) + tone) if _SYLLABLE.match(fold(letters)) else ""


def _flat(key: str) -> str:
    return fold(key.rstrip("12345"))


def _like(word: str, meant: str) -> str:
    if word.isupper() and len(word) > 1:
        return meant.upper()
    return meant[0].upper() + meant[1:] if word[0].isupper() else meant
