"""How documents of the Party and the State are named: by their number, their title, or the congress behind them."""

import re

from partyqa.text.lexicon import column, guarded, spelt, written
from partyqa.text.normalise import fold

_LETTER = "[a-zà-ỹđ]"  # in small letters; it may be folded
_TYPE = guarded("document_types.tsv", without="verb any")
_SPOKEN_TYPE = guarded(
    "document_types.tsv", "verb", "any"
)  # "hướng dẫn 15 chi bộ": of these only "số" marks a number
_KIND = rf"{written(letters.lower() for letters in column('document_types.tsv', 'letters'))}(?:lt)?"
_SIGN = (  # 05-CT/TW, 12/2021/NĐ-CP, 10/2020/QH14, 55/2016/TTLT-BTC-BNV, 1289/QĐ - BTC
    rf"\d+(?: ?[-–] ?{_LETTER}+ ?/ ?{_LETTER}+(?:[-–]{_LETTER}+)*| ?/ ?(?:\d{{4}} ?/ ?)?(?:{_KIND} ?[-–] ?{_LETTER}+"
    rf"(?:[-–.]{_LETTER}+)*|{_LETTER}+(?:[-–.]{_LETTER}+)+\d*|{_LETTER}+\d+))"
)
_OF_CONGRESS = rf"{_TYPE} đại hội(?: {_LETTER}+){{0,8}}?(?: lần thứ)? [ivx]+\b"

DOCUMENT = (
    rf"\b(?:{_OF_CONGRESS}|{_TYPE}(?: liên tịch)?(?: số)?(?: trung ương| tw)? ?(?:{_SIGN}|\d+)"
    rf"|{_TYPE}(?: {_LETTER}+){{1,5}}? số {_SIGN}|{_SPOKEN_TYPE}(?: (?:số )?{_SIGN}| số \d+))"
    rf"(?: \(?khóa [ivx]+(?:, ?[ivx]+)*\b\)?)?|{_SIGN}|\b(?:{_TYPE}|{_SPOKEN_TYPE}) [“\"][^”\"]{{3,150}}[”\"]"
)
"""The source of a regular expression for a document that is named, in small letters; it may be folded."""

_BEHIND_LAW = spelt("marking.tsv", "predicate", "stop", "where")
LAW = (  # "Luật Phòng, chống ma túy năm 2021"
    rf"\b(?:bộ )?luật (?-i:[A-ZĐ])[^\W\d_]+(?:, chống)?(?: [^\W\d_]+){{0,5}}?(?: năm \d{{4}}\b"
    rf"|(?=[.,;:)]|$| (?:của|do|năm|{_BEHIND_LAW})\b))"
)
"""The same for a law by its title; not to be folded."""

_BEHIND_TITLE = spelt("marking.tsv", "predicate", "stop", "of-document")
_ASKING = spelt("smalltalk.tsv", "asks")
TITLED = rf"\b{_TYPE}(?: {_LETTER}+){{2,12}}?(?= (?:{_BEHIND_TITLE}|{_ASKING})\b|[.,;:?!]|$)"
"""The same for a document by its title alone, "quy chế làm việc của tỉnh ủy"; it may be folded."""


def number_key(number: str) -> str:
    """Return what the number of a document is compared by, however it is typed: "05 - CT/TW" -> "5-ct/tw"."""
    return re.sub(r"\s?([-–/])\s?", r"\1", fold(number)).replace("–", "-").lstrip("0")
