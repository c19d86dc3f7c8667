"""HTML around the conversation: the quoted articles, the page's head, the filters, the conversations kept."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from partyqa.service.auth.person import Person, Role
from partyqa.service.filters import Facets, Filters
from partyqa.service.links import article_path, web_url
from partyqa.types import Article, Citation
from partyqa.web.chat.answer_html import Frame, facts_of, title_of
from partyqa.web.chat.article_html import highlighted
from partyqa.web.chat.turn import Turn
from partyqa.web.templating import day_writer

Kept = tuple[str, str, datetime]
"""A conversation kept: its id, its title, when it was last changed."""


def sources(frame: Frame, turn: Turn | None) -> Markup:
    """Return the right column: the articles that a turn shows, in the order of their first citation."""
    t = frame.t
    if turn is None or not turn.sources:
        body = Markup('<p class="pq-hint">{}</p>').format(t("chat.sources_empty"))
        heading, kind, number = t("chat.sources_heading"), "empty", turn.number if turn else 0
    else:
        by_article: dict[str, list[Citation]] = {}
        for citation in turn.sources:
            by_article.setdefault(citation.sentence.article.id, []).append(citation)
        body = Markup("").join(_card(frame, cited, turn.number) for cited in by_article.values())
        answered, number = turn.answer.answered, turn.number
        heading = t("chat.sources_heading" if answered else "chat.related_sources_heading")
        kind = "cited" if answered else "related"
    return Markup(
        '<section class="pq-sources pq-sources-{}" data-turn="{}" aria-label="{}"><h2>{}</h2>{}</section>'
    ).format(kind, number, t("chat.sources_label"), heading, body)


def _card(frame: Frame, citations: Sequence[Citation], turn: int) -> Markup:
    """Return one article: its head, then its full text with the cited sentences marked."""
    article, t = citations[0].sentence.article, frame.t
    facts = facts_of(t, article)
    facts += [Markup("<bdi>{}</bdi>").format(article.author)] if article.author else []
    facts_line = (
        Markup('<p class="pq-facts">{}</p>').format(Markup(" · ").join(facts)) if facts else Markup("")
    )
    return Markup(
        '<article class="pq-card"><header><h3 class="pq-title" lang="vi">{title}</h3>{facts}{links}</header>'
        '<div class="pq-text" tabindex="0" role="region" aria-label="{label}" lang="vi">{text}</div></article>'
    ).format(
        title=title_of(article),
        facts=facts_line,
        links=_links(frame, article),
        label=t("chat.full_text", title=title_of(article)),
        text=highlighted(article.text, citations, turn, t),
    )


def _links(frame: Frame, article: Article) -> Markup:
    own = Markup('<a href="{}">{}</a>').format(
        frame.root + article_path(article.id), frame.t("chat.own_page")
    )
    url = web_url(article.url)
    original = (
        Markup(' · <a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
            url, frame.t("chat.original_link")
        )
        if url
        else Markup("")
    )
    return Markup('<p class="pq-original">{}{}</p>').format(own, original)


def header(frame: Frame, article_count: int, person: Person | None = None) -> Markup:
    """Return the page's head: what this is, how many articles it holds, and the ways to everything else.

    Its data are the sentences that page.js puts in place of Gradio's English notices.
    """
    t, root = frame.t, frame.root
    other = "/en/" if t.lang == "vi" else "/"
    out = Markup("")
    if person is not None and person.name:
        out = Markup(
            '<form method="post" action="{}/logout"><button type="submit" class="pq-tool">{} ({})</button></form>'
        ).format(root, t("chat.sign_out"), person.name)
    administration = Markup("")
    if person is not None and person.role >= Role.ADMINISTRATOR:
        administration = Markup('<a class="pq-tool" href="{}/corpus?lang={}">{}</a>').format(
            root, t.lang, t("chat.administration")
        )
    return Markup(
        '<div class="pq-brand" data-notice="{}" data-lost="{}" data-busy="{}" data-step="{}" data-asked="{}">'
        "<h1>{}</h1><p>{} {}</p></div>"
        '<nav class="pq-nav" aria-label="{tools}"><button type="button" class="pq-tool" id="pq-history-open"'
        ' aria-expanded="false" aria-controls="pq-side">{history}</button>'
        '<a class="pq-tool" href="{root}/articles?lang={lang}">{library}</a>{administration}'
        '<a class="pq-tool" id="pq-lang" href="{root}{other}" hreflang="{other_lang}" lang="{other_lang}">'
        "{other_name}</a>"
        '<button type="button" class="pq-tool" id="pq-theme">{theme}</button>{out}</nav>'
    ).format(
        t("chat.toast_title"),
        t("chat.connection_lost"),
        t("chat.too_many"),
        t("chat.step_understand"),
        t("chat.you_asked"),
        t("chat.heading"),
        t("chat.tagline"),
        t("chat.articles_held", count=article_count),
        tools=t("chat.tools_label"),
        history=t("chat.history"),
        root=root,
        lang=t.lang,
        library=t("chat.library"),
        administration=administration,
        other=other,
        other_lang="en" if t.lang == "vi" else "vi",
        other_name=t("chat.other_language"),
        theme=t("chat.theme"),
        out=out,
    )


def filter_form(frame: Frame, offered: Facets, chosen: Filters, fitting: int, count: int) -> Markup:
    """Return the fold in which articles are chosen by place, newspaper and year."""
    t = frame.t
    words = ", ".join([*chosen.places, *chosen.sources, *map(str, chosen.years)])
    fields = (
        ("place", "chat.places", offered.places, chosen.places),
        ("source", "chat.newspapers", offered.sources, chosen.sources),
        ("year", "chat.years", offered.years, chosen.years),
    )
    sets = Markup("").join(
        Markup("<fieldset><legend>{}</legend>{}</fieldset>").format(
            t(legend), _boxes(name, values, picked) or t("chat.no_values")
        )
        for name, legend, values, picked in fields
    )
    state = (
        Markup("<strong>{}</strong> ({})").format(
            t("chat.filters_chosen", words=words), t("chat.filters_count", chosen=fitting, count=count)
        )
        if chosen
        else t("chat.filters")
    )
    none = (
        Markup('<button type="button" class="pq-tool pq-unfilter">{}</button>').format(t("chat.no_filters"))
        if chosen
        else Markup("")
    )
    return Markup(
        '<details class="pq-filter"><summary>{}</summary><form class="pq-filter-form">{}{}</form></details>'
    ).format(state, sets, none)


def _boxes(name: str, values: Sequence[tuple[str | int, int]], picked: Sequence[str | int]) -> Markup:
    offered = [*values, *((value, 0) for value in picked if value not in dict(values))]
    return Markup("").join(
        Markup(
            '<label class="pq-box"><input type="checkbox" name="{}" value="{}"{}> {} <span>({})</span></label>'
        ).format(name, value, Markup(" checked") if value in picked else Markup(""), value, number)
        for value, number in offered
    )


def history(frame: Frame, kept: Sequence[Kept], query: str, current: str) -> Markup:
    """Return the drawer of the conversations kept; `current` is the id of the one that is open."""
    t = frame.t
    items = Markup("").join(_kept(frame, one, current) for one in kept)
    none = t("chat.nothing_found" if query else "chat.no_history")
    listed = (
        Markup('<ul class="pq-kept">{}</ul>').format(items)
        if kept
        else Markup('<p class="pq-hint">{}</p>').format(none)
    )
    everything = (
        Markup(
            '<p><button type="button" class="pq-tool pq-delete-all" data-sure="{}">{}</button></p>'
        ).format(t("chat.sure"), t("chat.delete_all"))
        if kept and not query
        else Markup("")
    )
    return Markup(
        '<section class="pq-history" aria-label="{label}"><div class="pq-history-head"><h2>{label}</h2>'
        '<button type="button" class="pq-tool" id="pq-history-close">{close}</button></div>'
        '<form class="pq-history-search" role="search"><label><span class="pq-unseen">{search_label}</span>'
        '<input type="search" name="query" value="{query}" placeholder="{search_label}" maxlength="200"></label>'
        '<button type="submit" class="pq-tool">{search}</button></form>{listed}{everything}</section>'
    ).format(
        label=t("chat.history"),
        close=t("chat.close"),
        search_label=t("chat.search_history"),
        query=query,
        search=t("chat.search"),
        listed=listed,
        everything=everything,
    )


def _kept(frame: Frame, one: Kept, current: str) -> Markup:
    t, (key, title, changed) = frame.t, one
    return Markup(
        '<li{here}><button type="button" class="pq-open" data-key="{key}" aria-label="{open}">'
        '<span lang="vi">{title}</span><time datetime="{iso}">{day}</time></button><span class="pq-kept-tools">'
        '<button type="button" class="pq-tool pq-rename" aria-label="{rename_label}">{rename}</button>'
        '<button type="button" class="pq-tool pq-delete" data-key="{key}" data-sure="{sure}"'
        ' aria-label="{delete_label}">{delete}</button></span><form class="pq-rename-form" data-key="{key}" hidden>'
        '<label><span class="pq-unseen">{new}</span><input type="text" name="title" value="{title}"'
        ' maxlength="200"></label><button type="submit" class="pq-tool">{save}</button></form></li>'
    ).format(
        here=Markup(' class="pq-here"') if key == current else Markup(""),
        key=key,
        open=t("chat.open_conversation", title=title),
        title=title,
        iso=changed.isoformat(),
        day=day_writer(t)(changed),
        rename_label=t("chat.rename_label", title=title),
        rename=t("chat.rename"),
        sure=t("chat.sure"),
        delete_label=t("chat.delete_label", title=title),
        delete=t("chat.delete"),
        new=t("chat.new_title"),
        save=t("chat.save"),
    )
