"""What a person may say of an answer."""

from enum import StrEnum


class Verdict(StrEnum):
    """Whether an answer is right."""

    RIGHT = "right"
    WRONG = "wrong"
    INCOMPLETE = "incomplete"
