"""HTML pages, by trafilatura; what furniture it leaves goes by the rules for plain pages."""

from datetime import date
from pathlib import Path

from lxml.html import HtmlElement
from trafilatura import bare_extraction, load_html
from trafilatura.settings import Document

from partyqa.errors import CorpusError
from partyqa.readers.fields import article, lines_of
from partyqa.readers.page import parse
from partyqa.text import normalise
from partyqa.types import Article

_CAPTIONS = "//figcaption | //*[contains(@class, 'caption') or contains(@class, 'Caption')][not(.//p)]"


def read(text: str, article_id: str, path: Path) -> tuple[Article, ...]:
    """Return the one article of a web page."""
    document = _extract(text, str(path))
    title = normalise(document.title or "")
    page = parse(lines_of(document.text or ""), title=title)
    return (
        article(
            article_id,
            list(page.body),
            str(path),
            title=title,
            source=page.source or normalise(document.sitename or ""),
            url=document.url or "",
            published=date.fromisoformat(document.date) if document.date else page.published,
            author=page.author or normalise(document.author or ""),
        ),
    )


def _extract(text: str, where: str) -> Document:
    tree = load_html(text)
    document = None
    if tree is not None:
        _keep_captions(tree)
        document = bare_extraction(tree, with_metadata=True, favor_recall=True, include_comments=False)
    if not isinstance(document, Document):
        raise CorpusError(
            vi=f"{where}: trang HTML không có nội dung bài viết; hãy lưu lại cả trang hoặc chép bài sang tệp .txt.",
            en=f"{where}: the HTML page holds no article text; save the whole page or copy it to a .txt file.",
        )
    return document


def _keep_captions(tree: HtmlElement) -> None:
    """Make paragraphs of photo captions: trafilatura throws figures away with all that is in them."""
    for caption in tree.xpath(_CAPTIONS):
        caption.tag = "p"
        caption.attrib.clear()
    for figure in tree.xpath("//figure"):
        figure.tag = "div"
