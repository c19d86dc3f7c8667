"""HTML of the conversation and of the sources; every text is escaped here and nowhere else.

Fragments are `markupsafe.Markup`: what is not Markup is escaped when it is put in, so that a forgotten escape
shows as visible tags and never as markup. No text of an article or a person reaches an attribute but `href`
(after `web_url`) and `aria-label`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from partyqa.text import normalise
from partyqa.types import Answer, Article, Citation
from partyqa.web import texts


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation with its answer; `number` counts from 1 and is part of the ids in the page."""

    number: int
    answer: Answer

    @property
    def rewritten(self) -> bool:
        """True when the question was understood otherwise than it was typed."""
        return self.answer.standalone_question != " ".join(normalise(self.answer.question).split())

    @property
    def shown(self) -> tuple[Citation, ...]:
        """The sentences that this turn shows: its citations, or for a refusal the related ones."""
        return self.answer.citations or self.answer.related


def web_url(url: str | None) -> str | None:
    """Return the address if a link may lead there (http or https, with a host), else None."""
    if not url or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def highlighted(text: str, citations: Sequence[Citation], turn: int) -> Markup:
    """Return an article's text with its cited spans in <mark>, each line a <p>.

    Without its tags the result is `text` to the letter: every piece is sliced at cut points, none is rebuilt.
    `citations` are of this article; of two that overlap, the first given keeps the shared letters.
    """
    lines = [0, *(place + 1 for place, letter in enumerate(text) if letter == "\n"), len(text)]
    return Markup("").join(
        Markup("<p{}>{}</p>").format(
            Markup("") if text[start:end].strip() else Markup(' class="pq-gap"'),
            _line(text, start, end, citations, turn),
        )
        for start, end in pairwise(lines)
        if start < end
    )


def _line(text: str, start: int, end: int, citations: Sequence[Citation], turn: int) -> Markup:
    """Return one line of the text, from `start` to `end`, with its marks."""
    cuts = {start, end}
    for citation in citations:
        bounds = (citation.sentence.start, citation.sentence.end, *(_highlight(citation) or ()))
        cuts.update(bound for bound in bounds if start < bound < end)
    pieces = list(pairwise(sorted(cuts)))
    owned = groupby(pieces, key=lambda piece: _owner(piece[0], citations))
    return Markup("").join(_run(text, list(run), owner, turn) for owner, run in owned)


def _run(text: str, pieces: Sequence[tuple[int, int]], owner: Citation | None, turn: int) -> Markup:
    """Return neighbouring pieces that belong to one citation, or to none."""
    if owner is None:
        return Markup("").join(escape_text(text[start:end]) for start, end in pieces)
    answering = _highlight(owner) or (0, 0)
    inner = Markup("").join(
        Markup("<strong>{}</strong>").format(escape_text(text[start:end]))
        if answering[0] <= start < answering[1]
        else escape_text(text[start:end])
        for start, end in pieces
    )
    if pieces[0][0] != owner.sentence.start:  # the sentence goes on: its id and its number stand at its start
        return Markup("<mark>{}</mark>").format(inner)
    return Markup(
        '<mark id="m{turn}-{n}">'
        '<a class="pq-back" href="#c{turn}-{n}" data-turn="{turn}" data-marker="{n}" aria-label="{label}"></a>'
        "{inner}</mark>"
    ).format(turn=turn, n=owner.marker, label=texts.back_to_answer(owner.marker), inner=inner)


def _owner(place: int, citations: Sequence[Citation]) -> Citation | None:
    """Return the first citation whose sentence holds the letter at `place`."""
    return next((c for c in citations if c.sentence.start <= place < c.sentence.end), None)


def _highlight(citation: Citation) -> tuple[int, int] | None:
    """Return the answering words as a span of the article instead of the quote."""
    if citation.highlight is None:
        return None
    start, end = citation.highlight
    return citation.sentence.start + start, citation.sentence.start + end


def escape_text(text: str) -> Markup:
    """Escape text so that an HTML parser gives it back to the letter (a bare carriage return would be lost)."""
    return escape(text).replace("\r", Markup("&#13;"))


def conversation(turns: Sequence[Turn], pending: str | None = None, note: str | None = None) -> Markup:
    """Return the left column: the turns, then a question under way, then a note (an error's sentence)."""
    parts = [_turn(turn) for turn in turns]
    if not turns and pending is None and note is None:
        parts.append(_welcome())
    if pending is not None:
        parts.append(_pending(pending))
    if note is not None:
        parts.append(Markup('<p class="pq-note" role="alert">{}</p>').format(note))
    return Markup('<div class="pq-log" role="log" aria-live="polite" aria-label="{}">{}</div>').format(
        texts.LOG_LABEL, Markup("").join(parts)
    )


def _welcome() -> Markup:
    buttons = Markup("").join(
        Markup('<li><button type="button" class="pq-example" data-example="{}">{}</button></li>').format(
            n, question
        )
        for n, question in enumerate(texts.EXAMPLES)
    )
    return Markup('<section class="pq-welcome"><h2>{}</h2><p>{}</p><ul>{}</ul></section>').format(
        texts.WELCOME, texts.EXAMPLES_LABEL, buttons
    )


def _pending(question: str) -> Markup:
    return Markup('<article class="pq-turn">{}<p class="pq-busy" role="status">{}</p></article>').format(
        _question(question), texts.BUSY
    )


def _question(question: str) -> Markup:
    return Markup('<h2 class="pq-question"><span class="pq-unseen">{} </span>{}</h2>').format(
        texts.YOU_ASKED, question
    )


