"""Markdown with YAML front matter: title, source, url, published, author."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from partyqa.corpus.readers import Dropped, FileReader, Line, ReadFile, official
from partyqa.corpus.readers.captions import caption_of
from partyqa.corpus.readers.encoding import decoded
from partyqa.corpus.readers.fields import (
    article,
    date_field,
    id_of,
    lines_of,
    other_fields,
    text_field,
)
from partyqa.corpus.readers.official import Official
from partyqa.corpus.readers.tables import table_rows
from partyqa.corpus.readers.wrapping import rewrapped
from partyqa.errors import CorpusError
from partyqa.text.normalise import one_line

_TIMES = re.compile(r"(?<=\d)\*+(?=\d)|(?<=\w)(?<!_)\*(?=\d)")


def _times(state: StateInline, silent: bool) -> bool:
    """Read the star of a product as text, "12*15 m", "3m*2m": CommonMark would take two of them for emphasis."""
    match = _TIMES.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.pending += match.group()
    state.pos = match.end()
    return True


_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_MARKDOWN.inline.ruler.before("emphasis", "times", _times)
_FOR_ITS_READER = ("note",)  # says in the file where its text comes from; see corpus/README.md
_NULLS = ("null", "Null", "NULL", "~")
_PLAIN_FIELD = re.compile(r"^(?P<name>[A-Za-z]\w*):[ \t]+(?P<value>[^\[{|>&!\s].*)$", re.MULTILINE)
_LINE_END = re.compile(r"\r\n?|\n")
_CELL_END = re.compile(r"(?<!\\)\|")
_SOFT = "\0"  # where a paragraph's source breaks; no text of Markdown holds a zero
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)


def read(data: bytes, path: Path) -> ReadFile:
    """Return the one article of a Markdown file; a first heading that is its title is not in its text."""
    where = str(path)
    text, encoding = decoded(data, path)
    fields, content = _front_matter(text.strip(), where)
    title = text_field(fields.get("title"), "title", where)
    env: dict[str, Any] = {}
    tokens = _MARKDOWN.parse(content, env)
    source = _LINE_END.split(content)
    blocks = list(_blocks(tokens, source))
    lines = list(_rewrapped([block for block in blocks if not isinstance(block, Dropped)]))
    document = official.parse(lines)
    heading = lines[0] if document is None and tokens and tokens[0].tag == "h1" and lines else None
    if isinstance(heading, str) and title in ("", heading):
        title, lines = heading, lines[1:]
    one = article(
        id_of(Path(path.name)),
        _under(title, document) if document else official.with_clauses(lines),
        where,
        title=title or (document.title if document else ""),
        source=text_field(fields.get("source"), "source", where) or (document.source if document else ""),
        url=text_field(fields.get("url"), "url", where),
        published=date_field(fields.get("published"), "published", where)
        or (document.published if document else None),
        author=text_field(fields.get("author"), "author", where) or (document.author if document else ""),
        number=document.number if document else "",
        encoding=encoding,
    )
    left_out = [block for block in blocks if isinstance(block, Dropped)]
    left_out += document.dropped if document else ()
    return ReadFile((one,), (*other_fields(fields, _FOR_ITS_READER), *left_out, *_link_targets(env, source)))


def _under(title: str, document: Official) -> list[str | Line]:
    """Return the lines of a document; its own title is one of them where the file gives another one."""
    own = [] if title in ("", document.title) else [document.title]
    return [*own, *document.lines]


def _front_matter(text: str, where: str) -> tuple[dict[str, object], str]:
    """Part the fields from the text; every scalar comes as it is written ("No" is no boolean)."""
    handler = YAMLHandler()
    if not handler.detect(text):
        return {}, text
    try:
        block, content = handler.split(text)
    except ValueError as error:
        raise CorpusError("readers.front_matter_unclosed", where=where) from error
    try:
        fields = _fields(block)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = text[: text.index(block)].count("\n") + (mark.line if mark else 0) + 1
        raise CorpusError("readers.front_matter_bad_yaml", where=where, line=line) from error
    if not isinstance(fields, dict) and block.strip():
        raise CorpusError("readers.front_matter_without_fields", where=where)
    return {key: None if value in _NULLS else value for key, value in (fields or {}).items()}, content


def _fields(block: str) -> Any:
    """Return what YAML says; where it says nothing, each line's value is taken as it stands.

    "title: Mường La: những đổi thay", "title: “A” và \"B\"" are no YAML, and plain enough.
    """
    try:
        return yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - it knows texts, lists and mappings only
    except yaml.YAMLError:
        if not any(map(_PLAIN_FIELD.fullmatch, block.splitlines())):
            raise
        return yaml.load(_PLAIN_FIELD.sub(_quoted, block), Loader=yaml.BaseLoader)  # noqa: S506


def _quoted(field: re.Match[str]) -> str:
    value = field["value"].strip()
    is_quoted = len(value) > 1 and value[0] == value[-1] in "\"'" and value[0] not in value[1:-1]
    if is_quoted or value in ("", *_NULLS):
        return field.group()
    return f"{field['name']}: {json.dumps(value, ensure_ascii=False)}"


def _blocks(tokens: Sequence[Token], source: Sequence[str]) -> Iterator[str | Line | Dropped]:
    """Yield the plain text of each block: a heading, a paragraph, a list item, a table's row; and what is in none."""
    number = ""
    above: list[str] = []
    table: list[list[str]] = []
    for token in tokens:
        match token.type:
            case "list_item_open":
                number = f"{token.info}{token.markup} " if token.info else "- "
            case "tr_open":
                table.append([])
                yield from _beyond(table, source[token.map[0]] if token.map else "")
            case "inline" if table:
                table[-1].append(_inline(token.children or ()))
            case "table_close":
                caption = caption_of(above)
                yield from table_rows(table, heads=1, path=(caption,) if caption else ())
                table, above = [], []
            case "inline":
                yield (text := number + _inline(token.children or ()))
                is_picture = all(child.type == "image" for child in token.children or ())
                above = [] if is_picture else [*above, *lines_of(text.replace(_SOFT, " "))]
                number = ""
            case "fence" | "code_block":
                yield token.content
            case "html_block":
                yield from _html(token.content)
        if token.type in ("html_block", "inline"):
            yield from (
                Dropped(text, "comment")
                for comment in _COMMENT.findall(token.content)
                if (text := one_line(comment))
            )


