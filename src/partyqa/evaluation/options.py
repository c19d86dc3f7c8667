"""What the command line lets one choose; it is read for `partyqa --help`, so nothing heavy is imported here."""

from enum import StrEnum


class Split(StrEnum):
    """Which half of a question file is asked."""

    DEV = "dev"
    TEST = "test"
    ALL = "all"


class Typed(StrEnum):
    """How questions are typed anew before they are asked."""

    FLAT = "flat"  # without accents, in lower case
    LOWER = "lower"
    UPPER = "upper"
    SLIP = "slip"  # one letter of each turn swapped with the next or lost
