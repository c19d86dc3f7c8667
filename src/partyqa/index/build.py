"""The steps of a build before anything is written: refuse, split, embed."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from partyqa.corpus.kin import cited
from partyqa.errors import CorpusError, EncoderError
from partyqa.models.base import Encoder, Vectors
from partyqa.text.tokens import tokens
from partyqa.types import Article, Passage


def refuse_unusable(articles: Sequence[Article]) -> None:
    """Raise CorpusError where there are no articles, or two of one id."""
    if not articles:
        raise CorpusError("index.no_articles")
    twice = [article_id for article_id, n in Counter(article.id for article in articles).items() if n > 1]
    if twice:
        raise CorpusError("index.same_id", id=twice[0])


def split(articles: Sequence[Article], encoder: Encoder) -> list[Passage]:
    """Return the passages of all articles, in order, those that only say again what an original says left out.

    Raises CorpusError where none holds a word.
    """
    from partyqa.corpus.chunking import split_article  # brings langchain, which no reader of an index needs

    passages = cited(
        [
            passage
            for article in articles
            for passage in split_article(article, encoder.count_tokens, encoder.max_tokens)
        ]
    )
    if not any(tokens(passage.embeddable) for passage in passages):
        raise CorpusError("index.no_words")
    return passages


def embed(encoder: Encoder, texts: list[str], progress: Callable[[int, int], None] | None) -> Vectors:
    """Return the vectors of `texts`, (n, d) float32; EncoderError where they are not finite unit rows."""
    if not texts:
        return np.empty((0, encoder.dimension), dtype=np.float32)
    vectors = encoder.embed_passages(texts, progress and _summed(progress, len(texts)))
    lengths = np.linalg.norm(vectors, axis=1)
    if vectors.shape != (len(texts), encoder.dimension) or not np.allclose(lengths, 1, atol=1e-3):
        raise EncoderError("index.bad_vectors", encoder=encoder.name)
    return vectors


def _summed(progress: Callable[[int, int], None], total: int) -> Callable[[int], None]:
    """Return what turns the numbers done in each step into (done so far, total)."""
    done = 0

    def step(number: int) -> None:
        nonlocal done
        done += number
        progress(done, total)

    return step
