"""The words of the domain: tables of lines with cells between tabs; "#" begins a comment. All are read here.

What a table holds, and what its columns and marks mean, is said at its head.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from partyqa.text.normalise import fold


@cache
def rows(table: str) -> tuple[tuple[str, ...], ...]:
    """Return the cells of each line of the file lexicon/`table`."""
    lines = files("partyqa.text.lexicon").joinpath(table).read_text("utf-8").splitlines()
    return tuple(tuple(line.split("\t")) for line in lines if line and line[0] != "#")


@cache
def phrases(table: str) -> Mapping[str, tuple[str, ...]]:
    """Return the phrases of a table of two columns by their kind, the first, each kind in the file's order.

    "smalltalk.tsv" -> {"greeting": ("chào", "xin chào", ...), ...}
    """
    found: dict[str, tuple[str, ...]] = {}
    for kind, phrase in rows(table):
        found[kind] = (*found.get(kind, ()), phrase)
    return MappingProxyType(found)


@cache
def marked(table: str, mark: str = "", *, without: str = "") -> tuple[str, ...]:
    """Return what stands first in the lines of a table that have `mark` in their last cell and not `without`.

    "offices.tsv", "head" -> ("bí thư", "chánh văn phòng", ...)
    """
    return tuple(
        first
        for first, *_, marks in (row if len(row) > 1 else (*row, "") for row in rows(table))
        if (not mark or mark in marks.split()) and (not without or without not in marks.split())
    )


def flat(words: Iterable[str]) -> str:
    """Return the source of a regular expression for any of the words in accent-free text, long ones first."""
    return _alternatives(map(fold, words))


def written(words: Iterable[str]) -> str:
    """Return the same for text in small letters with accents, "ủy" also as "uỷ"."""
    return _alternatives(words).replace("ủy", "(?:ủy|uỷ)")


def any_of(table: str, *kinds: str) -> str:
    """Return the source of a regular expression for any accent-free phrase of these kinds, long ones first."""
    return flat(phrase for kind in kinds for phrase in phrases(table)[kind])


def spelt(table: str, *kinds: str) -> str:
    """Return the same with the accents of the file, for text that has its own."""
    return written(phrase for kind in kinds for phrase in phrases(table)[kind])


def patterns(table: str, kind: str) -> str:
    """Return the source of a regular expression for any of the expressions of a kind, in the file's order."""
    return f"(?:{'|'.join(phrases(table)[kind])})"


def _alternatives(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(dict.fromkeys(words), key=len, reverse=True)))})"
