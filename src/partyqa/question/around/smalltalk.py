"""What people say to a question box that is no question for the articles: a greeting, thanks, a wish for a poem.

A message is only taken so as a whole: "Xin chào", "Giá vàng hôm nay?", never because such words stand in it. A
greeting before a question, or thanks behind it, are left out, and the question is asked.
"""

import re
from functools import cache

from partyqa.text.lexicon import phrases, spelt
from partyqa.text.normalise import fold, lowered
from partyqa.text.tokens import syllable_key
from partyqa.types import Refusal

_WORD = re.compile(r"[^\W_]+")
_WHOLE = ("greeting", "thanks", "goodbye", "self", "able")
_MOST_WORDS = 24  # in a message that could be small talk

_PLEASE = "(?:{bạn} )?(?:{có thể|hãy|giúp tôi} )?"
_FOR_ME = "(?:{giúp|hộ|cho} )?(?:{tôi|mình|em|anh|chị|tớ|ta} )?(?:{nghe|xem} )?(?:{một|1|vài|mấy|hai|ba} )?"
_HELLO = rf"(?:xin )?(?:kính )?{spelt('smalltalk.tsv', 'hello')}"
_TO_WHOM = r" (?:bạn|ad|admin|bot|partyqa|các bạn|mọi người|cả nhà)"
_BEFORE = (
    rf"{_HELLO}(?:(?: (?:anh|chị|em|anh chị|đồng chí|các đồng chí))?\s*[,.!:;]+|{_TO_WHOM}\b\s*[,.!:;]*)\s*"
)
_BEHIND = (
    rf"(?<=[,.!?;])\s*(?:(?:xin|tôi|em) )?(?:cảm ơn|cám ơn|thanks)(?:{_TO_WHOM}| anh| chị)?"
    r"(?: (?:ạ|nhé|nhiều|trước))*\s*[.!]*$"
)


def reply(question: str) -> Refusal | None:
    """Return the polite refusal of NFC `question` where all of it is small talk or beyond the articles, else None.

    "Xin chào!", "bạn là ai", "viết cho tôi bài thơ", "thoi tiet hom nay" -> one; "Ai viết bài về Mường Ảng?" -> None
    """
    return _reply(question) or _reply(without_courtesy(question))


def without_courtesy(question: str) -> str:
    """Return NFC `question` without a greeting before it and thanks behind it, where more than those is left.

    "Chào bạn, Mường Ảng có mấy chi bộ? Cảm ơn!" -> "Mường Ảng có mấy chi bộ?"
    """
    lower = lowered(question)
    before, behind = _courtesies(question.isascii())
    start = match.end() if (match := before.match(lower)) else 0
    end = match.start() if (match := behind.search(lower, start)) else len(question)
    rest = question[start:end].strip()
    return rest if any(char.isalnum() for char in rest) else question


def _reply(text: str) -> Refusal | None:
    words = _WORD.findall(text)
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    plain = text.isascii()
    phrase = " ".join(_key(word, plain) for word in words)
    kind = next((kind for kind, pattern in _patterns(plain) if pattern.fullmatch(phrase)), "")
    return Refusal(f"smalltalk_{kind}") if kind else None


@cache
def _courtesies(plain: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A question without accents is compared without them; in another "Ban Thường vụ" is no "bạn"."""
    before, behind = (fold(_BEFORE), fold(_BEHIND)) if plain else (_BEFORE, _BEHIND)
    return re.compile(before), re.compile(behind)


@cache
def _patterns(plain: bool) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what a whole message of each kind looks like, in keys of words or, if `plain`, without accents."""

    def any_of(*kinds: str) -> str:
        known = [phrase for kind in kinds for phrase in phrases("smalltalk.tsv")[kind]]
        return written(f"{{{'|'.join(sorted(known, key=len, reverse=True))}}}")

    def written(pattern: str) -> str:
        """Put keys for the words within braces."""
        return re.sub(r"\{([^}]*)\}", lambda match: f"(?:{_keys(match[1], plain)})", pattern)

    day, verb, made = any_of("day"), any_of("verb"), any_of("made")
    whole = {kind: any_of(kind) for kind in _WHOLE} | {
        "greeting": any_of("hello", "greeting"),
        "topic": rf"(?:{day} )?{any_of('topic')}(?:(?: \w+){{0,4}} {day})?(?: {any_of('day', 'tail')})*",
        "making": rf"{written(_PLEASE)}{verb} {written(_FOR_ME)}{made}(?!.*\b{any_of('asks')}\b)(?: \w+)*",
    }
    before, after = any_of("before"), any_of("after")
    return tuple(
        (kind, re.compile(f"(?:{before} )*(?:{pattern})(?: {after})*")) for kind, pattern in whole.items()
    )


def _keys(phrases: str, plain: bool) -> str:
    return re.sub(r"[^\W_]+", lambda word: _key(word.group(), plain), phrases)


def _key(word: str, plain: bool) -> str:
    return fold(word) if plain else syllable_key(word)
