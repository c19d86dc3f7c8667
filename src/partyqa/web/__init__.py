"""The application: chat, our own pages, the APIs; the only importer of gradio, fastapi and starlette."""

import os

# Gradio reads these while it is imported and built. The first keeps it from reporting home; the second puts off
# for ever the statistics of use that it would otherwise compute, with pandas, after every single question.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)

from partyqa.web.app import build_app
from partyqa.web.server import ChatServer, listen, serve
from partyqa.web.services import Services
from partyqa.web.settings import Settings

__all__ = ["ChatServer", "Services", "Settings", "build_app", "listen", "serve"]
