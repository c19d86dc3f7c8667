"""Every measure in words, and whether more of it is better."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


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
