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
)

log = logging.getLogger(__name__)

STATUSES: Mapping[type[PartyQAError], int] = {
    QuestionError: 422,
    DatasetError: 422,
    CorpusError: 404,  # among the requests of the API only an article's id can raise it
    NotThereError: 404,
    AccountError: 403,
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

HTTP_PROBLEMS: Mapping[int, tuple[str, str, str]] = {
    400: (
        "bad_request",
        "Không đọc được yêu cầu; hãy gửi một đối tượng JSON như ví dụ trong /api/v1/openapi.json.",
        "The request cannot be read; send a JSON object as in the examples of /api/v1/openapi.json.",
    ),
    401: (
        "login_required",
        "Cần đăng nhập hoặc gửi khóa API trong trường Authorization: Bearer KHÓA.",
        "Log in, or send an API key in the header Authorization: Bearer KEY.",
    ),
    403: (
        "forbidden",
        "Tài khoản này không được làm việc đó; hãy nhờ người quản trị.",
        "This account may not do that; ask an administrator.",
    ),
    404: (
        "not_found",
        "Không có địa chỉ này; hãy xem các địa chỉ trong /api/v1/openapi.json.",
        "There is no such address; the addresses stand in /api/v1/openapi.json.",
    ),
    405: (
        "method_not_allowed",
        "Địa chỉ này không nhận phương thức đó; hãy dùng phương thức nêu trong trường Allow.",
        "This address does not take that method; use one named in the header Allow.",
    ),
    413: (
        "too_large",
        "Yêu cầu quá lớn; hãy gửi ít hơn.",
        "The request is too large; send less.",
    ),
    429: (
        "busy",
        "Bạn hỏi nhanh quá; hãy chờ số giây nêu trong trường Retry-After rồi hỏi lại.",
        "Too many requests; wait the seconds named in the header Retry-After, then ask again.",
    ),
    500: (
        "unexpected",
        "Có lỗi ngoài dự kiến; hãy thử lại, nếu vẫn lỗi thì báo người quản trị xem nhật ký máy chủ.",
        "Something unexpected went wrong; try again, and if it stays tell the administrator to read the log.",
    ),
    503: (
        "unavailable",
        "Máy chủ chưa trả lời được; hãy thử lại sau ít phút.",
        "The server cannot answer now; try again in some minutes.",
    ),
}

_FAULTS: Mapping[str, tuple[str, str]] = {
    "missing": ("còn thiếu, hãy thêm vào", "is missing, add it"),
    "extra_forbidden": ("không có trong giao diện này, hãy bỏ đi", "is not known here, leave it out"),
    "json_invalid": ("không phải JSON hợp lệ, hãy sửa lại", "is not valid JSON, mend it"),
    "string_type": ("phải là một chuỗi chữ", "must be a string"),
    "string_unicode": ("có ký tự Unicode hỏng, hãy bỏ đi", "holds broken Unicode, leave it out"),
    "string_too_long": (
        "dài quá {max_length} ký tự, hãy rút gọn",
        "has over {max_length} characters, shorten it",
    ),
    "string_too_short": (
        "phải có ít nhất {min_length} ký tự, hãy viết thêm",
        "needs at least {min_length} characters, write more",
    ),
    "too_long": ("có quá {max_length} mục, hãy bớt đi", "has over {max_length} items, send fewer"),
    "too_short": ("phải có ít nhất {min_length} mục", "needs at least {min_length} items"),
    "list_type": ("phải là một danh sách", "must be a list"),
    "int_type": ("phải là một số nguyên", "must be a whole number"),
    "int_parsing": ("phải là một số nguyên", "must be a whole number"),
    "int_from_float": ("phải là một số nguyên", "must be a whole number"),
    "int_parsing_size": ("là số quá lớn", "is too large a number"),
    "bool_type": ("phải là true hoặc false", "must be true or false"),
    "greater_than_equal": ("phải từ {ge} trở lên", "must be {ge} or more"),
    "less_than_equal": ("không được quá {le}", "must be {le} or less"),
    "literal_error": ("phải là một trong {expected}", "must be one of {expected}"),
    "enum": ("phải là một trong {expected}", "must be one of {expected}"),
    "model_attributes_type": ("phải là một đối tượng JSON", "must be a JSON object"),
    "model_type": ("phải là một đối tượng JSON", "must be a JSON object"),
    "dict_type": ("phải là một đối tượng JSON", "must be a JSON object"),
}
"""What is wrong with a field, by pydantic's name of it, as the rest of a sentence that begins with the field."""

_MOST_NAMED = 80  # code points of a field's place that a sentence repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is answered; `where` is the field of the request that is wrong, or empty."""

    status: int
    code: str
    vi: str
    en: str
    headers: Mapping[str, str] = field(default_factory=dict)
    where: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return `{"error": {"code": ..., "vi": ..., "en": ...}}`."""
        return {"error": {"code": self.code, "vi": self.vi, "en": self.en}}

    def response(self) -> JSONResponse:
        """Return the answer of the API that says it."""
        return JSONResponse(self.to_json(), self.status, headers=dict(self.headers))


def problem_of(error: Exception) -> Problem:
    """Return how an exception is told; what is not foreseen tells nothing of itself."""
    if isinstance(error, PartyQAError):
        return _of_ours(error)
    if isinstance(error, RequestValidationError):
        return invalid(error.errors())
    if isinstance(error, HTTPException):
        return of_status(error.status_code, error.headers)
    return of_status(500)


def of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """Return the problem that a status alone tells."""
    known = HTTP_PROBLEMS.get(status) or HTTP_PROBLEMS[400 if status < 500 else 500]
    return Problem(status, *known, headers=headers or {})


def invalid(faults: Sequence[Mapping[str, Any]]) -> Problem:
    """Return the problem of a request that is not of its form: the first of pydantic's `faults`, in words."""
    first = faults[0]
    place, where = _place(first["loc"])
    vi, en = _FAULTS.get(first["type"], ("không hợp lệ, hãy sửa lại", "is not valid, mend it"))
    named = {name: _printable(value) for name, value in first.get("ctx", {}).items()}
    said = (f"{place[0]} {vi.format(**named)}.", f"{place[1]} {en.format(**named)}.")
    return Problem(422, "request", *said, where=where)


def install(app: FastAPI) -> None:
    """Make every error of `app` an answer of this form; unexpected ones are logged, and told as no more than that."""

    async def tell(_: Request, error: Exception) -> Response:
        return problem_of(error).response()

    for kind in (PartyQAError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, tell)


def _of_ours(error: PartyQAError) -> Problem:
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 400)
    name = type(error).__name__.removesuffix("Error")
    code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, BusyError) else {}
    return Problem(status, code, error.vi, error.en, headers)


def _place(loc: Sequence[str | int]) -> tuple[tuple[str, str], str]:
    """Name a place of a request in two languages; `("body", "turns", 3)` is the field `turns.3`."""
    name = _printable(".".join(map(str, loc[1:])))[:_MOST_NAMED]
    if not name or (
        loc[0] == "body" and len(loc) == 2 and isinstance(loc[1], int)
    ):  # where JSON ends to be JSON
        return ("Nội dung gửi lên", "The body"), ""
    return (f"Trường {name!r}", f"The field {name!r}"), name


def _printable(value: object) -> str:
    """Return a text that can be sent: JSON may hold halves of characters, which UTF-8 cannot."""
    return str(value).encode("utf-8", "replace").decode("utf-8")
