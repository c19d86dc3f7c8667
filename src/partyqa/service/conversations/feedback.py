"""What people say of answers: right, wrong, incomplete, and a word on it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from partyqa.errors import QuestionError
from partyqa.service.conversations.feedback_dataset import Export, digest, finished, unfinished
from partyqa.service.conversations.stored_answers import gold_of, question_of
from partyqa.service.db.database import Database
from partyqa.service.db.tables import Feedback, now
from partyqa.text.normalise import normalise
from partyqa.types import Article, Verdict

MAX_WORD = 2000  # characters


class FeedbackStore:
    """The verdicts in a database; a person sees only their own, an export says of none whose it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(
        self,
        person_id: str,
        answer_json: dict[str, Any],
        turns: Sequence[str],
        verdict: str,
        word: str = "",
        *,
        narrowed: bool = False,
        at: datetime | None = None,
    ) -> Feedback:
        """Keep the verdict of a person on an answer, in place of an earlier one on the same answer.

        `answer_json` is what `PartyQA.to_json` gave; `turns` are the messages before its question, as in
        `PartyQA.ask`; `narrowed`: filters were set, the answer is of a part of the articles. Raises
        QuestionError for an answer or a verdict that is none, and for a word longer than MAX_WORD.
        """
        earlier, question, key = _identity(answer_json, turns)
        known, word = _verdict(verdict), normalise(word).strip()
        if len(word) > MAX_WORD:
            raise _too_long()
        given = Feedback(
            person_id=person_id,
            key=key,
            verdict=known.value,
            word=word,
            question=question,
            turns=earlier,
            answer=answer_json,
            narrowed=narrowed,
            given=at or now(),
        )
        try:
            self._keep(given)
        except IntegrityError:  # PostgreSQL: of two clicks at once the other was first
            self._keep(given)
        return given

    def _keep(self, given: Feedback) -> None:
        with self._database.session() as session:
            session.execute(
                delete(Feedback).where(Feedback.person_id == given.person_id, Feedback.key == given.key)
            )
            session.add(given)

    def given(self, person_id: str, answer_json: Mapping[str, Any], turns: Sequence[str]) -> Feedback | None:
        """Return the verdict of the person on that answer, None where there is none."""
        _, _, key = _identity(answer_json, turns)
        with self._database.reading() as session:
            return session.scalar(
                select(Feedback).where(Feedback.person_id == person_id, Feedback.key == key)
            )

    def export(self, verdict: Verdict = Verdict.RIGHT, articles: Iterable[Article] | None = None) -> Export:
        """Return a row for each question with an answer of that verdict, oldest first.

        RIGHT: rows that `evaluate` reads as they are (`judged.finished`), their quotes looked up in `articles`
        where those are given. WRONG, INCOMPLETE: rows for a person to finish (`judged.unfinished`).
        """
        with self._database.reading() as session:
            judged = list(session.scalars(select(Feedback).order_by(Feedback.given, Feedback.id)))
        return finished(judged, articles) if verdict is Verdict.RIGHT else unfinished(judged, verdict)


def _identity(answer_json: Mapping[str, Any], turns: Sequence[str]) -> tuple[list[str], str, str]:
    """Return the earlier turns, the question, and what distinguishes this answer from others; raises QuestionError."""
    earlier = [normalise(turn) for turn in turns]
    try:
        json.dumps(answer_json, allow_nan=False)
        question, gold = question_of(answer_json), gold_of(answer_json)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _no_answer() from error
    if not question.strip():
        raise _no_answer()
    return earlier, question, digest([earlier, question, gold])


def _verdict(word: str) -> Verdict:
    try:
        return Verdict(word)
    except ValueError:
        raise QuestionError("conversations.no_verdict", verdicts=", ".join(Verdict)) from None


def _no_answer() -> QuestionError:
    return QuestionError("conversations.no_answer")


def _too_long() -> QuestionError:
    return QuestionError("conversations.comment_too_long", most=MAX_WORD)
