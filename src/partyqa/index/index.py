"""The index: passages, their vectors and their words, built together, loaded together, never out of step."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from partyqa.corpus.loading import corpus_digest
from partyqa.errors import IndexDamagedError, IndexFormatError, IndexMissingError, StorageError
from partyqa.index import generations, records
from partyqa.index.bm25 import FILES as LEXICAL_FILES
from partyqa.index.bm25 import Lexical
from partyqa.index.build import embed, refuse_unusable, split
from partyqa.index.manifest import EncoderRecord, FileRecord, Manifest, changes, damaged, settings, stale
from partyqa.index.vectors import FILE as SENTENCES_FILE
from partyqa.index.vectors import SentenceVectors, distinct_sentences, read_vectors, write_vectors
from partyqa.models.base import Encoder
from partyqa.text.tokens import RULES_VERSION, tokens
from partyqa.types import Article, Passage, Sentence

__all__ = ["BuildReport", "EncoderRecord", "FileRecord", "Index", "Manifest", "build_index", "check_index"]

Vectors = NDArray[np.float32]

_ARTICLES, _PASSAGES, _VECTORS = "articles.jsonl", "passages.jsonl", "vectors.faiss"
_FILES = frozenset({_ARTICLES, _PASSAGES, _VECTORS, SENTENCES_FILE, *LEXICAL_FILES})
_ROUNDING = 1e-5  # FAISS and NumPy sum the products of unit rows in different orders: they agree to 1e-6


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
        self._faiss = _read_faiss(files[_VECTORS])
        self._matrix = _matrix(self._faiss)
        self._lexical = Lexical.from_files(files, len(self.passages))
        self._sentences = SentenceVectors.from_file(files[SENTENCES_FILE], self.passages, self._faiss.d)
        ids = records.vector_ids(self.passages)
        if not np.array_equal(faiss.vector_to_array(self._faiss.id_map), ids):
            raise ValueError("the vectors are not those of the passages")
        self._positions = {number: position for position, number in enumerate(ids.tolist())}
        by_id = sorted(range(len(self.passages)), key=lambda position: self.passages[position].id)
        self._rank = np.empty(len(by_id), dtype=np.int64)
        self._rank[by_id] = np.arange(len(by_id))

    @classmethod
    def load(cls, folder: Path) -> "Index":
        """Load the generation that the pointer names, every file's sha256 checked.

        Raises IndexMissingError, IndexFormatError (another format, or other text rules), IndexDamagedError.
        """
        manifest, files = generations.read(folder, _FILES)
        if manifest.text_rules != RULES_VERSION:
            raise IndexFormatError(
                vi=f"Chỉ mục trong {folder} theo quy tắc văn bản {manifest.text_rules}, chương trình này "
                f"theo quy tắc {RULES_VERSION}; hãy dựng lại bằng lệnh: partyqa index",
                en=f"The index in {folder} follows text rules {manifest.text_rules}, this program follows "
                f"{RULES_VERSION}; build it anew: partyqa index",
            )
        try:
            return cls(manifest, files)
        except (LookupError, TypeError, ValueError, RuntimeError) as error:
            raise damaged(folder, "các tệp không khớp nhau", "its files do not fit together") from error

    def search_vectors(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """Return the `k` nearest (passage position, cosine), best first, ties by passage id.

        `query` is (d,) float32 of unit length. FAISS proposes; the cosines are those of `score_vectors`, and
        more is asked for until nothing that was left out could belong among the best.
        """
        query, total = self._row(query), len(self.passages)
        k = min(k, total)
        if k < 1:
            return []
        faiss.omp_set_num_threads(1)  # this thread's; two mostly wait for each other (23 ms to 2)
        width = min(total, 2 * k + 16)
        while True:
            rough, ids = self._faiss.search(query[np.newaxis], width)
            found = np.array([self._positions[number] for number in ids[0].tolist()])
            cosines = np.vecdot(self._matrix[found], query)
            best = np.lexsort((self._rank[found], -cosines))[:k]
            if width == total or rough[0, -1] + _ROUNDING < cosines[best[-1]]:
                return list(zip(found[best].tolist(), cosines[best].tolist(), strict=True))
            width = min(total, 4 * width)

    def score_vectors(self, query: Vectors) -> Vectors:
        """Return the cosine of every passage, (passages,) float32, for a (d,) `query` of unit length.

        Equal vectors get equal scores, wherever they stand (a matrix product does not promise that).
        """
        scores: Vectors = np.vecdot(self._matrix, self._row(query))
        return scores

    def score_tokens(self, words: Sequence[str]) -> Vectors:
        """Return the BM25 of every passage for the tokens of a question, (passages,) float32."""
        return self._lexical.scores(words)

    def score_sentences(self, query: Vectors, sentences: Sequence[Sentence]) -> Vectors:
        """Return the cosine of each of these sentences of the index, alone and without context, (n,) float32."""
        return self._sentences.cosines(self._row(query), sentences)

    def holds(self, token: str) -> bool:
        """Whether some passage holds this lexical token."""
        return self._lexical.holds(token)

    def known_tokens(self) -> Iterator[str]:
        """Yield every lexical token that some passage holds (text.tokens)."""
        return self._lexical.known()

    def idf(self, token: str) -> float:
        """Return how rare a token is among the passages, in natural logarithms (BM25's own weight)."""
        return self._lexical.idf(token)

    def vector(self, position: int) -> Vectors:
        """Return the passage's embedding, (d,) float32 of unit length."""
        row: Vectors = self._matrix[position].copy()
        return row

    def _row(self, query: Vectors) -> Vectors:
        row = np.ascontiguousarray(query, dtype=np.float32).reshape(-1)
        if len(row) != self._matrix.shape[1]:
            raise ValueError(f"a query of {len(row)} numbers in an index of {self._matrix.shape[1]}")
        return row


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
            _VECTORS: _write_faiss(np.stack([known[key] for key in keys]), records.vector_ids(passages)),
            SENTENCES_FILE: write_vectors([known[key] for key in sentence_keys]),
            **Lexical.build(tokens(passage.embeddable) for passage in passages).files(),
        }
        manifest = generations.publish(folder, _draft(len(articles), len(passages), digest, encoder), files)
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
        raise stale(folder, *changes(index.articles, articles))
    if encoder is not None and encoder.fingerprint != manifest.encoder.fingerprint:
        own = manifest.encoder.name
        raise stale(
            folder, f"mô hình là {own}, không phải {encoder.name}", f"its model is {own}, not {encoder.name}"
        )
    if not manifest.settings_hold:
        raise stale(folder, "cách chia đoạn đã đổi", "the way of cutting passages has changed")
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


