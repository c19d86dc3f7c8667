"""What a question asks: the kind of answer it wants, and the words that must be found."""

import re
from functools import cached_property

from partyqa.errors import QuestionError
from partyqa.question.beside import asked_names, asks_about_articles, spans_beside
from partyqa.question.clauses import ClausesAsked, clauses_asked
from partyqa.text.entities import EVENT
from partyqa.text.lexicon import any_of, folded, guarded, marked, patterns, phrases, written
from partyqa.text.normalise import fold, one_line
from partyqa.text.tokens import expanded, tokens, tokens_of
from partyqa.text.views import TextView
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
# The total is wanted: nothing follows what is counted; or their number, or where there are more.
_OWN = any_of("agreement.tsv", "own")
_ALL = re.compile(
    rf"\bco (?:{any_of('agreement.tsv', 'in-all')} )?(?:bao nhieu|may) {_OWN}(?: truc thuoc)? ?\??$"
    rf"|(?:^|so sanh |tong )so {_OWN}|\b(?:nhieu|it|dong) {_OWN} hon"
)
_EXACT = tuple(re.compile(rf"\b{folded(row.split('='))}\b") for row in phrases("agreement.tsv")["exact"])
_ASKED_DURATION = re.compile(rf"\b(?:bao nhieu|may|bao) (?:{any_of('marking.tsv', 'duration')}|lau)\b")
_ASKED_UNIT = re.compile(rf"\b({folded(marked('units.tsv', without='loose'))}) nao\b")
_ACCENTED = re.compile(r"[^\x00-\x7f]")


class Query(TextView):
    """A question on one line of NFC text, with all that is known of it, each thing found when first needed."""

    @cached_property
    def accented(self) -> bool:
        """Whether it has accents, so that its words are compared with theirs."""
        return bool(_ACCENTED.search(self.text))

    @cached_property
    def _parsed(self) -> tuple[AnswerType, str, str]:
        """The kind of answer, what is counted, and the text with blanks for the words that ask."""
        searched = self.lower.replace("bao nhieu", "bao nhiêu") if self.accented else self.flat
        kind, focus, rest = AnswerType.OTHER, "", list(self.text)
        for candidate, pattern in _KINDS if self.accented else _FLAT_KINDS:
            for match in pattern.finditer(searched):
                if _in_name(self.text, match):
                    continue
                if kind is AnswerType.OTHER:
                    kind = candidate
                    if kind is AnswerType.NUMBER:
                        focus = _counted(self.text[match.end() :])
                rest[match.start() : match.end()] = " " * (match.end() - match.start())
        if kind in (
            AnswerType.OTHER,
            AnswerType.PLACE,
        ):  # of "nơi nào nhiều đảng viên hơn" figures are wanted
            more = _MORE.search(self.lower) if self.accented else _FLAT_MORE.search(self.flat)
            if more:
                kind, focus = AnswerType.NUMBER, fold(more.group(1))
        return kind, focus, "".join(rest)

    @property
    def kind(self) -> AnswerType:
        """The kind of answer that it wants."""
        return self._parsed[0]

    @property
    def focus(self) -> str:
        """The accent-free words after "bao nhiêu", the thing that is counted ("dang vien"), or ""."""
        return self._parsed[1]

    @cached_property
    def figure_of(self) -> tuple[re.Pattern[str], ...]:
        """Of a question for a figure what finds each thing that must stand with it, in accent-free text: "nữ"."""
        if self.kind is not AnswerType.NUMBER:
            return ()
        return tuple(words for words in _EXACT if words.search(self.flat))

    @cached_property
    def content(self) -> int:
        """How many distinct syllables and numbers are left without the words that ask."""
        return sum("_" not in token and token[0] != "~" for token in set(self._left))

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The lexical tokens that matter, each once: the words that ask are left out where others are left."""
        found = self._left if self.content else tokens_of(self.text, self.flat)
        if not self.accented:
            found = [token for token in found if token[0] == "~" or token[0].isdigit()]
        return tuple(dict.fromkeys(found))

    @cached_property
    def term_set(self) -> frozenset[str]:
        """The terms, to look one up."""
        return frozenset(self.terms)

    @cached_property
    def _left(self) -> list[str]:
        rest = list(self._parsed[2])
        for start, end in spans_beside(self):
            rest[start:end] = " " * (end - start)
        return tokens("".join(rest))

    @cached_property
    def asks_all(self) -> bool:
        """Whether the total of what is counted is wanted: "có bao nhiêu đảng viên?"."""
        return bool(_ALL.search(self.flat)) and not EVENT.search(self.flat)

    @cached_property
    def asks_duration(self) -> bool:
        """Whether it asks how long: "mấy năm", "bao lâu"."""
        return bool(_ASKED_DURATION.search(self.flat))

    @cached_property
    def asked_unit(self) -> str:
        """The unit that is looked for, accent-free, of "huyện nào?" "huyen"; or ""."""
        found = _ASKED_UNIT.search(self.flat)
        return found.group(1) if found else ""

    @cached_property
    def asked_names(self) -> tuple[str, ...]:
        """Those of `all_names` that it asks about, a newspaper with its word, "bao son la" (question/beside.py)."""
        return asked_names(self)

    @cached_property
    def of_articles(self) -> bool:
        """Whether it asks about the articles themselves, which none of their sentences tells."""
        return asks_about_articles(self)

    @cached_property
    def clauses(self) -> ClausesAsked | None:
        """The clauses of documents that it names, "khoản 1 Điều 3" (question/clauses.py); None for none."""
        return clauses_asked(self.lower, self.flat, accented=self.accented)

    @cached_property
    def cased(self) -> bool:
        """Whether its names can be recognised by their capital letters."""
        return not self.text.isupper() and any(char.isupper() for char in self.text[1:])

    @cached_property
    def compares(self) -> bool:
        """Whether it sets two things side by side."""
        return bool((_COMPARING if self.accented else _FLAT_COMPARING).search(self.lower))


def understand(question: str) -> Query:
    """Return the Query of a question typed by a person.

    Raises QuestionError when it is empty, longer than MAX_QUESTION, or holds no letter and no digit.
    """
    if len(question) > MAX_QUESTION:
        raise QuestionError("question.too_long", length=len(question), most=MAX_QUESTION)
    text = one_line(question)
    if not text:
        raise QuestionError("question.empty")
    if not any(char.isalnum() for char in text):
        raise QuestionError("question.no_letter")
    return Query(text)


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


def _in_name(text: str, match: re.Match[str]) -> bool:
    """Whether the words found are part of a name, as Nhé is of Mường Nhé: capital inside a question, to the last."""
    last = match.group().split()[-1]
    capital = text[match.end() - len(last)].isupper()  # not of "theo Chỉ thị nào"
    return match.start() > 0 and text[match.start()].isupper() and capital and not text.isupper()
