"""Where a document is signed and by whom: a body or an office in capitals, some lines on a name."""

import re
from collections.abc import Iterator, Sequence

from partyqa.corpus.readers import bylines as by
from partyqa.text.lexicon import marked, spelt, written

_LONGEST_OFFICE = 90  # characters
_BELOW = 12  # lines between an office and the name of who holds it
_FOR = re.compile(rf"{spelt('official.tsv', 'for')}(?:\.\s*|\s+)(?=[^\W\d_])", re.IGNORECASE)
_RECIPIENTS = re.compile(rf"{spelt('official.tsv', 'recipients')}\b", re.IGNORECASE)
_OFFICE = re.compile(rf"(?:QUYỀN |Q\. ?|PHÓ )*{written(map(str.upper, marked('offices.tsv', 'head')))}(?!\w)")
_DEGREES = re.compile(r"(?:(?:GS|PGS|TS|ThS|BS|Ts|Ths|CN|KS|Đại tá|Thượng tá|Trung tá)\.?\s*)+(?=\w)")
_SIGNED = re.compile(r"\(?(?:đã )?ký\)?", re.IGNORECASE)
_WIDE = re.compile(r"\s{3,}|\t|\s*\|\s*|(?<=[a-zà-ỹ)][.;:])\s+")


def opens_signature(lines: Sequence[str], at: int) -> bool:
    """Return whether the signature begins at a line: those who get the document, a body signed for, an office."""
    parts = [part.strip() for part in _WIDE.split(lines[at])]
    if any(map(_RECIPIENTS.match, parts)):
        return True
    if not any(_is_office(part) for part in parts):
        return False
    below = lines[at + 1 : at + _BELOW]
    return any(map(_named, below)) or (len(lines) - at <= _BELOW and any(map(_FOR.match, parts)))


def signatory(lines: Sequence[str]) -> str:
    """Return who signed the document: the first name below an office in capitals; "" for none."""
    for at, line in enumerate(lines):
        if not opens_signature(lines, at) and not _RECIPIENTS.match(line):
            continue
        near = lines[at : at + 3 * _BELOW]
        first = next((i for i, one in enumerate(near) if any(map(_is_office, _parts(one)))), None)
        if first is None:
            continue
        return next((name for one in near[first + 1 :] if (name := _named(one))), "")
    return ""


def _parts(line: str) -> Iterator[str]:
    return (part.strip() for part in _WIDE.split(line))


def _is_office(part: str) -> bool:
    if len(part) > _LONGEST_OFFICE:
        return False
    if (match := _FOR.match(part)) and match.group().isupper():
        return True
    return part.isupper() and _OFFICE.match(part) is not None


def _named(line: str) -> str:
    """Return the name that a line is, or ends with in its last column; "" for none."""
    *_, last = _parts(line)
    bare = _DEGREES.sub("", _SIGNED.sub("", last), count=1).strip(" .")
    is_signed = by.is_name(bare) and by.has_surname(bare) and len(bare.split()) > 1 and not _is_office(bare)
    return (bare.title() if bare.isupper() else bare) if is_signed else ""
