"""Answers without a model: the right sentence shown, and what is refused, for each set and half.

python -m bench.answers DATA
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.cases import Case, is_one_of
from bench.fitting import measure_auroc
from bench.learn import open_sets
from bench.tables import share
from rag.answer.evidence import Evidence
from rag.answer.quotes import choose, compose
from rag.answer.refusal import judge
from rag.answer.study import study
from rag.assistant import PASSAGES, Assistant
from rag.ingest.sentences import split_sentences
from rag.reader.reader import Reader
from rag.retrieve.hybrid import search
from rag.retrieve.question import parse_question
from rag.settings import Settings
from rag.types import Filters

HALVES = ("tuning", "report")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question, whether it was refused or not."""

    case: Case
    probability: float
    shown: tuple[str, ...]
    right: bool
    best: str
    opening: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--misses", metavar="SET", help="list this set's misses, report half")
    parser.add_argument("--half", type=int, default=1, help="the half whose misses are listed")
    options = parser.parse_args()
    least = Settings().confidence
    for name, (assistant, cases) in open_sets(options.data).items():
        for reader, label in list_readers(assistant):
            outcomes = list(try_all(assistant, cases, reader))
            for half in (0, 1):
                some = [one for one in outcomes if one.case.half == half]
                found = "; ".join(f"{k} {v}" for k, v in measure(some, least).items())
                print(f"{name}, {HALVES[half]} half, {label}: {found}", flush=True)
        if options.misses == name:
            for one in outcomes:
                if one.case.half == options.half:
                    print_miss(one, least)


def list_readers(assistant: Assistant) -> list[tuple[Reader | None, str]]:
    """Without a reader, and with it."""
    reader = assistant.reader
    return [(None, "no reader")] + ([(reader, "reader")] if reader else [])


def try_all(
    assistant: Assistant, cases: Sequence[Case], reader: Reader | None
) -> Iterator[Outcome]:
    for case in cases:
        question = parse_question(case.text)
        with assistant.store.reading() as generation:
            hits = search(assistant.store, generation, question.text, PASSAGES, Filters())
            studied = study(question, hits, generation, assistant.embedder, reader)
            verdict = judge(studied.asked, studied.evidence, generation)
        found = studied.evidence
        chosen = choose(found) if found else []
        shown = tuple(span.of(article.text) for article, span in compose(chosen))
        yield Outcome(
            case=case,
            probability=verdict.probability,
            shown=shown,
            right=_is_shown(case, chosen, shown),
            best=found[0].text if found else "",
            opening=" ".join(
                s.of(first.passage.text)
                for first in studied.hits[:1]
                for s in split_sentences(first.passage.text)[:2]
            ),
        )


def _is_shown(case: Case, chosen: Sequence[Evidence], shown: Sequence[str]) -> bool:
    if case.title:
        return any(case.is_answered_by(one) for one in chosen)
    return any(is_one_of(text, case.facts) for text in shown)


def measure(outcomes: Sequence[Outcome], least: float) -> dict[str, str]:
    """Shares in words, with 95% intervals; `least` is the confidence that is asked for."""
    can = [one for one in outcomes if one.case.answerable]
    cannot = [one for one in outcomes if not one.case.answerable and one.case.kind != "stranger"]
    strangers = [one.probability < least for one in outcomes if one.case.kind == "stranger"]
    inference = [one for one in can if one.case.kind == "inference_query"]
    both = can + cannot
    truth = np.array([one.case.answerable for one in both])
    auroc = measure_auroc(np.array([one.probability for one in both]), truth)
    length = np.mean([len(one.shown) for one in can if one.probability >= least])
    found = {
        "right sentence shown": share([one.right and one.probability >= least for one in can]),
        "whether refused or not": f"{np.mean([one.right for one in can]):.3f}",
        "sentences": f"{length:.1f}",
        "answerable refused": share([one.probability < least for one in can]),
        "unanswerable refused": share([one.probability < least for one in cannot]),
        "about something else, refused": share(strangers) if strangers else "",
        "AUROC": f"{auroc:.3f}",
        "inference answer shown / in the top passage's first two sentences": "",
    }
    if inference:
        shown = np.mean([_has(" ".join(one.shown), one.case.answer) for one in inference])
        opening = np.mean([_has(one.opening, one.case.answer) for one in inference])
        found[list(found)[-1]] = f"{shown:.2f} / {opening:.2f}"
    return found


def _has(text: str, answer: str) -> bool:
    return answer.casefold() in text.casefold()


def print_miss(one: Outcome, least: float) -> None:
    refused = one.probability < least
    if one.case.answerable and (refused or not one.right):
        print(f"- {'REFUSED' if refused else 'WRONG'} {one.probability:.2f} {one.case.text}")
        print(f"    best: {one.best}\n    gold: {one.case.facts[:1]}")
    elif not one.case.answerable and not refused:
        print(f"- ANSWERED {one.probability:.2f} {one.case.text}\n    best: {one.best}")


if __name__ == "__main__":
    main()
