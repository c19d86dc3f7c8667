"""Markdown with YAML front matter: title, source, url, published, author."""

import re
from collections.abc import Sequence
from pathlib import Path

import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token

from partyqa.errors import CorpusError
from partyqa.readers.fields import article, date_field, lines_of, text_field
from partyqa.types import Article

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_TAG = re.compile(r"<[^>]*>")


def read(text: str, article_id: str, path: Path) -> tuple[Article, ...]:
    """Return the one article of a Markdown file; its first heading is its title where no field says so."""
    where = str(path)
    fields, content = _front_matter(text, where)
    title = text_field(fields.get("title"), "title", where)
    heading, lines = _plain(content)
    if heading and (not title or title == lines[0]):
        title = lines.pop(0)
    return (
        article(
            article_id,
            lines,
            where,
            title=title,
            source=text_field(fields.get("source"), "source", where),
            url=text_field(fields.get("url"), "url", where),
            published=date_field(fields.get("published"), "published", where),
            author=text_field(fields.get("author"), "author", where),
        ),
    )


def _front_matter(text: str, where: str) -> tuple[dict[str, object], str]:
    handler = YAMLHandler()
    if not handler.detect(text):
        return {}, text
    try:
        block, content = handler.split(text)
        fields = handler.load(block)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise CorpusError(
            vi=f"{where}: phần đầu giữa hai dòng --- không đọc được ({reason}); hãy sửa YAML ở đó.",
            en=f"{where}: the front matter between the two --- lines cannot be read ({reason}); mend the YAML.",
        ) from error
    if fields is None:
        return {}, content
    if not isinstance(fields, dict):
        raise CorpusError(
            vi=f"{where}: phần đầu giữa hai dòng --- phải gồm các mục dạng “title: ...”.",
            en=f"{where}: the front matter between the two --- lines must be fields such as “title: ...”.",
        )
    return fields, content


def _plain(content: str) -> tuple[bool, list[str]]:
    """Return whether the text opens with a first-level heading, and its plain lines."""
    tokens = _MARKDOWN.parse(content)
    heading = bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    return heading, lines_of("\n".join(_blocks(tokens)))


def _blocks(tokens: Sequence[Token]) -> list[str]:
    blocks: list[str] = []
    number = ""
    cells: list[str] | None = None
    for token in tokens:
        match token.type:
            case "list_item_open":
                number = f"{token.info}{token.markup} " if token.info else ""
            case "tr_open":
                cells = []
            case "tr_close":
                blocks.append("; ".join(cell for cell in cells or [] if cell))
                cells = None
            case "inline" if cells is not None:
                cells.append(_inline(token.children or []))
            case "inline":
                blocks.append(number + _inline(token.children or []))
                number = ""
            case "fence" | "code_block":
                blocks.append(token.content)
            case "html_block":
                blocks.append(_TAG.sub("", token.content))
    return blocks


def _inline(children: Sequence[Token]) -> str:
    parts: list[str] = []
    for token in children:
        match token.type:
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(_inline(token.children or []))
            case "html_inline" if token.content.lower().startswith("<br"):
                parts.append("\n")
            case "text" | "code_inline":
                parts.append(token.content)
    return "".join(parts)
