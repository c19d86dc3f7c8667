"""What a Vietnamese newspaper's page puts around an article, recognised by whole lines only.

A line is furniture when nothing is left of it once the words of toolbars, counters and menus, the numbers
and the separators are taken away, or when it opens as only a page's own notices do. A sentence that merely
holds such a word keeps its other words, and stays.
"""

import re
from enum import Enum

from partyqa.corpus.readers import Why
from partyqa.text.lexicon import patterns

_TABLE = "furniture.tsv"
_TOOL = re.compile(rf"(?<!\w){patterns(_TABLE, 'tool')}(?![^\W\d_])", re.IGNORECASE)
_SECTION = re.compile(rf"(?<!\w){patterns(_TABLE, 'section')}(?![^\W\d_])", re.IGNORECASE)
_NOTICE = re.compile(rf"{patterns(_TABLE, 'notice')}|(?:>{{1,3}}|»)\s*\S", re.IGNORECASE)
_COOKIE = re.compile(patterns(_TABLE, "cookies"), re.IGNORECASE)
_IMPRINT = re.compile(patterns(_TABLE, "imprint"), re.IGNORECASE)
_END = re.compile(rf"{patterns(_TABLE, 'end')}[\s(]*[\d.,]*\)?", re.IGNORECASE)
_BOX = re.compile(patterns(_TABLE, "box"), re.IGNORECASE)
_PART = re.compile(patterns(_TABLE, "class"), re.IGNORECASE)
_WORDS = re.compile(r"[-_]+|(?<=[a-z])(?=[A-Z])")
_LONGEST_NOTICE, _LONGEST_IMPRINT = 200, 400  # characters; a longer line goes on with something else
_LINK = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)\S+@\S+\.\w+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\d•·»«›‹>|/\\:;,.()\[\]*+►▶▸★☆✩_–—\-&]+")
_BULLETS = " •·»›>|-–—*+►▶▸("


class Marker(Enum):
    """What a line of its own opens, other than the article."""

    END = "comments, statistics, other news"
    BOX = "related articles, which may stand in the midst of one"


def marker(line: str) -> Marker | None:
    """Return what `line` opens, None for any other line."""
    bare = line.strip(_BULLETS + ":")
    if _END.fullmatch(bare):
        return Marker.END
    return Marker.BOX if _BOX.fullmatch(bare) else None


def is_furniture(line: str) -> bool:
    """Return whether `line` is a tool, a counter, a notice or a link: none of an article's at a page's edges."""
    return is_notice(line) or is_tool(line)


def is_notice(line: str) -> bool:
    """Return whether `line` says itself that the page speaks: "Xem thêm: ...", "Tags: ...", a question for cookies."""
    if len(line) <= _LONGEST_NOTICE and (_NOTICE.match(line) or _NOTICE.match(line.lstrip(_BULLETS))):
        return True
    return _COOKIE.match(line) is not None


def is_tool(line: str) -> bool:
    """Return whether nothing is left of `line` without the words of tools, figures and links."""
    return not _SEPARATORS.sub("", _TOOL.sub("", _LINK.sub("", line)))


def tools(line: str) -> int:
    """Return how many words of tools and figures `line` is made of, 0 where it has others or is a mere link."""
    return sum(1 for _ in _TOOL.finditer(_LINK.sub("", line))) if is_tool(line) else 0


def is_imprint(line: str) -> bool:
    """Return whether `line` is a telephone, an editor, a licence: an imprint, where no article runs."""
    return len(line) <= _LONGEST_IMPRINT and _IMPRINT.match(line.lstrip(_BULLETS)) is not None


def is_menu(line: str) -> bool:
    """Return whether `line` is names of a newspaper's sections only, or a path of them."""
    if " > " in line or ("»" in line and "«" not in line):
        return True
    return not any(map(str.isdigit, line)) and not _SEPARATORS.sub("", _TOOL.sub("", _SECTION.sub("", line)))


def is_part_of_page(name: str) -> bool:
    """Return whether the class or the id of an element calls it what no article has: "related-news", "shareBar"."""
    return any(map(_PART.fullmatch, _WORDS.split(name)))


def furniture_of(line: str) -> Why | None:
    """Return what `line` is above or below the text of an article, None where it may be a line of it."""
    if is_furniture(line) or is_menu(line):
        return "navigation"
    return "imprint" if is_imprint(line) else None
