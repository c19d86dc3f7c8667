"""What stands above the first paragraph of a page: its title, its date, its newspaper, its tools."""

import re
from collections.abc import Sequence
from datetime import date

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.bylines import Stamp, StampKind, credit
from partyqa.corpus.readers.furniture import furniture_of
from partyqa.corpus.readers.pages import Page

TITLE_WORDS = 5

_NUMBERED = re.compile(r"(?:[IVX]+|\d+)[.)/]\s")


def read_head(lines: Sequence[str], known: str) -> tuple[Page, list[str]]:
    """Read the lines above the first paragraph; return what they give, and those that are the article's."""
    stamps: dict[int, Stamp] = {}
    sites: list[str] = []
    named: list[list[str]] = []  # the lines of each site
    candidates: list[int] = []
    dropped: list[Dropped] = []
    for i, line in enumerate(lines):
        if found := by.stamp(line):
            stamps[i] = found
        elif name := by.site(line):
            sites.append(name)
            named.append([line])
        elif sites and by.site(lines[i - 1]) == sites[-1] and by.place(line):
            sites[-1] += f" {line}"
            named[-1].append(line)
        elif why := furniture_of(line):
            dropped.append(Dropped(line, why))
        else:
            candidates.append(i)
    at = next((i for i in candidates if lines[i] == known), -1) if known else -1
    at = at if known else _title_at(lines, candidates, stamps)
    opening = [lines[i] for i in candidates if i > at]
    author, signed, opening = _byline(opening)
    beside = [stamp.beside for stamp in stamps.values() if stamp.beside]
    page = Page(
        title=known or (lines[at] if at >= 0 else ""),
        source=next(iter(sites + [name for name in beside if by.site(name)]), ""),
        published=_published(stamps, at),
        author=author or next((name for name in beside if by.is_name(name) and by.has_surname(name)), ""),
        credits=(
            *(credit(lines[i], (stamp.day, stamp.beside)) for i, stamp in stamps.items()),
            *(credit(line, (name,)) for name, part in zip(sites, named, strict=True) for line in part),
            *(credit(line, (line,)) for line in lines[at : at + 1] if at >= 0),
            *(credit(line, (author,)) for line in signed),
        ),
        dropped=(*dropped, *(Dropped(lines[i], "above") for i in candidates if i < at)),
    )
    return page, opening


def _title_at(lines: Sequence[str], candidates: Sequence[int], stamps: dict[int, Stamp]) -> int:
    """Return the index of the title: the line of enough words above the date, else the first; -1 for none.

    A shorter line is the title where it stands right above the date, or alone above the text.
    """
    candidates = [i for i in candidates if not _NUMBERED.match(lines[i]) and " " in lines[i]]
    wordy = [i for i in candidates if len(lines[i].split()) >= TITLE_WORDS]
    for i in sorted(stamps, reverse=True):
        above = [at for at in wordy if at < i]
        if not above and i - 1 in candidates and i + 1 not in wordy:
            above = [i - 1]
        if above and stamps[i].kind is not StampKind.UPDATED:
            return above[-1]
    return next(iter(wordy or (candidates if len(candidates) == 1 else ())), -1)


def _published(stamps: dict[int, Stamp], at: int) -> date | None:
    """Return the article's date: below its title, else just above it; a page's first line is its clock."""
    below = [stamp for i, stamp in stamps.items() if i > max(at, 0)]
    sure = [stamp for stamp in stamps.values() if stamp.kind in (StampKind.PUBLISHED, StampKind.COUNTED)]
    above = [stamp for i, stamp in stamps.items() if 0 < i == at - 1]
    for found in (below, sure, above):
        if found:
            return min(found, key=lambda stamp: stamp.kind).day
    return None


def _byline(opening: Sequence[str]) -> tuple[str, Sequence[str], list[str]]:
    """Return the author named between title and text, the line that does, and the lines left."""
    for i, line in enumerate(opening):
        name = by.author(line) or (by.signature(line) if by.is_name(line) and by.has_surname(line) else "")
        if name:
            return name, [line], [*opening[:i], *opening[i + 1 :]]
    return "", [], list(opening)
