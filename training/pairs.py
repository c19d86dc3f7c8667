"""What the retriever is shown: a query, the passage to be found, and one that must lie farther away.

A passage is a window of whole sentences, often with its title before it as the program embeds it. The one
that must lie farther is another text that BM25 holds for near, or the very passage with the place, person,
year or number that the query names replaced by another of its kind.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

import numpy as np

from partyqa.corpus.chunking import describe
from partyqa.index.bm25 import BM25Index
from partyqa.text.normalise import fold
from partyqa.text.tokens import tokens
from partyqa.types import Article
from training.examples import NEIGHBOURS, altered, cut, typed
from training.naming import Names
from training.news import Document
from training.paragraphs import Asked, Paragraph, Span

LONGEST = 720  # code points of a window, about 190 tokens
_SENTENCES = 3  # of a news window, at least, where there are so many


@dataclass(frozen=True, slots=True)
class Pair:
    """A query with the passage that answers it and one that does not.

    `homes` are the whole texts that the two passages were cut from; `answer` is what the query is answered
    with, so that other passages that hold it are not taken for wrong, "" where that is unknown.
    """

    query: str
    positive: str
    negative: str
    homes: tuple[str, str]
    answer: str


@dataclass(frozen=True, slots=True)
class Shares:
    """Probabilities of how queries are typed, and of another text as the one that must lie farther."""

    elsewhere: float = 0.6
    short: float = 0.3
    flat: float = 0.15
    capitals: float = 0.0
    lower: float = 0.08
    slip: float = 0.05


class Source(Protocol):
    """What draws pairs, the same for the same state of `chance`."""

    def pairs(self, chance: random.Random, epoch: int, elsewhere: float) -> Iterator[Pair]:
        """Yield the pairs of an epoch, their queries as they were written."""


def epoch_of(sources: Sequence[Source], shares: Shares, seed: int, number: int) -> list[Pair]:
    """Return the pairs of that epoch, shuffled; the same seed and number give the same pairs."""
    chance = random.Random(f"{seed}/{number}")
    made = [pair for source in sources for pair in source.pairs(chance, number, shares.elsewhere)]
    chance.shuffle(made)
    return [replace(pair, query=typed(chance, pair.query, shares)) for pair in made]


class Questions:
    """Draws a pair for each question that its paragraph answers."""

    def __init__(self, paragraphs: Sequence[Paragraph], names: Names, titled: float, times: int = 1) -> None:
        self.paragraphs, self.titled, self.times = paragraphs, titled, times
        self._names = names
        self._near = Near(paragraphs)

    def pairs(self, chance: random.Random, epoch: int, elsewhere: float) -> Iterator[Pair]:
        """Yield `times` pairs for each question, in order; `titled` is how often a passage has its title."""
        for paragraph in self.paragraphs:
            for asked in paragraph.asked * self.times:
                if asked.answers:
                    yield self._pair(chance, paragraph, asked, elsewhere)

    def _pair(self, chance: random.Random, paragraph: Paragraph, asked: Asked, elsewhere: float) -> Pair:
        start, end = asked.answers[0]
        place = around(chance, paragraph, paragraph.sentence_of(start), paragraph.sentence_of(end - 1))
        context = context_of(paragraph) if chance.random() < self.titled else ""
        window = paragraph.text[slice(*place)]
        span = (start - place[0], end - place[0])
        answer = paragraph.text[start:end]
        positive = embeddable(context, window)
        if chance.random() >= elsewhere:
            swapped = altered(chance, asked.text, (context, window), span, self._names.like(asked.text))
            if swapped:
                return Pair(
                    asked.text, positive, embeddable(*swapped), (paragraph.text, paragraph.text), answer
                )
        other, window = self._near.draw(chance, asked.text, paragraph.text, answer)
        context = context_of(other) if context else ""
        return Pair(asked.text, positive, embeddable(context, window), (paragraph.text, other.text), answer)


class News:
    """Draws two pairs for each document: its title, and its lead, with a window of its text."""

    def __init__(self, documents: Sequence[Document], names: Names, an_epoch: int) -> None:
        self.documents, self.an_epoch = documents, an_epoch
        self._names = names

    def pairs(self, chance: random.Random, epoch: int, elsewhere: float) -> Iterator[Pair]:
        """Yield the pairs of the epoch's own documents; no passage has its title or its lead for the query."""
        some = self.documents[epoch * self.an_epoch : (epoch + 1) * self.an_epoch]
        if not some:
            return
        near = Near([document.body for document in some])
        for document in some:
            body = document.body
            yield self._pair(chance, near, document, body.title, 0, elsewhere)
            yield self._pair(chance, near, document, body.text[: document.lead], document.later, elsewhere)

    def _pair(
        self,
        chance: random.Random,
        near: "Near",
        document: Document,
        query: str,
        first: int,
        elsewhere: float,
    ) -> Pair:
        body = document.body
        middle = chance.randrange(first, len(body.sentences))
        last = min(middle + _SENTENCES, len(body.sentences)) - 1
        start, end = around(chance, body, middle, last)
        window = body.text[max(start, body.sentences[first][0]) : end]
        if chance.random() >= elsewhere:
            swapped = altered(chance, query, ("", window), (0, 0), self._names.like(query))
            if swapped:
                return Pair(query, window, swapped[1], (body.text, body.text), "")
        other, wrong = near.draw(chance, query, body.text, "")
        return Pair(query, window, wrong, (body.text, other.text), "")


