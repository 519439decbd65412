"""The reader's ONNX graph: the embedder's encoder with low-rank updates merged in, and heads."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rag.errors import EmbedderError
from rag.index.cached import ensure_cached
from rag.index.encoder import (
    INPUTS,
    LAYERS,
    TYPES,
    Graph,
    Int8Graph,
    Precision,
    Tensor,
    Tensors,
    add_embeddings,
    add_layer,
    split_by_text,
)
from rag.index.weights import Weights, read_model
from rag.reader.shipped import HINT, Shipped

#: Part of the file's name. Raise it with any change here that moves the logits.
GRAPH_FORMAT = 1
#: How the two factors of an update are named after the dense layer that they change.
DOWN, UP = ".down", ".up"
#: What only the reader has.
HEADS = {f"{part}.{kind}" for part in ("span", "pool", "answers") for kind in ("weight", "bias")}


def ensure_reader_graph(
    weights: Weights, shipped: Shipped, cache: Path, precision: Precision = "int8"
) -> Path:
    """The path of the graph in `cache`, built (about two seconds) where it is missing or torn.

    Raises EmbedderError where the weights are wrong or nothing can be written.
    """
    parts = (precision, GRAPH_FORMAT, weights.sha256[:16], shipped.sha256[:16])
    name = f"reader-{'-'.join(map(str, parts))}.onnx"
    return ensure_cached(cache / name, lambda: build_reader_graph(weights, shipped, precision))


def build_reader_graph(weights: Weights, shipped: Shipped, precision: Precision) -> bytes:
    """The serialised graph: ids, mask and types of the tokens in, `span` and `answers` out.

    The inputs are int64 of shape (texts, tokens); the outputs are logits, float32: of the start and
    the end of the answer at each token, shape (texts, tokens, 2), and of there being one, shape
    (texts,). Raises EmbedderError where the weights are wrong.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        updates = load(shipped.data)
    except SafetensorError as error:
        raise EmbedderError(f"The reader's weights cannot be read: {error}.", HINT) from error
    tensors = merge(load(read_model(weights)), updates)
    lacking = sorted(HEADS - tensors.keys())
    if lacking:
        raise EmbedderError(f"The reader's weights have no {lacking[0]}.", HINT)
    graph = Int8Graph() if precision == "int8" else Graph()
    rows = add_embeddings(graph, tensors, typed=True)
    for number in range(LAYERS):
        rows = add_layer(graph, tensors, f"encoder.layer.{number}.", rows)
    rows = split_by_text(graph, rows)
    _add_dense(graph, tensors, "span", rows, name="span")
    first = graph.add("Gather", rows, graph.keep_indices(0), axis=1)
    pooled = graph.add("Tanh", _add_dense(graph, tensors, "pool", first))
    logit = _add_dense(graph, tensors, "answers", pooled)
    graph.add("Reshape", logit, graph.keep_indices(-1), name="answers")
    outputs = {"span": ("texts", "tokens", 2), "answers": ("texts",)}
    return bytes(graph.to_model(outputs, (*INPUTS, TYPES)).SerializeToString())


def merge(tensors: Tensors, updates: Tensors) -> Tensors:
    """The embedder's tensors with the reader's in their place, or added where they are updates.

    Raises EmbedderError where an update fits no layer.
    """
    merged = dict(tensors)
    for name, value in updates.items():
        if name.endswith(DOWN):
            layer = name.removesuffix(DOWN)
            weight = f"{layer}.weight"
            try:
                merged[weight] = _add(merged[weight], value, updates[f"{layer}{UP}"])
            except (KeyError, ValueError) as error:
                raise EmbedderError(
                    f"The reader's update of {layer} fits no layer.", HINT
                ) from error
        elif not name.endswith(UP):
            merged[name] = value.astype(np.float32)
    return merged


def _add(weight: Tensor, down: Tensor, up: Tensor) -> Tensor:
    """Raises ValueError where the shapes do not fit: they are not stretched."""
    change = (down.astype(np.float32) @ up.astype(np.float32)).T
    if change.shape != weight.shape:
        raise ValueError(change.shape)
    return weight + change


def _add_dense(graph: Graph, tensors: Tensors, part: str, rows: str, name: str = "") -> str:
    # The heads are small: a fraction of a percent of the time, in full precision.
    weight = graph.keep(f"{part}.weight", tensors[f"{part}.weight"].T)
    bias = graph.keep(f"{part}.bias", tensors[f"{part}.bias"])
    return graph.add("Add", graph.add("MatMul", rows, weight), bias, name=name)
