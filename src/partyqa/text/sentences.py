"""Where Vietnamese sentences begin and end, as spans of NFC text."""

import re

from partyqa.text.lexicon import spelt
from partyqa.text.normalise import fold

_STOP = re.compile(r"[.!?…]+[\"”’»)\]]*(?:\(\d{1,2}\)|\[\d{1,2}\])?")
_OPENERS = '"“‘«([-–•+* '
_WINDOW = 48  # code points looked back and forth: keeps a line without any end linear in its length
_TITLES = frozenset("bs cn gs gsts ks kts ncs pgs pgsts ths ts".split())
_ABBREVIATIONS = _TITLES | frozenset(
    "dc dr dt h hs lh mr mrs ms no nxb p ph q ql sdt st t tbt th tl tp tr tt ttg tx vd vs x".split()
)
_ALWAYS = frozenset("vd nxb tp tx tr".split())  # whatever follows, these end nothing
_LAST_WORD = re.compile(r"(?:[^\W_]+\.)*[^\W_]+$")
_ROMAN = re.compile(r"[IVXLC]+$")
_ENUMERATOR = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*|[a-zđA-ZĐ]|[IVX]{1,5})$")
_LETTERED = re.compile(r"[a-zđ][.)] \w")
_NUMBERED = re.compile(
    rf"(?:{spelt('official.tsv', 'clause')}|{spelt('layout.tsv', 'caption')}|hình|bài|tiết|câu) (?:\d+|[ivx]+|[a-zđ])$",
    re.IGNORECASE,
)
_GRADED = re.compile(
    rf"(?:loại|hạng|nhóm|khối|lớp|khu|đội|tổ|thứ|kỳ|phương án|{spelt('agreement.tsv', 'ordinal')}) \w$",
    re.IGNORECASE,
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence of NFC `text`, in order, disjoint, losing only white space.

    A line break always ends a sentence (headings and captions carry no full stop). Within a line a full stop
    ends one when what stands before is no abbreviation, initial or enumerator and what follows can begin one.

    "Năm 2016. TP. Hồ Chí Minh có 2.128 đảng viên." -> two spans
    """
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        begin = seen = line.start()
        depth = 0
        for stop in _STOP.finditer(text, line.start(), line.end()):
            depth = max(0, depth + _opened(text, seen, stop.end()))
            seen = stop.end()
            if depth and ")" in text[seen : min(seen + 300, line.end())]:
                continue
            if _ends(text, begin, stop, line.end()):
                _keep(spans, text, begin, stop.end())
                begin, depth = stop.end(), 0
        _keep(spans, text, begin, line.end())
    return spans


def _opened(text: str, start: int, end: int) -> int:
    return text.count("(", start, end) - text.count(")", start, end)


def _keep(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    if piece.strip():
        spans.append((start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())))


def _ends(text: str, begin: int, stop: re.Match[str], line_end: int) -> bool:
    """Whether the sentence that started at `begin` ends with the marks that `stop` matched."""
    marks = stop.group()
    rest = text[stop.end() : min(line_end, stop.end() + _WINDOW)]
    after = rest.lstrip()
    if not after:
        return True
    near = max(begin, stop.start() - _WINDOW)
    head = text[near : stop.start()]
    if rest == after:
        return _glued(head, marks, rest)
    if marks[-1] in '"”’»' and after[0] in "-–":  # “...” - said somebody
        return False
    first = after.lstrip(_OPENERS)[:1]
    if not (first.isupper() or first.isdigit() or _LETTERED.match(after)):
        return False
    return marks != "." or not _continues(head, near == begin, after)


def _glued(head: str, marks: str, rest: str) -> bool:
    """Marks without a space after them: "năm 2020.Đảng bộ" ends, "TP.HCM", "a.B" and "3.128" do not."""
    word = re.match(r"[^\W\d_]+", rest)
    if word is None or not word.group().istitle():
        return False
    before = _LAST_WORD.search(head)
    if marks[0] != "." or before is None:
        return True
    last = before.group()
    return "." not in last and len(last) > 1 and not last.isupper() and fold(last) not in _ABBREVIATIONS


def _continues(head: str, whole: bool, after: str) -> bool:
    """Whether a full stop after `head` belongs to an abbreviation, an initial or an enumerator.

    `whole` says that `head` is the sentence from its first letter on.
    """
    found = _LAST_WORD.search(head)
    if found is None:
        return False
    word, before = found.group(), head[: found.start()].rstrip(_OPENERS)
    listed = before[-1:] in (":", ";") and head[found.start() - 1].isspace()
    if _ENUMERATOR.match(word) and ((whole and not before) or listed):
        return True
    if whole and _NUMBERED.match(head.lstrip(_OPENERS)):
        return True
    if word in ("v", "v.v") or _GRADED.search(head):
        return False
    if len(word) == 1 and word.isupper():  # "C. Mác", but "đồng chí Nguyễn Văn A. Sau đó"
        previous = before.rsplit(" ", 1)[-1]
        numbered = after[0].isdigit() and fold(word) in _ABBREVIATIONS
        return numbered or not previous[:1].isupper() or (len(previous) == 2 and previous[1] == ".")
    if re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", word):
        return word[0].isupper() and word not in ("T.Ư", "T.W")
    if _ROMAN.match(word) or word.isdecimal():
        return False
    short = fold(word.rsplit(".", 1)[-1])
    if short in _TITLES and before[-1:].isdigit():
        return False
    return short in _ALWAYS or (short in _ABBREVIATIONS and (word[0].isupper() or not after[0].isupper()))
