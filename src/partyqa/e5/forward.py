"""The forward pass of multilingual-e5-small in NumPy, for the short text that a question is.

Importing sentence_transformers takes longer than all else that answers a question; 20 tokens of a question
need none of it. Passages go through sentence-transformers; a test holds both to the same vectors.
"""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from partyqa.e5.weights import Weights

Array = NDArray[np.float32]

_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: Array
    bias: Array


@dataclass(frozen=True, slots=True)
class _Linear:
    """`weight` is (inputs, outputs)."""

    weight: Array
    bias: Array

    def __call__(self, x: Array) -> Array:
        return x @ self.weight + self.bias


@dataclass(frozen=True, slots=True)
class _Layer:
    query_key_value: _Linear
    attention_output: _Linear
    attention_norm: _Norm
    inner: _Linear
    output: _Linear
    output_norm: _Norm


class E5Forward:
    """Token ids in, unit vector out; exact float32 on the dequantised weights."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._shape = weights.shape
        self._threads = ThreadpoolController()
        hidden = self._shape.hidden
        self._positions = weights.vector("emb.pos").reshape(-1, hidden)
        self._token_type = weights.vector("emb.type").reshape(-1, hidden)[0]
        self._norm = _norm(weights, "emb.ln")
        self._layers = [_layer(weights, number) for number in range(self._shape.layers)]

    def embed(self, ids: list[int]) -> Array:
        """Return the mean of the last hidden states of one text, scaled to unit length: (hidden,) float32."""
        # Products this small gain a third from a second thread on an idle machine; on a busy one they wait
        # for it ten times as long as they take. The limit holds for the whole process and is put back at the
        # end: one text at a time, or another's end would change the order of this one's sums.
        with _ONE_AT_A_TIME, self._threads.limit(limits=1, user_api="blas"):
            return self._embed(np.asarray(ids, dtype=np.int64))

    def _embed(self, ids: NDArray[np.int64]) -> Array:
        words = self._weights.rows("emb.word", self._shape.hidden, ids)
        x = self._normalise(words + self._positions[: len(ids)] + self._token_type, self._norm)
        for layer in self._layers:
            x = self._normalise(
                x + layer.attention_output(self._attend(layer.query_key_value(x))), layer.attention_norm
            )
            x = self._normalise(x + layer.output(_gelu(layer.inner(x))), layer.output_norm)
        mean = x.mean(axis=0)
        unit: Array = mean / np.linalg.norm(mean)
        return unit

    def _attend(self, query_key_value: Array) -> Array:
        """Return (n, hidden) from (n, 3 * hidden): scaled dot-product attention of every head."""
        count, heads = len(query_key_value), self._shape.heads
        split = query_key_value.reshape(count, 3, heads, -1).transpose(1, 2, 0, 3)
        query, key, value = split
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(query.shape[-1]))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        attended: Array = (scores @ value).transpose(1, 0, 2).reshape(count, -1)
        return attended

    def _normalise(self, x: Array, norm: _Norm) -> Array:
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = np.mean(centred * centred, axis=-1, keepdims=True)
        scaled: Array = (
            centred / np.sqrt(variance + np.float32(self._shape.epsilon)) * norm.weight + norm.bias
        )
        return scaled


def _gelu(x: Array) -> Array:
    """Return x * Phi(x), with erf of error below 1.5e-7. Source: Abramowitz and Stegun, 7.1.26."""
    z = np.abs(x) * np.float32(np.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * z)
    polynomial = np.full_like(t, 1.061405429)
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        polynomial = polynomial * t + np.float32(coefficient)
    half_tail = x * polynomial * t * np.exp(-z * z) / 2
    gelu: Array = np.where(x < 0, half_tail, x - half_tail)
    return gelu


def _norm(weights: Weights, name: str) -> _Norm:
    return _Norm(weights.vector(f"{name}.w"), weights.vector(f"{name}.b"))


def _linear(weights: Weights, names: list[str], inputs: int) -> _Linear:
    """Return several linear maps of the same input as one, their outputs side by side."""
    matrix = np.concatenate([weights.matrix(f"{name}.w", inputs) for name in names])
    return _Linear(
        np.ascontiguousarray(matrix.T), np.concatenate([weights.vector(f"{name}.b") for name in names])
    )


def _layer(weights: Weights, number: int) -> _Layer:
    shape, prefix = weights.shape, f"l{number}"
    return _Layer(
        _linear(weights, [f"{prefix}.{part}" for part in ("q", "k", "v")], shape.hidden),
        _linear(weights, [f"{prefix}.ao"], shape.hidden),
        _norm(weights, f"{prefix}.aln"),
        _linear(weights, [f"{prefix}.fi"], shape.hidden),
        _linear(weights, [f"{prefix}.fo"], shape.inner),
        _norm(weights, f"{prefix}.oln"),
    )
