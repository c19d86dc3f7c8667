"""Where a sentence says what an open question asks for: a name, a reason, a list, how something is. By rules."""

import re

from partyqa.answer.alignment import Alignment
from partyqa.question.query import Query
from partyqa.text.entities import Span
from partyqa.text.lexicon import guarded, spelt
from partyqa.text.normalise import fold
from partyqa.types import AnswerType

_QUOTED = re.compile('[“"«](?=([^“”"»]{12,}))')
_NAMED = re.compile(
    r"\b(?:ten|nhan de|chu de|khau hieu|phuong cham)\b|\bve (?:viec|chuyen|cai|dieu|van de|noi dung)? ?gi\b"
    r"|\bnoi (?:ve|gi)\b|\bnoi dung\b"
)
_TYPE = fold(guarded("document_types.tsv", without="any"))
_PAPER = re.compile(rf"\b(?:{_TYPE}|cuoc thi|cuoc van dong|phong trao)\b")
_ABOUT = re.compile(r"\bvề (?=\w)")
_PURPOSE = re.compile(r"\b(?:de lam gi|nham|muc dich|de dat|cot de)\b")
_AIM = re.compile(r"\b(?:(?=để )|nhằm |sao cho |góp phần )")
_CAUSE = re.compile(
    r"\b(?:bởi vì|vì(?! vậy| thế)|do(?! đó| vậy)|bởi|nhờ(?! đó| vậy| thế)|căn cứ|dựa (?:trên|vào)) "
)
_SO = re.compile(r",? \b(?:nên|cho nên|giúp|qua đó|tạo ra|đem lại)\b")
_HEAD = re.compile(r"\b(?P<head>\w+(?: \w+){0,2}?)(?<! the) (?:nao|gi)\b")
_WHICH = re.compile(r"(?<! the) (?:nao|gi)\b|\b(?:nhung|cac) ai\b|\bgom\b")
_THING_ASKED = re.compile(r"(?<! the)(?<! cach)(?<! muc) nao\b|\bla gi\b")
_MANY_ASKED = re.compile(r"\bnhung (?:ai|gi)\b|\bgom\b|\bmay \w+ nao\b")
_COMMAS = 2  # in a list of three items
_RUN = re.compile(r"(?<!\w)[^,;:.“”()]{4,60}(?:, [^,;:.“”()]{2,50}){2,}")
_BEFORE_ITEMS = re.compile(rf"\b{spelt('marking.tsv', 'before-items')}\b ")
_ITEMS_STOP = re.compile(rf",? \b{spelt('marking.tsv', 'after-items')}\b|;|\.$")
_LEADING = re.compile(r"\b(?:gồm(?: có)?|bao gồm|như|là|tập trung vào|nhằm vào|dựa vào|căn cứ vào) (?=\w)|: ")
_LEAD = re.compile(r"\W*(?:gồm(?: có)?|bao gồm|là)\b(?= \w)")
_MARKERS = re.compile(rf"\b{spelt('marking.tsv', 'predicate')}\b")
_CONCEDED = re.compile(r"^(?:dù|mặc dù|tuy)\b")
_PAPER_NUMBER = re.compile(rf"\b({_TYPE})(?: so)?(?: trung uong| tw)? ?(\d+)")
_MOST = 0.96  # of the sentence: marking more would point at nothing


def open_words(aligned: Alignment) -> Span | None:
    """Return the words that answer a question for a name, a reason, a list or a manner; None when unsure."""
    rules = (_name, _reason, _list, _predicate)
    found = next((span for rule in rules if (span := rule(aligned))), None)
    return _trimmed(aligned, found) if found else None


def _name(aligned: Alignment) -> Span | None:
    """What a document or programme is called, or says: the words in quotation marks, or behind "về"."""
    asked = aligned.query.flat
    by_name = _NAMED.search(asked) or (asks_nothing(aligned.query) and _PAPER.search(asked))
    quoted = [match.span(1) for match in _QUOTED.finditer(aligned.text)]
    if not by_name:
        open_kind = aligned.query.kind in (AnswerType.OTHER, AnswerType.MANNER, AnswerType.LIST)
        within = aligned.weight(*quoted[0]) if quoted else 0.0
        sure = len(quoted) == 1 and open_kind and 2 * within <= aligned.weight(0, len(aligned.text))
        return quoted[0] if sure else None
    paper = _end_of_paper(aligned)
    behind = [span for span in quoted if span[0] >= paper]
    if behind or quoted:
        return (behind or quoted)[0]
    about = _ABOUT.search(aligned.lower, paper)
    return (about.end(), _until(aligned, about.end(), ",;")) if about else None


def _end_of_paper(aligned: Alignment) -> int:
    """Where the document of the question ends in the text: behind its number; 0 where it is not named."""
    asked = _PAPER_NUMBER.search(aligned.query.flat)
    found = (
        match for match in _PAPER_NUMBER.finditer(aligned.flat) if asked and match.groups() == asked.groups()
    )
    return next((match.end() for match in found), 0)


def asks_nothing(query: Query) -> bool:
    """Whether the question holds no question word: "huy hiệu Đảng Mường Ảng"."""
    return query.kind is AnswerType.OTHER and not re.search(
        r"\b(?:gi|nao|khong|chua|sao|hay|neu|ke|liet ke)\b", query.flat
    )


