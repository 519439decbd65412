"""Which sentences of a source a claim comes from, and which of their words its words stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answer.checking.sources import Read, Source
from rag.answer.checking.words import Token, simplify, split_tokens
from rag.index.embedders import Embedder, ReadTokens, Vectors, find_contextual

#: Cosine of two words in their sentences, from which on the one may stand for the other.
NEAR = 0.5
#: The likeness from which on it is taken to stand for it.
SURE = 0.55
#: The least likeness of two words of one stem.
SAME = 0.8
#: Sentences are embedded so many at a time, so that they are remembered.
BATCH = 100
#: A further sentence belongs to what a claim comes from where it covers this much more of it.
GAIN = 0.1
MOST = 3
#: The weight of a sentence's cosine beside the share of words that it covers.
WHOLE = 0.5
#: What an outlet does with what stands in its articles, beside its name.
_TELLING = frozenset(["say", "report", "write", "state", "note", "accord"])


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """A claim over the sentences that it may come from.

    `places` are the claim's content words. `likeness` has shape (places, sources), 0..1: the best
    word there; `partners` has, in the same shape, that word's place among the source's tokens, -1
    for none. `cosines` compare whole sentences. `chosen` are the sources that the claim seems to
    come from, best first.
    """

    claim: Read
    sources: Sequence[Source]
    places: Sequence[int]
    likeness: Vectors
    partners: NDArray[np.int32]
    cosines: Vectors
    chosen: Sequence[int]

    @property
    def closest(self) -> float:
        """The cosine of the sentence that is nearest as a whole."""
        return float(self.cosines.max(initial=0.0))

    @property
    def coverage(self) -> float:
        """The share of the claim's words that stand anywhere in the sources."""
        return float(self.likeness.max(axis=1).mean()) if self.likeness.size else 0.0

    def covered_by(self, column: int) -> float:
        """The share of them that stand in one source."""
        return float(self.likeness[:, column].mean()) if self.likeness.size else 0.0

    def list_chosen(self) -> Iterator[tuple[int, Source]]:
        """The sources that the claim seems to come from, each with its column."""
        for column in self.chosen:
            yield column, self.sources[column]

    def find_partner(self, row: int, column: int) -> int | None:
        """The place of the source's word that a claim's surely stands for."""
        partner = int(self.partners[row, column])
        return partner if partner >= 0 and self.likeness[row, column] >= SURE else None


def align(claim: Read, sources: Sequence[Source], embedder: Embedder | None) -> Alignment:
    """How a claim lies over the sentences that it may come from."""
    outlets = find_outlet_places(claim, sources)
    places = [place for place in claim.content if place not in outlets]
    likeness = np.zeros((len(places), len(sources)), np.float32)
    partners = np.full((len(places), len(sources)), -1, np.int32)
    compared = _compare_words(claim, places, [source.read for source in sources], embedder)
    for column, source in enumerate(sources):
        if places and source.read.content:
            found = _pair(claim, places, source.read, compared[column])
            partners[:, column], likeness[:, column] = found
    whole = _compare_whole(claim, sources, embedder)
    covered = likeness.mean(axis=0) if places else np.zeros(len(sources), np.float32)
    chosen = _choose(likeness, covered + WHOLE * whole)
    return Alignment(claim, sources, places, likeness, partners, whole, chosen)


def find_outlet_places(claim: Read, sources: Sequence[Source]) -> frozenset[int]:
    """The places of “the Harbor Ledger reports”: said of the article, which need not say it."""
    found: set[int] = set()
    for outlet in {source.hit.article.outlet or "" for source in sources}:
        words = [token.lower for token in split_tokens(simplify(outlet)) if not token.is_mark]
        words = words[1:] if words[:1] == ["the"] else words
        for start in range(len(claim.tokens) - len(words) + 1 if words else 0):
            run = range(start, start + len(words))
            telling = _list_telling(claim.tokens, run)
            if telling and [claim.tokens[place].lower for place in run] == words:
                found |= {*run, *telling}
    return frozenset(found)


def _list_telling(tokens: Sequence[Token], run: range) -> list[int]:
    """The places beside an outlet's name that say that it tells something."""
    near = [place for place in range(run.start - 3, run.stop + 1) if 0 <= place < len(tokens)]
    return [place for place in near if place not in run and tokens[place].stem in _TELLING]


def _choose(likeness: Vectors, scores: Vectors) -> list[int]:
    """The best source, and those that cover what it leaves open."""
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


def _pair(
    claim: Read, places: Sequence[int], source: Read, cosines: Vectors
) -> tuple[NDArray[np.int32], Vectors]:
    """For each of the claim's words its partner in a source, -1 for none, and the likeness."""
    stems = np.array([source.tokens[other].stem for other in source.content])
    same = stems == np.array([claim.tokens[place].stem for place in places])[:, None]
    named = np.array([claim.tokens[place].is_name for place in places])[:, None]
    near = (cosines >= NEAR) & ~same & ~named
    alike = np.where(same, SAME + (1 - SAME) * cosines.clip(0), np.where(near, cosines, 0))
    best = alike.argmax(axis=1)
    likeness = alike.max(axis=1)
    partners = np.where(likeness > 0, np.array(source.content)[best], -1)
    return partners.astype(np.int32), likeness.astype(np.float32)


def _compare_words(
    claim: Read, places: Sequence[int], sources: Sequence[Read], embedder: Embedder | None
) -> list[Vectors]:
    """For each source the cosines, shape (places, its content words), of words in context."""
    contextual = find_contextual(embedder)
    if contextual is None or not places:
        return [np.zeros((len(places), len(one.content)), np.float32) for one in sources]
    read = contextual.read_tokens([claim.plain, *(one.plain for one in sources)])
    own = _join_tokens([claim.tokens[place] for place in places], read[0])
    return [
        own @ _join_tokens([one.tokens[place] for place in one.content], tokens).T
        for one, tokens in zip(sources, read[1:], strict=True)
    ]


def _join_tokens(words: Sequence[Token], tokens: ReadTokens) -> Vectors:
    """The unit vectors of words, each the mean of the model's tokens that it is made of."""
    joined = np.zeros((len(words), tokens.vectors.shape[-1]), np.float32)
    starts, ends = np.array(tokens.places, np.intp).reshape(-1, 2).T
    for row, word in enumerate(words):
        own = (starts < word.end) & (ends > word.start)
        if own.any():
            joined[row] = tokens.vectors[own].mean(axis=0)
    lengths = np.linalg.norm(joined, axis=1, keepdims=True)
    unit: Vectors = joined / np.maximum(lengths, 1e-9)
    return unit


def _compare_whole(claim: Read, sources: Sequence[Source], embedder: Embedder | None) -> Vectors:
    """The cosine of each source to the claim; none where there is no embedder."""
    if embedder is None or not sources:
        return np.zeros(len(sources), np.float32)
    texts = [source.read.text for source in sources]
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    vectors = np.concatenate([embedder.embed([claim.text]), *map(embedder.embed, batches)])
    cosines: Vectors = vectors[1:] @ vectors[0]
    return cosines
