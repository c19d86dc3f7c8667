"""The files that articles were read from, for whoever may read the articles: as they are, or a page as a picture.

GET /originals?id=ID sends the file, GET /originals/page?id=ID&n=3&start=10&end=40 its page 3 with those words boxed.
"""

from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from partyqa.engine import PartyQA
from partyqa.i18n import Texts
from partyqa.service.file_names import content_disposition, file_name
from partyqa.service.library.originals.originals import Originals, pages_of
from partyqa.service.links import article_path
from partyqa.types import Article
from partyqa.web.access import cost
from partyqa.web.paths import root_of

PATH = "/originals"
_MOST = 10**9

router = APIRouter(include_in_schema=False)

Place = Annotated[int, Query(ge=0, lt=_MOST)]


@router.api_route(PATH, methods=["GET", "HEAD"])
@cost("read")
def send_file(request: Request, id: Annotated[str, Query(max_length=5000)]) -> Response:  # noqa: A002
    """Send the file to be kept, never to be shown: it came from anywhere."""
    article, originals = _found(request, id)
    data = originals.read(article)
    name = PurePosixPath(article.file)
    headers = {"Content-Disposition": content_disposition(file_name(name.stem, name.suffix))}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.get(f"{PATH}/page")
@cost("event")
def draw_page(
    request: Request,
    id: Annotated[str, Query(max_length=5000)],  # noqa: A002
    n: Annotated[int, Query(ge=1, lt=_MOST)],
    start: Place = 0,
    end: Place = 0,
) -> Response:
    """Send a page of a PDF as a picture; with a span of the article's text its words are boxed."""
    article, originals = _found(request, id)
    return Response(originals.page(article, n, (start, end)), media_type="image/jpeg")


def original_of(request: Request, article: Article, t: Texts) -> dict[str, Any]:
    """Return what an article's page shows of its file.

    `name` is the file's, "" where it is not at hand; `address` becomes that of the article opened at a page once a
    number is put behind it; `page` is the one to draw, None where none can be, `last` the last there is; `facts` are
    words about the document.
    """
    originals: Originals = request.app.state.services.originals
    pages = pages_of(article)
    asked = request.query_params.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 0
    path = article_path(article.id)
    name = PurePosixPath(article.file).name if originals.at_hand(article) else ""
    drawn = bool(name and pages) and originals.draws(article)
    return {
        "name": name,
        "address": f"{root_of(request)}{path}{'&' if '?' in path else '?'}page=",
        "last": pages[-1] if pages else 0,
        "page": min(max(number, 1), pages[-1]) if drawn else None,
        "facts": _facts(article, pages, t),
    }


def page_labels(article: Article, t: Texts) -> dict[int, str]:
    """Return by where it begins what stands over the text of each page, and over text that was read off an image."""
    labels = dict[int, str]()
    before: tuple[int | None, bool] = (None, False)
    for section in article.sections:
        here = (section.page, section.recognised is not None)
        if here != before:
            page = t("articles.page_of", page=section.page) if section.page is not None else ""
            said = [page, t("place.recognised") if here[1] else ""]
            labels[section.start] = " · ".join(filter(None, said))
        before = here
    return {start: label for start, label in labels.items() if label}


def _facts(article: Article, pages: tuple[int, ...], t: Texts) -> list[str]:
    """Return the document's number, what it was converted from, and how many pages it has, as far as known."""
    off_image = {one.page for one in article.sections if one.recognised is not None}
    known = (
        (article.number, t("articles.number", number=article.number)),
        (article.encoding, t("articles.converted", encoding=article.encoding)),
        (pages, t("articles.page_count", count=pages[-1] if pages else 0)),
        (off_image, t("articles.pages_recognised", count=len(off_image))),
    )
    return [words for there, words in known if there]


def _found(request: Request, article_id: str) -> tuple[Article, Originals]:
    """Return the article, CorpusError where there is none, and the files."""
    services = request.app.state.services
    engine: PartyQA = services.serving.engine
    return engine.article(article_id), services.originals
