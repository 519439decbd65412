"""Uploaded files on their way into the library. Their names come from a browser: none is safe."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import filelock

from rag.errors import LibraryBusy, UnreadableFile
from rag.index.schema import explain
from rag.ingest.files import Skipped
from rag.ingest.formats import SUFFIXES, check_size, refuse_format
from rag.text import storable

FOLDER = "articles"
#: Bytes of a name that are kept, well below the 255 that file systems take.
MAX_NAME = 200
#: Longer endings are none that could be read, and are only shown.
MAX_SUFFIX = 20
#: What a file is called of whose name nothing is left.
UNNAMED = "article"
#: How long an upload waits for another one to be written, in seconds.
LOCK_TIMEOUT = 30.0

#: What Windows takes for devices, whatever suffix follows.
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.I)
#: What Windows allows in no name; angle brackets would look like markup besides.
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def save_uploads(
    home: Path, files: Sequence[tuple[str, bytes]]
) -> tuple[list[Path], list[Skipped]]:
    """The paths of the files, saved below `home`, and what was passed over and why.

    A file that is there already under its name is not saved again; where another one has the name,
    a number is put after it. Raises LibraryError where nothing can be written, LibraryBusy where
    another upload takes long.
    """
    paths: dict[Path, None] = {}
    skipped: list[Skipped] = []
    folder = home / FOLDER
    with _explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Two uploads at once must not choose the same name.
        with filelock.FileLock(home / "uploads.lock", timeout=LOCK_TIMEOUT):
            known = {_fold(path.name): path for path in folder.iterdir()}
            for name, data in files:
                cleaned = clean_name(name)
                reason = _find_fault(cleaned, data)
                if reason:
                    skipped.append(Skipped(cleaned, reason))
                else:
                    paths[_save(folder, cleaned, data, known)] = None
    return list(paths), skipped


def delete_uploads(home: Path, files: Iterable[str]) -> list[str]:
    """Delete those of these files that were uploaded; returns them. Others are left alone."""
    folder = (home / FOLDER).resolve()
    deleted = [file for file in files if Path(file).parent == folder]
    with _explained(folder):
        for file in deleted:
            Path(file).unlink(missing_ok=True)
    return deleted


def is_upload(home: Path, file: str) -> bool:
    """Whether a file, or the one that a place is in, was uploaded to this home."""
    return file.startswith(f"{(home / FOLDER).resolve()}{os.sep}")


def clean_name(name: str) -> str:
    """A name for a file that is safe in any folder, and as near to `name` as it can be."""
    last = re.split(r"[/\\]", name)[-1]
    seen = unicodedata.normalize("NFC", "".join(map(_show, last)))
    seen = " ".join(seen.translate(_FORBIDDEN).split()).rstrip(". ")
    stem, suffix = _split_suffix(seen)
    stem = _cut(stem.lstrip(". "), MAX_NAME - len(suffix.encode()))
    stem = stem.rstrip(". ") or UNNAMED
    return f"_{stem}{suffix}" if _RESERVED.match(stem) else f"{stem}{suffix}"


def _split_suffix(name: str) -> tuple[str, str]:
    # Unlike for splitext, “.md” is an ending: the name before it was perhaps made of nothing.
    stem, dot, ending = name.rpartition(".")
    return (stem, _cut(f".{ending}", MAX_SUFFIX)) if dot else (name, "")


def _show(character: str) -> str:
    # Not printable are control characters, marks that turn the direction, halves of characters.
    if character.isspace():
        return " "
    return character if character.isprintable() else ""


def _cut(text: str, size: int) -> str:
    """The beginning of the text that fits into `size` bytes of UTF-8."""
    return text.encode()[: max(size, 0)].decode("utf-8", "ignore")


def _find_fault(name: str, data: bytes) -> str | None:
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        return refuse_format(suffix)
    try:
        check_size(len(data), suffix)
    except UnreadableFile as error:
        return str(error)
    return None


def _save(folder: Path, name: str, data: bytes, known: dict[str, Path]) -> Path:
    # Where capitals do not tell names apart, “A.md” would overwrite “a.md”: nowhere may it.
    free = (one for one in _number(name) if _may_be(known.get(_fold(one)), data))
    candidate = next(free)
    path = known.get(_fold(candidate)) or _write(folder / candidate, data)
    known[_fold(candidate)] = path
    return path


def _number(name: str) -> Iterator[str]:
    """`name`, then the same with “ (2)”, “ (3)” and so on before its suffix."""
    yield name
    stem, suffix = _split_suffix(name)
    for number in count(2):
        yield f"{stem} ({number}){suffix}"


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", storable(name)).casefold())


def _may_be(path: Path | None, data: bytes) -> bool:
    """Whether a name can be had: it is free, or the file that has it is just this one."""
    if path is None:
        return True
    if path.is_symlink() or not path.is_file() or path.stat().st_size != len(data):
        return False
    return path.read_bytes() == data


def _write(path: Path, data: bytes) -> Path:
    """Others see all of the file or nothing; only its owner may read it, as mkstemp makes it."""
    handle, fresh = tempfile.mkstemp(prefix=".upload-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
    return path


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except filelock.Timeout as error:
        raise LibraryBusy(
            f"Other files are being saved in {folder}.", "Try again in a moment."
        ) from error
    except OSError as error:
        raise explain(error, folder) from error
