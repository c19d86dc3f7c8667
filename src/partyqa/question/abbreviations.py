"""Abbreviations that the articles themselves explain: "tổ chức cơ sở đảng (TCCSĐ)".

They are learned from the articles when an index is loaded, and only ever rewrite a question: "BCHQS tỉnh" is also
asked as "Bộ Chỉ huy Quân sự tỉnh", and the other way round, and the surer answer counts. Tokens know nothing of
them, so that a question and a passage are cut into the same tokens by the same rules whatever the corpus, a
generation never changes, and an index built before today is read as it is. What the lexicon of the package
already explains (text.expansions) is in the tokens of both sides and needs no second question.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from partyqa.text.normalise import fold
from partyqa.text.tokens import expansions
from partyqa.text.views import TextView
from partyqa.types import Article

_IN_BRACKETS = re.compile(r"\(([A-ZĐƯƠĂÂÊÔ]+(?:[-–&][A-ZĐƯƠĂÂÊÔ]+)*)\)")
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"(?: |, ?| [-–] ?| ?[-–] |[-–])$|^$")
_ROMAN = re.compile(r"[IVX]+")
_LINKS = ("và", "của", "các")  # a word that an abbreviation often leaves out
_LEAST, _MOST = 2, 8  # letters
_FURTHEST = 100  # code points before the bracket


class Learned:
    """Abbreviations with what they stand for: `full` is {"BCHQS": "Bộ Chỉ huy Quân sự"}."""

    def __init__(self, full: Mapping[str, str]) -> None:
        self.full = full
        abbreviated = {long: short for short, long in full.items() if len(short) > _LEAST}
        self._ways = (_longest_first(full), _longest_first(abbreviated))

    @classmethod
    def of(cls, articles: Iterable[Article]) -> "Learned":
        """Learn from all articles; an abbreviation explained in two ways is not learned at all."""
        found: dict[str, dict[str, str]] = {}
        for article in articles:
            for short, full in explained(article.text):
                if _plain(full) not in map(fold, expansions(short)):
                    found.setdefault(short, {}).setdefault(_plain(full), full)
        return cls({short: next(iter(fulls.values())) for short, fulls in found.items() if len(fulls) == 1})

    def other_spelling(self, question: TextView) -> str:
        """Return `question` with its abbreviations written out, else with words abbreviated; "" if it holds neither.

        "BCHQS có mấy chi bộ?" <-> "Bộ Chỉ huy Quân sự có mấy chi bộ?"
        """
        for way in self._ways:
            other, flat = question.text, question.flat
            for sought, instead in way:
                if sought in flat:
                    other = _replaced(other, sought, instead)
                    flat = fold(other)
            if other != question.text:
                return other
        return ""


def explained(text: str) -> Iterator[tuple[str, str]]:
    """Yield each abbreviation in brackets in NFC `text` with the words before it that it is spelt by."""
    for match in _IN_BRACKETS.finditer(text):
        letters = [letter for letter in match.group(1) if letter.isalpha()]
        if _LEAST <= len(letters) <= _MOST and not _ROMAN.fullmatch(match.group(1)):
            full = _spelt_by(letters, text[max(0, match.start() - _FURTHEST) : match.start()].rstrip())
            if full:
                yield match.group(1), full


def _spelt_by(letters: list[str], before: str) -> str:
    """Return the last words of `before` that begin with `letters`, or ""; small linking words may be left out."""
    end, wanted, left_out = len(before), list(letters), False
    for found in reversed(list(_WORD.finditer(before))):
        word, (start, stop) = found.group(), found.span()
        if not _BETWEEN.match(before[stop:end]):
            return ""
        if _begins(word, wanted[-1]):
            wanted.pop()
        elif word in _LINKS and len(wanted) < len(letters):
            left_out = True
        else:
            return ""
        end = start
        if not wanted:
            return before[start:] if not left_out or len(letters) > _LEAST else ""
    return ""


def _begins(word: str, letter: str) -> bool:
    """Whether `word` begins with the letter, Đ being no D; an abbreviation may leave a vowel's accent out."""
    first = word[0].upper()
    return first == letter or ("Đ" not in (first, letter) and fold(first) == fold(letter))


def _longest_first(pairs: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(fold(held), pairs[held]) for held in sorted(pairs, key=lambda held: (-len(held), held))]


def _replaced(question: str, sought: str, instead: str) -> str:
    """Put `instead` where the accent-free `sought` is a whole word; two letters must be capitals, BH and not bh."""
    match = re.search(rf"(?<!\w){re.escape(sought)}(?!\w)", fold(question))
    if match is None or (len(sought) <= _LEAST and not question[slice(*match.span())].isupper()):
        return question
    return question[: match.start()] + instead + question[match.end() :]


def _plain(full: str) -> str:
    return " ".join(_WORD.findall(fold(full)))
