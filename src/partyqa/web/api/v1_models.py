"""What the HTTP API takes and gives, as it stands in its OpenAPI document; examples are of the project's corpus.

What is taken is read strictly: a field that is not known is refused, since a filter misspelt and passed over would
answer another question than the one that was asked. Answers and hits are those of partyqa.service.shapes.
"""

import json
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from partyqa.question.query import MAX_QUESTION
from partyqa.schema import AnswerFound, IndexNamed, QuotedSentence
from partyqa.service.conversations.feedback import MAX_WORD
from partyqa.service.filters import MOST_CHOSEN, Filters

MAX_TURNS = 50
MAX_NAME = 500  # code points of a place, a newspaper, an article's id

ASKED: Final = "Ai là Bí thư Huyện ủy Mường Ảng?"
_EARLIER: Final = "Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?"

HAS_WORD: Final[dict[str, Any]] = {"format": "question"}
"""The format of a text with a letter or a digit in it: what a letter is, regular expressions do not agree upon."""


def _whole_number(value: object) -> object:
    """Take 2017.0 for 2017, as JSON does."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
TurnText = Annotated[str, Field(max_length=MAX_QUESTION)]
QuestionText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUESTION,
        description="The question (câu hỏi), with accents or without; it holds a letter or a digit.",
        json_schema_extra=HAS_WORD,
    ),
]
Whole = Annotated[int, BeforeValidator(_whole_number)]
Year = Annotated[int, Field(ge=1000, le=9999), BeforeValidator(_whole_number)]
Offsets = Annotated[list[int], Field(min_length=2, max_length=2)]


class Taken(BaseModel):
    """What a program sends: no field that is not known, no number written as text, no half of a character."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def whole(cls, data: Any) -> Any:
        r"""Refuse what Python reads as JSON and nobody can be sent: `"\ud800"`, NaN, a thousand brackets."""
        if not isinstance(data, dict):
            return data  # refused for what it is
        try:
            json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        except UnicodeEncodeError:
            raise PydanticCustomError("string_unicode", "half of a character") from None
        except (ValueError, RecursionError):
            raise PydanticCustomError("json_invalid", "not JSON") from None
        return data


class Given(BaseModel):
    """What a program is sent."""

    model_config = ConfigDict(extra="forbid")


class FiltersBody(Taken):
    """The articles that may answer: within a field any value will do, and every field that has values must fit."""

    places: list[Name] = Field(default=[], max_length=MOST_CHOSEN, description="Places (địa phương).")
    sources: list[Name] = Field(default=[], max_length=MOST_CHOSEN, description="Newspapers (báo).")
    years: list[Year] = Field(
        default=[], max_length=MOST_CHOSEN, description="Years of publication (năm đăng)."
    )

    def chosen(self) -> Filters:
        """Return the filters."""
        return Filters.of(self.places, self.sources, self.years)


class AskBody(Taken):
    """A question, with what its asker asked before and the articles that may answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": ASKED},
                {
                    "question": "Còn Mường Lát thì sao?",
                    "turns": [_EARLIER],
                    "filters": {"places": ["Thanh Hóa"]},
                },
            ]
        }
    )

    question: QuestionText
    turns: list[TurnText] = Field(
        default=[],
        max_length=MAX_TURNS,
        description="The asker's earlier messages (các câu hỏi trước), oldest first.",
    )
    filters: FiltersBody = Field(
        default=FiltersBody(), description="Which articles may answer (bộ lọc); all, if left out."
    )


class ArticleLine(Given):
    """An article without its text; of what it does not say strings are empty, the others null."""

    article_id: str
    title: str
    source: str = Field(description="The newspaper (báo).")
    url: str | None = Field(description="Where it was published.")
    published: str | None = Field(description="YYYY-MM-DD")
    author: str


class ArticlesReply(Given):
    """Some of the articles; `next` goes into `after` to get those that follow."""

    articles: list[ArticleLine]
    total: int = Field(ge=0, description="How many there are, on all pages.")
    next: str | None = Field(description="The id of the last article here; null where none follows.")
    index: IndexNamed


class ArticleReply(ArticleLine):
    """An article with its text (toàn văn), and the spans of the sentences that may be quoted from it."""

    text: str
    sentences: list[Offsets] = Field(
        description="Start and end of each sentence, in code points of the text."
    )
    index: IndexNamed


class JudgedQuote(QuotedSentence):
    """A quote that comes back."""

    model_config = ConfigDict(strict=True)

    marker: Whole
    start: Whole
    end: Whole
    highlight: list[Whole] | None


class JudgedAnswer(AnswerFound):
    """An answer that comes back: it answers a question that can be asked."""

    model_config = ConfigDict(strict=True)

    question: QuestionText
    citations: list[JudgedQuote]  # type: ignore[assignment]  # nobody puts another kind in
    related: list[JudgedQuote]  # type: ignore[assignment]


class FeedbackBody(Taken):
    """What its asker thinks of an answer; a second word on the same answer replaces the first."""

    answer: JudgedAnswer = Field(description="The answer (câu trả lời), whole, as /ask gave it.")
    turns: list[TurnText] = Field(
        default=[], max_length=MAX_TURNS, description="The `turns` that were sent to /ask."
    )
    filters: FiltersBody = Field(default=FiltersBody(), description="The `filters` that were sent to /ask.")
    verdict: Literal["right", "wrong", "incomplete"] = Field(description="Đúng, sai, hay thiếu.")
    word: str = Field(default="", max_length=MAX_WORD, description="What is wrong or missing (nhận xét).")


class FeedbackReply(Given):
    """That the feedback is kept."""

    kept: Literal[True] = True


class LiveReply(Given):
    """The process answers."""

    status: Literal["live"] = "live"


class ReadyReply(Given):
    """Questions are answered, from this generation of the index."""

    status: Literal["ready"] = "ready"
    generation: str
    encoder: str
    articles: int = Field(ge=0)


class Fault(Given):
    """What is wrong and what to send next, in one sentence of each language."""

    code: str = Field(description="A name that a program can rely on.", examples=["question"])
    vi: str = Field(examples=["Câu hỏi không có chữ hay số nào; hãy viết câu hỏi bằng chữ."])
    en: str = Field(examples=["The question holds no letter and no digit; put it in words."])


class ErrorReply(Given):
    """An error."""

    error: Fault


_SAID: Final = {
    400: "The request cannot be read.",
    401: "Nobody is logged in, and no valid key was sent.",
    403: "The person may not do that.",
    404: "There is no such thing.",
    413: "The request is too large.",
    414: "The address is too long.",
    422: "The request is not of this form, or the question cannot be asked.",
    429: "Too many questions; ask again after the seconds in Retry-After.",
    431: "The headers are too large.",
    500: "Something unexpected went wrong.",
    503: "The index cannot answer now, or the question took too long.",
    507: "The disk is full.",
}
_OUTSIDE: Final = frozenset({401, 403, 413, 414, 429, 431})
"""What the login and the limits answer as well, which stand before every operation and know one form of errors."""


def errors(*statuses: int, form: type[BaseModel] = ErrorReply) -> dict[int | str, dict[str, Any]]:
    """Return the errors of an operation for its OpenAPI: these, and those that any operation may meet."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted({*statuses, 400, 422, 500, *_OUTSIDE}):
        model = form | ErrorReply if status in _OUTSIDE else form
        found[status] = {"model": model, "description": _SAID[status]}
    seconds = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}
    found[429]["headers"] = {"Retry-After": seconds}
    return found
