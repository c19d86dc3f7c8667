"""Which words of a sentence are of the kind of answer that a question wants. No model is asked."""

import re
from collections.abc import Callable, Iterable

from partyqa.question.query import Kind, Query
from partyqa.text.tokens import fold, tokens

Span = tuple[int, int]
Weigher = Callable[[str], float]

_DAY = r"\d{1,2}[/-]\d{1,2}(?:[/-]\d{4})?"
_YEARS = r"(?:19|20)\d\d(?: ?[-–] ?(?:19|20)\d\d)?"
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    Kind.NUMBER: re.compile(
        r"(?:\b(?:trên|hơn|gần|khoảng|dưới) )?(?<![\d/.,-])\d+(?:[.,]\d+)*(?:/\d+(?:[.,]\d+)*)?(?: ?%)?(?![\d/-])",
        re.IGNORECASE,
    ),
    Kind.DATE: re.compile(
        rf"(?:(?:sáng|chiều|tối|ngày|từ|đến) )*{_DAY}(?![\d%/])(?: (?:đến|tới) (?:ngày )?{_DAY})?(?: năm \d{{4}})?"
        rf"|(?:(?:từ|đến|cuối|đầu|tính đến) )*(?:tháng \d{{1,2}}(?:/| năm )\d{{4}}|năm {_YEARS})"
        rf"|(?:giai đoạn|nhiệm kỳ) {_YEARS}|\b{_YEARS}\b",
        re.IGNORECASE,
    ),
    Kind.PERSON: re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,3}"),
    Kind.PLACE: re.compile(
        r"\b(?:tỉnh|huyện|thị trấn|thị xã|thành phố|xã|bản|phường)(?: [uủ][ỷy])?(?=((?: [^\W\d_]+){1,5}))",
        re.IGNORECASE,
    ),
    Kind.DOCUMENT: re.compile(
        r"(?:chỉ thị|nghị quyết|kết luận|quy định|quyết định|kế hoạch|chương trình)(?: số)?(?: trung ương| tw)? ?"
        r"\d+(?:-[^\W\d_]+/[^\W\d_]+)?(?: \(?khóa [ivx, ]+\)?)?|\d+-[^\W\d_]+/[^\W\d_]+",
        re.IGNORECASE,
    ),
    Kind.OFFICE: re.compile(
        r"\b(?:nguyên |quyền )?(?:phó )?(?:bí thư|chủ tịch|trưởng (?:ban|phòng|đoàn)|giám đốc|chánh văn phòng"
        r"|hiệu trưởng|tổng biên tập|chủ nhiệm|[uủ][ỷy] viên|huyện [uủ][ỷy] viên)(?: (?:[^\W\d_]+)){0,6}",
        re.IGNORECASE,
    ),
    Kind.REASON: re.compile(
        r"\b(?:vì|do|nhằm|để|bởi|nhờ|nguyên nhân|góp phần|bằng|thông qua)\b", re.IGNORECASE
    ),
    Kind.LIST: re.compile(r"[,;]"),
}
_MARKED = frozenset({Kind.NUMBER, Kind.DATE, Kind.PERSON, Kind.PLACE, Kind.DOCUMENT, Kind.OFFICE})
_YEAR = re.compile(r"(?:19|20)\d\d$")
_OFFICES = frozenset(
    "ban bí bộ cán chi chính chủ công đảng đoàn đồng hội huyện khu mặt một nghị nhân phó quy quyết kết chỉ thành thị"
    " thôn thường tỉnh tổ trung trưởng ủy uỷ văn viên xã hai ba bốn năm tuyên".split()
)
_TITLE = re.compile(
    r"(?:đồng chí|đ/c|ông|bà|bí thư|chủ tịch|trưởng ban|giám đốc|ảnh|bài|em|anh|chị)[^.;]{0,60}$",
    re.IGNORECASE,
)
_DURATION = re.compile(r" (?:năm|tháng|ngày|tuần|giờ)\b")
_ASKED_DURATION = re.compile(r"\b(?:bao nhieu|may|bao) (?:nam|thang|ngay|tuan|gio|lau)\b")
_ASKED_UNIT = re.compile(r"\b(tinh|huyen|thi tran|thi xa|thanh pho|xa|ban|phuong) nao\b")


def answer_spans(kind: Kind, text: str) -> list[Span]:
    """Return the spans of `text` that are of the kind asked for, in order."""
    pattern = _PATTERNS.get(kind)
    if pattern is None:
        return []
    spans = [match.span() for match in pattern.finditer(text)]
    if kind is Kind.PERSON:
        return [name for span in _runs_of_capitals(text) for name in _person(text, span)]
    if kind is Kind.PLACE:
        units = pattern.finditer(text)
        return [cut for unit in units if (cut := _capitals_only(text, (unit.start(), unit.end(1))))]
    if kind is Kind.NUMBER:
        return [span for span in spans if not _is_year(text, span)]
    return spans


