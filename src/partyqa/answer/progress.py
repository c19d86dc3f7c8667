"""The course of one question: it reports where it is, and stops where it has taken too long.

A thread cannot be stopped from outside. So the work itself calls `at` between its parts, which are all short;
the caller states in `following` what to report and how long it may take.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Literal

from partyqa.errors import OverTimeError

Step = Literal["understand", "retrieve", "read"]


@dataclass(slots=True)
class _Course:
    on_step: Callable[[Step], None] | None
    until: float | None
    reported: Step | None = None


_course: ContextVar[_Course | None] = ContextVar("course", default=None)


@contextmanager
def following(on_step: Callable[[Step], None] | None = None, seconds: float | None = None) -> Iterator[None]:
    """Within: `on_step` is called with each step as it begins; after `seconds` the next `at` raises OverTimeError."""
    token = _course.set(_Course(on_step, None if seconds is None else monotonic() + seconds))
    try:
        yield
    finally:
        _course.reset(token)


def at(step: Step) -> None:
    """Report that the work has come to `step`; raises OverTimeError past the time that the question was given."""
    course = _course.get()
    if course is None:
        return
    if course.until is not None and monotonic() > course.until:
        raise OverTimeError("question.over_time")
    if course.reported != step:
        course.reported = step
        if course.on_step is not None:
            course.on_step(step)
