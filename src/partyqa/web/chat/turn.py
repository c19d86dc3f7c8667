"""What a page shows of one question: its answer, and what became of it since."""

from dataclasses import dataclass

from partyqa.text.normalise import normalise
from partyqa.types import Answer, Citation


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """One question of a conversation with its answer; `number` counts from 1 and is part of the ids in the page.

    `changed` are the markers whose article has changed since; `verdict` is that of its person, or "";
    `kept` is its place, from 1 on, in the conversation that the history has, 0 where it has none;
    `narrowed`: filters were set.
    """

    number: int
    answer: Answer
    changed: frozenset[int] = frozenset()
    verdict: str = ""
    kept: int = 0
    narrowed: bool = False

    @property
    def rewritten(self) -> bool:
        """True when the question was understood otherwise than it was typed."""
        return self.answer.standalone_question != " ".join(normalise(self.answer.question).split())

    @property
    def shown(self) -> tuple[Citation, ...]:
        """The sentences that this turn shows: its citations, or for a refusal the related ones."""
        return self.answer.citations or self.answer.related

    @property
    def sources(self) -> tuple[Citation, ...]:
        """Those of them that still stand in their articles."""
        return tuple(citation for citation in self.shown if citation.marker not in self.changed)
