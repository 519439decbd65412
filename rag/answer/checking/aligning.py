"""Which sentences of a source a claim comes from, and which of their words its words stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.answer.checking.sources import Read, Source
from rag.answer.checking.words import Token
from rag.index.embedders import Contextual, Embedder, ReadTokens, Vectors

#: Cosine of two words in their sentences, from which on the one may stand for the other.
NEAR = 0.5
#: The least likeness of two words of one stem.
SAME = 0.8
#: Sentences are embedded so many at a time, so that they are remembered.
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
    words = _read_words([claim, *(source.read for source in sources)], embedder)
    for column, source in enumerate(sources):
        vectors = None if words is None else (words[0], words[column + 1])
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
    vectors: tuple[Vectors, Vectors] | None,
    likeness: Vectors,
    partners: np.ndarray,
) -> None:
    others = source.content
    if not others or not places:
        return
    stems = np.array([source.tokens[other].stem for other in others])
    cosines = np.zeros((len(places), len(others)), np.float32)
    if vectors is not None:
        cosines = vectors[0] @ vectors[1].T
    for row, place in enumerate(places):
        token = claim.tokens[place]
        same = stems == token.stem
        alike = np.where(same, SAME + (1 - SAME) * cosines[row].clip(0), 0.0)
        if not token.is_name:
            near = (cosines[row] >= NEAR) & ~same
            alike = np.where(near, cosines[row], alike)
        best = int(alike.argmax())
        if alike[best] > 0:
            likeness[row], partners[row] = alike[best], others[best]


def _read_words(reads: Sequence[Read], embedder: Embedder | None) -> list[Vectors] | None:
    """For each sentence the unit vectors of its content words, as they are meant there."""
    if not isinstance(embedder, Contextual):
        return None
    found = []
    for read, tokens in zip(reads, embedder.read_tokens([r.plain for r in reads]), strict=True):
        found.append(_join_tokens([read.tokens[place] for place in read.content], tokens))
    return found


def _join_tokens(words: Sequence[Token], tokens: ReadTokens) -> Vectors:
    width = tokens.vectors.shape[-1]
    joined = np.zeros((len(words), width), np.float32)
    for row, word in enumerate(words):
        own = [
            n
            for n, (start, end) in enumerate(tokens.places)
            if start < word.end and end > word.start
        ]
        if own:
            joined[row] = tokens.vectors[own].mean(axis=0)
    lengths = np.linalg.norm(joined, axis=1, keepdims=True)
    unit: Vectors = joined / np.maximum(lengths, 1e-9)
    return unit


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
