"""Forms for what a file says of its article: title, source, date, author, number; before it is accepted and after."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from partyqa.errors import CorpusError, PartyQAError
from partyqa.i18n import texts
from partyqa.service.auth.person import Role
from partyqa.types import Article
from partyqa.web.access import cost
from partyqa.web.errors import problem_of
from partyqa.web.middleware.auth import require
from partyqa.web.pages.library import PATH
from partyqa.web.pages.library_views import MENDED, fields_of, preview_page, services_of
from partyqa.web.paths import root_of
from partyqa.web.templating import language, render, url_maker

router = APIRouter(prefix=PATH, include_in_schema=False, dependencies=[Depends(require(Role.ADMINISTRATOR))])

Field = Annotated[str, Form(max_length=1000)]


def _fields(
    title: Field = "", source: Field = "", published: Field = "", author: Field = "", number: Field = ""
) -> dict[str, str]:
    return dict(zip(MENDED, (title, source, published, author, number), strict=True))


Fields = Annotated[dict[str, str], Depends(_fields)]


@router.post("/staged/{staged_id}")
@cost("read")
def mend_staged(
    request: Request,
    staged_id: str,
    fields: Fields,
) -> Response:
    """Give a file that waits other fields, and show it as it is read now."""
    library = services_of(request).library
    try:
        library.mending.staged(staged_id, fields)
    except CorpusError as error:
        return preview_page(request, library.preview(staged_id), error, fields)
    return RedirectResponse(url_maker(root_of(request))(f"{PATH}/staged/{staged_id}", said="mended"), 303)


@router.get("/fields")
@cost("read")
def show_fields(request: Request, file: Annotated[str, Query(max_length=4096)] = "") -> Response:
    """Show the fields of a file of the corpus, to be mended."""
    try:
        return _page(request, file, services_of(request).library.mending.article(file))
    except PartyQAError as error:
        return _page(request, file, None, error)


@router.post("/fields")
@cost("read")
def mend_file(
    request: Request,
    file: Annotated[str, Form(max_length=4096)],
    fields: Fields,
) -> Response:
    """Give a file of the corpus other fields, for the next rebuild."""
    library = services_of(request).library
    try:
        library.mending.file(file, fields)
    except PartyQAError as error:
        return _page(request, file, None, error, fields)
    return RedirectResponse(url_maker(root_of(request))(PATH, said="mended"), 303)


def _page(
    request: Request,
    file: str,
    article: Article | None,
    error: PartyQAError | None = None,
    fields: dict[str, str] | None = None,
) -> Response:
    lang = language(request)
    if article:
        fields = fields_of(article, texts(lang))
    status = 200 if error is None else 422 if isinstance(error, CorpusError) else problem_of(error).status
    trouble = error.message(lang) if error else ""
    return render(request, "corpus_fields.html", status, file=file, fields=fields, trouble=trouble)
