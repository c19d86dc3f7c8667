"""What went wrong, in OpenAI's form: `{"error": {"message": ..., "type": ..., "param": ..., "code": ...}}`."""

import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from partyqa.errors import CorpusError, PartyQAError, QuestionError
from partyqa.web.errors import Problem, problem_of

log = logging.getLogger(__name__)

_TYPES: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
    500: "server_error",
    503: "server_error",
}
_UNSUPPORTED: Final = frozenset("n tools functions response_format modalities audio logprobs".split())
"""Fields of OpenAI's that are known and refused."""


class MessagesError(QuestionError):
    """A conversation that cannot be answered; `param` is the field that is wrong."""

    def __init__(self, param: str, code: str, key: str, /, **arguments: object) -> None:
        super().__init__(key, **arguments)
        self.param, self.code = param, code


class OpenAIRoute(APIRoute):
    """A route whose errors have OpenAI's form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler, with its errors in the form of OpenAI."""
        handle = super().get_route_handler()

        async def handle_or_tell(request: Request) -> Response:
            try:
                return await handle(request)
            except (PartyQAError, RequestValidationError, HTTPException) as error:
                problem = openai_problem(error)
            except Exception as error:
                log.exception("a request could not be answered")
                problem = problem_of(error)
            return JSONResponse(openai_json(problem), problem.status, headers=dict(problem.headers))

        return handle_or_tell


def openai_problem(error: Exception) -> Problem:
    """Return the problem an error becomes here: what is wrong with a request is 400, an unknown model 404."""
    problem = problem_of(error)
    if isinstance(error, MessagesError):
        return replace(problem, status=400, code=error.code, where=error.param)
    if isinstance(error, QuestionError):
        return replace(problem, status=400, code="invalid_question", where="messages")
    if isinstance(error, CorpusError):
        return replace(problem, code="model_not_found", where="model")
    if not isinstance(error, RequestValidationError):
        return problem
    field = problem.where.partition(".")[0]
    if field == "model" and error.errors()[0]["type"] == "literal_error":
        return replace(problem, status=404, code="model_not_found")
    unsupported = field in _UNSUPPORTED or problem.where.endswith(".type")
    return replace(problem, status=400, code="unsupported_value" if unsupported else "invalid_value")


def openai_json(problem: Problem) -> dict[str, Any]:
    """Return the JSON of an error: its message is Vietnamese on the first line, English on the second."""
    return {
        "error": {
            "message": problem.sentence.both,
            "type": _TYPES.get(problem.status, "invalid_request_error"),
            "param": problem.where or None,
            "code": problem.code,
        }
    }
