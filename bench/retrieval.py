"""Retrieval on MultiHop-RAG: quality beside BM25 and vectors alone, and the time of a question.

python -m bench.retrieval DATA/multihop-rag --home bench/out/multihop
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from bench.multihop import load_questions, score, write_articles
from rag.answer.question import parse_question
from rag.assistant import PASSAGES, Assistant
from rag.retrieve import hybrid
from rag.settings import load_settings
from rag.types import Filters

#: Questions that are timed one by one, after ten to warm up.
TIMED = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path, default=Path("bench/out/multihop"))
    options = parser.parse_args()
    with Assistant(load_settings(home=options.home), create=True) as assistant:
        index(assistant, options.data, options.home)
        measure_quality(assistant, options.data)
        measure_time(assistant, options.data)


def index(assistant: Assistant, data: Path, home: Path) -> None:
    """Indexes the corpus where that has not been done, and prints the rate."""
    if assistant.library.count_articles():
        return
    write_articles(data, home / "articles")
    started = time.perf_counter()
    report = assistant.index([home / "articles"])
    seconds = time.perf_counter() - started
    print(
        f"indexed {report.added} articles, {report.passages} passages in {seconds:.1f} s:"
        f" {report.passages / seconds:.1f} passages/s, reading and storing included"
    )


def measure_quality(assistant: Assistant, data: Path) -> None:
    """Prints the scores on the half of the questions that nothing was chosen by."""
    questions = [q for q in load_questions(data, half=1) if q.kind != "null_query"]
    print(f"{len(questions)} questions: Hits@10 / Hits@4 / MRR@10 / evidence recall@10 / all@10")
    for name, weight in (("vectors", 0.0), ("BM25", 1.0), ("hybrid", hybrid.LEXICAL_WEIGHT)):
        kept, hybrid.LEXICAL_WEIGHT = hybrid.LEXICAL_WEIGHT, weight
        found = [[hit.passage.text for hit in assistant.search(q.text, k=10)] for q in questions]
        hybrid.LEXICAL_WEIGHT = kept
        print(f"  {name:<8} {score(questions, found)}")


def measure_time(assistant: Assistant, data: Path) -> None:
    """Prints the median and the 95th percentile of retrieving and of a whole quotes answer."""
    texts = [question.text for question in load_questions(data)]
    store = assistant.store
    retrieved: list[float] = []
    answered: list[float] = []
    for text in texts[: TIMED + 10]:
        started = time.perf_counter()
        with store.reading() as generation:
            question = parse_question(text)
            hybrid.search(store, generation, question.text, PASSAGES, Filters())
        retrieved.append(time.perf_counter() - started)
        started = time.perf_counter()
        assistant.ask(text, engine="quotes")
        answered.append(time.perf_counter() - started)
    for name, taken in (("retrieve", retrieved[10:]), ("quotes answer", answered[10:])):
        slow = statistics.quantiles(taken, n=20)[-1]
        print(f"{name}: median {statistics.median(taken) * 1e3:.0f} ms, p95 {slow * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
