"""Learns rag/weights.toml again: the passages' weights, the sentences', and the refusal's.

The last two without the reader and with it, whose own training is in training/.

    python -m bench.learn DATA

Each table is learnt with the one before it in use, from the tuning half of each set alone. Prints
what it wrote.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
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
from rag.answer.evidence import Asked, Evidence
from rag.answer.refusal import Signs, find_subjects, find_unknown, read_signs, share_tables
from rag.answer.study import rate_hits, study
from rag.assistant import PASSAGES, Assistant
from rag.index.store import Store
from rag.learnt import WEIGHTS, read_weights
from rag.reader.reader import Reader
from rag.retrieve import hybrid
from rag.retrieve.hybrid import CANDIDATES, propose, search
from rag.retrieve.plan import plan_search
from rag.retrieve.question import parse_question
from rag.types import Filters, Hit

#: How much a set counts in learning when to refuse, whatever its size.
SHARES = {"multihop": 2.0, "news": 1.0, "samples": 1.0, "squad": 0.5}
#: Which way each sign may speak.
FOR = ("said", "cosine", "odds", "answers")

Sets = dict[str, tuple[Assistant, list[Case]]]
#: Tables with their weights, each learnt with those before it in use.
Learnt = Iterator[tuple[str, Mapping[str, float]]]
#: Nothing may be divided by nothing.
LEAST = 0.01
#: The sets of which it is known which sentences answer.
ANSWERED = ("news", "samples", "squad")


@dataclass(frozen=True, slots=True)
class Looked:
    """A case with what was found for it; the hits are in the order of the search."""

    case: Case
    hits: Sequence[Hit]
    asked: Asked
    evidence: Sequence[Evidence]
    unknown: Sequence[str]

    def read_signs(self) -> Signs | None:
        """The signs by the sentences' present weights; None where nothing was found."""
        if not self.evidence:
            return None
        ranked = evidence.rank_evidence(self.evidence)
        return read_signs(self.asked, ranked, find_subjects(self.asked), self.unknown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--tables", nargs="+", choices=LEARNERS, default=list(LEARNERS))
    options = parser.parse_args()
    sets = {
        name: (assistant, [case for case in cases if case.half == 0])
        for name, (assistant, cases) in open_sets(options.data).items()
    }
    for name in options.tables:
        for table, weights in LEARNERS[name](sets):
            write_weights(table, weights)
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


def learn_passages(sets: Sets) -> Learnt:
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
    learnt = learn_choice(lists, right).tolist()
    yield "passage", dict(zip(hybrid.Features.__slots__, learnt, strict=True))


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


def learn_sentences(sets: Sets) -> Learnt:
    """From all the sets' answerable questions whose answer is among the hits."""
    looked = {name: look_at_sentences(*sets[name]) for name in ANSWERED}
    yield "sentence", _learn_sentences(looked)


def learn_read(sets: Sets) -> Learnt:
    """What the reader's word counts beside the rest: for sentences, for passages, for refusing.

    Each question is read once: what is read hangs on none of these.
    """
    looked = {
        name: list(look_at_sentences(assistant, cases, reader=assistant.reader))
        for name, (assistant, cases) in sets.items()
    }
    # Long questions are not read: see `study`.
    read = {name: [one for one in looked[name] if one.asked.brief] for name in ANSWERED}
    yield "sentence_read", _learn_sentences(read)
    yield "hit_read", _learn_hits([one for some in looked.values() for one in some])
    yield "answer_read", _learn_refusal("answer_read", looked)


def learn_refusal(sets: Sets) -> Learnt:
    """With as much weight on questions that are answered as on others, in each set."""
    looked = {name: list(look_at_sentences(*some)) for name, some in sets.items()}
    for table in ("answer", "answer_long"):
        yield table, _learn_refusal(table, looked)


def learn_refusal_by_words(sets: Sets) -> Learnt:
    """The same with no embedder."""
    looked = {
        name: look_at_sentences(assistant, cases, Store(assistant.library, None))
        for name, (assistant, cases) in sets.items()
    }
    yield "answer_by_words", _learn_refusal("answer_by_words", looked)


def _learn_sentences(sets: Mapping[str, Iterable[Looked]]) -> Mapping[str, float]:
    lists, right = [], []
    names: tuple[str, ...] = ()
    for one in (one for some in sets.values() for one in some):
        good = np.array([one.case.is_answered_by(found) for found in one.evidence])
        if one.case.answerable and good.any():
            names = evidence.name_features(one.evidence)
            lists.append(np.array([evidence.list_features(found) for found in one.evidence]))
            right.append(good)
    return dict(zip(names, learn_choice(lists, right).tolist(), strict=True))


def _learn_hits(looked: Sequence[Looked]) -> Mapping[str, float]:
    """How much a passage's score and what was read in it count, neither less than LEAST."""
    lists, right = [], []
    for one in looked:
        read = rate_hits(one.hits, one.evidence)
        rows = np.array([[hit.score, read[hit.passage.id] * one.asked.brief] for hit in one.hits])
        good = np.array([one.case.is_held_by(hit) for hit in one.hits])
        if one.case.answerable and good.any():
            lists.append(rows)
            right.append(good)
    found = learn_choice(lists, right)
    return dict(zip(("score", "read"), np.maximum(found, LEAST).tolist(), strict=True))


def _learn_refusal(table: str, sets: Mapping[str, Iterable[Looked]]) -> Mapping[str, float]:
    """From each question as much as the table's weights would count for it."""
    items, truth, weight = [], [], []
    for name, looked in sets.items():
        found = [(one, signs) for one in looked if (signs := one.read_signs())]
        items += [astuple(signs) for _, signs in found]
        truth += [one.case.answerable for one, _ in found]
        weight += [
            counts * dict(share_tables(one.asked, one.evidence)).get(table, 0.0)
            for (one, _), counts in zip(
                found, _balance([one.case for one, _ in found], SHARES[name]), strict=True
            )
        ]
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
    assistant: Assistant,
    cases: list[Case],
    store: Store | None = None,
    reader: Reader | None = None,
) -> Iterator[Looked]:
    """Each case with its sentences, by `store` or else by the assistant's own."""
    store = store or assistant.store
    for case in cases:
        question = parse_question(case.text)
        with store.reading() as generation:
            hits = search(store, generation, question.text, PASSAGES, Filters())
            studied = study(question, hits, generation, store.embedder, reader)
            unknown = find_unknown(find_subjects(studied.asked), generation)
        yield Looked(case, hits, studied.asked, studied.evidence, unknown)


LEARNERS: dict[str, Callable[[Sets], Learnt]] = {
    "passage": learn_passages,
    "sentence": learn_sentences,
    "answer": learn_refusal,
    "answer_by_words": learn_refusal_by_words,
    "read": learn_read,
}


def write_weights(table: str, weights: Mapping[str, float]) -> None:
    """Replaces one table of the file, its comments kept."""
    text = WEIGHTS.read_text(encoding="utf-8")
    lines = "".join(f"{name} = {round(value, 2) + 0.0}\n" for name, value in weights.items())
    text, count = re.subn(rf"(?<=\[{table}\]\n)(?:\w+ = .*\n)*", lines, text)
    if count != 1:
        raise SystemExit(f"{WEIGHTS} has no table [{table}]: add its head and a line on it.")
    WEIGHTS.write_text(text, encoding="utf-8")
    read_weights.cache_clear()


if __name__ == "__main__":
    main()
