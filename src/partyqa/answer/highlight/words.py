"""The highlight: which words of a sentence answer a question, by the kind of answer it wants. No model is asked."""

import re

from partyqa.answer.alignment import answer_spans
from partyqa.answer.highlight.clauses import asks_nothing, open_words
from partyqa.answer.highlight.numbers import figure
from partyqa.answer.phrasing import Said, Span, Weigher
from partyqa.question.query import Kind, Query
from partyqa.text.lexicon import spelt
from partyqa.text.tokens import fold, tokens
from partyqa.types import Sentence

_TABLE = "marking.tsv"
_YEARS = r"(?:19|20)\d\d(?: ?[-–] ?(?:19|20)\d\d)?"
_MORE_DATES = re.compile(
    rf"(?:(?:trong )?hai )?năm {_YEARS} (?:và|,) (?:năm )?{_YEARS}|(?:từ )?năm {_YEARS} đến (?:nay|năm {_YEARS})",
    re.IGNORECASE,
)
_WHEN = re.compile(r"(?:ngay |từ |trước |sau )?(?:khi|lúc) [^,;.]{4,80}(?=,)", re.IGNORECASE)
_COMPARED = re.compile(r"\bso với (?:cùng kỳ )?(?:năm )?$")
_UNIT_ASKED = re.compile(r"\b(tinh|huyen|thi tran|thi xa|thanh pho|xa|ban|phuong|dang bo) nao\b")
_BODY = re.compile(r"(?:tinh|huyen|thi|thanh|quan) uy\b")
_JOINED = re.compile(r",? (?:thuộc )?|, ")
_WHERE = re.compile(rf"\b{spelt(_TABLE, 'where')} (?=\w)")
_STOP = re.compile(rf"[,;:]? \b(?:{spelt(_TABLE, 'stop', 'predicate')})\b|[;:]|, (?=\w+ \w+ (?:và|cùng) )")
_BY = re.compile(r"\b(?:do|bởi|giao cho|phân công|được (?=[A-ZĐ]))\s*(?=\w)")
_PAPERS_ASKED = re.compile(
    r"\b(chi thi|nghi quyet|ket luan|quy dinh|quyet dinh|ke hoach)(?:, [\w ]+?| [\w ]+?)? (?:nao|gi|so may)\b"
)
_OFFICE = re.compile(
    rf"\b(?:nguyên |quyền )?(?:phó )?{spelt(_TABLE, 'office')}(?: {spelt(_TABLE, 'office-word', 'office')})*\b"
)
_PERSON_ASKED = re.compile(
    r"\b(?:ten (?:la )?gi\b|(?:bi thu|chu tich|uy vien|truong ban|giam doc|can bo|lanh dao)(?: [\w ]{0,30})? nao\b)"
)
_TIME_ASKED = re.compile(r"\b(nam|thang) (?:nao|may|bao nhieu)\b")
_HOW_FAR = re.compile(r"\b(?:toi|den|vao|nho) (?:muc )?dau\b")
_SLASHED = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?!\d)|(?:19|20)\d\d|thang|-")
_AGENT_ASKED = re.compile(r"\b(?:cap|co quan|to chuc|don vi) nao\b")


def highlight(query: Query, sentence: Sentence, idf: Weigher) -> Span | None:
    """Return the span within the sentence's text that answers the question by its kind, or None when unsure."""
    said = Said(query, sentence.text, idf)
    rule = _RULES.get(query.kind)
    return rule(said) if rule else None


def likely(query: Query, sentence: Sentence, idf: Weigher) -> Span | None:
    """Return the span that seems to answer a question of an open kind, or of one whose words are not there."""
    said = Said(query, sentence.text, idf)
    if query.kind is Kind.PLACE and not _HOW_FAR.search(fold(query.text)):
        return None
    if query.kind in (Kind.NUMBER, Kind.DATE, Kind.DOCUMENT, Kind.OFFICE):
        return None
    return _implied(said) or open_words(said)


def _date(said: Said) -> Span | None:
    spans = [match.span() for match in _MORE_DATES.finditer(said.text)]
    spans += [
        span
        for span in answer_spans(Kind.DATE, said.text)
        if not any(start <= span[0] and span[1] <= end for start, end in spans)
    ]
    new = [
        span
        for span in said.unasked(spans)
        if _SLASHED.search(said.flat, *span) and not _COMPARED.search(said.lower[: span[0]])
    ]
    noun = _TIME_ASKED.search(fold(said.query.text))
    if noun:
        new = [span for span in new if noun.group(1) in said.flat[slice(*span)]] or new
    clause = _WHEN.search(said.text)
    return said.nearest(new) or (clause.span() if clause else None)


