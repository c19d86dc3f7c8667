"""The administration of the corpus under /corpus: every form works without a script, corpus.js adds to them.

Only administrators come in. What a person is shown before something goes is a page of its own, with a button.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from partyqa.errors import CorpusError, PartyQAError
from partyqa.service.auth.person import Role
from partyqa.service.library.staging import Refused, Staged
from partyqa.service.library.uploads import UploadLimits
from partyqa.web.access import cost
from partyqa.web.errors import problem_of
from partyqa.web.middleware.auth import require
from partyqa.web.pages.library_views import (
    administration,
    preview_page,
    progress_json,
    removal_page,
    return_page,
    services_of,
)
from partyqa.web.paths import root_of
from partyqa.web.templating import language, url_maker

PATH = "/corpus"
_LOOK = 0.3  # seconds between two looks at how far a rebuild is
_LOOKS = 10  # for a new index to be taken up by this process: it looks for one every second
_FIELDS, _FIELD_BYTES = 10, 4096  # of the upload's form, files aside
_FORM_BYTES = 64 * 1024  # what the form adds to its files

router = APIRouter(prefix=PATH, include_in_schema=False, dependencies=[Depends(require(Role.ADMINISTRATOR))])

FormIds = Annotated[list[str], Form(default_factory=list, max_length=1000)]


@router.get("")
@cost("read")
def show(request: Request) -> Response:
    """Show the whole administration: the index, what waits, the files, what was removed."""
    return administration(request)


@router.post("/files", max_body_size=UploadLimits.request_bytes + _FORM_BYTES)
@cost("upload")
async def hand_in(request: Request) -> Response:
    """Take files in to be looked at; the page says of each that is refused why."""
    limits = services_of(request).library.limits
    try:
        async with request.form(
            max_files=limits.files, max_fields=_FIELDS, max_part_size=_FIELD_BYTES
        ) as form:
            files = [part for part in form.getlist("files") if isinstance(part, UploadFile) and part.filename]
            return await to_thread.run_sync(_stage, request, files)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        return administration(request, 400, wrong=("corpus.bad_form", {"files": limits.files}))


def _stage(request: Request, files: list[UploadFile]) -> Response:
    if not files:
        return administration(request, 422, wrong=("corpus.none_chosen", {}))
    library = services_of(request).library

    def handed_in() -> Iterator[tuple[str, bytes]]:
        for part in files:  # one at a time in memory, and of each no more than shows that it is too large
            yield part.filename or "", part.file.read(library.limits.file_bytes + 1)

    try:
        found = library.stage_all(handed_in(), request.state.person.name)
    except PartyQAError as error:
        return _told(request, error)
    refused = [entry for entry in found if isinstance(entry, Refused)]
    taken = [entry for entry in found if isinstance(entry, Staged)]
    return administration(request, 200 if taken else 422, refused=refused, taken=len(taken))


@router.get("/staged/{staged_id}")
@cost("read")
def preview(request: Request, staged_id: str, n: Annotated[str, Query(max_length=9)] = "1") -> Response:
    """Show an article of a file that waits, as it was read, and its passages one by one."""
    number = int(n) if n.isascii() and n.isdecimal() else 0
    try:
        return preview_page(request, services_of(request).library.preview(staged_id, number))
    except PartyQAError as error:
        return _told(request, error)


@router.post("/accept")
@cost("read")
def accept(request: Request, ids: FormIds, replace: Annotated[str, Form()] = "") -> Response:
    """Move the files chosen into the corpus."""
    if not ids:
        return administration(request, 422, wrong=("corpus.none_selected", {}))
    try:
        services_of(request).library.accept(ids, replace=bool(replace))
    except PartyQAError as error:
        return _told(request, error)
    return _back(request, "accepted")


@router.post("/discard")
@cost("read")
def discard(request: Request, ids: FormIds) -> Response:
    """Drop the files chosen."""
    if not ids:
        return administration(request, 422, wrong=("corpus.none_selected", {}))
    try:
        services_of(request).library.discard(ids)
    except PartyQAError as error:
        return _told(request, error)
    return _back(request, "discarded")


@router.get("/remove")
@cost("read")
def ask_remove(request: Request, file: str = "", article: str = "") -> Response:
    """Ask whether a file shall go: the one of that path, or the one that holds that article."""
    library = services_of(request).library
    try:
        return removal_page(request, library.file_of(article) if article else library.file(file))
    except PartyQAError as error:
        return _told(request, error)


@router.post("/remove")
@cost("read")
def remove(request: Request, file: Annotated[str, Form()]) -> Response:
    """Move a file to the removed ones."""
    try:
        services_of(request).library.remove_file(file)
    except PartyQAError as error:
        return _told(request, error)
    return _back(request, "removed")


@router.post("/restore")
@cost("read")
def restore(request: Request, id: Annotated[str, Form()]) -> Response:  # noqa: A002
    """Move a removed file back."""
    try:
        services_of(request).library.restore(id)
    except PartyQAError as error:
        return _told(request, error)
    return _back(request, "restored")


@router.post("/rebuild")
@cost("read")
def rebuild(request: Request) -> Response:
    """Start a rebuild; the old index serves until it ends."""
    try:
        services_of(request).library.rebuild()
    except PartyQAError as error:
        return _told(request, error)
    return _back(request, "rebuilding", "#pq-index-heading")


@router.post("/stop")
@cost("read")
def stop(request: Request) -> Response:
    """Stop the rebuild that runs."""
    try:
        stopping = services_of(request).library.cancel()
    except PartyQAError as error:
        return _told(request, error)
    return _back(request, "stopping" if stopping else "", "#pq-index-heading")


@router.get("/progress")
@cost("read")
async def progress(request: Request) -> Response:
    """Say how far the rebuild is."""
    return JSONResponse(await _progress(request), headers={"Cache-Control": "no-store"})


@router.get("/progress/events", response_class=EventSourceResponse)
@cost("read")
async def progress_events(request: Request) -> AsyncIterator[ServerSentEvent]:
    """Yield how far the rebuild is whenever that changes, and `end` once it no longer runs."""
    sent = None
    while not request.app.state.stopping:
        now = await _progress(request)
        if now != sent:
            yield ServerSentEvent(data=now, event="progress")
            sent = now
        if not now["running"]:
            await _taken_up(request, str(now["generation"]))
            yield ServerSentEvent(raw_data="", event="end")
            return
        await asyncio.sleep(_LOOK)


@router.get("/roll-back")
@cost("read")
def ask_roll_back(request: Request) -> Response:
    """Show what going back would change, and ask."""
    try:
        return return_page(request)
    except PartyQAError as error:
        return _told(request, error)


@router.post("/roll-back")
@cost("read")
def roll_back(request: Request) -> Response:
    """Let the generation before answer."""
    try:
        services_of(request).library.roll_back()
    except PartyQAError as error:
        return _told(request, error)
    return _back(request, "rolled_back", "#pq-index-heading")


@router.get("/{form}")
@cost("read")
def back(request: Request, form: str) -> Response:
    """Lead from the address of a form, which a page with an error has, to the page itself."""
    if form not in ("files", "accept", "discard", "restore", "rebuild", "stop"):
        raise HTTPException(404)
    return _back(request, "")


async def _taken_up(request: Request, generation: str) -> None:
    """Wait for a moment until what was built answers here: the page that is shown next names what answers."""
    for _ in range(_LOOKS if generation else 0):
        if services_of(request).serving.engine.generation == generation:
            return
        await asyncio.sleep(_LOOK)


async def _progress(request: Request) -> dict[str, object]:
    found = await to_thread.run_sync(services_of(request).library.progress)
    return progress_json(found, language(request))


def _told(request: Request, error: PartyQAError) -> Response:
    """Show the page with the sentence of an error."""
    status = 422 if isinstance(error, CorpusError) else problem_of(error).status
    return administration(request, status, error=error)


def _back(request: Request, said: str, fragment: str = "") -> Response:
    """Return to the page, which reports what was done; reloading it does nothing twice."""
    return RedirectResponse(url_maker(root_of(request))(PATH, said=said) + fragment, 303)
