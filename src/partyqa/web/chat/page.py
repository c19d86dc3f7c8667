"""The chat page as Gradio blocks: the head, the conversations kept, the filters, a conversation, its sources."""

import re
from importlib.resources import files
from typing import Any

import gradio as gr

from partyqa.i18n import Texts
from partyqa.question.query import MAX_QUESTION
from partyqa.service.filters import Filters
from partyqa.web.chat.conversation import Session
from partyqa.web.chat.events import Events
from partyqa.web.services import Services

WAITING = 64
"""Events that may wait; questions have a shorter line of their own, which says so in words."""

_COLOUR = re.compile(r"--pq-([a-z-]+): (#[0-9a-f]{6});")


def assets(*names: str) -> str:
    """Read files of the package's `assets` folder, one after the other."""
    folder = files("partyqa.web").joinpath("assets")
    return "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


def theme() -> gr.themes.Base:
    """Return the theme: fonts of the reader's own system only, colours from assets/tokens.css."""
    light, dark = (dict(_COLOUR.findall(block)) for block in assets("tokens.css").split("}")[:2])
    system = [gr.themes.Font(name) for name in ("system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")]
    mono = [gr.themes.Font(name) for name in ("ui-monospace", "Consolas", "monospace")]
    return gr.themes.Base(font=system, font_mono=mono).set(
        body_background_fill=light["paper"],
        body_background_fill_dark=dark["paper"],
        body_text_color=light["ink"],
        body_text_color_dark=dark["ink"],
    )


def build_page(services: Services, t: Texts) -> gr.Blocks:
    """Lay the page out in one language and connect its events, none of them callable as an API."""
    events = Events(services, t)
    view, empty = events.view, Session()
    script = assets("theme.js", "page.js").replace("{{lang}}", t.lang)
    page = gr.Blocks(title=t("chat.page_title"), analytics_enabled=False, fill_width=True)
    with page:
        session = gr.State(empty)
        with gr.Column(elem_id="pq-page"):
            head = _html(view.head(None), "pq-head")
            side = _html("", "pq-side")
            clear = gr.Button(t("chat.clear"), elem_id="pq-clear", size="sm")
            log = _html(view.log(empty), "pq-log", js_on_load=script)
            filters = _html(view.filters(Filters()), "pq-filters")
            box = gr.Textbox(
                label=t("chat.question_label"),
                placeholder=t("chat.question_placeholder"),
                submit_btn=t("chat.ask"),
                max_lines=5,
                max_length=MAX_QUESTION,
                autofocus=True,
                html_attributes=gr.InputHTMLAttributes(
                    lang="vi", autocomplete="off", spellcheck=False, enterkeyhint="send"
                ),
                elem_id="pq-ask",
            )
            sources = _html(view.sources(None), "pq-sources")
        # Only questions go through Gradio's queue: it ends the event stream when nothing is left to do, and what is
        # asked at that very moment would never be answered.
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
        asking = quiet | {"queue": True, "concurrency_limit": None}
        changed = [log, sources, box, session]
        box.submit(events.ask, [box, session], changed, **asking)
        clear.click(events.clear, [session], changed, **quiet)
        log.ask_example(events.ask_example, [session], changed, **asking)
        log.edit_question(events.edit, [session], [box, session], **quiet)
        log.show_sources(events.show_sources, [session], [sources], **quiet)
        log.judge(events.judge, [session], [log, session], **quiet)
        log.arrive(events.arrive, [session], [head, filters, log, sources, session], **quiet)
        log.narrow(events.narrow, [session], [filters, session], **quiet)
        log.list_history(events.list_history, [session], [side], **quiet)
        log.open_kept(events.open_kept, [session], [log, sources, session], **quiet)
        log.rename_kept(events.rename, [session], [side], **quiet)
        log.delete_kept(events.delete, [session], [side, log, sources, session], **quiet)
    page.queue(max_size=WAITING, api_open=False)
    return page


def _html(value: str, elem_id: str, **more: Any) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, **more)
