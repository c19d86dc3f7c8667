"""What an exported answer says, in words; export_markdown.py and export_docx.py write it out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from partyqa.answer.calibration import confidence_step
from partyqa.i18n import Texts
from partyqa.schema import refusal_of
from partyqa.service.citing import place_in
from partyqa.service.links import address, web_url
from partyqa.text.normalise import one_line


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was answered: the answer's JSON (`PartyQA.to_json`), and when it was asked."""

    answer: Mapping[str, Any]
    asked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence with what locates it; `address` is absolute, `facts` are what is known of it, its place among them."""

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
    shown = shown_of(exchange)
    question, standalone = one_line(answer["question"]), one_line(answer["standalone_question"])
    return WordedExchange(
        question=question,
        understood=t("export.understood", question=standalone) if standalone != question else "",
        facts=tuple(_facts(exchange, t)),
        statement=_statement(answer, t),
        heading=_heading(exchange, t) if shown else "",
        quotes=tuple(quoted(citation, base_url, t) for citation in shown),
    )


def shown_of(exchange: Exchange) -> Sequence[Mapping[str, Any]]:
    """Return the JSON of the sentences that stand under the question: the citations, or what is near."""
    shown: Sequence[Mapping[str, Any]] = exchange.answer["citations"] or exchange.answer["related"]
    return shown


def closing(exchanges: Sequence[Exchange], t: Texts) -> str:
    """Return how to check the quotes; letters that were read off an image are not said to be those of the paper."""
    shown = (citation for exchange in exchanges for citation in shown_of(exchange))
    return t("export.verify_recognised" if any(map(_off_image, shown)) else "export.verify")


def quoted(citation: Mapping[str, Any], base_url: str, t: Texts) -> Quoted:
    """Return a citation's JSON as what is written of it."""
    published = citation["published"]
    day = _day(date.fromisoformat(published), t) if published else ""
    known = [citation["source"], day, *place_in(citation, t)]
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


def _heading(exchange: Exchange, t: Texts) -> str:
    if not exchange.answer["answered"]:
        return t("export.related")
    return t("export.answer_recognised" if any(map(_off_image, shown_of(exchange))) else "export.answer")


def _off_image(citation: Mapping[str, Any]) -> bool:
    return citation.get("recognised") is not None


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
