"""Rows as tensors: what the reader is given, and what it should say."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from training.model import Batch
from training.rows import Lesson


def batch(rows: Sequence[Lesson]) -> Batch:
    width = max(len(row.ids) for row in rows)
    ids, types, mask, inside = (torch.zeros(len(rows), width, dtype=torch.long) for _ in range(4))
    for n, row in enumerate(rows):
        size = len(row.ids)
        ids[n, :size] = torch.tensor(row.ids)
        types[n, row.question : size] = 1
        mask[n, :size] = 1
        inside[n, row.passage : size - 1] = 1
        inside[n, 0] = 1
    return Batch(ids, types, mask, inside)


def targets(rows: Sequence[Lesson], width: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Shares of the annotators for each start and end, and whether there is an answer at all."""
    start, end = torch.zeros(len(rows), width), torch.zeros(len(rows), width)
    for n, row in enumerate(rows):
        for a, b in row.answers or [(0, 0)]:
            start[n, a] += 1 / max(1, len(row.answers))
            end[n, b] += 1 / max(1, len(row.answers))
    return start, end, torch.tensor([float(bool(row.answers)) for row in rows])
