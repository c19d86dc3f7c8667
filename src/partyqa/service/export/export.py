"""Take it along: an answer or a conversation as Markdown, DOCX or JSON, citations and addresses in it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from partyqa.i18n import Texts
from partyqa.service.export.content import Exchange, address_of
from partyqa.service.export.docx import as_docx
from partyqa.service.export.file_names import content_disposition, file_name
from partyqa.service.export.markdown import as_markdown

__all__ = [
    "FORMAT",
    "MEDIA_TYPES",
    "Exchange",
    "ExportFile",
    "Form",
    "as_docx",
    "as_json",
    "as_markdown",
    "content_disposition",
    "export",
    "file_name",
]

FORMAT = "partyqa-export-1"

Form = Literal["md", "docx", "json"]

MEDIA_TYPES: Mapping[Form, str] = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file to send: `name` with Vietnamese letters, to be put into `content_disposition`."""

    name: str
    media_type: str
    content: bytes


def export(
    form: Form, exchanges: Sequence[Exchange], base_url: str, t: Texts, *, title: str = ""
) -> ExportFile:
    """Return exchanges, oldest first, as a file, named after the conversation or else the first question.

    `base_url` is the service's root as the person reaches it, without a slash at its end.
    """
    if form == "docx":
        content = as_docx(exchanges, base_url, t, title=title)
    elif form == "md":
        content = as_markdown(exchanges, base_url, t, title=title).encode()
    else:
        content = as_json(exchanges, base_url, t, title=title).encode()
    about = title or (str(exchanges[0].answer["question"]) if exchanges else "")
    return ExportFile(file_name(about, f".{form}", t("export.file")), MEDIA_TYPES[form], content)


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
