"""The index: passages, their vectors and their words, built together, loaded together, never out of step."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from partyqa.corpus.loading import corpus_digest
from partyqa.errors import IndexDamagedError, IndexFormatError, IndexMissingError, StorageError
from partyqa.index import generations, records
from partyqa.index.bm25 import FILES as LEXICAL_FILES
from partyqa.index.bm25 import BM25Index
from partyqa.index.build import embed, refuse_unusable, split
from partyqa.index.manifest import EncoderRecord, FileRecord, Manifest, changes, damaged, settings, stale
from partyqa.index.vectors import (
    PASSAGES_FILE,
    SENTENCES_FILE,
    PassageVectors,
    Rows,
    SentenceVectors,
    distinct_sentences,
    in_order,
    read_passage_vectors,
    read_sentence_vectors,
    write_passage_vectors,
    write_sentence_vectors,
)
from partyqa.models.base import Encoder, Vectors
from partyqa.text.names import NameBook
from partyqa.text.tokens import RULES_VERSION, tokens
from partyqa.types import Article, Passage, Sentence

__all__ = ["BuildReport", "EncoderRecord", "FileRecord", "Index", "Manifest", "build_index", "check_index"]

_ARTICLES, _PASSAGES = "articles.jsonl", "passages.jsonl"
_FILES = frozenset({_ARTICLES, _PASSAGES, PASSAGES_FILE, SENTENCES_FILE, *LEXICAL_FILES})


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; `embedded` are passages' texts sent to the model, `reused` passages taken over.

    `changed` is False where the index was up to date and no generation was made.
    """

    generation: str
    changed: bool
    articles: int
    passages: int
    embedded: int
    reused: int
    seconds: float


class Index:
    """One generation, all of it in memory: no later build can change or remove it. Threads may share it."""

    def __init__(self, manifest: Manifest, files: Mapping[str, bytes]) -> None:
        """Rebuild the values from a generation's files; ValueError where these do not fit together."""
        self.manifest = manifest
        self.generation = manifest.generation
        self.articles: tuple[Article, ...] = records.read_articles(files[_ARTICLES])
        self.passages: tuple[Passage, ...] = records.read_passages(files[_PASSAGES], self.articles)
        by_id = sorted(range(len(self.passages)), key=lambda row: self.passages[row].id)
        self._rank = np.argsort(by_id)
        self.vectors = PassageVectors(files[PASSAGES_FILE], self._rank)
        self._lexical = BM25Index.from_files(files, len(self.passages))
        self._sentences = SentenceVectors.from_file(
            files[SENTENCES_FILE], self.passages, self.vectors.dimension
        )

    @classmethod
    def load(cls, folder: Path) -> "Index":
        """Load the generation that the pointer names, every file's sha256 checked.

        Raises IndexMissingError, IndexFormatError (another format, or other text rules), IndexDamagedError.
        """
        manifest, files = generations.read(folder, _FILES)
        if manifest.text_rules != RULES_VERSION:
            raise IndexFormatError(
                "index.other_rules", folder=folder, written=manifest.text_rules, read=RULES_VERSION
            )
        try:
            return cls(manifest, files)
        except (LookupError, TypeError, ValueError, RuntimeError) as error:
            raise damaged(folder, "index.files_do_not_fit") from error

    def in_order(self, rows: Rows, scores: Vectors) -> Rows:
        """Return the `rows` of passages by their `scores`, highest first, ties by passage id."""
        return in_order(rows, scores, self._rank)

    def score_tokens(self, words: Sequence[str]) -> Vectors:
        """Return the BM25 of every passage for the tokens of a question, (passages,) float32."""
        return self._lexical.scores(words)

    def score_sentences(self, query: Vectors, sentences: Sequence[Sentence]) -> Vectors:
        """Return the cosine of each of these sentences of the index, alone and without context, (n,) float32."""
        return self._sentences.cosines(query, sentences)

    def holds(self, token: str) -> bool:
        """Whether some passage holds this lexical token."""
        return self._lexical.holds(token)

    @cached_property
    def names(self) -> NameBook:
        """The names that an article holds or bears: in its text, title, author, source and address."""
        return NameBook(
            "\n".join((one.title, one.text, one.author, one.source, one.url or "")) for one in self.articles
        )

    def idf(self, token: str) -> float:
        """Return how rare a token is among the passages, in natural logarithms (BM25's own weight)."""
        return self._lexical.idf(token)


