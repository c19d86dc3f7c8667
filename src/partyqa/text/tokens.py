"""Vietnamese text rules: normalising, folding, lexical tokens.

Everything here is pure; offsets are code points of NFC text. Sentence spans live in sentences.py.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain

from partyqa.text.lexicon import digest, folded, records, rows, written
from partyqa.text.normalise import fold
from partyqa.text.numbers import (
    GROUPS,
    SCALE,
    YEAR,
    date_keys,
    dates,
    in_scales,
    number_key,
    roman,
    scaled_key,
    spelt_out,
)
from partyqa.text.syllables import TONES, toneless

TABLES = ("abbreviations.tsv", "document_types.tsv", "numerals.tsv")
"""The tables that tokens depend on."""

RULES_VERSION = f"7-{digest(*TABLES)}"
"""The version of the rules of this module and what it imports, and the digest of their tables."""

_I_OR_Y = re.compile(r"(?:(?<=^[hklmstv])|(?<=^qu))y(?=\d?$)")


@lru_cache(maxsize=1 << 16)
def syllable_key(word: str) -> str:
    """Return one spelling for all spellings of a syllable: lower case, the tone as a digit at the end,
    i for a y that is the syllable's only vowel.

    uỷ, ủy -> uy3; hoà, hòa -> hoa2; kỹ, kĩ -> ki4
    """
    return _I_OR_Y.sub("i", "".join(toneless(word)))


def spell(key: str) -> str:
    """Return the usual spelling of a syllable key: mương2 -> mường, hoa2 -> hòa, qui1 -> quý."""
    if key.rstrip("12345") == "qui":
        key = key.replace("i", "y")
    if key[-1:] not in "12345" or len(key) < 2:
        return key
    letters, mark = key[:-1], next(mark for mark, tone in TONES.items() if tone == key[-1])
    vowels = [at for at, char in enumerate(letters) if fold(char) in "aeiouy"]
    if len(vowels) > 1 and letters[:2] in ("qu", "gi"):
        vowels = vowels[1:]
    if not vowels:
        return letters
    marked = [at for at in vowels if letters[at] in "ăâêôơư"]
    closed = vowels[-1] < len(letters) - 1
    at = marked[-1] if marked else vowels[-1] if closed and len(vowels) == 2 else vowels[len(vowels) > 2]
    return unicodedata.normalize("NFC", letters[: at + 1] + mark + letters[at + 1 :])


_VOWELS = frozenset("aeiouy")
LETTERS = {  # "chi thi": "ct", in the numbers of documents
    fold(line["type"]): fold(line["letters"]) for line in records("document_types.tsv") if line["letters"]
}
# In text with accents or without; not ĐA, for "đã 5 năm" is no "đề án 5".
_KIND = written(
    letters
    for line in records("document_types.tsv")
    for letters in (line["letters"].lower(), fold(line["letters"]))
    if letters and _VOWELS.isdisjoint(letters)
)
_GROUPS = GROUPS.replace(" ", "\\ ")
_SCALED = rf"(?:\ {SCALE})*"
_TERM = re.compile(
    rf"""(?P<document>\d+\s?[-–]\s?[^\W\d_]{{2,5}}\s?/\s?[^\W\d_]{{2,6}}
         | \d+(?:\s?[-–]\s?|\s)(?i:{_KIND})\s?[-–/]\s?[^\W\d_]{{2,6}}
         | \d+\s?/\s?(?:\d{{4}}\s?/\s?)?(?i:{_KIND})\s?[-–]\s?[^\W\d_]{{2,6}})(?!\w)
      | (?P<date>\d{{1,2}}\s?[/-]\s?\d{{1,2}}(?:\s?[/-]\s?\d{{4}})?(?![\d%])
         | \d{{1,2}}\s?/\s?{YEAR}(?![\d%/-]) | \d{{1,2}}\.\d{{1,2}}\.{YEAR}(?![\d%]|[.,]\d))
      | (?P<number>{_GROUPS}|\d+(?:[.,]\d+)*)(?P<scale>{_SCALED})(?P<percent>\s?%|\ (?:phần\ trăm|phan\ tram)\b)?
      | (?P<word>[đĐdD]/[cC]\b|[^\W\d_]+)""",
    re.VERBOSE,
)
_PART = re.compile(r"\d+|[^\W\d_]+")
_OF_KIND = re.compile(rf"\b({folded(LETTERS)}|{_KIND})(?: so)?[ :.–-]*$")
_OF_CENTRAL = re.compile(
    r"(?:\b(?i:(?:nq|hn)?tw|trung (?:ương|uong))|\b(?:NQ|HN)?TƯ)(?i: lần thứ| lan thu)?[ .-]*$"
)
_OF_TERM = re.compile(r"[ ,(]*(?:khoa|k\.?) ?(\d{1,2}|[ivx]+)\b")
_LONGEST_KIND = 24  # code points: "chuong trinh so : "


def terms(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (key, start, end) for each word, number, date and document number of NFC `text`, in order.

    A number with its words of scale is one term, a Roman one has the key of the other digits. What has
    parts comes whole and is followed by them, so that "năm 2012" meets "7/6/2012". A whole has a "/" in
    its key, or is "mười", which may be a name. A document has one key however it is written, and a shorter one
    without its office: 05 - CT/TW -> 5/ct/tw, 5/ct; CT 05 -> 5/ct; NQ TW4 khóa XII -> 4/tw/12, 4/tw.
    """
    for key, start, end, _ in _terms(text, fold(text)):
        yield key, start, end


