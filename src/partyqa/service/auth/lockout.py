"""Failed logins: they are counted for the account and for the address, and each makes the next one wait longer.

The counts stand in the database, so that all workers share them. An attempt is counted before the password is
looked at: a thousand attempts sent at the same moment are a thousand counts, not a thousand guesses.
"""

import hashlib
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from partyqa.errors import LockedError
from partyqa.service.auth.addresses import customer_of
from partyqa.service.db.auth_tables import FailedAttempts
from partyqa.service.db.database import Database
from partyqa.service.db.tables import now

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Patience:
    """How failures are borne: `free` ones cost nothing, then the wait doubles, and at `most` the account is locked.

    Waits are in seconds; after `forgotten` seconds without another failure the count begins anew.
    """

    free: int
    most: int
    first_wait: float = 1.0
    lock: float = 15 * 60.0
    forgotten: float = 60 * 60.0

    def wait(self, failures: int) -> float:
        """Return how long after its last failure an account or address is not heard."""
        if failures < self.free:
            return 0.0
        if failures >= self.most:
            return self.lock
        return min(self.first_wait * 2.0 ** (failures - self.free), self.lock)


OF_AN_ACCOUNT = Patience(free=3, most=10)
OF_AN_ADDRESS = Patience(free=20, most=30)  # a whole office may come from one address


@dataclass(frozen=True, slots=True)
class Attempts:
    """The counts in a database."""

    database: Database
    account: Patience = OF_AN_ACCOUNT
    address: Patience = OF_AN_ADDRESS
    clock: Clock = now

    def begin(self, folded: str, address: str) -> None:
        """Count an attempt as failed until `succeeded` says otherwise.

        Raises LockedError, and counts nothing, while the account or the address has to wait.
        """
        moment = self.clock()
        with self.database.session() as session:
            waits = [  # accounts before addresses everywhere, so that two attempts never wait for each other
                _count(session, account_subject(folded), self.account, moment),
                _count(session, address_subject(address), self.address, moment),
            ]
            if (longest := max(waits)) > 0:
                raise _locked(math.ceil(longest))

    def succeeded(self, folded: str, address: str) -> None:
        """Forget the account's failures, and of the address's the one that was none.

        An address keeps the others: else whoever holds one account could guess at all others for ever.
        """
        moment = self.clock()
        with self.database.session() as session:
            forget(session, folded)
            session.execute(
                update(FailedAttempts)
                .where(FailedAttempts.subject == address_subject(address), FailedAttempts.failures > 0)
                .values(failures=FailedAttempts.failures - 1, locked_until=moment)
            )

    def purge(self) -> None:
        """Delete the counts that count no longer."""
        moment = self.clock()
        old = moment - timedelta(seconds=max(self.account.forgotten, self.address.forgotten))
        with self.database.session() as session:
            session.execute(
                delete(FailedAttempts).where(FailedAttempts.last < old, FailedAttempts.locked_until <= moment)
            )


def forget(session: Session, folded: str) -> None:
    """Forget an account's failures."""
    session.execute(delete(FailedAttempts).where(FailedAttempts.subject == account_subject(folded)))


def account_subject(folded: str) -> str:
    """Return what an account's failures are kept under.

    It is a digest, for what people type as a name is now and then their password.
    """
    return "account:" + hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()


def address_subject(address: str) -> str:
    """Return what an address's failures are kept under: "2001:db8::1" -> "address:2001:db8::/64"."""
    return f"address:{customer_of(address)}"


def _count(session: Session, subject: str, patience: Patience, moment: datetime) -> float:
    """Count one failure and return 0; or count nothing and return the seconds still to wait."""
    failures = _one_more(session, subject, patience, moment)
    if failures is None:
        until = session.scalar(select(FailedAttempts.locked_until).where(FailedAttempts.subject == subject))
        if until is not None:
            return (until - moment).total_seconds()
        _make_row(session, subject, moment)
        failures = _one_more(session, subject, patience, moment)
    if failures is None:  # the row came from another worker, and is locked already
        return 1.0
    session.execute(
        update(FailedAttempts)
        .where(FailedAttempts.subject == subject)
        .values(locked_until=moment + timedelta(seconds=patience.wait(failures)))
    )
    return 0.0


def _one_more(session: Session, subject: str, patience: Patience, moment: datetime) -> int | None:
    """Add one failure and hold the row; None where there is no row, or it has to wait."""
    forgotten = FailedAttempts.last < moment - timedelta(seconds=patience.forgotten)
    return session.scalar(
        update(FailedAttempts)
        .where(FailedAttempts.subject == subject, FailedAttempts.locked_until <= moment)
        .values(failures=case((forgotten, 1), else_=FailedAttempts.failures + 1), last=moment)
        .returning(FailedAttempts.failures)
    )


def _make_row(session: Session, subject: str, moment: datetime) -> None:
    row = {"subject": subject, "failures": 0, "last": moment, "locked_until": moment}
    with suppress(IntegrityError), session.begin_nested():  # another worker may have been first
        session.execute(insert(FailedAttempts).values(row))


def _locked(seconds: int) -> LockedError:
    return LockedError("accounts.locked", seconds=seconds)
