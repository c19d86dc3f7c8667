"""The highlight: which words of a sentence answer a question, by the kind of answer it wants. No model runs."""

import re

from partyqa.answer.alignment import Alignment
from partyqa.answer.highlight.clauses import asks_nothing, open_words
from partyqa.answer.highlight.numbers import figure
from partyqa.text.entities import Span
from partyqa.text.lexicon import column, folded, guarded, marked, spelt, written
from partyqa.text.normalise import fold
from partyqa.text.numbers import YEAR, YEARS
from partyqa.types import AnswerType

_TABLE = "marking.tsv"
_TYPE = fold(guarded("document_types.tsv"))
_MORE_DATES = re.compile(
    rf"(?:(?:trong )?hai )?năm {YEARS} (?:và|,) (?:năm )?{YEARS}|(?:từ )?năm {YEARS} đến (?:nay|năm {YEARS})",
    re.IGNORECASE,
)
_WHEN = re.compile(r"(?:ngay |từ |trước |sau )?(?:khi|lúc) [^,;.]{4,80}(?=,)", re.IGNORECASE)
_COMPARED = re.compile(r"\bso với (?:cùng kỳ )?(?:năm )?$")
_UNIT_ASKED = re.compile(rf"\b({folded((*marked('units.tsv', without='loose'), 'đảng bộ'))}) nao\b")
_BODY = re.compile(rf"{folded(column('units.tsv', 'committee'))}\b")
_JOINED = re.compile(r",? (?:thuộc )?|, ")
_WHERE = re.compile(rf"\b{spelt(_TABLE, 'where')} (?=\w)")
_STOP = re.compile(rf"[,;:]? \b(?:{spelt(_TABLE, 'stop', 'predicate')})\b|[;:]|, (?=\w+ \w+ (?:và|cùng) )")
_BY = re.compile(r"\b(?:do|bởi|giao cho|phân công|được (?=[A-ZĐ]))\s*(?=\w)")
_PAPERS_ASKED = re.compile(rf"\b({_TYPE})(?:, [\w ]+?| [\w ]+?)? (?:nao|gi|so may)\b")
_OFFICES = written(marked("offices.tsv", "head", "member"))
_OFFICE = re.compile(
    rf"\b(?:nguyên |quyền )?(?:phó )?{_OFFICES}(?: (?:{spelt(_TABLE, 'office-word', 'body')}|{_OFFICES}))*\b"
)
_PERSON_ASKED = re.compile(
    rf"\b(?:ten (?:la )?gi\b|{folded(marked('offices.tsv'))}(?: [\w ]{{0,30}})? nao\b)"
)
_TIME_ASKED = re.compile(r"\b(nam|thang) (?:nao|may|bao nhieu)\b")
_HOW_FAR = re.compile(r"\b(?:toi|den|vao|nho) (?:muc )?dau\b")
_SLASHED = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?!\d)|" + YEAR + "|thang|-")
_AGENT_ASKED = re.compile(r"\b(?:cap|co quan|to chuc|don vi) nao\b")


def highlight(aligned: Alignment) -> Span | None:
    """Return the span within the sentence's text that answers the question by its kind, or None when unsure."""
    rule = _RULES.get(aligned.query.kind)
    return rule(aligned) if rule else None


def likely(aligned: Alignment) -> Span | None:
    """Return the span that seems to answer a question of an open kind, or of one whose words are not there."""
    if aligned.query.kind is AnswerType.PLACE and not _HOW_FAR.search(aligned.query.flat):
        return None
    if aligned.query.kind in (AnswerType.NUMBER, AnswerType.DATE, AnswerType.DOCUMENT, AnswerType.OFFICE):
        return None
    return _implied(aligned) or open_words(aligned)


def _date(aligned: Alignment) -> Span | None:
    spans = [match.span() for match in _MORE_DATES.finditer(aligned.text)]
    spans += [
        span
        for span in aligned.view.spans(AnswerType.DATE)
        if not any(start <= span[0] and span[1] <= end for start, end in spans)
    ]
    new = [
        span
        for span in aligned.unasked(spans)
        if _SLASHED.search(aligned.flat, *span) and not _COMPARED.search(aligned.lower[: span[0]])
    ]
    noun = _TIME_ASKED.search(aligned.query.flat)
    if noun:
        new = [span for span in new if noun.group(1) in aligned.flat[slice(*span)]] or new
    clause = _WHEN.search(aligned.text)
    return aligned.nearest(new) or (clause.span() if clause else None)


