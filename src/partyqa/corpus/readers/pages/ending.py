"""Where the article of a page ends, and the boxes of other articles within it."""

from collections.abc import Collection, Sequence

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.furniture import Marker, marker
from partyqa.corpus.readers.pages.prose import LONG, is_item, is_prose, is_teaser, promises

_NEXT_LINES = 100  # after a box: enough to see whether the article goes on


def cut(
    lines: Sequence[str], rows: Collection[str], links: Collection[str]
) -> tuple[list[str], list[str], list[Dropped]]:
    """Part the lines where the article ends; boxes of related articles inside it are left out, and come last.

    `rows` are known to be rows of a table, `links` to be nothing but a link.
    """
    kept: list[str] = []
    boxes: list[Dropped] = []
    in_box = opened = False
    written = 0
    ahead = [promises(line) for line in lines]
    coming = sum(ahead)
    for i, line in enumerate(lines):
        written += len(line) if is_prose(line) else 0
        coming -= ahead[i]
        found = None if kept and _is_listed(kept[-1], line) else marker(line)
        if found is not None:
            after = lines[i + 1 : i + 1 + _NEXT_LINES]
            if written > coming and _ends(found, kept, after, links):
                return kept, list(lines[i:]), boxes
            in_box = found is Marker.BOX and opened
            boxes.append(Dropped(line, "related" if found is Marker.BOX else "navigation"))
        elif not in_box or line in rows or (line not in links and _resumes(line)):
            in_box = False
            opened = opened or is_prose(line) or by.stamp(line) is not None
            kept.append(line)
        else:
            boxes.append(Dropped(line, "related"))
    return kept, [], boxes


def _is_listed(before: str, line: str) -> bool:
    """Return whether a line is an item of a list that the line before it opens or is in."""
    return is_item(line) and (before.endswith(":") or is_item(before))


def _ends(found: Marker, before: Sequence[str], after: Sequence[str], links: Collection[str]) -> bool:
    """Return whether a marker that most of the text stands before ends the article, or is a box within it."""
    return found is Marker.END or any(map(_signs, before[-2:])) or not _goes_on(after, links)


def _goes_on(after: Sequence[str], links: Collection[str]) -> bool:
    """Return whether the article runs on after a box: a long paragraph, two together, one signed, or the first line.

    A box names the other article before it tells of it: prose right behind its heading, or behind the last of its
    links, is the article's.
    """
    end = next((i for i, line in enumerate(after) if marker(line) is Marker.END), len(after))
    named = max((i for i, line in enumerate(after[:end]) if line in links), default=-1)
    named = -1 if any(is_prose(line) and line not in links for line in after[: max(named, 0)]) else named
    was_prose = False
    for i, line in enumerate(after[:end]):
        paragraph = line not in links and is_prose(line) and not is_teaser(line)
        if paragraph and (was_prose or len(line) >= LONG or i == named + 1):
            return True
        if was_prose and _signs(line):
            return True
        was_prose = paragraph
    return False


def _signs(line: str) -> bool:
    return bool(by.author(line) or by.signature(line))


def _resumes(line: str) -> bool:
    """Return whether a line after a box is the article's again."""
    return (is_prose(line) and not is_teaser(line)) or "Ảnh:" in line or _signs(line)
