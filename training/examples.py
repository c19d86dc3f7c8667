"""What the reader is shown: a question with a window of text, and whether and where it answers.

A window is one sentence, a few, or the whole paragraph, with or without its title, as the program reads them.
Beside each window that answers stand windows that do not: the same paragraph without the answer, another
paragraph that shares the question's words, the right window under a question about another year, number or
name, and the right question over a window in which that year, number or name is another.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np

from partyqa.index.bm25 import BM25Index
from partyqa.text.lexicon import rows
from partyqa.text.normalise import fold
from partyqa.text.tokens import tokens
from training.paragraphs import Asked, Paragraph, Span

LONGEST_WINDOW = 1100  # code points, about 300 tokens
NEIGHBOURS = 6  # how many BM25 neighbours negatives are drawn from

_YEAR = re.compile(r"\b1\d{3}\b|\b20\d\d\b")
_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*(?![\d.,]*\d)")
# A range such as À-Ỹ holds the small letters too.
_CAPITAL = "".join(letter for letter in map(chr, range(ord("A"), 0x1EFA)) if letter.isupper())
_NAME = re.compile(rf"(?<=\s)[{_CAPITAL}][\w’-]*(?: [{_CAPITAL}][\w’-]*)+")


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the context (title) of a window, the window; `answer` is a span of the window or None.

    `relevant` says that the window is of the right paragraph, None that this is not known.
    """

    question: str
    context: str
    window: str
    answer: Span | None
    relevant: bool | None


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of what an epoch holds, each a probability per question.

    `used`: that a question is asked in an epoch at all; `again`: that a trap is asked over a second, narrower window.
    """

    used: float = 1.0
    elsewhere: float = 0.3
    removed: float = 0.2
    swapped: float = 0.15
    altered: float = 0.15
    again: float = 0.2
    titled: float = 0.85
    dated: float = 0.25
    flat: float = 0.12
    capitals: float = 0.3
    lower: float = 0.08
    slip: float = 0.05
    short: float = 0.3


class Examples:
    """Draws the examples of an epoch; the same seed and epoch give the same examples."""

    def __init__(self, paragraphs: Sequence[Paragraph], seed: int, mix: Mix | None = None) -> None:
        self.paragraphs, self.seed, self.mix = paragraphs, seed, mix or Mix()
        self._lexical = BM25Index.build([tokens(f"{p.title} {p.text}") for p in paragraphs])
        self._names = _pool(_NAME, paragraphs)

    def epoch(self, number: int) -> Iterator[Example]:
        """Yield the examples of that epoch, in order of the paragraphs."""
        chance = random.Random(f"{self.seed}/{number}")
        for place, paragraph in enumerate(self.paragraphs):
            for asked in paragraph.asked:
                if chance.random() >= self.mix.used:
                    continue
                for example in self._of(chance, place, paragraph, asked):
                    yield replace(example, question=typed(chance, example.question, self.mix))

    def _of(self, chance: random.Random, place: int, paragraph: Paragraph, asked: Asked) -> Iterator[Example]:
        context = self._context(chance, paragraph)
        if asked.answers:
            start, end = asked.answers[0]
            around = cut(chance, paragraph, paragraph.sentence_of(start), paragraph.sentence_of(end - 1))
            answer = (start - around[0], end - around[0])
            window = paragraph.text[slice(*around)]
            yield Example(asked.text, context, window, answer, relevant=True)
            if chance.random() < self.mix.swapped:
                other = swapped(chance, asked.text, f"{context} {paragraph.text}", self._names)
                if other:
                    yield Example(other, context, window, None, relevant=None)
            if chance.random() < self.mix.altered:
                texts = altered(chance, asked.text, (context, window), answer, self._names)
                if texts:
                    yield Example(asked.text, *texts, None, relevant=None)
            if chance.random() < self.mix.removed:
                rest = without(chance, paragraph, asked)
                if rest:
                    yield Example(asked.text, context, rest, None, relevant=True)
        else:
            yield from self._trap(chance, paragraph, asked, context)
        if chance.random() < self.mix.elsewhere:
            yield self._elsewhere(chance, place, paragraph, asked)

    def _trap(
        self, chance: random.Random, paragraph: Paragraph, asked: Asked, context: str
    ) -> Iterator[Example]:
        windows = [(0, len(paragraph.sentences) - 1)]
        if chance.random() < self.mix.again:
            windows.append((chance.randrange(len(paragraph.sentences)),) * 2)
        for first, last in windows:
            window = paragraph.text[slice(*cut(chance, paragraph, first, last))]
            yield Example(asked.text, context, window, None, relevant=True)

    def _elsewhere(self, chance: random.Random, place: int, paragraph: Paragraph, asked: Asked) -> Example:
        """A window of another paragraph that BM25 holds for near, around its sentence nearest to it."""
        scores = self._lexical.scores(tokens(asked.text))
        best = [int(row) for row in np.argsort(-scores)[: NEIGHBOURS + 1] if row != place]
        said = {fold(paragraph.text[slice(*span)]) for span in asked.answers}
        wrong = [
            row for row in best if not any(one in fold(self.paragraphs[row].text) for one in said)
        ] or best
        other = self.paragraphs[chance.choice(wrong)]
        words = set(tokens(asked.text))
        near = max(
            range(len(other.sentences)),
            key=lambda n: len(words & set(tokens(other.text[slice(*other.sentences[n])]))),
        )
        context = self._context(chance, other)
        window = other.text[slice(*cut(chance, other, near, near))]
        return Example(asked.text, context, window, None, relevant=False)

    def _context(self, chance: random.Random, paragraph: Paragraph) -> str:
        """The title and perhaps a date, as corpus.chunking.describe puts them before a passage, or ""."""
        if not paragraph.title or chance.random() >= self.mix.titled:
            return ""
        title = f"{paragraph.title.strip().rstrip('.…')}."
        if chance.random() >= self.mix.dated:
            return title
        day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(2005, 2025)
        return f"{title} Ngày {day:02}/{month:02}/{year}."


class Habits(Protocol):
    """How often a question is typed in one of these ways, each a probability."""

    @property
    def short(self) -> float:
        """With abbreviations."""

    @property
    def flat(self) -> float:
        """Without accents."""

    @property
    def capitals(self) -> float:
        """Of those without accents: with the capitals kept."""

    @property
    def lower(self) -> float:
        """In small letters."""

    @property
    def slip(self) -> float:
        """With a slip of the finger."""


def typed(chance: random.Random, question: str, habits: Habits) -> str:
    """Return the question as people type: abbreviated, without accents, in small letters, or with a slip."""
    if chance.random() < habits.short:
        question = abbreviated(question)
    draw = chance.random()
    if draw < habits.flat:
        flat = fold(question)
        if chance.random() >= habits.capitals:
            return flat
        return "".join(
            low.upper() if high.isupper() else low for low, high in zip(flat, question, strict=True)
        )
    if draw < habits.flat + habits.lower:
        return question.lower()
    if draw < habits.flat + habits.lower + habits.slip:
        return slipped(chance, question)
    return question


def cut(chance: random.Random, paragraph: Paragraph, first: int, last: int) -> Span:
    """Return a span of whole sentences that holds `first` to `last`: those alone, with neighbours, or all."""
    draw = chance.random()
    reach = 0 if draw < 0.12 else chance.randint(1, 3) if draw < 0.35 else len(paragraph.sentences)
    low, high = first, last
    for _ in range(reach):
        for down, up in ((1, 0), (0, 1)):
            new_low, new_high = max(low - down, 0), min(high + up, len(paragraph.sentences) - 1)
            if paragraph.sentences[new_high][1] - paragraph.sentences[new_low][0] <= LONGEST_WINDOW:
                low, high = new_low, new_high
    return paragraph.sentences[low][0], paragraph.sentences[high][1]


def without(chance: random.Random, paragraph: Paragraph, asked: Asked) -> str:
    """Return a window of the paragraph, as its sentences stand, with the answering ones left out, or ""."""
    answering = {
        number
        for start, end in asked.answers
        for number in range(paragraph.sentence_of(start), paragraph.sentence_of(end - 1) + 1)
    }
    said = [fold(paragraph.text[slice(*span)]) for span in asked.answers]
    rest = [
        paragraph.text[slice(*span)]
        for number, span in enumerate(paragraph.sentences)
        if number not in answering
    ]
    rest = [text for text in rest if not any(one in fold(text) for one in said)]
    if not rest:
        return ""
    size = chance.choice((1, 2, len(rest)))
    start = chance.randrange(max(len(rest) - size, 0) + 1)
    return " ".join(rest[start : start + size])[:LONGEST_WINDOW]


def swapped(chance: random.Random, question: str, text: str, names: Sequence[str]) -> str:
    """Return the question about another year, number or name, one that `text` does not hold, or ""."""
    choices = list(_particulars(question))
    if not choices:
        return ""
    match = chance.choice(choices)
    new = _another(chance, match.group(), text, names)
    return question[: match.start()] + new + question[match.end() :] if new else ""


def altered(
    chance: random.Random, question: str, texts: tuple[str, str], answer: Span, names: Sequence[str]
) -> tuple[str, str] | None:
    """Return (context, window) with a year, number or name of the question replaced by another wherever it stands.

    None where the window holds none of them, or only in its answer.
    """
    context, window = texts
    rest = f"{window[: answer[0]]} {window[answer[1] :]}"
    asked = {match.group() for match in _particulars(question)}
    choices = sorted(found for found in asked if _whole(found).search(rest))
    if not choices:
        return None
    found = chance.choice(choices)
    new = _another(chance, found, f"{question} {context} {window}", names)
    return (_whole(found).sub(new, context), _whole(found).sub(new, window)) if new else None


def abbreviated(question: str) -> str:
    """Return the question with the terms that the lexicon can abbreviate written short, as officials type.

    "Ban Thường vụ Huyện ủy họp mấy lần?" -> "BTV Huyện ủy họp mấy lần?"
    """
    pattern, short = _short_terms()
    return pattern.sub(lambda match: short[match.group().lower().replace("uỷ", "ủy")], question)


@cache
def _short_terms() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return what finds the long terms that have an abbreviation of three letters and more, and those."""
    pairs = rows("abbreviations.tsv")
    short = {full: short for short, full in reversed(pairs) if len(short) > 2 and " " in full}
    sought = "|".join(sorted(map(re.escape, short), key=len, reverse=True)).replace("ủy", "(?:ủy|uỷ)")
    return re.compile(rf"(?<!\w)(?:{sought})(?!\w)", re.IGNORECASE), short


