"""What antiword writes of an old Word file: its text for everything, its DocBook for the rows of tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from partyqa.corpus.readers.office.blocks import Block, Paragraph, TableBlock

_ROWS = ".//informaltable//row"


def antiword_blocks(text: str, docbook: bytes) -> Iterator[Block]:
    """Yield the paragraphs and tables of a file.

    The text has all of it, list numbers and notes too, but does not say where a row of a table ends; DocBook does.
    """
    rows = _rows(docbook)
    lines = text.replace("\f", "\n").split("\n")
    for is_table, group in groupby(lines, key=_is_row):
        written = list(group)
        if is_table:
            yield from _tables(written, rows)
        else:
            yield from (Paragraph(line) for line in written)


def _is_row(line: str) -> bool:
    bare = line.strip()
    return len(bare) > 1 and bare[0] == bare[-1] == "|"


def _rows(docbook: bytes) -> list[list[str]]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, load_dtd=False)
    tree = etree.fromstring(docbook, parser)
    return (
        [[_cell(entry) for entry in row.iterchildren("entry")] for row in tree.iterfind(_ROWS)]
        if tree is not None
        else []
    )


def _cell(entry: Any) -> str:
    return "\n".join(line for part in "".join(entry.itertext()).split("\n") if (line := part.strip()))


def _tables(written: Sequence[str], rows: list[list[str]]) -> Iterator[Block]:
    """Yield the table that these lines are, by the rows of DocBook that hold the same letters; they are taken away."""
    wanted = _letters(written)
    for first in range(len(rows)):
        found: Counter[str] = Counter()
        for last in range(first, len(rows)):
            found += _letters(rows[last])
            if found == wanted and (last + 1 == len(rows) or _letters(rows[last + 1])):
                yield from _by_width(rows[first : last + 1])
                del rows[: last + 1]
                return
            if not found <= wanted:
                break
        if first > 20:
            break
    yield from _by_width([[cell.strip() for cell in line.strip().strip("|").split("|")] for line in written])


def _by_width(rows: Sequence[Sequence[str]]) -> Iterator[Block]:
    """Yield a table for the rows beside each other that have equally many cells; one cell goes with what follows."""
    width = max(map(len, rows), default=0)
    if all(len(row) in (1, width) for row in rows):
        yield TableBlock([list(row) * width if len(row) == 1 else row for row in rows])
        return
    for _, group in groupby(rows, key=len):
        yield TableBlock(list(group))


def _letters(cells: Sequence[str]) -> Counter[str]:
    return Counter("".join("".join(cells).replace("|", "").split()))
