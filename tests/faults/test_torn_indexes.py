"""Every file of the derived indexes, harmed in every way: noticed, told, built again."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import children
import pytest
from conftest import FakeEmbedder, write_md
from news import write_article

from rag.errors import DamagedIndex
from rag.index.generations import POINTER
from rag.index.indexing import index_files
from rag.index.library import Library
from rag.index.stock import CHROMA, DATABASE, TANTIVY, find_damage
from rag.index.store import Store
from rag.retrieve.hybrid import retrieve

Harm = Callable[[Path], None]
QUESTION = "Which port workers ended their strike?"


def flip(share: float, *, keep_time: bool = False) -> Harm:
    """Turns one bit of the byte that stands there, 0 the first one and 1 the last."""

    def harm(path: Path) -> None:
        found = path.stat()
        content = bytearray(path.read_bytes())
        if content:
            content[round(share * (len(content) - 1))] ^= 0x10
        path.write_bytes(content)
        if keep_time:
            os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))

    return harm


def cut(keep: Callable[[int], int]) -> Harm:
    def harm(path: Path) -> None:
        os.truncate(path, keep(path.stat().st_size))

    return harm


HARMS: dict[str, Harm] = {
    "flipped at the beginning": flip(0),
    "flipped at a third": flip(1 / 3),
    "flipped in the middle": flip(0.5, keep_time=True),
    "flipped at two thirds": flip(2 / 3, keep_time=True),
    "flipped at the end": flip(1, keep_time=True),
    "emptied": cut(lambda size: 0),
    "cut in half": cut(lambda size: size // 2),
    "without its last byte": cut(lambda size: max(0, size - 1)),
    "deleted": Path.unlink,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with both indexes; nobody changes it."""
    place = tmp_path_factory.mktemp("whole")
    folder = place / "articles"
    folder.mkdir()
    for number, said in enumerate(("The port workers ended their strike.", "Barley failed.", "A")):
        text = write_md(f"{said} It was day {number}.", title=f"Report {number}")
        (folder / f"{number}.md").write_text(text)
    store = Store(Library.open(place / "home"), FakeEmbedder())
    index_files(store, [folder])
    store.close()
    return place / "home"


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "home")


