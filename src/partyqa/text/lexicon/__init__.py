"""The words of the domain in tables, all read here: lines of cells between tabs, "#" begins a comment.

A table either has two columns, a kind and a phrase, or a head that names its columns, the last of them "marks" where
a line can have some. What kinds, columns and marks mean is stated in the table.
"""

import hashlib
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


def digest(*tables: str) -> str:
    """Return eight hexadecimal digits that change with what the tables hold, but not with their comments."""
    return hashlib.sha256(repr([rows(table) for table in tables]).encode()).hexdigest()[:8]


@cache
def phrases(table: str) -> Mapping[str, tuple[str, ...]]:
    """Return the phrases of a table of two columns by kind, each kind in the file's order.

    "smalltalk.tsv" -> {"greeting": ("chào", "xin chào", ...), ...}
    """
    found: dict[str, tuple[str, ...]] = {}
    for kind, phrase in rows(table):
        found[kind] = (*found.get(kind, ()), phrase)
    return MappingProxyType(found)


@cache
def records(table: str) -> tuple[Mapping[str, str], ...]:
    """Return the lines of a table with a head, by the names of their columns."""
    head, *lines = rows(table)
    return tuple(MappingProxyType(dict(zip(head, line, strict=True))) for line in lines)


@cache
def marked(table: str, *marks: str, without: str = "") -> tuple[str, ...]:
    """Return the first cells of the lines that have one of the marks, of all for none, and none of those in `without`.

    "offices.tsv", "head" -> ("bí thư", "chánh văn phòng", ...)
    """
    first = rows(table)[0][0]
    return tuple(
        line[first]
        for line in records(table)
        if (not marks or not set(marks).isdisjoint(line["marks"].split()))
        and set(without.split()).isdisjoint(line["marks"].split())
    )


def column(table: str, name: str) -> tuple[str, ...]:
    """Return what stands in a column of a table, but not its empty cells."""
    return tuple(line[name] for line in records(table) if line[name])


def folded(words: Iterable[str]) -> str:
    """Return the source of a regular expression for any of the words in accent-free text, long ones first."""
    return _alternatives(map(fold, words))


def written(words: Iterable[str]) -> str:
    """Return the same for text in small letters with accents, "ủy" also as "uỷ"."""
    return _alternatives(words).replace("ủy", "(?:ủy|uỷ)")


def any_of(table: str, *kinds: str) -> str:
    """Return the source of a regular expression for any accent-free phrase of these kinds, long ones first."""
    return folded(phrase for kind in kinds for phrase in phrases(table)[kind])


def spelt(table: str, *kinds: str) -> str:
    """Return the same with the accents of the file, for text that has its own."""
    return written(phrase for kind in kinds for phrase in phrases(table)[kind])


def patterns(table: str, kind: str) -> str:
    """Return the source of a regular expression for any of the expressions of a kind, in the file's order."""
    return f"(?:{'|'.join(phrases(table)[kind])})"


def guarded(table: str, *marks: str, without: str = "") -> str:
    """Return as `written` what is `marked`, each with what must not stand before or behind it.

    The source may be folded, for accent-free text: "luật" becomes (?<!ky )(?<!phap )(?<!quy )luat.
    """
    wanted, first = set(marked(table, *marks, without=without)), rows(table)[0][0]
    lines = sorted(
        (line for line in records(table) if line[first] in wanted), key=lambda line: -len(line[first])
    )
    return f"(?:{'|'.join(_guarded(line[first], line['not after'], line['not before']) for line in lines)})"


def _guarded(word: str, after: str, before: str) -> str:
    behind = rf"(?! (?:{'|'.join(before.split())})\b)" if before else ""
    return "".join(f"(?<!{other} )" for other in after.split()) + written((word,)) + behind


def _alternatives(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(dict.fromkeys(words), key=len, reverse=True)))})"
