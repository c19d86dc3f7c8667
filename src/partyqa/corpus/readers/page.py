"""A page as scraped: which of its lines are the article, what the others give about it, and why those are left out."""

from collections.abc import Collection, Sequence

from partyqa.corpus.readers import Dropped, Why
from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.bylines import Credit, StampKind, credit
from partyqa.corpus.readers.furniture import furniture_of, is_menu, is_notice, tools
from partyqa.corpus.readers.pages import Page
from partyqa.corpus.readers.pages.ending import cut
from partyqa.corpus.readers.pages.head import read_head
from partyqa.corpus.readers.pages.prose import (
    is_figure,
    is_item,
    is_prose,
    is_sentence,
    promises,
    without_mark,
)


def parse(
    lines: Sequence[str], title: str = "", rows: Collection[str] = (), links: Collection[str] = ()
) -> Page:
    """Return the article of a page's lines (normalised, none empty); `title` where it is known beforehand.

    `rows` are lines that the page's markup says are rows of a table, `links` those that are nothing but a link.
    Between paragraphs only what says itself that it is the page's is left out: no figure, no item, no row.
    """
    kept, after, boxes = cut(lines, rows, links)
    paragraphs = [i for i, line in enumerate(kept) if is_prose(line)]
    paragraphs = paragraphs or [i for i, line in enumerate(kept) if i and is_sentence(line)]
    first = next(iter(paragraphs), len(kept))
    head, opening = read_head(kept[:first], title, rows)
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
    before = ""  # the line above, where it is the article's
    listed = False
    for i, line in enumerate(lines):
        bare = without_mark(line)
        found = by.stamp(bare)
        listed = _is_listed(before, line, listed)
        above, before = before, ""
        if line in rows or listed:
            before = line
        elif found and found.kind is not StampKind.BARE and (i <= 2 or i > last):
            named.append(credit(line, (found.day,)))
            if i <= 2 or found.kind is StampKind.PUBLISHED:
                published = published or found.day
        elif i < 3 and bare == title:
            named.append(credit(line, (title,)))
        elif i > last and any(names := _names(bare)):
            named.append(credit(line, names))
            source, author = source or names[0], author or names[1]
        elif why := _why(lines, i, last, above):
            dropped.append(Dropped(line, why))
        else:
            before = line
        body += [before] if before else []
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


def _is_listed(before: str, line: str, listed: bool) -> bool:
    """Return whether a line is in a list: below a line of the text that opens one, or a line like it in the list."""
    if not (is_item(line) or is_menu(line)):
        return False
    return before.endswith(":") or (listed and before != "" and is_item(before) == is_item(line))


def _why(lines: Sequence[str], at: int, last: int, above: str) -> Why | None:
    """Return why a line is none of the article's, whose last paragraph is at `last`; None where it is one.

    `above` is the line above it where that is the article's: a figure below a page's own lines is a counter.
    """
    line = lines[at]
    if at <= last:
        return "navigation" if _is_between(lines, at) else None
    if is_figure(line) and above:
        return None
    return "byline" if by.is_staff(line) else furniture_of(line)


def _is_between(lines: Sequence[str], at: int) -> bool:
    """Return whether the line at `at`, above the last paragraph, is the page's: a notice, a toolbar, a mere rule.

    A lone word of tools may be a heading, and a figure the article's.
    """
    line = lines[at]
    if is_notice(line) or not any(map(str.isalnum, line)):
        return True
    beside = (*lines[max(at - 1, 0) : at], *lines[at + 1 : at + 2])
    return _tools(line) > 1 or (_tools(line) == 1 and (at <= 2 or any(map(_tools, beside))))


def _tools(line: str) -> int:
    return 0 if is_item(line) or is_figure(line) else tools(line)


def _names(line: str) -> tuple[str, str]:
    """Return the source and the author that a line of its own names below the text."""
    if author := by.author(line):
        return "", author
    source = by.origin(line)
    return source, by.signature(line) if source else ""


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
    tail = [
        i
        for i, line in enumerate(body)
        if i and i >= len(body) - 3 and not body[i - 1].endswith(":") and by.signature(line)
    ]
    if len(tail) != 1:
        return "", body, []
    line = body[tail[0]]
    is_alone = line is body[-1] and not by.has_office(line)
    return by.signature(line), body[:-1] if is_alone else body, [line] if is_alone else []
