"""The ONNX graph of the embedder all-MiniLM-L6-v2, built from its weights and kept in the cache."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from rag.errors import EmbedderError
from rag.index.cached import ensure_cached
from rag.index.encoder import (
    EPSILON,
    LAYERS,
    WIDTH,
    Graph,
    Int8Graph,
    Precision,
    add_embeddings,
    add_layer,
    split_by_text,
)
from rag.index.weights import Weights, read_model

#: Part of the embedder's name. Raise it with any change here that moves the vectors.
GRAPH_FORMAT = 1

#: The layer whose rows tell words apart in their sentence: the last one's are drawn to the whole.
#: Of the seven, this one found the partner of a reworded verb most often.
CONTEXT_LAYER = 4
#: What the graph gives besides the vectors: part of its file's name, not of the embedder's.
OUTPUTS = "context"


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
    graph = Int8Graph() if precision == "int8" else Graph()
    rows = add_embeddings(graph, tensors)
    for number in range(LAYERS):
        rows = add_layer(graph, tensors, f"encoder.layer.{number}.", rows)
        if number + 1 == CONTEXT_LAYER:
            graph.add("Identity", split_by_text(graph, rows), name="context")
    _add_pooling(graph, rows)
    outputs = {"embedding": ("texts", WIDTH), "context": ("texts", "tokens", WIDTH)}
    return bytes(graph.to_model(outputs).SerializeToString())


def _add_pooling(graph: Graph, rows: str) -> None:
    """The mean of each text's rows, made a unit vector, for which their sum does as well."""
    mask = graph.add("Cast", "attention_mask", to=1)  # 1: float32
    axis = graph.keep_indices(1)
    mask = graph.add("Unsqueeze", mask, axis)
    total = graph.add("Squeeze", graph.add("MatMul", mask, split_by_text(graph, rows)), axis)
    length = graph.add("ReduceL2", total, axis, keepdims=1)
    length = graph.add("Max", length, graph.keep_number(EPSILON))
    graph.add("Div", total, length, name="embedding")
