"""Why a sentence was chosen, in words that a person can check: `Grounds` of candidates."""

import re
from collections.abc import Callable, Sequence

from partyqa.answer.ranking import Candidate, Considered
from partyqa.types import Grounds

_WORD = re.compile(r"\w+(?:[./-]\w+)*")


def grounds_of(considered: Considered, chosen: Sequence[Candidate]) -> tuple[Grounds, ...]:
    """Return the grounds of each candidate, in order; ranks are among all that were considered."""
    by_words = _ranks(considered.ranked, lambda one: one.evidence.words)
    by_meaning = _ranks(considered.ranked, lambda one: one.view.cosine)
    return tuple(
        _grounds(considered, one, by_words[one.sentence.id], by_meaning[one.sentence.id]) for one in chosen
    )


def _grounds(considered: Considered, one: Candidate, by_words: int, by_meaning: int) -> Grounds:
    query, view = considered.query, one.view
    own, near = view.own.tokens, view.context.tokens
    found: dict[str, list[str]] = {"said": [], "around": [], "lacking": []}
    last, end = "", 0  # neighbouring words of one kind are listed together: "Đảng bộ huyện"
    for match in _WORD.finditer(query.text):
        token = next(iter(query.tokens_in(*match.span())), "")
        if query.term_set.isdisjoint((token, f"~{token}")):
            last = ""  # "bao nhiêu", "ai", "ở": question words
            continue
        kind = "said" if token in own else "around" if token in near else "lacking"
        if kind == last and query.text[end : match.start()].isspace():
            found[kind][-1] += f" {match.group()}"
        else:
            found[kind].append(match.group())
        last, end = kind, match.end()
    asked = considered.asked
    names = tuple(query.as_written(name) for name in asked.names if asked.speaks_of(name, view))
    asked_years = query.years & (view.own.years | view.paragraph.years | view.context.years)
    ranks = (by_words, by_meaning, len(considered.ranked))
    said, around, lacking = (tuple(dict.fromkeys(runs)) for runs in found.values())
    return Grounds(said, around, lacking, names, tuple(sorted(asked_years)), *ranks)


def _ranks(candidates: Sequence[Candidate], value: Callable[[Candidate], float]) -> dict[str, int]:
    """Return each candidate's rank by a value, equal ones sharing the better."""
    ordered = sorted((value(one) for one in candidates), reverse=True)
    first = {found: rank for rank, found in reversed(list(enumerate(ordered, 1)))}
    return {one.sentence.id: first[value(one)] for one in candidates}
