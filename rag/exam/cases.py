"""The cases of the model exam, from `cases.toml`, as the hits that a search would give."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Literal, get_args

from rag.types import Article, Draft, Hit, Passage

CASES = Path(__file__).with_name("cases.toml")

Kind = Literal[
    "answerable", "unanswerable", "quotation", "injected", "speaker", "conflicting", "long"
]
#: In the order in which the first ones are asked.
KINDS: tuple[Kind, ...] = get_args(Kind)
#: What has to be there: one spelling of each group.
Wanted = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A question over some passages, and what a model's answer to it is judged by.

    `source` are the numbers of the passages that bear the answer out; `bait` shows that an
    instruction inside a passage was followed; `absent` holds patterns that would tell what cannot
    be answered, and `reference` is a good answer: both are there for tests.
    """

    id: str
    kind: Kind
    question: str
    passages: tuple[Draft, ...]
    reference: str
    answer: Wanted = ()
    source: tuple[int, ...] = ()
    speaker: Wanted = ()
    bait: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@cache
def load_cases() -> tuple[Case, ...]:
    """All cases, in the order in which they are asked."""
    with CASES.open("rb") as file:
        tables = tomllib.load(file)
    return interleave([_read_case(table, tables["shared"]) for table in tables["case"]])


def interleave(cases: Sequence[Case]) -> tuple[Case, ...]:
    """One case of each kind, then the second of each: what is cut short has seen each kind.

    The long ones stay together, since a server that still holds their prompt has less to read.
    """
    by_kind = {kind: [case for case in cases if case.kind == kind] for kind in KINDS}
    long = by_kind.pop("long")
    rounds = [[case for case in one if case is not None] for one in zip_longest(*by_kind.values())]
    return (*chain(*rounds[:1]), *long, *chain(*rounds[1:]))


def to_hits(case: Case) -> list[Hit]:
    """The passages as a search would give them, each an article of its own."""
    return [_to_hit(number, draft) for number, draft in enumerate(case.passages, start=1)]


def _to_hit(number: int, draft: Draft) -> Hit:
    article = Article(
        file=draft.file,
        title=draft.title,
        text=draft.text,
        outlet=draft.outlet,
        published=draft.published,
        id=f"exam{number:08d}",
        passages=1,
    )
    passage = Passage(number, article.id, 0, len(draft.text), draft.text)
    return Hit(passage, article, score=1 / number, bm25=1.0, cosine=0.5)


def _read_case(table: Mapping[str, Any], shared: Mapping[str, Any]) -> Case:
    name = str(table["id"])
    passages = table["passages"] if "passages" in table else shared[table["shared"]]
    return Case(
        id=name,
        kind=table["kind"],
        question=table["question"],
        passages=tuple(
            Draft(file=f"{name}-{number}.md", **passage)
            for number, passage in enumerate(passages, start=1)
        ),
        reference=table["reference"],
        answer=tuple(map(tuple, table.get("answer", ()))),
        source=tuple(table.get("source", ())),
        speaker=tuple(map(tuple, table.get("speaker", ()))),
        bait=tuple(table.get("bait", ())),
        absent=tuple(table.get("absent", ())),
    )