class Near:
    """Finds paragraphs that share a query's words."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.paragraphs = paragraphs
        # Of a long text its beginning says what it is about.
        self._lexical = BM25Index.build([tokens(f"{p.title} {p.text[:LONGEST]}") for p in paragraphs])
        self._sentences: dict[int, list[frozenset[str]]] = {}

    def draw(self, chance: random.Random, query: str, home: str, answer: str) -> tuple[Paragraph, str]:
        """Return one of the NEIGHBOURS nearest other paragraphs without `answer`, and its window nearest to the query.

        Where all others hold the answer, one of the farthest. Raises ValueError where there is no other.
        """
        words = tokens(query)
        order = np.argsort(-self._lexical.scores(words), kind="stable")
        held = holder(answer)
        others = (row for row in map(int, order) if not related(home, self.paragraphs[row].text))
        wrong = list(islice((row for row in others if not held(fold(self.paragraphs[row].text))), NEIGHBOURS))
        if not wrong:
            wrong = [row for row in map(int, order) if not related(home, self.paragraphs[row].text)]
            wrong = wrong[-NEIGHBOURS:]
        if not wrong:
            raise ValueError("there is no other text to draw from")
        row = chance.choice(wrong)
        other, sought = self.paragraphs[row], set(words)
        best = int(np.argmax([len(sought & said) for said in self._said(row)]))
        return other, other.text[slice(*around(chance, other, best, best))]

    def _said(self, row: int) -> list[frozenset[str]]:
        """Return the tokens of each sentence of a paragraph."""
        if row not in self._sentences:
            paragraph = self.paragraphs[row]
            parts = (paragraph.text[slice(*span)] for span in paragraph.sentences)
            self._sentences[row] = [frozenset(tokens(part)) for part in parts]
        return self._sentences[row]


def around(chance: random.Random, paragraph: Paragraph, first: int, last: int) -> Span:
    """Return what `cut` returns without the outer sentences that make it longer than LONGEST."""
    start, end = cut(chance, paragraph, first, last)
    low, high = paragraph.sentence_of(start), paragraph.sentence_of(end - 1)
    while paragraph.sentences[high][1] - paragraph.sentences[low][0] > LONGEST and (low, high) != (
        first,
        last,
    ):
        if first - low > high - last:
            low += 1
        else:
            high -= 1
    return paragraph.sentences[low][0], paragraph.sentences[high][1]


def context_of(paragraph: Paragraph) -> str:
    """Return what the program puts before a passage of an article of this title and text."""
    return describe(Article("", paragraph.title, paragraph.text))


def embeddable(context: str, window: str) -> str:
    """Return what is embedded of a passage, as `Passage.embeddable` says."""
    return f"{context}\n{window}" if context else window


def related(one: str, other: str) -> bool:
    """Return whether the texts are the same, or one is a part of the other."""
    return one in other or other in one


def holder(answer: str) -> Callable[[str], bool]:
    """Return a function that says whether a folded text holds the answer as whole words; never for ""."""
    sought = fold(answer)
    if not sought:
        return lambda text: False
    pattern = re.compile(rf"(?<!\w){re.escape(sought)}(?!\w)")
    return lambda text: sought in text and pattern.search(text) is not None
