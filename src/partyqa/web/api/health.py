"""Whether the service lives, and whether it answers: for whoever starts it, stops it, or stands before it."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from partyqa.web.api.v1_models import ErrorReply, LiveReply, ReadyReply

router = APIRouter(tags=["health"])

_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorReply, "description": "The index cannot be opened; the sentence says why."}
}


async def live() -> LiveReply:
    """Say that the process answers (tiến trình đang chạy)."""
    return LiveReply()


async def ready(request: Request) -> ReadyReply:
    """Say that questions are answered, and from which generation of the index (sẵn sàng trả lời)."""
    engine = request.app.state.services.serving.engine
    return ReadyReply(
        generation=engine.generation, encoder=engine.encoder_name, articles=len(engine.articles)
    )


for _prefix, _name in (("", "health"), ("/api/v1", "api_health")):
    router.add_api_route(f"{_prefix}/health/live", live, operation_id=f"{_name}_live")
    router.add_api_route(
        f"{_prefix}/health/ready", ready, responses=_NOT_READY, operation_id=f"{_name}_ready"
    )
