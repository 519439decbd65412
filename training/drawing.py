"""What an epoch learns from: of each set its share, with negatives, in batches drawn by a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from training.balance import balance
from training.data import Example
from training.negatives import Other, mix
from training.rows import Lesson, Rows, plan

#: Tokens of a batch, padding included: some 32 rows.
BUDGET = 4096
#: Of the answered questions, the shares that are asked again in vain; see `mix`.
NEGATIVES = {"other": 0.25, "beside": 0.15, "swapped": 0.2}
#: How much of a set an epoch takes: QAMR asks some 40 questions of each of its sentences.
SHARES = {"qamr": 0.2}


def draw_epoch(kept: Sequence[Example], other: Other, rows: Rows, seed: int) -> list[list[Lesson]]:
    """The batches of one epoch: of each set its share, with negatives, each in a fresh window."""
    random = Random(seed)
    drawn = [one for one in kept if random.random() < SHARES.get(one.source, 1.0)]
    news = [one for one in drawn if one.source == "news"]
    drawn = [one for one in drawn if one.source != "news"] + balance(news, random)
    examples = mix(drawn, other, random, NEGATIVES)
    made = [row for one in examples if (row := rows.draw(one, random))]
    return list(plan(made, BUDGET, random))


def draw_steps(
    first: list[list[Lesson]], kept: Sequence[Example], other: Other, rows: Rows, seed: int
) -> Iterator[list[Lesson]]:
    """Batches without end, epoch by epoch."""
    batches = first
    while True:
        yield from batches
        seed += 1
        batches = draw_epoch(kept, other, rows, seed)
