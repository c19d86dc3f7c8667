"""The systems that are measured side by side: one embedding model, one set of articles.

A new one is an entry of SYSTEMS. It is read for `partyqa --help`: what a system needs is imported when it is made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from partyqa.errors import DatasetError
from partyqa.evaluation.metrics.base import Words

if TYPE_CHECKING:
    from partyqa.evaluation.composed import System
    from partyqa.index.index import Index
    from partyqa.models.base import Encoder


@dataclass(frozen=True, slots=True)
class SystemKind:
    """A system's name, what it is, and how it is made of an index, its encoder and a cache folder."""

    name: str
    meaning: Words
    make: Callable[["Index", "Encoder", Path], "System"]


def _recipe(index: "Index", encoder: "Encoder", cache: Path) -> "System":
    from partyqa.evaluation.baseline import Recipe

    return Recipe(index, encoder, cache)


def _full(index: "Index", encoder: "Encoder", cache: Path) -> "System":
    from partyqa.engine import PartyQA
    from partyqa.evaluation.composed import Composed
    from partyqa.models.loading import load_reader

    return Composed(PartyQA.compose(index, encoder, load_reader()))


def _fused(weight: float | None = None) -> Callable[["Index", "Encoder", Path], "System"]:
    """Return the maker of a system that gives meaning this weight, and else is the full one without its reader.

    One answerer serves all of them: their scores are on one scale.
    """

    def make(index: "Index", encoder: "Encoder", cache: Path) -> "System":
        from partyqa.engine import PartyQA
        from partyqa.evaluation.composed import Composed
        from partyqa.retrieval import DENSE_WEIGHT, Dense, Fused, Lexical

        retriever = Fused(Dense(index, encoder), Lexical(index), DENSE_WEIGHT if weight is None else weight)
        return Composed(PartyQA.compose(index, encoder, reader=None).over(retriever))

    return make


_SYSTEMS = (
    SystemKind("recipe", Words("công thức thường gặp", "the recipe of the tutorials"), _recipe),
    SystemKind("lexical", Words("tìm theo từ", "search by words"), _fused(0.0)),
    SystemKind("dense", Words("tìm theo nghĩa", "search by meaning"), _fused(1.0)),
    SystemKind("fused", Words("cả hai", "both"), _fused()),
    SystemKind("full", Words("như khi dùng, có mô hình đọc", "as in use, with the reading model"), _full),
)
SYSTEMS: Mapping[str, SystemKind] = MappingProxyType({kind.name: kind for kind in _SYSTEMS})


def system_names(asked: Sequence[str]) -> tuple[str, ...]:
    """Return the names asked for, each once and in the order of SYSTEMS, "all" being all of them.

    Raises DatasetError for a name that is none.
    """
    for name in asked:
        if name != "all" and name not in SYSTEMS:
            known = ", ".join([*SYSTEMS, "all"])
            raise DatasetError("evaluation.no_system", name=name, known=known)
    return tuple(name for name in SYSTEMS if name in asked or "all" in asked)
