"""What an outcome is worth: its value under every measure, the stage that lost it, quotes that differ."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from partyqa.answer.answerer import PASSAGES_READ
from partyqa.evaluation.datasets.base import Case, Dataset, Span
from partyqa.evaluation.metrics import Measure, exact_match, token_f1
from partyqa.evaluation.runner import Outcome
from partyqa.types import Answer, Article, Citation, Passage, Sentence

CITED = 3  # citations that are looked at


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


class Scorer:
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
        chosen = _chosen(answer)
        right = [_is_gold(case, citation.sentence) for citation in chosen]
        row = Row(outcome, {}, None, 0.0, correct=False, qrels=self._qrels(case))
        values = dict(self._ranking_values(row))
        if case.spans or not case.answerable:
            values |= _answer_values(case, answer, right)
        if case.answerable and self._sentences:
            values["sentence@1"] = float(bool(chosen) and self._picks_sentence(case, chosen[0].sentence))
        shown = [] if answer is None else [*answer.citations, *answer.related]
        return replace(
            row,
            values=values,
            stage=_stage(outcome, right) if case.spans or not case.answerable else None,
            confidence=0.0 if answer is None else answer.confidence,
            correct=any(right[:1]),
            quotes=len(shown),
            misquotes=sum(not self._is_faithful(citation) for citation in shown),
        )

    def _qrels(self, case: Case) -> dict[str, int]:
        """Return the grades of the passages: 1 for each that overlaps a gold place."""
        return {
            passage.id: 1
            for article_id, spans in _places(case)
            for passage in self._passages[article_id]
            if _overlap((passage.start, passage.end), spans)
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

    def _picks_sentence(self, case: Case, sentence: Sentence) -> bool:
        """Whether, of the dataset's own sentences, the one that `sentence` covers most holds the answer."""
        own = self._sentences.get(sentence.article.id, ())
        if not own:
            return False
        covered = max(own, key=lambda span: min(span[1], sentence.end) - max(span[0], sentence.start))
        return any(
            article_id == sentence.article.id and _overlap(covered, spans)
            for article_id, spans in _places(case)
        )

    def _is_faithful(self, citation: Citation) -> bool:
        """Whether a quote is, to the letter, what the dataset's own copy of the article says there."""
        sentence = citation.sentence
        source: Article | None = self._articles.get(sentence.article.id)
        if source is None or not 0 <= sentence.start < sentence.end <= len(source.text):
            return False
        begin, end = citation.highlight or (0, 1)
        inside = 0 <= begin < end <= len(sentence.text)
        return inside and source.text[sentence.start : sentence.end] == sentence.text


def _chosen(answer: Answer | None) -> tuple[Citation, ...]:
    """What the system thought to be the answer: its citations, or of a refusal the nearest sentences."""
    return () if answer is None else (answer.citations or answer.related)[:CITED]


def _places(case: Case) -> Iterator[tuple[str, Sequence[Span]]]:
    for (article_id, _), spans in zip(case.question.gold, case.spans, strict=True):
        yield article_id, spans


def _overlap(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _covers(sentence: Sentence, article_id: str, spans: Sequence[Span]) -> bool:
    return sentence.article.id == article_id and _overlap((sentence.start, sentence.end), spans)


def _is_gold(case: Case, sentence: Sentence) -> bool:
    return any(_covers(sentence, article_id, spans) for article_id, spans in _places(case))


def _answer_values(case: Case, answer: Answer | None, right: Sequence[bool]) -> dict[str, float]:
    """Return the measures of the answer; `right` says which of the chosen sentences are gold."""
    refused = answer is not None and not answer.answered
    values: dict[str, float] = {}
    if case.answerable:
        cited = () if answer is None else answer.citations[:CITED]
        hits = list(right) if cited else []
        values |= {
            "hit@1": float(any(hits[:1])),
            "hit@3": float(any(hits)),
            "complete": _complete(case, cited),
            "false refusals": float(answer is None or refused),
        }
        if case.answers:
            shown = _highlight(cited)
            values |= {"EM": exact_match(shown, case.answers), "F1": token_f1(shown, case.answers)}
    else:
        values |= {"refusal recall": float(refused), "false answers": float(not refused)}
    if refused:
        values["refusal precision"] = float(not case.answerable)
    else:
        values["citation precision"] = sum(right) / len(right) if right else 0.0
    return values


def _complete(case: Case, cited: Sequence[Citation]) -> float:
    """Whether all the quotes that are needed are cited: each of them, or any where one is enough."""
    found = [
        any(_covers(citation.sentence, article_id, spans) for citation in cited)
        for article_id, spans in _places(case)
    ]
    return float(all(found) if case.needs_all else any(found))


def _highlight(cited: Sequence[Citation]) -> str:
    """The words marked in the first citation, "" where there are none."""
    if not cited or cited[0].highlight is None:
        return ""
    begin, end = cited[0].highlight
    return cited[0].sentence.text[begin:end]


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
        _covers(Sentence(hit.passage.article, hit.passage.start, hit.passage.end), article_id, spans)
        for hit in read
        for article_id, spans in _places(case)
    )
    return Stage.NOT_CHOSEN if found else Stage.NOT_FOUND
