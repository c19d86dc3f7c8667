"""What happens on the chat page: each event's method returns what it changes."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import gradio as gr

from partyqa.errors import PartyQAError
from partyqa.i18n import Texts
from partyqa.question.query import MAX_QUESTION
from partyqa.service.auth.person import Person
from partyqa.service.filters import Filters, facets
from partyqa.web.chat.conversation import Chat, Session, text_of, texts_of
from partyqa.web.chat.turn import ChatTurn
from partyqa.web.chat.views import EXAMPLES, Frame
from partyqa.web.services import Services

_STEPS = ("understand", "retrieve", "read")


class View:
    """The page's columns as HTML, drawn from a session; the same for every person but for what is theirs."""

    def __init__(self, services: Services, t: Texts) -> None:
        self.services, self.frame = services, Frame(t, services.settings.root_path.rstrip("/"))

    def log(self, session: Session, **more: Any) -> str:
        """The conversation."""
        return self.frame.conversation(session.turns, key=session.key, **more)

    def sources(self, turn: ChatTurn | None) -> str:
        """The quoted articles."""
        return self.frame.sources(turn)

    def head(self, person: Person | None) -> str:
        """The head."""
        return self.frame.header(len(self.services.serving.engine.articles), person)

    def filters(self, chosen: Filters) -> str:
        """The filters, with what the corpus holds now."""
        engine = self.services.serving.engine
        fitting = sum(map(chosen.fits, engine.articles))
        return self.frame.filters(facets(engine), chosen, fitting, len(engine.articles))


class Events:
    """What happens when something is done in the page: each method returns what its event changes."""

    def __init__(self, services: Services, t: Texts) -> None:
        self.chat, self.view = Chat(services, t), View(services, t)

    async def ask(
        self, question: str, session: Session, request: gr.Request
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Show that the question is being looked for, then its answer; after an error the box keeps it."""
        person = person_of(request)
        session, asked = session.of(person), question.strip()[:MAX_QUESTION]
        async for came in self.chat.ask(person, session, question):
            if isinstance(came, Session):
                yield self.view.log(came), self.view.sources(came.turns[-1]), "", came
            elif came in _STEPS:
                yield self.view.log(session, pending=(asked, came)), gr.skip(), gr.skip(), gr.skip()
            else:
                yield self.view.log(session, note=came), gr.skip(), gr.skip(), session

    async def ask_example(
        self, session: Session, request: gr.Request, event: gr.EventData
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Ask one of the examples."""
        async for update in self.ask(EXAMPLES[int(event.index) % len(EXAMPLES)], session, request):
            yield update

    def edit(self, session: Session, event: gr.EventData) -> tuple[Any, Any]:
        """Put an understood question into the box."""
        turn = session.turn(event.turn)
        if turn is None:
            return gr.skip(), gr.skip()
        question = turn.answer.standalone_question
        return question, replace(session, edited=question)

    def show_sources(self, session: Session, event: gr.EventData) -> Any:
        """Bring back the sources of an earlier turn."""
        return self.view.sources(session.turn(event.turn))

    def judge(self, session: Session, request: gr.Request, event: gr.EventData) -> tuple[Any, Any]:
        """Keep a verdict on an answer."""
        person = person_of(request)
        session = session.of(person)
        try:
            session = self.chat.judge(
                person, session, event.turn, text_of(event.verdict), text_of(event.word)
            )
        except PartyQAError as error:
            return self.view.log(session, note=error.message(self.view.frame.t.lang)), session
        return self.view.log(session), session

    def clear(self, session: Session) -> tuple[Any, ...]:
        """Begin a new conversation; the filters stay."""
        fresh = Session(filters=session.filters)
        return self.view.log(fresh), self.view.sources(None), "", fresh

    def arrive(self, session: Session, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        """Draw what depends on who came, and what the address asks for: filters, a conversation."""
        person = person_of(request)
        head = self.view.head(person)
        filters = self._filters(event)
        key = text_of(event.c, 100)
        if not key and not filters:
            return head, self.view.filters(filters), gr.skip(), gr.skip(), gr.skip()
        log, sources, session = (
            self._opened(person, key, filters) if key else (gr.skip(), gr.skip(), Session(filters=filters))
        )
        return head, self.view.filters(filters), log, sources, session

    def narrow(self, session: Session, event: gr.EventData) -> tuple[Any, Any]:
        """Take over the filters that were chosen."""
        filters = self._filters(event)
        return self.view.filters(filters), replace(session, filters=filters)

    def list_history(self, session: Session, request: gr.Request, event: gr.EventData) -> Any:
        """Draw the drawer, all or what fits the words."""
        return self._history(session, request, text_of(event.query, 200))

    def open_kept(self, session: Session, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        """Open a conversation."""
        return self._opened(person_of(request), text_of(event.key, 100), session.filters)

    def rename(self, session: Session, request: gr.Request, event: gr.EventData) -> Any:
        """Give a conversation another name."""
        person, history = person_of(request), self.chat.services.history
        with contextlib.suppress(PartyQAError):  # gone meanwhile: the drawer will say so
            history.rename(person.id, text_of(event.key, 100), text_of(event.title, 200))
        return self._history(session, request)

    def delete(self, session: Session, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        """Delete a conversation, or with the key "*" all; if it is the open one, a new one begins."""
        key, history = text_of(event.key, 100), self.chat.services.history
        person = person_of(request)
        with contextlib.suppress(PartyQAError):  # gone already: the drawer will say so
            if key == "*":
                history.delete_all(person.id)
            else:
                history.delete(person.id, key)
        if key not in ("*", session.key):
            return self._history(session, request), gr.skip(), gr.skip(), gr.skip()
        log, sources, _, session = self.clear(session)
        return self._history(session, request), log, sources, session

    def _opened(self, person: Person, key: str, filters: Filters) -> tuple[Any, Any, Any]:
        try:
            session = self.chat.open(person, key, filters)
        except PartyQAError:
            session = Session(person.id, filters=filters)
            note = self.view.frame.t("chat.gone")
            return self.view.log(session, note=note), self.view.sources(None), session
        last = session.turns[-1] if session.turns else None
        return self.view.log(session), self.view.sources(last), session

    def _history(self, session: Session, request: gr.Request, query: str = "") -> str:
        kept = self.chat.listed(person_of(request), query)
        return self.view.frame.history(kept, query, session.key)

    def _filters(self, event: gr.EventData) -> Filters:
        try:
            return Filters.of(texts_of(event.place), texts_of(event.source), texts_of(event.year))
        except PartyQAError:
            return Filters()


def person_of(request: gr.Request) -> Person:
    """Return the person of the request, as the gate found them."""
    person: Person = request.request.scope["state"]["person"]  # type: ignore[union-attr]
    return person