def says_kind(query: Query, text: str) -> bool:
    """Whether `text` holds words of the kind asked for that the question does not say itself."""
    spans = answer_spans(query.kind, text)
    if query.kind not in _MARKED:
        return bool(spans)
    asked = set(query.terms)
    unit = _ASKED_UNIT.search(fold(query.text)) if query.kind is Kind.PLACE else None
    if unit:
        spans = [span for span in spans if fold(text[slice(*span)]).startswith(unit.group(1))]
    if query.kind is Kind.NUMBER and not _ASKED_DURATION.search(fold(query.text)):
        spans = [span for span in spans if not _DURATION.match(text, span[1])]
    return any(not set(tokens(text[slice(*span)])) <= asked for span in spans)


def counted(query: Query, text: str) -> list[Span]:
    """Return where a number stands right before what is counted: "2.128 đảng viên" for "bao nhiêu đảng viên"."""
    if query.kind is not Kind.NUMBER or not query.focus:
        return []
    flat, words = fold(text), query.focus.split()
    least = 2 if words[:2] == ["nguoi", "dan"] else 1  # "3.993 lượt người học" counts no inhabitants
    for size in range(min(len(words), 2), least - 1, -1):
        thing = " ".join(words[:size])
        if size == 1 and len(words) > 1 and len(thing) < 3:
            continue
        found = re.finditer(
            rf"(?:\b(?:tren|hon|gan|khoang) )?(?<![\d/.,-])\d[\d.,/]*(?: (?:nghin|trieu|ty))?(?: \w+)? "
            rf"{re.escape(thing)}\b",
            flat,
        )
        spans = [match.span() for match in found if not _is_year(text, (match.start(), match.start() + 4))]
        if spans:
            return spans
    return []


def new_words(query: Query, text: str, spans: Iterable[Span]) -> list[Span]:
    """Return the spans that do not only say what the question says itself."""
    asked = set(query.terms)
    return [span for span in spans if not set(tokens(text[slice(*span)])) <= asked]


def closeness(query: Query, text: str, span: Span, idf: Weigher) -> float:
    """How much of what is asked stands in the span's clause, and how near, rare words counting more."""
    start = max(text.rfind(mark, 0, span[0]) for mark in ",;:(") + 1
    ends = [at for mark in ",;)" if (at := text.find(mark, span[1])) >= 0]
    end = min(ends, default=len(text))
    asked = {term for term in query.terms if "_" not in term}
    score = 0.0
    for match in re.finditer(r"\w+", text):
        weight = sum(idf(token) for token in set(tokens(match.group())) & asked)
        if weight:
            gap = max(match.start() - span[1], span[0] - match.end(), 0)
            inside = start <= match.start() < end
            score += weight * ((1.0 if inside else 0.2) + 0.5 / (1 + gap / 12))
    return score


def _is_year(text: str, span: Span) -> bool:
    number = text[slice(*span)].rsplit(" ", 1)[-1]
    return bool(_YEAR.match(number)) and fold(text[max(0, span[0] - 14) : span[0]]).rstrip().endswith(
        ("nam", "tu", "den", "doan", "ky", "-", "–", "cuoi", "va", "/", "toi")
    )


def _runs_of_capitals(text: str) -> list[Span]:
    spans: list[Span] = []
    for match in re.finditer(r"[^\W\d_]+", text):
        if not match.group()[0].isupper() or (match.group().isupper() and len(match.group()) > 1):
            continue
        if spans and text[spans[-1][1] : match.start()] == " ":
            spans[-1] = (spans[-1][0], match.end())
        else:
            spans.append(match.span())
    return spans


def _person(text: str, span: Span) -> list[Span]:
    words = text[slice(*span)].split()
    while words and words[0].lower() in _OFFICES:
        span = (span[0] + len(words[0]) + 1, span[1])
        words = words[1:]
    named = 2 <= len(words) <= 7 and (_TITLE.search(text[: span[0]]) or len(words) >= 3)
    return [span] if named else []


def _capitals_only(text: str, span: Span) -> Span | None:
    """Cut the place after its last word with a capital letter: "xã Mường Đăng vẫn còn" -> "xã Mường Đăng"."""
    end = 0
    for number, word in enumerate(re.finditer(r"\S+", text[slice(*span)])):
        if number and not word.group()[0].isupper():
            if end or fold(word.group()) not in ("uy", "tran", "xa", "pho"):
                break
        elif number:
            end = word.end()
    return (span[0], span[0] + end) if end else None
