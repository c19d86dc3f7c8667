"""Vietnamese text rules: normalising, folding, lexical tokens.

Everything here is pure; offsets are code points of NFC text. Sentence spans live in sentences.py.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import takewhile

RULES_VERSION = 2

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_I_OR_Y = re.compile(r"(?:(?<=^[hklmstv])|(?<=^qu))y(?=\d?$)")


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
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def leading_capitals(text: str) -> str:
    """Return the words of `text` up to the first without a capital letter: "Mường Ảng họp" -> "Mường Ảng"."""
    return " ".join(takewhile(lambda word: word[0].isupper(), text.split()))


@lru_cache(maxsize=1 << 16)
def syllable_key(word: str) -> str:
    """Return one spelling for all spellings of a syllable: lower case, the tone as a digit at the end,
    i for a y that is the syllable's only vowel.

    uỷ, ủy -> uy3; hoà, hòa -> hoa2; kỹ, kĩ -> ki4
    """
    letters, tone = [], ""
    for char in unicodedata.normalize("NFD", word.lower()):
        if char in _TONES:
            tone = _TONES[char]
        else:
            letters.append(char)
    return _I_OR_Y.sub("i", unicodedata.normalize("NFC", "".join(letters)) + tone)


def spell(key: str) -> str:
    """Return the usual spelling of a syllable key: mương2 -> mường, hoa2 -> hòa, qui1 -> quý."""
    if key.rstrip("12345") == "qui":
        key = key.replace("i", "y")
    if key[-1:] not in "12345" or len(key) < 2:
        return key
    letters, mark = key[:-1], next(mark for mark, tone in _TONES.items() if tone == key[-1])
    vowels = [at for at, char in enumerate(letters) if fold(char) in "aeiouy"]
    if len(vowels) > 1 and letters[:2] in ("qu", "gi"):
        vowels = vowels[1:]
    if not vowels:
        return letters
    marked = [at for at in vowels if letters[at] in "ăâêôơư"]
    closed = vowels[-1] < len(letters) - 1
    at = marked[-1] if marked else vowels[-1] if closed and len(vowels) == 2 else vowels[len(vowels) > 2]
    return unicodedata.normalize("NFC", letters[: at + 1] + mark + letters[at + 1 :])


def number_key(number: str) -> str:
    """Return one spelling for all spellings of a number, the decimal mark a point.

    2128, 2.128, 2,128 -> 2128; 62,5 -> 62.5; 05 -> 5; 1.234.567,8 -> 1234567.8
    """
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", number):
        number = number.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number):
        number = number.replace(",", "")
    whole, point, part = number.replace(",", ".").partition(".")
    return (whole.lstrip("0") or "0") + point + part


_TERM = re.compile(
    r"""(?P<document>\d+\s?[-–]\s?[^\W\d_]{2,5}\s?/\s?[^\W\d_]{2,6})(?!\w)
      | (?P<date>\d{1,2}\s?[/-]\s?\d{1,2}(?:\s?[/-]\s?\d{4})?)(?![\d%])
      | (?P<number>\d+(?:[.,]\d+)*)
      | (?P<word>[đĐ]/c\b|[^\W\d_]+)""",
    re.VERBOSE,
)
_PART = re.compile(r"\d+|[^\W\d_]+")


def terms(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (key, start, end) for each word, number, date and document number of NFC `text`, in order.

    A document number or a date comes whole and is followed by its parts, so that "Chỉ thị 05" and "năm
    2012" meet "05-CT/TW" and "7/6/2012".
    """
    for match in _TERM.finditer(text):
        start, end = match.span()
        raw = match.group()
        if match.lastgroup == "word":
            yield syllable_key(raw), start, end
        elif match.lastgroup == "number":
            yield number_key(raw), start, end
        else:
            parts = [(part.group(), part.start(), part.end()) for part in _PART.finditer(raw)]
            keys = [number_key(part) if part.isdecimal() else syllable_key(part) for part, _, _ in parts]
            yield "/".join(keys), start, end
            for key, (_, begin, stop) in zip(keys, parts, strict=True):
                yield key, start + begin, start + stop


def tokens(text: str) -> list[str]:
    """Return the lexical tokens of NFC `text`: syllables, pairs of syllables, and both again without accents.

    Passages and questions are matched on the same tokens. Accent-free ones begin with "~", so that an
    accented question counts its accents and one without still matches. An abbreviation is followed by the
    tokens of what it stands for.

    "Đảng bộ" -> đang3, ~dang, bô5, ~bo, đang3_bô5, ~dang_bo
    """
    found: list[str] = []
    previous, previous_end = "", -1
    for key, start, end in terms(text):
        flat = "~" + _flat(key) if key[0].isalpha() else ""
        found.append(key)
        if flat:
            found.append(flat)
        if previous and start >= previous_end and not text[previous_end:start].strip():
            found.append(f"{previous}_{key}")
            if flat:
                found.append(f"~{_flat(previous)}_{flat[1:]}")
        previous, previous_end = key, end
        expansion = expanded(text[start:end])
        if expansion:
            found += tokens(expansion)
    return found


def expanded(word: str) -> str:
    """Return what an abbreviation stands for, or "": capitals count, three letters or more in any case.

    TCCSĐ, tccsd -> tổ chức cơ sở đảng; CT -> chỉ thị; ct -> ""
    """
    full = _abbreviations().get(fold(word), "")
    return full if full and (word.isupper() or len(word) > 2) else ""


@cache
def _abbreviations() -> dict[str, str]:
    lines = files("partyqa").joinpath("lexicon/abbreviations.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {fold(short): full for short, full in rows}


def _flat(key: str) -> str:
    return fold(key.rstrip("12345")) if key[0].isalpha() else key
