"""A page as scraped: which of its lines are the article, and what the others say about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from partyqa.readers import credits as by
from partyqa.readers.furniture import Marker, is_address, is_furniture, marker

PARAGRAPH = 60
LONG = 200
TITLE_WORDS = 5

_SENTENCE_END = re.compile(r"[.;:…](?:[”\"’')\]]|/\.)*$|[?!][”\"’')\]]*$")
_NUMBERED = re.compile(r"(?:[IVX]+|\d+)[.)/]\s")


@dataclass(frozen=True, slots=True)
class Page:
    """An article taken out of its page; what the page does not say is "" or None."""

    body: tuple[str, ...]
    title: str = ""
    source: str = ""
    published: date | None = None
    author: str = ""


def is_paragraph(line: str) -> bool:
    """Tell running text from headlines, captions and tools: long, or closed like a sentence."""
    return len(line) >= LONG or (len(line) >= PARAGRAPH and _SENTENCE_END.search(line) is not None)


def parse(lines: Sequence[str], title: str = "") -> Page:
    """Return the article of a page's lines (normalised, none empty); `title` is one known beforehand."""
    article, after = _cut(lines)
    first = next((i for i, line in enumerate(article) if is_paragraph(line)), len(article))
    head, rest = _head(article[:first], title)
    body, tail = _body(rest + list(article[first:]))
    source = (
        head.source
        or tail.source
        or next((by.dateline(line) for line in body if by.dateline(line)), "")
        or next(
            (by.dateline(line, agencies=False) for line in after if by.dateline(line, agencies=False)), ""
        )
    )
    return Page(tuple(body), head.title, source, head.published or tail.published, tail.author or head.author)


def _cut(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the lines where the article ends; boxes of related articles inside it are left out."""
    kept: list[str] = []
    in_box = False
    for i, line in enumerate(lines):
        found = marker(line)
        if found is not None:
            if _ends(found, kept, lines[i + 1 :]):
                return kept, list(lines[i:])
            in_box = found is Marker.BOX and bool(kept)
        elif in_box and not _resumes(line):
            continue
        else:
            in_box = False
            kept.append(line)
    return kept, []


def _ends(found: Marker, before: Sequence[str], after: Sequence[str]) -> bool:
    """Tell whether a marker ends the article: most of the running text must stand before it."""
    written = sum(len(line) for line in before if is_paragraph(line))
    coming = sum(len(line) for line in after if len(line) >= LONG and not _is_teaser(line))
    if found is Marker.END:
        return written > coming
    signed = any(by.author(line) or by.signature(line) for line in before[-2:])
    return written > coming and (signed or coming == 0)


def _is_teaser(line: str) -> bool:
    return line.endswith(("...", "…"))


def _resumes(line: str) -> bool:
    return (is_paragraph(line) and not _is_teaser(line)) or "Ảnh:" in line


def _head(lines: Sequence[str], known: str) -> tuple[Page, list[str]]:
    """Read the lines above the first paragraph; return what they say and those that are the article's."""
    dates: list[tuple[int, date, str]] = []
    sites: list[str] = []
    candidates: list[int] = []
    for i, line in enumerate(lines):
        if found := by.stamp(line):
            dates.append((i, *found))
        elif by.site(line):
            sites.append(line)
        elif sites and i and lines[i - 1] == sites[-1] and by.place(line):
            sites[-1] = f"{sites[-1]} {line}"
        elif not (is_furniture(line) or is_address(line)):
            candidates.append(i)
    at = _title_at(lines, candidates, [i for i, _, _ in dates]) if not known else -1
    if known:
        at = next((i for i in candidates if lines[i] == known), -1)
    published = next((day for i, day, _ in dates if i > at), None) if at >= 0 or known else None
    if published is None:
        published = next((day for i, day, _ in dates if 0 < i or not candidates), None)
    rest = [lines[i] for i in candidates if i > at]
    author = ""
    for line in list(rest):
        name = by.author(line) or by.signature(line)
        if name and (by.author(line) or by.is_surname(name)):
            author = author or name
            if not by.has_office(line):
                rest.remove(line)
    title = known or (lines[at] if at >= 0 else "")
    return Page((), title, sites[0] if sites else "", published, author), rest


def _title_at(lines: Sequence[str], candidates: Sequence[int], dates: Sequence[int]) -> int:
    """Return the index of the title: just above the date, else the first line of enough words, else -1."""
    wordy = [i for i in candidates if len(lines[i].split()) >= TITLE_WORDS and not _NUMBERED.match(lines[i])]
    for day in dates:
        above = [i for i in wordy if i < day]
        if above:
            return above[-1]
    return wordy[0] if wordy else -1


def _body(lines: Sequence[str]) -> tuple[list[str], Page]:
    """Drop what is not the article from its running part; return the rest and what the dropped lines said."""
    last = max((i for i, line in enumerate(lines) if is_paragraph(line)), default=-1)
    body: list[str] = []
    author = source = ""
    published = None
    for i, line in enumerate(lines):
        trailing = i > last
        if found := by.stamp(line):
            published = published or found[0]
        elif is_furniture(line) or (trailing and is_address(line)):
            continue
        elif name := by.author(line):
            author = author or name
        elif trailing and by.origin(line):
            source = source or by.origin(line)
        elif trailing and (name := by.signature(line)):
            author = author or name
            if by.has_office(line):
                body.append(line)
        else:
            body.append(line)
    return body, Page((), "", source, published, author)
