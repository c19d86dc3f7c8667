"""Which reading model: one in a folder, a cross-encoder, the shipped one where there is one, or none."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from partyqa.errors import ReaderError
from partyqa.models.base import Reading
from partyqa.models.reader_bundle import MANIFEST, SHIPPED

NO_READER = "none"


class ReadingModel(Protocol):
    """What reads windows of text under a question; safe to use from several threads."""

    def read(self, question: str, windows: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return the reading of each (context, text), in order."""
        ...


def load_reader(name: str | None = None) -> ReadingModel | None:
    """Return the reading model in the folder `name`; None for "none", and for None where none is shipped.

    A folder of `training.export` gives a SpanReader, one of sentence-transformers a CrossReader. Raises
    ReaderError where it is neither, or damaged.
    """
    if name == NO_READER or (name is None and not SHIPPED.is_dir()):
        return None
    if name is None:
        return _shipped()
    folder = Path(name)
    if (folder / MANIFEST).is_file():
        from partyqa.models.span_reader import SpanReader

        return SpanReader.open(folder)
    if (folder / "config.json").is_file():
        from partyqa.models.cross_encoder import CrossReader

        return CrossReader(folder)
    raise ReaderError(
        vi=f"Không có mô hình đọc nào trong {folder}; hãy đưa thư mục của một mô hình đọc hay một CrossEncoder "
        f"của sentence-transformers, hoặc bỏ --reader.",
        en=f"There is no reading model in {folder}; give the folder of one, or of a CrossEncoder of "
        f"sentence-transformers, or leave --reader out.",
    )


@cache
def _shipped() -> ReadingModel:
    """Return the shipped model, loaded once: engines share it, also while a new index takes the old one's place."""
    from partyqa.models.span_reader import SpanReader

    return SpanReader.open(SHIPPED)
