"""The chat page; the only importer of gradio, fastapi and uvicorn."""

import os

# Read by gradio whenever it would report home, its import included: it must be set before that import.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from partyqa.web.page import build_page  # noqa: E402
from partyqa.web.server import build_app, open_server, serve  # noqa: E402

__all__ = ["build_app", "build_page", "open_server", "serve"]
