"""What went wrong, for a program: one form of JSON for every error, with a status and two sentences.

The form is `{"error": {"code": "question", "vi": "...", "en": "..."}}`. The code of an error of errors.py is its
class's name: IndexMissingError is `index_missing`.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from partyqa.errors import (
    AccountError,
    BusyError,
    CheckError,
    CorpusError,
    DatasetError,
    EncoderError,
    IndexBusyError,
    IndexFormatError,
    IndexMissingError,
    NotThereError,
    OverTimeError,
    PartyQAError,
    QuestionError,
    ReaderError,
    StorageError,
    UnsafeAddressError,
)
from partyqa.i18n import Message, message, texts

log = logging.getLogger(__name__)

STATUSES: Mapping[type[PartyQAError], int] = {
    QuestionError: 422,
    DatasetError: 422,
    CorpusError: 404,  # among the requests of the API only an article's id can raise it
    NotThereError: 404,
    AccountError: 403,
    UnsafeAddressError: 403,
    IndexBusyError: 409,
    BusyError: 429,
    StorageError: 507,
    OverTimeError: 503,
    IndexMissingError: 503,
    IndexFormatError: 503,
    CheckError: 503,  # a damaged index
    EncoderError: 503,
    ReaderError: 503,
}
"""The status of each error; one that is not here has its nearest ancestor's, PartyQAError itself 400."""

HTTP_PROBLEMS: Mapping[int, str] = {
    400: "bad_request",
    401: "login_required",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "busy",
    500: "unexpected",
    503: "unavailable",
}
"""The code of a status; its sentence is `http.CODE` of the catalogues."""


_MOST_NAMED = 80  # code points of a field's place that a sentence repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is answered; `where` is the field of the request that is wrong, or empty."""

    status: int
    code: str
    sentence: Message
    headers: Mapping[str, str] = field(default_factory=dict)
    where: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return `{"error": {"code": ..., "vi": ..., "en": ...}}`."""
        return {"error": {"code": self.code, "vi": self.sentence.text("vi"), "en": self.sentence.text("en")}}

    def response(self) -> JSONResponse:
        """Return the answer of the API that says it."""
        return JSONResponse(self.to_json(), self.status, headers=dict(self.headers))


def problem_of(error: Exception) -> Problem:
    """Return the problem of an exception; an unforeseen one reveals nothing of itself."""
    if isinstance(error, PartyQAError):
        return _of_ours(error)
    if isinstance(error, RequestValidationError):
        return invalid(error.errors())
    if isinstance(error, HTTPException):
        return of_status(error.status_code, error.headers)
    return of_status(500)


def of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """Return the problem that a status alone names."""
    code = HTTP_PROBLEMS.get(status) or HTTP_PROBLEMS[400 if status < 500 else 500]
    return Problem(status, code, message(f"http.{code}"), headers or {})


def invalid(faults: Sequence[Mapping[str, Any]]) -> Problem:
    """Return the problem of a request that is not of its form: the first of pydantic's `faults`, in words."""
    first = faults[0]
    place, where = _place(first["loc"])
    key = f"fields.{first['type']}"  # pydantic's name of what is wrong
    named = {name: _printable(value) for name, value in first.get("ctx", {}).items()}
    sentence = message(key if key in texts("vi") else "fields.invalid", **named, place=place)
    return Problem(422, "request", sentence, where=where)


def install(app: FastAPI) -> None:
    """Make every error of `app` an answer of this form; unexpected ones are logged, and reported as just that."""

    async def respond(_: Request, error: Exception) -> Response:
        return problem_of(error).response()

    for kind in (PartyQAError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, respond)


def _of_ours(error: PartyQAError) -> Problem:
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 400)
    name = type(error).__name__.removesuffix("Error")
    code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, BusyError) else {}
    return Problem(status, code, error.sentence, headers)


def _place(loc: Sequence[str | int]) -> tuple[Message, str]:
    """Name a place of a request, for a sentence and alone; `("body", "turns", 3)` is the field `turns.3`."""
    name = _printable(".".join(map(str, loc[1:])))[:_MOST_NAMED]
    if not name or (
        loc[0] == "body" and len(loc) == 2 and isinstance(loc[1], int)
    ):  # where JSON ends to be JSON
        return message("http.body"), ""
    return message("http.field", name=name), name


def _printable(value: object) -> str:
    """Return a text that can be sent: JSON may hold halves of characters, which UTF-8 cannot."""
    return str(value).encode("utf-8", "replace").decode("utf-8")
