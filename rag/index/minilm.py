"""all-MiniLM-L6-v2 on the CPU, with no download and no torch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import threadpoolctl
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from rag.errors import EmbedderError
from rag.index.embedders import ReadTokens, Vectors
from rag.index.encoder import MAX_TOKENS, WIDTH, Precision
from rag.index.graph import GRAPH_FORMAT, ensure_graph
from rag.index.scale import SAME
from rag.index.weights import find_weights, read_tokenizer
from rag.index.words import WORDS_FORMAT, ensure_words
from rag.settings import Settings

MODEL = "all-MiniLM-L6-v2"

#: Tokens of one batch, padding included. From 600 to 3,200 the speed is the same within 2%.
BATCH_TOKENS = 1024
#: What a batch costs apart from its tokens, in tokens: 1.8 ms, where a token takes 0.06 ms.
BATCH_COST = 32

#: The token that closes every text, and the one that fills a row up.
SEP, PAD = 102, 0


class MiniLM(Embeddings):
    """An Embedder. Safe to use from several threads at once.

    A text's vector does not depend on the texts it is embedded with, but for the last bits of its
    floats. `name` ends in the graph's format, which is raised whenever the vectors change.
    """

    def __init__(
        self, tokenizer: Tokenizer, session: Any, precision: Precision, words: Path | None = None
    ) -> None:
        """`session` runs a graph of `rag.index.graph`; `words` is where its words are kept."""
        self.name = f"{MODEL}/{precision}-{GRAPH_FORMAT}"
        self.dimension = WIDTH
        self.max_tokens = MAX_TOKENS
        self.scale = SAME
        self._session = session
        # These two settings are the tokenizer's state, shared between threads: never set again.
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self.words = (
            None if words is None else ensure_words(words, list(tokenizer.get_vocab()), self.embed)
        )

    @classmethod
    def open(cls, settings: Settings, precision: Precision = "int8") -> MiniLM:
        """The model, ready to use; the first time ever, its files are built into `settings.cache`.

        Raises EmbedderError where the weights are missing or are not the published ones.
        """
        # Left to itself the tokenizer starts threads, and then warns at every fork.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        weights = find_weights(settings.embedder_dir, check=False)
        tokenizer = Tokenizer.from_str(read_tokenizer(weights))
        graph = ensure_graph(weights, settings.cache, precision)
        words = graph.with_name(f"{graph.stem}-words-{WORDS_FORMAT}.npz")
        return cls(tokenizer, open_session(graph), precision, words)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text whole, the two that open and close it counted in."""
        return [len(one.ids) for one in self._encode(texts)]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape (len(texts), 384), in the order of `texts`.

        What a text holds beyond `max_tokens` is not read. Tokens of all the texts are in memory
        together: some thousands of texts a call are enough for full speed.
        """
        rows = [_cut(one.ids) for one in self._encode(texts)]
        vectors = np.empty((len(rows), WIDTH), np.float32)
        for batch in plan_batches([len(row) for row in rows]):
            vectors[batch] = self._run([rows[index] for index in batch])
        return vectors

    def read_tokens(self, texts: Sequence[str]) -> list[ReadTokens]:
        """Every token of each text as it is meant there; see `Contextual`."""
        read: list[ReadTokens | None] = [None] * len(texts)
        encoded = self._encode(texts, places=True)
        for batch in plan_batches([min(len(one.ids), MAX_TOKENS) for one in encoded]):
            states = self._run([_cut(encoded[index].ids) for index in batch], "context")
            for row, index in enumerate(batch):
                offsets = encoded[index].offsets[:MAX_TOKENS]
                # The two that open and close a text stand for no word.
                read[index] = ReadTokens(tuple(offsets[1:-1]), states[row, 1 : len(offsets) - 1])
        return [one for one in read if one is not None]

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """The vectors of `embed`: questions and passages are embedded alike."""
        return self.embed(texts)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of `embed` as lists."""
        vectors: list[list[float]] = self.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text, as a list."""
        return self.embed_documents([text])[0]

    def _encode(self, texts: Sequence[str], *, places: bool = False) -> list[Encoding]:
        # Scraped text may hold half a surrogate pair, which the tokenizer refuses.
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        encode = self._tokenizer.encode_batch if places else self._tokenizer.encode_batch_fast
        return list(encode(clean))

    def _run(self, rows: Sequence[Sequence[int]], output: str = "embedding") -> Vectors:
        ids = np.full((len(rows), max(map(len, rows))), PAD, np.int64)
        mask = np.zeros_like(ids)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        vectors: Vectors = self._session.run([output], {"input_ids": ids, "attention_mask": mask})[
            0
        ]
        return vectors


def plan_batches(lengths: Sequence[int], budget: int = BATCH_TOKENS) -> Iterator[NDArray[np.intp]]:
    """Indices into `lengths`, shortest first, in batches that hold `budget` once padded.

    Each batch has one index at least, however long, and no more padding than another would cost.
    """
    order = np.argsort(np.asarray(lengths, np.intp), kind="stable")
    start = held = 0
    for end, index in enumerate(order):
        padded = (end + 1 - start) * lengths[index]
        if end > start and (padded > budget or padded - held - lengths[index] > BATCH_COST):
            yield order[start:end]
            start, held = end, 0
        held += lengths[index]
    if start < len(order):
        yield order[start:]


def _cut(ids: list[int]) -> list[int]:
    return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], SEP]


def open_session(graph: Path) -> Any:
    """An onnxruntime session of a graph of `rag.index.encoder`. Raises EmbedderError."""
    import onnxruntime

    # On Windows onnxruntime would report its use to the system's event log.
    onnxruntime.disable_telemetry_events()
    # numpy's BLAS lets its threads spin after each product, and the model, which always runs next,
    # then takes twice as long: 73 ms against 35 for a question's sentences on two cores.
    threadpoolctl.threadpool_limits(limits=1, user_api="blas")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _count_cores()
    options.log_severity_level = 3
    # The full set of rewrites would put SkipLayerNormalization back: see rag/index/encoder.py.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    providers = ["CPUExecutionProvider"]
    try:
        return onnxruntime.InferenceSession(graph, options, providers=providers)
    except Exception as error:
        problem = f"onnxruntime {onnxruntime.__version__} cannot load {graph}: {error}"
        raise EmbedderError(
            problem, "Run `make setup` to install the versions it needs."
        ) from error


def _count_cores() -> int:
    """The cores that this process may use, which in a container are fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
