"""Which of the sentences considered are cited, and in which order: one, both sides, a whole list, two dates."""

import re

from partyqa.answer.alignment import counted, new_words
from partyqa.answer.ranking import Candidate, Considered
from partyqa.text.lexicon import marked, written
from partyqa.types import AnswerType

MOST_CITED = 3
MOST_LISTED = 8

_FIGURES_COMPARED = 6  # the first candidates, among which another date's figure is looked for
_FIRST = (*marked("numerals.tsv", "linh"), "mười", "nhất")  # "Một là", "Thứ nhất"
_ITEM = re.compile(
    r"(?:[-–•+*] |\(?\d{1,2}[.)] |\(?[a-zđ]\) )"
    rf"|(?:{written(map(str.capitalize, _FIRST))}|Thứ {written(_FIRST)}) là\b|Thứ {written(_FIRST)}\b"
)
_LEAD = re.compile(r"(?:sau đây|như sau|gồm(?: có)?|là|:)\s*:?$")
_MANY = frozenset({AnswerType.LIST, AnswerType.OTHER, AnswerType.REASON})


def cited(considered: Considered, further: float) -> list[Candidate]:
    """Return the candidates to cite, in the order in which they are shown.

    `further` is how far behind the first candidate's score another one may lie.
    """
    compared = considered.sides
    if len(compared) > 1:
        return compared[:MOST_CITED]
    listed = enumeration(considered)
    if len(listed) > 1:
        return listed[:MOST_LISTED]
    first = considered.ranked[0]
    most = MOST_CITED if considered.query.kind in _MANY else 2
    near = [
        candidate
        for candidate in considered.ranked[:most]
        if candidate.score >= first.score - further and not candidate.contradicts
    ]
    return two_dates(considered, further) or near


def enumeration(considered: Considered) -> list[Candidate]:
    """Return the whole list that the first candidate leads or belongs to, in the article's order, or [].

    Items begin with a dash, a number, "Một là" or "Thứ nhất"; the sentence before the first may lead them.
    Only for a question that wants a list.
    """
    if considered.query.kind is not AnswerType.LIST:
        return []
    first = considered.ranked[0].sentence
    article = sorted(
        (one for one in considered.ranked if one.sentence.article.id == first.article.id),
        key=lambda one: one.sentence.start,
    )
    at = next(number for number, one in enumerate(article) if one.sentence.id == first.id)
    low = high = at
    while low > 0 and _item(article[low]) and _adjacent(article[low - 1], article[low]):
        if not _item(article[low - 1]) and not _leads(article[low - 1]):
            break
        low -= 1
    while (
        high + 1 < len(article) and _item(article[high + 1]) and _adjacent(article[high], article[high + 1])
    ):
        high += 1
    return article[low : high + 1] if high - low > 1 else []


def two_dates(considered: Considered, further: float) -> list[Candidate]:
    """Return two sentences that answer otherwise at another time, the later first, or [].

    Only where a figure or the holder of an office is asked for without a time, and nothing else distinguishes the two.
    A sentence is of the years that it, the one before it, or else its article's date gives.
    """
    query = considered.query
    holder = query.kind is AnswerType.PERSON and query.offices
    if not (query.kind is AnswerType.NUMBER or holder) or query.years or not considered.ranked:
        return []
    first = considered.ranked[0]
    mine = _told(considered, first)
    for other in considered.ranked[1:_FIGURES_COMPARED]:
        theirs = _told(considered, other)
        years = _year(first), _year(other)
        if mine and theirs and mine != theirs and all(years) and years[0] != years[1]:
            alike = other.evidence.around >= first.evidence.around
            near = other.score >= first.score - 2 * further
            if alike and near and not other.contradicts:
                return sorted((first, other), key=_year, reverse=True)
    return []


def _item(candidate: Candidate) -> bool:
    return bool(_ITEM.match(candidate.sentence.text))


def _leads(candidate: Candidate) -> bool:
    return bool(_LEAD.search(candidate.sentence.text.rstrip()))


def _adjacent(one: Candidate, following: Candidate) -> bool:
    between = one.sentence.article.text[one.sentence.end : following.sentence.start]
    return not between.strip()


def _told(considered: Considered, candidate: Candidate) -> str:
    """The figure of what is counted, or the name of a person that the question does not say itself; "" for none."""
    query, text = considered.query, candidate.view.own
    if query.kind is AnswerType.NUMBER:
        spans = counted(query, text)
    else:
        spans = new_words(query, text, text.spans(AnswerType.PERSON))
    return text.text[slice(*spans[0])] if spans else ""


def _year(candidate: Candidate) -> int:
    """The latest year that the sentence gives, or else the one before it, or its article's date; 0 for none."""
    view, published = candidate.view, candidate.sentence.article.published
    dated = view.own.years or view.before.years
    return max(dated, default=published.year if published else 0)
