"""Which files are gone, and which only seem to be: a drive may be missing, or a right."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.ingest.files import Skipped

UNREADABLE = "it cannot be read, so what is known of it was kept ({})"
EMPTY = (
    "it is empty now, so what is known of it was kept ({}): a drive may be missing; --prune with"
    " --yes drops it"
)
#: So many files at the most are taken for deleted where their folder is empty now: a drive holds
#: more, and what these held is soon indexed again.
FEW = 10


@dataclass(frozen=True, slots=True)
class Gone:
    """Files that are gone, and the places where that cannot be told; nothing is dropped there."""

    files: list[str]
    doubted: list[Skipped]


def find_gone(files: Iterable[str], folders: Set[Path], *, sure: bool = False) -> Gone:
    """Those of `files` below `folders` that are gone.

    Many whose folder is there and empty may lie on a drive that is not: they only count where the
    user is `sure`. One that may not be looked at never does.
    """
    gone: list[str] = []
    unreadable: Counter[Path] = Counter()
    emptied: dict[Path, list[str]] = {}
    is_empty = cache(_is_empty)
    for file in files:
        path = Path(file)
        if folders.isdisjoint((path, *path.parents)):
            continue
        try:
            if _find_mode(path) is not None:
                continue
            folder = next(one for one in path.parents if stat.S_ISDIR(_find_mode(one) or 0))
            if is_empty(folder) and not sure:
                emptied.setdefault(folder, []).append(file)
            else:
                gone.append(file)
        except (OSError, ValueError):
            unreadable[path.parent] += 1
    empty = Counter({folder: len(held) for folder, held in emptied.items() if len(held) > FEW})
    gone += [file for folder, held in emptied.items() if folder not in empty for file in held]
    return Gone(gone, [*_write(unreadable, UNREADABLE), *_write(empty, EMPTY)])


def _find_mode(path: Path) -> int | None:
    """What kind of file a path is; None where nothing is there.

    Raises OSError where that cannot be told, as below a drive that does not answer: of that, what
    `Path.exists` says depends on the version of Python. ValueError where no file can have the name.
    """
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(folders: Counter[Path], reason: str) -> list[Skipped]:
    return [
        Skipped(str(folder), reason.format("1 file" if count == 1 else f"{count} files"))
        for folder, count in sorted(folders.items())
    ]


def _is_empty(folder: Path) -> bool:
    """Whether nothing is in a folder but what is hidden."""
    with os.scandir(folder) as entries:
        return all(entry.name.startswith(".") for entry in entries)
