"""A page as scraped, in its parts: what is prose, where the article ends, what stands above its first paragraph."""

from dataclasses import dataclass
from datetime import date

from partyqa.corpus.readers import Dropped
from partyqa.corpus.readers.bylines import Credit
from partyqa.types import Article


@dataclass(frozen=True, slots=True)
class Page:
    """An article taken out of its page; what the page does not give is "" or None.

    Each line of the page is in its body, among its credits, or dropped.
    """

    body: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    published: date | None = None
    author: str = ""
    credits: tuple[Credit, ...] = ()
    dropped: tuple[Dropped, ...] = ()

    def left_out(self, article: Article) -> tuple[Dropped, ...]:
        """Return the lines that neither text nor fields of the article made of this page hold."""
        left_out, seen = list(self.dropped), set[str]()
        for it in self.credits:
            if not it.is_field_of(article):
                left_out.append(Dropped(it.line, "byline"))
            elif it.line in seen:
                left_out.append(Dropped(it.line, "repeated"))
            seen.add(it.line)
        return tuple(left_out)
