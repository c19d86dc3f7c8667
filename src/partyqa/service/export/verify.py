"""Whether quotes still stand in the articles, letter by letter, where a file says that they do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from partyqa.service.export.quotes import Cited
from partyqa.service.links import digest
from partyqa.types import Article


class QuoteCheck(StrEnum):
    """What came of checking one quote."""

    FITS = "fits"
    MOVED = "moved"  # the same words stand elsewhere in the article
    CHANGED = "changed"  # the article does not hold these words
    GONE = "gone"  # no article has that id
    ALTERED = "altered"  # the file's words are not those that were exported


@dataclass(frozen=True, slots=True)
class Checked:
    """A quote with its verdict; `now` is where the words stand, None where they stand nowhere.

    `recognised`: what the index holds there was read off an image, and may differ from the paper.

    `now` is (article id, start, end), code points; for GONE it may be another article, one that took a new name.
    """

    cited: Cited
    verdict: QuoteCheck
    now: tuple[str, int, int] | None
    recognised: bool = False

    @property
    def fits(self) -> bool:
        """Whether the quote is right as the file has it."""
        return self.verdict is QuoteCheck.FITS


def check(cited: Sequence[Cited], articles: Sequence[Article]) -> list[Checked]:
    """Return each quote with its verdict, in order."""
    by_id = {article.id: article for article in articles}
    return [_checked(quote, by_id) for quote in cited]


def _checked(cited: Cited, articles: Mapping[str, Article]) -> Checked:
    article = articles.get(cited.article_id)
    if article is not None and _stands(cited, article):
        section = article.section_at(cited.start)
        off_image = section is not None and section.recognised is not None
        return Checked(cited, QuoteCheck.FITS, (article.id, cited.start, cited.end), off_image)
    if cited.digest not in (None, digest(cited.quote)):
        return Checked(cited, QuoteCheck.ALTERED, None)
    if article is None:
        return Checked(cited, QuoteCheck.GONE, _anywhere(cited, articles))
    found = _nearest(cited, article)
    return Checked(cited, QuoteCheck.MOVED if found else QuoteCheck.CHANGED, found)


def _stands(cited: Cited, article: Article) -> bool:
    """Whether the slice of the article is the quote; beyond its ends Python would count otherwise."""
    within = 0 <= cited.start < cited.end <= len(article.text)
    return within and article.text[cited.start : cited.end] == cited.quote


def _anywhere(cited: Cited, articles: Mapping[str, Article]) -> tuple[str, int, int] | None:
    return next((found for article in articles.values() if (found := _nearest(cited, article))), None)


def _nearest(cited: Cited, article: Article) -> tuple[str, int, int] | None:
    """Return where in an article the quote stands, the nearest to where it stood."""
    if not cited.quote.strip():
        return None
    places, at = [], article.text.find(cited.quote)
    while at >= 0:
        places.append(at)
        at = article.text.find(cited.quote, at + 1)
    start = min(places, key=lambda place: abs(place - cited.start), default=None)
    return None if start is None else (article.id, start, start + len(cited.quote))
