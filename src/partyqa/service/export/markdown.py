"""Answers as Markdown (CommonMark): what a question, a title or a quote holds stays text, to the letter.

A quote is the first paragraph of a block quote and nothing else is in it; the paragraph after it links to the
sentence's address. A CommonMark parser gives the quote back as that paragraph's text (cited.py relies on it).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from partyqa.i18n import Texts
from partyqa.service.export.content import (
    Exchange,
    Exporter,
    Quoted,
    WordedExchange,
    closing,
    heading_of,
    worded,
)

SIGNATURE = "<!-- partyqa 1 -->"
_ALWAYS = frozenset("\\`*_{}[]<>&#|~$^")
_BY_PLACE = re.compile(
    r"""\A[-+=:]  # a list, a rule, the line under a heading
      | \A\d{1,9}[.)](?=\s|\Z)  # a numbered list
      | :(?=//) | www\.  # what GitHub makes a link of
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What begins something by where it stands: the last letter of a match is the sign to take its meaning from."""


def as_markdown(exchanges: Sequence[Exchange], base_url: str, t: Texts, *, title: str = "") -> str:
    """Return answers, oldest first, as a Markdown document.

    `base_url` is the service's root without a slash, `title` the conversation's name.
    """
    heading = heading_of(exchanges, title, t)
    blocks = [SIGNATURE]
    if heading:
        blocks.append(f"# {escaped(heading)}")
    for exchange in exchanges:
        blocks += _blocks(worded(exchange, base_url, t), "##" if heading else "#", t)
    blocks += ["---", escaped(closing(exchanges, t))]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """Return Markdown, on one line, that a reader shows as `text`, to the letter.

    White space that a reader would drop, and line ends, become character references. What Markdown cannot
    hold becomes U+FFFD: control characters and halves of characters, which no article of an index has.
    """
    signs = {match.end() - 1 for match in _BY_PLACE.finditer(text)}
    last = len(text) - 1
    return "".join(
        f"\\{letter}" if at in signs else _letter(letter, at in (0, last)) for at, letter in enumerate(text)
    )


def _letter(letter: str, at_the_edge: bool) -> str:
    if letter in _ALWAYS:
        return f"\\{letter}"
    if letter == " " and not at_the_edge:
        return letter
    category = unicodedata.category(letter)
    if category == "Cs":
        return "\ufffd"
    return f"&#{ord(letter)};" if category in ("Cc", "Cf", "Zl", "Zp", "Zs") else letter


def _blocks(exchange: WordedExchange, level: str, t: Texts) -> Iterator[str]:
    """Yield the blocks of one exchange."""
    yield f"{level} {escaped(exchange.question)}"
    if exchange.understood:
        yield escaped(exchange.understood)
    yield escaped(" · ".join(exchange.facts))
    if exchange.statement:
        yield f"**{escaped(exchange.statement)}**"
    if exchange.heading:
        yield f"{level}# {escaped(exchange.heading)}"
    for quoted in exchange.quotes:
        yield f"> {escaped(quoted.quote)}\n>\n> {_source(quoted, t)}"


def _source(quoted: Quoted, t: Texts) -> str:
    parts = [_link(quoted.title, quoted.address), *map(escaped, quoted.facts)]
    if quoted.url:
        parts.append(_link(t("export.original"), quoted.url))
    return f"\\[{quoted.marker}\\] " + " · ".join(parts)


def _link(text: str, url: str) -> str:
    """Return a link; an address in angle brackets may hold anything but line ends, escaped."""
    target = re.sub(r"([\\<>&`*_|])", r"\\\1", url)
    return f"[{escaped(text)}](<{target}>)"


MARKDOWN = Exporter("md", "text/markdown; charset=utf-8", "chat.as_markdown", as_markdown)
