"""What stands in a question beside what it asks: who asks and where he lives, the newspaper, the articles as such."""

import re
from itertools import pairwise

from partyqa.text.lexicon import any_of, marked, patterns, phrases, spelt
from partyqa.text.names import find, name_key
from partyqa.text.normalise import fold, leading_capitals
from partyqa.text.views import TextView

_TABLE = "beside.tsv"
_CLAUSE = re.compile(r"[.;:!?,]\s")
_END = re.compile(r"[\s.?!]+$")
_ARTICLE = rf"\bbài(?! {spelt(_TABLE, 'not-article')}\b)(?: viết| báo)?\b"
_OF_ARTICLES = rf"(?:{patterns(_TABLE, 'of-articles')})".replace("{bài}", _ARTICLE)


def _either(source: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The expression for text with accents, and the same for one without."""
    return re.compile(source), re.compile(fold(source))


_ASKER = _either(rf"\s*(?:(?:hiện nay|hiện|nay|dạ|vì),? )?{spelt(_TABLE, 'asker')} {spelt(_TABLE, 'is')}\b")
_WISH = _either(
    rf"\b(?:{spelt(_TABLE, 'wish')}|{spelt(_TABLE, 'asker')} (?:\w+ ){{0,8}}{spelt(_TABLE, 'wants')})\b"
)
_COLLECTION = _either(_OF_ARTICLES)
_BEGINS = re.compile(r"(?:^|[.!?] )[“\"(]*$")
_SURNAMES = frozenset(map(name_key, marked("surnames.tsv")))
_MEDIA_WORDS = frozenset(name_key(word).split()[0] for word in phrases(_TABLE)["media"])
_REGION = re.compile(rf"\b{any_of(_TABLE, 'region')} $")
_TOLD_BY = re.compile(rf"(?:^|\b){any_of(_TABLE, 'told')} {any_of(_TABLE, 'media')} ")
_MEDIA = re.compile(rf"(?:^|\b{any_of(_TABLE, 'told')} )({any_of(_TABLE, 'media')}) $")


def asked_names(question: TextView) -> tuple[str, ...]:
    """Return the keys of the names that a question asks about: not what it only mentions, nor a place that only
    locates another; a newspaper with its word, "bao son la"; a word that only begins the sentence left out.
    """
    found = question.all_names
    beside = question.only_where | only_mentioned(question, found)
    places = {mention.key for mention in question.places}
    return tuple(
        name if name in places else _begun(question, name)
        for one in found
        if one not in beside
        for name in (_of_newspaper(question, one),)
    )


def only_mentioned(question: TextView, found: tuple[str, ...]) -> frozenset[str]:
    """Return which of the names, by their keys, a question mentions without asking about them.

    Those of him who asks, "Tôi ở Nghĩa Lộ, cho hỏi Mường La ..."; those before "tôi muốn biết", where others
    follow; a region, "trong vùng Tây Bắc".
    """
    plain = question.text.isascii()
    text = question.flat if plain else question.lower
    places = {name: span[0] for name in found if (span := find(question.text, name))}
    wishes = [match.end() for match in _WISH[plain].finditer(text)]
    last = wishes[-1] if wishes else 0
    later = any(at >= last for at in places.values())
    beside = set()
    for name, at in places.items():
        starts = [match.end() for match in _CLAUSE.finditer(text, 0, at)] + [
            end for end in wishes if end <= at
        ]
        goes_on = at < last or _CLAUSE.search(text, at)  # what is asked follows
        told = goes_on and _ASKER[plain].match(text, max(starts, default=0), at)
        of_region = len(places) > 1 or bool(wishes)
        if told or (at < last and later) or (of_region and _REGION.search(question.flat[:at])):
            beside.add(name)
    return frozenset(beside)


def spans_beside(question: TextView) -> list[tuple[int, int]]:
    """Return where a question says whose word it takes, "theo báo Sơn La", and where who asks tells of himself."""
    plain = question.text.isascii()
    text = question.flat if plain else question.lower
    spans = [
        match.span() for match in _TOLD_BY.finditer(question.flat) if _end_of_name(question, match.end())
    ]
    spans = [(start, _end_of_name(question, end)) for start, end in spans]
    starts = [0, *(match.end() for match in _CLAUSE.finditer(text))]
    for start, end in pairwise((*starts, len(text))):
        if end < len(text) and _ASKER[plain].match(text, start, end):
            wish = _WISH[plain].search(text, start, end)
            spans.append((start, wish.start() if wish else end))
    return spans


def _end_of_name(question: TextView, at: int) -> int:
    """Where the name ends that begins at `at`, 0 where none does."""
    words = re.match(r"(?:[^\W\d_]+ ?)*", question.text[at:])
    capitals = leading_capitals(words.group()) if words else ""
    return at + len(capitals) if capitals else 0


def _begun(question: TextView, name: str) -> str:
    """Leave out a first word with a capital only because it begins the sentence, "Đèo Khau Phạ", but no surname."""
    first, _, rest = name.partition(" ")
    span = (
        find(question.text, name)
        if " " in rest and first not in _SURNAMES and first not in _MEDIA_WORDS
        else None
    )
    return rest if span and _BEGINS.search(question.text[: span[0]]) else name


def _of_newspaper(question: TextView, name: str) -> str:
    """Return the name with the word for a newspaper that stands before it, "bao son la"; or as it is."""
    span = find(question.text, name)
    media = _MEDIA.search(question.flat[: span[0]]) if span else None
    return f"{media[1]} {name}" if media else name


def asks_about_articles(question: TextView) -> bool:
    """Whether it asks about the articles themselves: "Bài này của ai?", "Có những bài nào về Mường La?"."""
    plain = question.text.isascii()
    return bool(_COLLECTION[plain].fullmatch(_END.sub("", question.flat if plain else question.lower)))
