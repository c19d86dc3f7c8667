"""How much a sentence says of what is asked, in numbers, and which of its words answer.

The lexical reader: no model, about a tenth of a millisecond a sentence.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

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
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_OFFICE = re.compile(
    r"(?:huyện|tỉnh|thị|thành|đảng|trung|ban|bí|ủy|uỷ|hội|bộ|nhân|mặt|chủ|đoàn|văn|phó|trưởng|chi|công|chỉ|kết|nghị"
    r"|quy|xã|bản|khu|mường|một|hai|ba|bốn|năm) ",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:đồng chí|đ/c|ông|bà|bí thư|chủ tịch|trưởng ban|giám đốc|ảnh|bài|em|anh|chị)[^.;]{0,60}$", re.I
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence as the answer; each value about 0..1.

    `passage`: fused score of its best passage. `words`, `pairs`: share of the question's syllables and
    neighbouring syllables that it holds, rare ones counting more. `context`: share of the syllables found in
    it or in its article's title, place and date. `rest`: share of what these three do not say that it says.
    `around`: `context` with the sentence before. `year`: 1 when it names the question's year, -1 when only
    others, 0 where either names none. `kind`: words of the kind asked for stand in it. `focus`: a number stands before what is counted. `heading`: a short
    line without a full stop. `length`: logarithm of its syllables. `meaning`: how far its cosine with the question lies behind the nearest sentence's.
    """

    passage: float
    words: float
    pairs: float
    context: float
    rest: float
    around: float
    year: float
    kind: float
    focus: float
    heading: float
    length: float
    meaning: float

    def vector(self) -> NDArray[np.float64]:
        """Return the values in the order of FEATURES, (12,) float64."""
        return np.array([getattr(self, name) for name in FEATURES])


FEATURES = tuple(field.name for field in fields(Evidence))

Weigher = Callable[[str], float]


@lru_cache(maxsize=1 << 14)
def token_set(text: str) -> frozenset[str]:
    """Return the distinct lexical tokens of `text`; remembered, since passages overlap and questions repeat."""
    return frozenset(tokens(text))


def weigh(
    query: Query, sentence: Sentence, before: str, context: str, passage: float, meaning: float, idf: Weigher
) -> Evidence:
    """Return the evidence for `sentence`; `before` is the text of the sentence before it, `context` its
    passage's title, place and date, `idf` the rareness of a token.
    """
    text = sentence.text
    own, near = token_set(text), token_set(context)
    single = [(term, idf(term)) for term in query.terms if "_" not in term]
    double = [(term, idf(term)) for term in query.terms if "_" in term]
    return Evidence(
        passage=passage,
        words=_share(single, own),
        pairs=_share(double, own),
        context=_share(single, own | near),
        rest=_share([(term, weight) for term, weight in single if term not in near], own),
        around=_share(single, own | near | token_set(before)),
        year=_year(query.text, text),
        kind=float(bool(answer_spans(query.kind, f"{text} {context}" if query.kind is Kind.PLACE else text))),
        focus=float(_counted(query, text) is not None),
        heading=float(text[-1] not in ".!?…:;”\"')" and len(text.split()) < 16),
        length=float(np.log1p(len(text.split())) / 5),
        meaning=meaning,
    )


def missing(query: Query, sentence: Sentence, context: str, idf: Weigher) -> float:
    """Return the weight of the rarest word of the question that neither the sentence nor its context holds."""
    found = token_set(sentence.text) | token_set(context)
    return max((idf(term) for term in query.terms if "_" not in term and term not in found), default=0.0)


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
    counted = _counted(query, text)
    if counted is not None:
        return counted
    if query.kind in (Kind.REASON, Kind.LIST, Kind.OTHER):
        return None
    spans = answer_spans(query.kind, text)
    asked = set(query.terms)
    spans = [span for span in spans if not set(tokens(text[span[0] : span[1]])) <= asked]
    if not spans:
        return None
    anchors = _anchors(text, asked)
    best = min(spans, key=lambda span: _distance(span, anchors))
    return _with_unit(text, best) if query.kind is Kind.NUMBER else best


def _share(terms: Sequence[tuple[str, float]], found: frozenset[str]) -> float:
    total = sum(weight for _, weight in terms)
    return sum(weight for term, weight in terms if term in found) / total if total else 0.0


def _year(question: str, text: str) -> float:
    asked, told = set(_YEAR.findall(question)), set(_YEAR.findall(text))
    if not asked or not told:
        return 0.0
    return 1.0 if asked & told else -1.0


def _is_person(text: str, span: Span) -> bool:
    name = text[span[0] : span[1]]
    return not _OFFICE.match(name + " ") and bool(_TITLE.search(text[: span[0]]) or len(name.split()) >= 3)


def _counted(query: Query, text: str) -> Span | None:
    """The number that stands right before the thing counted: "2.128 đảng viên" for "bao nhiêu đảng viên"."""
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
