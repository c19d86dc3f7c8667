"""A sentence read beside a question: which words are of the kind asked for, and where the question's words stand."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from partyqa.question.query import Query
from partyqa.text.entities import Span, answer_spans, asked_names, is_year, years
from partyqa.text.lexicon import any_of, folded, marked, spelt
from partyqa.text.normalise import fold, lowered
from partyqa.text.numbers import SCALE
from partyqa.text.places import recognise
from partyqa.text.tokens import tokens
from partyqa.types import AnswerType

Weigher = Callable[[str], float]

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
DURATION = re.compile(rf" {spelt('marking.tsv', 'duration')}\b")
ASKED_DURATION = re.compile(rf"\b(?:bao nhieu|may|bao) (?:{any_of('marking.tsv', 'duration')}|lau)\b")
_ASKED_UNIT = re.compile(rf"\b({folded(marked('units.tsv', without='loose'))}) nao\b")

_WORD = re.compile(r"\w+(?:[./,-]\w+)*")
_CUT = re.compile(r"[;:](?= )")
_TELLING = 1.0  # the rareness from which on a word is about something


def says_kind(query: Query, text: str) -> bool:
    """Whether `text` holds words of the kind asked for that the question does not say itself."""
    spans = answer_spans(query.kind, text)
    if query.kind not in _MARKED:
        return bool(spans)
    asked = set(query.terms)
    unit = _ASKED_UNIT.search(fold(query.text)) if query.kind is AnswerType.PLACE else None
    if unit:
        spans = [span for span in spans if fold(text[slice(*span)]).startswith(unit.group(1))]
    if query.kind is AnswerType.NUMBER and not ASKED_DURATION.search(fold(query.text)):
        spans = [span for span in spans if not DURATION.match(text, span[1])]
    return any(not set(tokens(text[slice(*span)])) <= asked for span in spans)


def counted(query: Query, text: str) -> list[Span]:
    """Return where a number stands right before what is counted: "2.128 đảng viên" for "bao nhiêu đảng viên"."""
    if query.kind is not AnswerType.NUMBER or not query.focus:
        return []
    flat, words = fold(text), query.focus.split()
    least = 2 if words[:2] == ["nguoi", "dan"] else 1  # "3.993 lượt người học" counts no inhabitants
    for size in range(min(len(words), 2), least - 1, -1):
        thing = " ".join(words[:size])
        if size == 1 and len(words) > 1 and len(thing) < 3:
            continue
        found = re.finditer(
            rf"(?:\b(?:tren|hon|gan|khoang) )?(?<![\d/.,-])\d[\d.,/]*(?: {SCALE})?(?: \w+)? "
            rf"{re.escape(thing)}\b",
            flat,
        )
        spans = [match.span() for match in found if not is_year(text, (match.start(), match.start() + 4))]
        if spans:
            return spans
    return []


def new_words(query: Query, text: str, spans: Iterable[Span]) -> list[Span]:
    """Return the spans that do not only say what the question says itself."""
    asked = set(query.terms)
    return [span for span in spans if not set(tokens(text[slice(*span)])) <= asked]


def closeness(query: Query, text: str, span: Span, idf: Weigher) -> float:
    """How much of what is asked stands in the span's clause, and how near, rare words counting more."""
    start = max(text.rfind(mark, 0, span[0]) for mark in ",;:(") + 1
    ends = [at for mark in ",;)" if (at := text.find(mark, span[1])) >= 0]
    end = min(ends, default=len(text))
    asked = {term for term in query.terms if "_" not in term}
    score = 0.0
    for match in re.finditer(r"\w+", text):
        weight = sum(idf(token) for token in set(tokens(match.group())) & asked)
        if weight:
            gap = max(match.start() - span[1], span[0] - match.end(), 0)
            inside = start <= match.start() < end
            score += weight * ((1.0 if inside else 0.2) + 0.5 / (1 + gap / 12))
    return score


@dataclass(frozen=True)
class Alignment:
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
