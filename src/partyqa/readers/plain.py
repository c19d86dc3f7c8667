"""Plain text: a page as it was copied or scraped, its furniture around it."""

from pathlib import Path

from partyqa.readers.fields import article, lines_of
from partyqa.readers.page import parse
from partyqa.types import Article


def read(text: str, article_id: str, path: Path) -> tuple[Article, ...]:
    """Return the one article of a text file."""
    page = parse(lines_of(text))
    return (
        article(
            article_id,
            list(page.body),
            str(path),
            title=page.title,
            source=page.source,
            published=page.published,
            author=page.author,
        ),
    )