def _reason(aligned: Alignment) -> Span | None:
    """The purpose or the cause."""
    asked = aligned.query.flat
    purpose = bool(_PURPOSE.search(asked))
    if (
        aligned.query.kind is not AnswerType.REASON
        and not purpose
        and not re.search(r"^(?:sao|vi le)\b", asked)
    ):
        return None
    for pattern in (_AIM, _CAUSE) if purpose else (_CAUSE, _AIM):
        found = list(pattern.finditer(aligned.lower))
        if found:
            start = found[0].end() if pattern is _AIM else found[0].start()
            return start, _until(aligned, start, ";" if pattern is _AIM else ",;")
    so = _SO.search(aligned.lower)
    start = max(aligned.flat.rfind(mark, 0, so.start()) for mark in ";:") + 1 if so else 0
    return (start, so.start()) if so and so.start() > start + 8 else None


def _list(aligned: Alignment) -> Span | None:
    """The items of a list, behind the word for what they are, a colon, "gồm" or "là"."""
    asked = aligned.query.flat
    if aligned.query.kind is not AnswerType.LIST and not _WHICH.search(asked):
        return None
    head = _behind_head(aligned, asked)
    if head or (aligned.query.kind is not AnswerType.LIST and not _MANY_ASKED.search(asked)):
        return head
    for match in _LEADING.finditer(aligned.lower):
        end = _until(aligned, match.end(), ";")
        if re.search(r"[,;]", aligned.text[match.end() : end]):
            return match.end(), _items_end(aligned, match.end(), end)
    return _enumeration(aligned)


def _behind_head(aligned: Alignment, asked: str) -> Span | None:
    """What stands behind the word for what is asked, "các khâu ...", with it where each item repeats it."""
    for head in _HEAD.finditer(asked):
        words = head["head"].split()
        for size in range(len(words), 0, -1):
            phrase = " ".join(words[-size:])
            found = (
                list(re.finditer(rf"\b{re.escape(phrase)}\b(?= \w)", aligned.flat)) if len(phrase) > 2 else []
            )
            if found:
                repeated = len(found) > 1 and "," in aligned.text[found[0].end() : found[1].start()]
                with_head = repeated or (aligned.text[found[0].start()].isupper() and found[0].start() > 0)
                end = _items_end(aligned, (found[-1] if repeated else found[0]).end(), len(aligned.text))
                start = found[0].start() if with_head else found[0].end()
                return (start, end) if end > start + 2 else None
    return None


def _enumeration(aligned: Alignment) -> Span | None:
    """The longest run of three short items or more: "tinh, gọn, năng động, hiệu lực, hiệu quả"."""
    runs = [match.span() for match in _RUN.finditer(aligned.text)]
    best = max(runs, key=lambda span: aligned.text.count(",", *span), default=None)
    if best is None:
        return None
    leads = [match.end() for match in _BEFORE_ITEMS.finditer(aligned.lower, *best)]
    start = max((at for at in leads if aligned.text.count(",", at, best[1]) >= _COMMAS), default=best[0])
    last = start
    for _ in range(_COMMAS):
        last = aligned.text.find(", ", last, best[1]) + 1
    return start, _items_end(aligned, last, best[1])


def _items_end(aligned: Alignment, start: int, end: int) -> int:
    """Where the last item ends: before "để", "khi", or a clause of its own."""
    stop = _ITEMS_STOP.search(aligned.lower, start + 2, end)
    return stop.start() if stop else min(end, _until(aligned, start, ";"))


def _predicate(aligned: Alignment) -> Span | None:
    """What the clause that says most of what is asked says of it: from "chưa", "còn", "được", "có" ... on."""
    if aligned.query.kind is AnswerType.PERSON or _THING_ASKED.search(aligned.query.flat):
        return None
    clause = aligned.best(aligned.parts())
    if clause is None or not aligned.weight(*clause):
        return None
    start, end = clause
    if _CONCEDED.match(aligned.lower[start:end].lstrip()):
        end = min(end, _until(aligned, start, ","))
    markers = [match.start() for match in _MARKERS.finditer(aligned.lower, start, end)]
    markers = [at for at in markers if at > start + 1]
    if not markers:
        return None
    first = max(markers, key=lambda at: (aligned.weight(start, at) - aligned.weight(at, end), -at))
    return first, end


def _until(aligned: Alignment, start: int, marks: str) -> int:
    """Where the clause that `start` stands in ends."""
    ends = [at for mark in marks if (at := aligned.text.find(f"{mark} ", start)) >= 0]
    return min(ends, default=len(aligned.text))


def _trimmed(aligned: Alignment, span: Span) -> Span | None:
    """The span without marks around it, nor a "gồm" or "là" before it; None where it is nearly the whole sentence."""
    (start, end), text = span, aligned.text
    lead = _LEAD.match(aligned.lower, start, end)
    start = lead.end() if lead else start
    while start < end and not (text[start].isalnum() or text[start] in "“"):
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in "”%)"):
        end -= 1
    return (start, end) if 0 < end - start <= _MOST * len(text) else None
