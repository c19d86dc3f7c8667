"""The word lists of the lexicon: files of lines with a kind, a tab and a phrase; "#" begins a comment."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from partyqa.text.normalise import fold


@cache
def phrases(table: str) -> Mapping[str, tuple[str, ...]]:
    """Return the phrases of the file lexicon/`table` by kind, each kind in the file's order.

    "smalltalk.tsv" -> {"greeting": ("chào", "xin chào", ...), ...}
    """
    found: dict[str, tuple[str, ...]] = {}
    for line in files("partyqa.text.lexicon").joinpath(table).read_text("utf-8").splitlines():
        if line and line[0] != "#":
            kind, phrase = line.split("\t")
            found[kind] = (*found.get(kind, ()), phrase)
    return MappingProxyType(found)


def any_of(table: str, *kinds: str) -> str:
    """Return the source of a regular expression for any accent-free phrase of these kinds, long ones first."""
    flat = dict.fromkeys(fold(phrase) for kind in kinds for phrase in phrases(table)[kind])
    return f"(?:{'|'.join(map(re.escape, sorted(flat, key=len, reverse=True)))})"


def spelt(table: str, *kinds: str) -> str:
    """Return the same with the accents of the file, for text that has its own."""
    said = dict.fromkeys(phrase for kind in kinds for phrase in phrases(table)[kind])
    return f"(?:{'|'.join(map(re.escape, sorted(said, key=len, reverse=True)))})"
