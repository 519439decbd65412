"""What an epoch is made of: the same in every process, negatives without the answer, and shares."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from rag.types import Span
from training.data import Example
from training.drawing import NEGATIVES
from training.negatives import Other, look_beside, mix

ROOT = Path(__file__).parents[2]
#: Draws an epoch of made-up questions, and prints what its rows hash to. Without torch.
DRAW = """
import hashlib, sys
from tokenizers import Tokenizer
from rag.index.weights import find_weights, read_tokenizer
from rag.types import Span
from training.data import Example
from training.drawing import draw_epoch
from training.negatives import Other
from training.rows import Rows

examples = []
for n in range(120):
    text = f"Ana Reyes{n} opened harbour {n} in {1900 + n}. Tom Vance closed pier {n}. Nobody came."
    source = ("squad", "news", "qamr")[n % 3]
    answers = (Span(0, text.index(" opened")),) if n % 4 else ()
    question = f"Who opened harbour {n} before Tom Vance in {1900 + n}?"
    examples.append(Example(question, "The harbour", text, answers, source, f"group{n % 7}"))
rows = Rows(Tokenizer.from_str(read_tokenizer(find_weights(check=False))))
drawn = [draw_epoch(examples, Other(examples), rows, seed) for seed in (8, 8, 9)]
told = [repr([[(row.ids, row.answers) for row in part] for part in one]) for one in drawn]
print(*(hashlib.sha256(one.encode()).hexdigest() for one in told), sum(map(len, drawn[0])))
assert "torch" not in sys.modules
"""
TEXT = "Ana Reyes opened the harbour in 1961. Tom Vance closed it in 1984. Nobody protested."


def make(*answers: str, text: str = TEXT) -> Example:
    spans = tuple(Span(text.index(one), text.index(one) + len(one)) for one in answers)
    return Example("Who closed it before 1984?", "The harbour", text, spans, "squad", "harbour")


def test_the_same_seed_draws_the_same_epoch_in_every_process() -> None:
    said = []
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        run = subprocess.run(
            [sys.executable, "-c", DRAW], env=environment, capture_output=True, text=True, cwd=ROOT
        )
        assert run.returncode == 0, run.stderr
        said.append(run.stdout.split())
    assert said[0] == said[1]
    first, again, other, rows = said[0]
    assert first == again != other
    assert int(rows) > 20


@pytest.mark.parametrize(
    ("answers", "text", "left"),
    [
        (("Tom Vance",), TEXT, {"Ana Reyes opened the harbour in 1961.", "Nobody protested."}),
        (("Ana Reyes",), TEXT, {"Tom Vance closed it in 1984. Nobody protested."}),
        # Two annotators, of two sentences.
        (("Ana Reyes", "Tom Vance"), TEXT, {"Nobody protested."}),
        (("Tom Vance",), f"{TEXT} So did tom vance.", {"Ana Reyes opened the harbour in 1961."}),
        (("Tom Vance",), "Tom Vance closed it.", {None}),
        (("Tom Vance",), "Tom Vance closed it. TOM VANCE wept.", {None}),
    ],
)
def test_what_stands_beside_the_answer_has_it_not(
    answers: tuple[str, ...], text: str, left: set[str | None]
) -> None:
    asked = make(*answers, text=text)
    found = [look_beside(asked, Random(seed)) for seed in range(20)]
    assert {one and one.text for one in found} == left
    for one in found:
        assert one is None or (one.question, one.answers) == (asked.question, ())
        assert one is None or not any(said.casefold() in one.text.casefold() for said in answers)


@pytest.mark.parametrize("shares", [NEGATIVES, {"other": 0.0, "beside": 0.5, "swapped": 0.1}])
def test_of_the_answered_questions_the_shares_are_asked_in_vain(shares: dict[str, float]) -> None:
    # Each can be asked in vain in every way.
    examples = [make("Tom Vance", text=f"{TEXT} Eva Noor{n} looked on.") for n in range(1000)]
    examples += [make(text="It was 1984 for a while. Eva Noor looked on.")] * 500
    made = mix(examples, Other(examples), Random(1), shares)
    assert made[: len(examples)] == examples
    ways = Counter(map(tell_way, made[len(examples) :]))
    assert set(ways) == {name for name, share in shares.items() if share}
    for name, share in shares.items():
        assert ways[name] / 1000 == pytest.approx(share, abs=0.05)


def tell_way(negative: Example) -> str:
    assert negative.answers == ()
    if negative.question != make().question:
        return "swapped"
    # Only whole passages have the year that all of them have.
    return "other" if "It was 1984" in negative.text else "beside"
