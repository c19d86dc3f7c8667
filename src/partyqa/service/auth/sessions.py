"""Login sessions: the browser holds a random token, the database its digest, and both end after a time."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from partyqa.service.auth.api_keys import digest
from partyqa.service.auth.lockout import Clock
from partyqa.service.auth.person import Person, Role
from partyqa.service.db.auth_tables import LoginSession, User
from partyqa.service.db.database import Database
from partyqa.service.db.tables import now

IDLE, ABSOLUTE = timedelta(hours=24), timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)  # a request is not worth a write to the disk each time


class Sessions:
    """The sessions in a database; one ends `idle` after its last request, and in any case `absolute` after login."""

    def __init__(
        self,
        database: Database,
        *,
        idle: timedelta = IDLE,
        absolute: timedelta = ABSOLUTE,
        clock: Clock = now,
    ) -> None:
        self.database, self.idle, self.absolute, self.clock = database, idle, absolute, clock

    def open(self, person: Person) -> str:
        """Begin a session for whoever has just logged in; return its token, which is shown nowhere again."""
        token, moment = secrets.token_urlsafe(32), self.clock()
        with self.database.session() as session:
            session.add(LoginSession(digest=digest(token), user_id=person.id, opened=moment, seen=moment))
        return token

    def person(self, token: str) -> Person | None:
        """Return whose session a token is, with their role of this moment; None where it has ended or never was."""
        moment, key = self.clock(), digest(token)
        with self.database.reading() as session:
            row = session.execute(
                select(User, LoginSession).join_from(LoginSession, User).where(LoginSession.digest == key)
            ).one_or_none()
        if row is None:
            return None
        user, held = row
        if moment - held.seen >= self.idle or moment - held.opened >= self.absolute:
            self.close(token)
            return None
        if moment - held.seen >= SEEN_EVERY:
            with self.database.session() as session:
                session.execute(update(LoginSession).where(LoginSession.digest == key).values(seen=moment))
        return Person(user.id, user.name, Role(user.role))

    def close(self, token: str) -> None:
        """End one session."""
        with self.database.session() as session:
            session.execute(delete(LoginSession).where(LoginSession.digest == digest(token)))

    def revoke(self, person_id: str) -> int:
        """End all sessions of a person, and return how many there were."""
        with self.database.session() as session:
            ended = session.scalars(
                delete(LoginSession).where(LoginSession.user_id == person_id).returning(LoginSession.digest)
            )
            return len(ended.all())

    def purge(self) -> None:
        """Delete the sessions that have ended by themselves."""
        moment = self.clock()
        with self.database.session() as session:
            session.execute(
                delete(LoginSession).where(
                    or_(
                        LoginSession.seen <= moment - self.idle, LoginSession.opened <= moment - self.absolute
                    )
                )
            )
