"""How near single words are in meaning, by the embedder's own vectors of its vocabulary.

“Telephoned” and “call” share no stem, so BM25 and a count of shared words miss them. A sentence's
vector sees that they are near, but not which word of the question is missing from the sentence.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.index.cached import ensure_cached
from rag.index.embedders import Vectors

#: Part of the file's name. Raise it with any change here that moves the vectors.
WORDS_FORMAT = 1


class WordVectors:
    """Lower-case words and their unit vectors. Safe to use from several threads at once."""

    def __init__(self, words: Sequence[str], rows: NDArray[np.int8]) -> None:
        self._places = {word: place for place, word in enumerate(words)}
        self._rows = rows
        lengths = np.linalg.norm(rows.astype(np.float32), axis=1)
        self._scales = (1.0 / np.maximum(lengths, 1e-9)).astype(np.float32)

    def __contains__(self, word: str) -> bool:
        return word in self._places

    def compare(self, some: Sequence[str], others: Sequence[str]) -> Vectors:
        """Cosines, shape (len(some), len(others)); 0 where a word is not in the vocabulary."""
        return np.asarray(self._look_up(some) @ self._look_up(others).T, np.float32)

    def _look_up(self, words: Sequence[str]) -> Vectors:
        places = [self._places.get(word, -1) for word in words]
        scales = self._scales[places]
        scales[[place < 0 for place in places]] = 0.0
        return np.asarray(self._rows[places] * scales[:, None], np.float32)


def ensure_words(
    path: Path, vocabulary: Sequence[str], embed: Callable[[Sequence[str]], Vectors]
) -> WordVectors:
    """The words of `vocabulary` that are made of letters alone, from the file or made into it.

    Making takes about eight seconds on two cores for 22,000 words. Raises EmbedderError where
    nothing can be written.
    """

    def build() -> bytes:
        words = sorted(word for word in vocabulary if word.isalpha() and len(word) > 1)
        vectors = embed(words)
        # What all single words share says nothing about any; without it, unrelated ones are at 0.
        vectors = vectors - vectors.mean(axis=0)
        scale = np.abs(vectors).max(axis=1, keepdims=True) / 127
        file = io.BytesIO()
        text = np.frombuffer("\n".join(words).encode(), np.uint8)
        np.savez(file, words=text, rows=np.rint(vectors / np.maximum(scale, 1e-9)).astype(np.int8))
        return file.getvalue()

    with np.load(ensure_cached(path, build)) as stored:
        return WordVectors(bytes(stored["words"]).decode().split("\n"), stored["rows"])
