"""How well a sentence fits a question, in numbers about 0..1. No model runs."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from partyqa.answer.alignment import says_kind
from partyqa.answer.asked import Asked, holds
from partyqa.answer.candidates import SentenceView
from partyqa.answer.constraints import only_some, same_exactly, same_rank, same_thing, same_time, same_unit
from partyqa.text.views import TextView
from partyqa.types import AnswerType


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence as the answer, and against it.

    `passage`: fused score of its best passage. `words`, `pairs`: share of the question's syllables and
    neighbouring syllables that it holds, rare ones counting more. `context`: share of the syllables found in it
    or in its article's title, place and date. `around`: `context` with the sentence before. `names`: 1 when
    every name in the question stands in it or its context, .5 when one stands elsewhere in its article only, 0
    when one does not, nor, of a table's row, anywhere around it. `unit`: -1 when it speaks of the town where the
    question asks for the district of that name, and the like. `office`: -1 when it names the deputy
    where the question asks for the head, or the other way round, or the first round (đợt 1) where the second is
    wanted. `year`: 1 when it is of the year wanted,
    .5 or .3 when only its paragraph or article is, .2 of a term that holds it, below 0 of another, or of the
    beginnings where today is wanted. `kind`: words of the wanted kind stand in it. `lacks`: 1 when a number or
    a date is wanted and none stands in it. `focus`: 1 when a number stands before what is counted, -1 when that
    is not named at all. `exact`: -1 when a figure is asked of women, of those on probation and the like, and
    these are not named. `meaning`: how far its cosine lies behind the nearest sentence's.
    """

    passage: float
    words: float
    pairs: float
    context: float
    around: float
    names: float
    unit: float
    office: float
    year: float
    kind: float
    lacks: float
    focus: float
    exact: float
    meaning: float

    def vector(self) -> NDArray[np.float64]:
        """Return the values in the order of FEATURES, (features,) float64."""
        return np.array([getattr(self, name) for name in FEATURES])


FEATURES = (
    *("passage", "words", "pairs", "context", "around", "names", "office", "year", "kind", "lacks", "focus"),
    "meaning",
)
"""What is weighed to order sentences; the rest of the evidence only keeps some from being the answer."""

_NEARNESS_SCALE = 5.0  # cosines of one question's sentences lie within about .2 of each other


def weigh(asked: Asked, view: SentenceView, nearest: float) -> Evidence:
    """Return the evidence for a sentence; `nearest` is the highest cosine of all candidates."""
    query, text = asked.query, view.own.text
    own, near = view.own.tokens, view.context.tokens
    single = asked.single
    place = query.kind is AnswerType.PLACE  # the title may name it, a heading begin it
    shown = TextView(f"{text} {view.context.text}") if place else view.own
    found = says_kind(query, shown) and not only_some(query, view.own)
    return Evidence(
        passage=view.passage,
        words=_share(single, own),
        pairs=_share(asked.pairs, own),
        context=_share(single, own | near),
        around=_share(single, own | near | view.before.tokens),
        names=_names(asked, view),
        unit=same_unit(query, view.own, view.context),
        office=same_rank(query, view.own),
        year=same_time(query, view),
        kind=float(found),
        lacks=float(query.kind in (AnswerType.NUMBER, AnswerType.DATE) and not found),
        focus=same_thing(query, view.own),
        exact=same_exactly(query, view),
        meaning=(view.cosine - nearest) * _NEARNESS_SCALE,
    )


def missing(asked: Asked, view: SentenceView) -> float:
    """Return the weight of the rarest word of the question that sentence and context do not hold."""
    found = view.own.tokens | view.context.tokens
    return max((weight for term, weight in asked.single if term not in found), default=0.0)


CONSTRAINTS: Mapping[str, Callable[[Asked, Evidence], bool]] = MappingProxyType(
    {
        "language": lambda asked, found: asked.foreign,
        "of articles": lambda asked, found: asked.query.of_articles,
        "misplaced": lambda asked, found: asked.misplaced is not None,
        "names": lambda asked, found: found.names == 0,
        "unit": lambda asked, found: found.unit < 0,
        "office": lambda asked, found: found.office < 0,
        "exact": lambda asked, found: found.exact < 0,
        "year": lambda asked, found: found.year < 0 and not asked.apart,
        "numberless": lambda asked, found: (
            asked.query.kind is AnswerType.NUMBER and found.lacks > 0 and found.focus < 0
        ),
    }
)
"""What keeps a sentence from being the answer: it is of another place, person, unit or year than the question.

A question in another language is answered by none. No sentence tells of articles, or is of a place that there is not,
"huyện Mường Ảng, tỉnh Lai Châu" (`misplaced`). Nor does a sentence without a number, and without what is to be counted,
answer "bao nhiêu" (`numberless`).
"""


def contradiction(asked: Asked, evidence: Evidence) -> bool:
    """Return whether one of CONSTRAINTS keeps a sentence from being the answer."""
    return any(broken(asked, evidence) for broken in CONSTRAINTS.values())


def _share(terms: Sequence[tuple[str, float]], found: Set[str]) -> float:
    total = sum([weight for _, weight in terms])
    return sum([weight for term, weight in terms if term in found]) / total if total else 0.0


def _names(asked: Asked, view: SentenceView) -> float:
    """How near the farthest name stands; of a comparison the nearest, since each side has its own sentence.

    A row of a table is of what it names itself and of what its title and place do, never of what other rows name.
    """
    in_article = not view.own.is_row
    found = [
        1.0
        if asked.speaks_of(name, view)
        else 0.5
        if in_article and (holds(patterns, view.article) or asked.of_part(name, view))
        else 0.0
        for name, patterns in asked.names.items()
    ]
    return (max if asked.apart else min)(found, default=1.0)
