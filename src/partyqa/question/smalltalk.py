"""What people say to a question box that is no question for the articles: a greeting, thanks, a wish for a poem.

A message is only taken so as a whole: "Xin chào", "Giá vàng hôm nay?", never because such words stand in it. A
greeting before a question, or thanks behind it, are left out, and the question is asked.
"""

import re
from dataclasses import dataclass
from functools import cache

from partyqa.text.lexicon import phrases, spelt
from partyqa.text.normalise import fold, lowered
from partyqa.text.tokens import syllable_key

_WORD = re.compile(r"[^\W_]+")
_ABLE = "Tôi trả lời câu hỏi bằng câu trích nguyên văn từ kho bài viết, có ghi nguồn"
_ABLE_EN = "I answer questions with sentences quoted from the articles, each with its source"
_EXAMPLE = "ví dụ: Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?"
_EXAMPLE_EN = "for example: Đảng bộ huyện Mường Ảng có bao nhiêu đảng viên?"


@dataclass(frozen=True, slots=True)
class Reply:
    """A polite word in both languages."""

    vi: str
    en: str


REPLIES = {
    "greeting": Reply(
        vi=f"Chào bạn! {_ABLE}. Bạn cứ hỏi, {_EXAMPLE}",
        en=f"Hello! {_ABLE_EN}. Just ask, {_EXAMPLE_EN}",
    ),
    "thanks": Reply(
        vi="Không có gì ạ. Bạn cần biết thêm điều gì trong kho bài viết thì cứ hỏi.",
        en="You are welcome. If there is more you want to know from the articles, just ask.",
    ),
    "goodbye": Reply(vi="Chào bạn, hẹn gặp lại!", en="Goodbye, until next time!"),
    "self": Reply(
        vi=f"Tôi là partyqa, chương trình hỏi đáp chạy trên máy này. {_ABLE}, {_EXAMPLE}",
        en=f"I am partyqa, a program that runs on this machine. {_ABLE_EN}, {_EXAMPLE_EN}",
    ),
    "able": Reply(
        vi=f"{_ABLE}; bài viết không nói thì tôi nói là không có. Bạn hỏi thử, {_EXAMPLE}",
        en=f"{_ABLE_EN}; what they do not say, I say is not there. Try me, {_EXAMPLE_EN}",
    ),
    "topic": Reply(
        vi=f"Tôi không có tin giá cả, thời tiết, thể thao hay giờ giấc. {_ABLE}, {_EXAMPLE}",
        en=f"I have no news of prices, weather, sports or the time. {_ABLE_EN}, {_EXAMPLE_EN}",
    ),
    "making": Reply(
        vi=f"Tôi không sáng tác, viết hộ hay dịch được. {_ABLE}, {_EXAMPLE}",
        en=f"I cannot compose, write or translate. {_ABLE_EN}, {_EXAMPLE_EN}",
    ),
}
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


def reply(question: str) -> Reply | None:
    """Return the polite word for NFC `question` where all of it is small talk or beyond the articles, else None.

    "Xin chào!", "bạn là ai", "viết cho tôi bài thơ", "thoi tiet hom nay" -> a word; "Ai viết bài về Mường Ảng?" -> None
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


def in_english(text: str) -> str:
    """Return the English of a polite word, or "" where `text` is none."""
    return next((word.en for word in REPLIES.values() if word.vi == text), "")


def _reply(text: str) -> Reply | None:
    words = _WORD.findall(text)
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    plain = text.isascii()
    said = " ".join(_key(word, plain) for word in words)
    return next((REPLIES[kind] for kind, pattern in _patterns(plain) if pattern.fullmatch(said)), None)


@cache
def _courtesies(plain: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A question without accents is compared without them; in another "Ban Thường vụ" is no "bạn"."""
    before, behind = (fold(_BEFORE), fold(_BEHIND)) if plain else (_BEFORE, _BEHIND)
    return re.compile(before), re.compile(behind)


@cache
def _patterns(plain: bool) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what a whole message of each kind looks like, in keys of words or, if `plain`, without accents."""

    def any_of(*kinds: str) -> str:
        said = [phrase for kind in kinds for phrase in phrases("smalltalk.tsv")[kind]]
        return written(f"{{{'|'.join(sorted(said, key=len, reverse=True))}}}")

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