def build_index(
    folder: Path,
    articles: Sequence[Article],
    encoder: Encoder,
    *,
    full: bool = False,
    progress: Callable[[int, int], None] | None = None,
    wait: float = 5.0,
) -> BuildReport:
    """Make `folder` hold an index of exactly `articles`, embedding only texts it has no vector of.

    Nothing is written where corpus, encoder and settings are those of an intact index, unless `full`, which
    also embeds everything anew. `progress(done, total)` counts the texts to embed; `wait` is how many seconds
    another build is waited for. Raises CorpusError, EncoderError, IndexBusyError, StorageError; the old
    index then serves on.
    """
    started = time.perf_counter()
    refuse_unusable(articles)
    digest = corpus_digest(articles)
    old = None if full else _previous(folder)
    if old and _up_to_date(old[0], digest, encoder):  # known without the lock: the folder may be read-only
        return _report(old[0], started, embedded=0, changed=False)
    with generations.locked(folder, wait):
        old = None if full else _previous(folder)
        if old and _up_to_date(old[0], digest, encoder):
            return _report(old[0], started, embedded=0, changed=False)
        known = _known_vectors(*old) if old else {}
        passages = split(articles, encoder)
        sentences = distinct_sentences(passages)
        keys = [records.vector_key(encoder.fingerprint, passage.embeddable) for passage in passages]
        sentence_keys = [
            records.vector_key(_half(encoder.fingerprint), sentence.text) for sentence in sentences
        ]
        texts = {key: p.embeddable for key, p in zip(keys, passages, strict=True) if key not in known}
        new = len(texts)
        texts |= {key: s.text for key, s in zip(sentence_keys, sentences, strict=True) if key not in known}
        known.update(zip(texts, embed(encoder, list(texts.values()), progress), strict=True))
        files = {
            _ARTICLES: records.write_articles(articles),
            _PASSAGES: records.write_passages(passages, articles, keys),
            PASSAGES_FILE: write_passage_vectors(np.stack([known[key] for key in keys])),
            SENTENCES_FILE: write_sentence_vectors([known[key] for key in sentence_keys]),
            **BM25Index.build(tokens(passage.embeddable) for passage in passages).files(),
        }
        name, created = generations.new_generation(folder)
        draft = Manifest(
            generation=name,
            created=created,
            encoder=EncoderRecord(encoder.name, encoder.fingerprint, encoder.dimension, encoder.max_tokens),
            corpus_digest=digest,
            articles=len(articles),
            passages=len(passages),
            files={},
            **settings(),
        )
        manifest = generations.publish(folder, draft, files)
    return _report(manifest, started, embedded=new, changed=True)


def check_index(
    folder: Path, articles: Sequence[Article] | None = None, encoder: Encoder | None = None
) -> Manifest:
    """Return the manifest of an index that is whole and, where they are given, of these articles and encoder.

    Raises IndexMissingError, IndexFormatError, IndexDamagedError, IndexStaleError.
    """
    index = Index.load(folder)
    manifest = index.manifest
    if articles is not None and corpus_digest(articles) != manifest.corpus_digest:
        raise stale(folder, "index.other_articles", **changes(index.articles, articles))
    if encoder is not None and encoder.fingerprint != manifest.encoder.fingerprint:
        raise stale(folder, "index.other_model", built=manifest.encoder.name, encoder=encoder.name)
    if not manifest.settings_hold:
        raise stale(folder, "index.other_chunking")
    return manifest


def _previous(folder: Path) -> tuple[Manifest, dict[str, bytes]] | None:
    """Return the current generation where it is whole; a build mends what is not."""
    try:
        return generations.read(folder, _FILES)
    except (IndexMissingError, IndexFormatError, IndexDamagedError, StorageError):
        return None


def _up_to_date(manifest: Manifest, digest: str, encoder: Encoder) -> bool:
    made_of = (manifest.corpus_digest, manifest.encoder.fingerprint)
    return made_of == (digest, encoder.fingerprint) and manifest.settings_hold


def _report(manifest: Manifest, started: float, *, embedded: int, changed: bool) -> BuildReport:
    return BuildReport(
        generation=manifest.generation,
        changed=changed,
        articles=manifest.articles,
        passages=manifest.passages,
        embedded=embedded,
        reused=manifest.passages - embedded,
        seconds=time.perf_counter() - started,
    )


def _half(fingerprint: str) -> str:
    """Sentences are kept in half precision: their vectors must never pass for those of passages."""
    return f"{fingerprint} float16"


def _known_vectors(manifest: Manifest, files: Mapping[str, bytes]) -> dict[str, Vectors]:
    """Return the vectors of a generation by key, of passages and of sentences."""
    passages = records.read_passages(files[_PASSAGES], records.read_articles(files[_ARTICLES]))
    half = _half(manifest.encoder.fingerprint)
    sentences = [records.vector_key(half, sentence.text) for sentence in distinct_sentences(passages)]
    vectors = read_passage_vectors(files[PASSAGES_FILE])
    return {
        **dict(zip(records.read_keys(files[_PASSAGES]), vectors, strict=True)),
        **dict(zip(sentences, read_sentence_vectors(files[SENTENCES_FILE]).astype(np.float32), strict=True)),
    }
