"""What the tests of faults run in processes of their own, forked from one that has all loaded.

A start of the command costs two seconds, nearly all of them for imports; forked from a process that
has imported everything and opened nothing, it costs none. What is then run is the command itself,
with an embedder that hashes words in MiniLM's place.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import chromadb  # noqa: F401 (so that no child has to)
import numpy as np
from conftest import FakeEmbedder
from news import EVERYWHERE, read_titles

from rag import cli
from rag.assistant import Assistant
from rag.index.cutting import cut_text
from rag.index.generations import Generation, Generations
from rag.index.indexing import Progress
from rag.index.library import Library
from rag.index.minilm import MiniLM
from rag.index.passages import Row
from rag.index.schema import FILE_NAME
from rag.index.stock import find_damage
from rag.index.store import Store
from rag.settings import Settings
from rag.types import Filters

#: Passages that are stored together here: three articles, so that kills fall within and between.
BATCH = 40

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["children"])


def fork(function: Callable[..., None], *arguments: object) -> BaseProcess:
    """A started process that runs the function, which has to stand in a module."""
    # The process that all are forked from looks for this module by its environment alone.
    with patch.dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)):
        forkserver.ensure_running()
    child = _forking.Process(target=function, args=arguments, daemon=True)
    # A child runs anew what stands as the main module: after a test of a page, that page's script.
    with patch.dict(sys.modules, __main__=ModuleType("__main__")):
        child.start()
    return child


def index(home: str, arguments: Sequence[str], said: str, progress: str) -> None:
    """`dateline index`; its output goes to the file `said`, what it reports as done to another."""
    _redirect(said)
    code = _run(["index", *arguments, "--home", home], progress)
    os._exit(code)


def command(arguments: Sequence[str], said: str) -> None:
    """Any other command."""
    _redirect(said)
    os._exit(_run(list(arguments), os.devnull))


def call(*arguments: str | Path, said: Path) -> tuple[int, str]:
    """The exit code of a command that runs in a fork of this process, and what it printed."""
    child = os.fork()
    if child == 0:
        command([str(one) for one in arguments], str(said))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), said.read_text()


def _run(argv: list[str], progress: str) -> int:
    # Embedding everything again has a progress of its own, which promises nothing of files.
    places = [os.devnull, progress] if "--rebuild" in argv else [progress]
    with (
        patch.object(MiniLM, "open", lambda _: FakeEmbedder("minilm-1")),
        _in_small_batches(),
        patch.object(cli, "draw_progress", lambda: _record(places.pop(0))),
    ):
        try:
            code = cli.main(argv)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


@contextmanager
def _in_small_batches() -> Iterator[None]:
    with ExitStack() as stack:
        for module in [one for name, one in sys.modules.items() if name.startswith("rag.index.")]:
            for name in ("BATCH_PASSAGES", "STAGED_PASSAGES"):
                if hasattr(module, name):
                    stack.enter_context(patch.object(module, name, BATCH))
        yield


def _record(place: str) -> Callable[[Progress], None]:
    """Writes each progress down at once: what a reader of the bar would have seen."""
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

    def record(progress: Progress) -> None:
        os.write(file, f"{progress.done}\n".encode())

    return record


def _redirect(said: str) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.environ["COLUMNS"] = "100"


def read_on(home: str, stop: str, result: str, threads: int) -> None:
    """Ask, in so many threads over one assistant, until the file `stop` is there.

    Writes how often it was asked, and what went wrong.
    """
    asked, wrong = [0] * threads, []

    def ask(assistant: Assistant, own: int) -> None:
        try:
            while not Path(stop).exists():
                hits = assistant.search(EVERYWHERE, k=40)
                answer = assistant.ask(f"What is {EVERYWHERE} report 1 about?")
                for some in (hits, answer.hits):
                    versions = {hit.article.title.rpartition(" ")[2] for hit in some}
                    if len(versions) > 1:
                        wrong.append(f"versions {sorted(versions)} in one answer")
                asked[own] += 1
        except Exception as error:  # noqa: BLE001 (whatever it is, the test tells it)
            wrong.append(f"{type(error).__name__}: {error}")

    with (
        patch.object(MiniLM, "open", lambda _: FakeEmbedder("minilm-1")),
        Assistant(Settings(home=Path(home))) as assistant,
    ):
        assistant.warm()
        workers = [threading.Thread(target=ask, args=(assistant, n)) for n in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    Path(result).write_text(json.dumps([asked, wrong]))


def inspect(home: str, folder: str, promised: int, result: str) -> None:
    """Looks at a home after a kill; writes what is wrong with it, as a list, to the file."""
    wrong = [str(one) for one in find_faults(Path(home), Path(folder), promised)]
    Path(result).write_text(json.dumps(wrong))


def find_faults(home: Path, folder: Path, promised: int) -> Iterator[str]:
    """In words, what is lost, twice, or not as it should be in a home."""
    if not (home / FILE_NAME).exists():
        # The kill came before anything was begun.
        if promised:
            yield "there is no library"
        return
    yield from _find_in_file(home / FILE_NAME)
    with opened(home) as store:
        yield from _find_torn(store)
        yield from _find_lost(store.library, folder, promised)
        if store.library.count_articles():
            with store.reading() as generation:
                yield from compare(list(store.library.rows()), generation)


@contextmanager
def opened(home: Path) -> Iterator[Store]:
    store = Store(Library.open(home), FakeEmbedder("minilm-1"))
    try:
        yield store
    finally:
        store.close()


def _find_in_file(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as db:
        verdict = [row[0] for row in db.execute("PRAGMA integrity_check")]
        if verdict != ["ok"]:
            yield f"integrity_check: {verdict[:3]}"
        if db.execute("PRAGMA foreign_key_check").fetchone():
            yield "a foreign key leads nowhere"
        if db.execute("PRAGMA user_version").fetchone()[0] == 0:
            return
        twice = "SELECT 1 FROM passages GROUP BY article, start, end HAVING count(*) > 1"
        if db.execute(twice).fetchone():
            yield "a passage is there twice"
        alone = "SELECT 1 FROM articles WHERE id NOT IN (SELECT article FROM sources)"
        if db.execute(alone).fetchone():
            yield "an article without a file"


def _find_torn(store: Store) -> Iterator[str]:
    """What is pointed to is whole before anything is mended: the old one or the new one."""
    generations = Generations(store.library, lambda _: None)
    pointed = generations._pointed()
    if pointed is None and (store.library.home / "derived" / "current.json").exists():
        yield "the pointer is torn"
    if pointed is not None:
        find_damage(generations.folder_of(pointed), pointed.files)


def _find_lost(library: Library, folder: Path, promised: int) -> Iterator[str]:
    titles = {article.title for article in library.articles()}
    stored = sum(read_titles(file) <= titles for file in folder.iterdir())
    if stored < promised:
        yield f"{promised} files were reported as done, {stored} are stored"
    spans: dict[str, list[tuple[int, int]]] = {}
    for row in library.rows():
        spans.setdefault(row.passage.article, []).append((row.passage.start, row.passage.end))
        if row.vector is None:
            yield f"passage {row.passage.id} has no vector"
    for article in library.articles():
        cut = [(span.start, span.end) for span in cut_text(article.text, FakeEmbedder())]
        if spans.get(article.id) != cut:
            yield f"{article.file} is not there in whole"


def compare(rows: list[Row], generation: Generation, *, every: int = 1) -> Iterator[str]:
    """What of the library's passages the open indexes do not hold just once, and by its vector.

    Of many passages only those in `every` so many places look for themselves, and one of a hundred
    of them may miss itself: the index does not always find the nearest.
    """
    ids = sorted(row.passage.id for row in rows)
    found = generation.lexical.search(EVERYWHERE, len(rows) + 9, Filters())
    if sorted(one for one, _ in found) != ids:
        yield f"the word index holds {len(found)} passages, not {len(ids)}"
    held = generation.vectors._collection.get(include=["embeddings"])
    if sorted(map(int, held["ids"])) != ids:
        yield f"the vector index holds {len(held['ids'])} passages, not {len(ids)}"
    vectors = {row.passage.id: row.vector for row in rows}
    for one, vector in zip(map(int, held["ids"]), held["embeddings"], strict=True):
        # Chroma makes each vector's length 1 anew.
        if one in vectors and not np.allclose(vectors[one], vector, atol=1e-6):
            yield f"passage {one} has another one's vector"
    looking = rows[::every]
    misses = 0 if every == 1 else len(looking) // 100
    for first in range(0, len(looking), 100):
        some = looking[first : first + 100]
        asked = [row.vector for row in some if row.vector is not None]
        nearest = generation.vectors.search_all(asked, 1, Filters())
        for row, hits in zip(some, nearest, strict=True):
            if not hits or not np.allclose(vectors[hits[0][0]], row.vector, atol=1e-6):
                misses -= 1
    if misses < 0:
        yield f"{-misses} more passages than may be do not find themselves by their vectors"


def describe(home: Path) -> dict[str, object]:
    """All that a library says, whatever its articles' and passages' numbers are."""
    with opened(home) as store:
        library = store.library
        files = {tuple(row) for row in library._all("SELECT file, digest FROM sources")}
        rows = list(library.rows())
        articles = {
            article.id: (article.file, article.title, article.text, article.hash)
            for article in library.articles()
        }
        manifest = library.manifest()
        staged = library._one("SELECT count(*) FROM staged")[0]
        stories = {
            frozenset(articles[row["article"]][0] for row in group)
            for group in _group(library._all("SELECT story, article FROM sketches"))
        }
    return {
        "files": files,
        "articles": sorted(articles.values()),
        "passages": sorted(
            (articles[row.passage.article][0], row.passage.start, row.passage.end, _bytes(row))
            for row in rows
        ),
        "manifest": (manifest.embedder, manifest.dimension, manifest.chunking, manifest.scale),
        "staged": staged,
        "stories": stories,
    }


def _bytes(row: Row) -> bytes:
    return b"" if row.vector is None else row.vector.tobytes()


def _group(rows: Sequence[sqlite3.Row]) -> list[list[sqlite3.Row]]:
    groups: dict[int, list[sqlite3.Row]] = {}
    for row in rows:
        groups.setdefault(row["story"], []).append(row)
    return list(groups.values())
