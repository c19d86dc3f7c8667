"""The chat page; the only importer of gradio, fastapi and uvicorn."""

import os

# Gradio reads these while it is imported and built. The first keeps it from reporting home; the second puts off
# for ever the statistics of use that it would otherwise compute, with pandas, after every single question.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)

from partyqa.web.page import build_page
from partyqa.web.server import ChatServer, build_app, listen, serve

__all__ = ["ChatServer", "build_app", "build_page", "listen", "serve"]
