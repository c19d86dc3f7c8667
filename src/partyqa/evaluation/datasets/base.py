"""What a dataset is, whatever file it came from: articles, and questions with the places that answer them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from partyqa.errors import DatasetError
from partyqa.evaluation.options import Typed
from partyqa.i18n import Message, message
from partyqa.text.entities import Span
from partyqa.text.normalise import normalise
from partyqa.types import Article, Question, Sentence

SPLITS = ("dev", "test")


@dataclass(frozen=True, slots=True)
class Case:
    """One test question and what is known of its answer.

    `question.gold` are (article id, quote) pairs and `spans[i]` the places, in code points of the article's
    text, where the i-th quote stands: a citation that overlaps one of them is right. `relevant` maps article
    ids to grades; an unanswerable question has none. `needs_all`: every quote must be cited, else one is
    enough. `scope`: the id of the one article that may be searched, or "".
    """

    question: Question
    relevant: Mapping[str, int]
    spans: tuple[tuple[Span, ...], ...] = ()
    answers: tuple[str, ...] = ()
    needs_all: bool = False
    kind: str = ""
    split: str = ""
    place: str = ""
    scope: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the articles answer it."""
        return bool(self.relevant)

    @property
    def places(self) -> list[tuple[str, tuple[Span, ...]]]:
        """The article of each gold quote and the places where it stands there."""
        gold = zip(self.question.gold, self.spans, strict=True)
        return [(article_id, spans) for (article_id, _), spans in gold]

    def is_gold(self, sentence: Sentence) -> bool:
        """Whether a sentence overlaps a gold place."""
        return any(covers(sentence, *place) for place in self.places)


def overlap(span: Span, others: Sequence[Span]) -> bool:
    """Whether a span has a code point in common with one of the others."""
    return any(span[0] < end and start < span[1] for start, end in others)


def covers(sentence: Sentence, article_id: str, spans: Sequence[Span]) -> bool:
    """Whether a sentence overlaps one of these spans of that article."""
    return sentence.article.id == article_id and overlap((sentence.start, sentence.end), spans)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Articles and questions; `notes` say what was mended and `skipped` what was left out, a sentence each.

    `sentences` are the dataset's own sentence spans by article id, for XQuAD-R. `typed`: how its questions
    were typed anew, None as they were written.
    """

    name: str
    path: Path
    articles: tuple[Article, ...]
    cases: tuple[Case, ...]
    sentences: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()
    skipped: tuple[DatasetError, ...] = ()
    typed: Typed | None = None

    @property
    def label(self) -> str:
        """The name, with how the questions were typed: questions, questions.flat."""
        return f"{self.name}.{self.typed}" if self.typed else self.name


class Faults:
    """What becomes of bad input in one file: the first fault is raised or, with `skip`, all are collected."""

    def __init__(self, path: Path, *, skip: bool) -> None:
        self.path, self.skip = path, skip
        self.found: list[DatasetError] = []

    def of(self, path: Path) -> "Faults":
        """Return the same for another file of the dataset; what it finds is found here too."""
        other = Faults(path, skip=self.skip)
        other.found = self.found
        return other

    def add(self, line: int, what: str, /, **arguments: object) -> None:
        """Raise the fault in that line (0: of the whole file), or keep it; its message is that of the key `what`."""
        fault = DatasetError(
            "evaluation.fault_in_line" if line else "evaluation.fault",
            file=self.path.name,
            line=line,
            fault=message(what, **arguments),
        )
        if not self.skip:
            raise fault
        self.found.append(fault)


class SeenIds:
    """Remembers in which line each id stood."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._lines: dict[str, int] = {}

    def is_new(self, key: str, line: int) -> bool:
        """Whether `key` is seen for the first time; when not, that is a fault."""
        if key not in self._lines:
            self._lines[key] = line
            return True
        first = self._lines[key]
        self._faults.add(line, "evaluation.id_taken", id=key, line=first)
        return False


def check_dataset(dataset: Dataset) -> Dataset:
    """Return the dataset, or raise DatasetError when no question or no article is left in it."""
    if not dataset.cases:
        raise DatasetError("evaluation.no_questions", file=dataset.path.name)
    if not dataset.articles:
        raise DatasetError("evaluation.no_articles", file=dataset.path.name)
    return dataset


def place_quote(text: str, quote: str) -> tuple[Span, ...]:
    """Return every place where `quote` stands in `text`, to the letter; overlapping ones too."""
    spans: list[Span] = []
    start = text.find(quote) if quote else -1
    while start >= 0:
        spans.append((start, start + len(quote)))
        start = text.find(quote, start + 1)
    return tuple(spans)


def offset_in(text: str, context: str, offset: int) -> int:
    """Return where the code point at `offset` of `context` stands in `text`, the same normalised."""
    return offset if text == context else len(normalise(context[:offset]))


def place_answer(context: str, text: str, answer: str, start: int) -> Span | None:
    """Return where a SQuAD answer stands in `text`, the normalised `context`, or None.

    The offset counts when the answer stands there; else the answer's only place in the text does.
    """
    wanted = normalise(answer)
    if not wanted.strip():
        return None
    if 0 <= start <= len(context):
        begin = offset_in(text, context, start)
        if text.startswith(wanted, begin):
            return begin, begin + len(wanted)
    places = place_quote(text, wanted)
    return places[0] if len(places) == 1 else None


def in_split(cases: Sequence[Case], split: str) -> tuple[Case, ...]:
    """Return the cases of that split; "all", and cases without a split, always count."""
    return tuple(case for case in cases if split == "all" or case.split in ("", split))
