"""Vietnamese question answering over articles, with quotes that cannot differ from their source.

>>> from pathlib import Path
>>> from partyqa import PartyQA, build_index
>>> report = build_index(Path("corpus"), Path("index"))
>>> engine = PartyQA.open(Path("index"))
>>> answer = engine.ask("Năm 2016 Mường Ảng kết nạp bao nhiêu đảng viên?")
>>> [citation.sentence.article.id for citation in answer.citations]
['muong-ang-2017']
>>> engine.ask("Giá vàng hôm nay bao nhiêu?").answered
False
"""

from typing import TYPE_CHECKING, Any

from partyqa.version import __version__

if TYPE_CHECKING:
    from partyqa.engine import PartyQA, build_index
    from partyqa.types import Answer

__all__ = ["Answer", "PartyQA", "__version__", "build_index"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `partyqa --help` loads no model."""
    if name in ("PartyQA", "build_index"):
        from partyqa import engine

        return getattr(engine, name)
    if name == "Answer":
        from partyqa.types import Answer

        return Answer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
