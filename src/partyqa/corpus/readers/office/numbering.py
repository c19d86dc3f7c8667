"""The numbers of Word's list items, which no text of the file holds: "Điều 3.", "a)", "1.2."."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from partyqa.corpus.readers.office.markup import attribute, child, children, value

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_UNITS = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_PLACE = re.compile(r"%(\d)")
_BULLET = "-"
_MOST = 100_000  # beyond it a letter or a Roman number is as long as a page


@dataclass(slots=True)
class ListNumbers:
    """Counts the list items of a document in its order; one counter a list and level."""

    levels: Mapping[str, Mapping[int, Any]]  # by abstract list
    lists: Mapping[str, Any]  # the w:num of each id
    styles: Mapping[str, Any]
    _counters: dict[str, dict[int, int]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def of(self, paragraph: Any) -> str:
        """Return what stands before a paragraph's text, "" where it is no list item; counts it."""
        list_id, level = self._place(paragraph)
        numbered = self.lists.get(list_id)
        if numbered is None:
            return ""
        abstract = value(child(numbered, "abstractNumId"))
        levels = self.levels.get(abstract, {})
        if level not in levels:
            return ""
        counters = self._counters.setdefault(abstract, {})
        if list_id not in self._seen:
            self._seen.add(list_id)
            for other in children(numbered, "lvlOverride"):
                if (start := child(other, "startOverride")) is not None:
                    counters[_number(attribute(other, "ilvl"), 0)] = _number(value(start), 1) - 1
        self._count(counters, levels, level)
        return _shown(levels, level, counters)

    def _count(self, counters: dict[int, int], levels: Mapping[int, Any], level: int) -> None:
        for upper in range(level):
            if upper in levels:
                counters.setdefault(upper, _start(levels[upper]))
        counters[level] = counters[level] + 1 if level in counters else _start(levels[level])
        for lower in [it for it in counters if it > level]:
            restart = child(levels.get(lower), "lvlRestart")
            if restart is None or level < _number(value(restart), lower):
                del counters[lower]

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """Return the list and level of a paragraph, its own before its style's."""
        properties = child(paragraph, "pPr")
        style = value(child(properties, "pStyle"))
        list_id, level = _list_of(properties)
        seen: set[str] = set()
        while style in self.styles and style not in seen and (list_id is None or level is None):
            seen.add(style)
            above, above_level = _list_of(child(self.styles[style], "pPr"))
            list_id = above if list_id is None else list_id
            level = above_level if level is None else level
            style = value(child(self.styles[style], "basedOn"))
        return list_id or "", level or 0


def list_numbers(numbering: Any, styles: Any) -> ListNumbers:
    """Return the counters for the parts that define lists and styles, None where a document has none."""
    abstract = {
        attribute(it, "abstractNumId"): {
            _number(attribute(level, "ilvl"), 0): level for level in children(it, "lvl")
        }
        for it in children(numbering, "abstractNum")
    }
    linked = {
        value(child(it, "styleLink")): attribute(it, "abstractNumId")
        for it in children(numbering, "abstractNum")
    }
    for it in children(numbering, "abstractNum"):
        style = value(child(it, "numStyleLink"))
        if style and style in linked:
            abstract[attribute(it, "abstractNumId")] = abstract[linked[style]]
    return ListNumbers(
        abstract,
        {attribute(it, "numId"): it for it in children(numbering, "num")},
        {attribute(it, "styleId"): it for it in children(styles, "style")},
    )


def written_number(number: int, form: str) -> str:
    """Return a number as a list shows it: (3, "lowerLetter") -> "c"; forms that are not known as digits."""
    number = max(number, 0)
    if form in ("lowerLetter", "upperLetter") and 0 < number < _MOST:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < number < _MOST:
        return _roman(number) if form == "lowerRoman" else _roman(number).upper()
    return f"{number:02d}" if form == "decimalZero" else str(number)


def _roman(number: int) -> str:
    digits = ""
    for worth, sign in (*_ROMAN, *_ROMAN_UNITS):
        digits += sign * (number // worth)
        number %= worth
    return digits


def _list_of(properties: Any) -> tuple[str | None, int | None]:
    place = child(properties, "numPr")
    list_id, level = child(place, "numId"), child(place, "ilvl")
    return (
        value(list_id) if list_id is not None else None,
        _number(value(level), 0) if level is not None else None,
    )


def _shown(levels: Mapping[int, Any], level: int, counters: Mapping[int, int]) -> str:
    form = value(child(levels[level], "numFmt"))
    if form == "none":
        return (
            value(child(levels[level], "lvlText"))
            if "%" not in value(child(levels[level], "lvlText"))
            else ""
        )
    if form == "bullet":
        return _BULLET
    legal = child(levels[level], "isLgl") is not None

    def number(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        own = "decimal" if legal else value(child(levels.get(at), "numFmt"))
        return written_number(counters.get(at, 1), own) if own != "none" else ""

    return _PLACE.sub(number, value(child(levels[level], "lvlText"))).strip()


def _start(level: Any) -> int:
    return _number(value(child(level, "start")), 1)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() else otherwise
