"""The provinces, districts and communes of Vietnam before and since 1 July 2025: which lay in which.

The facts are the tables lexicon/places.tsv and lexicon/communes.tsv (tools/make_places.py states the sources), read
when first needed.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from partyqa.text.lexicon import rows
from partyqa.text.names import also, folded, name_key, pattern_of


class Unit(NamedTuple):
    """An administrative unit: "huyện", "Mường Nhé", and the unit right above it, none of a province of today.

    `level` is province, district or commune; `since` and `until` are ISO dates, "" where it was there before our
    tables begin, or still is.
    """

    level: str
    kind: str
    name: str
    since: str
    until: str
    within: tuple["Unit", ...]


Marked = tuple[Unit, str]
"""A unit, and what sets its name off from ordinary words: "^" only its capitals, "~" its accents, "" nothing needed."""

_RENAMED_UNTIL = "2024-12-31"
_NO_LETTER = re.compile(r"[^a-z0-9;\n]+")


def bearing(name: str) -> tuple[Unit, ...]:
    """Return every unit of that name, accents or not, large ones first: "muong nhe" -> huyện, xã, xã."""
    key = name_key(name)
    return tuple(unit for unit, _ in large_units().get(key, ()) + communes(key))


def contains(whole: Unit, part: Unit) -> bool:
    """Whether `part` lies, or lay, in `whole`: a district in its province, an old province in the new one."""
    return any(unit == whole or contains(whole, unit) for unit in part.within)


def now(unit: Unit) -> Unit:
    """Return the province of today that a unit belongs to: tỉnh Hà Giang -> tỉnh Tuyên Quang."""
    return now(unit.within[-1]) if unit.within else unit


def provinces_of(unit: Unit) -> tuple[Unit, ...]:
    """Return the provinces that a unit lies or lay in, the one of today last: Mèo Vạc -> Hà Giang, Tuyên Quang."""
    own = (unit,) if unit.level == "province" else ()
    return own + tuple(above for whole in unit.within for above in provinces_of(whole))


def before(province: Unit) -> tuple[Unit, ...]:
    """Return the provinces that one of today was made of, or was called; none if it stayed what it was."""
    units = dict.fromkeys(unit for found in large_units().values() for unit, _ in found)
    return tuple(unit for unit in units if unit.level == "province" and unit.within == (province,))


@cache
def other_names(key: str) -> frozenset[str]:
    """Return the keys of the names that the same unit or person had at another time: "hue" -> "thua thien hue"."""
    renamed = [unit for units in large_units().values() for unit, _ in units if unit.until == _RENAMED_UNTIL]
    pairs = [(name_key(unit.name), name_key(unit.within[0].name)) for unit in renamed]
    return also(key) | frozenset(other for pair in pairs if key in pair for other in pair if other != key)


@cache
def standing_alone(key: str) -> re.Pattern[str]:
    """Return a pattern for a name in " words with spaces around ", but not as the start of a longer place.

    "dien bien" is not found in " huyen dien bien dong "
    """
    longer = [name.removeprefix(key + " ") for name in large_units() if name.startswith(key + " ")]
    not_longer = f"(?!(?:{'|'.join(map(re.escape, longer))}) )" if longer else ""
    return re.compile(f" {pattern_of(key)} {not_longer}")


@cache
def large_units() -> dict[str, tuple[Marked, ...]]:
    """Return provinces and districts by the keys of their names, each with what sets it off from a word."""
    today: dict[str, Unit] = {}
    then: dict[str, Unit] = {}
    found: dict[str, tuple[Marked, ...]] = {}
    for level, since, until, kind, marked, within in rows("places.tsv"):
        name = marked.rstrip("^~")
        if level == "district":
            unit = Unit(level, kind, name, since, until, (then.get(within) or today[within],))
        elif within:
            unit = then[name] = Unit(level, kind, name, since, until, (today[within],))
        else:
            unit = today[name] = Unit(level, kind, name, since, until, ())
        found[name_key(name)] = (*found.get(name_key(name), ()), (unit, marked[len(name) :]))
    return found


@cache
def _commune_rows() -> tuple[tuple[tuple[str, ...], ...], dict[str, tuple[int, ...]]]:
    """The lines of communes.tsv, and in which of them each accent-free name stands: 13,000, in some 20 ms."""
    lines = rows("communes.tsv")
    keys = _NO_LETTER.sub(" ", folded("\n".join(line[-1] for line in lines)))
    found: dict[str, tuple[int, ...]] = {}
    for row, names in enumerate(keys.split("\n")):
        for name in names.split(";"):
            key = name.strip()
            found[key] = (*found[key], row) if key in found else (row,)
    return lines, found


@lru_cache(maxsize=1 << 12)
def communes(key: str) -> tuple[Marked, ...]:
    """Return the communes, wards and towns of that accent-free name, each with what sets it off from a word."""
    lines, found = _commune_rows()
    units = []
    for row in found.get(key, ()):
        since, until, kind, district, province, names = lines[row]
        for marked in names.split(";"):
            name = marked.rstrip("^~")
            if name_key(name) == key:
                unit = Unit("commune", kind, name, since, until, _above(district, province))
                units.append((unit, marked[len(name) :]))
    return tuple(dict.fromkeys(units))


def _above(district: str, province: str) -> tuple[Unit, ...]:
    """The unit that a commune lies in: "huyện Mường Nhé" of Điện Biên, or the province of today."""
    if district:
        return (_districts()[district, province],)
    return tuple(unit for unit, _ in large_units()[name_key(province)] if not unit.within)


@cache
def _districts() -> dict[tuple[str, str], Unit]:
    units = (unit for found in large_units().values() for unit, _ in found if unit.level == "district")
    return {(f"{unit.kind} {unit.name}", unit.within[0].name): unit for unit in units}
