"""The models as ONNX graphs, written node by node: what is computed hangs on no exporter's version."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from transformers import BertConfig

from training.network import PAD

OPSET = 20  # the first with Gelu
IR_VERSION = 10

Floats = NDArray[np.float32]


def reader_graph(tensors: Mapping[str, Floats], config: BertConfig, *, int8: bool) -> onnx.ModelProto:
    """Return `ids` (n, tokens) int64 -> `span` (n, 2, tokens), `says` (n, 2) float32, as network.Reader.forward.

    `tensors` are the reader's by the names of its state. With `int8`, each row of the word embeddings and each
    output of a matrix is 8-bit with a float scale of its own; sums, norms and heads stay as they are.
    """
    graph = _Graph(tensors, int8=int8)
    x = _trunk(graph, config)
    graph.add("Transpose", graph.linear(x, ["span"], heads=True), perm=[0, 2, 1], result="span")
    first = graph.add("Gather", x, graph.integers([0], scalar=True), axis=1)
    graph.linear(first, ["says"], heads=True, result="says")
    return _model(graph, "reader", {"span": ["n", 2, "tokens"], "says": ["n", 2]})


def retriever_graph(tensors: Mapping[str, Floats], config: BertConfig, *, int8: bool) -> onnx.ModelProto:
    """Return `ids` (n, tokens) int64 -> `vector` (n, hidden) float32: the mean of what is no padding, of unit length.

    `tensors` are the encoder's by the names of BertModel after `trunk.`; `int8` as for the reader.
    """
    graph = _Graph(tensors, int8=int8)
    x = _trunk(graph, config)
    real = graph.add("Not", graph.add("Equal", "ids", graph.integers([PAD], scalar=True)))
    real = graph.add("Unsqueeze", graph.add("Cast", real, to=TensorProto.FLOAT), graph.integers([2]))
    kept = graph.add("ReduceSum", graph.add("Mul", x, real), graph.integers([1]), keepdims=0)
    mean = graph.add("Div", kept, graph.add("ReduceSum", real, graph.integers([1]), keepdims=0))
    length = graph.add("ReduceL2", mean, graph.integers([1]), keepdims=1)
    graph.add("Div", mean, length, result="vector")
    return _model(graph, "retriever", {"vector": ["n", config.hidden_size]})


def eight_bit(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Return (rows, columns) int8 and (rows,) scales, the largest weight of each row at 127."""
    scales = np.maximum(np.abs(matrix).max(axis=1), np.float32(1e-12)) / np.float32(127)
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales.astype(np.float32)


class _Graph:
    """Collects nodes and constants; each method returns the name of what it computes."""

    def __init__(self, tensors: Mapping[str, Floats], *, int8: bool) -> None:
        self.tensors = tensors
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._int8 = int8

    def add(self, kind: str, *inputs: str, result: str | None = None, **settings: Any) -> str:
        """Add a node whose output is called `result`."""
        name = result or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=f"make_{name}", **settings))
        return name

    def constant(self, name: str, array: NDArray[np.generic]) -> str:
        """Add an array under its name."""
        self.constants.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def integers(self, numbers: list[int], *, scalar: bool = False) -> str:
        """Add int64 numbers, as an array or as a number without a dimension."""
        array = np.array(numbers[0] if scalar else numbers, dtype=np.int64)
        return self.constant(f"integers_{len(self.constants)}", array)

    def linear(self, x: str, parts: list[str], *, heads: bool = False, result: str | None = None) -> str:
        """Apply the linear layers `parts` to the same input, their outputs side by side."""
        weight = np.concatenate([self.tensors[f"{part}.weight"] for part in parts])
        bias = np.concatenate([self.tensors[f"{part}.bias"] for part in parts])
        return self.product(x, parts[0], weight, bias, rounded=not heads, result=result)

    def product(
        self, x: str, name: str, weight: Floats, bias: Floats, *, rounded: bool, result: str | None = None
    ) -> str:
        """Return x @ weight.T + bias, the weight in 8 bits where `rounded` and the graph says so."""
        if rounded and self._int8:
            small, scales = eight_bit(weight)
            stored = self.constant(f"{name}.weight", small.T)
            matrix = self.add("DequantizeLinear", stored, self.constant(f"{name}.scale", scales), axis=1)
        else:
            matrix = self.constant(f"{name}.weight", weight.T)
        return self.add(
            "Add", self.add("MatMul", x, matrix), self.constant(f"{name}.bias", bias), result=result
        )

    def norm(self, x: str, name: str, epsilon: float) -> str:
        """Apply a layer norm."""
        weight = self.constant(f"{name}.weight", self.tensors[f"{name}.weight"])
        bias = self.constant(f"{name}.bias", self.tensors[f"{name}.bias"])
        return self.add("LayerNormalization", x, weight, bias, axis=-1, epsilon=epsilon)

    def words(self) -> str:
        """Return the (n, tokens, hidden) word embeddings of the ids."""
        name = "trunk.embeddings.word_embeddings.weight"
        if not self._int8:
            return self.add("Gather", self.constant(name, self.tensors[name]), "ids", axis=0)
        small, scales = eight_bit(self.tensors[name])
        rows = self.add("Gather", self.constant(name, small), "ids", axis=0)
        scale = self.add("Gather", self.constant(f"{name}.scale", scales[:, None]), "ids", axis=0)
        # Not DequantizeLinear: a runtime may apply that to the whole table first.
        return self.add("Mul", self.add("Cast", rows, to=TensorProto.FLOAT), scale)


