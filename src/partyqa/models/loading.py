"""A name or a folder to an encoder or a reader: the bundled ones, or any of sentence-transformers."""

from functools import cache
from pathlib import Path

from partyqa.errors import EncoderError, ReaderError
from partyqa.models.base import Encoder, ReadingModel
from partyqa.models.bundle import ENCODER_MANIFEST, READER_MANIFEST, SHIPPED_READER
from partyqa.models.bundled_encoder import NAME, RetrieverEncoder
from partyqa.models.local_encoder import LocalEncoder

NO_READER = "none"

# The bundled model of partyqa before it had its own; indexes made with it still name it.
_FORMER = "multilingual-e5-small"


def load_encoder(name: str | None = None) -> Encoder:
    """Return the encoder of that name or path, the bundled one for None or its name.

    A path may be a folder of `training.export` or of sentence-transformers. Cheap: models are loaded,
    and torch imported, at the first use. Raises EncoderError where there is no such model, or one that cannot or
    may not be read.
    """
    if name is None or name == NAME:
        return _shipped_encoder()
    if name == _FORMER:
        raise EncoderError("models.former_encoder", former=_FORMER, name=NAME)
    folder = _retriever_folder(name)
    return LocalEncoder(name) if folder is None else RetrieverEncoder(folder, name)


@cache
def _shipped_encoder() -> RetrieverEncoder:
    """Return the bundled encoder, loaded once: engines share it, also while a new index takes the old one's place."""
    return RetrieverEncoder()


def _retriever_folder(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser()
        return folder if (folder / ENCODER_MANIFEST).is_file() else None
    except (OSError, RuntimeError, ValueError):  # too long for a path, an unknown user's home, a zero in it
        return None


def load_reader(name: str | None = None) -> ReadingModel | None:
    """Return the reading model in the folder `name`; None for "none", and for None where none is shipped.

    A folder of `training.export` gives a SpanReader, one of sentence-transformers a CrossReader. Raises
    ReaderError where it is neither, or damaged.
    """
    if name == NO_READER or (name is None and not SHIPPED_READER.is_dir()):
        return None
    if name is None:
        return _shipped_reader()
    folder = Path(name)
    if (folder / READER_MANIFEST).is_file():
        from partyqa.models.span_reader import SpanReader

        return SpanReader.open(folder)
    if (folder / "config.json").is_file():
        from partyqa.models.cross_encoder import CrossReader

        return CrossReader(folder)
    raise ReaderError("models.no_reader", folder=folder)


@cache
def _shipped_reader() -> ReadingModel:
    """Return the shipped model, loaded once: engines share it, also while a new index takes the old one's place."""
    from partyqa.models.span_reader import SpanReader

    return SpanReader.open(SHIPPED_READER)
