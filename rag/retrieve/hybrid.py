"""Hybrid search: BM25 and cosine of the question and of its parts, with what the question names."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.errors import EmbedderError
from rag.index.generations import Generation
from rag.index.lexical import has_word
from rag.index.passages import Row
from rag.index.scale import SAME, Scale
from rag.index.store import SWITCHING, Store
from rag.learnt import read_weights
from rag.retrieve.once import find_kept
from rag.retrieve.order import Order, make_room, read_order
from rag.retrieve.plan import Part, Plan, plan_search
from rag.retrieve.question import parse_question
from rag.types import Filters, Hit

#: How many passages each leg proposes for the whole question, and for a part of it.
CANDIDATES = 100
PART_CANDIDATES = 50
#: Where copies take up most of what was proposed, more is asked for, up to so many.
MOST_CANDIDATES = 1_600
#: Passages of one article among the hits before the other articles have had their turn.
PER_ARTICLE = 4

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for each candidate: arrays of shape (candidates,), 0..1.

    None for what does not apply: cosines without an embedder, and whatever the question does not
    name. `bm25` is relative to the best of its search. `part_bm25` and `part_cosine` are the best
    of any part, where a part that names outlets speaks for their articles alone; `outlet` is
    whether the question names the article's outlet; `date` how near the article is to the days
    that it names; `names` the share of its names that stand in the passage or its title.
    """

    bm25: Array | None
    cosine: Array | None
    part_bm25: Array | None
    part_cosine: Array | None
    outlet: Array | None
    date: Array | None
    names: Array | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """The passages that any leg proposed, with what each found.

    `problem` says why the question was not held against them by its meaning; `gone` is whether
    they have left the library since they were found.
    """

    rows: Sequence[Row]
    features: Features
    bm25: Mapping[int, float]
    cosine: Mapping[int, float]
    problem: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first; `problem` says why words alone were searched by, where that is so.

    `gone` is whether all that was proposed has left the library meanwhile, cut and embedded anew.
    """

    hits: list[Hit]
    problem: str | None = None
    gone: bool = False


def retrieve(store: Store, question: str, k: int, filters: Filters | None = None) -> list[Hit]:
    """Up to `k` hits, best first; by BM25 alone where the library has no vectors."""
    with searching(store, question, k, filters or Filters()) as (_, found):
        return found.hits


@contextmanager
def searching(
    store: Store, question: str, k: int, filters: Filters
) -> Iterator[tuple[Generation, Found]]:
    """What is found for a question, with the generation that it was found in, held open.

    Where every passage was just put in another one's place, the new ones are waited for, and looked
    through; those may be replaced as soon, so that this goes on for a while.
    """
    until = time.monotonic() + SWITCHING
    patient = False
    while True:
        with store.reading(patient=patient) as generation:
            found = find(store, generation, question, k, filters)
            if not found.gone or time.monotonic() > until:
                yield generation, found
                return
        patient = True


def search(
    store: Store, generation: Generation, question: str, k: int, filters: Filters
) -> list[Hit]:
    """`retrieve` within a generation that the caller holds open."""
    return find(store, generation, question, k, filters).hits


def find(store: Store, generation: Generation, question: str, k: int, filters: Filters) -> Found:
    """The same, which also tells where it had to go by words alone."""
    outline = store.library.outline()
    plan = plan_search(parse_question(question), outline.outlets, outline.newest)
    found, scores, rows = _propose_once(store, generation, plan, k, filters)
    if not found.rows:
        return Found([], found.problem, found.gone)
    ranked = [(row.passage.id, row.passage.article) for row in rows]
    by_id = {row.passage.id: float(scores[n]) for n, row in enumerate(found.rows)}
    chosen = _choose(ranked, k, by_id, found.rows, read_order(question))
    whole = store.library.passages(chosen)
    first, nearest = rank(found.bm25), rank(found.cosine)
    hits = [
        Hit(
            *whole[i],
            score=by_id[i],
            bm25=found.bm25.get(i),
            cosine=found.cosine.get(i),
            bm25_rank=first.get(i),
            cosine_rank=nearest.get(i),
        )
        for i in chosen
        if i in whole
    ]
    return Found(hits, found.problem, gone=not hits)


def _choose(
    ranked: Sequence[tuple[int, str]],
    k: int,
    scores: Mapping[int, float],
    rows: Sequence[Row],
    order: Order | None,
) -> list[int]:
    """The passages to show; where the latest count is asked for, newer ones have some room."""
    chosen = spread(ranked, k)
    if order is None:
        return chosen
    days = {row.passage.id: row.published for row in rows}
    rest = [i for i in spread(ranked, 3 * k) if i not in chosen]
    return make_room(chosen, rest, scores, dict(ranked), days, order)


def _propose_once(
    store: Store, generation: Generation, plan: Plan, k: int, filters: Filters
) -> tuple[Candidates, Array, list[Row]]:
    """What is proposed, its scores, and its rows, best first, with each story's copies but one out.

    More is asked for where copies have taken most of the places.
    """
    depth = max(CANDIDATES, k)
    while True:
        found = propose(store, generation, plan, depth, filters)
        scores = fuse(found.features, read_weights("passage"))
        order = sorted(range(len(found.rows)), key=lambda n: (-scores[n], found.rows[n].passage.id))
        best_first = [found.rows[n] for n in order]
        rows = find_kept(store.library, best_first, scores[order], plan, filters)
        if 2 * len(rows) >= CANDIDATES or len(order) < depth or depth >= MOST_CANDIDATES:
            return found, scores, rows
        depth *= 4


def rank(scores: Mapping[int, float]) -> dict[int, int]:
    """The place of each passage by its score, the best 1; of equal ones the lower id goes first."""
    order = sorted(scores, key=lambda i: (-scores[i], i))
    return {i: place for place, i in enumerate(order, start=1)}


def fuse(features: Features, weights: Mapping[str, float]) -> Array:
    """A score in 0..1 for each candidate: the weighted mean of the features that apply."""
    given = [
        (weights[name], value)
        for name in Features.__slots__
        if (value := getattr(features, name)) is not None
    ]
    total = sum(weight for weight, _ in given)
    if not total:
        return np.zeros(0, np.float32)
    return np.asarray(sum(weight * value for weight, value in given) / total, np.float32)


def spread(ranked: Sequence[tuple[int, str]], k: int) -> list[int]:
    """The first `k` passages of `ranked` (passage, article), one article's surplus put last."""
    seen: Counter[str] = Counter()
    first: list[int] = []
    surplus: list[int] = []
    for passage, article in ranked:
        seen[article] += 1
        (first if seen[article] <= PER_ARTICLE else surplus).append(passage)
    return (first + surplus)[:k]


