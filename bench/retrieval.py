"""Retrieval on MultiHop-RAG beside BM25, vectors and LangChain's quickstart, and its speed.

python -m bench.retrieval DATA/multihop-rag
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chromadb
from langchain_text_splitters import RecursiveCharacterTextSplitter

from bench.cases import Case, load_multihop, load_news, open_multihop, without_outlets
from bench.multihop import Asked, Scores, score
from rag.answer.study import study
from rag.assistant import PASSAGES, Assistant
from rag.index.generations import Generation
from rag.retrieve.hybrid import search
from rag.retrieve.question import parse_question
from rag.types import Filters

#: Questions of each way that are timed one by one at the most, after some to warm up.
TIMED, WARM = 200, 10
#: The quickstart's chunks, in characters.
CHUNK, OVERLAP = 1000, 200
COLUMNS = ("Hits@10", "Hits@4", "MRR@10", "evidence recall@10", "all evidence@10")

Search = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Scores by the name of the way to search."""

    title: str
    questions: int
    rows: dict[str, Scores]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds."""

    median: float
    p95: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    with open_multihop(data) as assistant:
        for table in measure_quality(assistant, data):
            print(f"\n{table.title} ({table.questions} questions): {' / '.join(COLUMNS)}")
            for name, scores in table.rows.items():
                print(f"  {name:<20} {scores}")
        for name, times in measure_times(assistant, data).items():
            print(f"{name}: median {times.median * 1e3:.0f} ms, p95 {times.p95 * 1e3:.0f} ms")


def measure_quality(assistant: Assistant, data: Path) -> list[Table]:
    """On questions that nothing was chosen by: as they are, without outlets, and short ones."""
    outlets = assistant.library.outlets()
    cases = [case for case in load_multihop(data) if case.half == 1 and case.answerable]
    news = [case for case in load_news(data) if case.half == 1 and case.answerable]
    bare = [(without_outlets(case.text, outlets), case.facts) for case in cases]
    sets = {
        "MultiHop-RAG": [(case.text, case.facts) for case in cases],
        "MultiHop-RAG, outlets' names taken out": bare,
        "News questions": [_as_one(case) for case in news],
    }
    tables = []
    with assistant.store.reading() as generation:
        ways = list_ways(assistant, generation, data)
        for title, asked in sets.items():
            questions = [Asked(text, "", "", facts) for text, facts in asked]
            rows = {
                name: score(questions, [find(question.text) for question in questions])
                for name, find in ways.items()
            }
            tables.append(Table(title, len(questions), rows))
    return tables


def _as_one(case: Case) -> tuple[str, tuple[str, ...]]:
    # Any of the sentences answers a news question: they are no pieces to be put together.
    return case.text, case.facts[:1]


def list_ways(assistant: Assistant, generation: Generation, data: Path) -> dict[str, Search]:
    """Ways to search, each from a question to the texts of ten passages, best first."""
    library, embedder = assistant.library, assistant.embedder
    assert embedder is not None

    def texts(found: Sequence[tuple[int, float]]) -> list[str]:
        whole = library.passages([i for i, _ in found])
        return [whole[i][0].text for i, _ in found]

    def by_bm25(question: str) -> list[str]:
        return texts(generation.lexical.search(question, PASSAGES, Filters()))

    def by_vectors(question: str) -> list[str]:
        vector = embedder.embed([question])[0]
        return texts(generation.vectors.search(vector, PASSAGES, Filters()))

    def by_dateline(question: str) -> list[str]:
        found = search(assistant.store, generation, question, PASSAGES, Filters())
        return [hit.passage.text for hit in found]

    def by_reader(question: str) -> list[str]:
        found = search(assistant.store, generation, question, PASSAGES, Filters())
        asked = parse_question(question)
        read = study(asked, found, generation, embedder, assistant.reader).hits
        return [hit.passage.text for hit in read]

    return {
        "LangChain quickstart": set_up_quickstart(assistant, data),
        "vectors": by_vectors,
        "BM25": by_bm25,
        "Dateline, without the reader": by_dateline,
        "Dateline": by_reader,
    }


def set_up_quickstart(assistant: Assistant, data: Path) -> Search:
    """RecursiveCharacterTextSplitter, Chroma and MiniLM, with nothing set."""
    embedder = assistant.embedder
    assert embedder is not None
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    with gzip.open(data / "corpus.json.gz", "rt", encoding="utf-8") as file:
        chunks = [part for a in json.load(file) for part in splitter.split_text(a["body"])]
    collection: Any = chromadb.EphemeralClient().get_or_create_collection(
        "quickstart", embedding_function=None, metadata={"hnsw:space": "cosine"}
    )
    for first in range(0, len(chunks), 500):
        some = chunks[first : first + 500]
        ids = [str(first + n) for n in range(len(some))]
        collection.add(ids=ids, documents=some, embeddings=list(embedder.embed(some)))

    def find(question: str) -> list[str]:
        vector = embedder.embed([question])[0]
        found = collection.query(query_embeddings=[vector], n_results=PASSAGES)
        documents: list[str] = found["documents"][0]
        return documents

    return find


def measure_times(assistant: Assistant, data: Path) -> dict[str, Times]:
    """Of retrieving and of a whole quotes answer, warm, over all of the corpus."""
    times = {}
    for name, cases in (("MultiHop-RAG", load_multihop(data)), ("news", load_news(data))):

        def retrieve(text: str) -> None:
            with assistant.store.reading() as generation:
                search(assistant.store, generation, parse_question(text).text, PASSAGES, Filters())

        ways: dict[str, Callable[[str], object]] = {
            "retrieve": retrieve,
            "quotes answer without the reader": lambda text: assistant.ask(
                text, engine="quotes", read=False
            ),
            "quotes answer": lambda text: assistant.ask(text, engine="quotes"),
        }
        # Each way has questions of its own: what was asked once is remembered in part.
        for n, (way, run) in enumerate(ways.items()):
            taken = []
            for case in cases[n :: len(ways)][: TIMED + WARM]:
                started = time.perf_counter()
                run(case.text)
                taken.append(time.perf_counter() - started)
            times[f"{way}, {name}"] = _summarise(taken[WARM:])
    return times


def _summarise(taken: list[float]) -> Times:
    return Times(statistics.median(taken), statistics.quantiles(taken, n=20)[-1])


if __name__ == "__main__":
    main()
