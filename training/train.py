"""Trains the reader.

python -m training.train DATA --out FOLDER [--epochs N | --steps N] [--share S] [--resume FOLDER]

FOLDER gets `reader.pt`, `record.json`, which says how it came about, and `log.jsonl`, all written
as it goes, so that an interrupted run can be gone on from. Takes a GPU where there is one.
Everything is drawn by SEED; what a GPU adds up in another order may still move
the last digits.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TextIO

import torch
from tokenizers import Tokenizer
from torch.nn import functional

from rag.index.weights import find_weights, read_tokenizer
from training.data import Example, read_all, split_out, take_share
from training.drawing import NEGATIVES, SHARES, draw_epoch, draw_steps
from training.evaluate import evaluate
from training.model import RANK, Read, Reader, load_reader
from training.negatives import Other
from training.rows import Lesson, Rows
from training.tensors import batch, targets

SEED = 8
#: The learning rate rises for so many steps, and falls to nothing by the last one. Of 3e-4, 1e-3
#: and 1.5e-3 the first was slower by half after a hundred steps, the others alike.
RATE, WARM_UP, DECAY = 1.5e-3, 100, 0.01
CLIP = 1.0
#: How much whether there is an answer counts beside where it is.
WHETHER = 1.0
#: Steps between two lines of the log, and between two looks at the questions kept out.
LOG, LOOK = 50, 400
#: Questions of a set that are looked at on the way: all of them take as long as 60 steps.
GLANCE = 300


@dataclass
class Training:
    """One run: the reader, its optimizer, and what is told of it; `told` begins its record."""

    reader: Reader
    rows: Rows
    tuning: Sequence[Example]
    out: Path
    rate: float
    total: int
    device: str
    log: TextIO
    told: dict[str, Any]
    step: int = 0
    tokens: int = 0
    began: float = field(default_factory=time.monotonic)
    losses: list[torch.Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reader.to(self.device)
        self._optimizer = torch.optim.AdamW(self.reader.parameters(), self.rate, weight_decay=DECAY)

    def learn(self, part: list[Lesson]) -> None:
        """One step."""
        for group in self._optimizer.param_groups:
            rising = min(1.0, (self.step + 1) / WARM_UP)
            group["lr"] = self.rate * rising * (1 - self.step / self.total)
        self.reader.train()
        inputs = batch(part).to(self.device)
        where, whether = measure_loss(self.reader(inputs), part)
        (where + WHETHER * whether).backward()
        torch.nn.utils.clip_grad_norm_(self.reader.parameters(), CLIP)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self.step += 1
        self.tokens += inputs.ids.numel()
        self.losses.append(torch.stack([where.detach(), whether.detach()]))
        if self.step % LOG == 0:
            self._tell()
        if self.step % LOOK == 0 or self.step == self.total:
            self.save()

    def save(self) -> None:
        """The weights, and the record of how they came about so far."""
        torch.save(self.reader.state_dict(), self.out / "reader.pt")
        record = self.told | {
            "steps": self.step,
            "of steps": self.total,
            "tokens": self.tokens,
            "seconds": round(time.monotonic() - self.began),
            "scores of what was tuned by": self.look(),
        }
        (self.out / "record.json").write_text(json.dumps(record, indent=2), encoding="utf-8")

    def look(self) -> dict[str, dict[str, float]]:
        """The scores on what is tuned by, by set: on GLANCE questions of each until the end."""
        found = {}
        for source in sorted({one.source for one in self.tuning}):
            some = [one for one in self.tuning if one.source == source]
            if self.step < self.total:
                some = Random(SEED).sample(some, min(GLANCE, len(some)))
            found[source] = evaluate(self.reader, self.rows, some).to_dict()
            self._write({"step": self.step, "set": source} | found[source])
        return found

    def _tell(self) -> None:
        where, whether = torch.stack(self.losses).mean(0).tolist()
        self.losses.clear()
        seconds = time.monotonic() - self.began
        self._write(
            {
                "step": self.step,
                "of": self.total,
                "where": round(where, 4),
                "whether": round(whether, 4),
                "seconds": round(seconds),
                "tokens a second": round(self.tokens / seconds),
            }
        )

    def _write(self, line: dict[str, Any]) -> None:
        print(json.dumps(line), flush=True)
        self.log.write(json.dumps(line) + "\n")
        self.log.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=6.0)
    parser.add_argument(
        "--share", type=float, default=1.0, help="of how many of the articles to learn"
    )
    parser.add_argument("--steps", type=int, help="as many, whatever the epochs")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--resume", type=Path, help="the FOLDER of a run to go on from")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    learning, tuning, _ = split_out(read_all(options.data))
    if not learning:
        raise SystemExit(f"{options.data} holds no questions to learn from: see docs/reader.md.")
    kept = take_share(learning, options.share)
    weights = find_weights()
    rows = Rows(Tokenizer.from_str(read_tokenizer(weights)))
    reader, earlier = load_reader(weights.model), None
    if options.resume:
        reader.load_state_dict(torch.load(options.resume / "reader.pt", map_location="cpu"))
        earlier = json.loads((options.resume / "record.json").read_text(encoding="utf-8"))
    # Another run draws other rows.
    seed = SEED + 1000 * _count_runs(earlier)
    other = Other(kept)
    first = draw_epoch(kept, other, rows, seed)
    with (options.out / "log.jsonl").open("a", encoding="utf-8") as log:
        training = Training(
            reader=reader,
            rows=rows,
            tuning=tuning,
            out=options.out,
            rate=options.rate,
            total=options.steps or round(len(first) * options.epochs),
            device="cuda" if torch.cuda.is_available() else "cpu",
            log=log,
            told={
                "trained on": dict(sorted(Counter(one.source for one in kept).items())),
                "seed": seed,
                "rank": RANK,
                "epochs": round((options.steps or 0) / len(first), 2) or options.epochs,
                "rate": options.rate,
                "negatives": NEGATIVES,
                "shares": SHARES,
                "device": "cuda" if torch.cuda.is_available() else "cpu",
                "torch": torch.__version__,
                "went on from": earlier,
            },
        )
        for part in draw_steps(first, kept, other, rows, seed):
            if training.step == training.total:
                break
            training.learn(part)


def measure_loss(read: Read, rows: list[Lesson]) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross entropy of where the answer is, and of whether there is one."""
    given = targets(rows, read.start.shape[1])
    start, end, answers = (one.to(read.start.device) for one in given)
    where = functional.cross_entropy(read.start, start) + functional.cross_entropy(read.end, end)
    return where / 2, functional.binary_cross_entropy_with_logits(read.answers, answers)


def _count_runs(record: dict[str, Any] | None) -> int:
    count = 0
    while record:
        count, record = count + 1, record.get("went on from")
    return count


if __name__ == "__main__":
    main()
