"""Many articles: what indexing takes of time and memory, and how a large library answers.

python -m bench.scale articles DATA/multihop-rag --count 10000
python -m bench.scale passages DATA/multihop-rag --count 200000

The first indexes made articles by the command, looks at its memory, kills it half-way and goes on,
and runs it again over unchanged files. The second fills a library with passages whose vectors are
random, and asks it. The articles are sentences of MultiHop-RAG's, drawn anew for each.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from rag.index.indexing import index_files
from rag.index.library import Library
from rag.index.minilm import MiniLM
from rag.index.store import Store
from rag.index.writer import Writer
from rag.retrieve.hybrid import retrieve
from rag.settings import load_settings
from rag.types import Draft, Span

#: Sentences of an article, and of a passage of the second kind.
SENTENCES, OF_A_PASSAGE, PASSAGES = 24, 5, 10
ASKED = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("articles", "passages"))
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        measure = measure_articles if options.what == "articles" else measure_passages
        measure(Path(place), options.data, options.count)


def measure_articles(place: Path, data: Path, count: int) -> None:
    folder, home = place / "articles", place / "home"
    folder.mkdir()
    for number, draft in enumerate(make_drafts(data, count)):
        head = (
            f"---\ntitle: {draft.title!r}\noutlet: {draft.outlet}\npublished: {draft.published}\n"
        )
        (folder / f"{number:06}.md").write_text(f"{head}---\n\n{draft.text}\n", encoding="utf-8")
    command = [sys.executable, "-m", "rag", "index", str(folder), "--home", str(home), "--json"]
    first = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and count_done(home) < count // 2:
            time.sleep(1)
        process.kill()
    stopped, kept = time.perf_counter() - first, count_done(home)
    print(f"killed after {stopped:.0f} s: {kept:,} of {count:,} articles were kept", flush=True)
    begun = time.perf_counter()
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    taken = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"gone on: {report['added']:,} added, {report['unchanged']:,} unchanged, {taken:.0f} s")
    print(f"the largest process took {used:.2f} GB at the most", flush=True)
    print(f"{report['passages']:,} passages: {report['passages'] / (stopped + taken):.0f} a second")
    begun = time.perf_counter()
    again = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(
        f"again: {again['unchanged']:,} unchanged, {time.perf_counter() - begun:.1f} s", flush=True
    )
    (folder / "one-more.md").write_text("A ferry sank in the harbour of Alvin.", encoding="utf-8")
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"one article more: {time.perf_counter() - begun:.1f} s")


def count_done(home: Path) -> int:
    if not (home / "library.sqlite3").exists():
        return 0
    library = Library.open(home)
    try:
        return library.count_articles()
    finally:
        library.close()


def measure_passages(place: Path, data: Path, count: int) -> None:
    settings = load_settings(home=place)
    embedder = MiniLM.open(settings)
    store = Store(Library.open(place), embedder)
    rng = np.random.default_rng(1)
    begun = time.perf_counter()
    with store.library.writer() as writer:
        writer.set_manifest(embedder.name, embedder.dimension, "sentences-1/20")
        waiting: list[Draft] = []
        for draft in make_drafts(data, count // PASSAGES, OF_A_PASSAGE * PASSAGES):
            waiting.append(draft)
            if len(waiting) == 200:
                _put(writer, waiting, rng)
                waiting = []
        _put(writer, waiting, rng)
        stored = time.perf_counter() - begun
        print(f"{store.library.count_passages():,} passages: stored in {stored:.0f} s")
        begun = time.perf_counter()
        store.generations.catch_up()
        print(f"indexes built: {time.perf_counter() - begun:.0f} s", flush=True)
        begun = time.perf_counter()
        writer.join_stories()
        print(f"stories found: {time.perf_counter() - begun:.0f} s", flush=True)
    store.close()
    for turn in range(3):
        begun = time.perf_counter()
        store = Store(Library.open(place), embedder)
        retrieve(store, "Who was elected?", 10)
        print(f"open and answer once: {time.perf_counter() - begun:.1f} s", flush=True)
        if turn < 2:
            store.close()
    with gzip.open(data / "questions.shown.json.gz", "rt", encoding="utf-8") as file:
        asked = [one["query"] for one in json.load(file)][:ASKED]
    times = []
    for question in asked:
        begun = time.perf_counter()
        retrieve(store, question, 10)
        times.append(1000 * (time.perf_counter() - begun))
    median, worst = statistics.median(times), sorted(times)[int(0.95 * len(times))]
    print(f"retrieve: median {median:.0f} ms, 95th percentile {worst:.0f} ms")
    folder = place / "articles"
    folder.mkdir()
    (folder / "one.md").write_text("A ferry sank in the harbour of Alvin.", encoding="utf-8")
    begun = time.perf_counter()
    index_files(store, [folder])
    print(f"one article more: {time.perf_counter() - begun:.1f} s")
    size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    print(f"on the disk: {size / 1e9:.2f} GB")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    store.close()
    shutil.rmtree(place / "derived")


def _put(writer: Writer, drafts: Sequence[Draft], rng: np.random.Generator) -> None:
    with writer.transaction():
        for draft in drafts:
            spans = [Span(found, found + len(part)) for found, part in _parts(draft.text)]
            vectors = rng.standard_normal((len(spans), 384)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            writer.put(draft, "1:made", spans, vectors)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for part in text.split("\n\n"):
        yield start, part
        start += len(part) + 2


def make_drafts(data: Path, count: int, sentences: int = SENTENCES) -> Iterator[Draft]:
    """Articles of sentences that stand in others: no two alike."""
    with gzip.open(data / "corpus.json.gz", "rt", encoding="utf-8") as file:
        bodies = [entry["body"] for entry in json.load(file)]
    every = [one for body in bodies for one in body.replace("\n", " ").split(". ") if len(one) > 40]
    chosen = random.Random(1)
    for number in range(count):
        said = [chosen.choice(every)[:300] + "." for _ in range(sentences)]
        paragraphs = [
            " ".join(said[n : n + OF_A_PASSAGE]) for n in range(0, len(said), OF_A_PASSAGE)
        ]
        yield Draft(
            file=f"/made/{number}.md",
            title=said[0][:80],
            text="\n\n".join(paragraphs),
            outlet=f"Example Wire {number % 40}",
            published=date(2020, 1, 1) + timedelta(days=number % 1500),
        )


if __name__ == "__main__":
    main()
