"""What stands around a question and asks nothing: markup, the label of a list of questions, how to answer.

"**Câu 3:** Trả lời ngắn gọn: Bản Bon có mấy chi bộ?" asks for what "Bản Bon có mấy chi bộ?" asks for.
"""

import html
import re
from functools import cache

from partyqa.text.lexicon import phrases, spelt
from partyqa.text.normalise import fold, lowered

_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|center|code|div|em|font|h[1-6]|hr|i|kbd|label|li|mark|ol|p|pre|q|s|small|span"
    r"|strong|sub|sup|table|tbody|td|th|tr|u|ul)(?:\s[^<>]*)?/?>",
    re.I,
)
_ASK, _OFTEN = (frozenset(phrases("languages.tsv")[kind]) for kind in ("ask", "often"))
_INLINE = re.compile(r"</?(?:a|abbr|b|big|code|em|font|i|kbd|mark|s|small|span|strong|sub|sup|u)\b", re.I)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);", re.I)
_LINK = re.compile(r"!?\[([^\[\]]+)\]\((?:https?:|/|#)[^()\s]*\)")
_PAIRS = re.compile(
    r"(?<![\w*])(\*{1,3})(?=\S)([^*]+?)(?<=\S)\1(?![\w*])|(?<![\w_])(_{1,3})(?=\S)([^_]+?)(?<=\S)\3(?![\w_])"
    r"|(~~)(?=\S)([^~]+?)~~|(`{1,3})([^`]+)\7"
)
_LINE_HEAD = re.compile(r"^(?:#{1,6}|>|[*+•●▪–-])\s+")
_NUMBER = r"(?:\d{1,3}|[ivx]{1,4})"
_POINTS = r"(?:\(\s*\d+(?:[.,]\d+)?\s*(?:điểm|đ|diem|d)\s*\)\s*)?"
_BARE_NUMBER = r"(?:\d{1,2}|[a-e])\s*[.)](?!\d)\s*|\(\s*(?:\d{1,2}|[a-e])\s*\)\s*"


def without_framing(question: str) -> str:
    """Return NFC `question`, on one line, without markup, labels and instructions around it, where more is left.

    "Câu 3: Mường Ảng có mấy chi bộ? (trả lời ngắn gọn)" -> "Mường Ảng có mấy chi bộ?"
    """
    text = _without_markup(question)
    while (shorter := _without_end(_LINE_HEAD.sub("", text))) != text:
        text = shorter
    return text if any(map(str.isalnum, text)) else question


def other_language(question: str) -> bool:
    """Return whether NFC `question` is surely in another language: another script, or words no Vietnamese sentence has.

    "How many cells are there?" -> True; "Muong Ang co may chi bo?" -> False
    """
    letters = [char for char in question if char.isalpha()]
    if 2 * sum(not fold(char).isascii() for char in letters) > len(letters):
        return True
    words = re.findall(r"[^\W\d_]+", fold(question))
    found = sum(word in _ASK or word in _OFTEN for word in words)
    asks = bool(words) and words[0] in _ASK
    return found + asks >= 2 and (asks or 4 * found > len(words))


def _without_markup(text: str) -> str:
    text = _TAG.sub(lambda tag: "" if _INLINE.match(tag.group()) else " ", text)
    text = _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
    text = _LINK.sub(r"\1", text)
    while (plain := _PAIRS.sub(lambda pair: pair[2] or pair[4] or pair[6] or pair[8], text)) != text:
        text = plain
    return " ".join(text.split())


def _without_end(text: str) -> str:
    """Return the text without the first label or instruction before it, and the instruction behind it."""
    before, behind = _patterns(text.isascii())
    lower = lowered(text)
    start = match.end() if (match := before.match(lower)) else 0
    end = match.start() if (match := behind.search(lower, start)) else len(text)
    rest = text[start:end].strip()
    return rest if any(map(str.isalnum, rest)) else text


@cache
def _patterns(plain: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what stands before a question and what behind it; a question without accents is compared without them."""

    def words(kind: str) -> str:
        known = sorted(phrases("instructions.tsv")[kind], key=len, reverse=True)
        source = "|".join(known).replace("{me}", spelt("beside.tsv", "asker")).replace("{n}", r"\w+")
        return rf"(?:{source})"

    manner = rf"(?:[ ,;]+{words('manner')}\b)"
    verb = rf"(?:{words('please')} )?{words('verb')}\b"
    label = rf"{words('label')}(?: ?{_NUMBER})?\s*{_POINTS}[:.)–-]\s+"
    before = rf"(?:{label}|{_BARE_NUMBER}|{verb}{manner}*\s*[:.!–-]+\s*)"
    behind = rf"(?:(?<=[?.!,;:])\s*|\s*[(\[]\s*){verb}{manner}+\s*[)\].!]*$"
    sources = (fold(before), fold(behind)) if plain else (before, behind)
    return re.compile(sources[0]), re.compile(sources[1])
