"""What is derived from the library, Chroma and Tantivy side by side, in whole generations.

A generation is a folder that is written by one process, checked, and only then pointed to. Readers
see a finished generation or the one before it, so a kill at any moment costs at most the work
since, and both legs of an answer come from the same state. `kill -9` during a flush is known to
break a Chroma store for good; here such a store is one that nothing points to.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.errors import DamagedIndex
from rag.index.lexical import LexicalIndex
from rag.index.library import Library
from rag.index.schema import explain
from rag.index.vectors import VectorIndex

#: Raised when what the derived indexes store changes: older generations are then rebuilt.
FORMAT = 1
POINTER = "current.json"
CHROMA, TANTIVY = "chroma", "tantivy"
#: Above this share of changed articles, starting afresh is faster than deleting and adding.
REBUILD_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class State:
    """What a generation holds: which library at which change, by which embedder."""

    name: str
    library: str
    change: int
    token: str | None
    embedder: str | None
    format: int
    files: dict[str, list[int]]


class Generation:
    """One finished generation, open for searching."""

    def __init__(self, folder: Path, state: State) -> None:
        self.state = state
        # Chroma writes to its SQLite file on opening: where it may not, it gets a copy of its own.
        self._copy = None if os.access(folder, os.W_OK) else tempfile.TemporaryDirectory()
        if self._copy is not None:
            folder = Path(shutil.copytree(folder, Path(self._copy.name) / state.name))
        self.lexical = LexicalIndex(folder / TANTIVY)
        self.vectors = VectorIndex(folder / CHROMA)

    def close(self) -> None:
        self.vectors.close()
        self.lexical.close()
        if self._copy is not None:
            self._copy.cleanup()


class Generations:
    """The folder of generations of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._folder = library.home / "derived"

    def newest(self) -> State | None:
        """The generation pointed to; None where there is none that this program can use."""
        state = self._pointed()
        if state is None or state.format != FORMAT:
            return None
        manifest = self._library.manifest()
        # The token fails where a backup of the library was put back: what came after it is gone.
        same = state.library == manifest.library and state.embedder == manifest.embedder
        return state if same and state.token == self._library.token_of(state.change) else None

    def is_superseded(self) -> bool:
        """Whether what is pointed to has the vectors of the embedder before, and no others yet."""
        state, manifest = self._pointed(), self._library.manifest()
        if state is None or state.library != manifest.library:
            return False
        return state.embedder != manifest.embedder

    def _pointed(self) -> State | None:
        try:
            return State(**json.loads((self._folder / POINTER).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def is_current(self, state: State | None) -> bool:
        return state is not None and state.change == self._library.last_change()

    def folder_of(self, state: State) -> Path:
        return self._folder / state.name

    def open(self, state: State) -> Generation:
        """The generation for searching. Raises DamagedIndex where it is torn."""
        folder = self.folder_of(state)
        find_damage(folder, state.files)
        return Generation(folder, state)

    def catch_up(self, *, rebuild: bool = False) -> State:
        """The generation of the library as it is now, made if needed. The caller is the writer.

        Raises LibraryError where it cannot be written; what there was stays.
        """
        try:
            return self._catch_up(rebuild)
        except OSError as error:
            raise explain(error, self._folder) from error

    def _catch_up(self, rebuild: bool) -> State:
        before = self._pointed()
        newest = None if rebuild else self.newest()
        if newest is not None and self.is_current(newest):
            return newest
        try:
            state = self._make(newest)
        except DamagedIndex:
            # The one it was to be made from is torn: everything in it is in the library as well.
            if newest is None:
                raise
            state = self._make(None)
        self._point_to(state)
        self._drop_others(keep={state.name, before.name if before else state.name})
        return state

    def _make(self, base: State | None) -> State:
        change = self._library.last_change()
        manifest = self._library.manifest()
        name = f"{change:012d}-{os.urandom(4).hex()}"
        folder = self._folder / name
        changed = None if base is None else self._library.changed_since(base.change)
        if changed is not None and len(changed) > REBUILD_SHARE * self._library.count_articles():
            base = changed = None
        try:
            if base is not None:
                find_damage(self._folder / base.name, base.files)
                copy_generation(self._folder / base.name, folder)
            self._fill(folder, changed)
            files = take_stock(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        token = self._library.token_of(change)
        return State(name, manifest.library, change, token, manifest.embedder, FORMAT, files)

    def _fill(self, folder: Path, changed: list[str] | None) -> None:
        library = self._library
        with closing(VectorIndex(folder / CHROMA)) as vectors:
            vectors.replace(changed or [], library.rows(changed))
            self._expect(vectors.count, library.count_passages(embedded=True))
        with closing(LexicalIndex(folder / TANTIVY)) as lexical:
            lexical.replace(changed or [], library.rows(changed))
            self._expect(lexical.count, library.count_passages())

    @staticmethod
    def _expect(count: Callable[[], int], passages: int) -> None:
        if count() != passages:
            raise DamagedIndex(f"A derived index holds {count()} passages in place of {passages}.")

    def _point_to(self, state: State) -> None:
        pointer = self._folder / POINTER
        fresh = pointer.with_suffix(".new")
        with fresh.open("w") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(pointer)

    def _drop_others(self, keep: set[str]) -> None:
        # The one before stays: a reader in another process may still be answering from it.
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)


def copy_generation(source: Path, target: Path) -> None:
    """A consistent copy of a generation that others may have open for reading."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("chroma.sqlite3*"))
    # Readers' Chroma may be writing its housekeeping just now: only SQLite can copy that safely.
    with (
        closing(sqlite3.connect(source / CHROMA / "chroma.sqlite3")) as old,
        closing(sqlite3.connect(target / CHROMA / "chroma.sqlite3")) as new,
    ):
        old.backup(new)


def take_stock(folder: Path) -> dict[str, list[int]]:
    """Size in bytes, modification time in ns and CRC-32 of each file that no reader changes."""
    return {
        str(path.relative_to(folder)): [*_look(path), _checksum(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(("chroma.sqlite3", "."))
    }


def find_damage(folder: Path, files: dict[str, list[int]], *, thorough: bool = False) -> None:
    """Raise DamagedIndex where a file of a generation is not what was written.

    A file as old and as long as it was is taken for whole unless `thorough`; any other is read. A
    torn vector file can end the process when Chroma reads it, so this has to come first.
    """
    try:
        for name, (size, modified, checksum) in files.items():
            path = folder / name
            trusted = not thorough and _look(path) == [size, modified]
            if not trusted and _checksum(path) != checksum:
                raise DamagedIndex(f"{path} is damaged.")
        database = folder / CHROMA / "chroma.sqlite3"
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as db:
            verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except (OSError, sqlite3.Error) as error:
        raise DamagedIndex(f"{folder} is damaged: {error}.") from error
    if verdict != "ok":
        raise DamagedIndex(f"{database} is damaged: {verdict}.")


def _look(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum
