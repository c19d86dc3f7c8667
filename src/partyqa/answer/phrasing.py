"""A sentence read beside a question: which of the question's words stand in it, and where."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from partyqa.answer.alignment import closeness, new_words
from partyqa.question.query import Query
from partyqa.text.entities import asked_names, years
from partyqa.text.places import recognise
from partyqa.text.tokens import fold, lowered, tokens

Span = tuple[int, int]
Weigher = Callable[[str], float]

_WORD = re.compile(r"\w+(?:[./,-]\w+)*")
_CUT = re.compile(r"[;:](?= )")
_TELLING = 1.0  # the rareness from which on a word is about something


@dataclass(frozen=True)
class Said:
    """A sentence read beside a question; `held` are its words that the question says too, with their weight."""

    query: Query
    text: str
    idf: Weigher

    @cached_property
    def flat(self) -> str:
        """The text without accents, of the same length."""
        return fold(self.text)

    @cached_property
    def lower(self) -> str:
        """The text in small letters, of the same length."""
        return lowered(self.text)

    @cached_property
    def held(self) -> list[tuple[Span, float]]:
        """Where the question's words stand in the text, but for names and years, and how rare they are.

        A word that stands there behind the same word as in the question counts twice.
        """
        names = (*asked_names(self.query.text), *(one.told for one in recognise(self.query.text)))
        left_out = {word for name in names for word in fold(name).split()}
        left_out |= {str(year) for year in years(self.query.text)}
        terms = (term[1:] for term in self.query.terms if term[0] == "~")
        asked = {term for term in terms if left_out.isdisjoint(term.split("_"))}
        found, before = [], ""
        for match in _WORD.finditer(self.text):
            flats = {token[1:] for token in tokens(match.group()) if token[0] == "~" and "_" not in token}
            weight = max((self.idf(f"~{flat}") for flat in flats & asked), default=0.0)
            pair = f"{before}_{fold(match.group())}"
            weight += self.idf(f"~{pair}") if pair in asked else 0.0
            if weight >= _TELLING:
                found.append((match.span(), weight))
            before = fold(match.group())
        return found

    def weight(self, start: int, end: int) -> float:
        """How much of what is asked stands in `text[start:end]`."""
        return sum(weight for (at, _), weight in self.held if start <= at < end)

    def parts(self) -> list[Span]:
        """Cut the text at its semicolons and colons."""
        cuts = [mark.end() for mark in _CUT.finditer(self.text)]
        starts, ends = [0, *cuts], [*(cut - 1 for cut in cuts), len(self.text)]
        return [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]

    def unasked(self, spans: list[Span]) -> list[Span]:
        """Leave out what the question itself says."""
        return new_words(self.query, self.text, spans)

    def nearest(self, spans: list[Span]) -> Span | None:
        """The span in the clause that says most of what is asked, the nearest to those words."""
        return max(spans, key=lambda span: closeness(self.query, self.text, span, self.idf), default=None)

    def best(self, spans: list[Span]) -> Span | None:
        """The span that says most of what is asked, the first of equals."""
        return max(spans, key=lambda span: self.weight(*span), default=None)
