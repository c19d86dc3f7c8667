"""What a metric is: its name, what it says, which way is better, where it is shown, whether it may fall."""

from dataclasses import KW_ONLY, dataclass
from enum import IntEnum
from typing import Literal, NamedTuple

from partyqa.i18n import Language


class Words(NamedTuple):
    """The same words in both languages."""

    vi: str
    en: str

    def text(self, lang: Language) -> str:
        """Return the words in that language."""
        return self.en if lang == "en" else self.vi

    @property
    def both(self) -> str:
        """Vietnamese, then English where it differs."""
        return self.vi if self.vi == self.en else f"{self.vi} · {self.en}"


class Shown(IntEnum):
    """How far a metric is shown: in its own place and in those before it."""

    TABLE = 1  # the whole table of a dataset
    SUMMARY = 2  # the Markdown table
    SLICES = 3  # the tables by kind, article, place and length
    PLOT = 4  # a plot by kind


@dataclass(frozen=True, slots=True)
class Metric:
    """A column of the reports, in the JSON under `name`, which is its title in every language.

    `gated` is how far the mean may surely fall before `--baseline` fails, 0..1; None where it may.
    """

    name: str
    meaning: Words
    _: KW_ONLY
    better: Literal["higher", "lower"] = "higher"
    shown: Shown = Shown.TABLE
    gated: float | None = None

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is: values times it are compared."""
        return 1 if self.better == "higher" else -1
