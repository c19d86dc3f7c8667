"""A text with all that is known of it: folded, its tokens, the names, places, times and offices in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from partyqa.text import entities, location, names, numbers, places
from partyqa.text.entities import Span
from partyqa.text.normalise import fold, lowered
from partyqa.text.places import Mention
from partyqa.text.tokens import tokens_of
from partyqa.types import AnswerType

_ROW = re.compile(r"[^;:]{1,80}: [^;]+(?:; [^;:]{1,80}: [^;]+)+")


@dataclass(frozen=True)
class TextView:
    """NFC `text` with what the rules of this folder find in it, each found when first needed and kept.

    It lives as long as the question that it was made for; threads may share it.
    """

    text: str

    @cached_property
    def flat(self) -> str:
        """The text accent-free and in small letters, of the same length."""
        return fold(self.text)

    @cached_property
    def is_row(self) -> bool:
        """Whether it is a row of a table, each cell under its head: "Xã: Nậm Lạnh; Số đảng viên: 187"."""
        return _ROW.fullmatch(self.text) is not None

    @cached_property
    def in_digits(self) -> str:
        """The accent-free text with each number in words as ones, of the same length."""
        return fold(numbers.in_digits(self.text))

    @cached_property
    def lower(self) -> str:
        """The text in small letters, of the same length."""
        return lowered(self.text)

    @cached_property
    def words(self) -> str:
        """The keys of the words with single spaces around each, to look names up in (text/names.py)."""
        return f" {names.name_key(self.text)} "

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The distinct lexical tokens."""
        return frozenset(tokens_of(self.text, self.flat))

    def tokens_in(self, start: int, end: int) -> list[str]:
        """Return the lexical tokens of `text[start:end]`."""
        return tokens_of(self.text[start:end], self.flat[start:end])

    def spans(self, answer_type: AnswerType) -> list[Span]:
        """Return the spans of the text that are of that type, in order."""
        return entities.answer_spans(answer_type, self.text)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years named: "nhiệm kỳ 2015-2020" -> 2015, 2020."""
        return entities.years(self.text)

    @cached_property
    def periods(self) -> tuple[frozenset[int], ...]:
        """The first and last year of each period: "nhiệm kỳ 2015-2020" -> {2015, 2020}."""
        return entities.periods(self.text)

    @cached_property
    def single_years(self) -> frozenset[int]:
        """The years named by themselves, not as the first or last of a period."""
        return entities.years(entities.PERIOD.sub("", self.text))

    @cached_property
    def of_now(self) -> bool:
        """Whether it speaks of today: "hiện có", "đến nay"."""
        return bool(entities.NOW.search(self.flat))

    @cached_property
    def of_beginnings(self) -> bool:
        """Whether it speaks of the beginnings: "khi mới chia tách"."""
        return bool(entities.BEGINNINGS.search(self.flat))

    @cached_property
    def offices(self) -> Mapping[str, frozenset[str]]:
        """Each office named with its ranks."""
        return entities.offices(self.flat)

    @cached_property
    def ordinals(self) -> Mapping[str, frozenset[str]]:
        """What is numbered in a row, with its numbers."""
        return entities.ordinals(self.text)

    @cached_property
    def units(self) -> Mapping[str, frozenset[str]]:
        """Each place that is named with its unit and a capital letter, with these units."""
        return entities.units(self.text)

    @cached_property
    def all_units(self) -> Mapping[str, frozenset[str]]:
        """The `units`, those of places written small as well."""
        return entities.all_units(self.units, self.places)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The keys of the names of places and people known by their capitals, or in small letters by what is around."""
        return entities.names(self.text)

    @cached_property
    def all_names(self) -> tuple[str, ...]:
        """The `names`, cut at the places that follow each other, and places written small."""
        return entities.all_names(self.names, self.places)

    @cached_property
    def places(self) -> tuple[Mention, ...]:
        """The places of Vietnam that are named, in order."""
        return places.recognise(self.text)

    @cached_property
    def only_where(self) -> frozenset[str]:
        """The keys of the places that only locate another one."""
        return location.only_where(self.flat, self.places)

    @cached_property
    def misplaced(self) -> tuple[Mention, Mention] | None:
        """The first place put into a province where it does not lie, and that province."""
        return location.misplaced(self.flat, self.places)

    def as_written(self, name: str) -> str:
        """Return a name, by its key, as it is written: a place in full, "huyện Mường Nhé", else as in the text."""
        for mention in self.places:
            if mention.key == name and mention.label:
                return mention.label
        span = names.find(self.text, name)
        return self.text[slice(*span)] if span else name
