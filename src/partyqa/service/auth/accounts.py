"""The accounts: who has one, with which role, and whether a name and a password open it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from partyqa.errors import AccountError, NotThereError, UnsafeAddressError
from partyqa.service.auth.addresses import is_local_host
from partyqa.service.auth.lockout import Attempts, forget
from partyqa.service.auth.passwords import Passwords, clean_name, folded
from partyqa.service.auth.person import Person, Role
from partyqa.service.db.auth_tables import LoginSession, User
from partyqa.service.db.database import Database


@dataclass(frozen=True, slots=True)
class Account:
    """An account as lists show it."""

    id: str
    name: str
    role: Role
    created: datetime

    @property
    def person(self) -> Person:
        """Whoever comes in with it."""
        return Person(self.id, self.name, self.role)


class Accounts:
    """The accounts in a database. Names are compared without regard to case; every method takes them as typed."""

    def __init__(
        self, database: Database, *, passwords: Passwords | None = None, attempts: Attempts | None = None
    ) -> None:
        """`passwords` says how dear hashes are, `attempts` how failures are borne and what time it is."""
        self.database = database
        self.passwords = passwords or Passwords()
        self.attempts = attempts or Attempts(database)

    def add(self, name: str, password: str, role: Role = Role.READER) -> Account:
        """Make an account. Raises AccountError for a name or password that is not accepted, or a name taken."""
        name = clean_name(name)
        hashed = self.passwords.hash(password)
        user = User(
            id=str(uuid.uuid4()),
            name=name,
            folded=folded(name),
            role=int(role),
            password=hashed,
            created=self.attempts.clock(),
        )
        try:
            with self.database.session() as session:
                session.add(user)
        except IntegrityError as error:
            raise AccountError("accounts.name_taken", name=name) from error
        return _account(user)

    def everyone(self) -> Sequence[Account]:
        """Return all accounts by their names."""
        with self.database.reading() as session:
            return [_account(user) for user in session.scalars(select(User).order_by(User.folded))]

    def exist(self) -> bool:
        """Whether there is any account."""
        with self.database.reading() as session:
            return bool(session.scalar(select(exists(select(User.id)))))

    def find(self, name: str) -> Account | None:
        """Return the account of that name, if there is one."""
        with self.database.reading() as session:
            user = _find(session, name)
            return _account(user) if user else None

    def get(self, name: str) -> Account:
        """Return the account of that name. Raises NotThereError."""
        with self.database.reading() as session:
            return _account(must_find(session, name))

    def remove(self, name: str) -> Account:
        """Delete an account with its sessions, its keys and its failures, and return it. Raises NotThereError."""
        with self.database.session() as session:
            user = must_find(session, name)
            forget(session, user.folded)
            session.delete(user)
        self.database.scrub()
        return _account(user)

    def set_password(self, name: str, password: str) -> None:
        """Change a password: whoever is logged in is no longer, a locked account is open again.

        Raises AccountError, NotThereError.
        """
        hashed = self.passwords.hash(password)
        with self.database.session() as session:
            user = must_find(session, name)
            user.password = hashed
            session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
            forget(session, user.folded)

    def set_role(self, name: str, role: Role) -> Account:
        """Change a role; it holds from the next request on, for keys too. Raises NotThereError."""
        with self.database.session() as session:
            user = must_find(session, name)
            user.role = int(role)
        return _account(user)

    def enter(self, name: str, password: str, address: str) -> Person:
        """Return the person this name and password belong to; `address` is where they come from.

        Unknown names take the same time and the same refusals as wrong passwords. Raises AccountError, and
        LockedError where the account or the address has failed too often.
        """
        compared = folded(name)
        self.attempts.begin(compared, address)
        with self.database.reading() as session:
            user = _find(session, name)
        if not self.passwords.fits(password, user.password if user else None) or user is None:
            raise AccountError("accounts.wrong_login")
        self.attempts.succeeded(compared, address)
        if self.passwords.outdated(user.password):
            self._rehash(user, password)
        return _account(user).person

    def _rehash(self, user: User, password: str) -> None:
        hashed = self.passwords.hash(password)
        with self.database.session() as session:
            kept = session.get(User, user.id)
            if kept is not None and kept.password == user.password:  # not changed in between
                kept.password = hashed


def refuse_unless_safe(host: str, users_exist: bool, no_login: bool, *, proxied: bool = False) -> None:
    """Raise UnsafeAddressError where others could come in without being asked who they are.

    `host` is the address to listen at, `no_login` that this is explicitly wanted; `proxied`, that a proxy
    brings others to whatever address.
    """
    if users_exist or no_login or (is_local_host(host) and not proxied):
        return
    raise UnsafeAddressError("accounts.unsafe_address", host=host or "0.0.0.0")  # noqa: S104


def _account(user: User) -> Account:
    return Account(user.id, user.name, Role(user.role), user.created)


def _find(session: Session, name: str) -> User | None:
    try:
        compared = folded(clean_name(name))
    except AccountError:  # no account has such a name
        return None
    return session.scalar(select(User).where(User.folded == compared))


def must_find(session: Session, name: str) -> User:
    """Return the account of that name. Raises NotThereError."""
    user = _find(session, name)
    if user is None:
        raise NotThereError("accounts.no_account", name=name[:40])
    return user
