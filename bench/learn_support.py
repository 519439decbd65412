"""Learns how what speaks against a sentence is weighed: the table `support` of rag/weights.toml.

    python -m bench.learn_support [SET ...]

Learnt from what bench.support may be tuned on, and from further SETs: folders of articles (.md)
with a file sentences.jsonl in the format of tests/evaluation/support.jsonl, over other articles
than the samples. Those that the present table was learnt from, 626 sentences over 48 news
articles, are not part of this repository: half of them tell falsehoods of people who exist.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench.cases import OUT, open_samples
from bench.fitting import learn_whether
from bench.learn import write_weights
from bench.support import Claim, read_claims
from rag.answer.checking.signs import Sign
from rag.answer.checking.weighing import DECISIVE
from rag.answer.support import measure
from rag.assistant import Assistant
from rag.settings import load_settings

#: The share of the true sentences, of those learnt from, that is doubted.
DOUBTED = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path)
    measured = [*list_measured(open_samples(), None)]
    for folder in parser.parse_args().sets:
        with open_set(folder) as assistant:
            measured += list_measured(assistant, folder / "sentences.jsonl")
    write_weights("support", learn(measured))


def list_measured(
    assistant: Assistant, sentences: Path | None
) -> Iterator[tuple[Claim, list[Sign]]]:
    """Each sentence that may be learnt from, with its signs."""
    claims = read_claims(assistant) if sentences is None else read_claims(assistant, sentences)
    embedder = assistant.embedder
    for claim in claims:
        if claim.tuned:
            yield claim, measure(claim.text, claim.cited, embedder)


def learn(measured: Sequence[tuple[Claim, list[Sign]]]) -> dict[str, float]:
    """The weights by sign, the bias, and the sum from which on a sentence is doubted."""
    names = [sign.name for sign in measured[0][1] if sign.name not in DECISIVE]
    items = np.array([[s.value for s in signs if s.name in names] for _, signs in measured])
    decided = np.array([any(s.value for s in signs if s.name in DECISIVE) for _, signs in measured])
    false = np.array([not claim.is_true for claim, _ in measured])
    # As if there were as many false ones as true ones.
    counts = np.where(false, (~false).sum() / false.sum(), 1.0)
    left = ~decided
    signs = np.ones(len(names))
    weights, bias = learn_whether(items[left], false[left], counts[left], signs)
    weights, bias = weights.round(2), round(bias, 2)
    sums = np.where(decided, np.inf, items @ weights + bias)[~false]
    least = float(np.quantile(sums, 1 - DOUBTED, method="higher"))
    return {
        "bias": bias,
        "doubted_from": least,
        **dict(zip(names, map(float, weights), strict=True)),
    }


@contextmanager
def open_set(folder: Path) -> Iterator[Assistant]:
    with TemporaryDirectory() as home:
        settings = load_settings(env={}, folder=OUT, home=Path(home))
        with Assistant(settings, create=True) as assistant:
            assistant.index([folder])
            yield assistant


if __name__ == "__main__":
    main()
