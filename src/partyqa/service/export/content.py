"""What an exported answer says, in words; export_markdown.py and export_docx.py write it out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from partyqa.answer.calibration import confidence_step
from partyqa.i18n import Texts
from partyqa.schema import refusal_of
from partyqa.service.links import address, web_url
from partyqa.text.normalise import one_line


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was answered: the answer's JSON (`PartyQA.to_json`), and when it was asked."""

    answer: Mapping[str, Any]
    asked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence to the letter with what locates it; `address` is absolute, `facts` are known."""

    marker: int
    quote: str
    highlight: tuple[int, int] | None
    title: str
    facts: tuple[str, ...]
    address: str
    url: str | None


@dataclass(frozen=True, slots=True)
class WordedExchange:
    """An exchange in words; `statement` is the refusal instead of an answer, or empty.

    `heading` stands before the quotes: of a refusal it says that these do not answer.
    """

    question: str
    understood: str
    facts: tuple[str, ...]
    statement: str
    heading: str
    quotes: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Exporter:
    """A form of file: its `name` is the file's suffix too, `words` the key of what people call it.

    `write(exchanges, base_url, t, title=...)` returns the file; text is written in UTF-8.
    """

    name: str
    media_type: str
    words: str
    write: Callable[..., str | bytes]


def worded(exchange: Exchange, base_url: str, t: Texts) -> WordedExchange:
    """Return an exchange in the words of a language; `base_url` is the service's root, without a slash."""
    answer = exchange.answer
    shown = answer["citations"] or answer["related"]
    question, standalone = one_line(answer["question"]), one_line(answer["standalone_question"])
    return WordedExchange(
        question=question,
        understood=t("export.understood", question=standalone) if standalone != question else "",
        facts=tuple(_facts(exchange, t)),
        statement=_statement(answer, t),
        heading=t("export.answer" if answer["answered"] else "export.related") if shown else "",
        quotes=tuple(quoted(citation, base_url, t) for citation in shown),
    )


def quoted(citation: Mapping[str, Any], base_url: str, t: Texts) -> Quoted:
    """Return a citation's JSON as what is written of it."""
    published = citation["published"]
    known = [citation["source"], _day(date.fromisoformat(published), t) if published else ""]
    highlight = citation["highlight"]
    return Quoted(
        marker=citation["marker"],
        quote=citation["quote"],
        highlight=(highlight[0], highlight[1]) if highlight else None,
        title=one_line(citation["title"]) or citation["article_id"],
        facts=tuple(one_line(fact) for fact in known if fact),
        address=base_url.rstrip("/") + address_of(citation),
        url=web_url(citation["url"]),
    )


def address_of(citation: Mapping[str, Any]) -> str:
    """Return the address of a citation's JSON, under the service's root."""
    return address(citation["article_id"], citation["start"], citation["end"], citation["quote"])


def heading_of(exchanges: Sequence[Exchange], title: str, t: Texts) -> str:
    """Return what stands at the top: the conversation's name, or that it is one, or nothing for one answer."""
    return one_line(title) or (t("export.conversation") if len(exchanges) > 1 else "")


def _facts(exchange: Exchange, t: Texts) -> list[str]:
    answer = exchange.answer
    facts = [t("export.asked", time=_time(exchange.asked, t))] if exchange.asked else []
    if answer["answered"]:
        facts.append(t(f"export.confidence_{confidence_step(answer['confidence'])}"))
    return [*facts, t("export.generation", generation=answer["index"]["generation"])]


def _statement(answer: Mapping[str, Any], t: Texts) -> str:
    """Return why there is no answer: in Vietnamese as it was given, in another language by its reason."""
    refusal = refusal_of(answer)
    if refusal is None:
        return ""
    return str(answer["text"]) if t.lang == "vi" else refusal.text(t.lang)


def _day(value: date, t: Texts) -> str:
    return t("export.date", day=f"{value.day:02}", month=f"{value.month:02}", year=f"{value.year:04}")


def _time(value: datetime, t: Texts) -> str:
    here = value.astimezone()  # the clock of the place where the service runs
    return t("export.time", hour=f"{here.hour:02}", minute=f"{here.minute:02}", date=_day(here.date(), t))
