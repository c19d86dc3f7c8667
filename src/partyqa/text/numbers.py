"""Numbers as Vietnamese texts write them: with points or commas, with "nghìn" or "triệu", Roman, spelt out.

All of it is pure; each comes out as one key, so that "khóa XI" meets "khóa 11" and "2 nghìn" meets "2.000".
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from partyqa.text.lexicon import marked, records
from partyqa.text.normalise import fold

_WORDS = {line["word"]: int(line["value"]) for line in records("numerals.tsv")}


def _numerals(mark: str) -> dict[str, int]:
    return {word: _WORDS[word] for word in marked("numerals.tsv", mark)}


YEAR = r"(?:19|20)\d\d"
YEARS = rf"{YEAR}(?: ?[-–] ?{YEAR})?"
"""The source of a regular expression for a year, and for a year or a term of two, "2015-2020"."""

_ACCENTED = frozenset(marked("numerals.tsv", "accents"))
_SPOKEN_SCALES = _numerals("scale")
_SCALES = {
    fold(word): value for word, value in _SPOKEN_SCALES.items() if word not in _ACCENTED
} | _SPOKEN_SCALES
SCALE = rf"(?:{'|'.join(_SCALES)})\b(?!\ (?:lệ|le|suất|suat|vi)\b)"
"""Matches a word of scale in small letters, with accents or without; "5 tỷ lệ" and "2 ti vi" hold none."""

_ROMAN = re.compile(r"(?=[ivx])(x{0,3})(ix|iv|v?i{0,3})")
_UNITS = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_TERM_OF_OFFICE = "khóa|khoá|khoa"
_CUE = re.compile(
    rf"\b(?:{_TERM_OF_OFFICE}|k|thứ|thu|hội|hoi|kỳ|kì|ky|quý|quí|quy|trung ương|trung uong|tw|tư)[ .:]*$",
    re.IGNORECASE,
)
_CUE_OF_SMALL = re.compile(
    rf"\b(?:({_TERM_OF_OFFICE}|lần thứ|lan thu)|đại hội|dai hoi)[ .:]*$", re.IGNORECASE
)
_VOWEL = re.compile(r"[aeiouy]|[^\x00-\x7fđ]", re.IGNORECASE)
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\W{1,2}$")
_WORD_AFTER = re.compile(r"\W{1,2}([^\W\d_]+)")

_DIGITS, _AFTER_LINH = _numerals("digit"), _numerals("linh")
_AFTER_TEN, _AFTER_TENS = (
    _numerals("ten"),
    _numerals("tens"),
)  # after "mươi" five is "lăm": "hai mươi năm" are years
_AFTER_DIGIT = frozenset(_AFTER_TENS) - frozenset(_DIGITS) - frozenset(_AFTER_LINH)  # "hai lăm", "ba mốt"
_PLAIN = {  # without accents, the run as a whole
    fold(word): word for word in reversed((*_WORDS, "phần")) if word not in _ACCENTED
}
NUMERALS = frozenset(_WORDS) | frozenset(_PLAIN) - {"phan"}
"""All words of numbers, with accents and without."""

_CERTAIN = "|".join(
    sorted((word for word in NUMERALS if not re.fullmatch("t[ưuỷỉyi]", word)), key=len, reverse=True)
)
_NUMBER_WORD = (
    rf"(?:{_CERTAIN}"
    r"|t[ưu](?! (?:vấn|lệnh|tưởng|cách|liệu|nhân|duy|pháp|sản|van|lenh|tuong|cach|lieu|nhan|phap|san)\b)"
    r"|t[ỷỉyi](?! (?:lệ|le|vi)\b))\b"
)
_SPOKEN = re.compile(rf"(?<!viet )\b{_NUMBER_WORD}(?: {_NUMBER_WORD})+|\bmười\b", re.IGNORECASE)
_LEAST = 10  # below it a number in words may be another word, or, as "không trăm nghìn", no number
_PERCENT = re.compile(r" (?:phần trăm|phan tram)\b", re.IGNORECASE)


GROUPS = r"(?<![\d.,/-])\d{1,3}(?: \d{3})+(?![\d.,/-]*\d)"
"""The source of a regular expression for a number in groups of three with spaces between, "12 345"."""

_IN_SCALE = re.compile(rf"(\d+(?:[.,]\d+)*)((?: {SCALE})+)", re.IGNORECASE)
_IN_SCALES = re.compile(
    rf"(?<![\d.,/-])\d+(?:[.,]\d+)*(?: {SCALE})+(?: \d{{1,3}}(?: {SCALE})+)+", re.IGNORECASE
)

_DAYS, _MONTHS = range(1, 32), range(1, 13)
_MONTH = r"\bthang (?P<month>\d{1,2})"
_DATE = re.compile(
    rf"(?:(?P<lead>\b(?:ngay|mung|mong) )?(?<![\d.,/-])(?P<day>\d{{1,2}}) )?{_MONTH}"
    r"(?:(?: nam | ?(?P<mark>[/-]) ?)(?P<year>\d{4}))?(?![.,/-]?\d)"
)


def number_key(number: str) -> str:
    """Return one spelling for all spellings of a number, the decimal mark a point.

    2128, 2.128, 2,128, 2 128 -> 2128; 62,5 -> 62.5; 05 -> 5; 1.234.567,8 -> 1234567.8
    """
    number = number.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", number):
        number = number.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number):
        number = number.replace(",", "")
    whole, point, part = number.replace(",", ".").partition(".")
    return (whole.lstrip("0") or "0") + point + part


def scaled_key(number: str, scale: str) -> str:
    """Return the key of a number with its words of scale: 1,5 triệu -> 1500000; 2 nghìn tỷ -> 2000000000000."""
    key = number_key(number)
    if not scale or key.count(".") > 1:  # 1.2.3 is no number
        return key
    value = Decimal(key)
    for word in scale.split():
        value *= _SCALES[word]
    return f"{value.normalize():f}"


def roman(text: str, start: int, end: int) -> int:
    """Return the value of `text[start:end]`, a whole word, where it is a Roman numeral up to 39, else 0.

    In capitals: one letter only after a word that is counted so (khóa V), and no more of a line in capitals
    (XI MĂNG). In small letters only after "khóa", "lần thứ" or "đại hội", for "xi" and "vi" are words too.
    """
    word = text[start:end]
    match = _ROMAN.fullmatch(word.lower())
    if match is None or not (word.isupper() or word.islower()):
        return 0
    before = text[max(0, start - 16) : start]
    if word.isupper():
        counted = bool(_CUE.search(before)) or (len(word) > 1 and not _amid_capitals(text, start, end))
    else:
        cue = _CUE_OF_SMALL.search(before)
        counted = cue is not None and (cue.group(1) is not None or (len(word) > 1 and word != "vi"))
    return 10 * len(match.group(1)) + _UNITS[match.group(2)] if counted else 0


def spelt_out(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (key, start, end) of each number in words that can be nothing else: ten and more, or with a scale;
    of one without accents only where all its words are.

    "hai mươi lăm" -> 25; "năm mươi" -> 50; "hai mươi năm" -> 20 (twenty years); "ba chi bộ", "Đỗ Mười" -> none
    """
    for run in _SPOKEN.finditer(text):
        words = [(word.group(), run.start() + word.start()) for word in re.finditer(r"\S+", run.group())]
        lower, at = [word.lower() for word, _ in words], 0
        if run.group().isascii():
            lower = with_accents(lower)
        while at < len(words):
            value, stop = _spoken(lower, at)
            after_ten = [word.lower() for word, _ in words[at : at + 2]] == ["sau", "muoi"]  # sau mười năm
            if value < _LEAST or after_ten:
                at += 1
                continue
            start, end = words[at][1], words[stop - 1][1] + len(words[stop - 1][0])
            if not (text[start].isupper() and _WORD_BEFORE.search(text[max(0, start - 20) : start])):
                percent = _PERCENT.match(text, end)
                yield str(value), start, percent.end() if percent else end
            at = stop


