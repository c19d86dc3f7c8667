"""HTML of the conversation; every text is escaped here, in marked.py and in panels.py, and nowhere else.

Fragments are `markupsafe.Markup`: what is not Markup is escaped when it is put in, so that a forgotten escape
shows as visible tags and never as markup. No text of an article or a person reaches an attribute but `href`
(after `web_url`), `value` and `aria-label`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from partyqa.answer.progress import Step
from partyqa.i18n import Texts
from partyqa.question.smalltalk import in_english
from partyqa.service.export.content import confidence_step
from partyqa.service.links import address
from partyqa.types import Article, Citation, Grounds
from partyqa.web.chat.article_html import escape_text
from partyqa.web.chat.turn import Turn
from partyqa.web.templating import day_writer

EXAMPLES = (
    "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?",
    "Ai là Bí thư Huyện ủy Mường Ảng?",
    "Thị trấn Mường Lát có bao nhiêu chi bộ?",
    "Đảng bộ huyện Mường Nhé có bao nhiêu đảng viên?",
)
VERDICTS = ("right", "wrong", "incomplete")
FORMATS = ("md", "docx", "json")
_FORMAT_NAMES = {"md": "chat.as_markdown", "docx": "chat.as_docx", "json": "chat.as_json"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the fragments of a page share: its texts, and what stands before its paths behind a proxy."""

    t: Texts
    root: str = ""


def conversation(
    frame: Frame,
    turns: Sequence[Turn],
    pending: tuple[str, Step] | None = None,
    note: str | None = None,
    key: str = "",
) -> Markup:
    """Return the left column: the turns, then a question under way, then a note (an error's sentence).

    `key` is the conversation's id in the history, "" while it has none.
    """
    t = frame.t
    parts = [_turn(frame, turn, key) for turn in turns]
    if not turns and pending is None and note is None:
        parts.append(_welcome(t))
    if pending is not None:
        parts.append(_pending(t, *pending))
    if note is not None:
        parts.append(Markup('<p class="pq-note" role="alert">{}</p>').format(note))
    if key and turns:
        links = _downloads(frame, key, None)
        parts.append(
            Markup('<p class="pq-take-all"><span>{}:</span> {}</p>').format(
                t("chat.take_conversation"), links
            )
        )
    return Markup(
        '<div class="pq-log" role="log" aria-live="polite" aria-label="{}" data-conversation="{}">{}</div>'
    ).format(t("chat.log_label"), key, Markup("").join(parts))


def _welcome(t: Texts) -> Markup:
    buttons = Markup("").join(
        Markup(
            '<li><button type="button" class="pq-example" data-example="{}" lang="vi">{}</button></li>'
        ).format(n, question)
        for n, question in enumerate(EXAMPLES)
    )
    return Markup('<section class="pq-welcome"><h2>{}</h2><p>{}</p><ul>{}</ul></section>').format(
        t("chat.welcome"), t("chat.examples_label"), buttons
    )


def _pending(t: Texts, question: str, step: Step) -> Markup:
    return Markup('<article class="pq-turn">{}<p class="pq-busy" role="status">{}</p></article>').format(
        _question(t, question), t(f"chat.step_{step}")
    )


def _question(t: Texts, question: str) -> Markup:
    return Markup(
        '<h2 class="pq-question"><span class="pq-unseen">{} </span><span lang="vi">{}</span></h2>'
    ).format(t("chat.you_asked"), question)


def _turn(frame: Frame, turn: Turn, key: str) -> Markup:
    """Return a question with its answer or its refusal."""
    answer, t = turn.answer, frame.t
    understood = Markup("")
    if turn.rewritten:
        understood = Markup(
            '<p class="pq-understood">{} <span class="pq-understood-text" lang="vi">{}</span> '
            '<button type="button" class="pq-edit" data-turn="{}" aria-label="{}">{}</button></p>'
        ).format(
            t("chat.understood_as"),
            answer.standalone_question,
            turn.number,
            t("chat.edit_label", question=answer.standalone_question),
            t("chat.edit"),
        )
    body = _answer(frame, turn) if answer.answered else _refusal(frame, turn)
    return Markup('<article class="pq-turn" id="t{}">{}{}{}{}</article>').format(
        turn.number, _question(t, answer.question), understood, body, _tools(frame, turn, key)
    )


