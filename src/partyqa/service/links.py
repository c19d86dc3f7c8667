"""The address of a sentence, `/articles/ID#START-END:DIGEST`, and which addresses a link may lead to.

START and END count code points of the article's text; DIGEST shows whether the same words still stand there.
"""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

ARTICLES = "/articles"
_DIGITS = 8  # of the digest, hexadecimal
_FRAGMENT = re.compile(rf"(\d{{1,9}})-(\d{{1,9}})(?::([0-9a-fA-F]{{{_DIGITS}}}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ArticleSpan:
    """What a fragment says: code points, and the digest of the words, None where it has none."""

    start: int
    end: int
    digest: str | None


@dataclass(frozen=True, slots=True)
class QuoteAddress:
    """What an address says: an article and a span of it."""

    article_id: str
    span: ArticleSpan


def digest(quote: str) -> str:
    """Return the first 8 hexadecimal digits of the SHA-256 of a quote's UTF-8."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def article_path(article_id: str) -> str:
    """Return the path of an article's page, percent-encoded; it stands under the service's root.

    An id whose parts a browser or a proxy would resolve or merge goes into the query: `bài/1` ->
    `/articles/b%C3%A0i/1`, `https://a.vn/1` -> `/articles?id=https%3A%2F%2Fa.vn%2F1`.
    """
    if any(part in ("", ".", "..") for part in article_id.split("/")):
        return f"{ARTICLES}?id={quote(article_id, safe='')}"
    return f"{ARTICLES}/{quote(article_id)}"


def address(article_id: str, start: int, end: int, quote: str) -> str:
    """Return the address of a sentence, percent-encoded; it stands under the service's root."""
    return f"{article_path(article_id)}#{start}-{end}:{digest(quote)}"


def parse_fragment(fragment: str) -> ArticleSpan | None:
    """Return what the part of an address after its # says, None where it names no span."""
    found = _FRAGMENT.fullmatch(unquote(fragment))
    return ArticleSpan(int(found[1]), int(found[2]), found[3] and found[3].lower()) if found else None


def parse_address(url: str) -> QuoteAddress | None:
    """Return what a sentence's address says, whatever host and root stand before it; None where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    span = parse_fragment(parts.fragment)
    _, found, rest = parts.path.partition(f"{ARTICLES}/")
    article_id = unquote(rest)
    if not found and parts.path.endswith(ARTICLES):
        article_id = "".join(parse_qs(parts.query).get("id", [])[:1])
    return QuoteAddress(article_id, span) if span and article_id else None


def web_url(url: str | None) -> str | None:
    """Return the address if a link may lead there (http or https, with a host), else None."""
    if not url or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None
