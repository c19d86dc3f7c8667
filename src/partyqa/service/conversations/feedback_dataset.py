"""From what people say of answers to questions that `partyqa evaluate` asks: what each verdict can honestly become.

A right answer's quotes answer its question. Of a wrong or an incomplete one nobody has named what does, and an
empty `gold` would claim that nothing does: such rows wait for a person.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partyqa.question.around.smalltalk import reply
from partyqa.service.conversations.stored_answers import Gold, gold_of
from partyqa.service.db.tables import Feedback
from partyqa.types import Article, Verdict

KIND = "feedback"  # what `evaluate` reports these questions under

Turns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """Rows for a file, and how many questions are not among them, by why; see `finished`."""

    rows: tuple[dict[str, Any], ...]
    disputed: int = 0
    narrowed: int = 0
    changed: int = 0


def finished(judged: Sequence[Feedback], articles: Iterable[Article] | None = None) -> Export:
    """Return rows that `evaluate` reads as they are, one for each question with an answer that is right.

    An answer counts that all its judges call right; its quotes are gold, any one of them enough. A refusal that
    is right gives a question without gold, unless another answer to it is right. Left out are questions whose
    right answers somebody calls wrong or incomplete (`disputed`), was given with filters set (`narrowed`), or
    is no longer in `articles` (`changed`; unknown where they are None).
    """
    texts = None if articles is None else {article.id: article.text for article in articles}
    counts = dict.fromkeys(("disputed", "narrowed", "changed"), 0)
    rows = []
    for turns, about in _by_question(judged).items():
        right = [one for one in about if one.verdict == Verdict.RIGHT]
        doubted = {one.key for one in about if one.verdict != Verdict.RIGHT}
        agreed = [one for one in right if one.key not in doubted]
        whole = [one for one in agreed if not one.narrowed]
        gold = dict.fromkeys(pair for one in whole for pair in gold_of(one.answer))
        standing = [pair for pair in gold if _stands(pair, texts)]
        if standing or any(not gold_of(one.answer) for one in whole):
            rows.append(_row(turns, gold=_pairs(standing), answers=[], all=False))
        elif right:
            counts["changed" if whole else "narrowed" if agreed else "disputed"] += 1
    return Export(tuple(rows), **counts)


def unfinished(judged: Sequence[Feedback], verdict: Verdict) -> Export:
    """Return rows for a person to finish, one for each question with an answer of that verdict.

    `gold` is null, which `evaluate` refuses; `cited` is what was answered and `words` what people wrote.
    """
    rows = []
    for turns, about in _by_question(judged).items():
        found = [one for one in about if one.verdict == verdict]
        if found:
            cited = dict.fromkeys(pair for one in found for pair in gold_of(one.answer))
            words = list(dict.fromkeys(one.word for one in found if one.word))
            rows.append(
                _row(
                    turns,
                    gold=None,
                    verdict=verdict.value,
                    cited=_pairs(cited),
                    words=words,
                    narrowed=all(one.narrowed for one in found),
                )
            )
    return Export(tuple(rows))


def digest(value: object) -> str:
    """Return the SHA-256 of a value's JSON, in hexadecimal."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()


def _by_question(judged: Iterable[Feedback]) -> Mapping[Turns, list[Feedback]]:
    """Return what was judged by its question, the turns before it included; small talk is no question."""
    found: dict[Turns, list[Feedback]] = {}
    for one in judged:
        if reply(one.question) is None:
            turns = (*(turn for turn in one.turns if turn.strip()), one.question)
            found.setdefault(turns, []).append(one)
    return found


def _stands(pair: Gold, texts: Mapping[str, str] | None) -> bool:
    article_id, quote = pair
    return texts is None or quote in texts.get(article_id, "")


def _row(turns: Turns, **rest: object) -> dict[str, Any]:
    """Return a row whose id is the question's own: it stays the same from one export to the next."""
    return {
        "id": f"feedback-{digest(turns)[:12]}",
        "kind": KIND,
        "split": "",
        "turns": list(turns),
        **rest,
    }


def _pairs(gold: Iterable[Gold]) -> list[dict[str, str]]:
    return [{"article": article_id, "quote": quote} for article_id, quote in gold]
