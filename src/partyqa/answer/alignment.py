"""A sentence read beside a question: which words are of the kind asked for, and where the question's words stand."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from partyqa.question.query import Query
from partyqa.text.entities import Span, is_year
from partyqa.text.lexicon import spelt
from partyqa.text.normalise import fold
from partyqa.text.numbers import SCALE, YEAR
from partyqa.text.views import TextView
from partyqa.types import AnswerType

_MARKED = frozenset(
    {
        AnswerType.NUMBER,
        AnswerType.DATE,
        AnswerType.PERSON,
        AnswerType.PLACE,
        AnswerType.DOCUMENT,
        AnswerType.OFFICE,
    }
)
DURATION = re.compile(rf" {spelt('marking.tsv', 'duration')}\b(?! {YEAR})")

_WORD = re.compile(r"\w+(?:[./,-]\w+)*")
_CUT = re.compile(r"[;:](?= )")
_TELLING = 1.0  # the rareness from which on a word is about something


def says_kind(query: Query, text: TextView) -> bool:
    """Whether `text` holds words of the kind asked for that the question does not say itself."""
    spans = text.spans(query.kind)
    if query.kind not in _MARKED:
        return bool(spans)
    if query.kind is AnswerType.PLACE and query.asked_unit:
        spans = [span for span in spans if text.flat.startswith(query.asked_unit, span[0])]
    if query.kind is AnswerType.NUMBER and not query.asks_duration:
        spans = [span for span in spans if not DURATION.match(text.text, span[1])]
    return bool(new_words(query, text, spans))


def counted(query: Query, text: TextView) -> list[Span]:
    """Return where a number stands right before what is counted: "2.128 đảng viên" for "bao nhiêu đảng viên"."""
    if query.kind is not AnswerType.NUMBER or not query.focus:
        return []
    words = query.focus.split()
    least = 2 if words[:2] == ["nguoi", "dan"] else 1  # "3.993 lượt người học" counts no inhabitants
    for size in range(min(len(words), 2), least - 1, -1):
        thing = " ".join(words[:size])
        if size == 1 and len(words) > 1 and len(thing) < 3:
            continue
        found = re.finditer(
            rf"(?:\b(?:tren|hon|gan|khoang) )?(?<![\d/.,-])\d[\d.,/]*(?: {SCALE})?(?: \w+)? "
            rf"{re.escape(thing)}\b",
            text.in_digits,
        )
        spans = [
            match.span() for match in found if not is_year(text.text, (match.start(), match.start() + 4))
        ]
        if spans:
            return spans
    return []


def new_words(query: Query, text: TextView, spans: Iterable[Span]) -> list[Span]:
    """Return the spans that add something to the words of the question."""
    return [span for span in spans if not query.term_set.issuperset(text.tokens_in(*span))]


@dataclass(frozen=True)
class Alignment:
    """A sentence read beside a question; `rareness` weighs the question's terms, in natural logarithms."""

    query: Query
    view: TextView
    rareness: Mapping[str, float]

    @property
    def text(self) -> str:
        """The sentence."""
        return self.view.text

    @property
    def flat(self) -> str:
        """The text without accents, of the same length."""
        return self.view.flat

    @property
    def lower(self) -> str:
        """The text in small letters, of the same length."""
        return self.view.lower

    @cached_property
    def held(self) -> list[tuple[Span, float]]:
        """Where the question's words stand in the text, but for names and years, and how rare they are.

        A word that stands there behind the same word as in the question counts twice.
        """
        names = " ".join([*self.query.all_names, *(fold(one.unit_word) for one in self.query.places)])
        left_out = {*names.split(), *map(str, self.query.years)}
        asked = {
            term: weight
            for term, weight in self.rareness.items()
            if term[0] == "~" and left_out.isdisjoint(term[1:].split("_"))
        }
        found, before = [], ""
        for match in _WORD.finditer(self.text):
            word = self.flat[slice(*match.span())]
            weights = (
                asked.get(token, 0.0) for token in self.view.tokens_in(*match.span()) if "_" not in token
            )
            weight = max(weights, default=0.0) + asked.get(f"~{before}_{word}", 0.0)
            if weight >= _TELLING:
                found.append((match.span(), weight))
            before = word
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
        return new_words(self.query, self.view, spans)

    def nearest(self, spans: list[Span]) -> Span | None:
        """The span in the clause that says most of what is asked, the nearest to those words."""
        return max(spans, key=self._closeness, default=None)

    def best(self, spans: list[Span]) -> Span | None:
        """The span that says most of what is asked, the first of equals."""
        return max(spans, key=lambda span: self.weight(*span), default=None)

    def _closeness(self, span: Span) -> float:
        """How much of what is asked stands in the span's clause, and how near, rare words counting more."""
        start = max(self.text.rfind(mark, 0, span[0]) for mark in ",;:(") + 1
        ends = [at for mark in ",;)" if (at := self.text.find(mark, span[1])) >= 0]
        end = min(ends, default=len(self.text))
        score = 0.0
        for match, weight in self._said:
            gap = max(match[0] - span[1], span[0] - match[1], 0)
            inside = start <= match[0] < end
            score += weight * ((1.0 if inside else 0.2) + 0.5 / (1 + gap / 12))
        return score

    @cached_property
    def _said(self) -> list[tuple[Span, float]]:
        """Where each word that the question says too stands, and how rare its tokens are together."""
        found = []
        for match in re.finditer(r"\w+", self.text):
            tokens = {token for token in self.view.tokens_in(*match.span()) if "_" not in token}
            weight = sum(self.rareness.get(token, 0.0) for token in tokens)
            if weight:
                found.append((match.span(), weight))
        return found
