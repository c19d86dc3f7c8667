"""Our own HTML pages: Jinja2 templates in which everything is escaped and a forgotten name is an error.

What every template sees, besides what its route hands over:
- `t`: the texts of the page's language, `t("section.key", name=value)`; `lang`: "vi" or "en"
- `person`: who asks, None before the login; `signed_in`: whether there is somebody to log out
- `root`: what stands before every path behind a proxy ("" or "/partyqa"); a sentence's address is written
  `{{ root }}{{ address }}`, for it is percent-encoded already; every other path `{{ url("/articles", q=words) }}`
- `here`: this page's path without `root`; `other_lang` and `other_lang_url`: the same page in the other language
- `chat`: the path of the chat page in this language; `day(date)`: a date as the language writes it
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from partyqa.i18n import Language, Texts, texts

CHAT: dict[Language, str] = {"vi": "/", "en": "/en/"}
LANG_PARAMETER = "lang"
"""The name in a page's query that chooses its language, and that the link to the other language sets."""


def render(request: Request, name: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a template as a page; it raises jinja2.UndefinedError where the template asks for what is not there.

    `request.state` holds `lang` and `person` (the middleware's work).
    """
    page = environment().get_template(name).render({**_common(request), **context})
    return HTMLResponse(page, status_code=status)


@cache
def environment() -> Environment:
    """Return the one environment of all templates."""
    return Environment(
        loader=PackageLoader("partyqa.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def root_of(request: Request) -> str:
    """Return what stands before every path of this service, percent-encoded, without a slash at its end."""
    return quote(str(request.scope.get("root_path", "")).rstrip("/"))


def path_of(request: Request) -> str:
    """Return the path asked for without the root, decoded."""
    path, root = str(request.scope["path"]), str(request.scope.get("root_path", "")).rstrip("/")
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path or "/"


def url_maker(root: str) -> Callable[..., str]:
    """Return `url(path, **query)`: the path percent-encoded under `root`.

    Of the query, None and "" are left out, and each value of a list is written.
    """

    def url(path: str, **query: Any) -> str:
        kept = [(name, value) for name, value in query.items() if value not in (None, "")]
        return root + quote(path) + (f"?{urlencode(kept, doseq=True)}" if kept else "")

    return url


def day_writer(t: Texts) -> Callable[[date], str]:
    """Return `day(date)`: 05/09/2024 in Vietnamese, 2024-09-05 in English."""

    def day(value: date) -> str:
        return t("pages.date", day=f"{value.day:02}", month=f"{value.month:02}", year=f"{value.year:04}")

    return day


def _common(request: Request) -> dict[str, Any]:
    lang: Language = getattr(request.state, "lang", "vi")
    person = getattr(request.state, "person", None)
    root, here, t = root_of(request), path_of(request), texts(lang)
    url = url_maker(root)
    other: Language = "en" if lang == "vi" else "vi"
    query = [(key, value) for key, value in request.query_params.multi_items() if key != LANG_PARAMETER]
    return {
        "t": t,
        "lang": lang,
        "person": person,
        "signed_in": bool(person and person.name),
        "root": root,
        "url": url,
        "here": here,
        "chat": CHAT[lang],
        "other_lang": other,
        "other_lang_url": f"{url(here)}?{urlencode([*query, (LANG_PARAMETER, other)])}",
        "day": day_writer(t),
    }
