"""Placeholder by the lead, to be overwritten by the helper who writes the metrics."""

from fastapi import APIRouter
from starlette.types import ASGIApp, Receive, Scope, Send

from partyqa.service.serving import Serving

router = APIRouter()


class Metrics:
    """Counts."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving

    def judged(self, verdict: str) -> None:
        """Count a verdict."""


class Observed:
    """Observe requests."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        await self.app(scope, receive, send)
