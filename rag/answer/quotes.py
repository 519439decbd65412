"""The quotes engine: answers in the articles' own sentences, with no language model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answer.citing import Citations, lead_in
from rag.answer.evidence import Evidence, find_unknown_names, weigh
from rag.answer.question import Question
from rag.index.embedders import Embedder
from rag.index.generations import Generation
from rag.index.lexical import stems
from rag.types import Answer, Hit, Sentence

NAME = "quotes"
WHERE = "Answers in the articles' own sentences; nothing leaves this machine."
MAX_SENTENCES = 4
#: Below this probability the best sentence is no answer; docs/decisions.md has what it refuses.
ENOUGH = 0.2
#: A further sentence must be this close to the best one, as a ratio of their odds.
NEARLY_AS_GOOD = 0.4
#: Two sentences that share this part of their terms (Jaccard) say the same.
SAME = 0.6


@dataclass(frozen=True, slots=True)
class QuotesEngine:
    """Picks one to four sentences that answer, or refuses."""

    embedder: Embedder | None
    name: str = NAME
    where: str = WHERE

    def answer(
        self, question: Question, hits: Sequence[Hit], generation: Generation
    ) -> Iterator[Answer]:
        """The answer as it grows, sentence by sentence; the last one is whole."""
        answer = Answer(question.text, self.name, hits=tuple(hits))
        unknown = find_unknown_names(question, generation)
        if unknown:
            listed = " and ".join(f"“{name}”" for name in unknown)
            yield answer.with_notes(
                f"{listed} {'stands' if len(unknown) == 1 else 'stand'} in no article."
            )
            return
        evidence = weigh(question, hits, generation, self.embedder)
        chosen = choose(evidence)
        if not chosen:
            yield answer.with_notes("No sentence of the nearest passages answers this.")
            return
        citations = Citations()
        for found in chosen:
            number = citations.cite(found.hit.article, found.span)
            sentence = Sentence(found.text, (number,), "quoted", lead=lead_in(found.hit.article))
            answer = replace(
                answer, sentences=(*answer.sentences, sentence), citations=citations.list()
            )
            yield answer


def choose(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentences to show, best first; none where even the best is not enough."""
    if not evidence or evidence[0].probability < ENOUGH:
        return []
    best = _odds(evidence[0].probability)
    chosen: list[Evidence] = []
    for found in evidence:
        near = _odds(found.probability) >= NEARLY_AS_GOOD * best
        if found.probability < ENOUGH or not near or len(chosen) == MAX_SENTENCES:
            break
        if not any(_say_the_same(found.text, other.text) for other in chosen):
            chosen.append(found)
    return chosen


def _odds(probability: float) -> float:
    return probability / (1 - probability)


def _say_the_same(one: str, other: str) -> bool:
    first, second = set(stems(one)), set(stems(other))
    return len(first & second) > SAME * len(first | second)
