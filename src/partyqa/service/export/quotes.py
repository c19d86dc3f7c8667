"""The quotes that a file says it holds: an exported answer or conversation in JSON, Markdown or DOCX."""

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from markdown_it import MarkdownIt
from markdown_it.token import Token

from partyqa.errors import PartyQAError
from partyqa.service.export import docx, markdown
from partyqa.service.links import QuoteAddress, digest, parse_address

MOST_BYTES = 200_000_000  # unpacked, of a DOCX file: what goes beyond is no conversation


_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),  # the archive; encrypted
    *(
        SyntaxError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
    ),  # its XML, and what python-docx expects
    PackageNotFoundError,
)
"""What reading a DOCX file that is damaged, or none, may raise."""


class NotAnExportError(PartyQAError):
    """The file is none that partyqa exports."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A quote as a file gives it; `digest` is that of the quote when it was exported, None where unknown."""

    article_id: str
    start: int
    end: int
    quote: str
    digest: str | None


def read_cited(data: bytes) -> list[Cited]:
    """Return the quotes of a file, in its order; raises NotAnExportError.

    What it is shows from its bytes: JSON of `export` or `partyqa ask --json`, DOCX, or else Markdown.
    """
    if data.startswith(b"PK"):
        return _of_docx(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _no_export() from None
    return _of_json(text) if text.lstrip().startswith("{") else _of_markdown(text)


def _of_json(text: str) -> list[Cited]:
    try:
        read = json.loads(text)
        answers = read.get("answers", [read])
        return [cited for answer in answers for cited in _of_answer(answer)]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _no_export() from None


def _of_answer(answer: dict[str, Any]) -> Iterator[Cited]:
    """Yield the quotes of an answer's JSON, and its text where that is not made of them."""
    cited = [_of_row(row) for row in answer["citations"]]
    yield from cited
    yield from (_of_row(row) for row in answer["related"])
    made = "\n".join(
        f"«{one.quote}» [{row.get('marker')}]" for one, row in zip(cited, answer["citations"], strict=True)
    )
    text = answer.get("text") or made
    own = all(one.digest in (None, digest(one.quote)) for one in cited)  # else that is what is wrong
    if cited and own and text != made:
        yield Cited(cited[0].article_id, cited[0].start, cited[0].end, str(text), digest(cited[0].quote))


def _of_row(row: dict[str, Any]) -> Cited:
    """Return a citation's JSON; ValueError, TypeError or KeyError for what is none."""
    article_id, start, end, quote = (row[name] for name in ("article_id", "start", "end", "quote"))
    if not (isinstance(article_id, str) and isinstance(quote, str) and type(start) is type(end) is int):
        raise TypeError("not a citation")
    found = parse_address(str(row.get("address", "")))
    return Cited(article_id, start, end, quote, found.span.digest if found else None)


def _of_markdown(text: str) -> list[Cited]:
    tokens = MarkdownIt("commonmark").parse(text)
    signed = any(token.content.strip() == markdown.SIGNATURE for token in tokens)
    found = list(_pairs(_markdown_paragraphs(tokens)))
    if not (signed or found):
        raise _no_export()
    return found


def _markdown_paragraphs(tokens: Sequence[Token]) -> Iterator[tuple[str, list[str]]]:
    """Yield the text and the links of each paragraph."""
    for token in tokens:
        if token.type == "inline":
            parts = token.children or []
            text = "".join(
                "\n" if part.type in ("softbreak", "hardbreak") else part.content for part in parts
            )
            yield text, [str(part.attrs["href"]) for part in parts if part.type == "link_open"]


def _of_docx(data: bytes) -> list[Cited]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
                raise _no_export()
        document = Document(io.BytesIO(data))
        paragraphs = [(part.text, [link.url for link in part.hyperlinks]) for part in document.paragraphs]
        signed = document.core_properties.category == docx.SIGNATURE
    except _BROKEN:
        raise _no_export() from None
    found = list(_pairs(paragraphs))
    if not (signed or found):
        raise _no_export()
    return found


def _pairs(paragraphs: Iterable[tuple[str, list[str]]]) -> Iterator[Cited]:
    """Yield a quote for each paragraph that links to a sentence: the text of the paragraph before it."""
    before = ""
    for text, links in paragraphs:
        found = next((address for link in links if (address := parse_address(link))), None)
        if found is not None:
            yield _cited(found, before)
        before = text


def _cited(found: QuoteAddress, quote: str) -> Cited:
    return Cited(found.article_id, found.span.start, found.span.end, quote, found.span.digest)


def _no_export() -> NotAnExportError:
    return NotAnExportError("export.no_export")
