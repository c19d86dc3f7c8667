"""The tables of who may come in: accounts, login sessions, API keys, and failed attempts to log in.

No secret stands in them as it is: passwords as argon2 hashes, tokens and keys as SHA-256 digests (they are random
and 256 bits long, so that a slow hash would add nothing).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from partyqa.service.db.tables import ID_LENGTH, Base

NAME_LENGTH = 64
FOLDED_LENGTH = 3 * NAME_LENGTH  # case folding makes at most three letters of one
DIGEST_LENGTH = 64  # SHA-256 in hexadecimal


class User(Base):
    """An account; `folded` is the name as it is compared. Its id is never given again, nor what belongs to it."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    folded: Mapped[str] = mapped_column(String(FOLDED_LENGTH), unique=True)
    role: Mapped[int]
    password: Mapped[str] = mapped_column(String(255))
    created: Mapped[datetime]


class LoginSession(Base):
    """Someone logged in, in one browser; `seen` is its last request, to the minute."""

    __tablename__ = "login_sessions"

    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    opened: Mapped[datetime] = mapped_column(index=True)
    seen: Mapped[datetime] = mapped_column(index=True)


class ApiKey(Base):
    """A key for programs; it may do what both its own role and its owner's allow."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    role: Mapped[int]
    created: Mapped[datetime]
    used: Mapped[datetime | None]


class FailedAttempts(Base):
    """How often logging in has failed lately for one account name or one address; see attempts.py."""

    __tablename__ = "failed_attempts"

    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int]
    last: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime]
