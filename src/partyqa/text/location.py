"""How the places that a text names lie to each other: which only locates another, and which is put where it is not."""

import re
from collections.abc import Sequence
from itertools import pairwise

from partyqa.text.gazetteer import bearing, contains, provinces_of
from partyqa.text.places import NAMED_PERSON, Mention

_APPOSED = re.compile(r" ?[-–,(]? ?(?:(?:o|tai|thuoc|cua|trong)(?: dia ban)? )?")
_SAID_TO_LIE = re.compile(r" ?[,(–-]? ?(?:(?:cua|thuoc|o|tai) )?")
_PROVINCE = re.compile(r"(?:tinh|thanh pho|tp\.?) ")
_LISTED = re.compile(r" ?(?:,|va|hay|hoac|voi|cung)\b ?|\bso (?:sanh|voi)\b|\bnoi nao\b|\bben nao\b")
_AT = re.compile(r"\b(?:o|tai|thuoc|trong|cua|dia ban)(?: toan)? $")


def lies_in(part: Mention, whole: Mention) -> bool:
    """Whether a place lies in another, or may, where several bear its name: Mường Nhé in tỉnh Điện Biên."""
    return any(contains(large, small) for large in whole.units for small in part.units)


def only_where(flat: str, found: Sequence[Mention]) -> frozenset[str]:
    """Return the keys of the places, of those found in an accent-free text, that only locate another one.

    "huyện Mường Tè, tỉnh Lai Châu", "Mường Tè của Lai Châu", "Ở Lai Châu, huyện Mường Tè" -> {"lai chau"}
    """
    wheres = {
        after.key
        for before, after in pairwise(found)
        if lies_in(before, after) and _APPOSED.fullmatch(flat[before.end : after.lead])
    }
    return frozenset(wheres) | {
        before.key for before, after in pairwise(found) if lies_in(after, before) and says_where(flat, before)
    }


def misplaced(flat: str, found: Sequence[Mention]) -> tuple[Mention, Mention] | None:
    """Return the first place that a text puts into a province where none of that name lies or lay, and that province.

    `found` are the places of the accent-free text `flat`.

    "Huyện Mường Ảng, tỉnh Lai Châu" -> (huyện Mường Ảng, tỉnh Lai Châu), for it lies in Điện Biên. Only where the
    text says "tỉnh"; a comma may also be that of a list.
    """
    for place, province in pairwise(found):
        between = flat[place.end : province.lead]
        listed = "," in between and (_LISTED.match(flat, province.end) or _LISTED.search(flat[: place.lead]))
        if (
            _PROVINCE.fullmatch(flat[province.lead : province.start])
            and any(unit.level == "province" for unit in province.units)
            and all(unit.level != "province" for unit in place.units)
            and _SAID_TO_LIE.fullmatch(between)
            and not listed
            and (place.unit_word or not NAMED_PERSON.search(flat[: place.lead]))
            and not any(contains(large, small) for large in province.units for small in bearing(place.key))
        ):
            return place, province
    return None


def lies_where(place: Mention) -> str:
    """Return the province that a place lies in, in words: "tỉnh Hà Giang (nay là tỉnh Tuyên Quang)"; "" for several."""
    chains = {tuple(f"{one.kind} {one.name}" for one in provinces_of(unit)) for unit in place.units}
    if len(chains) != 1:
        return ""
    first, *later = dict.fromkeys(*chains)
    return f"{first} (nay là {later[-1]})" if later else first


def says_where(flat: str, mention: Mention) -> bool:
    """Whether a place in an accent-free text is one where something else is: "ở tỉnh Lai Châu"."""
    return bool(_AT.search(flat[: mention.lead]))
