"""Which inline scripts of Gradio's page are Gradio's own: those its template writes, with nothing but data put in."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from importlib.resources import files

_INLINE = re.compile(r"<script(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script", re.DOTALL | re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class InlineScripts:
    """The forms of a template's inline scripts; a group stands where the template puts data in."""

    forms: tuple[re.Pattern[str], ...]

    @classmethod
    def of_gradio(cls) -> "InlineScripts":
        """Read the template that the installed Gradio makes its page of."""
        page = files("gradio").joinpath("templates", "frontend", "index.html").read_text(encoding="utf-8")
        return cls.of(page)

    @classmethod
    def of(cls, template: str) -> "InlineScripts":
        """Return the forms of a Jinja template's inline scripts; `{{ ... }}` is a place for JSON."""
        return cls(
            tuple(
                re.compile("(.*)".join(map(re.escape, _PLACEHOLDER.split(script))), re.DOTALL)
                for script in _INLINE.findall(template)
            )
        )

    def hashes(self, page: str) -> list[str]:
        """Return `sha256-...` of each inline script in a page that has one of the forms, with JSON in its places.

        A script that an article or a question smuggled into the page has none of them.
        """
        return [_hash(script) for script in _INLINE.findall(page) if self._known(script)]

    def _known(self, script: str) -> bool:
        return any(
            all(map(_is_json, match.groups())) for form in self.forms if (match := form.fullmatch(script))
        )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _hash(script: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
