"""What every reader checks alike: fields from outside, a title where there is none, an article with text."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from datetime import date, datetime
from pathlib import PurePath

from partyqa.corpus.readers import Dropped, Line
from partyqa.corpus.readers.encoding import legacy_encoding
from partyqa.errors import CorpusError
from partyqa.text.normalise import normalise, one_line
from partyqa.text.sentences import sentence_spans
from partyqa.types import Article, Section

TITLE_LENGTH = 100

_FIELDS = ("title", "source", "url", "published", "author")
_NOWHERE = astuple(Line(""))[1:]
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def lines_of(raw: str) -> list[str]:
    """Return the lines of `raw` that hold something, normalised and without white space around them."""
    return [line for part in normalise(raw).split("\n") if (line := part.strip())]


def id_of(path: PurePath) -> str:
    """Return the id of the article in the file at `path` below its corpus: "xa/nam lin.md" -> "xa/nam lin"."""
    return one_line(path.with_suffix("").as_posix())


def text_field(value: object, name: str, where: str) -> str:
    """Return a field as one normalised line, "" for None; CorpusError for what is neither text nor number."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise CorpusError("readers.field_not_text", where=where, name=name)
    return one_line(str(value))


def date_field(value: object, name: str, where: str) -> date | None:
    """Return a date written as YYYY-MM-DD or DD/MM/YYYY, None for nothing; else CorpusError."""
    if value is None or value == "":
        return None
    found = _parsed(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise CorpusError("readers.field_not_date", where=where, name=name, value=value)
    return found


def _parsed(value: str) -> date | None:
    match = _DAY_FIRST.fullmatch(value)
    try:
        if match:
            day, month, year = map(int, match.groups())
            return date(year, month, day)
        return datetime.fromisoformat(value).date()
    except ValueError:
        return None


def shortened(line: str) -> str:
    """Return the first sentence of `line`, cut after a word and marked with … beyond TITLE_LENGTH."""
    line = one_line(line)
    spans = sentence_spans(line)
    sentence = line[slice(*spans[0])].rstrip(" .…:;,") if spans else line
    if len(sentence) <= TITLE_LENGTH:
        return sentence
    return sentence[:TITLE_LENGTH].rpartition(" ")[0].rstrip(" ,;:-–") + "…"


def other_fields(fields: Mapping[str, object], known: Collection[str]) -> list[Dropped]:
    """Return the fields from outside that are neither an article's nor among `known`; empty ones say nothing."""
    return [
        Dropped(one_line(f"{name}: {value}"), "field")
        for name, value in fields.items()
        if name not in known and name not in _FIELDS and value not in (None, "", [], {})
    ]


def article(
    article_id: str,
    lines: Sequence[str | Line],
    where: str,
    *,
    title: str = "",
    source: str = "",
    url: str = "",
    published: date | None = None,
    author: str = "",
    number: str = "",
    encoding: str = "",
) -> Article:
    """Build an article from its body's lines; CorpusError without any, and for Vietnamese that is no Unicode.

    Lines beside each other that stand at one place are one section; each holds no line break.

    Without a title the first sentence, shortened, stands in for it, and stays in the text too.
    """
    if not lines:
        raise CorpusError("readers.no_text", where=where)
    texts = [line.text if isinstance(line, Line) else line for line in lines]
    if unconverted := legacy_encoding([title, *texts]):
        raise CorpusError("readers.legacy_encoding", where=where, encoding=unconverted)
    return Article(
        id=article_id,
        title=title or shortened(texts[0]),
        text="\n".join(texts),
        source=source,
        url=url or None,
        published=published,
        author=author,
        number=number,
        encoding=encoding,
        sections=tuple(_sections(lines)),
    )


def _sections(lines: Sequence[str | Line]) -> Iterator[Section]:
    at = 0
    open_: Section | None = None
    for line in lines:
        text, own = (line.text, astuple(line)[1:]) if isinstance(line, Line) else (line, _NOWHERE)
        if open_ and (open_.page, open_.path, open_.recognised) == own:
            open_ = replace(open_, end=at + len(text))
        else:
            if open_:
                yield open_
            open_ = None if own == _NOWHERE else Section(at, at + len(text), *own)
        at += len(text) + 1
    if open_:
        yield open_
