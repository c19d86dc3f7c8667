"""What a question asks: the kind of answer it wants, and the words that must be found."""

import re
from dataclasses import dataclass

from partyqa.errors import QuestionError
from partyqa.text.lexicon import guarded, marked, patterns, phrases, written
from partyqa.text.normalise import fold, lowered, normalise
from partyqa.text.tokens import expanded, tokens
from partyqa.types import AnswerType

MAX_QUESTION = 2000  # code points


_TABLE = "question_words.tsv"
_TYPES = "document_types.tsv"
_UNIT = guarded("units.tsv", without="loose")
_OF_TABLES = {
    "{type}": guarded(_TYPES),
    "{noun}": guarded(_TYPES, without="verb"),
    "{verb}": guarded(_TYPES, "verb"),
    "{title}": written(marked("titles.tsv", "asked")),
    "{place}": f"(?:{guarded('units.tsv', 'asked')}|{_UNIT})",
    "{unit}": _UNIT,
}


def _source(*kinds: str) -> str:
    """Return the source of an expression for question words of these kinds, the words of other tables written in."""
    source = "|".join(patterns(_TABLE, kind) for kind in kinds)
    for name, words in _OF_TABLES.items():
        source = source.replace(name, words)
    return rf"\b(?:{source})\b"


# Searched for in the order of the table in the lower-case question; in one without accents the same without theirs.
_SOURCES = [
    (AnswerType(kind), _source(kind)) for kind in phrases(_TABLE) if kind not in ("polite", "accented")
]
_KINDS = tuple(
    (kind, re.compile(source))
    for kind, source in (*_SOURCES, (AnswerType.OTHER, _source("polite", "accented")))
)
_FLAT_KINDS = tuple(
    (kind, re.compile(fold(source))) for kind, source in (*_SOURCES, (AnswerType.OTHER, _source("polite")))
)
_ACCENTED = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Query:
    """A question understood.

    `text` is NFC; `terms` are the lexical tokens that matter, question words left out; `focus` are the
    accent-free words after "bao nhiêu", the thing that is counted ("dang vien"), or ""; `cased` says
    that its names can be told by their capital letters, `compares` that it sets two things side by side;
    `content` counts the syllables and numbers left without the question words.
    """

    text: str
    kind: AnswerType
    terms: tuple[str, ...]
    focus: str
    cased: bool
    compares: bool
    content: int


def understand(question: str) -> Query:
    """Return the Query of a question typed by a person.

    Raises QuestionError when it is empty, longer than MAX_QUESTION, or holds no letter and no digit.
    """
    if len(question) > MAX_QUESTION:
        raise QuestionError("question.too_long", length=len(question), most=MAX_QUESTION)
    text = " ".join(normalise(question).split())
    if not text:
        raise QuestionError("question.empty")
    if not any(char.isalnum() for char in text):
        raise QuestionError("question.no_letter")
    accented = bool(_ACCENTED.search(text))
    searched = lowered(text).replace("bao nhieu", "bao nhiêu") if accented else fold(text)
    kind, focus, rest = AnswerType.OTHER, "", list(text)
    for candidate, pattern in _KINDS if accented else _FLAT_KINDS:
        for match in pattern.finditer(searched):
            if _in_name(text, match):
                continue
            if kind is AnswerType.OTHER:
                kind = candidate
                if kind is AnswerType.NUMBER:
                    focus = _counted(text[match.end() :])
            rest[match.start() : match.end()] = " " * (match.end() - match.start())
    kind, focus = _more_of(text, kind, focus)
    remaining = "".join(rest)
    content = sum(1 for token in set(tokens(remaining)) if "_" not in token and token[0] != "~")
    found = tokens(remaining if content else text)
    if not accented:
        found = [token for token in found if token[0] == "~" or token[0].isdigit()]
    return Query(text, kind, tuple(dict.fromkeys(found)), focus, _cased(text), _compares(text), content)


_COMPARING = re.compile(
    r"\b(?:so (?:với|sánh|giúp|xem)|hơn|hay|khác nhau|giống nhau|bên nào|nơi nào|đâu là|còn|với|và ở|lẫn|cùng)\b|^so\b"
)
_MORE = re.compile(r"\b(?:nhiều|ít|đông) ((?:\w+ ){1,3}?\w+)(?: \w+){0,2} hơn\b")
_FLAT_MORE = re.compile(fold(_MORE.pattern))
_FLAT_COMPARING = re.compile(fold(_COMPARING.pattern))


def _counted(text: str) -> str:
    """The first accent-free words of what is counted, an abbreviation written out: "TCCSĐ nào" -> "to chuc co"."""
    words = re.findall(r"\w+", text)[:3]
    if words and (full := expanded(words[0])):
        words = [*full.split(), *words[1:]][:3]
    return fold(" ".join(words))


def _more_of(text: str, kind: AnswerType, focus: str) -> tuple[AnswerType, str]:
    """Of "nơi nào nhiều đảng viên hơn" figures are wanted, though it asks where."""
    more = _MORE.search(lowered(text)) if _ACCENTED.search(text) else _FLAT_MORE.search(fold(text))
    return (
        (AnswerType.NUMBER, fold(more.group(1)))
        if more and kind in (AnswerType.OTHER, AnswerType.PLACE)
        else (kind, focus)
    )


def _compares(text: str) -> bool:
    lower = lowered(text)
    return bool((_COMPARING if _ACCENTED.search(text) else _FLAT_COMPARING).search(lower))


def _cased(text: str) -> bool:
    return not text.isupper() and any(char.isupper() for char in text[1:])


def _in_name(text: str, match: re.Match[str]) -> bool:
    """Whether the words found are part of a name, as Nhé is of Mường Nhé: capital inside a question."""
    return match.start() > 0 and text[match.start()].isupper() and not text.isupper()
