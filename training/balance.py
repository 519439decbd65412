"""Questions drawn so that their words alone do not give away whether they are answered.

Whoever writes questions that a passage does not answer asks “how many” more often than otherwise,
and a reader learns that sooner than to read. The words of a question are held against those of the
answered and of the others, as naive Bayes does, and of questions that look alike to it as many of
the one sort are drawn as of the other.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from training.data import Example

_WORD = re.compile(r"\w+|\?")
#: Parts that are scored each by what the others hold, and parts that are balanced each by itself.
FOLDS, BINS = 5, 24
#: A word that fewer questions have tells nothing.
RARE = 5


def balance(examples: Sequence[Example], random: Random) -> list[Example]:
    """As many answered questions as others, alike by their words; which of them is drawn anew."""
    scores = score_words(examples)
    order = sorted(range(len(examples)), key=lambda n: (scores[n], random.random()))
    drawn: list[Example] = []
    for part in range(BINS):
        inside = order[len(order) * part // BINS : len(order) * (part + 1) // BINS]
        answered = [examples[n] for n in inside if examples[n].answers]
        others = [examples[n] for n in inside if not examples[n].answers]
        size = min(len(answered), len(others))
        drawn += random.sample(answered, size) + random.sample(others, size)
    random.shuffle(drawn)
    return drawn


def score_words(examples: Sequence[Example]) -> list[float]:
    """How much the words of each question speak for its being answered: log odds.

    An article's questions are scored by the words of other articles' alone.
    """
    # Sets of words come in any order: fsum gives the same for each, and so the same draw.
    groups = sorted({one.group for one in examples})
    fold = {group: n % FOLDS for n, group in enumerate(groups)}
    words = [_list_words(one.question) for one in examples]
    scores = [0.0] * len(examples)
    for held in range(FOLDS):
        seen: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        sizes = [0, 0]
        for one, said in zip(examples, words, strict=True):
            if fold[one.group] != held:
                seen[bool(one.answers)].update(said)
                sizes[bool(one.answers)] += 1
        for n, one in enumerate(examples):
            if fold[one.group] == held:
                told = [word for word in words[n] if seen[0][word] + seen[1][word] >= RARE]
                scores[n] = math.fsum(
                    math.log((seen[1][word] + 0.5) / (sizes[1] + 1))
                    - math.log((seen[0][word] + 0.5) / (sizes[0] + 1))
                    for word in told
                )
    return scores


def _list_words(question: str) -> set[str]:
    """Its words and pairs of words; those that open it are told from the same ones elsewhere."""
    words = _WORD.findall(question.casefold())
    pairs = {f"{one} {other}" for one, other in pairwise(words)}
    return {*words, *pairs, f"^{' '.join(words[:1])}", f"^{' '.join(words[:2])}"}
