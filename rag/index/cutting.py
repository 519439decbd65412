"""Texts into passages with their vectors, and what the library notes of how they were made."""

from __future__ import annotations

from collections.abc import Sequence

from rag.index.embedders import Embedder, Vectors
from rag.index.scale import SAME
from rag.index.store import Store
from rag.index.writer import Writer
from rag.ingest.chunk import cut_passages, estimate_tokens
from rag.types import Span

#: What a passage may hold where no embedder says so: all-MiniLM-L6-v2's own limit.
DEFAULT_TOKENS = 256
OVERLAP_TOKENS = 20
#: Goes into the manifest: raised when the same text would be cut otherwise.
CHUNKING = f"sentences-1/{OVERLAP_TOKENS}"
#: Passages that are embedded and stored together: some seconds of work, all that a kill can cost.
BATCH_PASSAGES = 256


def embed_missing(store: Store, writer: Writer, embedder: Embedder | None) -> None:
    """Give vectors to passages that were stored while there was no embedder."""
    if embedder is None:
        return
    missing = writer.without_vectors()
    for first in range(0, len(missing), BATCH_PASSAGES):
        rows = store.library.rows_of(missing[first : first + BATCH_PASSAGES])
        vectors = embedder.embed([row.passage.text for row in rows.values()])
        writer.set_vectors(list(rows), vectors)


def cut_text(text: str, embedder: Embedder | None) -> list[Span]:
    """The passages of a text, each short enough for the embedder to read whole."""
    if embedder is None:
        return cut_passages(text, estimate_tokens, DEFAULT_TOKENS, OVERLAP_TOKENS)
    return cut_passages(text, embedder.count_tokens, embedder.max_tokens, OVERLAP_TOKENS)


def embed_texts(texts: Sequence[str], embedder: Embedder | None) -> Vectors | None:
    """The vectors of the texts; None where there is no embedder."""
    return None if embedder is None else embedder.embed(texts)


def open_unchecked(store: Store) -> Embedder | None:
    """The embedder of the present settings, whatever the library was embedded with."""
    return store.embedder if store.source is None else store.source.open_anew()


def note_embedder(store: Store, writer: Writer, embedder: Embedder | None) -> None:
    """Enter in the library what its vectors are made with from now on."""
    # Without an embedder what is stored stays as it is: new passages wait for their vectors.
    if embedder is None:
        return
    name, dimension, chunking, scale = describe(embedder)
    choice = store.source.name if store.source is not None else None
    chunking = store.library.manifest().chunking or chunking
    writer.set_manifest(name, dimension, chunking, scale, choice)


def describe(embedder: Embedder | None) -> tuple[str | None, int | None, str, str | None]:
    """What the manifest says of an embedder: its name, its dimension, the cutting, its scale."""
    if embedder is None:
        return None, None, CHUNKING, None
    scale = None if embedder.scale == SAME else str(embedder.scale)
    return embedder.name, embedder.dimension, CHUNKING, scale
