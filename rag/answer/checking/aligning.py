"""Which sentences of a source a claim comes from, and which of their words its words stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.answer.checking.sources import Read, Source
from rag.index.embedders import Embedder, Vectors

#: Cosine of two words by themselves, above which the one may stand for the other.
NEAR = 0.45
#: Words are embedded so many at a time, so that they are remembered.
BATCH = 100
#: A further sentence belongs to what a claim comes from where it covers this much more of it.
GAIN = 0.1
MOST = 3
#: What a neighbouring sentence's words count.
BESIDE = 0.6
#: The weight of a sentence's cosine beside the share of words that it covers.
WHOLE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """`likeness` has shape (claim's content words, sources), 0..1: the best word there.

    `partners` has, in the same shape, that word's place among the source's tokens, -1 for none.
    `scores` orders the sources, `chosen` are those that the claim seems to come from, best first.
    """

    claim: Read
    sources: Sequence[Source]
    places: list[int]
    likeness: Vectors
    partners: np.ndarray
    scores: Vectors
    chosen: list[int]
    cosines: Vectors

    @property
    def closest(self) -> float:
        """The cosine of the sentence that is nearest as a whole."""
        return float(self.cosines.max(initial=0.0))

    @property
    def coverage(self) -> float:
        """The share of the claim's words that stand anywhere in the sources."""
        if not self.places or not self.sources:
            return 0.0
        return float(self.likeness.max(axis=1).mean())


def align(claim: Read, sources: Sequence[Source], embedder: Embedder | None) -> Alignment:
    """How a claim lies over the sentences that it may come from."""
    places = claim.content
    likeness = np.zeros((len(places), len(sources)), np.float32)
    partners = np.full((len(places), len(sources)), -1, np.int32)
    vectors = _embed_words(claim, sources, embedder)
    for column, source in enumerate(sources):
        _compare(claim, places, source.read, vectors, likeness[:, column], partners[:, column])
    cosines = _compare_whole(claim, sources, embedder)
    covered = likeness.mean(axis=0) if places else np.zeros(len(sources), np.float32)
    scores = covered + WHOLE * cosines
    chosen = _choose(likeness, scores)
    return Alignment(claim, sources, places, likeness, partners, scores, chosen, cosines)


def _choose(likeness: Vectors, scores: Vectors) -> list[int]:
    """The best sentence, and those that cover what it leaves open."""
    if not scores.size:
        return []
    chosen = [int(scores.argmax())]
    while len(chosen) < MOST and len(likeness):
        have = likeness[:, chosen].max(axis=1)
        gains = (np.maximum(likeness, have[:, None]) - have[:, None]).mean(axis=0)
        best = int(gains.argmax())
        if gains[best] < GAIN:
            break
        chosen.append(best)
    return chosen


def _compare(
    claim: Read,
    places: Sequence[int],
    source: Read,
    vectors: dict[str, Vectors],
    likeness: Vectors,
    partners: np.ndarray,
) -> None:
    others = source.content
    if not others:
        return
    stems = {source.tokens[other].stem: other for other in reversed(others)}
    matrix = None
    if vectors:
        matrix = np.stack([vectors[source.tokens[other].lower] for other in others])
    for row, place in enumerate(places):
        token = claim.tokens[place]
        same = stems.get(token.stem)
        if same is not None:
            likeness[row], partners[row] = 1.0, same
        elif matrix is not None and not token.is_name:
            cosines = matrix @ vectors[token.lower]
            best = int(cosines.argmax())
            if cosines[best] >= NEAR:
                likeness[row], partners[row] = min(1.0, float(cosines[best]) + 0.2), others[best]


def _embed_words(
    claim: Read, sources: Sequence[Source], embedder: Embedder | None
) -> dict[str, Vectors]:
    if embedder is None:
        return {}
    reads = (claim, *(source.read for source in sources))
    words = list(dict.fromkeys(read.tokens[p].lower for read in reads for p in read.content))
    found: dict[str, Vectors] = {}
    for start in range(0, len(words), BATCH):
        some = words[start : start + BATCH]
        found |= zip(some, embedder.embed(some), strict=True)
    return found


def _compare_whole(claim: Read, sources: Sequence[Source], embedder: Embedder | None) -> Vectors:
    if embedder is None or not sources:
        return np.zeros(len(sources), np.float32)
    vectors = np.concatenate(
        [
            embedder.embed([claim.text]),
            *(
                embedder.embed([source.read.text for source in sources[start : start + BATCH]])
                for start in range(0, len(sources), BATCH)
            ),
        ]
    )
    cosines: Vectors = vectors[1:] @ vectors[0]
    return cosines
