"""What names a table: the lines above it, its own titles, the unit of its figures."""

import re
from collections.abc import Sequence

from partyqa.text.lexicon import spelt

_LONGEST = 160  # characters; a longer line is prose
_LINES = 4  # above a table, its number, name and unit among them
_NUMBERED = re.compile(rf"{spelt('layout.tsv', 'caption')}(?:\s+(?:số\s+)?[\w.]+)?", re.IGNORECASE)
UNIT = re.compile(rf"\(?\s*{spelt('layout.tsv', 'unit')}\s*:", re.IGNORECASE)
_CLOSED = (".", ";", ",", "!", "?")


def caption_of(above: Sequence[str], own: Sequence[str] = ()) -> str:
    """Return how a path names a table, from the lines above it and those that it holds itself.

    ["Bảng 2", "Đảng viên các xã", "ĐVT: người"] -> "Bảng 2. Đảng viên các xã (ĐVT: người)"
    """
    lines = [*_naming(above[-_LINES:]), *own]
    units = [line.strip("() ") for line in lines if UNIT.match(line)]
    name = ". ".join(line.rstrip(" .:") for line in lines if not UNIT.match(line))
    return f"{name} ({units[-1]})" if name and units else name or "".join(units[-1:])


def _naming(above: Sequence[str]) -> list[str]:
    """Return the last lines that say what stands below them: a name behind its number, a lead, a unit."""
    units: list[str] = []
    names: list[str] = []
    for line in reversed(above):
        if not names and UNIT.match(line) and len(line) <= _LONGEST:
            units.append(line)
        elif not names and len(line) <= _LONGEST and (_NUMBERED.match(line) or not line.endswith(_CLOSED)):
            names.append(line)
        else:
            if names and _NUMBERED.fullmatch(line.rstrip(" .:")) and not _NUMBERED.match(names[0]):
                names.append(line)
            break
    return [*reversed(names), *reversed(units)]
