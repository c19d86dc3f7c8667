"""Who asks: a person with a role."""

from dataclasses import dataclass
from enum import IntEnum


class Role(IntEnum):
    """What a person may do; each role may do what the ones below it may."""

    READER = 1
    EDITOR = 2
    ADMINISTRATOR = 3


@dataclass(frozen=True, slots=True)
class Person:
    """The person of a request; `id` is what belongs to them is kept under, `name` is empty where nobody logs in."""

    id: str
    name: str
    role: Role


LOCAL = Person("local", "", Role.ADMINISTRATOR)
"""Whoever sits at the machine itself, when it asks for no login."""
