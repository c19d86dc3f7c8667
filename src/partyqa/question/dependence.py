"""Whether a question that names no place, person or document leans on the one before it, or stands alone.

It leans, unless it has a subject that is not the earlier place's: the country and its bodies, another country,
the meaning of a word, the news of the day, a stranger, or a unit as large as that place.
"""

import re
from collections.abc import Callable

from partyqa.text.lexicon import any_of, column, folded, guarded, marked
from partyqa.text.normalise import fold
from partyqa.text.numbers import YEAR
from partyqa.text.tokens import tokens
from partyqa.text.views import TextView

Holds = Callable[[str], bool]
"""Whether some article holds a lexical token (text.tokens)."""

_TABLE = "followup.tsv"
_LOCAL = re.compile(  # "bao nhiêu huyện" and "huyện nào" ask for places, and are of none
    rf"(?<!nhieu )(?<!may )(?<!cac )\b(?:{folded(column('units.tsv', 'committee'))}"
    rf"|{fold(guarded('units.tsv', 'local'))}|{fold(guarded('units.tsv', without='loose weak'))})\b(?! nao)"
)
_NATION = any_of(_TABLE, "nation")
_SUBJECT = re.compile(
    rf"^(?:(?:{any_of('agreement.tsv', 'now')}|nam {YEAR}),? )?"
    rf"(?:(?:ai|nguoi nao|dong chi nao) (?:dang |hien )?(?:la|lam|giu chuc|giu chuc vu) )?{_NATION}\b"
    rf"|\bcua {_NATION}(?: (?:la|co|hien|gom)\b|\W*$)"
)
_TYPE = fold(guarded("document_types.tsv"))
_ISSUED = re.compile(rf"\b(?:{_TYPE}|{any_of(_TABLE, 'issued')})\b.*\bcua {_NATION}")
_WHOLE = re.compile(rf"\b(?:{any_of(_TABLE, 'whole')}|(?:o|tai|ben|nuoc) {any_of(_TABLE, 'abroad')})\b")
_MEANING = re.compile(rf"\b{any_of(_TABLE, 'meaning')}\b")
_MOTHERLAND = re.compile(r"\b(?:to quoc|cong san|lien hiep \w+|doan thanh nien \w+) viet nam\b")
_NEWS = re.compile(rf"\b{any_of('smalltalk.tsv', 'topic')}\b(?<! gio)(?<! may)(?<! nhieu)")  # but "mấy giờ"
_UNIT_ASKED = re.compile(rf"\b({folded(marked('units.tsv', 'province', 'district'))})(?: uy)? nao\b")
_INNER_WORD = re.compile(r"(?<=[\w,] )[^\W\d_]+")
_LEVELS = {"commune": 1, "district": 2, "province": 3}


def of_nation(subject: TextView) -> bool:
    """Whether the words are a body or office of the country, or the country: "Trung ương", "cả nước"."""
    return bool(re.fullmatch(any_of(_TABLE, "nation", "whole"), subject.flat.strip(" ,.?")))


def stands_alone(question: TextView, before: TextView, holds: Holds) -> bool:
    """Whether the question, which names nothing, has a subject of its own and takes nothing from `before`.

    "Ai là Chủ tịch nước?", "Giá vàng hôm nay?", "Huyện nào đông dân nhất?" after a district; not "Bí thư là ai?"
    """
    flat = question.flat
    if _MEANING.search(flat) or _larger_asked(flat, before) or _stranger(question.text, holds):
        return True
    if _LOCAL.search(flat):
        return False
    subject = _SUBJECT.search(flat)
    if subject and not _ISSUED.search(flat):
        return True
    return bool(_WHOLE.search(_MOTHERLAND.sub("", flat)))


def _larger_asked(flat: str, before: TextView) -> bool:
    """Whether a unit is looked for that is no smaller than the earlier place: it cannot lie within that."""
    asked = _UNIT_ASKED.search(flat)
    if not asked:
        return False
    level = 3 if asked.group(1) == "tinh" else 2
    levels = [_LEVELS[unit.level] for place in before.places for unit in place.units[:1]]
    return bool(levels) and level >= levels[-1]


def of_this_day(question: TextView, holds: Holds) -> bool:
    """Whether it is of the day's news, and no article of that: "còn giá vàng thì sao?"."""
    topic = _NEWS.search(question.flat)
    return topic is not None and not all(holds(token) for token in tokens(topic.group()) if token[0] == "~")


def _stranger(question: str, holds: Holds) -> bool:
    """Whether it names somebody in one word that no article holds: "Ai sáng lập Facebook?"."""
    if question.isupper():
        return False
    names = (word for word in _INNER_WORD.findall(question) if word[0].isupper() and not word.isupper())
    return any(not holds(token) for name in names for token in tokens(name) if token[0] == "~")
