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
from rag.index.stock import CHROMA, DATABASE, TANTIVY, Stock, find_damage, take_stock
from rag.index.vectors import VectorIndex, hold_still

#: Raised when what the derived indexes store changes: older generations are then rebuilt.
FORMAT = 2
POINTER = "current.json"
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
    files: Stock


class Generation:
    """One finished generation, open for searching."""

    def __init__(self, folder: Path, state: State) -> None:
        self.state = state
        # Both take locks in their folders on opening: where they may not, they get another.
        self._copy = None if os.access(folder, os.W_OK) else tempfile.TemporaryDirectory()
        if self._copy is not None:
            folder = _borrow(folder, Path(self._copy.name) / state.name)
        self.lexical = LexicalIndex(folder / TANTIVY)
        self.vectors = VectorIndex(folder / CHROMA)

    def close(self) -> None:
        self.vectors.close()
        self.lexical.close()
        if self._copy is not None:
            self._copy.cleanup()


class Generations:
    """The folder of generations of one library."""

    def __init__(self, library: Library, tell: Callable[[str], None]) -> None:
        """`tell` is told, in words, why indexes are built again that should have been whole."""
        self._library = library
        self._tell = tell
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
            pointer = json.loads((self._folder / POINTER).read_text())
            # The first format had no checksum.
            stated = pointer.get("state", pointer)
            if stated is not pointer and pointer["checksum"] != _sum(stated):
                return None
            return State(**stated)
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
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
        if before is None and not rebuild and any(self._folder.glob("*")):
            self._tell(
                "The search indexes are missing or torn; they are built again from the library."
            )
        base = self._find_base(newest)
        try:
            state = self._make(base)
        except DamagedIndex:
            # Whatever is wrong with the one before, everything in it is in the library as well.
            if base is None:
                raise
            state = self._make(None)
        self._point_to(state)
        self._drop_others(keep={state.name, before.name if before else state.name})
        return state

    def _find_base(self, newest: State | None) -> State | None:
        """The generation to build upon; None where there is none, or it is torn."""
        try:
            if newest is not None:
                find_damage(self._folder / newest.name, newest.files)
        except DamagedIndex as error:
            self._tell(f"{error.problem} It is built again from the library.")
            return None
        return newest

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
                copy_generation(self._folder / base.name, folder)
            self._fill(folder, changed)
            files = self._check(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        token = self._library.token_of(change)
        return State(name, manifest.library, change, token, manifest.embedder, FORMAT, files)

    def _fill(self, folder: Path, changed: list[str] | None) -> None:
        with closing(VectorIndex(folder / CHROMA)) as vectors:
            vectors.replace(changed or [], self._library.rows(changed))
        hold_still(folder / DATABASE)
        with closing(LexicalIndex(folder / TANTIVY)) as lexical:
            lexical.replace(changed or [], self._library.rows(changed))

    def _check(self, folder: Path) -> Stock:
        """The stock of what was written, and of that what opening it leaves alone."""
        written = take_stock(folder)
        with closing(VectorIndex(folder / CHROMA)) as vectors:
            self._expect(vectors.count, self._library.count_passages(embedded=True))
        with closing(LexicalIndex(folder / TANTIVY)) as lexical:
            self._expect(lexical.count, self._library.count_passages())
        found = take_stock(folder)
        return {name: stamp for name, stamp in written.items() if found.get(name) == stamp}

    @staticmethod
    def _expect(count: Callable[[], int], passages: int) -> None:
        if count() != passages:
            raise DamagedIndex(f"A derived index holds {count()} passages in place of {passages}.")

    def _point_to(self, state: State) -> None:
        pointer = self._folder / POINTER
        fresh = pointer.with_suffix(".new")
        with fresh.open("w") as file:
            json.dump({"state": asdict(state), "checksum": _sum(asdict(state))}, file)
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


def _borrow(source: Path, target: Path) -> Path:
    """A folder that can be written, over the files of one that cannot; only the database is copied.

    Its modes are its own: a copy of a folder that is read-only would be so, too.
    """
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True)
        elif path.suffix != ".lock":
            place.parent.mkdir(parents=True, exist_ok=True)
            if path.name == Path(DATABASE).name:
                shutil.copyfile(path, place)
            else:
                place.symlink_to(path.resolve())
    return target


def _sum(stated: object) -> int:
    return zlib.crc32(json.dumps(stated).encode())
