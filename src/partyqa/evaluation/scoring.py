"""What an outcome is worth: its value under every measure, the stage that lost it, quotes that differ."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from partyqa.answer.answerer import PASSAGES_READ
from partyqa.evaluation.datasets.base import Dataset, overlap
from partyqa.evaluation.metrics.answers import ANSWERS, Judged
from partyqa.evaluation.metrics.rankings import Measure
from partyqa.evaluation.runner import Outcome
from partyqa.types import Article, Citation, Passage, Sentence


class Stage(StrEnum):
    """Where a question ended."""

    RIGHT = "right"  # the first citation is a gold sentence
    LATER = "later"  # a later citation is
    REFUSED = "refused"  # a gold sentence was chosen, yet nothing answered
    NOT_CHOSEN = "not chosen"  # a passage with a gold sentence was found, another sentence chosen
    NOT_FOUND = "not found"  # no such passage among those that are read
    FAILED = "failed"  # an error or no answer in time
    REFUSED_RIGHTLY = "refused rightly"  # unanswerable, and not answered
    FALSE_ANSWER = "false answer"  # unanswerable, and answered


@dataclass(frozen=True, slots=True)
class Row:
    """An outcome with its worth.

    `values` holds every measure that the case has a part in. `correct`: the sentence chosen first, cited or
    refused, is a gold one; `confidence` is what the system gave it. `quotes` were shown, `misquotes` of them
    are not what their article says. `qrels` grades the passages that hold a gold place.
    """

    outcome: Outcome
    values: Mapping[str, float]
    stage: Stage | None
    confidence: float
    correct: bool
    quotes: int = 0
    misquotes: int = 0
    qrels: Mapping[str, int] = field(default_factory=dict)

    @property
    def articles(self) -> list[str]:
        """The ids of the articles found, best first: an article stands where its best passage does."""
        return list(dict.fromkeys(hit.passage.article.id for hit in self.outcome.hits))

    @property
    def passages(self) -> list[str]:
        """The ids of the passages found, best first."""
        return [hit.passage.id for hit in self.outcome.hits]


class CaseScorer:
    """Scores the outcomes of one system on one dataset."""

    def __init__(self, dataset: Dataset, passages: Sequence[Passage], measures: Sequence[Measure]) -> None:
        self._articles = {article.id: article for article in dataset.articles}
        self._sentences = dataset.sentences
        self._passages: dict[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            self._passages[passage.article.id].append(passage)
        self._limits = {"": len(dataset.articles), "passage:": len(passages)}
        self._measures = measures

    def score(self, outcome: Outcome) -> Row:
        """Return the outcome with its worth; a failed one is worth nothing wherever it has a part."""
        case, answer = outcome.case, outcome.answer
        judged = Judged(case, answer, self._sentences)
        row = Row(outcome, {}, None, 0.0, correct=False, qrels=self._qrels(outcome))
        values = dict(self._ranking_values(row))
        has_gold = bool(case.spans) or not case.answerable
        if has_gold:
            scores = {metric.name: metric.score(judged) for metric in ANSWERS}
            values |= {name: value for name, value in scores.items() if value is not None}
        shown = [] if answer is None else [*answer.citations, *answer.related]
        return replace(
            row,
            values=values,
            stage=_stage(outcome, judged.right) if has_gold else None,
            confidence=0.0 if answer is None else answer.confidence,
            correct=any(judged.right[:1]),
            quotes=len(shown),
            misquotes=sum(not self._is_faithful(citation) for citation in shown),
        )

    def _qrels(self, outcome: Outcome) -> dict[str, int]:
        """Return the grades of the passages: 1 for each that overlaps a gold place."""
        return {
            passage.id: 1
            for article_id, spans in outcome.case.places
            for passage in self._passages[article_id]
            if overlap((passage.start, passage.end), spans)
        }

    def _ranking_values(self, row: Row) -> Iterator[tuple[str, float]]:
        """Yield the measures of the articles and, with a gold place, of the passages that were found."""
        case = row.outcome.case
        if not case.answerable or case.scope:
            return
        levels = [("", case.relevant, row.articles)]
        if case.spans:
            levels.append(("passage:", row.qrels, row.passages))
        for prefix, qrels, ranking in levels:
            for measure in self._measures:
                if (measure.cutoff or 1) <= self._limits[prefix]:
                    yield f"{prefix}{measure}", measure(qrels, ranking)

    def _is_faithful(self, citation: Citation) -> bool:
        """Whether a quote is, to the letter, what the dataset's own copy of the article says there."""
        sentence = citation.sentence
        source: Article | None = self._articles.get(sentence.article.id)
        if source is None or not 0 <= sentence.start < sentence.end <= len(source.text):
            return False
        begin, end = citation.highlight or (0, 1)
        inside = 0 <= begin < end <= len(sentence.text)
        return inside and source.text[sentence.start : sentence.end] == sentence.text


def _stage(outcome: Outcome, right: Sequence[bool]) -> Stage:
    case, answer = outcome.case, outcome.answer
    if answer is None:
        return Stage.FAILED
    if not case.answerable:
        return Stage.FALSE_ANSWER if answer.answered else Stage.REFUSED_RIGHTLY
    if any(right):
        if not answer.answered:
            return Stage.REFUSED
        return Stage.RIGHT if right[0] else Stage.LATER
    read = outcome.hits[:PASSAGES_READ]
    found = bool(case.scope) or any(
        case.is_gold(Sentence(hit.passage.article, hit.passage.start, hit.passage.end)) for hit in read
    )
    return Stage.NOT_CHOSEN if found else Stage.NOT_FOUND
