"""The tokenizer and the graph of a retriever's folder."""

from pathlib import Path

from tokenizers import Tokenizer

from partyqa.models.bundle import TOKENIZER
from partyqa.models.openvino import Graph, Settings
from partyqa.models.retriever_bundle import GRAPH, Manifest, unreadable

OUTPUT = "vector"


def load_tokenizer(folder: Path, manifest: Manifest) -> Tokenizer:
    """Return the tokenizer, which neither cuts nor pads; EncoderError where it is not the manifest's."""
    try:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except Exception as error:  # the library raises no class of its own
        raise unreadable(folder, TOKENIZER) from error
    if tokenizer.get_vocab_size() != manifest.pieces:
        raise unreadable(folder, TOKENIZER)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def load_graph(folder: Path, manifest: Manifest, settings: Settings) -> Graph:
    """Return the compiled graph; EncoderError where it is none, or gives vectors of another length."""
    try:
        return Graph(folder / GRAPH, manifest.pad, {OUTPUT: (None, manifest.dimension)}, settings)
    except ValueError as error:
        raise unreadable(folder, GRAPH) from error


def cut(ids: list[int], most: int) -> list[int]:
    """Return the ids of at most `most` tokens, the end of the text left out and its last mark kept."""
    return ids if len(ids) <= most else [*ids[: most - 1], ids[-1]]