def _rewrapped(blocks: Sequence[str | Line]) -> Iterator[str | Line]:
    """Yield the lines of all blocks, a paragraph's joined where they go on; rows of tables stay."""
    parts = [
        block if isinstance(block, Line) else [line.split(_SOFT) for line in block.split("\n")]
        for block in blocks
    ]
    broken = (lines for block in parts if not isinstance(block, Line) for lines in block if len(lines) > 1)
    width = max((len(line) for lines in broken for line in lines), default=0)
    for block in parts:
        if isinstance(block, Line):
            yield replace(block, text=one_line(block.text))
        else:
            yield from lines_of("\n".join(line for lines in block for line in rewrapped(lines, width)))


def _beyond(rows: Sequence[Sequence[str]], line: str) -> Iterator[Dropped]:
    """Yield the cells of a table's row for which its head has no column."""
    cells = _CELL_END.split(line.strip("> \t").strip("|"))
    for cell in cells[len(rows[0]) :] if len(rows) > 1 else ():
        if text := one_line(cell):
            yield Dropped(text, "table")


def _link_targets(env: Mapping[str, Any], source: Sequence[str]) -> Iterator[Dropped]:
    """Yield the lines that define where a link leads: "[1]: https://example.org", and all that looks like one."""
    for target in (*env.get("references", {}).values(), *env.get("duplicate_refs", ())):
        yield Dropped(one_line(" ".join(source[slice(*target["map"])])), "link")


def _inline(children: Sequence[Token]) -> str:
    """Return what of a line is read: emphasis and links lose their marks, a picture leaves its caption."""
    parts: list[str] = []
    for token in children:
        match token.type:
            case "text" | "code_inline":
                parts.append(token.content)
            case "softbreak":
                parts.append(_SOFT)
            case "hardbreak":
                parts.append("\n")
            case "html_inline" if token.content.lower().startswith("<br"):
                parts.append("\n")
            case "image":
                parts.append(f"\n{_inline(token.children or ()) or token.attrGet('title') or ''}\n")
    return "".join(parts)


def _html(fragment: str) -> Iterator[str | Line | Dropped]:
    from trafilatura import load_html  # slow to import, and HTML in Markdown is rare

    from partyqa.corpus.readers.web.blocks import blocks_of
    from partyqa.corpus.readers.web.grids import set_tables
    from partyqa.corpus.readers.web.marks import set_marks

    tree = load_html(f"<html><body><div>{fragment}</div></body></html>")
    if tree is not None:
        yield from set_marks(tree)
        tables = set_tables(tree)
        for table in tables:
            yield from table.dropped
        for block in blocks_of(tree, tables):
            yield Line(block.line, path=block.path) if block.path else block.line


READER = FileReader("Markdown", (".md",), None, read)
