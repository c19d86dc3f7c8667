"""A sentence read beside a question: which words are of the kind asked for, and which are marked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from partyqa.models.base import Reading
from partyqa.question.query import Query
from partyqa.text.entities import Span, is_year
from partyqa.text.lexicon import any_of, spelt
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
_DURATION = re.compile(rf" {spelt('marking.tsv', 'duration')}\b(?! {YEAR})")
_WHOLE = (AnswerType.DATE, AnswerType.NUMBER, AnswerType.DOCUMENT)
_WORD = re.compile(r"\w+(?:[./,:-]\w+)*%?")
_EDGE = " \t\n,;:.–-"
_UNITS = f"(?:{any_of('followup.tsv', 'counted', 'people')}|{any_of('marking.tsv', 'unit', 'duration')})"
_UNIT = re.compile(rf" (?:{_UNITS}|{SCALE}(?: {_UNITS})?)(?!\w)")


def says_kind(query: Query, text: TextView) -> bool:
    """Whether `text` holds words of the kind asked for that the question does not say itself."""
    spans = text.spans(query.kind)
    if query.kind not in _MARKED:
        return bool(spans)
    if query.kind is AnswerType.PLACE and query.asked_unit:
        spans = [span for span in spans if text.flat.startswith(query.asked_unit, span[0])]
    if query.kind is AnswerType.NUMBER and not query.asks_duration:
        spans = [span for span in spans if not _DURATION.match(text.text, span[1])]
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

    def nearest(self, spans: list[Span]) -> Span | None:
        """The span in the clause that says most of what is asked, the nearest to those words."""
        return max(spans, key=self._closeness, default=None)

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


def marked(aligned: Alignment, reading: Reading | None) -> Span | None:
    """Return the span within the sentence that answers: what was read, else the words of the kind asked for that stand
    nearest to those of the question; None where there are none.
    """
    words = None if reading is None else reading.words
    return nearest(aligned) if words is None else widened(aligned, words)


def nearest(aligned: Alignment) -> Span | None:
    """Return the words of the kind asked for, new to the question, in the clause that says most of what is asked."""
    query, view = aligned.query, aligned.view
    if query.kind not in _MARKED:
        return None
    if things := counted(query, view):
        return aligned.nearest(things)
    best = aligned.nearest(new_words(query, view, view.spans(query.kind)))
    return with_unit(aligned, best) if best and query.kind is AnswerType.NUMBER else best


def widened(aligned: Alignment, span: Span) -> Span:
    """Return the span with what it cuts made whole: words, dates, figures with their units, document numbers."""
    start, end = span
    for match in _WORD.finditer(aligned.text):
        if match.start() < end and start < match.end():
            start, end = min(start, match.start()), max(end, match.end())
    for kind in _WHOLE:
        for low, high in aligned.view.spans(kind):
            if low < end and start < high and not (start <= low and high <= end):
                start, end = min(start, low), max(end, high)
            if kind is AnswerType.NUMBER and high == end and start <= low:
                end = with_unit(aligned, (low, high))[1]
    while start < end and aligned.text[start] in _EDGE:
        start += 1
    while end > start and aligned.text[end - 1] in _EDGE:
        end -= 1
    return start, end


def with_unit(aligned: Alignment, span: Span) -> Span:
    """Return the figure with the unit or the things counted that stand right behind it."""
    if aligned.text[span[1] - 1] == "%":
        return span
    unit = _UNIT.match(aligned.flat, span[1])
    return span[0], unit.end() if unit else span[1]
