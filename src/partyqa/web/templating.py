"""All HTML of the service: Jinja2 templates in which everything is escaped and a forgotten name is an error.

What every template sees, besides what is given to it:
- `t`: the texts of the page's language, `t("section.key", name=value)`; `lang`: "vi" or "en", `other_lang`: the other
- `root`: what stands before every path behind a proxy ("" or "/partyqa"); a sentence's address is written
  `{{ root }}{{ address }}`, for it is percent-encoded already; every other path `{{ url("/articles", q=words) }}`
- `chat`, `other_chat`: the paths of the chat page in the two languages; `day(date)`: a date as the language writes it
- the filter `exact`, for words quoted to the letter; `exporters`: the forms of file that answers are exported in

A page (not a part of the chat page) sees also:
- `person`: who asks, None before the login; `signed_in`: whether there is somebody to log out
- `here`: this page's path without `root`; `other_lang_url`: the same page in the other language
"""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from partyqa.i18n import Language, Texts, texts
from partyqa.service.export.export import EXPORTERS
from partyqa.service.links import article_path
from partyqa.web.paths import path_of, root_of

CHAT: dict[Language, str] = {"vi": "/", "en": "/en/"}
_OTHER: dict[Language, Language] = {"vi": "en", "en": "vi"}
LANG_PARAMETER = "lang"
"""The name in a page's query that chooses its language, and that the link to the other language sets."""

_LINE = re.compile(r".*\n|.+")


def language(request: Request) -> Language:
    """Return the language of a request's reader, which the middleware found."""
    lang: Language = getattr(request.state, "lang", "vi")
    return lang


def render(request: Request, name: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a template as a page; it raises jinja2.UndefinedError where the template asks for what is not there.

    `request.state` holds `lang` and `person` (the middleware's work).
    """
    lang = language(request)
    person = getattr(request.state, "person", None)
    root, here, url = root_of(request), path_of(request.scope), url_maker(root_of(request))
    query = [(key, value) for key, value in request.query_params.multi_items() if key != LANG_PARAMETER]
    page = fragment(
        name,
        texts(lang),
        root,
        person=person,
        signed_in=bool(person and person.name),
        here=here,
        other_lang_url=f"{url(here)}?{urlencode([*query, (LANG_PARAMETER, _OTHER[lang])])}",
        **context,
    )
    return HTMLResponse(page, status_code=status)


def fragment(name: str, t: Texts, root: str, /, **context: Any) -> str:
    """Return a template filled in; it raises jinja2.UndefinedError where the template asks for what is not there."""
    other, template = _OTHER[t.lang], environment().get_template(name)
    return template.render(
        t=t,
        lang=t.lang,
        other_lang=other,
        root=root,
        url=url_maker(root),
        chat=CHAT[t.lang],
        other_chat=CHAT[other],
        day=day_writer(t),
        **context,
    )


@cache
def environment() -> Environment:
    """Return the one environment of all templates, each compiled when it is first asked for."""
    made = Environment(
        loader=PackageLoader("partyqa.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["exact"] = exact
    made.filters["article_path"] = article_path
    made.globals["exporters"] = tuple(EXPORTERS.values())
    return made


def exact(text: str) -> Markup:
    """Escape text so that a browser gives it back to the letter: it would take a carriage return for a line end."""
    return escape(text).replace("\r", Markup("&#13;"))


def text_lines(text: str) -> list[tuple[int, str]]:
    """Return each line with its line end and where it starts, in code points; together they are the text."""
    return [(line.start(), line[0]) for line in _LINE.finditer(text)]


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
