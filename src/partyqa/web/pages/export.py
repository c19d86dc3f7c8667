"""Taking a conversation, or one answer of it, along as a file: GET /conversations/ID/export."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from partyqa.errors import NotThereError
from partyqa.i18n import language_of, texts
from partyqa.service.export.content import Exchange
from partyqa.service.export.export import EXPORTERS, export
from partyqa.service.file_names import content_disposition
from partyqa.web.access import cost
from partyqa.web.paths import root_of
from partyqa.web.services import Services

router = APIRouter(include_in_schema=False)


@router.get("/conversations/{key}/export")
@cost("read")
def take_along(
    request: Request,
    key: str,
    form: Annotated[str, Query(alias="format")] = "md",
    turn: Annotated[int | None, Query(ge=1)] = None,
    lang: str = "vi",
) -> Response:
    """Send the whole conversation, or its turn of that number, counted from 1.

    Raises NotThereError where it is not there, or another person's.
    """
    if form not in EXPORTERS:
        fault = {
            "type": "literal_error",
            "loc": ("query", "format"),
            "ctx": {"expected": ", ".join(EXPORTERS)},
        }
        raise RequestValidationError([fault])
    services: Services = request.app.state.services
    person = request.state.person
    rows = services.history.turns(person.id, key)
    title = services.history.conversation(person.id, key).title
    chosen = rows if turn is None else rows[turn - 1 : turn]
    if not chosen:
        raise NotThereError("export.no_such_answer")
    exchanges = [Exchange(row.answer, row.asked) for row in chosen]
    base = f"{request.url.scheme}://{request.url.netloc}{root_of(request)}"
    file = export(form, exchanges, base, texts(language_of(lang)), title="" if turn is not None else title)
    headers = {"Content-Disposition": content_disposition(file.name), "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.media_type, headers=headers)
