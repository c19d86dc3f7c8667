"""Answers as a Word document: A4, Vietnamese as its language, quotes as quotes, links to the sentences.

A paragraph that links to a sentence's address follows the paragraph that holds the quote and nothing else
(cited.py relies on it).
"""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from docx import Document
from docx.document import Document as DocumentObject
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.text.hyperlink import CT_Hyperlink
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from partyqa.i18n import Texts
from partyqa.service.export.content import (
    Exchange,
    Exporter,
    Quoted,
    WordedExchange,
    closing,
    heading_of,
    worded,
)

SIGNATURE = "partyqa 1"  # the document's category
FONT = "Times New Roman"  # what Vietnamese offices write in; it has every Vietnamese letter
ACCENT = RGBColor(0x9A, 0x1B, 0x1E)
SIZES = {"Normal": 13, "Heading 1": 17, "Heading 2": 15, "Heading 3": 13, "Quote": 13, "Caption": 11}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_docx(exchanges: Sequence[Exchange], base_url: str, t: Texts, *, title: str = "") -> bytes:
    """Return answers, oldest first, as a DOCX file.

    `base_url` is the service's root without a slash, `title` the conversation's name. Characters that XML
    cannot hold become U+FFFD; no article of an index has any.
    """
    heading = heading_of(exchanges, title, t)
    first = str(exchanges[0].answer["question"]) if exchanges else ""
    document = _empty(_clean(heading or first)[:255])
    if heading:
        document.add_heading(_clean(heading), 1)
    for exchange in exchanges:
        _write(document, worded(exchange, base_url, t), 2 if heading else 1, t)
    document.add_paragraph(closing(exchanges, t), "Caption")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _empty(title: str) -> DocumentObject:
    """Return a document with our page, fonts, colours and language, and nothing in it."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    about = document.core_properties
    about.title, about.author, about.comments = title, "partyqa", ""
    about.language, about.category = "vi-VN", SIGNATURE
    about.created = about.modified = datetime.now(UTC).replace(tzinfo=None)  # python-docx writes it as UTC
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "vi-VN")  # the quotes are Vietnamese whatever the headings are
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
    for name, size in SIZES.items():
        style = cast(ParagraphStyle, document.styles[name])
        style.font.size, style.font.italic = Pt(size), False  # stacked accents read better upright
        style.paragraph_format.space_after = Pt(6)
        if name.startswith("Heading"):
            style.font.color.rgb = ACCENT
    quote = cast(ParagraphStyle, document.styles["Quote"]).paragraph_format
    quote.left_indent, quote.keep_with_next, quote.space_after = Cm(0.8), True, Pt(2)
    return document


def _write(document: DocumentObject, exchange: WordedExchange, level: int, t: Texts) -> None:
    """Add one exchange."""
    document.add_heading(_clean(exchange.question), level)
    if exchange.understood:
        document.add_paragraph(_clean(exchange.understood))
    document.add_paragraph(_clean(" · ".join(exchange.facts)), "Caption")
    if exchange.statement:
        document.add_paragraph().add_run(_clean(exchange.statement)).bold = True
    if exchange.heading:
        document.add_heading(_clean(exchange.heading), level + 1)
    for quoted in exchange.quotes:
        _write_quote(document, quoted)
        _write_source(document, quoted, t)


def _write_quote(document: DocumentObject, quoted: Quoted) -> None:
    """Add a paragraph whose text is the quote, the words that answer in bold."""
    start, end = quoted.highlight or (0, 0)
    paragraph = document.add_paragraph(style="Quote")
    for words, bold in (
        (quoted.quote[:start], None),
        (quoted.quote[start:end], True),
        (quoted.quote[end:], None),
    ):
        if words:
            paragraph.add_run(_clean(words)).bold = bold


def _write_source(document: DocumentObject, quoted: Quoted, t: Texts) -> None:
    """Add a paragraph with the citation's number, the title as a link to the sentence, and what is known."""
    paragraph = document.add_paragraph(f"[{quoted.marker}] ", "Caption")
    paragraph.paragraph_format.left_indent = Cm(0.8)
    _link(paragraph, quoted.title, quoted.address)
    for fact in quoted.facts:
        paragraph.add_run(_clean(f" · {fact}"))
    if quoted.url:
        paragraph.add_run(" · ")
        _link(paragraph, t("export.original"), quoted.url)


def _link(paragraph: Paragraph, text: str, url: str) -> None:
    """Add a link; python-docx reads links and does not write them."""
    link = cast(CT_Hyperlink, OxmlElement("w:hyperlink"))
    link.set(qn("r:id"), paragraph.part.relate_to(_clean(url), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    paragraph._p.append(link)
    run = Run(link.add_r(), paragraph)
    run.text, run.font.underline, run.font.color.rgb = _clean(text), True, ACCENT


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)


DOCX = Exporter(
    "docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "chat.as_docx",
    as_docx,
)
