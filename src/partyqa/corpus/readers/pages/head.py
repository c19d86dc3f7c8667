"""What stands above the first paragraph of a page: its title, its date, its newspaper, its tools."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.bylines import Stamp, StampKind, credit
from partyqa.corpus.readers.furniture import furniture_of
from partyqa.corpus.readers.pages import Page
from partyqa.corpus.readers.pages.prose import is_figure, is_item, without_mark
from partyqa.text.lexicon import marked, written

TITLE_WORDS = 5

_TYPE = re.compile(written(map(str.upper, marked("document_types.tsv", without="any"))))
_NUMBERED = re.compile(r"(?:[IVX]+|\d+)[.)/]\s")


def read_head(lines: Sequence[str], known: str, rows: Collection[str]) -> tuple[Page, list[str]]:
    """Read the lines above the first paragraph; return what they give, and those that are the article's."""
    parts = list(_titles(lines))  # of the page, those of one title together
    lines = [" ".join(part) for part in parts]
    stamps: dict[int, Stamp] = {}
    sites: list[str] = []
    named: list[list[str]] = []  # the lines of each site
    candidates: list[int] = []
    dropped: list[Dropped] = []
    for i, line in enumerate(lines):
        bare = without_mark(line)
        if line not in rows and (found := by.stamp(bare)):
            stamps[i] = found
        elif line in rows or is_figure(line):
            candidates.append(i)
        elif name := by.site(bare):
            sites.append(name)
            named.append([line])
        elif sites and by.site(without_mark(lines[i - 1])) == sites[-1] and by.place(bare):
            sites[-1] += f" {bare}"
            named[-1].append(line)
        elif why := furniture_of(line):
            dropped.append(Dropped(line, why))
        else:
            candidates.append(i)
    at = next((i for i in candidates if without_mark(lines[i]) == known), -1) if known else -1
    titles = [i for i in candidates if not (lines[i] in rows or is_item(lines[i]) or is_figure(lines[i]))]
    at = at if known else _title_at(lines, titles, stamps)
    kept = list(_kept(lines, [i for i in candidates if i > at]))
    dropped += (Dropped(lines[i], "navigation") for i in candidates if i > at and i not in kept)
    author, signed, opening = _byline([line for i in kept for line in parts[i]])
    beside = [stamp.beside for stamp in stamps.values() if stamp.beside]
    title = known or (lines[at] if at >= 0 else "")
    page = Page(
        title=title,
        source=next(iter(sites + [name for name in beside if by.site(name)]), ""),
        published=_published(stamps, at),
        author=author or next((name for name in beside if by.is_name(name) and by.has_surname(name)), ""),
        credits=(
            *(credit(lines[i], (stamp.day, stamp.beside)) for i, stamp in stamps.items()),
            *(credit(line, (name,)) for name, part in zip(sites, named, strict=True) for line in part),
            *(credit(line, (title,)) for part in parts[at : at + 1] if at >= 0 for line in part),
            *(credit(line, (author,)) for line in signed),
        ),
        dropped=(*dropped, *(Dropped(line, "above") for i in candidates if i < at for line in parts[i])),
    )
    return page, opening


def _titles(lines: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield each line, those together that are a title in capitals: "BÁO CÁO TỔNG KẾT", "NĂM 2021"."""
    at = 0
    while at < len(lines):
        length = 1
        while at + length < len(lines) and _is_titles(lines[at + length - 1], lines[at + length]):
            length += 1
        yield tuple(lines[at : at + length])
        at += length


def _is_titles(line: str, after: str) -> bool:
    """Return whether a title in capitals goes on in the line after it: a short one, or what a document is about."""
    if not line.isupper() or not _may_be_title(after):
        return False
    if _TYPE.fullmatch(line):
        return after.isupper() or not furniture_of(line)
    is_short = after.isupper() and sum(map(str.isalpha, after.split())) < TITLE_WORDS
    return is_short and _may_be_title(line)


def _may_be_title(line: str) -> bool:
    is_signed = by.is_name(line) and by.has_surname(line)
    is_named = by.stamp(line) or by.site(line) or by.author(line) or is_signed or by.place(line)
    return not (is_named or furniture_of(line) or _NUMBERED.match(line) or is_item(line) or is_figure(line))


def _kept(lines: Sequence[str], below: Sequence[int]) -> Iterator[int]:
    """Yield the lines below the title that are the article's: a figure only behind another of them."""
    last = -1
    for i in below:
        if not is_figure(lines[i]) or i - 1 == last:
            last = i
            yield i


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
        name = by.author(without_mark(line)) or (
            by.signature(line) if by.is_name(line) and by.has_surname(line) else ""
        )
        if name:
            return name, [line], [*opening[:i], *opening[i + 1 :]]
    return "", [], list(opening)
