"""Which words of a sentence answer a question, by the kind of answer it wants. No model."""

import re
from collections.abc import Sequence

import numpy as np

from partyqa.query import Kind, Query
from partyqa.text import fold, tokens
from partyqa.types import Sentence

Span = tuple[int, int]

_CAPITAL = r"[A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠ-Ỹ]"
_DAY = r"\d{1,2}[/-]\d{1,2}(?:[/-]\d{4})?"
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    Kind.NUMBER: re.compile(r"\d+(?:[.,]\d+)*(?:/\d+(?:[.,]\d+)*)?(?: ?%)?"),
    Kind.DATE: re.compile(
        rf"(?:ngày |sáng |chiều |tối )*{_DAY}(?![\d%])"
        r"|(?:từ |đến )?(?:cuối |đầu )?(?:tháng \d{1,2}(?:/| năm )\d{4}"
        r"|năm (?:19|20)\d\d(?: ?[-–] ?(?:19|20)\d\d)?)"
        r"|(?:giai đoạn|nhiệm kỳ) (?:19|20)\d\d ?[-–] ?(?:19|20)\d\d|(?:19|20)\d\d ?[-–] ?(?:19|20)\d\d",
        re.IGNORECASE,
    ),
    Kind.PERSON: re.compile(rf"(?:{_CAPITAL}[^\W\d_]* ){{1,3}}{_CAPITAL}[^\W\d_]*"),
    Kind.PLACE: re.compile(
        rf"(?:[Tt]ỉnh|[Hh]uyện|[Tt]hị trấn|[Tt]hị xã|[Tt]hành phố|[Xx]ã|[Bb]ản|[Pp]hường|TP\.?)"
        rf"(?: {_CAPITAL}[^\W\d_]*){{1,4}}"
    ),
    Kind.DOCUMENT: re.compile(
        r"(?:[Cc]hỉ thị|[Nn]ghị quyết|[Kk]ết luận|[Qq]uy định|[Qq]uyết định|[Kk]ế hoạch)"
        r"(?: số)?(?: Trung ương| TW)? ?\d+(?:-[^\W\d_]+/[^\W\d_]+)?|\d+-[^\W\d_]+/[^\W\d_]+"
    ),
    Kind.REASON: re.compile(
        r"\b(?:vì|do|nhằm|để|bởi|nhờ|nguyên nhân|góp phần|bằng|thông qua)\b", re.IGNORECASE
    ),
    Kind.LIST: re.compile(r"[,;]"),
}
_OFFICE = re.compile(
    r"(?:huyện|tỉnh|thị|thành|đảng|trung|ban|bí|ủy|uỷ|hội|bộ|nhân|mặt|chủ|đoàn|văn|phó|trưởng|chi|công|chỉ|kết|nghị"
    r"|quy|xã|bản|khu|mường|một|hai|ba|bốn|năm) ",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:đồng chí|đ/c|ông|bà|bí thư|chủ tịch|trưởng ban|giám đốc|ảnh|bài|em|anh|chị)[^.;]{0,60}$", re.I
)


def answer_spans(kind: Kind, text: str) -> list[Span]:
    """Return the spans of `text` that are of the kind asked for, in order."""
    pattern = _PATTERNS.get(kind)
    if pattern is None:
        return []
    spans = [match.span() for match in pattern.finditer(text)]
    if kind is Kind.PERSON:
        spans = [span for span in spans if _is_person(text, span)]
    return spans


def highlight(query: Query, sentence: Sentence) -> Span | None:
    """Return the span within the sentence's text that answers the question, or None when unsure."""
    text = sentence.text
    number = counted(query, text)
    if number is not None:
        return number
    if query.kind in (Kind.REASON, Kind.MANNER, Kind.LIST, Kind.OTHER):
        return None
    spans = answer_spans(query.kind, text)
    asked = set(query.terms)
    spans = [span for span in spans if not set(tokens(text[span[0] : span[1]])) <= asked]
    if not spans:
        return None
    anchors = _anchors(text, asked)
    best = min(spans, key=lambda span: _distance(span, anchors))
    return _with_unit(text, best) if query.kind is Kind.NUMBER else best


def _is_person(text: str, span: Span) -> bool:
    name = text[span[0] : span[1]]
    return not _OFFICE.match(name + " ") and bool(_TITLE.search(text[: span[0]]) or len(name.split()) >= 3)


def counted(query: Query, text: str) -> Span | None:
    """Return where a number stands right before what is counted: "2.128 đảng viên" for "bao nhiêu đảng viên"."""
    if query.kind is not Kind.NUMBER or not query.focus:
        return None
    flat = fold(text)
    words = query.focus.split()
    for size in range(min(len(words), 2), 0, -1):
        thing = " ".join(words[:size])
        if size == 1 and len(words) > 1 and len(thing) < 3:
            continue
        match = re.search(rf"\b\d[\d.,/]*(?: (?:nghin|trieu|ty))?(?: \w+)? {re.escape(thing)}\b", flat)
        if match:
            return match.span()
    return None


def _anchors(text: str, asked: set[str]) -> list[Span]:
    return [
        match.span()
        for match in re.finditer(r"\w+", text)
        if any(token in asked for token in tokens(match.group()))
    ]


def _distance(span: Span, anchors: Sequence[Span]) -> float:
    near = sorted(min(abs(span[0] - end), abs(start - span[1])) for start, end in anchors)[:4]
    return float(np.mean(near)) if near else float(span[0])


def _with_unit(text: str, span: Span) -> Span:
    unit = re.match(
        r" (?:nghìn |triệu |tỷ )?[^\W\d_]+(?: viên| sở đảng| bộ| đồng(?:/năm)?| thể| nhân)?", text[span[1] :]
    )
    return (span[0], span[1] + unit.end()) if unit and not text[span[0] : span[1]].endswith("%") else span
