"""Clauses beside each other that say nearly the same: which of them a question is about."""

from collections.abc import Iterable, Sequence

from partyqa.answer.ranking import Candidate

_ALIKE = 0.5  # share of the syllables of both that both have


def another_is_meant(one: Candidate, others: Sequence[Candidate], terms: frozenset[str]) -> bool:
    """Return whether a clause beside this one, in nearly the same words, holds more of what is asked.

    "a) Trong độ tuổi: 4.000 đồng", "b) Ngoài độ tuổi: 2.000 đồng": asked "ngoài độ tuổi", the first is not meant.
    """
    if len(one.sentence.path) < 2:
        return False
    own, asked = _syllables(one.view.own.tokens), _syllables(terms)
    return any(
        _beside(one, other)
        and own & asked < (theirs := _syllables(other.view.own.tokens)) & asked
        and len(own & theirs) >= _ALIKE * len(own | theirs)
        for other in others
    )


def _beside(one: Candidate, other: Candidate) -> bool:
    mine, theirs = one.sentence.path, other.sentence.path
    same = one.sentence.article.id == other.sentence.article.id
    return same and len(mine) == len(theirs) and mine[:-1] == theirs[:-1] and mine != theirs


def _syllables(tokens: Iterable[str]) -> frozenset[str]:
    words = (token.removeprefix("~") for token in tokens)
    return frozenset(word for word in words if word.isalpha() and len(word) > 1)