def _draft(articles: int, passages: int, digest: str, encoder: Encoder) -> Manifest:
    generation, created = generations.new_generation()
    return Manifest(
        generation=generation,
        created=created,
        encoder=EncoderRecord(encoder.name, encoder.fingerprint, encoder.dimension, encoder.max_tokens),
        corpus_digest=digest,
        articles=articles,
        passages=passages,
        files={},
        **settings(),
    )


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
    index = _read_faiss(files[_VECTORS])
    return {
        **dict(zip(records.read_keys(files[_PASSAGES]), _matrix(index).copy(), strict=True)),
        **dict(zip(sentences, read_vectors(files[SENTENCES_FILE]).astype(np.float32), strict=True)),
    }


def _write_faiss(vectors: Vectors, ids: NDArray[np.int64]) -> bytes:
    """Return an exact index over unit rows as bytes: FAISS's own writer hides why a disk refused."""
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
    index.add_with_ids(vectors, ids)
    return faiss.serialize_index(index).tobytes()


def _read_faiss(data: bytes) -> faiss.IndexIDMap2:
    index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
    if not isinstance(index, faiss.IndexIDMap2):
        raise TypeError("not an index with ids")
    return index


def _matrix(index: faiss.IndexIDMap2) -> Vectors:
    """Return the vectors as FAISS holds them, (n, d), not copied: they live as long as `index` does."""
    flat = faiss.downcast_index(index.index)
    if not isinstance(flat, faiss.IndexFlatIP):
        raise TypeError("not an exact index")
    matrix: Vectors = faiss.rev_swig_ptr(flat.get_xb(), flat.ntotal * flat.d).reshape(flat.ntotal, flat.d)
    return matrix