def _answer(frame: Frame, turn: Turn) -> Markup:
    return Markup('<div class="pq-answer">{}<p class="pq-confidence">{}</p></div>').format(
        _quotes(frame, turn), confidence_words(frame.t, turn.answer.confidence)
    )


def _refusal(frame: Frame, turn: Turn) -> Markup:
    t, said = frame.t, turn.answer.text
    related = Markup("")
    if turn.answer.related:
        related = Markup('<section class="pq-related"><h3>{}</h3>{}</section>').format(
            t("chat.related_heading"), _quotes(frame, turn)
        )
    word = (in_english(said) or said) if t.lang == "en" else said
    return Markup('<div class="pq-refusal"><p class="pq-refusal-text">{}</p>{}</div>').format(word, related)


def _quotes(frame: Frame, turn: Turn) -> Markup:
    grounds = dict(zip((citation.marker for citation in turn.shown), turn.answer.grounds, strict=False))
    return Markup("").join(
        _quote(frame, turn, citation, grounds.get(citation.marker)) for citation in turn.shown
    )


def _quote(frame: Frame, turn: Turn, citation: Citation, grounds: Grounds | None) -> Markup:
    """Return a sentence as a quotation with its number, its article beneath, and why it was chosen."""
    t, text = frame.t, citation.sentence.text
    start, end = citation.highlight or (0, 0)
    words = Markup("<strong>{}</strong>").format(escape_text(text[start:end])) if start < end else Markup("")
    changed = citation.marker in turn.changed
    marker = _marker(t, turn.number, citation.marker, linked=not changed)
    note = Markup('<p class="pq-changed">{}</p>').format(t("chat.changed_source")) if changed else Markup("")
    return Markup(
        '<figure class="pq-quote"><blockquote lang="vi">«<span class="pq-quote-text">{before}{words}{after}</span>»'
        "&nbsp;{marker}</blockquote><figcaption>{caption}</figcaption>{note}{why}</figure>"
    ).format(
        before=escape_text(text[:start]),
        words=words,
        after=escape_text(text[end:]),
        marker=marker,
        caption=_caption(frame, citation, linked=not changed),
        note=note,
        why=_why(t, turn, grounds) if grounds else Markup(""),
    )


def _marker(t: Texts, turn: int, marker: int, *, linked: bool) -> Markup:
    """Return the [n] after a quote, a link to its mark in the article."""
    if not linked:
        return Markup('<span class="pq-cite-gone">[{}]</span>').format(marker)
    return Markup(
        '<a class="pq-cite" id="c{turn}-{n}" href="#m{turn}-{n}" data-turn="{turn}" data-marker="{n}"'
        ' aria-label="{label}">[{n}]</a>'
    ).format(turn=turn, n=marker, label=t("chat.show_quote", marker=marker))


def _why(t: Texts, turn: Turn, grounds: Grounds) -> Markup:
    """Return the fold that says what was matched, in the question's own words."""
    named = (("said", grounds.said), ("around", grounds.around), ("lacking", grounds.lacking))
    lines = [t(f"chat.why_{name}", words=", ".join(words)) for name, words in named if words]
    if grounds.names:
        lines.append(t("chat.why_names", words=", ".join(grounds.names)))
    if grounds.years:
        lines.append(t("chat.why_years", words=", ".join(map(str, grounds.years))))
    ranks = {"of": grounds.of, "by_words": grounds.by_words, "by_meaning": grounds.by_meaning}
    lines.append(t("chat.why_ranks", **ranks))
    lines.append(t("chat.why_confidence", percent=round(100 * turn.answer.confidence)))
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup('<details class="pq-why"><summary>{}</summary><ul>{}</ul></details>').format(
        t("chat.why"), items
    )


