"""A page as scraped: which of its lines are the article, what the others give about it, and why those are left out."""

from collections.abc import Collection, Sequence

from partyqa.corpus.readers import Dropped, Why
from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.bylines import Credit, StampKind, credit
from partyqa.corpus.readers.furniture import furniture_of, is_furniture
from partyqa.corpus.readers.pages import Page
from partyqa.corpus.readers.pages.ending import cut
from partyqa.corpus.readers.pages.head import read_head
from partyqa.corpus.readers.pages.prose import is_prose, promises


def parse(lines: Sequence[str], title: str = "", rows: Collection[str] = ()) -> Page:
    """Return the article of a page's lines (normalised, none empty); `title` where it is known beforehand.

    `rows` are lines that the page's markup says are rows of a table.
    """
    kept, after, boxes = cut(lines)
    first = next((i for i, line in enumerate(kept) if is_prose(line)), len(kept))
    head, opening = read_head(kept[:first], title)
    body = _body([*opening, *kept[first:]], head.title, rows)
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


def _body(lines: Sequence[str], title: str, rows: Collection[str]) -> Page:
    """Leave out what is not the article; return its lines and what those left out give."""
    end = _credited(lines)
    dropped = [Dropped(line, "after") for line in lines[end:]]
    lines = lines[:end]
    last = max((i for i, line in enumerate(lines) if is_prose(line)), default=-1)
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
        if promises(lines[i]):
            break
        if by.author(lines[i]) and any(map(is_prose, lines[:i])):
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