def list_files(home: Path) -> list[str]:
    """All that is derived, locks left out, which hold nothing: the same names in every copy."""
    derived = home / "derived"
    files = [path for path in derived.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return sorted(path.relative_to(derived).as_posix() for path in files)


def find(home: Path) -> tuple[list[tuple[str, float]], list[str]]:
    """What is found, and what is told with it."""
    store = Store(Library.open(home), FakeEmbedder())
    try:
        hits = retrieve(store, QUESTION, 5)
        return [(hit.article.title, round(hit.score, 6)) for hit in hits], store.take_notices()
    finally:
        store.close()


def test_a_whole_index_is_opened_without_a_word(home: Path) -> None:
    before = {name: (home / "derived" / name).read_bytes() for name in list_files(home)}
    found, told = find(home)
    assert found
    assert told == []
    assert {name: (home / "derived" / name).read_bytes() for name in list_files(home)} == before


def test_all_files_of_both_indexes_are_guarded(home: Path) -> None:
    store = Store(Library.open(home), FakeEmbedder())
    state = store.generations.newest()
    store.close()
    assert state is not None
    listed = [name.partition("/")[2] for name in list_files(home) if name != POINTER]
    assert sorted(state.files) == listed
    assert DATABASE in listed
    assert {name.partition("/")[0] for name in listed} == {CHROMA, TANTIVY}
    assert sum(name.endswith(".bin") for name in listed) == 4


@pytest.mark.parametrize("harm", HARMS)
def test_harm_to_any_file_is_noticed(home: Path, harm: str) -> None:
    store = Store(Library.open(home), FakeEmbedder())
    state = store.generations.newest()
    store.close()
    assert state is not None
    folder = home / "derived" / state.name
    for name in state.files:
        path = folder / name
        before = path.read_bytes()
        if not before and "flipped" in harm:
            continue
        HARMS[harm](path)
        if path.exists() and path.read_bytes() == before:
            continue
        index = "vector" if name.startswith(CHROMA) else "word"
        with pytest.raises(DamagedIndex, match=f"The {index} index is damaged: .*{path.name}"):
            find_damage(folder, state.files)
        path.write_bytes(before)
    find_damage(folder, state.files)


def kinds_of_files(home: Path) -> Iterator[str]:
    """Of files that are read in the same way, the first one: names are drawn anew each time."""
    seen = set()
    for name in list_files(home):
        kind = name if name.endswith(".bin") else (Path(name).suffix or Path(name).name)
        if kind not in seen:
            seen.add(kind)
            yield name


@pytest.mark.parametrize("harm", ["flipped in the middle", "cut in half", "deleted"])
def test_what_is_harmed_is_told_built_again_and_answers_as_before(
    whole: Path, tmp_path: Path, harm: str
) -> None:
    before, _ = find(shutil.copytree(whole, tmp_path / "unharmed"))
    for number, name in enumerate(kinds_of_files(whole)):
        home = shutil.copytree(whole, tmp_path / str(number))
        HARMS[harm](home / "derived" / name)
        found, told = find(home)
        assert found == before, name
        assert len(told) == 1, name
        assert told[0].endswith("built again from the library."), name
        assert find(home) == (before, [])


@pytest.mark.parametrize("place", range(24))
def test_no_flipped_bit_of_the_pointer_breaks_the_start(home: Path, place: int) -> None:
    flip(place / 23)(home / "derived" / POINTER)
    found, told = find(home)
    assert found[0][0] == "Report 0"
    assert told


def test_a_row_of_chromas_that_says_something_else_is_noticed(home: Path) -> None:
    # SQLite finds nothing wrong with it: only who wrote the file knows what stood there.
    [database] = home.glob(f"derived/*/{DATABASE}")
    with sqlite3.connect(database) as db:
        changed = db.execute(
            "UPDATE embedding_metadata SET string_value = 'elsewhere' WHERE key = 'article'"
        ).rowcount
        assert changed
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    _, told = find(home)
    assert told[0].startswith("The vector index is damaged")


def test_a_torn_base_is_not_built_upon(home: Path, tmp_path: Path) -> None:
    [path] = home.glob(f"derived/*/{TANTIVY}/*.idx")
    flip(0.5)(path)
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "m.md").write_text(write_md("A ferry sank in the harbour.", title="Ferry"))
    store = Store(Library.open(home), FakeEmbedder())
    index_files(store, [folder])
    [told] = store.take_notices()
    assert told.startswith("The word index is damaged")
    assert retrieve(store, "ferry", 1)[0].article.title == "Ferry"
    store.close()


def test_an_older_formats_indexes_are_built_again_without_an_alarm(home: Path) -> None:
    pointer = home / "derived" / POINTER
    pointer.write_text(
        '{"name": "old", "library": "x", "change": 3, "token": null, "embedder": "fake-1",'
        ' "format": 1, "files": {}}'
    )
    found, told = find(home)
    assert found
    assert told == []


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_the_command_says_in_a_line_what_it_builds_again(tmp_path: Path) -> None:
    folder, home = tmp_path / "articles", tmp_path / "home"
    write_article(folder, 1)
    result = tmp_path / "result"
    child = children.fork(search_torn, folder, home, result)
    child.join(60)
    before, finding, after, again = json.loads(result.read_text())
    assert (before[0], "Vale1" in before[1]) == (0, True)
    assert "warn  indexes: The vector index is damaged" in finding[1]
    line, _, rest = after[1].partition("\n")
    assert line.startswith("The vector index is damaged: ")
    assert line.endswith("It is built again from the library.")
    assert (after[0], rest) == tuple(before) == tuple(again)


def search_torn(folder: Path, home: Path, result: Path) -> None:
    """What commands print over a home that is harmed between two of them."""
    said = result.with_name("said")

    def call(*arguments: str | Path) -> tuple[int, str]:
        return children.call(*arguments, "--home", home, said=said)

    call("index", folder)
    before = call("search", "the ferry of Vale1")
    [path] = home.glob(f"derived/*/{CHROMA}/*/data_level0.bin")
    flip(0.5, keep_time=True)(path)
    finding = call("doctor")
    after = call("search", "the ferry of Vale1")
    again = call("search", "the ferry of Vale1")
    result.write_text(json.dumps([before, finding, after, again]))
