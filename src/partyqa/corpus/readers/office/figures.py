"""Cells of sheets as a Vietnamese screen shows them: "1.234,5", "12,5%", "19/05/2019"."""

import re
from datetime import date, datetime, time, timedelta

_SECTION = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_WORDS = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
_DIGITS = re.compile(r"[#0?][#0?,.\s]*")
_MOST_DIGITS = 15  # that a cell's number is exact to


def shown(value: object, code: str) -> str:
    """Return what a cell shows: its value in the format of its cell ("General" for none)."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(value, code)
        case datetime():
            return _moment(value)
        case date():
            return f"{value:%d/%m/%Y}"
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            return str(value)
    return str(value)


def _moment(value: datetime) -> str:
    if value.time() == time():
        return f"{value:%d/%m/%Y}"
    return f"{value:%d/%m/%Y %H:%M}"


def _number(value: float, code: str) -> str:
    sections = _SECTION.split(code or "General")
    section = sections[1] if value < 0 and len(sections) > 1 and sections[1] else sections[0]
    bare = _WORDS.sub("", section)
    places = _DIGITS.search(bare)
    if "E+" in bare.upper() or "/" in bare or places is None:
        return _general(value)
    if "%" in bare:
        value *= 100
    mask = places.group().strip()
    decimals = len(re.sub(r"[^#0?]", "", mask.partition(".")[2]))
    scale = len(mask) - len(mask.rstrip(","))
    text = f"{abs(value) / 1000**scale:,.{decimals}f}"
    required = mask.partition(".")[2].rstrip(",").count("0")
    whole, _, rest = text.partition(".")
    rest = rest[:required] + rest[required:].rstrip("0")
    if "," not in mask.rstrip(","):
        whole = whole.replace(",", "").zfill(min(mask.partition(".")[0].count("0"), _MOST_DIGITS))
    shown_ = whole.replace(",", ".") + (f",{rest}" if rest else "")
    return ("-" if value < 0 and float(text.replace(",", "")) else "") + shown_ + ("%" if "%" in bare else "")


def _general(value: float) -> str:
    if isinstance(value, int) or value.is_integer():
        return str(int(value)) if abs(value) < 10**_MOST_DIGITS else f"{value:.6E}".replace(".", ",")
    return f"{value:.10g}".replace(".", ",")
