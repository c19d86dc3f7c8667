"""The JSON of answers, passages and articles as types, for what publishes a schema of it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from partyqa.types import Citation, Hit, Refusal, Section


class IndexNamed(BaseModel):
    """Which index answered."""

    generation: str
    encoder: str


class FromArticle(BaseModel):
    """Where words stand: `start` and `end` count code points in the article's text."""

    article_id: str
    title: str
    source: str = Field(description="The newspaper. (Báo.)")
    url: str | None
    published: str | None = Field(description="YYYY-MM-DD")
    start: int
    end: int


class QuotedSentence(FromArticle):
    """A sentence of an article's text, to the letter; one with `recognised` may differ from the paper it was read off.

    (Câu nguyên văn; có `recognised` là chữ máy nhận dạng từ ảnh, có thể sai.)
    """

    marker: int = Field(description="The n of [n] in the answer's text. (Số trong ngoặc vuông.)")
    sentence_id: str
    quote: str
    highlight: list[int] | None = Field(description="The span within the quote that answers. (Chỗ trả lời.)")
    page: int | None = Field(default=None, description="Of the file, from 1; null without pages. (Trang.)")
    path: list[str] = Field(
        default=[],
        description="What leads to it in the file: Điều 3, khoản 1; a table's caption. (Điều, khoản, bảng.)",
    )
    recognised: float | None = Field(
        default=None,
        description="Confidence, 0..1, of letters read off an image; null for text. (Nhận dạng từ ảnh.)",
    )


class RefusalFound(BaseModel):
    """Why there is no answer, as a name and what it names."""

    reason: str = Field(description="no_evidence, unknown_name, year_missing, ... (Lý do.)")
    arguments: dict[str, str]


class AnswerFound(BaseModel):
    """The answer to a question, as `partyqa ask --json` prints it."""

    question: str
    standalone_question: str = Field(description="The question as it was understood. (Câu hỏi đã hiểu.)")
    answered: bool = Field(description="False: the articles do not tell. (Không có căn cứ trả lời.)")
    text: str = Field(
        description="The quotes, or the refusal in the reader's language. (Câu trích, hoặc vì sao không.)"
    )
    refusal: RefusalFound | None = Field(
        default=None, description="Why not; null for an answer. (Vì sao không trả lời.)"
    )
    confidence: float = Field(ge=0, le=1)
    citations: list[QuotedSentence]
    related: list[QuotedSentence] = Field(
        description="Near the question, not an answer. (Liên quan, không trả lời.)"
    )
    timings_ms: dict[str, float]
    index: IndexNamed


class FoundPassage(FromArticle):
    """A passage that was found, whole sentences to the letter."""

    rank: int
    score: float
    passage_id: str
    text: str


class PassagesFound(BaseModel):
    """Passages, best first, as `partyqa search --json` prints them."""

    hits: list[FoundPassage]
    index: IndexNamed


class ArticlePart(FromArticle):
    """Part of an article's text; the parts in a row, from 0 along `next_start`, are the whole text."""

    author: str
    length: int = Field(description="Code points of the whole text. (Độ dài cả bài.)")
    text: str
    next_start: int | None = Field(description="Where to read on; null at the end. (Đọc tiếp từ đây.)")
    index: IndexNamed


def hit_json(rank: int, hit: Hit) -> dict[str, Any]:
    """Return a hit as JSON; `text` is the article's slice `start:end`, to the letter."""
    passage, article = hit.passage, hit.passage.article
    return {
        "rank": rank,
        "score": round(hit.score, 6),
        "passage_id": passage.id,
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": article.published.isoformat() if article.published else None,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
    }


def refusal_json(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as JSON."""
    return {"reason": refusal.reason, "arguments": dict(refusal.arguments)}


def refusal_of(answer: Mapping[str, Any]) -> Refusal | None:
    """Return the refusal of an answer's JSON; one kept before refusals had reasons says that there is no evidence."""
    if answer["answered"]:
        return None
    return Refusal(**(answer.get("refusal") or {"reason": "no_evidence"}))


def citation_json(citation: Citation) -> dict[str, Any]:
    """Return a citation as JSON; `start` and `end` count code points of the article's stored text."""
    sentence, article = citation.sentence, citation.sentence.article
    section = sentence.section or Section(sentence.start, sentence.end)
    return {
        "marker": citation.marker,
        "sentence_id": sentence.id,
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": article.published.isoformat() if article.published else None,
        "start": sentence.start,
        "end": sentence.end,
        "quote": sentence.text,
        "highlight": list(citation.highlight) if citation.highlight else None,
        "page": section.page,
        "path": list(section.path),
        "recognised": None if section.recognised is None else round(section.recognised, 4),
    }