def _model(graph: _Graph, name: str, outputs: Mapping[str, list[int | str]]) -> onnx.ModelProto:
    """Return the nodes from `ids` to `outputs`, by their shapes, as a checked model."""
    made = helper.make_graph(
        graph.nodes,
        name,
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", "tokens"])],
        [helper.make_tensor_value_info(one, TensorProto.FLOAT, shape) for one, shape in outputs.items()],
        graph.constants,
    )
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(made, opset_imports=[opset], ir_version=IR_VERSION, producer_name="partyqa")
    onnx.checker.check_model(model)
    return model


def _trunk(graph: _Graph, config: BertConfig) -> str:
    """Return the (n, tokens, hidden) last states of the encoder that both models are made on."""
    x = _embedded(graph, config)
    blocked = _blocked(graph)
    for number in range(config.num_hidden_layers):
        x = _layer(graph, f"trunk.encoder.layer.{number}", x, blocked, config)
    return x


def _embedded(graph: _Graph, config: BertConfig) -> str:
    places = graph.tensors["trunk.embeddings.position_embeddings.weight"]
    kind = graph.tensors["trunk.embeddings.token_type_embeddings.weight"][0]
    length = graph.add("Shape", "ids", start=1, end=2)
    table = graph.constant("trunk.embeddings.places", places + kind)
    place = graph.add("Slice", table, graph.integers([0]), length, graph.integers([0]))
    return graph.norm(
        graph.add("Add", graph.words(), place), "trunk.embeddings.LayerNorm", config.layer_norm_eps
    )


def _blocked(graph: _Graph) -> str:
    """Return (n, 1, 1, tokens): what is added to a score, so that nobody attends to padding."""
    padding = graph.add("Equal", "ids", graph.integers([PAD], scalar=True))
    nothing = graph.constant("nothing", np.array(0, dtype=np.float32))
    far = graph.constant("far", np.array(-1e4, dtype=np.float32))
    return graph.add("Unsqueeze", graph.add("Where", padding, far, nothing), graph.integers([1, 2]))


def _layer(graph: _Graph, name: str, x: str, blocked: str, config: BertConfig) -> str:
    epsilon = config.layer_norm_eps
    attended = graph.linear(_attended(graph, name, x, blocked, config), [f"{name}.attention.output.dense"])
    x = graph.norm(graph.add("Add", x, attended), f"{name}.attention.output.LayerNorm", epsilon)
    inner = graph.add("Gelu", graph.linear(x, [f"{name}.intermediate.dense"]))
    added = graph.add("Add", x, graph.linear(inner, [f"{name}.output.dense"]))
    return graph.norm(added, f"{name}.output.LayerNorm", epsilon)


def _attended(graph: _Graph, name: str, x: str, blocked: str, config: BertConfig) -> str:
    """Return (n, tokens, hidden); the 1/sqrt(d) of the scores is in the query's weights already."""
    heads = config.num_attention_heads
    size = config.hidden_size // heads
    query, key, value = (
        graph.add("Reshape", part, graph.integers([0, 0, heads, size]))
        for part in _query_key_value(graph, f"{name}.attention.self", x, size)
    )
    query = graph.add("Transpose", query, perm=[0, 2, 1, 3])
    key = graph.add("Transpose", key, perm=[0, 2, 3, 1])
    value = graph.add("Transpose", value, perm=[0, 2, 1, 3])
    scores = graph.add("Add", graph.add("MatMul", query, key), blocked)
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    back = graph.add("Transpose", mixed, perm=[0, 2, 1, 3])
    return graph.add("Reshape", back, graph.integers([0, 0, heads * size]))


def _query_key_value(graph: _Graph, name: str, x: str, size: int) -> list[str]:
    scale = np.float32(size**-0.5)
    parts = []
    for part in ("query", "key", "value"):
        factor = scale if part == "query" else np.float32(1)
        weight, bias = graph.tensors[f"{name}.{part}.weight"], graph.tensors[f"{name}.{part}.bias"]
        parts.append(graph.product(x, f"{name}.{part}", weight * factor, bias * factor, rounded=True))
    return parts
