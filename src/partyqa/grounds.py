"""Why a sentence was chosen, said so that a person can check it: `Grounds` of candidates."""

import re
from collections.abc import Callable, Sequence

from partyqa.considering import Candidate, Considered
from partyqa.evidence import speaks_of, token_set
from partyqa.mentions import as_written, years
from partyqa.text import tokens
from partyqa.types import Grounds

_WORD = re.compile(r"\w+(?:[./-]\w+)*")


def grounds_of(considered: Considered, chosen: Sequence[Candidate]) -> tuple[Grounds, ...]:
    """Return the grounds of each candidate, in order; ranks are among all that were considered."""
    by_words = _ranks(considered.ranked, lambda one: one.evidence.words)
    by_meaning = _ranks(considered.ranked, lambda one: one.place.cosine)
    return tuple(
        _grounds(considered, one, by_words[one.sentence.id], by_meaning[one.sentence.id]) for one in chosen
    )


def _grounds(considered: Considered, one: Candidate, by_words: int, by_meaning: int) -> Grounds:
    query, place = considered.query, one.place
    own, near = token_set(place.sentence.text), token_set(place.context)
    said, around, lacking = list[str](), list[str](), list[str]()
    for word in dict.fromkeys(_WORD.findall(query.text)):
        token = next(iter(tokens(word)), "")
        if token not in query.terms and f"~{token}" not in query.terms:
            continue  # "bao nhiêu", "ai", "ở": what asks
        (said if token in own else around if token in near else lacking).append(word)
    names = tuple(as_written(query.text, name) for name in considered.asked.names if speaks_of(name, place))
    asked_years = years(query.text) & (
        years(place.sentence.text) | years(place.paragraph) | years(place.context)
    )
    ranks = (by_words, by_meaning, len(considered.ranked))
    return Grounds(tuple(said), tuple(around), tuple(lacking), names, tuple(sorted(asked_years)), *ranks)


def _ranks(candidates: Sequence[Candidate], value: Callable[[Candidate], float]) -> dict[str, int]:
    """Return each candidate's rank by a value, equal ones sharing the better."""
    ordered = sorted((value(one) for one in candidates), reverse=True)
    first = {found: rank for rank, found in reversed(list(enumerate(ordered, 1)))}
    return {one.sentence.id: first[value(one)] for one in candidates}
