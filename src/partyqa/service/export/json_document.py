"""Answers as JSON: as they were given, with when they were asked and the addresses of their sentences."""

import json
from collections.abc import Sequence
from typing import Any

from partyqa.i18n import Texts
from partyqa.service.export.content import Exchange, Exporter, address_of

FORMAT = "partyqa-export-1"


def as_json(exchanges: Sequence[Exchange], base_url: str, t: Texts, *, title: str = "") -> str:
    """Return `{"format", "title", "answers": [...]}`: the answers' JSON, with when each was `asked` (ISO 8601, or null)
    and the absolute `address` of each sentence.
    """
    answers = [_with_addresses(exchange, base_url.rstrip("/")) for exchange in exchanges]
    written = json.dumps({"format": FORMAT, "title": title, "answers": answers}, ensure_ascii=False, indent=1)
    return (
        written.encode("utf-8", "backslashreplace").decode() + "\n"
    )  # half a character as JSON's own escape


def _with_addresses(exchange: Exchange, base_url: str) -> dict[str, Any]:
    listed = {
        kind: [{**citation, "address": base_url + address_of(citation)} for citation in exchange.answer[kind]]
        for kind in ("citations", "related")
    }
    return {"asked": exchange.asked.isoformat() if exchange.asked else None, **exchange.answer, **listed}


JSON = Exporter("json", "application/json", "chat.as_json", as_json)
