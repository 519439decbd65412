"""The encoder of all-MiniLM-L6-v2 as ONNX: its embeddings and its layers, in int8 or fp32.

The int8 graph quantises each token's row by itself while it runs. Quantising whole tensors at once,
as onnxruntime's own tool does, is no faster, loses more (cosine to fp32 of 0.994 on average against
0.997) and makes a text's vector depend on the texts that happen to share its batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import ModelProto

Precision = Literal["int8", "fp32"]
Tensor = NDArray[np.float32]
Tensors = dict[str, Tensor]

# The model's shape, as in its config.json; that it reads 256 tokens is its publisher's setting.
WIDTH = 384
HEADS = 12
LAYERS = 6
MAX_TOKENS = 256
EPSILON = 1e-12

#: Opset 18 has LayerNormalization and axes as inputs; older onnxruntimes read it too.
OPSET = 18
IR_VERSION = 8
#: The domain of onnxruntime's own operators.
FUSED = "com.microsoft"

#: Weights take seven bits, because CPUs without VNNI add pairs of products in 16 bits and clip them
#: silently: 2 * 255 * 63 fits, 2 * 255 * 127 does not. Eight bits would add 0.0015 of cosine.
WEIGHT_PEAK = 63
TABLE_PEAK = 127
#: GELU never falls below -0.17: a zero point of 32 leaves 223 of the 255 steps to what is above 0.
GELU_ZERO = 32
GELU_FLOOR = 0.16998

#: The inputs of every graph, int64 of shape (texts, tokens).
INPUTS = ("input_ids", "attention_mask")
#: A further input of graphs that tell a question's tokens (0) from those that it is asked over (1).
TYPES = "token_type_ids"


class Rows(NamedTuple):
    """One row per token, ready to be multiplied; quantised, with scales and a zero point."""

    values: str
    scale: str = ""
    zero: int = 0


class Graph:
    """Nodes and constants as they are added; this one computes in fp32 throughout.

    Values are of shape (texts * tokens, width), except where attention needs the texts apart.
    """

    def __init__(self) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._arrays = helper, numpy_helper
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def add(self, operator: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """The name of the output of a new node."""
        output = name or f"{operator}_{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(operator, inputs, [output], **attributes))
        return output

    def keep(self, name: str, array: NDArray[Any]) -> str:
        """The name of a constant; one that is there already stays."""
        if name not in self._constants:
            self._constants[name] = self._arrays.from_array(np.ascontiguousarray(array), name)
        return name

    def keep_number(self, value: float) -> str:
        return self.keep(f"number {value}", np.array(value, np.float32))

    def keep_indices(self, *values: int) -> str:
        return self.keep(f"indices {values}", np.array(values, np.int64))

    def look_up(self, ids: str, table: NDArray[np.float32]) -> str:
        """The rows of `table` that `ids` name."""
        return self.add("Gather", self.keep("words", table), ids)

    def prepare(self, rows: str) -> Rows:
        return Rows(rows)

    def prepare_gelu(self, rows: str) -> Rows:
        """The same for the output of a GELU, which is bounded below."""
        return Rows(rows)

    def multiply(self, rows: Rows, weight: NDArray[np.float32], name: str) -> str:
        """The product with `weight`, of shape (in, out)."""
        return self.add("MatMul", rows.values, self.keep(name, weight))

    def to_model(
        self, outputs: Mapping[str, tuple[str | int, ...]], inputs: Sequence[str] = INPUTS
    ) -> ModelProto:
        """The model, with the shapes of its outputs by their names."""
        from onnx import TensorProto

        info = self._helper.make_tensor_value_info
        taken = [info(name, TensorProto.INT64, ["texts", "tokens"]) for name in inputs]
        given = [info(name, TensorProto.FLOAT, list(shape)) for name, shape in outputs.items()]
        constants = list(self._constants.values())
        graph = self._helper.make_graph(self._nodes, "minilm", taken, given, constants)
        opsets = [self._helper.make_opsetid("", OPSET), self._helper.make_opsetid(FUSED, 1)]
        return self._helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


class Int8Graph(Graph):
    """Matrix products in int8: weights scaled per column, activations per row as they come."""

    def look_up(self, ids: str, table: NDArray[np.float32]) -> str:
        scale = _scale_to(TABLE_PEAK, table, axis=1)
        whole = self.keep("words", np.rint(table / scale).astype(np.int8))
        rows = self.add("Cast", self.add("Gather", whole, ids), to=1)  # 1: float32
        return self.add("Mul", rows, self.add("Gather", self.keep("words.scale", scale), ids))

    def prepare(self, rows: str) -> Rows:
        peak = self._find_peak(self.add("Abs", rows))
        scale = self.add("Mul", peak, self.keep_number(1 / 127))
        # A row of zeros must not be divided by zero.
        return self._quantize(rows, self.add("Max", scale, self.keep_number(1e-20)), 128)

    def prepare_gelu(self, rows: str) -> Rows:
        scale = self.add("Mul", self._find_peak(rows), self.keep_number(1 / (255 - GELU_ZERO)))
        least = self.keep_number(GELU_FLOOR / GELU_ZERO)
        return self._quantize(rows, self.add("Max", scale, least), GELU_ZERO)

    def multiply(self, rows: Rows, weight: NDArray[np.float32], name: str) -> str:
        scale = _scale_to(WEIGHT_PEAK, weight, axis=0)
        whole = self.keep(name, np.rint(weight / scale).astype(np.int8))
        zero = self.keep(f"zero {rows.zero}", np.array(rows.zero, np.uint8))
        columns = self.keep(f"{name}.scale", scale[0])
        # The operator takes one scale for all rows: it is told 1, and the rows' own scales follow.
        inputs = (rows.values, whole, self.keep_number(1), columns, zero)
        return self.add("Mul", self.add("MatMulIntegerToFloat", *inputs, domain=FUSED), rows.scale)

    def _find_peak(self, rows: str) -> str:
        return self.add("ReduceMax", rows, self.keep_indices(-1), keepdims=1)

    def _quantize(self, rows: str, scale: str, zero: int) -> Rows:
        flat = self.add("Reshape", scale, self.keep_indices(-1))
        value = self._arrays.from_array(np.array([zero], np.uint8))
        zeros = self.add("ConstantOfShape", self.add("Shape", flat), value=value)
        return Rows(self.add("QuantizeLinear", rows, flat, zeros, axis=0), scale, zero)


def _scale_to(peak: int, matrix: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """What to divide `matrix` by so that its largest magnitude along `axis` becomes `peak`."""
    largest: NDArray[np.float32] = np.abs(matrix).max(axis=axis, keepdims=True) / np.float32(peak)
    return np.maximum(largest, np.float32(1e-20))


def add_embeddings(graph: Graph, tensors: Tensors, *, typed: bool = False) -> str:
    """Word plus position plus type, normalised; every token is of type 0 unless `typed`."""
    ids = graph.add("Reshape", "input_ids", graph.keep_indices(-1))
    words = graph.look_up(ids, tensors["embeddings.word_embeddings.weight"])
    places = tensors["embeddings.position_embeddings.weight"][:MAX_TOKENS]
    types = tensors["embeddings.token_type_embeddings.weight"]
    if not typed:
        places = places + types[0]
    width = graph.add("Gather", graph.add("Shape", "input_ids"), graph.keep_indices(1))
    zero = graph.keep_indices(0)
    taken = graph.add("Slice", graph.keep("places", places), zero, width, zero)
    rows = flatten(graph, graph.add("Add", split_by_text(graph, words), taken))
    if typed:
        kinds = graph.add("Reshape", TYPES, graph.keep_indices(-1))
        rows = graph.add("Add", rows, graph.add("Gather", graph.keep("types", types), kinds))
    return _normalize(graph, tensors, "embeddings.LayerNorm", rows)


def add_layer(graph: Graph, tensors: Tensors, layer: str, rows: str) -> str:
    """One layer of BERT: attention, then two dense steps, each with a short cut around it."""
    heads = _add_attention(graph, tensors, f"{layer}attention.self.", rows)
    rows = _add_dense(graph, tensors, f"{layer}attention.output", graph.prepare(heads), rows)
    name = f"{layer}intermediate.dense"
    wide = graph.multiply(graph.prepare(rows), tensors[f"{name}.weight"].T, name)
    bias = graph.keep(f"{name}.bias", tensors[f"{name}.bias"])
    wide = graph.add("BiasGelu", wide, bias, domain=FUSED)
    return _add_dense(graph, tensors, f"{layer}output", graph.prepare_gelu(wide), rows)


def _add_attention(graph: Graph, tensors: Tensors, name: str, rows: str) -> str:
    shared, inputs, biases = graph.prepare(rows), [], []
    for part in ("query", "key", "value"):
        product = graph.multiply(shared, tensors[f"{name}{part}.weight"].T, name + part)
        inputs.append(split_by_text(graph, product))
        biases.append(tensors[f"{name}{part}.bias"])
    inputs.append(graph.keep(f"{name}bias", np.concatenate(biases)))
    mask = graph.add("Cast", "attention_mask", to=6)  # 6: int32
    heads = graph.add("MultiHeadAttention", *inputs, mask, domain=FUSED, num_heads=HEADS)
    return flatten(graph, heads)


def _add_dense(graph: Graph, tensors: Tensors, name: str, rows: Rows, short_cut: str) -> str:
    # SkipLayerNormalization would do all this in one operator, and more slowly.
    product = graph.multiply(rows, tensors[f"{name}.dense.weight"].T, f"{name}.dense")
    bias = graph.keep(f"{name}.dense.bias", tensors[f"{name}.dense.bias"])
    total = graph.add("Add", graph.add("Add", product, bias), short_cut)
    return _normalize(graph, tensors, f"{name}.LayerNorm", total)


def _normalize(graph: Graph, tensors: Tensors, name: str, rows: str) -> str:
    gain, bias = (
        graph.keep(f"{name}.{part}", tensors[f"{name}.{part}"]) for part in ("weight", "bias")
    )
    return graph.add("LayerNormalization", rows, gain, bias, epsilon=EPSILON, axis=-1)


def split_by_text(graph: Graph, rows: str) -> str:
    """Shape (texts * tokens, width) made (texts, tokens, width)."""
    shape = graph.add("Concat", graph.add("Shape", "input_ids"), graph.keep_indices(WIDTH), axis=0)
    return graph.add("Reshape", rows, shape)


def flatten(graph: Graph, rows: str) -> str:
    """Shape (texts, tokens, width) made (texts * tokens, width)."""
    return graph.add("Reshape", rows, graph.keep_indices(-1, WIDTH))