def _turn(turn: Turn) -> Markup:
    """Return a question with its answer or its refusal."""
    answer = turn.answer
    understood = Markup("")
    if turn.rewritten:
        understood = Markup(
            '<p class="pq-understood">{} <span class="pq-understood-text">{}</span> '
            '<button type="button" class="pq-edit" data-turn="{}" aria-label="{}">{}</button></p>'
        ).format(
            texts.UNDERSTOOD_AS,
            answer.standalone_question,
            turn.number,
            texts.edit_question(answer.standalone_question),
            texts.EDIT,
        )
    body = _answer(turn) if answer.answered else _refusal(turn)
    return Markup('<article class="pq-turn" id="t{}">{}{}{}</article>').format(
        turn.number, _question(answer.question), understood, body
    )


def _answer(turn: Turn) -> Markup:
    return Markup('<div class="pq-answer">{}<p class="pq-confidence">{}</p></div>').format(
        _quotes(turn), texts.confidence_words(turn.answer.confidence)
    )


def _refusal(turn: Turn) -> Markup:
    related = Markup("")
    if turn.answer.related:
        related = Markup('<section class="pq-related"><h3>{}</h3>{}</section>').format(
            texts.RELATED_HEADING, _quotes(turn)
        )
    return Markup('<div class="pq-refusal"><p class="pq-refusal-text">{}</p>{}</div>').format(
        turn.answer.text, related
    )


def _quotes(turn: Turn) -> Markup:
    return Markup("").join(_quote(citation, turn.number) for citation in turn.shown)


def _quote(citation: Citation, turn: int) -> Markup:
    """Return a sentence as a quotation with its number, and its article beneath."""
    quote = citation.sentence.text
    start, end = citation.highlight or (0, 0)
    words = Markup("<strong>{}</strong>").format(escape_text(quote[start:end])) if start < end else Markup("")
    return Markup(
        '<figure class="pq-quote"><blockquote>«<span class="pq-quote-text">{before}{words}{after}</span>»&nbsp;'
        '<a class="pq-cite" id="c{turn}-{n}" href="#m{turn}-{n}" data-turn="{turn}" data-marker="{n}"'
        ' aria-label="{label}">[{n}]</a></blockquote><figcaption>{caption}</figcaption></figure>'
    ).format(
        before=escape_text(quote[:start]),
        words=words,
        after=escape_text(quote[end:]),
        turn=turn,
        n=citation.marker,
        label=texts.show_quote(citation.marker),
        caption=_caption(citation.sentence.article),
    )


def _caption(article: Article) -> Markup:
    """Return `title · newspaper · date`, leaving out what is not known."""
    title = Markup('<cite class="pq-title">{}</cite>').format(_title(article))
    return Markup(" · ").join([title, *_facts(article)])


def _title(article: Article) -> str:
    return article.title or article.id


def _facts(article: Article) -> list[Markup]:
    """Return newspaper and date, as far as they are known, each isolated from its neighbours' direction."""
    known = [article.source, texts.day(article.published) if article.published else ""]
    return [Markup("<bdi>{}</bdi>").format(fact) for fact in known if fact]


def sources(turn: Turn | None) -> Markup:
    """Return the right column: the articles that a turn shows, in the order of their first citation."""
    if turn is None or not turn.shown:
        body = Markup('<p class="pq-hint">{}</p>').format(texts.SOURCES_EMPTY)
        heading, kind, number = texts.SOURCES_HEADING, "empty", 0
    else:
        by_article: dict[str, list[Citation]] = {}
        for citation in turn.shown:
            by_article.setdefault(citation.sentence.article.id, []).append(citation)
        body = Markup("").join(_card(cited, turn.number) for cited in by_article.values())
        answered, number = turn.answer.answered, turn.number
        heading = texts.SOURCES_HEADING if answered else texts.RELATED_SOURCES_HEADING
        kind = "cited" if answered else "related"
    return Markup(
        '<section class="pq-sources pq-sources-{}" data-turn="{}" aria-label="{}"><h2>{}</h2>{}</section>'
    ).format(kind, number, texts.SOURCES_LABEL, heading, body)


def _card(citations: Sequence[Citation], turn: int) -> Markup:
    """Return one article: its head, then its full text with the cited sentences marked."""
    article = citations[0].sentence.article
    facts = _facts(article) + ([Markup("<bdi>{}</bdi>").format(article.author)] if article.author else [])
    facts_line = (
        Markup('<p class="pq-facts">{}</p>').format(Markup(" · ").join(facts)) if facts else Markup("")
    )
    return Markup(
        '<article class="pq-card"><header><h3 class="pq-title">{title}</h3>{facts}{link}</header>'
        '<div class="pq-text" tabindex="0" role="region" aria-label="{label}">{text}</div></article>'
    ).format(
        title=_title(article),
        facts=facts_line,
        link=_original(article),
        label=texts.full_text_of(_title(article)),
        text=highlighted(article.text, citations, turn),
    )


def _original(article: Article) -> Markup:
    url = web_url(article.url)
    if url is None:
        return Markup("")
    return Markup(
        '<p class="pq-original"><a href="{}" target="_blank" rel="noopener noreferrer">{}</a></p>'
    ).format(url, texts.ORIGINAL_LINK)


def header(article_count: int) -> Markup:
    """Return the page's head: what this is, and how many articles it holds.

    Its data are the sentences that page.js puts in place of Gradio's English notices.
    """
    return Markup(
        '<div class="pq-brand" data-notice="{}" data-lost="{}" data-busy="{}"><h1>{}</h1><p>{} {}</p></div>'
    ).format(
        texts.TOAST_TITLE,
        texts.CONNECTION_LOST,
        texts.TOO_MANY,
        texts.HEADING,
        texts.TAGLINE,
        texts.articles_held(article_count),
    )