def _terms(text: str, folded: str) -> Iterator[tuple[str, int, int, bool]]:
    """Yield terms, each with whether it is a whole whose parts follow or stand at the same place."""
    spoken = {start: (key, end) for key, start, end in chain(spelt_out(text), in_scales(text))}
    dated = {start: (keys, end) for keys, start, end in dates(folded)}
    read = 0
    for match in _TERM.finditer(text):
        start, end = match.span()
        if start < read:
            continue
        if start in dated:
            keys, stop = dated[start]
            yield from ((key, start, stop, True) for key in keys)
        if start in spoken:
            key, read = spoken[start]
            yield key, start, read, read == end
            if read > end:
                continue  # of one word, "mười", the word is read as well: it may be a name
        if match["word"]:
            value = roman(text, start, end) if text[start] in "IVXivx" else 0
            if value:
                yield from _counted(text, folded, start, end, str(value))
            else:
                yield syllable_key(match.group()), start, end, False
        elif not match["number"]:
            yield from _in_parts(match)
        elif match["scale"] or match["percent"]:
            yield scaled_key(match["number"], match["scale"]), start, end, False
        else:
            yield from _counted(text, folded, start, end, number_key(match.group()))


def _in_parts(match: re.Match[str]) -> Iterator[tuple[str, int, int, bool]]:
    """Yield a document number or a date, then its parts."""
    begin = match.start()
    parts = [
        (part.group(), begin + part.start(), begin + part.end()) for part in _PART.finditer(match.group())
    ]
    keys = [number_key(part) if part.isdecimal() else syllable_key(part) for part, _, _ in parts]
    for whole in _document(keys) if match["document"] else _dates(keys):
        yield whole, begin, match.end(), True
    for key, (_, start, end) in zip(keys, parts, strict=True):
        yield key, start, end, False


def _dates(keys: list[str]) -> Sequence[str]:
    """["12", "4", "2019"] -> 12/4/2019, 12/4, 4/2019; ["4", "2019"] -> 4/2019."""
    return date_keys(*map(int, keys)) if len(keys) == 3 else ["/".join(keys)]


def _document(keys: list[str]) -> list[str]:
    """["5", "ct", "tw"] -> ["5/ct/tw", "5/ct"]; the year of a State document is left out."""
    number, kind, office = keys[0], fold(keys[-2]), "tw" if keys[-1] == "tư" else fold(keys[-1])
    return [f"{number}/{kind}/{office}", f"{number}/{kind}"]


