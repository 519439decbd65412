"""Hybrid search: BM25 and cosine fused, filtered before ranking, spread over articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from rag.index.embedders import Vectors
from rag.index.generations import Generation
from rag.index.store import Store
from rag.types import Filters, Hit

#: How many passages each leg proposes.
CANDIDATES = 100
#: Share of BM25 in the fused score; see docs/decisions.md for what was measured.
LEXICAL_WEIGHT = 0.7
#: Passages of one article among the hits before the other articles have had their turn.
PER_ARTICLE = 4


def retrieve(store: Store, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
    """Up to `k` hits, best first; by BM25 alone where the library has no vectors."""
    filters = filters or Filters()
    with store.reading() as generation:
        return search(store, generation, question, k, filters)


def search(
    store: Store, generation: Generation, question: str, k: int, filters: Filters
) -> list[Hit]:
    """`retrieve` within a generation that the caller holds open."""
    depth = max(CANDIDATES, k)
    bm25 = dict(generation.lexical.search(question, depth, filters))
    cosine = _search_vectors(store, generation, question, bm25, depth, filters)
    scores = fuse(bm25, cosine)
    articles = store.library.articles_of(list(scores))
    ranked = sorted((i for i in scores if i in articles), key=lambda i: (-scores[i], i))
    chosen = spread([(i, articles[i]) for i in ranked], k)
    found = store.library.passages(chosen)
    return [
        Hit(*found[i], score=scores[i], bm25=bm25.get(i), cosine=cosine.get(i))
        for i in chosen
        if i in found
    ]


def fuse(bm25: dict[int, float], cosine: dict[int, float]) -> dict[int, float]:
    """A score in 0..1 for each passage that either leg found.

    BM25 has no scale of its own, so it counts relative to the best of its question; a cosine below
    0 counts as 0.
    """
    weight = 1.0 if not cosine else LEXICAL_WEIGHT if bm25 else 0.0
    best = max(bm25.values(), default=1.0) or 1.0
    return {
        i: weight * bm25.get(i, 0.0) / best + (1 - weight) * max(0.0, cosine.get(i, 0.0))
        for i in bm25.keys() | cosine.keys()
    }


def spread(ranked: Sequence[tuple[int, str]], k: int) -> list[int]:
    """The first `k` passages of `ranked` (passage, article), one article's surplus put last."""
    seen: Counter[str] = Counter()
    first: list[int] = []
    surplus: list[int] = []
    for passage, article in ranked:
        seen[article] += 1
        (first if seen[article] <= PER_ARTICLE else surplus).append(passage)
    return (first + surplus)[:k]


def _search_vectors(
    store: Store,
    generation: Generation,
    question: str,
    bm25: dict[int, float],
    depth: int,
    filters: Filters,
) -> dict[int, float]:
    if store.embedder is None or generation.vectors.count() == 0:
        return {}
    vector: Vectors = store.embedder.embed([question])[0]
    cosine = dict(generation.vectors.search(vector, depth, filters))
    # What BM25 alone proposed has its vector in the library, so its cosine is exact as well.
    missing = store.library.vectors([i for i in bm25 if i not in cosine])
    return cosine | {i: float(np.dot(vector, other)) for i, other in missing.items()}
