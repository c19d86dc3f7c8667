"""The values that pass between floors: frozen, slotted, compared by content."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from partyqa.i18n import Language, texts


class AnswerType(StrEnum):
    """The kind of words that answer a question."""

    NUMBER = "number"
    PERSON = "person"
    DATE = "date"
    PLACE = "place"
    DOCUMENT = "document"
    OFFICE = "office"
    LIST = "list"
    REASON = "reason"
    MANNER = "manner"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of an article's text, code points `start` to `end`, and where it stands in the file.

    `page` counts from 1, None where the file has no pages; `path` leads to it from the outside in: ("Điều 3",
    "khoản 1"), or the caption and unit of a table; `recognised` is the mean confidence, 0 to 1, of letters that were
    read off an image, None for those that the file itself holds.
    """

    start: int
    end: int
    page: int | None = None
    path: tuple[str, ...] = ()
    recognised: float | None = None


KinKind = Literal[
    "original",
    "copy",
    "earlier",
    "later",
    "version",
    "correction",
    "corrected",
    "replacement",
    "replaced",
]


@dataclass(frozen=True, slots=True)
class Kin:
    """Another article that belongs beside one, and what it is to it.

    Its `original`, which is cited for both, or its `copy`; an `earlier` or `later` `version` with other figures, the
    last where a date is not known; its `correction`, or what it has `corrected`; the document that is its
    `replacement`, or that it has `replaced`. The fields are that article's.
    """

    kind: KinKind
    id: str
    title: str
    source: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article, its text NFC-normalised once and never changed after.

    `id` is stable across rebuilds; `source` is the newspaper, or the body that issued a document, `number` that
    document's number; unknown strings are empty, `url` and `published` are None where the article gives none.
    `encoding` is the one before Unicode that its file was converted from. `sections` are in order and do not
    overlap; text that stands nowhere in particular is in none. `kin` are other articles of its corpus. `file` is the
    path of its file below the corpus, with `/`, and `file_digest` the SHA-256 of that file's bytes, both empty where
    unknown: two articles of one content are equal, wherever they were read from.
    """

    id: str
    title: str
    text: str
    source: str = ""
    url: str | None = None
    published: date | None = None
    author: str = ""
    number: str = ""
    encoding: str = ""
    sections: tuple[Section, ...] = ()
    kin: tuple[Kin, ...] = ()
    file: str = field(default="", compare=False)
    file_digest: str = field(default="", compare=False)

    def section_at(self, place: int) -> Section | None:
        """Return the section that holds the code point at `place`, None where none does."""
        row = bisect_right(self.sections, place, key=lambda section: section.start) - 1
        return self.sections[row] if row >= 0 and place < self.sections[row].end else None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of an article; `start` and `end` are code points in `article.text`."""

    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        """The sentence, sliced from its article at this moment."""
        return self.article.text[self.start : self.end]

    @property
    def section(self) -> Section | None:
        """Where it stands in its file, None where that is nowhere in particular; a line lies in one section."""
        return self.article.section_at(self.start)

    @property
    def path(self) -> tuple[str, ...]:
        """What leads to it in its file, from the outside in: of a clause, a table; mostly empty."""
        return self.section.path if self.section else ()

    @property
    def id(self) -> str:
        """`article_id:start-end`."""
        return f"{self.article.id}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring whole sentences of one article; `context` is embedded with them and never quoted."""

    article: Article
    sentences: tuple[Sentence, ...]
    context: str = ""

    @property
    def start(self) -> int:
        """First code point of the first sentence."""
        return self.sentences[0].start

    @property
    def end(self) -> int:
        """One past the last code point of the last sentence."""
        return self.sentences[-1].end

    @property
    def text(self) -> str:
        """What may be quoted: the slice of the article, white space between sentences included."""
        return self.article.text[self.start : self.end]

    @property
    def embeddable(self) -> str:
        """What is embedded and indexed: the context (title, place, date), then the text."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def id(self) -> str:
        """`article_id:start-end`."""
        return f"{self.article.id}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score; higher is better, ties are broken by the passage's id."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A quoted sentence; `marker` is the n of [n], `highlight` a span within the quote that answers, or None."""

    marker: int
    sentence: Sentence
    highlight: tuple[int, int] | None = None

    @property
    def quoted(self) -> str:
        """The quote as an answer's text has it: «Xã có 14 chi bộ.» [1]."""
        return f"«{self.sentence.text}» [{self.marker}]"


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why a sentence was chosen, in the question's own words.

    The words of the question that the sentence holds, that only its title, place and date hold, and that
    neither does; the names and years of the question that it is of; its place among the `of` sentences
    compared, by the words shared (`by_words`) and by meaning (`by_meaning`), 1 being the best.
    """

    said: tuple[str, ...]
    around: tuple[str, ...]
    lacking: tuple[str, ...]
    names: tuple[str, ...]
    years: tuple[int, ...]
    by_words: int
    by_meaning: int
    of: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question gets no quote: a reason, and what its words name; the words are `refusals.REASON` (i18n/).

    `no_evidence`; `too_little` is asked; `of_articles`: about the articles themselves; `unknown_name` (`name`) and
    `year_missing` (`years`) are in no article; `lies_elsewhere` (`name`, `where`, `there`) and `not_in_province`
    (`name`, `there`): the question puts a place into a wrong province; `no_clause` (`clause`, `document`) and
    `no_such_clause` (`clause`): none has it; `which_document` (`clause`, `documents`): several have it;
    `smalltalk_...`: it is no question for the articles.
    """

    reason: str
    arguments: Mapping[str, str] = field(default_factory=dict)

    def text(self, lang: Language = "vi") -> str:
        """Return its words in the language of the reader."""
        sentence = texts(lang)(f"refusals.{self.reason}", **self.arguments)
        return sentence[0].upper() + sentence[1:]

    @property
    def smalltalk(self) -> bool:
        """True where what was typed is no question for the articles."""
        return self.reason.startswith("smalltalk_")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question; without citations it is a refusal, and `related` is not an answer.

    `text` are the quotes, or the words of the `refusal` in Vietnamese.

    `confidence` is the calibrated probability that the first citation answers; `timings` are milliseconds
    by stage; `grounds` are those of `citations`, or of `related`, in their order.
    """

    question: str
    standalone_question: str
    text: str
    citations: tuple[Citation, ...]
    confidence: float
    related: tuple[Citation, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    grounds: tuple[Grounds, ...] = ()
    refusal: Refusal | None = None

    def text_in(self, lang: Language) -> str:
        """Return the text for a reader of that language; quotes are as they are."""
        return self.text if lang == "vi" or self.refusal is None else self.refusal.text(lang)

    @property
    def answered(self) -> bool:
        """True when at least one sentence is cited."""
        return bool(self.citations)


class Verdict(StrEnum):
    """Whether an answer is right."""

    RIGHT = "right"
    WRONG = "wrong"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Question:
    """A test question: `turns` end with the question itself; `gold` are (article id, quote) pairs."""

    id: str
    turns: tuple[str, ...]
    gold: tuple[tuple[str, str], ...]
