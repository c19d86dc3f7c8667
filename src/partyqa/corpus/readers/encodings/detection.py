"""Which encoding a document is written in: the one that makes syllables of Vietnamese of its words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from partyqa.corpus.readers.encodings.tables import TABLES
from partyqa.text.normalise import LIKE_D
from partyqa.text.syllables import is_syllable

_WORD = re.compile(r"[^\s!-@\[-`{-~]+")
_BETWEEN = re.compile(r"([\s!-@\[-`{-~]+)")
_FOREIGN = re.compile(r"[^\W\d_]{4,}")
_HIGH = re.compile("[\x02-\x06\x10-\x15\x19\x1c-\x1e\x80-\uffff]")
_NO_LETTER = re.compile(r"[\W\d_]+")
_UNICODE_ONLY = re.compile("[đơưĐƠƯăĂ\u0300\u0301\u0303\u0309\u031b\u0323\u1ea0-\u1ef9]")
_COMMON = re.compile("[\u2010-\u2027\u2032-\u203a\u2030\u20ac\u00a0\u200b-\u200f\ufeff\u2022]+")

UNDECIDED = "?"
_LEAST_SHARE, _PERHAPS, _LEAST_GAIN, _LEAST_LEAD = 0.7, 0.5, 0.25, 0.04  # of the words that tell
_LEAST_WORDS = 3  # different ones that are Vietnamese in the encoding only
_LEAST_TELLING = 0.15  # of all words: of Vietnamese ones most have marks
_NEIGHBOURS = 3  # on each side
_MANY_WORDS = 20
_LEAST_PART = 0.1  # of the words of a document that is in Unicode elsewhere


def encoding_of(lines: Sequence[str]) -> str:
    """Return the encoding that `lines` are in, "" for Unicode and what is no Vietnamese, else UNDECIDED."""
    open_lines = [line for line in lines if not _UNICODE_ONLY.search(line)]
    telling = Counter(word for line in open_lines for word in words_that_tell(line))
    total = telling.total()
    if not total or total < _LEAST_TELLING * sum(len(_WORD.findall(line)) for line in open_lines):
        return ""
    of_unicode = _share(telling, _as_it_stands)
    found = sorted(((_share(telling, table), name) for name, table in TABLES.items()), reverse=True)
    (best, name), (second, _) = found[:2]
    won = sum(_verdict(word, TABLES[name]) is True for word in telling)
    if best < _PERHAPS or best - of_unicode < _LEAST_GAIN or won < _LEAST_WORDS:
        return ""
    elsewhere = sum(len(words_that_tell(line)) for line in lines if _UNICODE_ONLY.search(line))
    if won < _MANY_WORDS and total < _LEAST_PART * elsewhere:
        return ""
    return name if best >= _LEAST_SHARE and best - second >= _LEAST_LEAD else UNDECIDED


def in_unicode(lines: Sequence[str], encoding: str) -> list[str]:
    """Return `lines` of a document in `encoding` in Unicode; what of them is Unicode as it stands stays."""
    return [_line_in_unicode(line, TABLES[encoding]) for line in lines]


def _line_in_unicode(line: str, table: Callable[[str], str]) -> str:
    if not _UNICODE_ONLY.search(line):
        return line if _is_foreign(words_that_tell(line), table) else table(line)
    parts = _BETWEEN.split(line)
    parts[::2] = _words_in_unicode(parts[::2], table)
    return "".join(parts)


def _is_foreign(words: Sequence[str], table: Callable[[str], str]) -> bool:
    """Whether no word is Vietnamese by the table only, and one of letters is Vietnamese neither way: "né à Orléans"."""
    verdicts = [_verdict(word, table) for word in words]
    return True not in verdicts and any(
        verdict is None and _FOREIGN.fullmatch(word) and not _is_vietnamese(word)
        for word, verdict in zip(words, verdicts, strict=True)
    )


def _words_in_unicode(words: Sequence[str], table: Callable[[str], str]) -> Iterator[str]:
    """Yield the words of a line that is half in Unicode: what could be read both ways is taken as its neighbours."""
    verdicts = [_verdict(word, table) for word in words]
    votes = [{True: 1, False: -1, None: 0}[verdict] for verdict in verdicts]
    for at, (word, verdict) in enumerate(zip(words, verdicts, strict=True)):
        around = votes[max(at - _NEIGHBOURS, 0) : at + _NEIGHBOURS + 1]
        yield table(word) if verdict or (verdict is None and 1 in around and sum(around) >= 0) else word


def _verdict(word: str, table: Callable[[str], str]) -> bool | None:
    """Whether a word is Vietnamese by the table only, False by Unicode only, None where it says nothing."""
    if _UNICODE_ONLY.search(word):
        return False
    if not words_that_tell(word):
        return None
    by_table, as_it_stands = _is_vietnamese(table(word)), _is_vietnamese(_as_it_stands(word))
    return None if by_table == as_it_stands else by_table


def words_that_tell(line: str) -> list[str]:
    """Return the words with a letter that is none of ASCII, or with what an encoding has in its place."""
    return [word for word in _WORD.findall(line) if _HIGH.search(_COMMON.sub("", word))]


def _share(words: Mapping[str, int], convert: Callable[[str], str]) -> float:
    return sum(count for word, count in words.items() if _is_vietnamese(convert(word))) / sum(words.values())


def _as_it_stands(word: str) -> str:
    return unicodedata.normalize("NFC", word).translate(LIKE_D)


@lru_cache(maxsize=100_000)
def _is_vietnamese(word: str) -> bool:
    parts = [part for part in _NO_LETTER.split(word) if part]
    return bool(parts) and all(map(is_syllable, parts)) and not word.isascii()
