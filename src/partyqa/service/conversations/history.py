"""Conversations, kept for the person who had them: listed, searched, renamed, and gone when deleted."""

import re
import unicodedata
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from partyqa.errors import NotThereError, QuestionError
from partyqa.service.conversations.stored_answers import gold_of, question_of
from partyqa.service.db.database import Database
from partyqa.service.db.tables import TITLE_LENGTH, Conversation, Feedback, Turn, now
from partyqa.text.normalise import fold, normalise

MAX_TURNS = 500
DEFAULT_TITLE = 80  # characters of the first question that make a title
WORDS_SEARCHED = 16
_LOOSE = " ,;:.-–—"  # what no title ends with
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class History:
    """The conversations in a database. Every method sees those of one person: another's do not exist for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, person_id: str, title: str = "", *, at: datetime | None = None) -> str:
        """Return the id of a new conversation; without a title its first question becomes one."""
        moment = at or now()
        conversation = Conversation(
            id=str(uuid4()), person_id=person_id, created=moment, changed=moment, title="", folded=""
        )
        _entitle(conversation, title, TITLE_LENGTH)
        with self._database.session() as session:
            session.add(conversation)
        return conversation.id

    def add_turn(
        self,
        person_id: str,
        conversation_id: str,
        question: str,
        answer_json: dict[str, Any],
        *,
        at: datetime | None = None,
    ) -> Turn:
        """Return the new last turn; `answer_json` is what `PartyQA.to_json` gave.

        Raises NotThereError, and QuestionError where the conversation is full.
        """
        moment, question = at or now(), normalise(question)
        with self._database.session() as session:
            conversation = _own(session, person_id, conversation_id, locked=True)
            last = session.scalar(
                select(func.max(Turn.position)).where(Turn.conversation_id == conversation_id)
            )
            position = 0 if last is None else last + 1
            if position >= MAX_TURNS:
                raise _full()
            turn = Turn(
                conversation_id=conversation_id,
                position=position,
                question=question,
                answer=answer_json,
                folded=plain("\n".join([question, *(quote for _, quote in gold_of(answer_json))])),
                asked=moment,
            )
            session.add(turn)
            conversation.changed = moment
            if not conversation.title:
                _entitle(conversation, question, DEFAULT_TITLE)
        return turn

    def conversation(self, person_id: str, conversation_id: str) -> Conversation:
        """Return one conversation; raises NotThereError."""
        with self._database.reading() as session:
            return _own(session, person_id, conversation_id)

    def conversations(
        self,
        person_id: str,
        query: str = "",
        limit: int = 50,
        before: tuple[datetime, str] | None = None,
    ) -> list[Conversation]:
        """Return conversations, the one that changed last first; at most `limit`.

        Every word of `query` must stand, in any accents and any case, in the title, a question or a quote.
        `before`: the `(changed, id)` of the last one that was seen; what comes after it is returned.
        """
        wanted = select(Conversation).where(Conversation.person_id == person_id)
        wanted = wanted.where(*map(_says, words_of(query)))
        if before is not None:
            changed, key = before
            wanted = wanted.where(
                or_(
                    Conversation.changed < changed,
                    and_(Conversation.changed == changed, Conversation.id < key),
                )
            )
        wanted = wanted.order_by(Conversation.changed.desc(), Conversation.id.desc()).limit(max(0, limit))
        with self._database.reading() as session:
            return list(session.scalars(wanted))

    def turns(self, person_id: str, conversation_id: str) -> list[Turn]:
        """Return the turns of a conversation, oldest first; raises NotThereError."""
        with self._database.reading() as session:
            _own(session, person_id, conversation_id)
            return list(
                session.scalars(
                    select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.position)
                )
            )

    def rename(self, person_id: str, conversation_id: str, title: str) -> Conversation:
        """Return the conversation with its new title; an empty one gives it back its first question."""
        with self._database.session() as session:
            conversation = _own(session, person_id, conversation_id, locked=True)
            _entitle(conversation, title, TITLE_LENGTH)
            if not conversation.title:
                first = session.scalar(
                    select(Turn.question)
                    .where(Turn.conversation_id == conversation_id)
                    .order_by(Turn.position)
                )
                _entitle(conversation, first or "", DEFAULT_TITLE)
        return conversation

    def delete(self, person_id: str, conversation_id: str) -> None:
        """Delete a conversation, its turns, and its person's verdicts on answers to the same questions.

        Not a word of it stays in the database's files. Raises NotThereError.
        """
        with self._database.session() as session:
            _own(session, person_id, conversation_id, locked=True)
            turns = session.scalars(select(Turn).where(Turn.conversation_id == conversation_id))
            asked = {question for turn in turns for question in (turn.question, question_of(turn.answer))}
            session.execute(
                delete(Feedback).where(Feedback.person_id == person_id, Feedback.question.in_(asked))
            )
            session.execute(delete(Conversation).where(Conversation.id == conversation_id))
        self._database.scrub()

    def delete_all(self, person_id: str) -> None:
        """Delete all conversations of a person, and all their verdicts on answers."""
        with self._database.session() as session:
            session.execute(delete(Feedback).where(Feedback.person_id == person_id))
            session.execute(delete(Conversation).where(Conversation.person_id == person_id))
        self._database.scrub()


def shortened(text: str, length: int) -> str:
    """Return `text` in one line, cut between two words and ended with … where it is longer than `length`.

    ("Huyện ủy Mường Tè kết nạp bao nhiêu đảng viên?", 20) -> "Huyện ủy Mường Tè…"
    """
    line = " ".join(normalise(text).split())
    if len(line) <= length:
        return line
    words, _, _ = line[:length].rpartition(" ")
    return f"{words.rstrip(_LOOSE) or line[: length - 1]}…"


def plain(text: str) -> str:
    """Return what is searched, and searched for: folded, without the marks that stand on no letter of their own."""
    return "".join(char for char in fold(normalise(text)) if not unicodedata.combining(char))


def words_of(query: str) -> list[str]:
    """Return the words that a search looks for, folded: "Đảng viên" -> dang, vien."""
    return list(dict.fromkeys(plain(query)[: 4 * TITLE_LENGTH].split()))[:WORDS_SEARCHED]


def _says(word: str) -> ColumnElement[bool]:
    """Return whether a conversation has that folded word in its title or in one of its turns."""
    in_a_turn = select(Turn.id).where(
        Turn.conversation_id == Conversation.id, Turn.folded.contains(word, autoescape=True)
    )
    return or_(Conversation.folded.contains(word, autoescape=True), in_a_turn.exists())


def _own(session: Session, person_id: str, conversation_id: str, *, locked: bool = False) -> Conversation:
    found = None
    if _ID.fullmatch(conversation_id):
        found = session.get(Conversation, conversation_id, with_for_update=locked)
    if found is None or found.person_id != person_id:
        raise NotThereError("conversations.none_such")
    return found


def _entitle(conversation: Conversation, title: str, length: int) -> None:
    conversation.title = shortened(title, length)
    conversation.folded = plain(conversation.title)


def _full() -> QuestionError:
    return QuestionError("conversations.full", most=MAX_TURNS)
