"""The corpus to read: its articles listed and searched, and each on a page of its own.

An article's page opens at a sentence: its script (assets/article.js) reads `#START-END:DIGEST` from the address.
"""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from partyqa.engine import PartyQA
from partyqa.errors import CorpusError, QuestionError
from partyqa.i18n import texts
from partyqa.service.article_search import Found, cleaned, find, snippet
from partyqa.service.filters import Filters, facets
from partyqa.service.links import address, article_path, web_url
from partyqa.types import Article
from partyqa.web.access import cost
from partyqa.web.pages.originals import original_of, page_labels
from partyqa.web.templating import language, render, text_lines

PER_PAGE = 20
PLACES_OFFERED = 300  # the most frequent ones: a longer list is searched with words

router = APIRouter(include_in_schema=False)


@router.api_route("/articles", methods=["GET", "HEAD"])
@cost("read")
def list_articles(request: Request) -> HTMLResponse:
    """Show the articles that the query chooses: `q`, `place`, `source`, `year`, `page`; `id` shows that article."""
    asked = request.query_params
    if article_id := asked.get("id"):  # an id that no path can hold (addresses.article_path)
        return show_article(request, article_id)
    engine = _engine(request)
    note, status = None, 200
    try:
        filters = Filters.of(
            *(list(filter(None, asked.getlist(name))) for name in ("place", "source", "year"))
        )
    except QuestionError as error:
        filters, note, status = Filters(), error.message(language(request)), 400
    words = cleaned(asked.get("q", ""))
    found = find(engine, words, filters)
    pages = max(1, -(-len(found) // PER_PAGE))
    page = _page(asked.get("page", ""), pages)
    offered = facets(engine)
    return render(
        request,
        "articles.html",
        status,
        note=note,
        words=words,
        filters=filters,
        places=sorted(name for name, _ in offered.places[:PLACES_OFFERED]),
        sources=sorted(name for name, _ in offered.sources),
        years=[year for year, _ in offered.years],
        count=len(found),
        rows=[_row(one, words) for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]],
        page=page,
        pages=pages,
        chosen={"q": words, **filters.to_query()},
    )


@router.api_route("/articles/{article_id:path}", methods=["GET", "HEAD"])
@cost("read")
def show_article(request: Request, article_id: str) -> HTMLResponse:
    """Show an article, or say that there is none of that id."""
    if not article_id:
        return list_articles(request)
    try:
        article = _engine(request).article(article_id)
    except CorpusError:
        return render(request, "article_gone.html", 404, article_id=article_id)
    t = texts(language(request))
    labels = page_labels(article, t)
    return render(
        request,
        "article.html",
        title=article.title or article.id,
        article=article,
        published_at=web_url(article.url),
        original=original_of(request, article, t),
        lines=[
            (start, line, _page_at(article, start), labels.get(start, ""))
            for start, line in text_lines(article.text)
        ],
    )


def _page_at(article: Article, place: int) -> int | None:
    section = article.section_at(place)
    return section.page if section else None


def _engine(request: Request) -> PartyQA:
    engine: PartyQA = request.app.state.services.serving.engine
    return engine


def _page(asked: str, pages: int) -> int:
    """Return the page to show: the last where a higher one is requested, the first where none is."""
    return min(max(1, int(asked)), pages) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 1


def _row(found: Found, words: str) -> dict[str, Any]:
    """Return one article of the list; its snippet's link leads to the sentence."""
    article, shown = found.article, snippet(found, words)
    sentence = shown.sentence if shown else None
    return {
        "article": article,
        "title": article.title or article.id,
        "path": article_path(article.id),
        "pieces": shown.pieces if shown else (),
        "address": address(article.id, sentence.start, sentence.end, sentence.text) if sentence else "",
    }
