"""Articles that belong together: copies, versions, a correction and what it corrects, a document and its replacement.

Copies are told from versions by their figures, and from another place's report on the same form by their names:
where either differs, nobody takes the one for the other. Sentences are compared by their words alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from partyqa.corpus.near import candidates, signature, without_figures, words_of
from partyqa.corpus.readers.official.replacing import replaced_numbers
from partyqa.text.documents import number_key
from partyqa.text.lexicon import phrases
from partyqa.text.sentences import sentence_spans
from partyqa.types import Article, Kin, KinKind, Passage

_COPY = 0.9  # of the words of the longer one stand in both
_VERSION = 0.5  # of the letters stand in sentences of both, figures aside
_FIGURE = re.compile(r"\d")
_NAMED = 4  # words of a title that a correction may name its article by


@dataclass(frozen=True)
class _Text:
    """An article as it is compared; what is found of it is found once."""

    article: Article

    @cached_property
    def sentences(self) -> dict[str, str]:
        """The sentences by their words."""
        text = self.article.text
        return {key(text[start:end]): text[start:end] for start, end in sentence_spans(text)}

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(words_of(self.article.text))

    @cached_property
    def length(self) -> int:
        return self.counts.total()

    @cached_property
    def words(self) -> Set[str]:
        return frozenset(words_of(f"{self.article.title} {self.article.text}"))

    @cached_property
    def title(self) -> str:
        return without_figures(key(self.article.title))


class _Rest(NamedTuple):
    """What one of two texts has and the other has not."""

    names: Counter[str]
    figures: Counter[str]

    @classmethod
    def of(cls, one: _Text, other: _Text) -> "_Rest":
        keys = one.sentences.keys() - other.sentences.keys()
        written = [one.sentences[own] for own in keys]
        return cls(
            Counter(name for sentence in written for name in _names(sentence)),
            Counter(word for own in keys for word in own.split() if _FIGURE.search(word)),
        )


def key(sentence: str) -> str:
    """Return what two writings of one sentence share: its words in lower case."""
    return " ".join(words_of(sentence))


def with_kin(articles: Sequence[Article]) -> tuple[Article, ...]:
    """Return the articles, each with the others that belong beside it; no article's kin depends on their order."""
    ordered = sorted(articles, key=lambda article: article.id)
    texts = [_Text(article) for article in ordered]
    pairs = list(candidates([signature(article.text) for article in ordered]))
    copies = [pair for pair in pairs if _are_copies(*(texts[row] for row in pair))]
    first = _representatives(texts, copies)
    found: dict[str, list[Kin]] = defaultdict(list)

    def relate(one: Article, is_one: KinKind, other: Article, is_other: KinKind) -> None:
        found[one.id].append(_kin(other, is_other))
        found[other.id].append(_kin(one, is_one))

    for row, representative in enumerate(first):
        if row != representative:
            relate(ordered[row], "copy", ordered[representative], "original")
    for one, other in pairs:
        if first[one] == one and first[other] == other and _are_versions(texts[one], texts[other]):
            earlier, later = sorted((ordered[one], ordered[other]), key=_when)
            known = earlier.published and later.published and earlier.published < later.published
            relate(earlier, "earlier" if known else "version", later, "later" if known else "version")
    for correction, corrected in _corrections(ordered):
        relate(correction, "correction", corrected, "corrected")
    for later, replaced in _replacements(ordered):
        relate(later, "replacement", replaced, "replaced")
    return tuple(replace(article, kin=tuple(found[article.id])) for article in articles)


