"""Which file of a home changes, at the moment when it does: Linux's inotify, by ctypes."""

from __future__ import annotations

import ctypes
import os
import select
import struct
import time
from collections.abc import Iterator
from pathlib import Path

MODIFY, CLOSED, MOVED_HERE, CREATED, DELETED = 0x2, 0x8, 0x80, 0x100, 0x200
IS_FOLDER = 0x40000000
WATCHED = MODIFY | CLOSED | MOVED_HERE | CREATED | DELETED
_HEAD = struct.Struct("iIII")

#: The file that a kill can be aimed at, by what stands in its path.
POINTER, CHROMA_DB, HNSW, TANTIVY = "current.json", "chroma.sqlite3", "HNSW", "tantivy"
LIBRARY, WAL = "library.sqlite3", "library.sqlite3-wal"


def tell_kind(path: str) -> str | None:
    """Which of the watched files a path below a home is; None for any other."""
    name = path.rpartition("/")[2]
    if "/derived/" not in path:
        known = {LIBRARY: LIBRARY, WAL: WAL}
        return known.get(name)
    if name.startswith(POINTER.partition(".")[0]):
        return POINTER
    if "/tantivy/" in path:
        return TANTIVY
    if name.startswith(CHROMA_DB):
        return CHROMA_DB
    return HNSW if "/chroma/" in path else None


class Watch:
    """Tells of every change below a folder, those that are made in it later included."""

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._folders: dict[int, str] = {}
        self._add(str(folder))

    def close(self) -> None:
        os.close(self._fd)

    def changes(self, seconds: float) -> Iterator[str]:
        """The paths that change, in order, until none has changed for so long."""
        while select.select([self._fd], [], [], seconds)[0]:
            yield from self._read()

    def _read(self) -> Iterator[str]:
        block, at = os.read(self._fd, 1 << 16), 0
        while at < len(block):
            number, mask, _, length = _HEAD.unpack_from(block, at)
            at += _HEAD.size
            name = block[at : at + length].rstrip(b"\0").decode()
            at += length
            if number in self._folders and name:
                path = f"{self._folders[number]}/{name}"
                if mask & IS_FOLDER and mask & (CREATED | MOVED_HERE):
                    yield from self._add(path)
                yield path

    def _add(self, folder: str) -> list[str]:
        """Watch a folder and those below it; what was in it before it was watched."""
        number = self._libc.inotify_add_watch(self._fd, folder.encode(), WATCHED)
        if number < 0:
            # It has gone again.
            return []
        self._folders[number] = folder
        found: list[str] = []
        try:
            for entry in list(os.scandir(folder)):
                found.append(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    found += self._add(entry.path)
        except OSError:
            pass
        return found


def wait_a_little(milliseconds: float) -> None:
    """Waits to the tenth of a millisecond, which sleeping does not."""
    until = time.perf_counter() + milliseconds / 1000
    while time.perf_counter() < until:
        pass
