"""A page as scraped: which of its lines are the article, what the others give about it, and why those are left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from partyqa.corpus.readers import Dropped, Why
from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.bylines import Credit, Stamp, StampKind, credit
from partyqa.corpus.readers.furniture import Marker, furniture_of, is_furniture, is_imprint, marker
from partyqa.types import Article

PARAGRAPH = 60  # characters from which a line closed like a sentence is running text
LONG = 200  # characters from which any line is
TITLE_WORDS = 5

_NEXT_LINES = 100  # after a box: enough to see whether the article goes on

_CLOSED = re.compile(r"(?:(?<!\.)\.|[;:])[”\"’')\]]*$|\./\.$")
# A headline too may ask a question or break off; after a full stop it is a sentence that does so.
_CLOSED_AFTER_ANOTHER = re.compile(r"[.?!]\s.*(?:[?!…]|\.\.\.)[”\"’')\]]*$")
_TEASER_END = ("...", "…")
_NUMBERED = re.compile(r"(?:[IVX]+|\d+)[.)/]\s")


@dataclass(frozen=True, slots=True)
class Page:
    """An article taken out of its page; what the page does not give is "" or None.

    Each line of the page is in its body, among its credits, or dropped.
    """

    body: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    published: date | None = None
    author: str = ""
    credits: tuple[Credit, ...] = ()
    dropped: tuple[Dropped, ...] = ()

    def left_out(self, article: Article) -> tuple[Dropped, ...]:
        """Return the lines that neither text nor fields of the article made of this page hold."""
        left_out, seen = list(self.dropped), set[str]()
        for it in self.credits:
            if not it.is_field_of(article):
                left_out.append(Dropped(it.line, "byline"))
            elif it.line in seen:
                left_out.append(Dropped(it.line, "repeated"))
            seen.add(it.line)
        return tuple(left_out)


def parse(lines: Sequence[str], title: str = "") -> Page:
    """Return the article of a page's lines (normalised, none empty); `title` where it is known beforehand."""
    kept, after, boxes = _cut(lines)
    first = next((i for i, line in enumerate(kept) if _is_prose(line)), len(kept))
    head, opening = _head(kept[:first], title)
    body = _body([*opening, *kept[first:]], head.title)
    source = head.source or body.source or by.dateline(body.body[:3]) or by.dateline(after, own=True)
    return Page(
        body=body.body,
        title=head.title,
        source=source,
        published=head.published or body.published,
        author=body.author or head.author,
        credits=(*head.credits, *body.credits),
        dropped=(*head.dropped, *boxes, *body.dropped, *(Dropped(line, "after") for line in after)),
    )


def _is_prose(line: str) -> bool:
    """Distinguish running text from headlines, captions and tools: long, or closed like a sentence."""
    if len(line) < PARAGRAPH or is_furniture(line) or is_imprint(line):
        return False
    return len(line) >= LONG or bool(_CLOSED.search(line) or _CLOSED_AFTER_ANOTHER.search(line))


# where the article ends


def _cut(lines: Sequence[str]) -> tuple[list[str], list[str], list[Dropped]]:
    """Part the lines where the article ends; boxes of related articles inside it are left out, and come last."""
    kept: list[str] = []
    boxes: list[Dropped] = []
    in_box = opened = False
    written = 0
    promises = [_promises(line) for line in lines]
    coming = sum(promises)
    for i, line in enumerate(lines):
        written += len(line) if _is_prose(line) else 0
        coming -= promises[i]
        found = marker(line)
        if found is not None:
            if written > coming and _ends(found, kept, lines[i + 1 : i + 1 + _NEXT_LINES]):
                return kept, list(lines[i:]), boxes
            in_box = found is Marker.BOX and opened
            boxes.append(Dropped(line, "related" if found is Marker.BOX else "navigation"))
        elif not in_box or _resumes(line):
            in_box = False
            opened = opened or _is_prose(line) or by.stamp(line) is not None
            kept.append(line)
        else:
            boxes.append(Dropped(line, "related"))
    return kept, [], boxes


