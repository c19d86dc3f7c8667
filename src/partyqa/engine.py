"""PartyQA: open an index, search it, ask it. The whole of the system behind one class."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any

from partyqa.answer.answerer import Answerer
from partyqa.answer.progress import at
from partyqa.corpus.loading import read_corpus
from partyqa.errors import CorpusError, EncoderError
from partyqa.i18n import Language
from partyqa.index.index import BuildReport, Index
from partyqa.index.index import build_index as build_from_articles
from partyqa.models.base import Encoder, ReadingModel
from partyqa.models.loading import load_encoder, load_reader
from partyqa.question.abbreviations import Learned
from partyqa.question.around.framing import without_framing
from partyqa.question.around.smalltalk import reply, without_courtesy
from partyqa.question.query import MAX_QUESTION, Query, understand
from partyqa.question.rewriting import stand_alone
from partyqa.question.spelling import Speller
from partyqa.retrieval import Dense, Fused, Lexical, Reranked, Retriever
from partyqa.schema import citation_json, refusal_json
from partyqa.text.normalise import one_line
from partyqa.types import Answer, Article, Hit

TURNS_READ = 6  # earlier messages that a follow-up may lean on


class PartyQA:
    """A loaded index with a retriever and an answerer; safe to call from several threads."""

    def __init__(self, index: Index, encoder: Encoder, retriever: Retriever, answerer: Answerer) -> None:
        self.index, self.encoder, self.retriever, self.answerer = index, encoder, retriever, answerer
        self._articles = {article.id: article for article in index.articles}

    @classmethod
    def open(cls, folder: Path, *, encoder: str | None = None, reader: str | None = None) -> "PartyQA":
        """Open the index in `folder` with the encoder it was built with.

        `encoder` names where that encoder lies now, when it has moved; `reader` a reading model's folder,
        "none" for answering without one. Raises IndexMissingError, IndexFormatError, IndexDamagedError,
        ReaderError, or EncoderError when the encoder is not the index's own.
        """
        index = Index.load(folder)
        return cls.compose(index, load_encoder(encoder or index.manifest.encoder.name), load_reader(reader))

    @classmethod
    def compose(cls, index: Index, encoder: Encoder, reader: ReadingModel | None = None) -> "PartyQA":
        """Put the default retriever and answerer on top of an index and its encoder."""
        built_with = index.manifest.encoder
        if encoder.fingerprint != built_with.fingerprint:
            raise EncoderError("index.other_encoder", built=built_with.name, encoder=encoder.name)
        dense = Dense(index, encoder)
        answerer = Answerer(index, dense.vector, reader=reader)
        return cls(index, encoder, Fused(dense, Lexical(index)), answerer)

    def over(self, retriever: Retriever) -> "PartyQA":
        """Return the same with another retriever; what was already learned from the index is kept."""
        other = copy(self)
        other.retriever = retriever
        return other

    @cached_property
    def _speller(self) -> Speller:
        return Speller(f"{article.title}\n{article.text}" for article in self.index.articles)

    @cached_property
    def _learned(self) -> Learned:
        return Learned.of(self.index.articles)

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every article of the index, ordered by id."""
        return self.index.articles

    @property
    def generation(self) -> str:
        """The name of the index generation that answers."""
        return self.index.generation

    @property
    def encoder_name(self) -> str:
        """The name of the embedding model."""
        return self.encoder.name

    def article(self, article_id: str) -> Article:
        """Return the article of that id; raises CorpusError when there is none."""
        try:
            return self._articles[article_id]
        except KeyError:
            raise CorpusError("index.no_article", article=article_id) from None

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """Return the `k` best passages for a question, best first; raises QuestionError."""
        reader = self.answerer.reader
        retriever = Reranked(self.retriever, reader) if reader else self.retriever
        return retriever.retrieve(understand(question).text, k)

    def standalone(self, question: str, turns: Sequence[str] = ()) -> str:
        """Return the question as it is understood: one line of NFC text without greeting, thanks, markup and
        instructions, typing slips mended, and what it takes over from the user's earlier `turns` written into it.

        Raises QuestionError when there is nothing to answer.
        """
        return self._standalone(understand(question), turns).text

    def _standalone(self, query: Query, turns: Sequence[str]) -> Query:
        at("understand")
        earlier = [Query(text) for turn in turns if (text := one_line(turn)) and not reply(text)]
        mended = [self._mended(turn) for turn in earlier[-TURNS_READ:]]
        kept = [turn for turn in mended if any(map(str.isalnum, turn.text))]
        return stand_alone(self._mended(query), kept, self.ask, self.index.holds)

    def _mended(self, query: Query) -> Query:
        """Return a question or an earlier turn without courtesy, markup and instructions, typing slips mended."""
        text = one_line(self._speller.mend(without_framing(without_courtesy(query.text))))
        return query if text == query.text else Query(text)

    def ask(self, question: str, turns: Sequence[str] = ()) -> Answer:
        """Answer a question with cited sentences, or refuse; `turns` are the user's earlier messages.

        `standalone_question` is the question as it was understood (`standalone`), in the spelling that was
        answered. Small talk gets a polite word, which cites nothing.

        Raises QuestionError when there is nothing to answer.
        """
        started = perf_counter()
        query = understand(question)
        if why := reply(query.text):
            timings = {"retrieve": 0.0, "read": 0.0, "total": 1000 * (perf_counter() - started)}
            return Answer(question, query.text, why.text(), (), 0.0, timings=timings, refusal=why)
        meant = self._standalone(query, turns)
        if meant is not query:
            meant = understand(meant.text)  # too long now, or nothing left
        other = self._learned.other_spelling(meant)
        queries = [meant, understand(other)] if 0 < len(other) <= MAX_QUESTION else [meant]
        return self._answer(question, queries, started)

    def ask_as_written(self, question: str) -> Answer:
        """Answer a question that its author has looked over: nothing is mended, nothing taken over.

        Raises QuestionError when there is nothing to answer.
        """
        return self._answer(question, [understand(question)], perf_counter())

    def _answer(self, question: str, queries: Sequence[Query], started: float) -> Answer:
        """Answer in the spelling whose answer is the surest, the first if all are equal."""
        at("retrieve")
        hits = [self.retriever.retrieve(query.text, self.answerer.passages) for query in queries]
        retrieved = perf_counter()
        at("read")
        articles = self.retriever.findable
        answers = [
            self.answerer.answer(query, found, articles) for query, found in zip(queries, hits, strict=True)
        ]
        answer = max(answers, key=lambda answer: answer.confidence)
        done = perf_counter()
        timings = {
            "retrieve": 1000 * (retrieved - started),
            "read": 1000 * (done - retrieved),
            "total": 1000 * (done - started),
        }
        return replace(answer, question=question, timings=timings)

    def to_json(self, answer: Answer, lang: Language = "vi") -> dict[str, Any]:
        """Return the answer as the JSON object that other programs rely on (docs/architecture.md).

        The `text` of a refusal is in the language of the reader.
        """
        return {
            "question": answer.question,
            "standalone_question": answer.standalone_question,
            "answered": answer.answered,
            "text": answer.text_in(lang),
            "refusal": refusal_json(answer.refusal) if answer.refusal else None,
            "confidence": round(answer.confidence, 4),
            "citations": [citation_json(citation) for citation in answer.citations],
            "related": [citation_json(citation) for citation in answer.related],
            "timings_ms": {stage: round(spent, 2) for stage, spent in answer.timings.items()},
            "index": {"generation": self.generation, "encoder": self.encoder_name},
        }


def build_index(
    corpus: Path,
    folder: Path,
    *,
    encoder: str | None = None,
    full: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> BuildReport:
    """Read the articles in `corpus` and bring the index in `folder` up to date with them.

    `progress(done, total)` counts embedded passages. Raises CorpusError, EncoderError, IndexBusyError,
    StorageError; whatever happens, the index that was there before still answers.
    """
    return build_from_articles(
        folder, read_corpus(corpus), load_encoder(encoder), full=full, progress=progress
    )
