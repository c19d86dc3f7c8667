"""What happens in a conversation, without the page: asked, kept, brought back, judged."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from partyqa.answer.progress import Step
from partyqa.errors import NotThereError, PartyQAError
from partyqa.i18n import Texts
from partyqa.service.answer_queue import Answered
from partyqa.service.auth.person import Person
from partyqa.service.conversations.stored_answers import from_stored, to_stored
from partyqa.service.db.tables import Turn as Row
from partyqa.service.filters import Filters
from partyqa.text.normalise import fold, normalise
from partyqa.web.chat.turn import ChatTurn
from partyqa.web.chat.views import KeptConversation
from partyqa.web.services import Services

log = logging.getLogger(__name__)

TURNS_KEPT = 50
"""Older turns leave the page and the session's memory, not the history; a conversation that long is rare."""

PATIENCE = 0.15  # seconds: a shorter step is not worth a message to the browser
LISTED = 100  # conversations in the drawer; older ones are found by searching


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation in one open page: whose it is, its id in the history ("" at first), its turns.

    `edited` is the understood question that was put into the box to be corrected, or "".
    """

    person: str = ""
    key: str = ""
    turns: tuple[ChatTurn, ...] = ()
    filters: Filters = field(default_factory=Filters)
    edited: str = ""

    def turn(self, number: object) -> ChatTurn | None:
        """Return the turn of that number, if the session still holds it."""
        return next((turn for turn in self.turns if turn.number == number), None)

    def of(self, person: Person) -> "Session":
        """Return the session itself, or an empty one where it is another person's, who logged out meanwhile."""
        return self if self.person in ("", person.id) else Session(person.id)


class Chat:
    """The conversations of a service in one language; every method takes the person."""

    def __init__(self, services: Services, t: Texts) -> None:
        self.services, self.t = services, t

    async def ask(
        self, person: Person, session: Session, question: str
    ) -> AsyncIterator[Step | Session | str]:
        """Yield the steps that last, then the session with the answer in it, or the sentence shown instead."""
        steps: asyncio.Queue[Step | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def report(step: Step | None) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, step)

        edited = bool(session.edited) and comes_of(question, session.edited)
        earlier = [] if edited else [turn.answer.question for turn in session.turns]
        try:
            asked = self.services.serving.begin(
                question, earlier, as_written=edited, filters=session.filters, on_step=report
            )
            asked.add_done_callback(lambda _: report(None))
            async for step in _lasting(steps):
                yield step
            answered = asked.result()
        except PartyQAError as error:
            yield error.message(self.t.lang)
            return
        except Exception:
            log.exception("a question could not be answered")
            yield self.t("chat.unexpected")
            return
        yield await asyncio.to_thread(self._keep, person, session, question, answered)

    def _keep(self, person: Person, session: Session, question: str, answered: Answered) -> Session:
        """Return the session with the answer as its last turn, written into the history where that is possible."""
        number = session.turns[-1].number + 1 if session.turns else 1
        narrowed, key, history = bool(session.filters), session.key, self.services.history
        turn = ChatTurn(number, answered.answer, narrowed=narrowed)
        try:
            if not key:
                key = history.start(person.id)
            stored = to_stored(answered.engine, answered.answer, narrowed=narrowed)
            try:
                row = history.add_turn(person.id, key, question, stored)
            except NotThereError:  # deleted in another window
                key = history.start(person.id)
                row = history.add_turn(person.id, key, question, stored)
            turn = replace(turn, kept=row.position + 1)
        except PartyQAError as error:  # full, or the disk is: the answer is shown all the same
            log.warning("an answer was not kept: %s", error.en)
        return replace(
            session, person=person.id, key=key, turns=(*session.turns, turn)[-TURNS_KEPT:], edited=""
        )

    def open(self, person: Person, key: str, filters: Filters) -> Session:
        """Return a conversation as it was, each quote held against the articles of today; raises NotThereError."""
        rows = self.services.history.turns(person.id, key)
        turns = tuple(self._revived(person, row, rows) for row in rows[-TURNS_KEPT:])
        return Session(person.id, key, turns, filters)

    def _revived(self, person: Person, row: Row, rows: Sequence[Row]) -> ChatTurn:
        kept = from_stored(self.services.serving.engine, row.answer)
        given = self.services.feedback.given(person.id, row.answer, _earlier(row, rows))
        place, verdict = row.position + 1, given.verdict if given else ""
        return ChatTurn(place, kept.answer, kept.changed, verdict, place, kept.narrowed)

    def judge(self, person: Person, session: Session, number: object, verdict: str, word: str) -> Session:
        """Keep what a person says of an answer; raises QuestionError, NotThereError."""
        turn = session.turn(number)
        if turn is None or not turn.kept:
            raise self._gone()
        rows = self.services.history.turns(person.id, session.key)
        row = rows[turn.kept - 1]
        self.services.feedback.give(
            person.id, row.answer, _earlier(row, rows), verdict, word, narrowed=turn.narrowed
        )
        self.services.metrics.judged(verdict)
        judged = replace(turn, verdict=verdict)
        return replace(session, turns=tuple(judged if one is turn else one for one in session.turns))

    def listed(self, person: Person, query: str = "") -> list[KeptConversation]:
        """Return the conversations kept, the last changed first."""
        found = self.services.history.conversations(person.id, query[:200], LISTED)
        return [KeptConversation(one.id, one.title, one.changed) for one in found]

    def _gone(self) -> NotThereError:
        return NotThereError("conversations.answer_gone")


def comes_of(question: str, edited: str) -> bool:
    """Whether a question is what an edited one was made into: half of that one's words are left."""
    words = set(fold(edited).split())
    return 2 * len(words & set(fold(normalise(question)).split())) >= len(words)


def text_of(value: Any, most: int = 1000) -> str:
    """Return what a browser sent as a text of at most so many characters; "" where it is none."""
    return value[:most] if isinstance(value, str) else ""


def texts_of(value: Any) -> list[str]:
    """Return what a browser sent as texts; what is none is left out."""
    return [text_of(one, 200) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _earlier(row: Row, rows: Sequence[Row]) -> list[str]:
    return [one.question for one in rows if one.position < row.position]


async def _lasting(steps: "asyncio.Queue[Step | None]") -> AsyncIterator[Step]:
    """Yield each step that is still going on after PATIENCE, until None comes."""
    step = await steps.get()
    while step is not None:
        try:
            following = await asyncio.wait_for(steps.get(), PATIENCE)
        except TimeoutError:
            yield step
            following = await steps.get()
        step = following
