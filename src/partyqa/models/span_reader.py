"""`SpanReader`: reads windows of text under a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from partyqa.models.base import Reading, Window
from partyqa.models.bundle import (
    READER,
    READER_GRAPH,
    SHIPPED_READER,
    TOKENIZER,
    ReaderManifest,
    read_reader_manifest,
    unreadable,
)
from partyqa.models.openvino import Graph, Precision, Tensor, for_many

Integers = NDArray[np.int32]

LONGEST_ANSWER = 60  # tokens
MOST_CONTEXT = 96  # tokens; of a longer context the end is not read
_REMEMBERED = 4096  # texts whose tokens are kept, about 3 kB each
_NOTHING = Reading(-10.0, -10.0, 0, 0, -20.0, -20.0)  # of a sentence without a word


@dataclass(frozen=True, slots=True)
class _Tokens:
    """A text as ids (t,) and the code points of each token (t, 2)."""

    ids: Integers
    offsets: Integers


@dataclass(frozen=True, slots=True)
class _Row:
    """What the graph reads: which window it is of, its ids, where the text's tokens begin, their offsets."""

    window: int
    ids: Integers
    first: int
    offsets: Integers


class ReaderGraph:
    """A reader's graph, compiled; safe to use from several threads.

    In bfloat16 where the processor has it and nothing else is requested. Raises ReaderError for a file that
    is no such graph.
    """

    def __init__(self, folder: Path, pad: int, precision: Precision | None = None) -> None:
        outputs = {"span": (None, 2, None), "says": (None, 2)}
        try:
            self._graph = Graph(folder / READER_GRAPH, pad, outputs, for_many(precision))
        except ValueError as error:
            raise unreadable(folder, READER_GRAPH, READER) from error

    def logits(self, rows: Sequence[NDArray[np.int32]]) -> list[tuple[Tensor, Tensor]]:
        """Return for the ids of each row, in order: (2, tokens) of the span, (2,) of what it says."""
        return [
            (span[:, : len(row)], says) for row, (span, says) in zip(rows, self._graph.run(rows), strict=True)
        ]


