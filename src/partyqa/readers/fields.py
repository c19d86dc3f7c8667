"""What every reader checks alike: fields from outside, a title where there is none, an article with text."""

import re
from datetime import date, datetime
from pathlib import Path

from partyqa.errors import CorpusError
from partyqa.text import normalise
from partyqa.types import Article

TITLE_LENGTH = 100

_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_FIRST_SENTENCE = re.compile(r".*?[.!?…](?=\s|$)")


def lines_of(raw: str) -> list[str]:
    """Return the lines of `raw` that hold something, normalised and without white space around them."""
    return [line for part in normalise(raw).split("\n") if (line := part.strip())]


def text_field(value: object, name: str, where: str) -> str:
    """Return a field as one normalised line, "" for None; a list or a mapping is a CorpusError."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        raise CorpusError(
            vi=f"{where}: mục “{name}” phải là một dòng chữ; hãy sửa mục này rồi chạy lại.",
            en=f"{where}: the field “{name}” must be one line of text; mend it and run again.",
        )
    return " ".join(normalise(str(value)).split())


def date_field(value: object, name: str, where: str) -> date | None:
    """Return a date written as YYYY-MM-DD or DD/MM/YYYY, None for nothing; else a CorpusError."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        found = day_first(value) or _iso(value)
        if found is not None:
            return found
    raise CorpusError(
        vi=f"{where}: mục “{name}” không phải ngày tháng ({value!r}); hãy ghi dạng 2017-03-01 hoặc 01/03/2017.",
        en=f"{where}: the field “{name}” is no date ({value!r}); write it as 2017-03-01 or 01/03/2017.",
    )


def day_first(value: str) -> date | None:
    """Return the date of "01/03/2017", None when `value` is anything else."""
    match = _DAY_FIRST.fullmatch(value.strip())
    if match is None:
        return None
    day, month, year = map(int, match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso(value: str) -> date | None:
    try:
        return datetime.fromisoformat(value.strip()).date()
    except ValueError:
        return None


def shortened(line: str) -> str:
    """Return the first sentence of `line`, cut after a word and marked with … beyond TITLE_LENGTH."""
    match = _FIRST_SENTENCE.match(line)
    sentence = (match.group() if match else line).rstrip(" .…:;,")
    if len(sentence) <= TITLE_LENGTH:
        return sentence
    return sentence[: TITLE_LENGTH + 1].rpartition(" ")[0].rstrip(" ,;:-–") + "…"


def article(
    article_id: str,
    lines: list[str],
    where: str,
    *,
    title: str = "",
    source: str = "",
    url: str = "",
    published: date | None = None,
    author: str = "",
) -> Article:
    """Build an article from its body's lines; without a line it is a CorpusError.

    Without a title the first sentence, shortened, stands in for it and stays in the text too.
    """
    if not lines:
        raise CorpusError(
            vi=f"{where}: không tìm thấy nội dung bài viết; hãy bổ sung nội dung hoặc bỏ bài này khỏi kho.",
            en=f"{where}: no article text was found; add the text or take it out of the corpus.",
        )
    return Article(
        id=article_id,
        title=title or shortened(lines[0]),
        text="\n".join(lines),
        source=source,
        url=url or None,
        published=published,
        author=author,
    )