def _tools(frame: Frame, turn: Turn, key: str) -> Markup:
    """Return what can be done with an answer: copy it, take it along, say whether it is right."""
    if not (key and turn.kept and turn.shown):
        return Markup("")
    t = frame.t
    return Markup(
        '<div class="pq-tools"><button type="button" class="pq-tool pq-copy" data-href="{copy}"'
        ' data-done="{done}">{label}</button><details class="pq-take"><summary class="pq-tool">{take}</summary>'
        "<p>{links}</p></details>{feedback}</div>"
    ).format(
        copy=_export(frame, key, turn.kept, "md"),
        done=t("chat.copied"),
        label=t("chat.copy"),
        take=t("chat.take"),
        links=_downloads(frame, key, turn.kept),
        feedback=_feedback(t, turn),
    )


def _feedback(t: Texts, turn: Turn) -> Markup:
    buttons = Markup("").join(
        Markup(
            '<button type="button" class="pq-tool pq-verdict" data-turn="{}" data-verdict="{}"'
            ' aria-pressed="{}">{}</button>'
        ).format(turn.number, verdict, "true" if verdict == turn.verdict else "false", t(f"chat.{verdict}"))
        for verdict in VERDICTS
    )
    word = Markup("")
    if turn.verdict:
        word = Markup(
            '<span class="pq-thanks" role="status">{thanks}</span><form class="pq-word" data-turn="{n}"'
            ' data-verdict="{verdict}"><label><span class="pq-unseen">{label}</span><input type="text" name="word"'
            ' maxlength="1000" placeholder="{label}" autocomplete="off"></label>'
            '<button type="submit" class="pq-tool">{send}</button></form>'
        ).format(
            thanks=t("chat.thanks"),
            n=turn.number,
            verdict=turn.verdict,
            label=t("chat.word"),
            send=t("chat.send"),
        )
    return Markup('<div class="pq-feedback" role="group" aria-label="{}">{}{}</div>').format(
        t("chat.feedback_label"), buttons, word
    )


def _downloads(frame: Frame, key: str, number: int | None) -> Markup:
    return Markup(" ").join(
        Markup('<a class="pq-download" href="{}" download>{}</a>').format(
            _export(frame, key, number, form), frame.t(_FORMAT_NAMES[form])
        )
        for form in FORMATS
    )


def _export(frame: Frame, key: str, number: int | None, form: str) -> str:
    turn = f"&turn={number}" if number is not None else ""
    return f"{frame.root}/conversations/{quote(key)}/export?format={form}{turn}&lang={frame.t.lang}"


def confidence_words(t: Texts, confidence: float) -> str:
    """Put a calibrated probability into words; the steps are .8 and .5."""
    return t(f"chat.confidence_{confidence_step(confidence)}")


def _caption(frame: Frame, citation: Citation, *, linked: bool) -> Markup:
    """Return `title · newspaper · date`, leaving out what is not known; the title leads to the sentence."""
    sentence, article = citation.sentence, citation.sentence.article
    title = Markup('<cite class="pq-title" lang="vi">{}</cite>').format(title_of(article))
    if linked:
        href = frame.root + address(article.id, sentence.start, sentence.end, sentence.text)
        title = Markup('<a class="pq-source-link" href="{}">{}</a>').format(href, title)
    return Markup(" · ").join([title, *facts_of(frame.t, article)])


def title_of(article: Article) -> str:
    """Return an article's title, or its id where it has none."""
    return article.title or article.id


def facts_of(t: Texts, article: Article) -> list[Markup]:
    """Return newspaper and date, as far as they are known, each isolated from its neighbours' direction."""
    day = day_writer(t)(article.published) if article.published else ""
    return [Markup("<bdi>{}</bdi>").format(fact) for fact in (article.source, day) if fact]