def cited(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages without those of copies that say nothing which their original does not."""
    copied: dict[str, set[str]] = {
        kin.id: set() for passage in passages for kin in passage.article.kin if kin.kind == "original"
    }
    for passage in passages:
        if passage.article.id in copied:
            copied[passage.article.id].update(key(sentence.text) for sentence in passage.sentences)
    return [passage for passage in passages if not _said_by_original(passage, copied)]


def _said_by_original(passage: Passage, copied: dict[str, set[str]]) -> bool:
    originals = [copied[kin.id] for kin in passage.article.kin if kin.kind == "original"]
    return any(all(key(sentence.text) in said for sentence in passage.sentences) for said in originals)


def _kin(article: Article, kind: KinKind) -> Kin:
    return Kin(kind, article.id, article.title, article.source, article.published)


def _when(article: Article) -> tuple[date, str]:
    return article.published or date.max, article.id


def _are_copies(one: _Text, other: _Text) -> bool:
    """Tell whether two texts are one: nine tenths shared, no figure or name exchanged, of one year, under titles of
    which no figure differs, and whose names both know.
    """
    years = {text.article.published.year for text in (one, other) if text.article.published}
    shared = (one.counts & other.counts).total()
    if len(years) > 1 or shared < _COPY * max(one.length, other.length):
        return False
    rests = _Rest.of(one, other), _Rest.of(other, one)
    if _exchanged(rests[0].names, rests[1].names) or _exchanged(rests[0].figures, rests[1].figures):
        return False
    titles = one.article.title, other.article.title
    dated = [{word for word in words_of(title) if _FIGURE.search(word)} for title in titles]
    if all(dated) and dated[0] != dated[1]:
        return False
    return _names_in(titles[0]) <= other.words and _names_in(titles[1]) <= one.words


def _exchanged(one: Counter[str], other: Counter[str]) -> bool:
    """Tell whether each has what the other has not: where only one has, it was added."""
    return bool(one - other and other - one)


def _names_in(title: str) -> Set[str]:
    return {word for name in _names(title) for word in words_of(name)}


def _are_versions(one: _Text, other: _Text) -> bool:
    """Tell whether two texts are one with other figures: of one title and source, and no name exchanged."""
    sources = {text.article.source for text in (one, other) if text.article.source}
    if one.title != other.title or len(sources) > 1:
        return False
    rests = _Rest.of(one, other), _Rest.of(other, one)
    if rests[0].figures == rests[1].figures or rests[0].names != rests[1].names:
        return False
    masked = [{without_figures(sentence) for sentence in text.sentences} for text in (one, other)]
    shared = sum(map(len, masked[0] & masked[1]))
    return shared >= _VERSION * max(sum(map(len, sentences)) for sentences in masked)


def _names(sentence: str) -> Iterator[str]:
    """Yield the words with a capital that do not begin the sentence."""
    for word in sentence.split()[1:]:
        bare = word.strip("“”\"'‘’()[].,;:!?…-–")
        if bare and bare[0].isupper():
            yield bare


def _representatives(texts: Sequence[_Text], copies: Sequence[tuple[int, int]]) -> list[int]:
    """Return for each row the one of its copies that is cited: the fullest, then the earliest, then by id."""
    above = list(range(len(texts)))

    def top(row: int) -> int:
        while above[row] != row:
            above[row] = above[above[row]]
            row = above[row]
        return row

    for one, other in copies:
        above[top(other)] = top(one)
    group = [top(row) for row in range(len(texts))]
    members: dict[int, list[int]] = defaultdict(list)
    for row, number in enumerate(group):
        members[number].append(row)
    best = {
        number: min(rows, key=lambda row: (-texts[row].length, *_when(texts[row].article)))
        for number, rows in members.items()
        if len(rows) > 1
    }
    return [best.get(number, row) for row, number in enumerate(group)]


def _corrections(articles: Sequence[Article]) -> Iterator[tuple[Article, Article]]:
    """Yield each correction with the article that it names: by its number, else by the longest title."""
    marks = phrases("layout.tsv")["correction"]
    correcting = [one for one in articles if any(mark in one.title.casefold() for mark in marks)]
    names = [(one, key(one.title), key(one.number)) for one in articles] if correcting else []
    for one in correcting:
        said = f" {key(one.title)} {key(one.text)} "
        named = [
            other for other, title, number in names if other is not one and _is_named(said, title, number)
        ]
        earlier = [other for other in named if _when(other)[0] <= _when(one)[0] or not other.published]
        if earlier:
            yield one, max(earlier, key=lambda other: (bool(other.number), len(other.title), other.id))


def _is_named(said: str, title: str, number: str) -> bool:
    by_title = len(title.split()) >= _NAMED and f" {title} " in said
    return by_title or (len(number.split()) > 1 and f" {number} " in said)


def _replacements(articles: Sequence[Article]) -> Iterator[tuple[Article, Article]]:
    """Yield each document with one whose number it says to be no more in force."""
    numbered = [(one, number_key(one.number)) for one in articles if one.number]
    for one in articles:
        ended = replaced_numbers(one.text) if numbered else frozenset()
        for other, number in numbered:
            if number in ended and other.id != one.id:
                yield one, other
