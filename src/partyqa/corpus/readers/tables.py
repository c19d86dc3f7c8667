"""Tables as lines that can be quoted alone, each row with the heads of its columns: "Năm: 2016; Kết nạp: 152"."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile

from partyqa.corpus.readers import Dropped, Line
from partyqa.corpus.readers import bylines as by
from partyqa.corpus.readers.captions import caption_of
from partyqa.corpus.readers.official.head import has_motto
from partyqa.text.lexicon import spelt
from partyqa.text.normalise import one_line
from partyqa.text.numbers import YEAR
from partyqa.text.sentences import sentence_spans

Grid = Sequence[Sequence[str]]

_SHORT_CELL = 80  # of a table that nothing else says to be one
_FIGURE = re.compile(r"[-+]?\d[\d.,\s]*%?")
YEARS = re.compile(rf"{YEAR}(?:\s?[-–]\s?{YEAR})?")
_HEAD = spelt("layout.tsv", "head")
HEAD_WORDS = re.compile(rf"{_HEAD}(?:[\s,/()]+{_HEAD})*\)?", re.IGNORECASE)
_COLUMNS = re.compile(r"\t| {3,}")  # between the cells of a table in a text
_PART = re.compile(r"(?:[IVXLC]+|[A-ZĐ])[.)]?")  # numbers the parts of a table: "I", "B."
_COUNTED = re.compile(r"\d+[.)]?")
_NUMBER = re.compile(r"\(?(\d{1,2})\)?(?:\s*=.*)?")  # of a column: "(3)", "5=3+4"
_LETTER = re.compile(r"\(?[A-Za-zĐđ]\)?")


def table_lines(grid: Grid, heads: int) -> Iterator[str | Dropped]:
    """Yield the lines of `table_rows` without their places."""
    for line in table_rows(grid, heads):
        yield line.text if isinstance(line, Line) else line


def table_rows(grid: Grid, heads: int, path: tuple[str, ...] = ()) -> Iterator[Line | Dropped]:
    """Yield a line for each row below the first `heads` ones, and the heads of columns without a value.

    A cell that spans all columns is a line by itself, and leads to the rows below it. Heads above each other are
    named from the top down. A row of several sentences has its first cells in its path, each sentence being quotable.
    """
    above, rows = grid[:heads], list(grid[heads:])
    names = [_name([row[at] for row in above if not spans_all(row)]) for at in range(len(grid[0]))]
    yield from (Line(row[0], path=path) for row in above if spans_all(row))
    while heads and len(rows) > 1 and is_numbering(rows[0]):
        yield Dropped("; ".join(filter(None, rows.pop(0))), "table")
    counted = any(_COUNTED.fullmatch(row[0]) for row in rows)
    part: tuple[str, ...] = ()
    for row in rows:
        if spans_all(row):
            part = (row[0],)
            yield Line(row[0], path=path)
        elif list(row) != names and any(row):
            text = _line(names, row, is_pair=not heads and len(row) == 2)
            if counted and len(row) > 1 and _PART.fullmatch(row[0]):
                part = (row[1],) if row[1] else ()
                yield Line(text, path=path)
            else:
                yield Line(text, path=(*path, *part, *_key(names, row, text)))
    yield from (
        Dropped(name, "table")
        for at, name in enumerate(names)
        if name and name not in names[:at] and not any(row[at] for row in rows)
    )


def set_in_text(raw: str) -> tuple[str, dict[str, tuple[str, ...]], list[Dropped]]:
    """Make lines of the tables of a text, their cells between tabs or wide spaces, where their heads are plain.

    Returns the text, those lines of it with their paths, and the heads that stand in none.
    """
    text: list[str] = []
    lines: dict[str, tuple[str, ...]] = {}
    dropped: list[Dropped] = []
    for width, group in groupby(map(_cells, raw.split("\n")), key=lambda line: len(line[1])):
        written = list(group)
        grid = [[one_line(cell) for cell in cells] for _, cells in written]
        heads = heads_of(grid, [False] * len(grid)) if width > 1 and _is_in_columns(grid) else 0
        if not heads:
            text += [source for source, _ in written]
            continue
        caption = caption_of([bare for line in text[-8:] if (bare := one_line(line))])
        for row in table_rows(grid, heads, tuple(filter(None, [caption]))):
            if isinstance(row, Dropped):
                dropped.append(row)
            else:
                lines[row.text] = row.path
                text += ["", row.text, ""]
    return "\n".join(text), lines, dropped


def _cells(line: str) -> tuple[str, list[str]]:
    bare = line.rstrip(" \r")
    return line, _COLUMNS.split(bare if "\t" in bare else bare.strip())


def _is_in_columns(grid: Grid) -> bool:
    cells = [cell for row in grid for cell in row]
    filled = all(sum(map(bool, row)) > 1 for row in grid)
    return filled and max(map(len, cells)) <= _SHORT_CELL and not has_motto(" ".join(cells))


def heads_of(grid: Grid, marked: Sequence[bool]) -> int:
    """Return how many rows head the columns: those marked so, else what the rows below tell by their figures."""
    if len(grid) < 2:
        return 0
    above = len(list(takewhile(spans_all, grid)))
    said = above + len(list(takewhile(bool, marked[above:])))
    if said > above:
        return said if said < len(grid) else 1
    if above >= len(grid) - 1 or not _may_head(grid[above], grid[above + 1 :]):
        return 0
    heads = above + 1
    while heads + 1 < len(grid) and _is_parted(grid[heads - 1], grid[heads]):
        heads += 1
    columns = [
        [row[at] for row in grid[heads:] if row[at] and not spans_all(row)] for at in range(len(grid[0]))
    ]
    over_figures = any(column and all(map(is_figure, column)) for column in columns[1:])
    return heads if over_figures or HEAD_WORDS.fullmatch(grid[above][0]) else 0


def _may_head(first: Sequence[str], below: Grid) -> bool:
    if not any(first) or any(is_figure(cell) and not YEARS.fullmatch(cell) for cell in first):
        return False
    if any(by.is_name(cell) and by.has_surname(cell) for cell in first):
        return False
    is_pair = len(first) == 2 and first[1][:1].isdigit() and not YEARS.fullmatch(first[1])
    return not (is_pair and all(row[1][:1].isdigit() for row in below if row[1]))


def _is_parted(above: Sequence[str], row: Sequence[str]) -> bool:
    """Return whether one head stands above several columns, which the row below it names."""
    beside = [at for at, cell in enumerate(above[1:], 1) if cell and cell == above[at - 1]]
    is_named = all(row[at] and row[at] != row[at - 1] and not is_figure(row[at]) for at in beside)
    return bool(beside) and (is_named or all(YEARS.fullmatch(row[at]) for at in beside))


def is_numbering(row: Sequence[str]) -> bool:
    """Return whether a row only numbers its columns: "1", "2", "3" or "A", "B", "(1)", "(2)", "(3)=(1)+(2)"."""
    cells = list(dict.fromkeys(filter(None, row)))
    numbered = [match for cell in cells if (match := _NUMBER.fullmatch(cell))]
    numbers = [int(match[1]) for match in numbered]
    letters = cells[: len(cells) - len(numbers)]
    is_counted = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
    return len(cells) > 2 and is_counted and numbers[0] <= 2 and all(map(_LETTER.fullmatch, letters))


def is_figure(cell: str) -> bool:
    """Return whether a cell is a number, with a sign and a percent sign or without."""
    return _FIGURE.fullmatch(cell) is not None


def spans_all(row: Sequence[str]) -> bool:
    """Return whether one cell, no figure, spans the columns of a row."""
    return len(row) > 1 and bool(row[0]) and len(set(row)) == 1 and not is_figure(row[0])


def _name(heads: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(head.rstrip(" :") for head in heads if head))


def _line(names: Sequence[str], row: Sequence[str], *, is_pair: bool) -> str:
    cells = [cell.rstrip(" ;") for cell in row]
    if is_pair and all(cells) and not is_figure(cells[0]) and not cells[0].isupper():
        return f"{cells[0].rstrip(' :')}: {cells[1]}"
    named = zip(names, cells, strict=True)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell)


def _key(names: Sequence[str], row: Sequence[str], text: str) -> tuple[str, ...]:
    """Return what tells a row of several sentences from others, for each of them: its first cell of words."""
    if len(sentence_spans(text)) < 2:
        return ()
    cells = ((name, cell) for name, cell in zip(names, row, strict=True) if any(map(str.isalpha, cell)))
    name, cell = next(cells, ("", ""))
    is_short = 0 < len(cell) <= _SHORT_CELL
    return ((f"{name}: {cell}" if name else cell),) if is_short else ()
