"""Which articles of the corpus a person looks for: by words, place, newspaper and year, accents or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from partyqa.engine import PartyQA
from partyqa.service.filters import Filters
from partyqa.text import expansions, fold, normalise, terms, tokens
from partyqa.types import Article, Passage, Sentence

MOST_WORDS = 200  # code points of what is looked for
_WINDOW = 280  # code points of a sentence that are shown
_BEFORE = 60  # of these, before the first word found


@dataclass(frozen=True, slots=True)
class Found:
    """An article that is looked for, with its passage that fits the words best; None where no words were given."""

    article: Article
    passage: Passage | None


@dataclass(frozen=True, slots=True)
class Snippet:
    """A sentence in pieces, (text, whether it was looked for); pieces of a long one begin or end with "…"."""

    sentence: Sentence
    pieces: tuple[tuple[str, bool], ...]


def find(engine: PartyQA, words: str, filters: Filters) -> list[Found]:
    """Return the articles that fit the filters and hold every word, the best first; without words the newest.

    A word may stand in the title, text, newspaper or author, with or without its accents; an abbreviation also as
    what it stands for.
    """
    words = cleaned(words)
    fitting = [article for article in engine.articles if filters.fits(article)]
    wanted = list(_wanted(words))
    if not wanted:
        newest = sorted(fitting, key=lambda article: fold(article.title))
        newest.sort(
            key=lambda article: article.published.toordinal() if article.published else 0, reverse=True
        )
        return [Found(article, None) for article in newest]
    holding = set.intersection(*(_holding(engine, token, word) for token, word in wanted))
    best = _best_passages(engine, words)
    flat = {token for token, _ in wanted}

    def rank(article: Article) -> tuple[bool, float, str]:
        in_title = flat <= _words_of(article.title)
        return not in_title, -best[article.id][0] if article.id in best else 0.0, article.id

    found = sorted((article for article in fitting if article.id in holding), key=rank)
    return [Found(article, best[article.id][1] if article.id in best else None) for article in found]


def snippet(found: Found, words: str) -> Snippet | None:
    """Return the sentence of a found article's passage that holds most of the words, None where none does."""
    flat = {token for token, _ in _wanted(cleaned(words))}
    if found.passage is None:
        return None
    marked = [(sentence, _marks(sentence.text, flat)) for sentence in found.passage.sentences]
    sentence, marks = max(marked, key=lambda row: len({fold(row[0].text[slice(*mark)]) for mark in row[1]}))
    return Snippet(sentence, tuple(_pieces(sentence.text, marks))) if marks else None


def cleaned(words: str) -> str:
    """Return what is looked for as one line of NFC text of at most MOST_WORDS code points."""
    return " ".join(normalise(words[: 4 * MOST_WORDS]).split())[:MOST_WORDS]


def _wanted(words: str) -> Iterator[tuple[str, str]]:
    """Yield each word's lexical token without accents, or its number, with the word itself (partyqa.text.tokens)."""
    for key, start, end in terms(words):
        if "/" not in key:  # what has parts is followed by them
            yield _flat(key), words[start:end]


def _flat(key: str) -> str:
    return f"~{fold(key.rstrip('12345'))}" if key[0].isalpha() else key


@lru_cache(maxsize=1 << 14)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(_flat(key) for key, _, _ in terms(text))


def _holding(engine: PartyQA, token: str, word: str) -> set[str]:
    """Return the ids of the articles that hold a word, or what it abbreviates."""
    ids = _ids(engine, token)
    for full in expansions(word):
        ids |= set.intersection(*(_ids(engine, part) for part in _words_of(full)))
    return ids


def _ids(engine: PartyQA, token: str) -> set[str]:
    """Return the ids of the articles whose passages, newspaper or author hold a token."""
    passages = engine.index.passages
    ids = {passages[at].article.id for at in np.flatnonzero(engine.index.score_tokens([token]) > 0)}
    return ids | {a.id for a in engine.articles if token in _words_of(f"{a.source} · {a.author}")}


def _best_passages(engine: PartyQA, words: str) -> dict[str, tuple[float, Passage]]:
    """Return, by article, the highest BM25 of a passage and that passage, the first of equals."""
    scores, passages = engine.index.score_tokens(tokens(words)), engine.index.passages
    best: dict[str, tuple[float, Passage]] = {}
    for at in np.flatnonzero(scores > 0):
        passage, score = passages[at], float(scores[at])
        if passage.article.id not in best or score > best[passage.article.id][0]:
            best[passage.article.id] = score, passage
    return best


def _marks(text: str, flat: set[str]) -> list[tuple[int, int]]:
    """Return the spans of the words looked for, in order, none in another."""
    spans: list[tuple[int, int]] = []
    for key, start, end in terms(text):
        if _flat(key) in flat and (not spans or start >= spans[-1][1]):
            spans.append((start, end))
    return spans


def _pieces(text: str, marks: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Yield the text in pieces; of a long one a part around the first mark, cut at spaces."""
    first, last = 0, len(text)
    if last > _WINDOW:
        first = max(0, marks[0][0] - _BEFORE)
        first = text.find(" ", first, marks[0][0]) + 1 if first else 0
        last = min(last, max(first + _WINDOW, marks[0][1]))
        last = max(text.rfind(" ", marks[0][1], last), marks[0][1]) if last < len(text) else last
    at = first
    if first:
        yield "… ", False
    for start, end in marks:
        if end > last:
            break
        if at < start:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < last:
        yield text[at:last], False
    if last < len(text):
        yield " …", False
