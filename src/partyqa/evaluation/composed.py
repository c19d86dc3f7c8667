"""What a dataset is put to, and PartyQA as users run it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from partyqa.engine import PartyQA
from partyqa.retrieval import Within
from partyqa.types import Answer, Hit, Passage


class System(Protocol):
    """What a dataset is put to."""

    @property
    def passages(self) -> Sequence[Passage]:
        """Everything that can be found."""
        ...

    def ask(self, question: str, turns: Sequence[str], scope: str) -> Answer:
        """Answer; `turns` came before, and `scope` names the one article to look in, "" for all."""
        ...

    def search(self, question: str, k: int) -> list[Hit]:
        """Return the `k` best passages, best first."""
        ...


class Composed:
    """PartyQA as users run it, perhaps with another retriever."""

    def __init__(self, engine: PartyQA) -> None:
        self._engine = engine

    @property
    def passages(self) -> Sequence[Passage]:
        """The passages of the index."""
        return self._engine.index.passages

    def ask(self, question: str, turns: Sequence[str], scope: str) -> Answer:
        """Ask the engine, or one like it that knows only the article `scope`."""
        engine = self._engine
        if scope:
            inside = np.array([passage.article.id == scope for passage in self.passages])
            engine = engine.over(Within(engine.retriever, inside))
        return engine.ask(question, turns)

    def search(self, question: str, k: int) -> list[Hit]:
        """Search with the engine."""
        return self._engine.search(question, k)
