"""Which documents another one says to be no more in force: "thay thế Quy định số 45-QĐ/TW"."""

import re
from collections.abc import Iterator

from partyqa.text.documents import number_key
from partyqa.text.lexicon import spelt

_TABLE = "official.tsv"
_SIGN = r"\d{1,5}[a-zđ]?(?:\s?[-–/]\s?(?:\d{4}|[^\W\d_][^\W_]*(?:\.[^\W_]+)*))+"
_NUMBER = re.compile(_SIGN, re.IGNORECASE)
_REPLACING = re.compile(
    rf"(?<!được ){spelt(_TABLE, 'replacing')}\s(?P<named>[^.;\n]{{0,300}})", re.IGNORECASE
)
_REPLACED = re.compile(
    rf"(?P<named>{_SIGN})[^.;\n]{{0,120}}\s{spelt(_TABLE, 'replaced')}(?!\w)", re.IGNORECASE
)
_OF_A_PART = re.compile(
    rf"(?<!\w){spelt(_TABLE, 'clause')}\s+(?:\d|[a-zđ](?!\w)|[ivxl]+(?!\w))|cụm từ", re.IGNORECASE
)


def replaced_numbers(text: str) -> frozenset[str]:
    """Return the numbers of the documents that a text ends as a whole, as `number_key` has them."""
    return frozenset(_found(text))


def _found(text: str) -> Iterator[str]:
    for match in (*_REPLACING.finditer(text), *_REPLACED.finditer(text)):
        named = match["named"]
        for number in _NUMBER.finditer(named):
            is_sign = any(map(str.isalpha, number.group()))
            if is_sign and not _OF_A_PART.search(named[: number.start()]):
                yield number_key(number.group())
