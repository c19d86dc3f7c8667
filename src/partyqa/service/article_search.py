"""Which articles of the corpus a person looks for: by words, place, newspaper and year, accents or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from partyqa.engine import PartyQA
from partyqa.service.filters import Filters
from partyqa.text.normalise import fold, normalise
from partyqa.text.tokens import expansions, terms, tokens
from partyqa.types import Article, Passage, Sentence

MOST_WORDS = 200  # code points of what is looked for
_WINDOW = 280  # code points of a sentence that are shown
_BEFORE = 60  # of these, before the first word found


@dataclass(frozen=True, slots=True)
class Found:
    """An article that is looked for, with its passages that fit the words, the best first."""

    article: Article
    passages: tuple[Passage, ...] = ()


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
        return [Found(article) for article in newest]
    holding = set.intersection(*(_holding(engine, token, word) for token, word in wanted))
    scored = _scored_passages(engine, words)
    flat = {token for token, _ in wanted}

    def rank(article: Article) -> tuple[bool, float, str]:
        best = max((score for score, _ in scored.get(article.id, ())), default=0.0)
        return not flat <= _words_of(article.title), -best, article.id

    found = sorted((article for article in fitting if article.id in holding), key=rank)
    return [Found(article, _in_order(scored.get(article.id, ()))) for article in found]


def snippet(found: Found, words: str) -> Snippet | None:
    """Return a sentence of a found article that holds most of the words, None where the title alone holds any."""
    flat = {token for token, _ in _wanted(cleaned(words))}
    best: tuple[int, Sentence, list[tuple[int, int]]] | None = None
    for sentence in (sentence for passage in found.passages for sentence in passage.sentences):
        marks = _marks(sentence.text, flat)
        held = len({fold(sentence.text[start:end]) for start, end in marks})
        if held > (best[0] if best else 0):
            best = held, sentence, marks
        if held >= len(flat):
            break
    return Snippet(best[1], tuple(_pieces(best[1].text, best[2]))) if best else None


def cleaned(words: str) -> str:
    """Return what is looked for as one line of NFC text of at most MOST_WORDS code points."""
    return " ".join(normalise(words[: 4 * MOST_WORDS]).split())[:MOST_WORDS]


def _wanted(words: str) -> Iterator[tuple[str, str]]:
    """Yield each lexical token without accents, or number, with the word itself (partyqa.text.tokens.tokens)."""
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


def _scored_passages(engine: PartyQA, words: str) -> dict[str, list[tuple[float, Passage]]]:
    """Return, by article, the passages that hold any of the words, each with its BM25."""
    scores, passages = engine.index.score_tokens(tokens(words)), engine.index.passages
    scored: dict[str, list[tuple[float, Passage]]] = {}
    for at in np.flatnonzero(scores > 0):
        scored.setdefault(passages[at].article.id, []).append((float(scores[at]), passages[at]))
    return scored


def _in_order(scored: Sequence[tuple[float, Passage]]) -> tuple[Passage, ...]:
    return tuple(passage for _, passage in sorted(scored, key=lambda row: -row[0]))


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
