"""The chat page; the only importer of gradio, fastapi and uvicorn."""

import os

# Read by gradio whenever it would report home, its import included: it must be set before that import.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from partyqa.web.page import build_page
from partyqa.web.server import ChatServer, build_app, listen, serve

__all__ = ["ChatServer", "build_app", "build_page", "listen", "serve"]
