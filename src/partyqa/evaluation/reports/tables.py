"""HTML made safely: a text becomes markup only here, escaped."""

from collections.abc import Iterable, Sequence
from html import escape

from partyqa.text.normalise import normalise

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --good: #2a7d46; --bad: #b3382c; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem; text-align: left; vertical-align: top; }
td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
caption { text-align: left; font-weight: 600; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; }
article { border-top: 1px solid var(--line); padding: 1rem 0; }
article h3 { margin: 0; } .small { opacity: .75; font-size: .9em; }
blockquote { margin: .5rem 0; padding-left: .8rem; border-left: 3px solid var(--line); }
svg { max-width: 100%; height: auto; background: #fff; color: #000; }
.good { color: var(--good); } .bad { color: var(--bad); }
@media (max-width: 45rem) { .two { grid-template-columns: 1fr; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class Html(str):
    """Markup, as opposed to text that has still to be escaped."""

    __slots__ = ()


def text(value: str) -> Html:
    """Return the markup that shows `value`, without characters that no page should get."""
    return Html(escape(normalise(value)))


def element(name: str, *content: str, css: str = "", link: str = "") -> Html:
    """Return an element; content that is not Html is escaped, `link` is the target of an a."""
    inside = "".join(part if isinstance(part, Html) else text(part) for part in content)
    attributes = (f' class="{escape(css)}"' if css else "") + (f' href="{escape(link)}"' if link else "")
    return Html(f"<{name}{attributes}>{inside}</{name}>")


def marked(sentence: str, start: int, end: int) -> Html:
    """Return a sentence with its code points `start` to `end` marked."""
    return Html(text(sentence[:start]) + element("mark", sentence[start:end]) + text(sentence[end:]))


def grid(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """Return a table; cells that are not Html are escaped."""
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *(element("th", cell) for cell in head))),
        element("tbody", *(element("tr", *(element("td", cell, css="n") for cell in row)) for row in rows)),
    )


def page(title: str, *content: Html) -> str:
    """Return a whole page that fetches nothing and runs nothing."""
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{element('title', title)}<style>{_STYLE}</style>"
    )
    body = "".join((element("h1", title), *content))
    return f'<!DOCTYPE html>\n<html lang="vi"><head>{head}</head>\n<body>{body}</body></html>\n'
