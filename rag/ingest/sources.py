"""Where the bytes of an article lie: in a file, or in something that a file holds."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from rag.errors import UnreadableFile
from rag.ingest.decode import sniff_encoding
from rag.ingest.files import Skipped
from rag.ingest.formats import MAX_BYTES, check_size
from rag.types import Draft

#: How much of a file tells its encoding (bytes).
SAMPLE = 1_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """`path` gives the suffix, and a title where there is none; `open` starts anew."""

    path: Path
    open: Callable[[], BinaryIO]

    def load(self) -> bytes:
        """All of its bytes. Raises `UnreadableFile` where they are none or too many."""
        with self.open() as file:
            data = file.read(MAX_BYTES + 1)
        check_size(len(data))
        return data

    def sample(self) -> bytes:
        with self.open() as file:
            return file.read(SAMPLE)


def find_source(path: Path) -> Source:
    """The source that a regular file is. Raises `UnreadableFile` with the reason if it is none."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFile("It is not a regular file.", "Give the article as a file.")
        check_size(status.st_size, path.suffix)
        path.open("rb").close()
    except (OSError, ValueError) as error:
        raise unopened(error) from error
    return Source(path, lambda: path.open("rb"))


def hold(path: Path, data: bytes) -> Source:
    """The source of bytes that are in memory already."""
    return Source(path, lambda: io.BytesIO(data))


def unopened(error: Exception) -> UnreadableFile:
    """What is said of a file that the system does not open."""
    reason = getattr(error, "strerror", None) or str(error)
    return UnreadableFile(f"It cannot be opened: {reason}.", "Check its name and its permissions.")


def open_text(source: Source, newline: str) -> tuple[io.TextIOWrapper, tuple[str, ...]]:
    """The source as characters, and a warning where their encoding is a guess.

    What is no UTF-8 in a file that seems to be becomes lone surrogates, for `mend` to read.
    """
    encoding, guessed = sniff_encoding(source.sample())
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    text = io.TextIOWrapper(source.open(), encoding, errors=errors, newline=newline)
    return text, (f"Its encoding was guessed: {encoding}.",) if guessed else ()


def mend(words: str) -> tuple[str, tuple[str, ...]]:
    """The words of one record in the encoding that they alone are in, and a warning about that.

    Raises `UnreadableFile` where they are in none.
    """
    [whole], warnings = mend_cells([words])
    return whole, warnings


def mend_cells(cells: Sequence[str]) -> tuple[Sequence[str], tuple[str, ...]]:
    """The same for the cells of one row, which are in one encoding."""
    together = "\n".join(cells)
    try:
        together.encode()
    except UnicodeEncodeError:
        encoding, _ = sniff_encoding(together.encode("utf-8", "surrogateescape"))
        try:
            whole = [cell.encode("utf-8", "surrogateescape").decode(encoding) for cell in cells]
        except UnicodeError:
            raise UnreadableFile("Its characters are damaged.", "Save it anew as UTF-8.") from None
        return whole, (f"Its encoding was guessed: {encoding}.",)
    return cells, ()


def within(event: Draft | Skipped, label: str) -> Draft | Skipped:
    """The same, found in a part of a file that is called `label`."""
    if isinstance(event, Draft):
        return replace(event, part=f"{label}#{event.part}" if event.part else label)
    return Skipped(f"{label}#{event.file}" if event.file else label, event.reason)
