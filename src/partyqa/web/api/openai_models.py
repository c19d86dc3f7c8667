"""What the OpenAI-compatible API takes and gives: OpenAI's own forms, and four fields beside them.

Added are `filters` and `sources` in a request, `citations` in an answer's message, and `partyqa`, the whole answer.
What a request says of sampling, length and caching is read over: no language model runs that it could apply to. What
would need one (tools, images, several answers, JSON of a given form) is refused.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from partyqa.schema import AnswerFound, QuotedSentence
from partyqa.web.api.v1_models import ASKED, FiltersBody, Taken

MODEL: Final = "partyqa"
MOST_MESSAGES = 400


def _none(value: list[Any]) -> list[Any]:
    """Refuse what cannot be used, in words of its own."""
    if value:
        raise PydanticCustomError("cannot_be_used", "cannot be used")
    return value


Unsupported = Annotated[list[Any], AfterValidator(_none), Field(json_schema_extra={"maxItems": 0})] | None


def _off(value: bool) -> bool:
    """Refuse true; Literal[False] would take 0 as well."""
    if value:
        raise PydanticCustomError("literal_error", "must be false", {"expected": "false"})
    return value


Off = Annotated[bool, AfterValidator(_off), Field(json_schema_extra={"const": False})] | None


class Lenient(Taken):
    """A part of a request: what it holds besides is read over."""

    model_config = ConfigDict(extra="ignore", strict=True)


class TextPart(Lenient):
    """A piece of a message; other pieces than text are refused."""

    type: Literal["text"]
    text: str


def _kind(content: object) -> str:
    return "parts" if isinstance(content, list) else "text"


Content = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[TextPart], Tag("parts")],
    Discriminator(_kind),
]


class UserMessage(Lenient):
    """What the person who asks says."""

    role: Literal["user"]
    content: Content

    @property
    def text(self) -> str:
        """The message, its pieces each on a line of its own."""
        return (
            self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)
        )


class OtherMessage(Lenient):
    """What an earlier answer, an instruction or another model's tool says: it is text, and read over."""

    role: Literal["system", "developer", "assistant", "tool", "function"]
    content: Content | None = None


class ResponseFormat(Lenient):
    """The form of an answer: text."""

    type: Literal["text"]


class StreamOptions(Lenient):
    """What a stream holds besides the answer."""

    include_usage: bool | None = None


class ChatBody(Lenient):
    """A conversation; its last message by a user is the question, the earlier ones may be leaned on."""

    model_config = ConfigDict(
        extra="ignore",
        strict=True,
        json_schema_extra={"examples": [{"model": MODEL, "messages": [{"role": "user", "content": ASKED}]}]},
    )

    model: Literal["partyqa"]
    messages: list[Annotated[UserMessage | OtherMessage, Field(discriminator="role")]] = Field(
        min_length=1, max_length=MOST_MESSAGES
    )
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    filters: FiltersBody | None = Field(
        default=None, description="Which articles may answer; partyqa's own field."
    )
    sources: bool | None = Field(
        default=None,
        description="False leaves the lines that name the sources out of the text; partyqa's own field.",
    )
    n: Literal[1] | None = None
    tools: Unsupported = None
    functions: Unsupported = None
    response_format: ResponseFormat | None = None
    modalities: Annotated[list[Literal["text"]], Field(max_length=1)] | None = None
    audio: None = None
    logprobs: Off = None


class ChatMessage(BaseModel):
    """The answer as a message."""

    role: Literal["assistant"]
    content: str
    refusal: None
    citations: list[QuotedSentence] = Field(
        description="The sentences quoted, to the letter of the article's text; partyqa's own field."
    )


class Choice(BaseModel):
    """The one answer there is."""

    index: Literal[0]
    message: ChatMessage
    logprobs: None
    finish_reason: Literal["stop"]


class Usage(BaseModel):
    """Tokens of a language model: none runs, so none are used."""

    prompt_tokens: Literal[0] = 0
    completion_tokens: Literal[0] = 0
    total_tokens: Literal[0] = 0


class ChatReply(BaseModel):
    """A completion in OpenAI's form."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: Literal["partyqa"]
    system_fingerprint: str = Field(description="The generation of the index.")
    choices: Annotated[list[Choice], Field(min_length=1, max_length=1)]
    usage: Usage
    partyqa: AnswerFound | None = Field(
        description="The whole answer, as /api/v1/ask gives it; null where a client asked for a title or tags."
    )


class ModelReply(BaseModel):
    """The one model there is; `created` is when its index was built."""

    id: Literal["partyqa"]
    object: Literal["model"]
    created: int
    owned_by: Literal["partyqa"]


class ModelsReply(BaseModel):
    """The models."""

    object: Literal["list"]
    data: list[ModelReply]


class OpenAIFault(BaseModel):
    """What is wrong, in Vietnamese on the first line and in English on the second."""

    message: str
    type: str
    param: str | None
    code: str


class OpenAIErrorReply(BaseModel):
    """An error in OpenAI's form."""

    error: OpenAIFault