def _promises(line: str) -> int:
    """Return the characters of a paragraph too long to be another article's teaser."""
    return len(line) if len(line) >= LONG and _is_prose(line) and not _is_teaser(line) else 0


def _ends(found: Marker, before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether a marker that most of the text stands before ends the article, or is a box within it."""
    return found is Marker.END or any(map(_signs, before[-2:])) or not _goes_on(after)


def _goes_on(after: Sequence[str]) -> bool:
    """Return whether the article runs on after a box: a long paragraph, two together, or one signed."""
    end = next((i for i, line in enumerate(after) if marker(line) is Marker.END), len(after))
    was_prose = False
    for line in after[:end]:
        is_prose = _is_prose(line) and not _is_teaser(line)
        if (is_prose and (was_prose or len(line) >= LONG)) or (was_prose and _signs(line)):
            return True
        was_prose = is_prose
    return False


def _signs(line: str) -> bool:
    return bool(by.author(line) or by.signature(line))


def _is_teaser(line: str) -> bool:
    return line.endswith(_TEASER_END)


def _resumes(line: str) -> bool:
    """Return whether a line after a box is the article's again."""
    return (_is_prose(line) and not _is_teaser(line)) or "Ảnh:" in line or _signs(line)


# above the first paragraph


def _head(lines: Sequence[str], known: str) -> tuple[Page, list[str]]:
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


# the running part


def _body(lines: Sequence[str], title: str) -> Page:
    """Leave out what is not the article; return its lines and what those left out give."""
    end = _credited(lines)
    dropped = [Dropped(line, "after") for line in lines[end:]]
    lines = lines[:end]
    last = max((i for i, line in enumerate(lines) if _is_prose(line)), default=-1)
    body: list[str] = []
    named: list[Credit] = []
    author = source = ""
    published = None
    for i, line in enumerate(lines):
        found = by.stamp(line)
        if found and found.kind is not StampKind.BARE:
            named.append(credit(line, (found.day,)))
            if i <= 2 or (i > last and found.kind is StampKind.PUBLISHED):
                published = published or found.day
        elif is_furniture(line):
            dropped.append(Dropped(line, "navigation"))
        elif i < 3 and line == title:
            named.append(credit(line, (title,)))
        elif i < last:
            body.append(line)
        elif any(names := _names(line, i > last)):
            named.append(credit(line, names))
            source, author = source or names[0], author or names[1]
        elif i > last and (why := _why_below(line)):
            dropped.append(Dropped(line, why))
        else:
            body.append(line)
    if not author:
        author, body, signed = _signed(body)
        named += (credit(line, (author,)) for line in signed)
    return Page(
        body=tuple(body),
        source=source,
        published=published,
        author=author,
        credits=tuple(named),
        dropped=tuple(dropped),
    )


def _names(line: str, is_below: bool) -> tuple[str, str]:
    """Return the source and the author that a line of its own names, the source only below the text."""
    if author := by.author(line):
        return "", author
    source = by.origin(line) if is_below else ""
    return source, by.signature(line) if source else ""


def _why_below(line: str) -> Why | None:
    """Return why a line below the text is none of the article's, None where it is one."""
    return "byline" if by.is_staff(line) else furniture_of(line)


def _credited(lines: Sequence[str]) -> int:
    """Return how many lines there are up to the last credit that no long paragraph follows, else all."""
    for i in range(len(lines) - 1, -1, -1):
        if _promises(lines[i]):
            break
        if by.author(lines[i]) and any(map(_is_prose, lines[:i])):
            return i + 1
    return len(lines)


def _signed(body: list[str]) -> tuple[str, list[str], list[str]]:
    """Return the name that signs the article, the body, and the line of the name; with an office that stays in."""
    tail = [i for i, line in enumerate(body) if i and i >= len(body) - 3 and by.signature(line)]
    if len(tail) != 1:
        return "", body, []
    line = body[tail[0]]
    is_alone = line is body[-1] and not by.has_office(line)
    return by.signature(line), body[:-1] if is_alone else body, [line] if is_alone else []
