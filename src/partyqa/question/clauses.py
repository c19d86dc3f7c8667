"""The clauses that a question names, "khoản 1 Điều 3", and what it asks beside them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from partyqa.text.documents import number_key
from partyqa.text.lexicon import any_of, folded, patterns, phrases, records, spelt, written
from partyqa.text.normalise import fold
from partyqa.text.numbers import roman

_TABLE = "official.tsv"
_ORDER = tuple(map(fold, phrases(_TABLE)["clause"]))  # from the outside in
_ARTICLE, _LETTERED = _ORDER[3], _ORDER[5]


def _naming(
    words: Sequence[str], units: Sequence[str], alternatives: Callable[[Iterable[str]], str]
) -> re.Pattern[str]:
    """The expression for a clause that is named, with accents or without: no sum of money, "khoản 5 triệu đồng"."""
    return re.compile(
        rf"\b(?P<word>{alternatives(words)}) (?:{alternatives(('thứ', 'số'))} )?"
        rf"(?P<number>\d{{1,3}}[a-zđ]?|[ivxl]+|[a-zđ])(?![\w.,]*\w)(?! {alternatives(units)}(?!\w))"
    )


_CLAUSES, _UNITS = phrases(_TABLE)["clause"], phrases("marking.tsv")["unit"]
_NAMED = _naming(_CLAUSES, _UNITS, written)
_FLAT_NAMED = _naming(_CLAUSES, _UNITS, folded)
_HEAD = re.compile(rf"(?P<word>{spelt(_TABLE, 'clause')}) (?P<number>\w+)", re.IGNORECASE)
_WHOLE = re.compile(rf"\b{fold(patterns(_TABLE, 'whole'))}\b")
_SAYS = re.compile(rf" *(?:co )?{any_of('marking.tsv', 'of-document')}\b(?! so| \d)")
_BESIDE = frozenset(word for phrase in phrases(_TABLE)["beside"] for word in fold(phrase).split())
_SIGN = re.compile(r"\d\w*(?: ?[-–/] ?[^\W_]+(?:\.[^\W_]+)*)+")
_TYPES = tuple(
    fold(line["type"]) for line in records("document_types.tsv") if "any" not in line["marks"].split()
)

ClauseKey = tuple[str, str]
"""A clause's kind and number, accent-free, Roman numerals in digits: ("dieu", "3"), ("diem", "đ")."""


@dataclass(frozen=True, slots=True)
class ClausesAsked:
    """The clauses that a question names, and what else it says.

    `clauses` are as they are written, each with its keys; `words` are the accent-free syllables that are neither of a
    clause nor of the words that ask for the whole of one; `signs` the numbers of documents, `types` their types.
    """

    clauses: tuple[tuple[str, frozenset[ClauseKey]], ...]
    words: frozenset[str]
    signs: frozenset[str]
    types: tuple[str, ...]


@cache
def keys_of(path: tuple[str, ...]) -> frozenset[ClauseKey]:
    """Return the keys of a path's clauses: ("Điều 3. Thẻ", "khoản 1") -> {("dieu", "3"), ("khoan", "1")}."""
    heads = (_HEAD.match(part) for part in path)
    return frozenset(_key(match["word"], match["number"]) for match in heads if match)


def clauses_asked(lower: str, flat: str, *, accented: bool) -> ClausesAsked | None:
    """Return the clauses that a question names, in small letters and accent-free; None for none.

    A clause or a point alone is of no article; "khoản 1, khoản 2 Điều 3" names two of one.
    """
    found = list((_NAMED if accented else _FLAT_NAMED).finditer(lower if accented else flat))
    named = _filled(list(_together(found)))
    if not named:
        return None
    rest = list(flat)
    for match in found:
        said = _SAYS.match(flat, match.end())
        end = said.end() if said else match.end()
        rest[match.start() : end] = " " * (end - match.start())
    left = "".join(rest)
    signs = frozenset(map(number_key, _SIGN.findall(left)))
    left = _WHOLE.sub(" ", _SIGN.sub(" ", left))
    words = frozenset(re.findall(r"\w+", left)) - _BESIDE
    return ClausesAsked(tuple(named), words, signs, tuple(it for it in _TYPES if f" {it} " in f" {left} "))


def _together(found: Sequence[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Yield the names of each clause: a kind that was named already begins another."""
    open_: list[re.Match[str]] = []
    for match in found:
        if any(one["word"] == match["word"] for one in open_):
            yield open_
            open_ = []
        open_.append(match)
    if open_:
        yield open_


def _filled(groups: Sequence[Sequence[re.Match[str]]]) -> list[tuple[str, frozenset[ClauseKey]]]:
    """Return the clauses with their keys; what one is in may be said with the next, or with the first."""
    named: list[tuple[str, frozenset[ClauseKey]]] = []
    carried = {_rank(one): one for one in groups[0]} if groups else {}
    for group in reversed(groups):
        own = {_rank(one): one for one in group}
        outmost = min(own)
        own |= {rank: one for rank, one in carried.items() if _ORDER.index(_ARTICLE) <= rank < outmost}
        carried = own
        if min(own) > _ORDER.index(_ARTICLE):
            continue  # "khoản 2" of nothing
        ranks = sorted(own, reverse=True)
        named.append(
            (_label(own, ranks), frozenset(_key(own[it]["word"], own[it]["number"]) for it in ranks))
        )
    return named[::-1]


def _rank(match: re.Match[str]) -> int:
    return _ORDER.index(fold(match["word"]))


def _label(own: Mapping[int, re.Match[str]], ranks: Sequence[int]) -> str:
    """Return a clause's name from the inside out, with the capital of an article: "khoản 1 Điều 3"."""
    parts = [f"{_CLAUSES[rank]} {own[rank]['number']}" for rank in ranks]
    return " ".join(
        part if rank > _ORDER.index(_ARTICLE) else part.capitalize()
        for rank, part in zip(ranks, parts, strict=True)
    )


def _key(word: str, number: str) -> ClauseKey:
    kind, lower = fold(word), number.lower()
    if kind not in (_ARTICLE, _LETTERED) and re.fullmatch("[ivxl]+", lower):
        lower = str(roman(f"khóa {number.upper()}", 5, 5 + len(number)))
    if kind == _LETTERED:
        return kind, lower
    return kind, lower.lstrip("0") or lower
