"""What a reader in training does on questions kept out, each over its passage as far as it fits."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from training.data import Example
from training.model import Reader
from training.rows import Rows
from training.scores import NOTHING, Scores, Told, score
from training.tensors import batch

#: Rows that are read at once.
AT_ONCE = 16


def evaluate(reader: Reader, rows: Rows, examples: Sequence[Example]) -> Scores:
    """The scores over examples in full precision; `python -m bench.reading` has the int8 ones."""
    reader.eval()
    device = next(reader.parameters()).device.type
    made = [(one, rows.make(one, 0, len(one.text), one.title)) for one in examples]
    made.sort(key=lambda pair: len(pair[1].ids))
    told = []
    for first in range(0, len(made), AT_ONCE):
        part = made[first : first + AT_ONCE]
        with torch.no_grad():
            read = reader(batch([row for _, row in part]).to(device))
        for n, (one, row) in enumerate(part):
            span = torch.stack((read.start[n], read.end[n]), dim=-1).cpu().numpy()
            reading = row.lay(span, float(read.answers[n]))
            found = reading.find()
            odds = found.odds if found else NOTHING
            told.append(Told(one, found.span if found else None, odds, reading.answers))
    return score(told)
