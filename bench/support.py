"""The check of sentences: what it catches of each kind of falsehood, and what it wrongly doubts.

    python -m bench.support [--show KIND]

506 sentences over the samples (`tests/evaluation/support.jsonl`), by writers who had not seen the
check. Of the tuned kinds and of the true ones every other sentence was tuned on; what is reported
is the rest, and all of the kinds that were kept out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cases import ROOT, open_samples
from bench.tables import lay_out, share
from rag.answer.support import Verdict, check_sentence
from rag.assistant import Assistant
from rag.types import Article, Hit, Passage

SENTENCES = ROOT / "tests" / "evaluation" / "support.jsonl"
TRUE = ("paraphrase", "near")
#: The kinds that the check was tuned on: those that the articles' readers are most harmed by.
TUNED = (
    "added-not",
    "bound-changed",
    "changed-number",
    "dropped-not",
    "hedge-removed",
    "moved-date",
    "swapped-roles",
    "wrong-speaker",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence with the passages that it cites; `tuned` where it may be looked at in tuning."""

    id: str
    kind: str
    text: str
    cited: tuple[Hit, ...]
    tuned: bool

    @property
    def is_true(self) -> bool:
        return self.kind in TRUE


@dataclass(frozen=True, slots=True)
class Checked:
    claim: Claim
    verdict: Verdict
    seconds: float

    @property
    def doubted(self) -> bool:
        return self.verdict.check == "unsupported"


def read_claims(assistant: Assistant, path: Path = SENTENCES) -> Iterator[Claim]:
    """The sentences of a set, each with the first passage that holds each of its places."""
    articles = {Path(article.file).name: article for article in assistant.articles()}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        record = json.loads(line)
        cited: dict[int, Hit] = {}
        for source in record["sources"]:
            article = articles[source["file"]]
            passage = find_passage(assistant, article, article.text.index(source["find"]))
            cited.setdefault(passage.id, Hit(passage, article, 1.0))
        kind = record["kind"]
        tuned = record.get("tuned", number % 2 == 1) and kind in (*TRUE, *TUNED)
        yield Claim(record["id"], kind, record["text"], tuple(cited.values()), tuned)


def find_passage(assistant: Assistant, article: Article, place: int) -> Passage:
    rows = assistant.library.rows([article.id])
    return next(r.passage for r in rows if r.passage.start <= place < r.passage.end)


def check_all(assistant: Assistant, claims: Sequence[Claim] | None = None) -> list[Checked]:
    """The sentences checked; every one over the samples where none are given."""
    claims = list(read_claims(assistant)) if claims is None else claims
    embedder = assistant.embedder
    checked = []
    for claim in claims:
        begun = time.perf_counter()
        verdict = check_sentence(claim.text, claim.cited, embedder)
        checked.append(Checked(claim, verdict, time.perf_counter() - begun))
    return checked


def write_table(checked: Sequence[Checked]) -> str:
    """The share caught of each false kind, and doubted of each true one, by halves."""
    kinds = sorted({one.claim.kind for one in checked if not one.claim.is_true})
    groups = {
        "**true, doubted**": [one for one in checked if one.claim.is_true],
        **{f"{kind}, doubted": [c for c in checked if c.claim.kind == kind] for kind in TRUE},
        "**tuned kinds, caught**": [c for c in checked if c.claim.kind in TUNED],
        **{kind: [c for c in checked if c.claim.kind == kind] for kind in kinds if kind in TUNED},
        "**kinds kept out, caught**": [c for c in checked if c.claim.kind not in (*TRUE, *TUNED)],
        **{
            kind: [c for c in checked if c.claim.kind == kind]
            for kind in kinds
            if kind not in TUNED
        },
    }
    rows = [
        [
            name,
            share([one.doubted for one in some if one.claim.tuned]),
            share([one.doubted for one in some if not one.claim.tuned]),
        ]
        for name, some in groups.items()
    ]
    seconds = sorted(one.seconds for one in checked)
    median, slowest = statistics.median(seconds), seconds[-1]
    return (
        lay_out(["", "tuned on", "reported"], rows)
        + f"\n\nA sentence takes {median * 1e3:.0f} ms (median), {slowest * 1e3:.0f} at the most."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", nargs="*", help="print what was tuned on and went wrong")
    options = parser.parse_args()
    with open_samples() as assistant:
        checked = check_all(assistant)
    if options.show is not None:
        show(checked, options.show)
    print(write_table(checked))


def show(checked: Sequence[Checked], kinds: Sequence[str]) -> None:
    """Prints the misses among the sentences that were tuned on, never the others."""
    for one in checked:
        wrong = one.doubted == one.claim.is_true
        if wrong and one.claim.tuned and (not kinds or one.claim.kind in kinds):
            print(f"{one.claim.id} {one.claim.kind}: {one.claim.text}\n    {one.verdict.why}")


if __name__ == "__main__":
    main()
