"""What the pages of the administration show."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from partyqa.corpus.readers import suffix_list
from partyqa.engine import PartyQA
from partyqa.errors import CorpusError, PartyQAError
from partyqa.i18n import Language, Texts, texts
from partyqa.service.answer_queue import Serving
from partyqa.service.library.files import Held, Pending
from partyqa.service.library.library import Library, Preview
from partyqa.service.library.rebuild import RebuildProgress
from partyqa.service.links import article_path, web_url
from partyqa.types import Article, Passage
from partyqa.web.templating import day_writer, language, render

PER_PAGE = 50
PASSAGES_PER_PAGE = 100
MOST_TITLES = 30
MOST_DROPPED = 500  # lines that no article holds
MOST_TEXT = 200_000  # characters of an article that the preview shows whole
SAID = frozenset("accepted discarded removed restored rolled_back rebuilding stopping mended".split())
MENDED = ("title", "source", "published", "author", "number")


class LibraryServices(Protocol):
    """What `request.app.state.services` holds for these routes."""

    library: Library
    serving: Serving


def services_of(request: Request) -> LibraryServices:
    """Return the services behind these routes."""
    services: LibraryServices = request.app.state.services
    return services


def administration(
    request: Request,
    status: int = 200,
    *,
    error: PartyQAError | None = None,
    wrong: tuple[str, dict[str, Any]] | None = None,
    refused: list[Any] | None = None,
    taken: int = 0,
) -> Response:
    """Show the administration; `error` or `wrong` says what could not be done, `refused` and `taken` of an upload."""
    library, lang = services_of(request).library, language(request)
    t, query = texts(lang), request.query_params
    troubles = [error.message(lang)] if error else []
    if wrong:
        troubles.append(t(wrong[0], **wrong[1]))
    try:
        generations = library.generations()
    except PartyQAError as damaged:
        generations = ()
        troubles.append(damaged.message(lang))
    words = " ".join(query.get("q", "").split())[:200]
    found, pending, staged = library.files(words), library.pending(), library.staged()
    pages = max(1, -(-len(found) // PER_PAGE))
    page = _page(query.get("page", ""), pages)
    limits = library.limits
    replaced = library.replaced_by(staged)
    return render(
        request,
        "corpus.html",
        status,
        **_writers(t),
        troubles=troubles,
        said=query.get("said") if query.get("said") in SAID else None,
        refused=[(entry.name, entry.error.message(lang)) for entry in refused or ()],
        taken=taken,
        answering=next((kept for kept in generations if kept.current), None),
        before=next((kept for kept in generations if kept.before), None),
        pending=pending,
        progress=progress_json(library.progress(), lang),
        suffixes=suffix_list(),
        limits=limits,
        staged=[(file, replaced.get(file.id)) for file in staged],
        words=words,
        found=len(found),
        rows=[
            _row(file, pending, services_of(request).serving.engine)
            for file in found[(page - 1) * PER_PAGE : page * PER_PAGE]
        ],
        page=page,
        pages=pages,
        removed=library.removed(),
    )


def preview_page(
    request: Request,
    preview: Preview,
    error: PartyQAError | None = None,
    fields: dict[str, str] | None = None,
) -> Response:
    """Show one article of a file that waits, and its passages; the query's `page` chooses which of very many.

    `error` says why the `fields` that were sent for it are refused.
    """
    t = texts(language(request))
    article, library = preview.article, services_of(request).library
    rows = _numbered(preview.passages)
    pages = max(1, -(-len(rows) // PASSAGES_PER_PAGE))
    page = _page(request.query_params.get("page", ""), pages)
    first = (page - 1) * PASSAGES_PER_PAGE
    return render(
        request,
        "corpus_preview.html",
        200 if error is None else 422,
        **_writers(t),
        trouble=error.message(t.lang) if error else "",
        fields=fields or (fields_of(article, t) if preview.of == 1 else None),
        mended=request.query_params.get("said") == "mended",
        staged=preview.staged,
        article=article,
        original=web_url(article.url),
        text=article.text[:MOST_TEXT],
        cut=len(article.text) > MOST_TEXT,
        dropped=preview.dropped[:MOST_DROPPED],
        dropped_count=len(preview.dropped),
        count=len(rows),
        passages=rows[first : first + PASSAGES_PER_PAGE],
        page=page,
        pages=pages,
        nth=preview.number,
        of=preview.of,
        replaced=library.replaced_by([preview.staged]).get(preview.staged.id),
    )


def fields_of(article: Article, t: Texts) -> dict[str, str]:
    """Return what the form for an article's fields shows."""
    day = day_writer(t)(article.published) if article.published else ""
    return {name: getattr(article, name) for name in MENDED} | {"published": day}


