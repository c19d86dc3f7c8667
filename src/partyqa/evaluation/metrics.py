"""Measures of rankings, answers and confidence.

A ranking measure is its name: `Measure.parse("nDCG@10")` prints, compares and hashes as `nDCG@10`; names and
definitions are those of ir_measures (trec_eval), against which the tests hold them. Everything else here is a
function of plain numbers and texts.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partyqa.errors import DatasetError

Floats = NDArray[np.float64]

# A formula takes the grades of what was ranked, cut at k, and all relevant grades, highest first.
_Formula = Callable[[Sequence[int], Sequence[int], int | None], float]


def _recall(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    return sum(grade > 0 for grade in grades) / len(ideal)


def _success(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    return float(any(grade > 0 for grade in grades))


def _precision(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    return sum(grade > 0 for grade in grades) / (k or len(grades) or 1)


def _reciprocal_rank(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    return next((1 / rank for rank, grade in enumerate(grades, 1) if grade > 0), 0.0)


def _average_precision(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    found, total = 0, 0.0
    for rank, grade in enumerate(grades, 1):
        if grade > 0:
            found += 1
            total += found / rank
    return total / len(ideal)


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _ndcg(grades: Sequence[int], ideal: Sequence[int], k: int | None) -> float:
    return _dcg(grades) / _dcg(ideal[:k])


_FORMULAS: Mapping[str, _Formula] = {
    "R": _recall,
    "Success": _success,
    "P": _precision,
    "RR": _reciprocal_rank,
    "AP": _average_precision,
    "nDCG": _ndcg,
}
_ALIASES = {"MRR": "RR", "MAP": "AP", "Recall": "R"}
_NAME = re.compile(r"(?P<name>[A-Za-z]+)(?:@(?P<cutoff>[1-9][0-9]{0,8}))?")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of one question's ranking, `name@cutoff`; without a cut-off the whole ranking counts."""

    name: str
    cutoff: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Measure":
        """Return the measure called `text`; MRR, MAP and Recall are read as RR, AP and R.

        "MRR@10" -> RR@10. Raises DatasetError for a name that is none of them.
        """
        match = _NAME.fullmatch(text.strip())
        name = _ALIASES.get(match["name"], match["name"]) if match else ""
        if match is None or name not in _FORMULAS:
            known = ", ".join(_FORMULAS)
            raise DatasetError(
                vi=f"Không có thước đo «{text}»: hãy viết tên@k như nDCG@10, tên là một trong {known}.",
                en=f"There is no measure “{text}”: write name@k, as in nDCG@10, the name one of {known}.",
            )
        cutoff = match["cutoff"]
        return cls(name, int(cutoff) if cutoff else None)

    def __str__(self) -> str:
        return self.name if self.cutoff is None else f"{self.name}@{self.cutoff}"

    def __call__(self, qrels: Mapping[str, int], ranking: Sequence[str]) -> float:
        """Return the value for one question, 0..1.

        `qrels` maps document ids to grades, above 0 relevant; an id not in it is not. `ranking` holds
        document ids, best first; an empty one, and a question without relevant documents, are worth 0.
        Raises ValueError when the ranking names a document twice, which would count it twice.
        """
        if len(set(ranking)) != len(ranking):
            raise ValueError("a ranking names a document twice")
        ideal = sorted((grade for grade in qrels.values() if grade > 0), reverse=True)
        if not ideal:
            return 0.0
        grades = [max(qrels.get(document, 0), 0) for document in ranking[: self.cutoff]]
        return _FORMULAS[self.name](grades, ideal, self.cutoff)


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


def risk_coverage(confidence: ArrayLike, correct: ArrayLike) -> tuple[Floats, Floats]:
    """Return (coverage, risk), each (n,): the share answered and the share of those that are wrong.

    Questions are answered in falling order of `confidence`. Equal confidences cannot be told apart, so each
    of them counts as the mean of its group: the curve does not depend on the order of the input.
    """
    scores, errors = np.asarray(confidence, dtype=float), 1 - np.asarray(correct, dtype=float)
    _, group, sizes = np.unique(-scores, return_inverse=True, return_counts=True)
    means = np.bincount(group, weights=errors, minlength=len(sizes)) / sizes
    answered = np.arange(1, len(scores) + 1)
    return answered / max(len(scores), 1), np.cumsum(np.repeat(means, sizes)) / answered


def aurc(confidence: ArrayLike, correct: ArrayLike) -> float:
    """Return the area under the risk-coverage curve, 0..1, lower is better (Geifman and El-Yaniv 2017)."""
    return float(risk_coverage(confidence, correct)[1].mean())


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of the reliability diagram: `n` questions, their mean confidence and the share that is right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def reliability(confidence: ArrayLike, correct: ArrayLike, bins: int = 10) -> list[Bin]:
    """Return the occupied ones of `bins` equal intervals (low, high] of 0..1; 0 itself is in the first."""
    scores, right = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=float)
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, scores, side="left") - 1, 0, bins - 1)
    return [
        Bin(
            low=float(edges[number]),
            high=float(edges[number + 1]),
            n=int(inside.sum()),
            confidence=float(scores[inside].mean()),
            accuracy=float(right[inside].mean()),
        )
        for number in range(bins)
        if (inside := place == number).any()
    ]