def in_scales(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (key, start, end) of each number in digits with a smaller one behind its scale.

    "1 triệu 250 nghìn" -> 1250000; "2 tỷ 300 triệu đồng" -> 2300000000; "5 nghìn 2 triệu" -> none
    """
    for run in _IN_SCALES.finditer(text):
        parts = [
            (Decimal(scaled_key(part[1], part[2].lower())), Decimal(scaled_key("1", part[2].lower())))
            for part in _IN_SCALE.finditer(run.group())
        ]
        if all(smaller < scale for (_, scale), (smaller, _) in pairwise(parts)):
            yield f"{sum((value for value, _ in parts), Decimal()).normalize():f}", *run.span()


def in_digits(text: str) -> str:
    """Return the text with each number in words as ones, of the same length: "có mười bản" -> "có 1111 bản"."""
    for _, start, end in spelt_out(text):
        text = f"{text[:start]}{'1' * (end - start)}{text[end:]}"
    return text


def dates(folded: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Yield (keys, start, end) of each date in words of an accent-free text, its own key first, then its parts'.

    "ngay 12 thang 4 nam 2019" -> 12/4/2019, 12/4, 4/2019; "ngay 2 thang 9" -> 2/9; "12 thang" -> none
    """
    for match in _DATE.finditer(folded):
        day, month, year = (int(match[part] or 0) for part in ("day", "month", "year"))
        known = day in _DAYS and bool(match["lead"] or year)
        keys = date_keys(day if known else 0, month, year)
        keys = keys[:-1] if match["mark"] == "/" else keys  # "4/2019" is read by itself
        if month in _MONTHS and keys:
            yield keys, match.start("day" if known else "month"), match.end()


def date_keys(day: int, month: int, year: int) -> tuple[str, ...]:
    """Return the keys of a date, 0 for what is not said: 12, 4, 2019 -> 12/4/2019, 12/4, 4/2019."""
    whole = (f"{day}/{month}/{year}",) if day and year else ()
    return (*whole, *((f"{day}/{month}",) if day else ()), *((f"{month}/{year}",) if year else ()))


def with_accents(words: Sequence[str]) -> list[str]:
    """Return the words of one number typed in small letters without accents as they are spelt.

    ["nam", "muoi", "lam"] -> ["năm", "mươi", "lăm"]
    """
    found: list[str] = []
    for word in words:
        before = found[-1] if found else ""
        if before not in ("mười", "mươi") and _PLAIN.get(word) in _AFTER_DIGIT:
            found.append(word)  # "hai lam" may be "hai làm"
        elif word == "muoi":
            found.append("mươi" if before in _DIGITS else "mười")
        else:
            found.append("mốt" if word == "mot" and before == "mươi" else _PLAIN.get(word, word))
    return found


def _amid_capitals(text: str, start: int, end: int) -> bool:
    sides = _WORD_BEFORE.search(text[max(0, start - 20) : start]), _WORD_AFTER.match(text, end)
    words = [side.group(1) for side in sides if side]
    return any(
        word.isupper() and len(word) > 1 and _VOWEL.search(word) and not _ROMAN.fullmatch(word.lower())
        for word in words
    )


def _spoken(words: Sequence[str], at: int) -> tuple[int, int]:
    """Return the number that begins at word `at` and where it ends; (0, at) where none does."""
    total, stop, least = 0, at, 10**18
    while True:
        value, end, whole = _group(words, stop)
        scale = _SPOKEN_SCALES.get(words[end]) if end < len(words) else None
        if end > stop and scale and scale < least:
            total, stop, least = total + value * scale, end + 1, scale
            while stop < len(words) and _SPOKEN_SCALES.get(words[stop], 0) > least:  # nghìn tỷ
                least = _SPOKEN_SCALES[words[stop]]
                total, stop = total * least, stop + 1
            continue
        return (total + value, end) if whole else (total, stop)


def _group(words: Sequence[str], at: int) -> tuple[int, int, bool]:
    """Return the value below a thousand that begins at `at`, its end, and whether it can stand without a scale."""
    word, after = (*words[at : at + 2], "", "")[:2]
    if word in _DIGITS and after == "trăm":
        linked = words[at + 2 : at + 3] in (["linh"], ["lẻ"]) and words[at + 3 : at + 4]
        if linked and linked[0] in _AFTER_LINH:
            return 100 * _DIGITS[word] + _AFTER_LINH[linked[0]], at + 4, True
        tens, end = _tens(words, at + 2)
        return 100 * _DIGITS[word] + tens, end, word != "không" or tens > 0
    tens, end = _tens(words, at)
    if end > at:
        return tens, end, True
    return (_DIGITS[word], at + 1, False) if word in _DIGITS and word != "không" else (0, at, False)


def _tens(words: Sequence[str], at: int) -> tuple[int, int]:
    """Return ten to ninety-nine that begins at `at`, and its end; (0, at) where none does."""
    word, after = (*words[at : at + 2], "", "")[:2]
    if word == "mười":
        value, end, units = 10, at + 1, _AFTER_TEN
    elif after in _AFTER_DIGIT and _DIGITS.get(word, 0) > 1:
        return 10 * _DIGITS[word] + _AFTER_TENS[after], at + 2
    elif after == "mươi" and _DIGITS.get(word, 0) > 1:
        value, end, units = 10 * _DIGITS[word], at + 2, _AFTER_TENS
    else:
        return 0, at
    unit = words[end] if end < len(words) else ""
    if unit in units and words[end + 1 : end + 2] not in (["mươi"], ["trăm"]):
        return value + units[unit], end + 1
    return value, end
