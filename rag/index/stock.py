"""What the files of a generation were when they were written, and whether they still are."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

from rag.errors import DamagedIndex

#: The folders of the two derived indexes, and the one file of them that is a database.
CHROMA, TANTIVY = "chroma", "tantivy"
DATABASE = f"{CHROMA}/chroma.sqlite3"
#: Size in bytes and CRC-32 of each file, by its place below the folder.
Stock = dict[str, list[int]]


def take_stock(folder: Path) -> Stock:
    """Size and checksum of each file below `folder`; of locks, which hold nothing, none."""
    return {
        path.relative_to(folder).as_posix(): _weigh(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


def find_damage(folder: Path, stock: Stock) -> None:
    """Raise DamagedIndex where a file of a generation is not what was written.

    Every byte is read: a disk that loses some leaves the file's size and time as they were. A torn
    vector file can end the process when Chroma reads it, so this has to come first.
    """
    for name, stamp in stock.items():
        try:
            whole = _weigh(folder / name) == stamp
        except OSError as error:
            raise _tell(folder / name, name, f" ({error.strerror})") from error
        if not whole:
            raise _tell(folder / name, name)
    if DATABASE not in stock:
        _check_database(folder / DATABASE)


def _check_database(path: Path) -> None:
    """The same of a database that Chroma writes to on opening, as far as that can be told."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise _tell(path, DATABASE, f" ({error})") from error
    if verdict != "ok":
        raise _tell(path, DATABASE, f" ({verdict})")


def _tell(path: Path, name: str, why: str = "") -> DamagedIndex:
    index = "vector" if name.startswith(CHROMA) else "word"
    return DamagedIndex(f"The {index} index is damaged: {path}{why}.", DamagedIndex.MEND)


def _weigh(path: Path) -> list[int]:
    size = checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            size += len(block)
            checksum = zlib.crc32(block, checksum)
    return [size, checksum]
