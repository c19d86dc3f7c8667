"""JSON lines: one article a row, {"id", "title", "text" or "paragraphs", "source", "url", "published",
"author"}; other keys are ignored.
"""

import json
from pathlib import Path

from partyqa.errors import CorpusError
from partyqa.readers.fields import article, date_field, lines_of, text_field
from partyqa.text import normalise
from partyqa.types import Article


def read(text: str, article_id: str, path: Path) -> tuple[Article, ...]:
    """Return the articles of the rows, in their order; the file's own id goes unused."""
    articles: dict[str, Article] = {}
    seen: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        found = _row(line, f"{path}:{number}")
        if found.id in seen:
            raise CorpusError(
                vi=f"{path}: dòng {seen[found.id]} và dòng {number} cùng có id “{found.id}”; hãy đổi một id.",
                en=f"{path}: lines {seen[found.id]} and {number} have the same id “{found.id}”; change one.",
            )
        seen[found.id] = number
        articles[found.id] = found
    return tuple(articles.values())


def _row(line: str, where: str) -> Article:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CorpusError(
            vi=f"{where}: dòng này không phải JSON hợp lệ ({error}); hãy sửa dòng đó rồi chạy lại.",
            en=f"{where}: this line is not valid JSON ({error}); mend it and run again.",
        ) from error
    if not isinstance(row, dict):
        raise CorpusError(
            vi=f'{where}: mỗi dòng phải là một đối tượng JSON dạng {{"id": ..., "text": ...}}.',
            en=f'{where}: each line must be a JSON object such as {{"id": ..., "text": ...}}.',
        )
    row_id = text_field(row.get("id"), "id", where)
    if not row_id:
        raise CorpusError(
            vi=f"{where}: thiếu “id”; hãy đặt cho mỗi bài một id riêng.",
            en=f"{where}: the “id” is missing; give every article an id of its own.",
        )
    return article(
        row_id,
        lines_of(_body(row, where)),
        where,
        title=text_field(row.get("title"), "title", where),
        source=text_field(row.get("source"), "source", where),
        url=text_field(row.get("url"), "url", where),
        published=date_field(row.get("published"), "published", where),
        author=text_field(row.get("author"), "author", where),
    )


def _body(row: dict[str, object], where: str) -> str:
    text, paragraphs = row.get("text"), row.get("paragraphs")
    if isinstance(text, str):
        return normalise(text)
    if isinstance(paragraphs, list) and all(isinstance(part, str) for part in paragraphs):
        return "\n".join(paragraphs)
    raise CorpusError(
        vi=f"{where}: cần “text” là một chuỗi hoặc “paragraphs” là danh sách các chuỗi.",
        en=f"{where}: “text” must be a string, or “paragraphs” a list of strings.",
    )