def _particulars(question: str) -> Iterator[re.Match[str]]:
    """Yield the names, years and numbers of a question."""
    return (match for pattern in (_NAME, _YEAR, _NUMBER) for match in pattern.finditer(question))


def _another(chance: random.Random, found: str, text: str, names: Sequence[str]) -> str:
    """Return a year, number or name of the kind of `found` that `text` does not hold, "" where five tries fail."""
    for _ in range(5):
        if _YEAR.fullmatch(found):
            new = str(int(found) + chance.choice((-11, -10, -5, -3, -2, -1, 1, 2, 3, 5, 10)))
        elif found[0].isdigit():
            new = re.sub(r"\d", lambda _: str(chance.randint(1, 9)), found)
        else:
            new = chance.choice(names)
        if new not in text and new != found:
            return new
    return ""


def _whole(found: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,]){re.escape(found)}(?!\w|[.,]\d)")


def slipped(chance: random.Random, question: str) -> str:
    """Return the question with two neighbouring letters swapped or one letter lost, as fingers do."""
    places = [
        at for at in range(1, len(question) - 1) if question[at].isalpha() and question[at + 1].isalpha()
    ]
    if not places:
        return question
    at = chance.choice(places)
    if chance.random() < 0.5:
        return question[:at] + question[at + 1] + question[at] + question[at + 2 :]
    return question[:at] + question[at + 1 :]


def _pool(pattern: re.Pattern[str], paragraphs: Sequence[Paragraph]) -> list[str]:
    found = {name for p in paragraphs for asked in p.asked for name in pattern.findall(asked.text)}
    return sorted(found)
