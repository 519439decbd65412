"""How well a reader does on questions that it has not seen: where it points, and whether to."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from bench.fitting import measure_auroc
from rag.ingest.sentences import split_sentences
from rag.types import Span
from training.data import Example

#: The log odds of a window that has no token: less than any that has one.
NOTHING = -20.0


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader makes of an example: its answer, if any, and two signs of there being one."""

    example: Example
    span: Span | None
    odds: float
    answers: float


@dataclass(frozen=True, slots=True)
class Scores:
    """`f1` and `sentence` are means over answerable questions; then the AUROCs of three signs.

    `f1`: of the words in common with the answer, as SQuAD counts it; `sentence`: whether the answer
    begins in the sentence of an annotator's. The signs: the odds of the span, those of the window,
    and both together, each divided by its deviation.
    """

    questions: int
    f1: float
    sentence: float
    auroc_odds: float
    auroc_answers: float
    auroc: float

    def to_dict(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def score(told: Sequence[Told]) -> Scores:
    can = [one for one in told if one.example.answers]
    signs = np.array([(one.odds, one.answers) for one in told])
    truth = np.array([bool(one.example.answers) for one in told])
    both = (signs / (signs.std(axis=0) + 1e-9)).sum(axis=1)
    return Scores(
        questions=len(told),
        f1=float(np.mean([measure_best(one) for one in can])),
        sentence=float(np.mean([_is_in_sentence(one) for one in can])),
        auroc_odds=measure_auroc(signs[:, 0], truth),
        auroc_answers=measure_auroc(signs[:, 1], truth),
        auroc=measure_auroc(both, truth),
    )


def measure_f1(said: str, answer: str) -> float:
    """F1 of the words in common, as SQuAD's own script has it: articles and marks left out."""
    one, other = _normalize(said), _normalize(answer)
    common = sum((Counter(one) & Counter(other)).values())
    if not common:
        return float(one == other)
    return 2 * common / (len(one) + len(other))


def measure_best(told: Told) -> float:
    """The best F1 of what was told against any annotator's answer; 0 where there is none."""
    if told.span is None:
        return 0.0
    said, text = told.span.of(told.example.text), told.example.text
    return max((measure_f1(said, answer.of(text)) for answer in told.example.answers), default=0.0)


def _is_in_sentence(told: Told) -> bool:
    if told.span is None:
        return False
    starts = [told.span.start, *(answer.start for answer in told.example.answers)]
    sentences = split_sentences(told.example.text)
    at = [next((n for n, s in enumerate(sentences) if s.start <= x < s.end), -1) for x in starts]
    return at[0] >= 0 and at[0] in at[1:]


def _normalize(text: str) -> list[str]:
    bare = "".join(mark for mark in text.lower() if mark not in string.punctuation)
    return re.sub(r"\b(?:a|an|the)\b", " ", bare).split()
