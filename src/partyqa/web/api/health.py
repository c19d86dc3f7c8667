"""Whether the service lives, and whether it answers: for whoever starts it, stops it, or stands before it."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from partyqa.web.access import cost, open_to_all
from partyqa.web.api.v1_models import ErrorReply, LiveReply, ReadyReply

router = APIRouter(tags=["health"])

_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorReply, "description": "The index cannot be opened; the sentence says why."}
}


@router.get("/health/live", operation_id="health_live")
@cost("free")
@open_to_all
async def live() -> LiveReply:
    """Say that the process answers (tiến trình đang chạy)."""
    return LiveReply()


@router.get("/health/ready", operation_id="health_ready", responses=_NOT_READY)
@cost("free")
@open_to_all
async def ready(request: Request) -> ReadyReply:
    """Say that questions are answered, and from which generation of the index (sẵn sàng trả lời)."""
    engine = request.app.state.services.serving.engine
    return ReadyReply(
        generation=engine.generation, encoder=engine.encoder_name, articles=len(engine.articles)
    )


@router.get("/api/v1/health/live", operation_id="api_health_live", name="live")
@cost("read")
async def api_live() -> LiveReply:
    """Say that the process answers (tiến trình đang chạy)."""
    return await live()


@router.get("/api/v1/health/ready", operation_id="api_health_ready", name="ready", responses=_NOT_READY)
@cost("read")
async def api_ready(request: Request) -> ReadyReply:
    """Say that questions are answered, and from which generation of the index (sẵn sàng trả lời)."""
    return await ready(request)
