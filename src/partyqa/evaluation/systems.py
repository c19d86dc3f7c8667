"""The systems that are measured side by side: one embedding model, one set of articles."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np

from partyqa.engine import PartyQA
from partyqa.errors import DatasetError
from partyqa.evaluation.baseline import Recipe
from partyqa.index.index import Index
from partyqa.models.base import Encoder
from partyqa.models.loading import load_reader
from partyqa.retrieval import DENSE_WEIGHT, Dense, Fused, Lexical, Within
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


def _fused(weight: float) -> Callable[[Index, Encoder, Path], System]:
    """Return the maker of a system that gives meaning this weight, and else is the full one without its reader.

    One answerer serves all of them: their scores are on one scale.
    """

    def compose(index: Index, encoder: Encoder, cache: Path) -> System:
        retriever = Fused(Dense(index, encoder), Lexical(index), weight)
        return Composed(PartyQA.compose(index, encoder, reader=None).over(retriever))

    return compose


# A new system is one line here: its name, and how it is made of an index, its encoder and a cache folder.
SYSTEMS: Mapping[str, Callable[[Index, Encoder, Path], System]] = MappingProxyType(
    {
        "recipe": Recipe,
        "lexical": _fused(0.0),
        "dense": _fused(1.0),
        "fused": _fused(DENSE_WEIGHT),
        "full": lambda index, encoder, cache: Composed(PartyQA.compose(index, encoder, load_reader())),
    }
)


def system_names(asked: Sequence[str]) -> tuple[str, ...]:
    """Return the names asked for, each once and in the order of SYSTEMS, "all" being all of them.

    Raises DatasetError for a name that is none.
    """
    for name in asked:
        if name != "all" and name not in SYSTEMS:
            known = ", ".join([*SYSTEMS, "all"])
            raise DatasetError("evaluation.no_system", name=name, known=known)
    return tuple(name for name in SYSTEMS if name in asked or "all" in asked)
