"""Learns rag/weights.toml again: the passages' weights, the sentences', and the refusal's.

    python -m bench.learn DATA

Each table is learnt with the one before it in use, from the tuning half of each set alone. Prints
what it wrote.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.cases import (
    Case,
    load_multihop,
    load_news,
    load_samples,
    load_squad,
    open_multihop,
    open_samples,
    open_squad,
    take_strangers,
    without_outlets,
)
from bench.fitting import Array, learn_choice, learn_whether
from bench.multihop import squeeze
from rag.answer import evidence, refusal
from rag.answer.evidence import ask, weigh
from rag.answer.refusal import Signs, find_subjects, find_unknown, read_signs
from rag.assistant import PASSAGES, Assistant
from rag.index.store import Store
from rag.learnt import WEIGHTS, read_weights
from rag.retrieve import hybrid
from rag.retrieve.hybrid import CANDIDATES, propose, search
from rag.retrieve.plan import plan_search
from rag.retrieve.question import parse_question
from rag.types import Filters

#: How much a set counts in learning when to refuse, whatever its size.
SHARES = {"multihop": 2.0, "news": 1.0, "samples": 1.0, "squad": 0.5}
#: Which way each sign may speak.
FOR = ("said", "cosine")

Sets = dict[str, tuple[Assistant, list[Case]]]
Looked = tuple[Case, list[evidence.Evidence], Signs | None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--tables", nargs="+", choices=LEARNERS, default=list(LEARNERS))
    options = parser.parse_args()
    sets = {
        name: (assistant, [case for case in cases if case.half == 0])
        for name, (assistant, cases) in open_sets(options.data).items()
    }
    for table in options.tables:
        write_weights(table, LEARNERS[table](sets))
    print(WEIGHTS.read_text())


def open_sets(data: Path) -> Sets:
    """Every set with its library, indexed where it was not yet.

    Each but MultiHop-RAG's has as many strangers as it has questions that cannot be answered.
    """
    multihop, squad = data / "multihop-rag", data / "reading" / "squad_v2.json.gz"
    over_multihop, over_samples, over_squad = (
        open_multihop(multihop),
        open_samples(),
        open_squad(squad),
    )
    news, samples, of_squad = load_news(multihop), load_samples(), load_squad(squad)
    return {
        "multihop": (over_multihop, load_multihop(multihop)),
        "news": (over_multihop, news + take_strangers(of_squad, len(news) // 2)),
        "samples": (over_samples, samples + take_strangers(news, len(samples) // 2)),
        "squad": (over_squad, of_squad + take_strangers(news, len(news) // 2)),
    }


def learn_passages(sets: Sets) -> Mapping[str, float]:
    """From MultiHop-RAG, with and without the outlets' names, and from the news questions."""
    assistant, multihop = sets["multihop"]
    _, news = sets["news"]
    outlets = assistant.library.outlets()
    asked = [(case.text, case.facts) for case in [*multihop, *news] if case.answerable]
    asked += [(without_outlets(c.text, outlets), c.facts) for c in multihop if c.answerable]
    lists, right = [], []
    for text, facts in asked:
        items, good = look_at_passages(assistant, text, facts)
        if good.any():
            lists.append(items)
            right.append(good)
    return dict(zip(hybrid.Features.__slots__, learn_choice(lists, right).tolist(), strict=True))


def look_at_passages(
    assistant: Assistant, text: str, facts: tuple[str, ...]
) -> tuple[Array, NDArray[np.bool_]]:
    with assistant.store.reading() as generation:
        outline = assistant.library.outline()
        plan = plan_search(parse_question(text), outline.outlets, outline.newest)
        found = propose(assistant.store, generation, plan, CANDIDATES, Filters())
    zero = np.zeros(len(found.rows))
    columns = [getattr(found.features, name) for name in hybrid.Features.__slots__]
    items = np.stack([zero if column is None else column for column in columns], axis=1)
    wanted = [squeeze(fact) for fact in facts]
    said = [squeeze(row.passage.text) for row in found.rows]
    return items.astype(float), np.array([any(fact in text for fact in wanted) for text in said])


def learn_sentences(sets: Sets) -> Mapping[str, float]:
    """From all the sets' answerable questions whose answer is among the hits."""
    lists, right = [], []
    for name in ("news", "samples", "squad"):
        for case, looked, _ in look_at_sentences(*sets[name]):
            good = np.array([case.is_answered_by(one) for one in looked])
            if case.answerable and good.any():
                lists.append(np.array([astuple(one.features) for one in looked]))
                right.append(good)
    learnt = learn_choice(lists, right)
    return dict(zip(evidence.Features.__slots__, learnt.tolist(), strict=True))


def learn_refusal(sets: Sets) -> Mapping[str, float]:
    """With as much weight on questions that are answered as on others, in each set."""
    return _learn_refusal(
        {name: look_at_sentences(assistant, cases) for name, (assistant, cases) in sets.items()}
    )


def learn_refusal_by_words(sets: Sets) -> Mapping[str, float]:
    """The same with no embedder."""
    return _learn_refusal(
        {
            name: look_at_sentences(assistant, cases, Store(assistant.library, None))
            for name, (assistant, cases) in sets.items()
        }
    )


def _learn_refusal(sets: Mapping[str, Iterable[Looked]]) -> Mapping[str, float]:
    items, truth, weight = [], [], []
    for name, looked in sets.items():
        found = [(case, signs) for case, _, signs in looked if signs]
        items += [astuple(signs) for _, signs in found]
        truth += [case.answerable for case, _ in found]
        weight += _balance([case for case, _ in found], SHARES[name])
    sides = np.array([1.0 if name in FOR else -1.0 for name in Signs.__slots__])
    weights, bias = learn_whether(np.array(items), np.array(truth), np.array(weight), sides)
    return {"bias": bias} | dict(zip(refusal.Signs.__slots__, weights.tolist(), strict=True))


def _balance(cases: list[Case], share: float) -> list[float]:
    """What each counts: half is for those that are answered, strangers are half of the others."""
    sorts = ["answered" if case.answerable else case.kind for case in cases]
    counts = Counter(sorts)
    parts = {"answered": 1.0} | dict.fromkeys(counts.keys() - {"answered"}, 1 / (len(counts) - 1))
    return [share * counts["answered"] * parts[sort] / counts[sort] for sort in sorts]


def look_at_sentences(
    assistant: Assistant, cases: list[Case], store: Store | None = None
) -> Iterator[Looked]:
    """Each case with its sentences and signs, by `store` or else by the assistant's own."""
    store = store or assistant.store
    for case in cases:
        question = parse_question(case.text)
        with store.reading() as generation:
            hits = search(store, generation, question.text, PASSAGES, Filters())
            asked = ask(question, generation)
            found = weigh(asked, hits, store.embedder)
            names = find_subjects(asked)
            unknown = find_unknown(names, generation)
        yield case, found, read_signs(asked, found, names, unknown) if found else None


LEARNERS = {
    "passage": learn_passages,
    "sentence": learn_sentences,
    "answer": learn_refusal,
    "answer_by_words": learn_refusal_by_words,
}


def write_weights(table: str, weights: Mapping[str, float]) -> None:
    """Replaces one table of the file, its comments kept."""
    text = WEIGHTS.read_text(encoding="utf-8")
    lines = "".join(f"{name} = {round(value, 2) + 0.0}\n" for name, value in weights.items())
    text = re.sub(rf"(?<=\[{table}\]\n)(?:\w+ = .*\n)*", lines, text)
    WEIGHTS.write_text(text, encoding="utf-8")
    read_weights.cache_clear()


if __name__ == "__main__":
    main()
