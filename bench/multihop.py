"""MultiHop-RAG (arXiv 2401.15391): its articles, its questions and its official retrieval score."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the benchmark; `facts` are the sentences that bear its answer out."""

    text: str
    kind: str
    answer: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares of questions, 0..1, over the first ten passages."""

    hits10: float
    hits4: float
    mrr10: float
    evidence_recall10: float
    all_evidence10: float

    def __str__(self) -> str:
        return " / ".join(f"{getattr(self, name):.3f}" for name in self.__slots__)


def load_questions(folder: Path, *, half: int | None = None) -> list[Asked]:
    """The shown questions; of `half` 0 or 1, every second one."""
    loaded = _load(folder / "questions.shown.json.gz")
    asked = [
        Asked(
            q["query"],
            q["question_type"],
            q["answer"],
            tuple(evidence["fact"] for evidence in q["evidence_list"]),
        )
        for q in loaded
    ]
    return asked if half is None else asked[half::2]


def write_articles(folder: Path, target: Path) -> None:
    """The corpus as article files with front matter, as a user would have them."""
    target.mkdir(parents=True, exist_ok=True)
    for number, article in enumerate(_load(folder / "corpus.json.gz")):
        matter = {
            "title": article["title"],
            "outlet": article["source"],
            "author": article["author"],
            "published": article["published_at"],
            "url": article["url"],
        }
        head = "\n".join(f"{key}: {json.dumps(value)}" for key, value in matter.items())
        path = target / f"{number:04d}.txt"
        path.write_text(f"---\n{head}\n---\n{article['body']}\n", encoding="utf-8")


def score(questions: Sequence[Asked], found: Iterable[Sequence[str]]) -> Scores:
    """The official score: a text is a hit where a fact is part of it, white space left out."""
    sums = [0.0] * 5
    for question, texts in zip(questions, found, strict=True):
        for place, value in enumerate(_score_one(question, texts)):
            sums[place] += value
    return Scores(*(value / len(questions) for value in sums))


def _score_one(question: Asked, texts: Sequence[str]) -> tuple[float, ...]:
    facts = [squeeze(fact) for fact in question.facts]
    squeezed = [squeeze(text) for text in texts[:10]]
    hits = [any(fact in text for fact in facts) for text in squeezed]
    rank = next((place for place, hit in enumerate(hits, start=1) if hit), None)
    there = [any(fact in text for text in squeezed) for fact in facts]
    return (
        float(any(hits)),
        float(any(hits[:4])),
        1 / rank if rank else 0.0,
        sum(there) / len(there),
        float(all(there)),
    )


def squeeze(text: str) -> str:
    return re.sub(r"[ \n]", "", text)


def _load(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        loaded: list[dict[str, Any]] = json.load(file)
    return loaded