class SpanReader:
    """A reader from a folder that training.export wrote; safe to use from several threads."""

    def __init__(self, manifest: ReaderManifest, tokenizer: Tokenizer, graph: ReaderGraph) -> None:
        self._manifest = manifest
        self._tokenizer = tokenizer
        self._graph = graph
        self._tokens = lru_cache(_REMEMBERED)(self._tokenised)

    @classmethod
    def open(cls, folder: Path | None = None, precision: Precision | None = None) -> "SpanReader":
        """Load the reader of a folder, the shipped one for None, in the fastest precision if none is given.

        Raises ReaderError where a file is missing or damaged, or is of another format.
        """
        folder = folder or SHIPPED_READER
        manifest = read_reader_manifest(folder)
        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # the library raises no class of its own
            raise unreadable(folder, TOKENIZER, READER) from error
        if tokenizer.get_vocab_size() != manifest.pieces:
            raise unreadable(folder, TOKENIZER, READER)
        return cls(manifest, tokenizer, ReaderGraph(folder, manifest.pad, precision))

    @property
    def fingerprint(self) -> str:
        """A sha256 that changes whenever a reading could: that of the manifest, which holds those of the files."""
        return self._manifest.sha256

    def read(self, question: str, windows: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return the reading of each (context, text), in order.

        A text longer than the model takes is read in parts that overlap by the longest answer, and the part
        that answers best speaks for it. Of a question the first `max_question` tokens are read. Raises ValueError
        for a text without a word.
        """
        whole = [(context, text, [(0, len(text))]) for context, text in windows]
        return [found[0] for found in self.read_sentences(question, whole)]

    def read_sentences(self, question: str, windows: Sequence[Window]) -> list[list[Reading]]:
        """Return for each (context, text, sentences) the readings of its sentences; long texts as in `read`.

        Of the parts that hold a sentence whole, else of all, the one that answers best speaks for it.
        """
        rows = [
            row
            for number in range(len(windows))
            for row in self._rows(number, question, *windows[number][:2])
        ]
        best: list[list[tuple[bool, float, Reading] | None]] = [[None] * len(one[2]) for one in windows]
        for row, (span, says) in zip(rows, self._graph.logits([row.ids for row in rows]), strict=True):
            text, sentences = windows[row.window][1:]
            whole, found = self._tokens(text).offsets, best[row.window]
            for number, sentence in enumerate(sentences):
                tokens, every = tokens_of(row.offsets, sentence), tokens_of(whole, sentence)
                held = tokens.stop - tokens.start
                rank = held == every.stop - every.start, float(says[0])
                other = found[number]
                if held and (other is None or rank > other[:2]):
                    found[number] = *rank, _reading(row, span, says, tokens, sentence[0])
        return [[one[2] if one else _NOTHING for one in found] for found in best]

    def _rows(self, number: int, question: str, context: str, text: str) -> list[_Row]:
        """Return `<s> question </s> </s> context part </s>` for each part of the text."""
        tokens = self._tokens(text)
        if not len(tokens.ids):
            raise ValueError(f"window {number} holds no word: {text[:60]!r}")
        eos = self._manifest.eos
        asked = self._tokens(question).ids[: self._manifest.max_question]
        before = self._tokens(context).ids[:MOST_CONTEXT]
        head = np.concatenate([[self._manifest.bos], asked, [eos, eos], before]).astype(np.int32)
        tail = np.array([eos], dtype=np.int32)
        room = self._manifest.max_tokens - len(head) - len(tail)
        return [
            _Row(number, np.concatenate([head, tokens.ids[part], tail]), len(head), tokens.offsets[part])
            for part in parts(len(tokens.ids), room)
        ]

    def _tokenised(self, text: str) -> _Tokens:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        ids = np.array(encoding.ids, dtype=np.int32)
        return _Tokens(ids, np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2))


def parts(count: int, room: int) -> list[slice]:
    """Return slices of at most `room` tokens that cover `count`, each overlapping the next by LONGEST_ANSWER."""
    made = [slice(0, min(room, count))]
    while made[-1].stop < count:
        start = made[-1].stop - LONGEST_ANSWER
        made.append(slice(start, min(start + room, count)))
    return made


def span_scores(starts: Tensor, ends: Tensor) -> Tensor:
    """Return (t, LONGEST_ANSWER) scores: of the span from each token over so many more, -inf beyond the end."""
    after = np.full(LONGEST_ANSWER - 1, -np.inf, dtype=np.float32)
    reach = np.lib.stride_tricks.sliding_window_view(np.concatenate([ends, after]), LONGEST_ANSWER)
    scores: Tensor = starts[:, None] + reach
    return scores


def best_span(scores: Tensor) -> tuple[int, int, float]:
    """Return the first and last token of the best span by `span_scores`, and its score."""
    first, length = np.unravel_index(int(scores.argmax()), scores.shape)
    return int(first), int(first + length), float(scores[first, length])


def tokens_of(offsets: Integers, sentence: tuple[int, int]) -> slice:
    """Return which tokens, by their (t, 2) offsets in order, lie in the code points `sentence`."""
    first = int(np.searchsorted(offsets[:, 1], sentence[0], side="right"))
    return slice(first, max(first, int(np.searchsorted(offsets[:, 0], sentence[1], side="left"))))


def _reading(row: _Row, span: Tensor, says: Tensor, tokens: slice, begin: int) -> Reading:
    """The reading of the sentence that is made of these tokens of the row's text and begins at `begin`."""
    inside = slice(row.first + tokens.start, row.first + tokens.stop)
    scores = span_scores(span[0, inside], span[1, inside])
    first, last, best = best_span(scores)
    nothing = float(span[0, 0] + span[1, 0])
    offsets = row.offsets[tokens]
    return Reading(
        answers=float(says[0]),
        relevant=float(says[1]),
        start=max(int(offsets[first, 0]) - begin, 0),
        end=int(offsets[last, 1]) - begin,
        margin=best - nothing,
        mass=best + float(np.log(np.exp(scores - best).sum())) - nothing,
    )
