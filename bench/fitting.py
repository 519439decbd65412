"""Two small learners: which of a list, and whether. Both by Newton's method, both repeatable."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Objective = Callable[[Array], tuple[float, Array, Array]]


def learn_choice(
    lists: Sequence[Array], right: Sequence[NDArray[np.bool_]], penalty: float = 2.0
) -> Array:
    """Weights, shape (features,), by which a softmax over each list points at what is right in it.

    `lists` are of shape (items, features); maximises the probability that any right item has.
    """
    width = lists[0].shape[1]

    def objective(weights: Array) -> tuple[float, Array, Array]:
        loss = penalty * float(weights @ weights) / 2
        slope, bend = penalty * weights, penalty * np.eye(width)
        for items, good in zip(lists, right, strict=True):
            scores = items @ weights
            likely = np.exp(scores - scores.max())
            likely /= likely.sum()
            hit = likely[good].sum()
            loss -= np.log(hit)
            slope = slope + items.T @ (likely - np.where(good, likely, 0) / hit)
            mean = likely @ items
            bend = bend + (items.T * likely) @ items - np.outer(mean, mean)
        return loss, slope, bend

    return _descend(objective, width)


def learn_whether(
    items: Array, truth: NDArray[np.bool_], weight: Array, signs: Array, penalty: float = 4.0
) -> tuple[Array, float]:
    """Logistic weights, shape (features,), and the bias; `weight` is what each item counts.

    A feature whose weight comes out against its sign (+1 or -1) tells of these questions more than
    of answering, and is left at 0.
    """
    scale = items.std(axis=0) + 1e-6
    used = np.ones(items.shape[1], bool)
    while True:
        inputs = np.hstack([items[:, used] / scale[used], np.ones((len(items), 1))])
        found = _descend(_whether(inputs, truth.astype(float), weight, penalty), inputs.shape[1])
        wrong = found[:-1] * signs[used] < 0
        if not wrong.any():
            break
        used[np.flatnonzero(used)[wrong]] = False
    weights = np.zeros(items.shape[1])
    weights[used] = found[:-1] / scale[used]
    return weights, float(found[-1])


def measure_auroc(scores: Array, truth: NDArray[np.bool_]) -> float:
    """How often what is true scores above what is not, ties counted half."""
    above = scores[truth][:, None] - scores[~truth][None, :]
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


def _whether(inputs: Array, truth: Array, weight: Array, penalty: float) -> Objective:
    ridge = penalty * np.eye(inputs.shape[1])
    ridge[-1, -1] = 1e-3

    def objective(weights: Array) -> tuple[float, Array, Array]:
        z = inputs @ weights
        likely = 1 / (1 + np.exp(-z))
        loss = float(
            (weight * (np.logaddexp(0, z) - truth * z)).sum() + weights @ ridge @ weights / 2
        )
        slope = inputs.T @ (weight * (likely - truth)) + ridge @ weights
        return loss, slope, (inputs.T * (weight * likely * (1 - likely))) @ inputs + ridge

    return objective


def _descend(objective: Objective, width: int, steps: int = 60) -> Array:
    """Newton's method with halved steps where a whole one would climb."""
    weights = np.zeros(width)
    loss, slope, bend = objective(weights)
    for _ in range(steps):
        step = np.linalg.solve(bend, slope)
        length = 1.0
        while length > 1e-6:
            after = objective(weights - length * step)
            if after[0] <= loss:
                break
            length /= 2
        else:
            break
        weights = weights - length * step
        gained = loss - after[0]
        loss, slope, bend = after
        if gained < 1e-9:
            break
    return weights