def removal_page(request: Request, file: Held) -> Response:
    """Ask whether a file shall go, with the titles that it answers under now."""
    engine = services_of(request).serving.engine
    ids = services_of(request).library.articles_in(file)
    titles = [article.title for article in engine.articles if article.id in ids]
    return render(
        request, "corpus_remove.html", file=file, titles=titles[:MOST_TITLES], more=len(titles[MOST_TITLES:])
    )


def return_page(request: Request) -> Response:
    """Ask whether the generation before shall answer; raises what `Library.before` raises."""
    library, t = services_of(request).library, texts(language(request))
    difference, generations = library.before(), library.generations()
    lists = [
        (t(f"corpus.roll_back_{name}"), sorted(titles)[:MOST_TITLES], len(titles[MOST_TITLES:]))
        for name in ("gone", "back", "changed")
        if (titles := getattr(difference, name))
    ]
    return render(
        request,
        "corpus_roll_back.html",
        **_writers(t),
        now=next(kept for kept in generations if kept.current),
        before=next(kept for kept in generations if kept.before),
        lists=lists,
    )


def progress_json(progress: RebuildProgress, lang: Language) -> dict[str, Any]:
    """Return how a rebuild stands, with its sentence."""
    return {
        **asdict(progress),
        "faults": [fault[lang == "en"] for fault in progress.faults],
        "running": progress.running,
        "percent": 100 * progress.done // progress.total if progress.total else 0,
        "text": _sentence(progress, lang),
    }


def _sentence(progress: RebuildProgress, lang: Language) -> str:
    t = texts(lang)
    number, moment = (_writers(t)[name] for name in ("number", "moment"))
    ended = moment(datetime.fromisoformat(progress.ended)) if progress.ended else ""
    match progress.state:
        case "none":
            return ""
        case "running" if not progress.total and not progress.files:
            return t("corpus.starting")
        case "running" if not progress.total:
            return t("corpus.reading", done=number(progress.read), total=number(progress.files))
        case "running":
            percent = 100 * progress.done // progress.total
            return t(
                "corpus.running", done=number(progress.done), total=number(progress.total), percent=percent
            )
        case "done" if progress.changed:
            counts = {name: number(getattr(progress, name)) for name in ("articles", "passages", "embedded")}
            return t("corpus.built", moment=ended, **counts)
        case "done":
            return t("corpus.up_to_date", moment=ended)
        case "failed":
            return t("corpus.failed", reason=progress.en if lang == "en" else progress.vi)
        case state:
            return t(f"corpus.{state}", moment=ended)


def _writers(t: Texts) -> dict[str, Any]:
    """Return how numbers, sizes and moments are written in a language."""
    day = day_writer(t)

    def number(value: int) -> str:
        grouped = f"{value:,}"
        return grouped if t.lang == "en" else grouped.replace(",", ".")

    def size(value: int) -> str:
        if value < 1_000_000:
            return f"{max(1, round(value / 1000))} KB" if value else "0 KB"
        millions = f"{value / 1_000_000:.1f}".removesuffix(".0")
        return f"{millions if t.lang == 'en' else millions.replace('.', ',')} MB"

    def moment(value: datetime) -> str:
        here = value.astimezone() if value.tzinfo else value.replace(tzinfo=UTC).astimezone()
        return f"{here:%H:%M} {day(here.date())}"

    return {"number": number, "size": size, "moment": moment}


def _row(file: Held, pending: Pending, engine: PartyQA) -> dict[str, Any]:
    """Return a line of the list of files: the file, its state, and the path of its article where it answers."""
    state = "added" if file.path in pending.added else "changed" if file.path in pending.changed else "in"
    answers = not file.has_many and _answers(engine, file.id)
    return {"file": file, "state": state, "path": article_path(file.id) if answers else None}


def _answers(engine: PartyQA, article_id: str) -> bool:
    try:
        engine.article(article_id)
    except CorpusError:
        return False
    return True


def _numbered(passages: tuple[Passage, ...]) -> list[dict[str, Any]]:
    """Return each passage with the numbers of its first and last sentence in the article, from 1."""
    spans = sorted({(s.start, s.end) for passage in passages for s in passage.sentences})
    places = {span: number for number, span in enumerate(spans, 1)}
    numbers = [[places[s.start, s.end] for s in passage.sentences] for passage in passages]
    return [
        {"nth": nth, "passage": passage, "first": own[0], "last": own[-1]}
        for nth, (passage, own) in enumerate(zip(passages, numbers, strict=True), 1)
    ]


def _page(asked: str, pages: int) -> int:
    """Return the page to show: the last where a higher one is requested, the first where none is."""
    return min(max(1, int(asked)), pages) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 1