def _counted(text: str, folded: str, start: int, end: int, key: str) -> Iterator[tuple[str, int, int, bool]]:
    """Yield a number, before it what it is the number of: a document, a plenum of the Central Committee."""
    if len(key) < 4 and key.isdecimal():
        near = slice(max(0, start - _LONGEST_KIND), start)
        kind = _OF_KIND.search(folded[near])
        if kind:
            yield f"{key}/{LETTERS.get(kind.group(1), kind.group(1))}", start, end, True
        elif _OF_CENTRAL.search(text[near]):
            of = _OF_TERM.match(folded[end : end + 16])
            number = of and (
                number_key(of[1]) if of[1].isdecimal() else roman(f"khóa {of[1]}", 5, 5 + len(of[1]))
            )
            if number:
                yield f"{key}/tw/{number}", start, end, True
            yield f"{key}/tw", start, end, True
    yield key, start, end, False


def tokens(text: str) -> list[str]:
    """Return the lexical tokens of NFC `text`: syllables, pairs of syllables, and both again without accents.

    Passages and questions are matched on the same tokens. Accent-free ones begin with "~", so that an
    accented question counts its accents and one without still matches. An abbreviation is followed by the
    tokens of what it stands for.

    "Đảng bộ" -> đang3, ~dang, bô5, ~bo, đang3_bô5, ~dang_bo
    """
    return tokens_of(text, fold(text))


def tokens_of(text: str, folded: str) -> list[str]:
    """Return the `tokens` of a text whose accent-free form is at hand."""
    found: list[str] = []
    ending: dict[int, list[tuple[str, str, bool]]] = {}  # what may have a right neighbour, by where it ends
    for key, start, end, whole in _terms(text, folded):
        flat = flat_key(key)
        found.append(key)
        if flat:
            found.append(f"~{flat}")
        if "/" not in key:
            blank = start
            while blank and text[blank - 1].isspace():
                blank -= 1
            if blank in ending:
                for before, flat_before, spelt in ending[blank]:
                    found.append(f"{before}_{key}")
                    if flat and not spelt:  # without accents no number in words is known
                        found.append(f"~{flat_before}_{flat}")
            term = (key, flat or key, whole)
            if end in ending:
                ending[end].append(term)
            else:
                ending[end] = [term]
        found += _expansion_tokens(text[start:end])
    return found


@lru_cache(maxsize=1 << 14)
def _expansion_tokens(word: str) -> tuple[str, ...]:
    return tuple(token for full in expansions(word) for token in tokens(full))


def expansions(word: str) -> tuple[str, ...]:
    """Return all that an abbreviation may stand for, the usual first; () where it is none.

    In capitals, or in any letters where no syllable looks like it: three letters or more, or no vowel.
    TCCSĐ, tccsd -> tổ chức cơ sở đảng; QĐ -> quyết định, quy định; HU -> huyện ủy; hu -> none
    """
    exact, flat = _abbreviations()
    plain = fold(word)
    if not (word.isupper() or len(word) > 2 or not _VOWELS & set(plain)):
        return ()
    return exact.get(word.upper()) or flat.get(plain, ())


def expanded(word: str) -> str:
    """Return what an abbreviation usually stands for, or ""."""
    return next(iter(expansions(word)), "")


@cache
def _abbreviations() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return what abbreviations stand for, by their capitals (TU, TƯ) and by their accent-free letters (tu)."""
    exact: dict[str, tuple[str, ...]] = {}
    flat: dict[str, tuple[str, ...]] = {}
    for short, full in rows("abbreviations.tsv"):
        for found, key in ((exact, short.upper()), (flat, fold(short))):
            found[key] = (*found.get(key, ()), full)
    return exact, flat


@lru_cache(maxsize=1 << 16)
def flat_key(key: str) -> str:
    """Return a syllable key without accents and tone, "" of what begins with no letter: bô5 -> bo."""
    return fold(key.rstrip("12345")) if key[0].isalpha() else ""
