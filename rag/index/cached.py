"""Files in the cache that can be made again, each with its hash: a torn one is noticed."""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from rag.errors import EmbedderError

logger = logging.getLogger(__name__)


def ensure_cached(path: Path, build: Callable[[], bytes]) -> Path:
    """The path of the file, built where it is missing or torn.

    Where its folder cannot be written, the file lies in one that goes with this process, and a
    warning is logged. Raises EmbedderError where nothing can be written.
    """
    if _is_intact(path):
        return path
    data = build()
    try:
        return _store(data, path)
    except OSError as error:
        advice = "the model will be built at each start; set DATELINE_CACHE to another folder"
        logger.warning("%s cannot be written (%s): %s.", path.parent, error.strerror, advice)
    try:
        return _store(data, _make_scratch_folder() / path.name)
    except OSError as error:
        problem = f"The model's files cannot be written anywhere: {error.strerror}."
        raise EmbedderError(
            problem, "Set DATELINE_CACHE to a folder with 100 MB to spare."
        ) from error


def _is_intact(path: Path) -> bool:
    """Whether the file is there and hashes to what was written down beside it."""
    try:
        noted = _hash_path(path).read_text(encoding="ascii")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == noted
    except (OSError, ValueError):  # ValueError: the note is torn and not ASCII
        return False


def _store(data: bytes, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data)
    _replace(_hash_path(path), hashlib.sha256(data).hexdigest().encode("ascii"))
    return path


def _replace(path: Path, data: bytes) -> None:
    """Writes the file so that others see all of it or what was there before."""
    handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _hash_path(path: Path) -> Path:
    return path.with_suffix(".sha256")


def _make_scratch_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="dateline-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
