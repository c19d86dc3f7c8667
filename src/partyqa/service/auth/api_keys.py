"""API keys: `pq_` and 43 letters, shown once when they are made, stored as digests."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from partyqa.errors import AccountError, NotThereError
from partyqa.service.auth.accounts import must_find
from partyqa.service.auth.lockout import Clock
from partyqa.service.auth.passwords import clean_name
from partyqa.service.auth.person import Person, Role
from partyqa.service.db.auth_tables import ApiKey, User
from partyqa.service.db.database import Database
from partyqa.service.db.tables import now

PREFIX: Final = "pq_"
USED_EVERY = timedelta(minutes=1)  # a request is not worth a write to the disk each time


@dataclass(frozen=True, slots=True)
class Key:
    """A key as lists show it; `used` is its last request, to the minute, None before the first."""

    owner: str
    name: str
    role: Role
    created: datetime
    used: datetime | None


class Keys:
    """The API keys in a database."""

    def __init__(self, database: Database, *, clock: Clock = now) -> None:
        self.database, self.clock = database, clock

    def add(self, owner: str, name: str, role: Role | None = None) -> str:
        """Make a key for the account `owner` and return it; without a `role` it has its owner's.

        Raises NotThereError without such an account; AccountError for a name that is not accepted or that
        another key of theirs has, and for a role above the owner's.
        """
        name = clean_name(name)
        token = PREFIX + secrets.token_urlsafe(32)
        try:
            with self.database.session() as session:
                user = must_find(session, owner)
                if role is not None and role > user.role:
                    raise _too_high(user.name, Role(user.role))
                session.add(
                    ApiKey(
                        digest=digest(token),
                        user_id=user.id,
                        name=name,
                        role=int(role or user.role),
                        created=self.clock(),
                        used=None,
                    )
                )
        except IntegrityError as error:
            raise AccountError("accounts.key_name_taken", owner=owner, name=name) from error
        return token

    def everyones(self) -> Sequence[Key]:
        """Return all keys, by their owners' names and their own."""
        with self.database.reading() as session:
            rows = session.execute(
                select(ApiKey, User).join_from(ApiKey, User).order_by(User.folded, ApiKey.name)
            )
            return [Key(user.name, key.name, _role(key, user), key.created, key.used) for key, user in rows]

    def revoke(self, owner: str, name: str) -> None:
        """Delete a key; whoever holds it is refused from now on. Raises NotThereError."""
        with self.database.session() as session:
            user = must_find(session, owner)
            mine = (ApiKey.user_id == user.id, ApiKey.name == clean_name(name))
            if session.scalar(delete(ApiKey).where(*mine).returning(ApiKey.id)) is None:
                raise NotThereError("accounts.no_key", owner=user.name, name=name[:40])
        self.database.scrub()

    def person(self, token: str) -> Person | None:
        """Return the person a key admits, with the lower of its role and its owner's; None for one that is no key."""
        if not token.startswith(PREFIX):
            return None
        moment, stored = self.clock(), digest(token)
        with self.database.reading() as session:
            row = session.execute(
                select(ApiKey, User).join_from(ApiKey, User).where(ApiKey.digest == stored)
            ).one_or_none()
        if row is None:
            return None
        key, user = row
        if key.used is None or moment - key.used >= USED_EVERY:
            with self.database.session() as session:
                session.execute(update(ApiKey).where(ApiKey.digest == stored).values(used=moment))
        return Person(user.id, user.name, _role(key, user))


def _role(key: ApiKey, user: User) -> Role:
    return Role(min(key.role, user.role))


def _too_high(name: str, role: Role) -> AccountError:
    return AccountError("accounts.key_above_owner", name=name, role=role.name.lower())


def digest(token: str) -> str:
    """Return what is stored of a token: 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
