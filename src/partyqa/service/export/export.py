"""Take it along: an answer or a conversation as Markdown, DOCX or JSON, citations and addresses in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from partyqa.i18n import Texts
from partyqa.service.export.content import Exchange, Exporter
from partyqa.service.export.docx import DOCX
from partyqa.service.export.json_document import JSON
from partyqa.service.export.markdown import MARKDOWN
from partyqa.service.file_names import file_name

EXPORTERS: Mapping[str, Exporter] = {one.name: one for one in (MARKDOWN, DOCX, JSON)}
"""By the name that a request gives and the file ends with."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file to send: `name` with Vietnamese letters, to be put into `content_disposition`."""

    name: str
    media_type: str
    content: bytes


def export(
    form: str, exchanges: Sequence[Exchange], base_url: str, t: Texts, *, title: str = ""
) -> ExportFile:
    """Return exchanges, oldest first, as a file; its name is the conversation's, or else the first question.

    `form` is a name in EXPORTERS, `base_url` the service's root as the person reaches it, without a slash at its end.
    """
    exporter = EXPORTERS[form]
    written = exporter.write(exchanges, base_url, t, title=title)
    content = written.encode() if isinstance(written, str) else written
    about = title or (str(exchanges[0].answer["question"]) if exchanges else "")
    return ExportFile(file_name(about, f".{form}", t("export.file")), exporter.media_type, content)
