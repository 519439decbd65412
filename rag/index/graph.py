"""The ONNX graph of all-MiniLM-L6-v2, built from its weights and kept in the cache.

The int8 graph quantises each token's row by itself while it runs. Quantising whole tensors at once,
as onnxruntime's own tool does, is no faster, loses more (cosine to fp32 of 0.994 on average against
0.997) and makes a text's vector depend on the texts that happen to share its batch.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from rag.errors import EmbedderError
from rag.index.cached import ensure_cached
from rag.index.weights import Weights, read_model

if TYPE_CHECKING:
    from onnx import ModelProto

Precision = Literal["int8", "fp32"]
Tensors = dict[str, NDArray[np.float32]]

#: Part of the embedder's name. Raise it with any change here that moves the vectors.
GRAPH_FORMAT = 1

# The model's shape, as in its config.json; that it reads 256 tokens is its publisher's setting.
WIDTH = 384
HEADS = 12
LAYERS = 6
MAX_TOKENS = 256
EPSILON = 1e-12

#: The layer whose rows tell words apart in their sentence: the last one's are drawn to the whole.
#: Of the seven, this one found the partner of a reworded verb most often.
CONTEXT_LAYER = 4
#: What the graph gives besides the vectors: part of its file's name, not of the embedder's.
OUTPUTS = "context"

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


def ensure_graph(weights: Weights, cache: Path, precision: Precision = "int8") -> Path:
    """The path of the graph in `cache`, built (about two seconds) where it is missing or torn.

    Raises EmbedderError where the weights are wrong or nothing can be written.
    """
    if precision not in get_args(Precision):
        raise EmbedderError(f"There is no precision {precision}.", "Take int8 or fp32.")
    name = f"minilm-{precision}-{GRAPH_FORMAT}-{OUTPUTS}-{weights.sha256[:16]}.onnx"
    return ensure_cached(cache / name, lambda: build_graph(weights, precision))


def build_graph(weights: Weights, precision: Precision) -> bytes:
    """The serialised graph: `input_ids` and `attention_mask` in, `embedding` and `context` out.

    Both inputs are int64 of shape (texts, tokens), at most MAX_TOKENS wide; the outputs are float32
    of shape (texts, 384), each row a unit vector, and (texts, tokens, 384), a token in its sentence
    each. Raises EmbedderError where the weights are wrong.
    """
    from safetensors.numpy import load

    tensors = load(read_model(weights))
    graph = _Int8Graph() if precision == "int8" else _Graph()
    rows = _add_embeddings(graph, tensors)
    for number in range(LAYERS):
        rows = _add_layer(graph, tensors, f"encoder.layer.{number}.", rows)
        if number + 1 == CONTEXT_LAYER:
            graph.add("Identity", _split_by_text(graph, rows), name="context")
    _add_pooling(graph, rows)
    return bytes(graph.to_model().SerializeToString())


class _Rows(NamedTuple):
    """One row per token, ready to be multiplied; quantised, with scales and a zero point."""

    values: str
    scale: str = ""
    zero: int = 0


class _Graph:
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

    def prepare(self, rows: str) -> _Rows:
        return _Rows(rows)

    def prepare_gelu(self, rows: str) -> _Rows:
        """The same for the output of a GELU, which is bounded below."""
        return _Rows(rows)

    def multiply(self, rows: _Rows, weight: NDArray[np.float32], name: str) -> str:
        """The product with `weight`, of shape (in, out)."""
        return self.add("MatMul", rows.values, self.keep(name, weight))

    def to_model(self) -> ModelProto:
        from onnx import TensorProto

        info = self._helper.make_tensor_value_info
        names = ("input_ids", "attention_mask")
        inputs = [info(name, TensorProto.INT64, ["texts", "tokens"]) for name in names]
        outputs = [
            info("embedding", TensorProto.FLOAT, ["texts", WIDTH]),
            info("context", TensorProto.FLOAT, ["texts", "tokens", WIDTH]),
        ]
        constants = list(self._constants.values())
        graph = self._helper.make_graph(self._nodes, "minilm", inputs, outputs, constants)
        opsets = [self._helper.make_opsetid("", OPSET), self._helper.make_opsetid(FUSED, 1)]
        return self._helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


class _Int8Graph(_Graph):
    """Matrix products in int8: weights scaled per column, activations per row as they come."""

    def look_up(self, ids: str, table: NDArray[np.float32]) -> str:
        scale = _scale_to(TABLE_PEAK, table, axis=1)
        whole = self.keep("words", np.rint(table / scale).astype(np.int8))
        rows = self.add("Cast", self.add("Gather", whole, ids), to=1)  # 1: float32
        return self.add("Mul", rows, self.add("Gather", self.keep("words.scale", scale), ids))

    def prepare(self, rows: str) -> _Rows:
        peak = self._find_peak(self.add("Abs", rows))
        scale = self.add("Mul", peak, self.keep_number(1 / 127))
        # A row of zeros must not be divided by zero.
        return self._quantize(rows, self.add("Max", scale, self.keep_number(1e-20)), 128)

    def prepare_gelu(self, rows: str) -> _Rows:
        scale = self.add("Mul", self._find_peak(rows), self.keep_number(1 / (255 - GELU_ZERO)))
        least = self.keep_number(GELU_FLOOR / GELU_ZERO)
        return self._quantize(rows, self.add("Max", scale, least), GELU_ZERO)

    def multiply(self, rows: _Rows, weight: NDArray[np.float32], name: str) -> str:
        scale = _scale_to(WEIGHT_PEAK, weight, axis=0)
        whole = self.keep(name, np.rint(weight / scale).astype(np.int8))
        zero = self.keep(f"zero {rows.zero}", np.array(rows.zero, np.uint8))
        columns = self.keep(f"{name}.scale", scale[0])
        # The operator takes one scale for all rows: it is told 1, and the rows' own scales follow.
        inputs = (rows.values, whole, self.keep_number(1), columns, zero)
        return self.add("Mul", self.add("MatMulIntegerToFloat", *inputs, domain=FUSED), rows.scale)

    def _find_peak(self, rows: str) -> str:
        return self.add("ReduceMax", rows, self.keep_indices(-1), keepdims=1)

    def _quantize(self, rows: str, scale: str, zero: int) -> _Rows:
        flat = self.add("Reshape", scale, self.keep_indices(-1))
        value = self._arrays.from_array(np.array([zero], np.uint8))
        zeros = self.add("ConstantOfShape", self.add("Shape", flat), value=value)
        return _Rows(self.add("QuantizeLinear", rows, flat, zeros, axis=0), scale, zero)


def _scale_to(peak: int, matrix: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """What to divide `matrix` by so that its largest magnitude along `axis` becomes `peak`."""
    largest: NDArray[np.float32] = np.abs(matrix).max(axis=axis, keepdims=True) / np.float32(peak)
    return np.maximum(largest, np.float32(1e-20))


def _add_embeddings(graph: _Graph, tensors: Tensors) -> str:
    """Word plus position plus type, normalised. Every token is of type 0."""
    ids = graph.add("Reshape", "input_ids", graph.keep_indices(-1))
    words = graph.look_up(ids, tensors["embeddings.word_embeddings.weight"])
    places = tensors["embeddings.position_embeddings.weight"][:MAX_TOKENS]
    places = places + tensors["embeddings.token_type_embeddings.weight"][0]
    width = graph.add("Gather", graph.add("Shape", "input_ids"), graph.keep_indices(1))
    zero = graph.keep_indices(0)
    taken = graph.add("Slice", graph.keep("places", places), zero, width, zero)
    rows = _flatten(graph, graph.add("Add", _split_by_text(graph, words), taken))
    return _normalize(graph, tensors, "embeddings.LayerNorm", rows)


def _add_layer(graph: _Graph, tensors: Tensors, layer: str, rows: str) -> str:
    """One layer of BERT: attention, then two dense steps, each with a short cut around it."""
    heads = _add_attention(graph, tensors, f"{layer}attention.self.", rows)
    rows = _add_dense(graph, tensors, f"{layer}attention.output", graph.prepare(heads), rows)
    name = f"{layer}intermediate.dense"
    wide = graph.multiply(graph.prepare(rows), tensors[f"{name}.weight"].T, name)
    bias = graph.keep(f"{name}.bias", tensors[f"{name}.bias"])
    wide = graph.add("BiasGelu", wide, bias, domain=FUSED)
    return _add_dense(graph, tensors, f"{layer}output", graph.prepare_gelu(wide), rows)


def _add_attention(graph: _Graph, tensors: Tensors, name: str, rows: str) -> str:
    shared, inputs, biases = graph.prepare(rows), [], []
    for part in ("query", "key", "value"):
        product = graph.multiply(shared, tensors[f"{name}{part}.weight"].T, name + part)
        inputs.append(_split_by_text(graph, product))
        biases.append(tensors[f"{name}{part}.bias"])
    inputs.append(graph.keep(f"{name}bias", np.concatenate(biases)))
    mask = graph.add("Cast", "attention_mask", to=6)  # 6: int32
    heads = graph.add("MultiHeadAttention", *inputs, mask, domain=FUSED, num_heads=HEADS)
    return _flatten(graph, heads)


def _add_dense(graph: _Graph, tensors: Tensors, name: str, rows: _Rows, short_cut: str) -> str:
    # SkipLayerNormalization would do all this in one operator, and more slowly.
    product = graph.multiply(rows, tensors[f"{name}.dense.weight"].T, f"{name}.dense")
    bias = graph.keep(f"{name}.dense.bias", tensors[f"{name}.dense.bias"])
    total = graph.add("Add", graph.add("Add", product, bias), short_cut)
    return _normalize(graph, tensors, f"{name}.LayerNorm", total)


def _normalize(graph: _Graph, tensors: Tensors, name: str, rows: str) -> str:
    gain, bias = (
        graph.keep(f"{name}.{part}", tensors[f"{name}.{part}"]) for part in ("weight", "bias")
    )
    return graph.add("LayerNormalization", rows, gain, bias, epsilon=EPSILON, axis=-1)


def _add_pooling(graph: _Graph, rows: str) -> None:
    """The mean of each text's rows, made a unit vector, for which their sum does as well."""
    mask = graph.add("Cast", "attention_mask", to=1)  # 1: float32
    axis = graph.keep_indices(1)
    mask = graph.add("Unsqueeze", mask, axis)
    total = graph.add("Squeeze", graph.add("MatMul", mask, _split_by_text(graph, rows)), axis)
    length = graph.add("ReduceL2", total, axis, keepdims=1)
    length = graph.add("Max", length, graph.keep_number(EPSILON))
    graph.add("Div", total, length, name="embedding")


def _split_by_text(graph: _Graph, rows: str) -> str:
    """Shape (texts * tokens, width) made (texts, tokens, width)."""
    shape = graph.add("Concat", graph.add("Shape", "input_ids"), graph.keep_indices(WIDTH), axis=0)
    return graph.add("Reshape", rows, shape)


def _flatten(graph: _Graph, rows: str) -> str:
    """Shape (texts, tokens, width) made (texts * tokens, width)."""
    return graph.add("Reshape", rows, graph.keep_indices(-1, WIDTH))
