"""A clause that a question names, "Điều 2 quy định gì?": all its sentences, or why there is none."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from partyqa.question.clauses import ClauseKey, ClausesAsked, keys_of
from partyqa.question.query import Query
from partyqa.text.documents import number_key
from partyqa.text.normalise import fold
from partyqa.text.sentences import sentence_spans
from partyqa.types import Answer, Article, Citation, Grounds, Hit, Passage, Refusal, Sentence

_COVERED = 0.6  # share of the other words of a question that a document's name must hold to be what is named
_MOST_NAMED = 5  # documents in a refusal


@dataclass(frozen=True)
class _Document:
    """A document with clauses: an article, or a part of it that is attached to a decision (`part`)."""

    article: Article
    part: str

    @property
    def name(self) -> str:
        """What it is called: "QUY CHẾ mượn sách (số 12/2020/QĐ-UBND)"."""
        number = f" (số {self.article.number})" if self.article.number else ""
        return f"{self.part or self.article.title}{number}"

    @cached_property
    def words(self) -> frozenset[str]:
        """The accent-free syllables of its name, its number, its date and who issued it."""
        year = self.article.published.year if self.article.published else ""
        return frozenset(re.findall(r"\w+", fold(f"{self.name} {self.article.source} {year}")))

    def sentences(self, keys: frozenset[ClauseKey]) -> tuple[Sentence, ...]:
        """Return the sentences of a clause, in order."""
        own = (Sentence(self.article, *span) for span in sentence_spans(self.article.text))
        return tuple(one for one in own if self.holds(one.path) and keys <= keys_of(one.path))

    def holds(self, path: tuple[str, ...]) -> bool:
        """Return whether a path lies in this part of the article."""
        return bool(path) and _part(path) == self.part


class Clauses:
    """The clauses of an index's articles."""

    def __init__(self, articles: Sequence[Article], passages: Sequence[Passage]) -> None:
        self._articles, self._passages = articles, passages

    def of(self, articles: Set[str] | None) -> "Clauses":
        """Return those of some articles, by their ids; of all for None."""
        if articles is None:
            return self
        own = [article for article in self._articles if article.id in articles]
        return Clauses(own, [passage for passage in self._passages if passage.article.id in articles])

    @cached_property
    def _documents(self) -> tuple[_Document, ...]:
        return tuple(
            _Document(article, part)
            for article in self._articles
            for part in dict.fromkeys(
                _part(section.path) for section in article.sections if keys_of(section.path)
            )
        )

    def answer(self, query: Query) -> Answer | None:
        """Return the whole of the clauses that a question asks for, or why not; None where it asks something else."""
        asked = query.clauses
        if asked is None or not self._documents:
            return None
        documents = self._named(asked)
        if not documents or not _is_named(asked, documents):
            return None
        label = " và ".join(name for name, _ in asked.clauses)
        holding = [one for one in documents if all(_has(one, keys) for _, keys in asked.clauses)]
        if not holding:
            return _refused(query, _no_clause(label, documents))
        if len(holding) > 1:
            names = "; ".join(one.name for one in holding[:_MOST_NAMED])
            more = "; …" if len(holding) > _MOST_NAMED else ""
            return _refused(query, Refusal("which_document", {"clause": label, "documents": names + more}))
        found = [sentence for _, keys in asked.clauses for sentence in holding[0].sentences(keys)]
        return _quoted(query, label, list(dict.fromkeys(found)))

    def within(self, query: Query, hits: Sequence[Hit]) -> Sequence[Hit]:
        """Return what lies in the clauses that a question names, "Theo Điều 5, được mượn mấy cuốn?", else the hits."""
        asked = query.clauses
        if asked is None or not self._documents:
            return hits
        documents = self._named(asked)
        if not documents:
            return hits
        scores = {hit.passage.id: hit.score for hit in hits}
        lowest = min(scores.values(), default=0.0)
        inside = [
            Hit(passage, scores.get(whole.id, lowest))
            for whole in self._passages
            if (passage := _cut(whole, asked, documents)) is not None
        ]
        return sorted(inside, key=lambda hit: (-hit.score, hit.passage.id)) or hits

    def _named(self, asked: ClausesAsked) -> list[_Document]:
        """Return the documents that a question may mean: by their number, their type, the words of their names."""
        documents = list(self._documents)
        if asked.signs:
            return [one for one in documents if number_key(one.article.number) in asked.signs]
        if asked.types:
            first = max(asked.types, key=len)
            typed = [one for one in documents if fold(one.name).startswith(first)]
            documents = typed or [one for one in documents if first in fold(one.name)]
        shared = {one: len(asked.words & one.words) for one in documents}
        most = max(shared.values(), default=0)
        return [one for one in documents if shared[one] == most]


def _is_named(asked: ClausesAsked, documents: Sequence[_Document]) -> bool:
    """Return whether nothing is asked but the clause: all other words are of the document's name."""
    return len(asked.words & documents[0].words) >= _COVERED * len(asked.words)


def _part(path: tuple[str, ...]) -> str:
    """Return the outermost part of a path where that is no clause: the name of what is attached."""
    return "" if keys_of(path[:1]) else path[0]


def _has(document: _Document, keys: frozenset[ClauseKey]) -> bool:
    return any(document.holds(it.path) and keys <= keys_of(it.path) for it in document.article.sections)


def _cut(passage: Passage, asked: ClausesAsked, documents: Sequence[_Document]) -> Passage | None:
    """Return of a passage what lies in a clause that is asked about, None for nothing."""
    near = [one for one in documents if one.article is passage.article]
    kept = tuple(
        sentence
        for sentence in passage.sentences
        if any(one.holds(sentence.path) for one in near)
        and any(keys <= keys_of(sentence.path) for _, keys in asked.clauses)
    )
    return replace(passage, sentences=kept) if kept else None


def _no_clause(label: str, documents: Sequence[_Document]) -> Refusal:
    if len(documents) == 1:
        return Refusal("no_clause", {"clause": label, "document": documents[0].name})
    return Refusal("no_such_clause", {"clause": label})


def _refused(query: Query, why: Refusal) -> Answer:
    return Answer(query.text, query.text, why.text(), (), 0.0, refusal=why)


def _quoted(query: Query, label: str, sentences: Sequence[Sentence]) -> Answer:
    citations = tuple(Citation(marker, one) for marker, one in enumerate(sentences, 1))
    text = "\n".join(one.quoted for one in citations)
    grounds = tuple(_grounds(label, len(citations)) for _ in citations)
    return Answer(query.text, query.text, text, citations, 1.0, grounds=grounds)


def _grounds(label: str, of: int) -> Grounds:
    return Grounds((), (label,), (), (), (), 1, 1, of)
