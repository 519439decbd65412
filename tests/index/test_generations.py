"""Derived indexes: whole generations, caught up, rebuilt where torn, noticed across processes."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from conftest import FakeEmbedder, write_md

from rag.errors import DamagedIndex, EmbedderMismatch, LibraryError
from rag.index import run
from rag.index.generations import POINTER
from rag.index.indexing import index_files, rebuild
from rag.index.library import Library, hold_lock
from rag.index.stock import CHROMA, DATABASE, TANTIVY, find_damage
from rag.index.store import Store
from rag.ingest.workers import Workers
from rag.retrieve.hybrid import retrieve
from rag.types import Filters

BRIDGE = write_md("The mayor opened the new bridge over the river on Monday.", title="Bridge opens")
HARVEST = write_md("Farmers reported a poor harvest of barley after the drought.", title="Harvest")
PORT = write_md("The port workers ended their strike after eleven days.", title="Port strike ends")


def titles(store: Store, question: str) -> list[str]:
    return [hit.article.title for hit in retrieve(store, question, 5)]


def newest_folder(store: Store) -> Path:
    state = store.generations.newest()
    assert state is not None
    return store.generations.folder_of(state)


def test_every_vector_finds_itself(fill: Callable[..., Store]) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST, port=PORT)
    with store.reading() as generation:
        for row in store.library.rows():
            assert row.vector is not None
            [(found, cosine)] = generation.vectors.search(row.vector, 1, Filters())
            assert found == row.passage.id
            assert cosine == pytest.approx(1.0, abs=1e-5)


def test_a_new_article_is_found_and_a_changed_one_replaced(
    fill: Callable[..., Store],
) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    fill(port=PORT)
    assert titles(store, "port strike")[0] == "Port strike ends"
    fill(bridge=write_md("The mayor closed the museum.", title="Museum closes"))
    assert "Bridge opens" not in titles(store, "new bridge over the river")
    with store.reading() as generation:
        assert generation.vectors.count() == generation.lexical.count() == 3


def test_a_reader_keeps_its_generation_while_a_new_one_is_made(fill: Callable[..., Store]) -> None:
    store = fill(bridge=BRIDGE)
    with store.reading() as before:
        fill(port=PORT)
        assert before.lexical.count() == 1
        assert before.lexical.search("bridge", 3, Filters())
        with store.reading() as after:
            assert after.lexical.count() == 2
        assert before.vectors.count() == 1


def test_another_processs_article_is_found_by_the_next_question(
    fill: Callable[..., Store], articles: Callable[..., Path]
) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)
    assert "Port strike ends" not in titles(store, "port strike")
    articles(port=PORT)
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[3])\n"
        "from conftest import FakeEmbedder\n"
        "from rag.index.indexing import index_files\n"
        "from rag.index.library import Library\n"
        "from rag.index.store import Store\n"
        "store = Store(Library.open(Path(sys.argv[1])), FakeEmbedder())\n"
        "print(index_files(store, [Path(sys.argv[2])]).added)\n"
    )
    tests = str(Path(__file__).parents[1])
    home, folder = store.library.home, articles()
    said = subprocess.run(
        [sys.executable, "-c", program, str(home), str(folder), tests],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert said.stdout.strip() == "1"
    assert titles(store, "port strike")[0] == "Port strike ends"


def test_work_cut_off_before_its_generation_is_caught_up_by_the_next_reader(
    fill: Callable[..., Store], home: Path
) -> None:
    fill(bridge=BRIDGE, harvest=HARVEST)
    before = (home / "derived" / POINTER).read_bytes()
    fill(port=PORT)
    # As a kill before the pointer's change leaves it: the library ahead, half a folder beside.
    (home / "derived" / POINTER).write_bytes(before)
    (home / "derived" / "000000000009-dead" / CHROMA).mkdir(parents=True)
    late = Store(Library.open(home), FakeEmbedder())
    assert titles(late, "port strike")[0] == "Port strike ends"
    assert not (home / "derived" / "000000000009-dead").exists()
    late.close()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": "nowhere"}', "null"])
def test_a_torn_pointer_costs_a_rebuild_and_nothing_else(
    fill: Callable[..., Store], home: Path, content: str
) -> None:
    fill(bridge=BRIDGE).close()
    (home / "derived" / POINTER).write_text(content)
    opened = Store(Library.open(home), FakeEmbedder())
    assert titles(opened, "bridge") == ["Bridge opens"]
    opened.close()


def test_deleting_everything_derived_loses_nothing(fill: Callable[..., Store], home: Path) -> None:
    fill(bridge=BRIDGE, port=PORT).close()
    shutil.rmtree(home / "derived")
    opened = Store(Library.open(home), FakeEmbedder())
    assert titles(opened, "port strike")[0] == "Port strike ends"
    opened.close()


def test_the_copy_of_another_library_is_not_taken_for_ones_own(
    fill: Callable[..., Store], home: Path, tmp_path: Path
) -> None:
    fill(bridge=BRIDGE).close()
    other = tmp_path / "other"
    stranger = Store(Library.open(other), FakeEmbedder())
    shutil.copytree(home / "derived", other / "derived")
    with stranger.reading() as generation:
        assert generation.lexical.count() == 0
    stranger.close()


@pytest.mark.parametrize("other", [FakeEmbedder(dimension=32), FakeEmbedder(name="fake-2")])
def test_another_embedder_is_refused_until_everything_is_embedded_again(
    fill: Callable[..., Store], home: Path, articles: Callable[..., Path], other: FakeEmbedder
) -> None:
    if other.dimension != 64:
        other.name = "fake-small"
    fill(bridge=BRIDGE, port=PORT).close()
    opened = Store(Library.open(home), other)
    with pytest.raises(EmbedderMismatch, match="--rebuild"):
        retrieve(opened, "bridge", 3)
    with pytest.raises(EmbedderMismatch):
        index_files(opened, [articles(harvest=HARVEST)])
    assert rebuild(opened) == 2
    assert titles(opened, "bridge")[0] == "Bridge opens"
    assert opened.library.manifest().dimension == other.dimension
    opened.close()


def test_without_an_embedder_words_alone_find_and_vectors_follow_later(
    home: Path, articles: Callable[..., Path]
) -> None:
    bare = Store(Library.open(home), None)
    index_files(bare, [articles(bridge=BRIDGE, port=PORT)])
    assert titles(bare, "strike") == ["Port strike ends"]
    bare.close()
    whole = Store(Library.open(home), FakeEmbedder())
    assert titles(whole, "strike") == ["Port strike ends"]
    index_files(whole, [articles()])
    assert whole.library.count_passages(embedded=True) == 2
    assert retrieve(whole, "strike", 1)[0].cosine is not None
    whole.close()


def test_a_home_that_cannot_be_written_still_answers(
    fill: Callable[..., Store], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(bridge=BRIDGE).close()
    folders = [home, *[p for p in home.rglob("*") if p.is_dir()]]
    for folder in folders:
        folder.chmod(0o555)
    if os.geteuid() == 0:
        # Root writes everywhere: what an ordinary user would be told is said in its place.
        monkeypatch.setattr(os, "access", lambda *_: False)
        monkeypatch.setattr(Library, "writer", refuse_to_write)
    try:
        before = (home / "derived" / POINTER).read_bytes()
        opened = Store(Library.open(home), FakeEmbedder())
        assert titles(opened, "bridge") == ["Bridge opens"]
        opened.close()
        assert (home / "derived" / POINTER).read_bytes() == before
    finally:
        for folder in folders:
            folder.chmod(0o755)


def refuse_to_write(*_: object, **__: object) -> None:
    raise LibraryError("The library cannot be written.")


def test_asking_leaves_a_generation_as_it_was_written(
    fill: Callable[..., Store], home: Path
) -> None:
    for articles in ({"bridge": BRIDGE}, {"harvest": HARVEST, "port": PORT}):
        store = fill(**articles)
        for _ in range(3):
            opened = Store(Library.open(home), FakeEmbedder())
            retrieve(opened, "bridge", 3)
            opened.close()
        state = store.generations.newest()
        assert state is not None
        assert DATABASE in state.files
        find_damage(newest_folder(store), state.files)


def test_damage_is_told_apart_from_a_file_that_was_only_touched(
    fill: Callable[..., Store],
) -> None:
    store = fill(bridge=BRIDGE)
    state = store.generations.newest()
    assert state is not None
    name = next(name for name in state.files if name.startswith(TANTIVY))
    path = newest_folder(store) / name
    os.utime(path)
    store.generations.open(state).close()
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(DamagedIndex, match="damaged"):
        store.generations.open(state)


def test_a_full_disk_is_told_and_what_was_indexed_still_answers(
    fill: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = fill(bridge=BRIDGE, harvest=HARVEST)

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("rag.index.generations.take_stock", fail)
        with pytest.raises(LibraryError, match="no room left"):
            fill(port=PORT)
        assert titles(store, "bridge")[0] == "Bridge opens"
    assert titles(store, "port strike")[0] == "Port strike ends"


def test_a_library_restored_from_a_backup_is_not_searched_by_a_later_index(
    fill: Callable[..., Store], home: Path, articles: Callable[..., Path]
) -> None:
    fill(bridge=BRIDGE).close()
    backup = (home / "library.sqlite3").read_bytes()
    for text in (PORT, HARVEST):
        later = Store(Library.open(home), FakeEmbedder())
        index_files(later, [articles(bridge=text)])
        later.close()
    for name in ("library.sqlite3", "library.sqlite3-wal", "library.sqlite3-shm"):
        (home / name).unlink(missing_ok=True)
    (home / "library.sqlite3").write_bytes(backup)
    restored = Store(Library.open(home), FakeEmbedder())
    assert titles(restored, "bridge") == ["Bridge opens"]
    restored.close()


def test_a_rebuild_leaves_the_generation_that_is_being_read(fill: Callable[..., Store]) -> None:
    store = fill(bridge=BRIDGE)
    assert store.embedder is not None
    with store.reading() as before:
        rebuild(store)
        assert before.vectors.search(store.embedder.embed(["bridge"])[0], 1, Filters())
    assert titles(store, "bridge") == ["Bridge opens"]


def test_a_replaced_generation_is_no_reason_to_rebuild(fill: Callable[..., Store]) -> None:
    store = fill(bridge=BRIDGE)
    stale = store.generations.newest()
    assert stale is not None
    fill(port=PORT)
    fill(harvest=HARVEST)
    newest = store.generations.newest()
    store._switch(stale)
    assert store.generations.newest() == newest
    assert titles(store, "harvest")[0] == "Harvest"


def test_a_file_that_breaks_a_reader_is_named_and_the_rest_goes_on(
    store: Store, articles: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = (sys.executable, str(Path(__file__).parents[1] / "ingest" / "bad_reader.py"))
    monkeypatch.setattr(run, "Workers", partial(Workers, command=bad))
    # What the reader gave of it before it broke is kept, and it is tried again the next time.
    report = index_files(store, [articles(crash=BRIDGE, harvest=HARVEST)])
    assert [Path(one.file).stem for one in report.skipped] == ["crash"]
    assert {article.title for article in store.library.articles()} == {"crash", "harvest"}
    again = index_files(store, [articles()])
    assert [one.reason for one in again.skipped] == [one.reason for one in report.skipped]
    assert (again.added, again.updated + again.unchanged) == (0, 2)


def test_a_question_waits_for_the_first_generation(
    store: Store, home: Path, articles: Callable[..., Path]
) -> None:
    writing, asked = threading.Event(), threading.Event()
    with closing(Store(Library.open(home), store.embedder)) as other:

        def index() -> None:
            with hold_lock(home):
                writing.set()
                asked.wait(30)
                time.sleep(0.3)
            index_files(other, [articles(bridge=BRIDGE)])

        thread = threading.Thread(target=index)
        thread.start()
        writing.wait(30)
        asked.set()
        titles(store, "Who opened the bridge?")
        thread.join(30)
    assert titles(store, "Who opened the bridge?") == ["Bridge opens"]