def _person(said: Said) -> Span | None:
    spans = [_without_asked(said, span) for span in answer_spans(Kind.PERSON, said.text)]
    return said.nearest(said.unasked(spans)) or _doer(said)


def _doer(said: Said) -> Span | None:
    """Who does it, where no name stands: "do Ban Bí thư khóa XI", "giao cho đảng viên có kinh nghiệm"."""
    for match in _BY.finditer(said.text):
        start = match.end()
        stop = min([at for (at, _), _ in said.held if at > start + 4] + [_stop(said, start)])
        if 4 < stop - start < 120:
            return start, start + len(said.text[start:stop].rstrip(" ,"))
    return None


def _place(said: Said) -> Span | None:
    asked = fold(said.query.text)
    unit = _UNIT_ASKED.search(asked)
    spans = [span for span in answer_spans(Kind.PLACE, said.text) if not _BODY.match(said.flat, span[0])]
    if unit:
        if unit.group(1) == "dang bo":
            spans = [_with_body(said, span) for span in spans]
        else:
            spans = [span for span in spans if said.flat.startswith(unit.group(1), span[0])]
        return said.nearest(spans)
    best = said.nearest(said.unasked(_side_by_side(said.text, spans)))
    return best or (None if re.search(r"\bnao\b", asked) else _unnamed_place(said))


def _with_body(said: Said, span: Span) -> Span:
    start = span[0] - len("Đảng bộ ")
    return (start, span[1]) if start >= 0 and said.flat.startswith("dang bo ", start) else span


def _side_by_side(text: str, spans: list[Span]) -> list[Span]:
    """Join places that follow each other: "bản Hón, thị trấn Mường Ảng"."""
    joined: list[Span] = []
    for span in spans:
        if joined and _JOINED.fullmatch(text[joined[-1][1] : span[0]]):
            joined[-1] = (joined[-1][0], span[1])
        else:
            joined.append(span)
    return joined


def _unnamed_place(said: Said) -> Span | None:
    """A place without a name, behind "tại", "ở", "gửi": that behind the most of what is asked."""
    found = [(match.end(), _stop(said, match.end())) for match in _WHERE.finditer(said.lower)]
    found = [span for span in found if span[1] - span[0] > 1 and not said.weight(*span)]
    return max(found, key=lambda span: said.weight(max(0, span[0] - 40), span[0]), default=None)


def _stop(said: Said, start: int) -> int:
    match = _STOP.search(said.lower, start + 1)
    return match.start() if match else len(said.text.rstrip(" ."))


def _document(said: Said) -> Span | None:
    kinds = _PAPERS_ASKED.findall(fold(said.query.text))
    own = [token for token in tokens(said.query.text) if token[0].isdigit()]
    spans = [
        span
        for span in answer_spans(Kind.DOCUMENT, said.text)
        if not set(own) & set(tokens(said.text[slice(*span)]))
    ]
    narrow = [span for span in spans if any(said.flat.startswith(kind, span[0]) for kind in kinds)]
    return said.nearest(narrow or spans)


def _office(said: Said) -> Span | None:
    spans = [match.span() for match in _OFFICE.finditer(said.lower)]
    return said.nearest(said.unasked(spans))


def _implied(said: Said) -> Span | None:
    """What a question without a question word, or one that asks in other words, wants: an office, a figure, a name."""
    asked = fold(said.query.text)
    if _PERSON_ASKED.search(asked):
        found = _person(said)
    elif _AGENT_ASKED.search(asked):
        found = _doer(said)
    elif asks_nothing(said.query) and answer_spans(Kind.PERSON, said.query.text):
        found = _office(said)
    elif asks_nothing(said.query):
        found = figure(said, least=1.0)
    else:
        found = None
    return found


def _without_asked(said: Said, span: Span) -> Span:
    """Cut the words of the question off the front: "Mường Ảng Trương Quang Hải" -> "Trương Quang Hải"."""
    asked, (start, end) = set(said.query.terms), span
    for word in said.text[start:end].split()[:-2]:
        if not set(tokens(word)) & asked:
            break
        start += len(word) + 1
    return start, end


_RULES = {
    Kind.NUMBER: figure,
    Kind.DATE: _date,
    Kind.PERSON: _person,
    Kind.PLACE: _place,
    Kind.DOCUMENT: _document,
    Kind.OFFICE: _office,
}
