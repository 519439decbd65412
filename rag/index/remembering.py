"""An embedder that remembers: the sentences of an article are asked about more than once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from rag.index.embedders import Contextual, Embedder, ReadTokens, Vectors

#: Texts whose vectors are remembered: sentences mostly, some 2 kB each with their text.
CAPACITY = 20_000
#: Texts of which every token is remembered, some 60 kB each.
READ = 400
#: A call with more texts than this indexes articles, and would push out what questions need.
MANY = 128


class Remembering:
    """An Embedder that gives back what another one gave, and asks it for the rest.

    Safe to use from several threads at once. What was asked for longest ago is forgotten first.
    """

    def __init__(self, embedder: Embedder, capacity: int = CAPACITY) -> None:
        self.name = embedder.name
        self.dimension = embedder.dimension
        self.max_tokens = embedder.max_tokens
        self.words = embedder.words
        self.scale = embedder.scale
        self._embedder = embedder
        self._capacity = capacity
        #: By the text, and by whether it was embedded as a question.
        self._known: OrderedDict[tuple[str, bool], Vectors] = OrderedDict()
        self._read: dict[str, ReadTokens] = {}
        self._lock = threading.Lock()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        if len(texts) > MANY:
            return self._embedder.embed(texts)
        return self._complete(texts, self._embedder.embed, False)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        return self._complete(texts, self._embedder.embed_questions, True)

    def _complete(
        self, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors], asked: bool
    ) -> Vectors:
        known = self._recall(texts, asked)
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            made = embed(missing)
            known |= zip(missing, made, strict=True)
            self._remember(missing, made, asked)
        found = [known[text] for text in texts]
        return np.array(found, np.float32).reshape(len(texts), self.dimension)

    def read_tokens(self, texts: Sequence[str]) -> list[ReadTokens]:
        """The tokens of each text; none where the embedder cannot tell."""
        if not isinstance(self._embedder, Contextual):
            return [ReadTokens((), np.empty((0, self.dimension), np.float32)) for _ in texts]
        with self._lock:
            known = {text: self._read[text] for text in texts if text in self._read}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        known |= zip(missing, self._embedder.read_tokens(missing), strict=True)
        with self._lock:
            self._read |= {text: known[text] for text in missing}
            while len(self._read) > READ:
                self._read.pop(next(iter(self._read)))
        return [known[text] for text in texts]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vectors: list[list[float]] = self.embed_questions([text]).tolist()
        return vectors[0]

    def _recall(self, texts: Sequence[str], asked: bool) -> dict[str, Vectors]:
        with self._lock:
            known = {t: self._known[t, asked] for t in texts if (t, asked) in self._known}
            for text in known:
                self._known.move_to_end((text, asked))
        return known

    def _remember(self, texts: Sequence[str], vectors: Vectors, asked: bool) -> None:
        with self._lock:
            for text, vector in zip(texts, vectors, strict=True):
                # A row on its own: a view would keep all the rows it was made with.
                self._known[text, asked] = vector.copy()
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
