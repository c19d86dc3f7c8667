"""Accounts that cost no time: a clock turned by hand, and passwords whose hashes are cheap."""

from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher

from partyqa.service.auth.passwords import Passwords

PASSWORD = "hoa ban trắng Tây Bắc"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class Clock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
