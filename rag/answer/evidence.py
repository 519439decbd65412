"""Which sentences of the hits answer a question, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.answer.question import ANSWERS, NOT_NAMES, Question, find_names
from rag.index.embedders import Embedder
from rag.index.generations import Generation
from rag.index.lexical import split_words, stems
from rag.ingest.sentences import split_sentences
from rag.types import Article, Hit, Span

#: A long question's sentence need not repeat all of it: so many of its rarest terms are enough.
TERMS_WANTED = 6
#: Sentences that are embedded for a question, chosen by their words; about 4 ms each on two cores.
EMBEDDED = 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a hit; `features` is what speaks for it, `probability` what they come to."""

    hit: Hit
    span: Span
    features: Features
    probability: float

    @property
    def text(self) -> str:
        return self.span.of(self.hit.article.text)


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a sentence, each in 0..1.

    `said`: share of the question's rarest terms that its terms make up; `cosine`: of question and
    sentence; `fits`: whether it has the kind of thing asked for; `rank`: the hit's score; `named`:
    share of the question's names that stand in its article.
    """

    said: float
    cosine: float
    fits: float
    rank: float
    named: float


#: Logistic weights, by bench/evidence.py on SQuAD 2.0 and rounded; see docs/decisions.md.
WEIGHTS = Features(said=5.0, cosine=4.0, fits=2.7, rank=5.0, named=1.0)
BIAS = -13.0


def weigh(
    question: Question, hits: Sequence[Hit], generation: Generation, embedder: Embedder | None
) -> list[Evidence]:
    """Every sentence of `hits` once, the likeliest answer first."""
    rarity = measure_rarity(question, generation)
    named = {hit.article.id: _share_named(question, hit.article) for hit in hits}
    rough = [
        (hit, span, _look(question, rarity, hit, span, named[hit.article.id]))
        for hit, span in list_sentences(hits)
    ]
    rough.sort(key=lambda found: -to_probability(found[2]))
    cosines = _embed(question, [span.of(hit.article.text) for hit, span, _ in rough], embedder)
    evidence = []
    for (hit, span, seen), cosine in zip(rough, cosines, strict=True):
        features = replace(seen, cosine=cosine)
        evidence.append(Evidence(hit, span, features, to_probability(features)))
    return sorted(evidence, key=lambda found: -found.probability)


def to_probability(features: Features) -> float:
    total = BIAS + sum(
        getattr(WEIGHTS, name) * getattr(features, name) for name in Features.__slots__
    )
    return 1 / (1 + math.exp(-total))


def list_sentences(hits: Sequence[Hit]) -> list[tuple[Hit, Span]]:
    """The sentences of the hits' passages, each stretch of an article once, best hit first."""
    seen: set[tuple[str, int, int]] = set()
    found = []
    for hit in hits:
        for span in split_sentences(hit.passage.text):
            start, end = hit.passage.start + span.start, hit.passage.start + span.end
            if (hit.article.id, start, end) not in seen:
                seen.add((hit.article.id, start, end))
                found.append((hit, Span(start, end)))
    return found


def measure_rarity(question: Question, generation: Generation) -> dict[str, float]:
    """Inverse document frequency of the question's terms, over passages (as in BM25)."""
    total = generation.lexical.count()
    counts = {stem: generation.lexical.passages_with(stem) for stem in question.stems}
    return {s: math.log(1 + (total - n + 0.5) / (n + 0.5)) for s, n in counts.items()}


def find_unknown_names(question: Question, generation: Generation) -> list[str]:
    """Names of the question that stand in no article."""
    return [
        name
        for name in question.names
        if (parts := stems(name)) and not any(map(generation.lexical.passages_with, parts))
    ]


def _look(
    question: Question, rarity: dict[str, float], hit: Hit, span: Span, named: float
) -> Features:
    sentence = span.of(hit.article.text)
    return Features(
        said=_share(set(stems(sentence)), rarity),
        cosine=0.0,
        fits=float(_fits(question, sentence)),
        rank=hit.score,
        named=named,
    )


def _share(found: set[str], rarity: dict[str, float]) -> float:
    wanted = sum(sorted(rarity.values(), reverse=True)[:TERMS_WANTED])
    there = sum(weight for stem, weight in rarity.items() if stem in found)
    return min(1.0, there / wanted) if wanted else 0.0


def _share_named(question: Question, article: Article) -> float:
    wanted = [name.casefold() for name in question.names]
    if not wanted:
        return 1.0
    text = f"{article.title} {article.outlet or ''} {article.author or ''} {article.text}"
    words = {word.casefold() for word in split_words(text)}
    there = [all(part.casefold() in words for part in split_words(name)) for name in wanted]
    return sum(there) / len(there)


def _fits(question: Question, sentence: str) -> bool:
    """Whether a sentence has something of the kind asked for that the question does not name."""
    if question.kind == "thing":
        return True
    if question.kind == "person":
        asked = {name.casefold() for name in question.names}
        return any(name.casefold() not in asked | NOT_NAMES for name in find_names(sentence))
    found = ANSWERS[question.kind].finditer(sentence)
    asked_text = question.text.casefold()
    return any(match.group().casefold() not in asked_text for match in found)


def _embed(question: Question, texts: list[str], embedder: Embedder | None) -> list[float]:
    if embedder is None or not texts:
        return [0.0] * len(texts)
    vectors = embedder.embed([question.text, *texts[:EMBEDDED]])
    cosines = np.clip(vectors[1:] @ vectors[0], 0.0, 1.0)
    # Those not looked at are taken for no closer than the farthest of those that were.
    return [*map(float, cosines), *[float(cosines.min())] * (len(texts) - EMBEDDED)]
