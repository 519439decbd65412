"""The reader at work: windows of articles in, and where in each the answer is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Encoding, Tokenizer

from rag.index.encoder import TYPES
from rag.index.minilm import open_session, plan_batches
from rag.index.weights import find_weights, read_tokenizer
from rag.reader.graph import ensure_reader_graph
from rag.reader.reading import PAD, Reading, Row, make_row
from rag.reader.shipped import read_shipped
from rag.settings import Settings

#: Tokens of one batch, padding included.
BATCH_TOKENS = 1024


@dataclass(frozen=True, slots=True)
class Window:
    """Some sentences of an article, and its title."""

    title: str
    text: str


class Reader:
    """Reads windows for a question. Safe to use from several threads at once."""

    def __init__(self, tokenizer: Tokenizer, session: Any, name: str) -> None:
        """`session` runs a graph of `rag.reader.graph`."""
        self.name = name
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._session = session

    @classmethod
    def open(cls, settings: Settings) -> Reader:
        """The reader, ready to use; the first time ever its graph is built into `settings.cache`.

        Raises EmbedderError where its weights or the embedder's are missing, or not as they were.
        """
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        weights = find_weights(settings.embedder_dir, check=False)
        shipped = read_shipped()
        graph: Path = ensure_reader_graph(weights, shipped, settings.cache)
        tokenizer = Tokenizer.from_str(read_tokenizer(weights))
        return cls(tokenizer, open_session(graph), shipped.sha256[:16])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text, without those that open and close a row."""
        return [len(one.ids) for one in self._encode(texts)]

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """A reading of each window, in their order. What does not fit 256 tokens is not read."""
        if not windows:
            return []
        texts = [question, *(one.title for one in windows), *(one.text for one in windows)]
        asked, *others = self._encode(texts)
        titles, bodies = others[: len(windows)], others[len(windows) :]
        rows = [
            make_row(asked.ids, title.ids, list(zip(body.ids, body.offsets, strict=True)))
            for title, body in zip(titles, bodies, strict=True)
        ]
        readings: list[Reading | None] = [None] * len(rows)
        for batch in plan_batches([len(row.ids) for row in rows], BATCH_TOKENS):
            for index, reading in zip(batch, self._run([rows[n] for n in batch]), strict=True):
                readings[index] = reading
        return [one for one in readings if one is not None]

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        return list(self._tokenizer.encode_batch(clean, add_special_tokens=False))

    def _run(self, rows: Sequence[Row]) -> list[Reading]:
        shape = len(rows), max(len(row.ids) for row in rows)
        ids = np.full(shape, PAD, np.int64)
        mask, types = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for n, row in enumerate(rows):
            size = len(row.ids)
            ids[n, :size] = row.ids
            mask[n, :size] = 1
            types[n, row.question : size] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, TYPES: types}
        spans, answers = self._session.run(["span", "answers"], inputs)
        return [row.lay(spans[n], float(answers[n])) for n, row in enumerate(rows)]