def ece(confidence: ArrayLike, correct: ArrayLike, bins: int = 10) -> float:
    """Return the expected calibration error, 0..1, lower is better (Guo et al. 2017)."""
    occupied = reliability(confidence, correct, bins)
    total = sum(bar.n for bar in occupied)
    return sum(bar.n * abs(bar.confidence - bar.accuracy) for bar in occupied) / max(total, 1)


def auroc(confidence: ArrayLike, positive: ArrayLike) -> float:
    """Return the chance that a positive scores above a negative, ties half; nan without one of each."""
    scores, labels = np.asarray(confidence, dtype=float), np.asarray(positive, dtype=bool)
    high, low = scores[labels], np.sort(scores[~labels])
    if not len(high) or not len(low):
        return math.nan
    below = np.searchsorted(low, high, side="left") + np.searchsorted(low, high, side="right")
    return float(below.mean() / (2 * len(low)))


@dataclass(frozen=True, slots=True)
class Term:
    """What a measure says, in Vietnamese and in English."""

    vi: str
    en: str
    higher_is_better: bool = True


_ANSWERS: Mapping[str, Term] = {
    "hit@1": Term("câu trích đầu tiên đúng", "the first sentence cited is right"),
    "hit@3": Term("có câu trích đúng", "a sentence cited is right"),
    "complete": Term("trích đủ mọi câu cần có", "every sentence needed is cited"),
    "citation precision": Term("phần câu trích đúng khi có trả lời", "share of the cited that is right"),
    "sentence@1": Term("chọn đúng câu theo cách chia câu của bộ", "the dataset's own sentence is picked"),
    "EM": Term("phần tô đậm trùng đáp án", "the highlight equals the answer"),
    "F1": Term("phần tô đậm gần đáp án", "the highlight's syllables against the answer's"),
    "refusal precision": Term("từ chối là đúng", "a refusal is right"),
    "refusal recall": Term("câu không có trong kho bị từ chối", "an unanswerable question is refused"),
    "false answers": Term(
        "câu không có trong kho vẫn trả lời", "an unanswerable question is answered", False
    ),
    "false refusals": Term("câu có trong kho lại từ chối", "an answerable question is not answered", False),
    "AUROC": Term("độ tin cậy phân biệt có và không có", "confidence tells answerable from not"),
    "AURC": Term("tỉ lệ sai dưới đường rủi ro–độ phủ", "area under risk-coverage", False),
    "ECE": Term("độ tin cậy lệch thực tế", "expected calibration error", False),
    "misquotes": Term("trích dẫn khác nguyên văn (phải là 0)", "quotes that differ (must be 0)", False),
}


_RANKINGS: Mapping[str, tuple[str, str]] = {
    "R": ("phần đúng tìm thấy", "share of the right found"),
    "Success": ("có kết quả đúng", "something right is found"),
    "P": ("phần kết quả đúng", "share of the found that is right"),
    "RR": ("nghịch đảo hạng đúng đầu tiên", "reciprocal rank of the first right"),
    "AP": ("độ chính xác trung bình", "average precision"),
    "nDCG": ("thứ hạng có trọng số", "discounted gain of the ranking"),
}


_ORDER = (*_ANSWERS, *_RANKINGS)


TERMS: Mapping[str, Term] = MappingProxyType(dict(_ANSWERS))


def term(name: str) -> Term:
    """Return what the measure `name` says: "passage:R@5" -> tìm đoạn: phần đúng tìm thấy, trong 5 đầu."""
    if name in TERMS:
        return TERMS[name]
    level, _, measure = name.rpartition(":")
    kind, _, cutoff = measure.partition("@")
    vi, en = _RANKINGS[kind]
    among_vi, among_en = (f" ({cutoff} đầu)", f" (first {cutoff})") if cutoff else ("", "")
    what_vi, what_en = ("đoạn", "passages") if level else ("bài", "articles")
    return Term(f"{what_vi}: {vi}{among_vi}", f"{what_en}: {en}{among_en}")


def in_order(names: set[str]) -> list[str]:
    """Return the names in the order of a report: answers, then articles, then passages."""

    def place(name: str) -> tuple[bool, int, int]:
        if name in TERMS:
            return False, _ORDER.index(name), 0
        level, _, measure = name.rpartition(":")
        kind, _, cutoff = measure.partition("@")
        return bool(level), _ORDER.index(kind), int(cutoff or 0)

    return sorted(names, key=place)