def propose(
    store: Store, generation: Generation, plan: Plan, depth: int, filters: Filters
) -> Candidates:
    """What the legs propose for the whole question and for its parts, looked at from all sides."""
    lexical = generation.lexical
    bm25 = dict(lexical.search(plan.text, depth, filters))
    by_part = [dict(lexical.search(p.text, PART_CANDIDATES, filters)) for p in plan.parts]
    leg = _search_vectors(store, generation, plan, depth, filters)
    ids = sorted(set(bm25).union(leg.near, *by_part))
    rows = [row for i, row in sorted(store.library.rows_of(ids).items())]
    cosines = _measure_cosines(leg, rows)
    meant = np.array([_speaks_for(part, rows) for part in plan.parts])
    features = Features(
        bm25=_relative(bm25, rows),
        cosine=None if cosines is None else cosines[0],
        part_bm25=(np.array([_relative(p, rows) for p in by_part]) * meant).max(axis=0),
        part_cosine=None if cosines is None else (cosines[1:] * meant).max(axis=0),
        outlet=_speaks_for(plan.whole, rows) if plan.whole.outlets else None,
        date=_measure_nearness(plan, rows) if plan.windows else None,
        names=_measure_names(plan, rows) if plan.names else None,
    )
    cosine = (
        {} if cosines is None else dict(zip((r.passage.id for r in rows), cosines[0], strict=True))
    )
    by_meaning = {i: float(c) for i, c in cosine.items()}
    gone = leg.gone or bool(ids and not rows)
    return Candidates(rows, features, bm25, by_meaning, leg.problem, gone)


@dataclass(frozen=True, slots=True)
class _Leg:
    """The passages nearest to the question and to its parts, and the vectors of those."""

    near: frozenset[int] = frozenset()
    vectors: Array | None = None
    scale: Scale = SAME
    problem: str | None = None
    gone: bool = False


def _search_vectors(
    store: Store, generation: Generation, plan: Plan, depth: int, filters: Filters
) -> _Leg:
    embedder, problem = store.embedder, store.problem
    if embedder is None or generation.vectors.count() == 0:
        return _Leg(problem=problem)
    if embedder.name != generation.state.embedder:
        return _Leg(problem="Another embedder has just taken this one's place.", gone=True)
    texts = [plan.whole.text, *(part.text for part in plan.parts)]
    distinct = list(dict.fromkeys(texts))
    try:
        known = dict(zip(distinct, embedder.embed_questions(distinct), strict=True))
    except EmbedderError as error:
        return _Leg(problem=str(error))
    found = generation.vectors.search_all(
        [known[text] for text in distinct], PART_CANDIDATES if len(distinct) > 1 else depth, filters
    )
    near = frozenset(i for near in found for i, _ in near)
    return _Leg(near, np.array([known[text] for text in texts]), embedder.scale)


def _measure_cosines(leg: _Leg, rows: Sequence[Row]) -> Array | None:
    """Of each text and each row, shape (texts, rows), exact whichever leg proposed the row.

    As MiniLM's would be: a row without a vector counts as one that has nothing in common.
    """
    if leg.vectors is None:
        return None
    blank = np.zeros(leg.vectors.shape[1], np.float32)
    fits = np.array([row.vector is not None and len(row.vector) == len(blank) for row in rows])
    stored = [row.vector if fit else blank for row, fit in zip(rows, fits, strict=True)]
    matrix = np.array(stored, np.float32).reshape(-1, len(blank))
    laid = np.where(fits, leg.scale.lay(leg.vectors @ matrix.T), 0.0)
    return np.asarray(np.clip(laid, 0.0, 1.0), np.float32)


def _relative(bm25: Mapping[int, float], rows: Sequence[Row]) -> Array:
    # BM25 has no scale of its own, so it counts relative to the best of its search.
    best = max(bm25.values(), default=1.0) or 1.0
    return np.array([bm25.get(row.passage.id, 0.0) / best for row in rows], np.float32)


def _speaks_for(part: Part, rows: Sequence[Row]) -> Array:
    return np.array([not part.outlets or r.outlet in part.outlets for r in rows], np.float32)


def _measure_nearness(plan: Plan, rows: Sequence[Row]) -> Array:
    near = [max(w.nearness(row.published) for w in plan.windows) for row in rows]
    return np.array(near, np.float32)


def _measure_names(plan: Plan, rows: Sequence[Row]) -> Array:
    wanted = [name.casefold() for name in plan.names]
    texts = [f"{row.title}\n{row.passage.text}".casefold() for row in rows]
    shares = [sum(has_word(text, name) for name in wanted) / len(wanted) for text in texts]
    return np.array(shares, np.float32)
