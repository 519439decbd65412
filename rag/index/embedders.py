"""What the program asks of an embedder, whatever model stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from rag.index.scale import Scale
    from rag.index.words import WordVectors

Vectors = NDArray[np.float32]


@runtime_checkable
class Embedder(Protocol):
    """A LangChain `Embeddings` that also knows its name, its width and how much it reads.

    `name` changes whenever vectors made before can no longer be compared with new ones.
    `max_tokens` is what a passage may hold, counted by `count_tokens`, for nothing to be dropped.
    `words` tells how near single words are; None where the embedder has none to offer. `scale` lays
    its cosines on those of all-MiniLM-L6-v2, by which the program has learnt.
    """

    name: str
    dimension: int
    max_tokens: int
    words: WordVectors | None
    scale: Scale

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        ...

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """The same for questions, which somebody waits for and some models embed otherwise."""
        ...

    def embed_documents(self, texts: list[str]) -> list[list[float]]: ...

    def embed_query(self, text: str) -> list[float]: ...


@dataclass(frozen=True, slots=True, eq=False)
class ReadTokens:
    """The tokens of a text: where each stands in it, and its vector, shape (tokens, width)."""

    places: tuple[tuple[int, int], ...]
    vectors: Vectors


@runtime_checkable
class Contextual(Protocol):
    """An embedder that also tells what each word means in its sentence."""

    def read_tokens(self, texts: Sequence[str]) -> list[ReadTokens]:
        """The tokens of each text as far as it is read, vectors not made unit ones."""
        ...


def find_contextual(embedder: object) -> Contextual | None:
    """The embedder, where it tells what words mean in their sentence."""
    return embedder if isinstance(embedder, Contextual) else None
