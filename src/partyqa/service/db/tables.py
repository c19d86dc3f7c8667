"""The tables of conversations, the answers in them, and what people say of answers.

Base is also the base of account_tables.py. Whatever changes here or there needs a revision in migrations/.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

ID_LENGTH = 36  # a uuid4 with its hyphens
PERSON_LENGTH = 255
TITLE_LENGTH = 200


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, in every database; a time without a zone is refused: nobody could know which it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what was stored; SQLite forgets the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table derives from: moments in UTC, constraints with names that migrations can speak of."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment(), dict[str, Any]: JSON(), list[str]: JSON()}  # noqa: RUF012  # SQLAlchemy's


class Conversation(Base):
    """A conversation of one person; `folded` is its title as `partyqa.text.tokens.fold` has it, to be searched."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "person_id", "changed"),)

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(PERSON_LENGTH))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    folded: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime]
    changed: Mapped[datetime]


class Turn(Base):
    """A question and its answer (the JSON of an answer); `folded` is the question and its quotes."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("conversation_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    position: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
    asked: Mapped[datetime]
    answer: Mapped[dict[str, Any]]  # the longest last: SQLite reads a row up to what it needs


class Feedback(Base):
    """The verdict of a person on one answer; `key` distinguishes answers, so that a second verdict replaces the first.

    `turns` are the messages before the question; `narrowed`: only a part of the articles was asked.
    """

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(String(PERSON_LENGTH))
    key: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(16))
    word: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    turns: Mapped[list[str]]
    answer: Mapped[dict[str, Any]]
    narrowed: Mapped[bool]
    given: Mapped[datetime]
