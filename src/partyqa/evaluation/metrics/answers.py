"""Metrics of answers: what is cited, marked and refused; a new one is an entry of ANSWERS."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass

from partyqa.evaluation.datasets.base import Case, covers, overlap
from partyqa.evaluation.metrics.base import Metric, Shown, Words
from partyqa.text.entities import Span
from partyqa.types import Answer, Citation

CITED = 3  # citations that are looked at


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer, None where the question failed, beside its case; `own` are the dataset's own sentences."""

    case: Case
    answer: Answer | None
    own: Mapping[str, Sequence[Span]]

    @property
    def refused(self) -> bool:
        """Whether the system answered that it has no answer."""
        return self.answer is not None and not self.answer.answered

    @property
    def cited(self) -> tuple[Citation, ...]:
        """The citations that are looked at."""
        return () if self.answer is None else self.answer.citations[:CITED]

    @property
    def chosen(self) -> tuple[Citation, ...]:
        """What the system thought to be the answer: its citations, or of a refusal the nearest sentences."""
        return self.cited if self.answer is None else self.cited or self.answer.related[:CITED]

    @property
    def right(self) -> list[bool]:
        """Which of the chosen sentences are gold ones."""
        return [self.case.is_gold(citation.sentence) for citation in self.chosen]

    def hit(self, depth: int) -> float | None:
        """Whether one of the first `depth` citations is right; None where nothing could be."""
        return float(bool(self.cited) and any(self.right[:depth])) if self.case.answerable else None

    @property
    def marked(self) -> str:
        """The words marked in the first citation, "" where there are none."""
        if not self.cited or self.cited[0].highlight is None:
            return ""
        begin, end = self.cited[0].highlight
        return self.cited[0].sentence.text[begin:end]


@dataclass(frozen=True, slots=True)
class AnswerMetric(Metric):
    """A mean over questions; `score` is 0..1, None of a question that has no part in it."""

    _: KW_ONLY
    score: Callable[[Judged], float | None]


_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"(?<=\d)[.,](?=\d)")
_POINT = "\ue000"  # a private-use character holds the decimal mark's place while punctuation goes


def normalise_answer(text: str) -> str:
    """Return `text` as EM and F1 compare it: NFC, lower case, without punctuation and signs, single spaces.

    SQuAD's rule without its English articles and with Vietnamese numbers: thousands are joined, and a
    decimal mark, point or comma, stays. "2.128 đảng viên." -> "2128 đảng viên"; "62,5%" -> "62.5"
    """
    text = unicodedata.normalize("NFC", text).lower().replace(_POINT, " ")
    text = _DECIMAL.sub(_POINT, _THOUSANDS.sub("", text))
    kept = (" " if char.isspace() else char for char in text if unicodedata.category(char)[0] not in "PS")
    return " ".join("".join(kept).replace(_POINT, ".").split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """Return 1.0 when `prediction` equals one of `answers` after normalisation, else 0.0."""
    return float(normalise_answer(prediction) in {normalise_answer(answer) for answer in answers})


def token_f1(prediction: str, answers: Sequence[str]) -> float:
    """Return the best F1 of the syllables of `prediction` against those of each of `answers`, 0..1."""
    return max(
        (_f1(normalise_answer(prediction), normalise_answer(answer)) for answer in answers), default=0.0
    )


def _f1(prediction: str, answer: str) -> float:
    got, wanted = prediction.split(), answer.split()
    if not got or not wanted:
        return float(got == wanted)
    common = (Counter(got) & Counter(wanted)).total()
    return 2 * common / (len(got) + len(wanted))


def _of_marked(compare: Callable[[str, Sequence[str]], float]) -> Callable[[Judged], float | None]:
    """Return the score of the marked words against the answers, where there are any."""

    def score(one: Judged) -> float | None:
        return compare(one.marked, one.case.answers) if one.case.answerable and one.case.answers else None

    return score


def _complete(one: Judged) -> float | None:
    """Whether all the quotes that are needed are cited: each of them, or any where one is enough."""
    if not one.case.answerable:
        return None
    found = [any(covers(citation.sentence, *place) for citation in one.cited) for place in one.case.places]
    return float(all(found) if one.case.needs_all else any(found))


def _citation_precision(one: Judged) -> float | None:
    if one.refused:
        return None
    return sum(one.right) / len(one.right) if one.right else 0.0


def _picks_sentence(one: Judged) -> float | None:
    """Whether, of the dataset's own sentences, the one that the first chosen covers most holds the answer."""
    if not (one.case.answerable and one.own):
        return None
    if not one.chosen:
        return 0.0
    sentence = one.chosen[0].sentence
    own = one.own.get(sentence.article.id, ())
    if not own:
        return 0.0
    covered = max(own, key=lambda span: min(span[1], sentence.end) - max(span[0], sentence.start))
    here = [spans for article_id, spans in one.case.places if article_id == sentence.article.id]
    return float(any(overlap(covered, spans) for spans in here))


ANSWERS = (
    AnswerMetric(
        "hit@1",
        Words("câu trích đầu tiên đúng", "the first sentence cited is right"),
        score=lambda one: one.hit(1),
        shown=Shown.PLOT,
        gated=0.0,
    ),
    AnswerMetric(
        "hit@3",
        Words("có câu trích đúng", "a sentence cited is right"),
        score=lambda one: one.hit(3),
        shown=Shown.SLICES,
        gated=0.0,
    ),
    AnswerMetric(
        "complete",
        Words("trích đủ mọi câu cần có", "every sentence needed is cited"),
        score=_complete,
        shown=Shown.SLICES,
        gated=0.0,
    ),
    AnswerMetric(
        "citation precision",
        Words("phần câu trích đúng khi có trả lời", "share of the cited that is right"),
        score=_citation_precision,
        shown=Shown.SUMMARY,
    ),
    AnswerMetric(
        "sentence@1",
        Words("chọn đúng câu theo cách chia câu của bộ", "the dataset's own sentence is picked"),
        score=_picks_sentence,
        shown=Shown.SUMMARY,
        gated=0.0,
    ),
    AnswerMetric(
        "EM",
        Words("phần tô đậm trùng đáp án", "the highlight equals the answer"),
        score=_of_marked(exact_match),
        shown=Shown.SUMMARY,
    ),
    AnswerMetric(
        "F1",
        Words("phần tô đậm gần đáp án", "the highlight's syllables against the answer's"),
        score=_of_marked(token_f1),
        shown=Shown.SUMMARY,
    ),
    AnswerMetric(
        "refusal precision",
        Words("từ chối là đúng", "a refusal is right"),
        score=lambda one: float(not one.case.answerable) if one.refused else None,
    ),
    AnswerMetric(
        "refusal recall",
        Words("câu không có trong kho bị từ chối", "an unanswerable question is refused"),
        score=lambda one: None if one.case.answerable else float(one.refused),
        shown=Shown.PLOT,
        gated=0.0,
    ),
    AnswerMetric(
        "false answers",
        Words("câu không có trong kho vẫn trả lời", "an unanswerable question is answered"),
        score=lambda one: None if one.case.answerable else float(not one.refused),
        better="lower",
    ),
    AnswerMetric(
        "false refusals",
        Words("câu có trong kho lại từ chối", "an answerable question is not answered"),
        score=lambda one: float(not one.cited) if one.case.answerable else None,
        better="lower",
        shown=Shown.PLOT,
        gated=0.0,
    ),
)
