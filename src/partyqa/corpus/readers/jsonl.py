"""JSON lines: one article a row.

{"id": str, "title": str, "text": str or "paragraphs": [str], "source", "url", "published", "author"}; other
keys are ignored.
"""

import json
from pathlib import Path

from partyqa.corpus.readers.fields import article, date_field, lines_of, text_field
from partyqa.errors import CorpusError
from partyqa.types import Article


def read(text: str, article_id: str, path: Path) -> tuple[Article, ...]:
    """Return the articles of the rows, in their order; each has its row's id, the file's goes unused."""
    articles: list[Article] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        found = _article(line, f"{path}:{number}")
        if found.id in lines:
            raise CorpusError(
                vi=f"{path}: dòng {lines[found.id]} và {number} cùng có id “{found.id}”; hãy đổi một id.",
                en=f"{path}: lines {lines[found.id]} and {number} have one id “{found.id}”; change one.",
            )
        lines[found.id] = number
        articles.append(found)
    return tuple(articles)


def _article(line: str, where: str) -> Article:
    row = _row(line, where)
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


def _row(line: str, where: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CorpusError(
            vi=f"{where}: dòng này không phải JSON hợp lệ; hãy sửa dòng đó rồi chạy lại.",
            en=f"{where}: this line is not valid JSON ({error}); mend it and run again.",
        ) from error
    if not isinstance(row, dict):
        raise CorpusError(
            vi=f'{where}: mỗi dòng phải là một đối tượng JSON; hãy ghi dạng {{"id": "...", "text": "..."}}.',
            en=f'{where}: each line must be a JSON object; write it as {{"id": "...", "text": "..."}}.',
        )
    return row


def _body(row: dict[str, object], where: str) -> str:
    text, paragraphs = row.get("text"), row.get("paragraphs")
    if isinstance(text, str):
        return text
    if isinstance(paragraphs, list) and all(isinstance(part, str) for part in paragraphs):
        return "\n".join(paragraphs)
    raise CorpusError(
        vi=f"{where}: thiếu nội dung; hãy ghi “text” là một chuỗi hoặc “paragraphs” là danh sách chuỗi.",
        en=f"{where}: the text is missing; give “text” as a string or “paragraphs” as a list of strings.",
    )
