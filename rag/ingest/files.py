"""Which files below the given paths are articles."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import UsageError
from rag.ingest.formats import SUFFIXES, refuse_format

EMPTY = "the folder is empty"
#: What is added to a file's name for what somebody wrote down about it.
SIDECARS = (".yaml", ".yml")
#: It is about the folder. Somebody who means it names the file itself.
A_README = "a README is no article; name the file itself to index it"

#: Beside “train.html”, “train_files” and the like hold what a browser saved with it: pictures,
#: scripts, the pages of adverts. Browsers end the name in their own language.
_PARTS = re.compile(r"(?P<page>.+)(?:_files|-Dateien|_fichiers|_archivos|_bestanden|_arquivos)")
#: What Chrome calls a frame of a page that it saves: mostly an advert.
_FRAME = re.compile(r"saved_resource(?:\(\d+\))?\.html?")


#: How the names of hidden files begin, and of those that Word keeps beside an open document.
ASIDE = (".", "~$")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a part of one, that was passed over; both are fit to be shown.

    A part is named as `Draft.place` names it: “exports/march.csv#17”.
    """

    file: str
    reason: str


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[Skipped]]:
    """The article files at or below `paths`, resolved and sorted, and what else lies there and why.

    Folders are searched to their depth. Hidden files and folders in them are passed over in
    silence, and links are not followed out of the folder that was given. Raises `UsageError` for a
    path that is not there.
    """
    files: set[Path] = set()
    skipped: dict[str, Skipped] = {}
    for path in paths:
        for found in _below(path):
            if isinstance(found, Skipped):
                skipped[found.file] = found
            else:
                files.add(found)
    return sorted(files), [skipped[name] for name in sorted(skipped)]


def _below(path: Path) -> Iterator[Path | Skipped]:
    try:
        root = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(
            f"There is no file or folder {_shown(path)}.", "Check the path and its spelling."
        ) from error
    if root.is_dir():
        yield from _in_folder(root, root)
    else:
        yield from _article(root)


def _in_folder(folder: Path, root: Path) -> Iterator[Path | Skipped]:
    waiting = [folder]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Skipped(_shown(folder), f"the folder cannot be read ({error.strerror})")
            continue
        if all(entry.name.startswith(ASIDE) for entry in entries):
            yield Skipped(_shown(folder), EMPTY)
        names = {entry.name for entry in entries}
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(ASIDE):
                continue
            if entry.is_symlink():
                yield from _linked(path, root)
            elif entry.is_dir(follow_symlinks=False):
                if page := _page_of(entry.name, names):
                    yield Skipped(_shown(path), f"it holds the parts of the saved page {page}")
                else:
                    waiting.append(path)
            elif reason := _set_aside(path):
                yield Skipped(_shown(path), reason)
            else:
                yield from _article(path)


def _set_aside(path: Path) -> str | None:
    """Why a file in a folder is no article, whatever is in it."""
    if path.stem.casefold() == "readme":
        return A_README
    if _FRAME.fullmatch(path.name) and _PARTS.fullmatch(path.parent.name):
        return "it is a frame of a saved page, and no article"
    return None


def _page_of(folder: str, names: set[str]) -> str | None:
    """The saved page whose parts are in the folder, by their names, if there is one beside it."""
    found = _PARTS.fullmatch(folder)
    pages = [found["page"] + suffix for suffix in (".html", ".htm")] if found else []
    return next((_shown(Path(page)) for page in pages if page in names), None)


def _linked(path: Path, root: Path) -> Iterator[Path | Skipped]:
    """What a link leads to, if that is an article within the folder; folders are visited anyway."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        yield Skipped(_shown(path), "a link that leads nowhere")
        return
    if not target.is_relative_to(root):
        yield Skipped(_shown(path), "a link that leads out of the folder")
    elif not target.is_dir() and not _is_hidden(target, root):
        yield from _article(target)


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def sidecar_of(path: Path) -> Path | None:
    """The file beside the article in which somebody has written down what it is, if there is one:
    “story.pdf.yaml” beside “story.pdf”. Links are none."""
    for suffix in SIDECARS:
        beside = path.with_name(path.name + suffix)
        if beside.is_file() and not beside.is_symlink():
            return beside
    return None


def _article(path: Path) -> Iterator[Path | Skipped]:
    suffix = path.suffix.lower()
    try:
        if not _is_text(str(path)):
            yield Skipped(_shown(path), "its name is not valid text: rename it")
        elif suffix in SIDECARS and _is_article(path.with_suffix("")):
            return
        elif suffix not in SUFFIXES:
            yield Skipped(_shown(path), refuse_format(suffix))
        elif not path.is_file():
            yield Skipped(_shown(path), "not a regular file")
        else:
            yield path
    except OSError as error:  # its folder lets nobody in, or its drive has gone
        yield Skipped(_shown(path), f"it cannot be looked at ({error.strerror})")


def _is_article(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file()


def _is_text(name: str) -> bool:
    """Whether the name can be stored and shown: file systems allow bytes that are no characters."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _shown(path: Path) -> str:
    return str(path).encode("utf-8", "replace").decode("utf-8").replace("\0", "\\0")
