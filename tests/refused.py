"""What must be refused, many cases in one test: the failing case stands in the message."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from partyqa.errors import PartyQAError

Case = TypeVar("Case")
Error = TypeVar("Error", bound=PartyQAError)


def refused(
    kind: type[Error], attempt: Callable[[Case], object], cases: Iterable[Case]
) -> list[tuple[Case, Error]]:
    """Return each case with its error; fails with the cases that raise none of this kind."""
    errors: list[tuple[Case, Error]] = []
    taken = []
    for case in cases:
        try:
            taken.append((case, attempt(case)))
        except kind as error:
            errors.append((case, error))
    assert taken == [], "these should be refused"
    return errors