def _person(aligned: Alignment) -> Span | None:
    spans = [_without_asked(aligned, span) for span in aligned.view.spans(AnswerType.PERSON)]
    return aligned.nearest(aligned.unasked(spans)) or _doer(aligned)


def _doer(aligned: Alignment) -> Span | None:
    """Who does it, where no name stands: "do Ban Bí thư khóa XI", "giao cho đảng viên có kinh nghiệm"."""
    for match in _BY.finditer(aligned.text):
        start = match.end()
        stop = min([at for (at, _), _ in aligned.held if at > start + 4] + [_stop(aligned, start)])
        if 4 < stop - start < 120:
            return start, start + len(aligned.text[start:stop].rstrip(" ,"))
    return None


def _place(aligned: Alignment) -> Span | None:
    asked = aligned.query.flat
    unit = _UNIT_ASKED.search(asked)
    spans = [span for span in aligned.view.spans(AnswerType.PLACE) if not _BODY.match(aligned.flat, span[0])]
    if unit:
        if unit.group(1) == "dang bo":
            spans = [_with_body(aligned, span) for span in spans]
        else:
            spans = [span for span in spans if aligned.flat.startswith(unit.group(1), span[0])]
        return aligned.nearest(spans)
    best = aligned.nearest(aligned.unasked(_side_by_side(aligned.text, spans)))
    return best or (None if re.search(r"\bnao\b", asked) else _unnamed_place(aligned))


def _with_body(aligned: Alignment, span: Span) -> Span:
    start = span[0] - len("Đảng bộ ")
    return (start, span[1]) if start >= 0 and aligned.flat.startswith("dang bo ", start) else span


def _side_by_side(text: str, spans: list[Span]) -> list[Span]:
    """Join places that follow each other: "bản Hón, thị trấn Mường Ảng"."""
    joined: list[Span] = []
    for span in spans:
        if joined and _JOINED.fullmatch(text[joined[-1][1] : span[0]]):
            joined[-1] = (joined[-1][0], span[1])
        else:
            joined.append(span)
    return joined


def _unnamed_place(aligned: Alignment) -> Span | None:
    """A place without a name, behind "tại", "ở", "gửi": that behind the most of what is asked."""
    found = [(match.end(), _stop(aligned, match.end())) for match in _WHERE.finditer(aligned.lower)]
    found = [span for span in found if span[1] - span[0] > 1 and not aligned.weight(*span)]
    return max(found, key=lambda span: aligned.weight(max(0, span[0] - 40), span[0]), default=None)


def _stop(aligned: Alignment, start: int) -> int:
    match = _STOP.search(aligned.lower, start + 1)
    return match.start() if match else len(aligned.text.rstrip(" ."))


def _document(aligned: Alignment) -> Span | None:
    kinds = _PAPERS_ASKED.findall(aligned.query.flat)
    own = {token for token in aligned.query.tokens if token[0].isdigit()}
    spans = [
        span
        for span in aligned.view.spans(AnswerType.DOCUMENT)
        if own.isdisjoint(aligned.view.tokens_in(*span))
    ]
    narrow = [span for span in spans if any(aligned.flat.startswith(kind, span[0]) for kind in kinds)]
    return aligned.nearest(narrow or spans)


def _office(aligned: Alignment) -> Span | None:
    spans = [match.span() for match in _OFFICE.finditer(aligned.lower)]
    return aligned.nearest(aligned.unasked(spans))


def _implied(aligned: Alignment) -> Span | None:
    """What a question without a question word, or one that asks in other words, wants: an office, a figure, a name."""
    asked = aligned.query.flat
    if _PERSON_ASKED.search(asked):
        found = _person(aligned)
    elif _AGENT_ASKED.search(asked):
        found = _doer(aligned)
    elif asks_nothing(aligned.query) and aligned.query.spans(AnswerType.PERSON):
        found = _office(aligned)
    elif asks_nothing(aligned.query):
        found = figure(aligned, least=1.0)
    else:
        found = None
    return found


def _without_asked(aligned: Alignment, span: Span) -> Span:
    """Cut the words of the question off the front: "Mường Ảng Trương Quang Hải" -> "Trương Quang Hải"."""
    start, end = span
    for word in aligned.text[start:end].split()[:-2]:
        if aligned.query.term_set.isdisjoint(aligned.view.tokens_in(start, start + len(word))):
            break
        start += len(word) + 1
    return start, end


_RULES = {
    AnswerType.NUMBER: figure,
    AnswerType.DATE: _date,
    AnswerType.PERSON: _person,
    AnswerType.PLACE: _place,
    AnswerType.DOCUMENT: _document,
    AnswerType.OFFICE: _office,
}
