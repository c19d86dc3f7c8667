"""The chat page as Gradio blocks: a conversation, a question box, and the articles that were quoted."""

import logging
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import gradio as gr

from partyqa.engine import PartyQA
from partyqa.errors import PartyQAError
from partyqa.query import MAX_QUESTION
from partyqa.text import fold, normalise
from partyqa.web import markup, texts
from partyqa.web.markup import Turn

log = logging.getLogger(__name__)

TURNS_KEPT = 50
"""Older turns leave the page and the session's memory; a conversation that long is rare."""

QUEUE_LENGTH = 32
"""Questions that may wait; one more is refused at once instead of being kept waiting."""

Update = tuple[Any, Any, Any, tuple[Turn, ...]]
"""What an event changes: conversation, sources, question box, the session's turns."""


def asset(name: str) -> str:
    """Read a file of the package's `assets` folder."""
    return files("partyqa.web").joinpath("assets", name).read_text(encoding="utf-8")


def theme() -> gr.themes.Base:
    """Return the theme: fonts of the reader's own system only, colours from assets/style.css."""
    system = [gr.themes.Font(name) for name in ("system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")]
    mono = [gr.themes.Font(name) for name in ("ui-monospace", "Consolas", "monospace")]
    return gr.themes.Base(font=system, font_mono=mono).set(
        body_background_fill="#f6f5f1",
        body_background_fill_dark="#15181d",
        body_text_color="#1f2530",
        body_text_color_dark="#e8e6e1",
    )


def answer_turn(engine: PartyQA, question: str, turns: tuple[Turn, ...], edited: str = "") -> Turn | str:
    """Ask with the earlier questions in mind; return the turn, or the sentence to show instead of one.

    `edited` is the understood question that was put into the box: what was made of it is asked as it is written.
    """
    try:
        if edited and comes_of(question, edited):
            answer = engine.ask_as_written(question)
        else:
            answer = engine.ask(question, [turn.answer.question for turn in turns])
    except PartyQAError as error:
        return error.message("vi")
    except Exception:
        log.exception("a question could not be answered")
        return texts.UNEXPECTED
    return Turn(turns[-1].number + 1 if turns else 1, answer)


def comes_of(question: str, edited: str) -> bool:
    """Whether a question is what an edited one was made into: half of that one's words are left."""
    words = set(fold(edited).split())
    return 2 * len(words & set(fold(normalise(question)).split())) >= len(words)


def ask_steps(engine: PartyQA, question: str, turns: tuple[Turn, ...], edited: str = "") -> Iterator[Update]:
    """Show the question as being looked for, then its answer; after an error the box keeps the question."""
    asked = question.strip()
    if asked:
        yield markup.conversation(turns, pending=asked[:MAX_QUESTION]), gr.skip(), gr.skip(), turns
    result = answer_turn(engine, question, turns, edited)
    if isinstance(result, str):
        yield markup.conversation(turns, note=result), gr.skip(), gr.skip(), turns
        return
    kept = (*turns, result)[-TURNS_KEPT:]
    yield markup.conversation(kept), markup.sources(result), "", kept


def turn_shown(turns: tuple[Turn, ...], number: object) -> Turn | None:
    """Return the turn of that number, if the session still holds it."""
    return next((turn for turn in turns if turn.number == number), None)


def build_page(engine: PartyQA) -> gr.Blocks:
    """Lay the page out and connect its events, none of them callable as an API."""

    def ask(question: str, turns: tuple[Turn, ...], edited: str) -> Iterator[tuple[Any, ...]]:
        for update in ask_steps(engine, question, turns, edited):
            yield *update, edited if update[-1] is turns else ""  # no longer, once it is answered

    def ask_example(turns: tuple[Turn, ...], event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        for update in ask_steps(engine, texts.EXAMPLES[int(event.index)], turns):
            yield *update, ""

    def edit(turns: tuple[Turn, ...], event: gr.EventData) -> tuple[Any, Any]:
        turn = turn_shown(turns, event.turn)
        return (turn.answer.standalone_question,) * 2 if turn else (gr.skip(), gr.skip())

    def show_sources(turns: tuple[Turn, ...], event: gr.EventData) -> Any:
        return markup.sources(turn_shown(turns, event.turn))

    def clear() -> tuple[Any, ...]:
        return markup.conversation(()), markup.sources(None), "", (), ""

    page = gr.Blocks(title=texts.PAGE_TITLE, analytics_enabled=False, fill_width=True)
    with page:
        turns = gr.State(())
        edited = gr.State("")  # the understood question that was put into the box to be corrected
        with gr.Column(elem_id="pq-page"):
            gr.HTML(markup.header(len(engine.articles)), elem_id="pq-head", apply_default_css=False)
            clear_button = gr.Button(texts.CLEAR, elem_id="pq-clear", size="sm")
            conversation = gr.HTML(
                markup.conversation(()),
                elem_id="pq-log",
                apply_default_css=False,
                js_on_load=asset("page.js"),
            )
            box = gr.Textbox(
                label=texts.QUESTION_LABEL,
                placeholder=texts.QUESTION_PLACEHOLDER,
                submit_btn=texts.ASK,
                max_lines=5,
                max_length=MAX_QUESTION,
                autofocus=True,
                html_attributes=gr.InputHTMLAttributes(
                    lang="vi", autocomplete="off", spellcheck=False, enterkeyhint="send"
                ),
                elem_id="pq-ask",
            )
            sources = gr.HTML(markup.sources(None), elem_id="pq-sources", apply_default_css=False)
        changed = [conversation, sources, box, turns, edited]
        # One question at a time: it takes tens of milliseconds, and the encoder's tokenizer is not re-entrant.
        asking: dict[str, Any] = {
            "concurrency_id": "ask",
            "concurrency_limit": 1,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        box.submit(ask, [box, turns, edited], changed, **asking)
        conversation.ask_example(ask_example, [turns], changed, **asking)
        conversation.edit_question(edit, [turns], [box, edited], **quiet)
        conversation.show_sources(show_sources, [turns], [sources], **quiet)
        clear_button.click(clear, None, changed, **quiet)
    page.queue(max_size=QUEUE_LENGTH, default_concurrency_limit=1, api_open=False)
    return page
