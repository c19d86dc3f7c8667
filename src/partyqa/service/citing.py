"""Where in its file a quote stands, in the words that pages, files, programs and the terminal share."""

from collections.abc import Iterator, Mapping
from typing import Any

from partyqa.i18n import Texts
from partyqa.text.normalise import one_line
from partyqa.types import Section, Sentence

_NOWHERE = Section(0, 0)


def place_of(sentence: Sentence, t: Texts) -> tuple[str, ...]:
    """Return where a sentence stands: ("Điều 3, khoản 1", "trang 2", "nhận dạng từ ảnh"), of it what is known."""
    return tuple(_words(sentence.section or _NOWHERE, t))


def place_in(citation: Mapping[str, Any], t: Texts) -> tuple[str, ...]:
    """Return the same of a citation's JSON, which may have been kept before there were places."""
    return tuple(_words(section_in(citation), t))


def section_in(citation: Mapping[str, Any]) -> Section:
    """Return where a citation's JSON says that its quote stands, the quote counted from 0."""
    page, path, recognised = (citation.get(name) for name in ("page", "path", "recognised"))
    return Section(0, len(citation["quote"]), page, tuple(path or ()), recognised)


def _words(section: Section, t: Texts) -> Iterator[str]:
    if path := ", ".join(map(one_line, section.path)):
        yield path
    if section.page is not None:
        yield t("place.page", page=section.page)
    if section.recognised is not None:
        yield t("place.recognised")
