"""Looks at the set-up, the stores and the model server, and says what to mend."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from rag.assistant import Assistant, open_engines
from rag.embedders import MINILM, write_where
from rag.errors import DatelineError
from rag.index.backup import put_back
from rag.index.cutting import CHUNKING
from rag.index.library import hold_lock
from rag.index.schema import BACKUP_NAME, FILE_NAME, RESTORE
from rag.index.soundness import find_unsound
from rag.index.stock import find_damage
from rag.index.uploads import FOLDER, is_upload
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `hint` says what to do where it is not "ok"."""

    what: str
    state: Literal["ok", "warn", "fail"]
    found: str
    hint: str = ""


def diagnose(settings: Settings) -> list[Finding]:
    """Everything looked at, in order; nothing is changed."""
    findings = [_look("home", lambda: _look_at_home(settings))]
    findings += _look_at_embedders(settings)
    findings += _look_at_library(settings)
    findings += _look_at_engines(settings)
    return findings


def _look(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except DatelineError as error:
        return Finding(what, "fail", error.problem, error.hint)


def _look_at_home(settings: Settings) -> Finding:
    home = settings.home
    if not home.exists():
        return Finding(
            "home", "warn", f"{home} does not exist yet.", "`dateline index PATH` makes it."
        )
    if not os.access(home, os.W_OK):
        return Finding("home", "warn", f"{home} cannot be written: questions only.")
    return Finding("home", "ok", str(home))


def _look_at_embedders(settings: Settings) -> Iterator[Finding]:
    """The library's embedder, and where that is another one, the one of the sentences."""
    served = _look_at_served(settings)
    if served is not None:
        yield served
    yield _look_at_minilm(settings, "embedder" if served is None else "sentences")
    yield _look_at_reader(settings)


def _look_at_minilm(settings: Settings, what: str) -> Finding:
    from rag.index.minilm import MiniLM

    try:
        embedder = MiniLM.open(settings)
    except DatelineError as error:
        lacking = "Searching by words alone." if what == "embedder" else "Weighing words alone."
        return Finding(what, "warn", f"{error.problem} {lacking}", error.hint)
    embedder.embed(["A test."])
    return Finding(what, "ok", f"{embedder.name}, {embedder.dimension} dimensions")


def _look_at_reader(settings: Settings) -> Finding:
    from rag.reader.reader import Reader, Window

    try:
        reader = Reader.open(settings)
    except DatelineError as error:
        return Finding("reader", "warn", f"{error.problem} Answering without it.", error.hint)
    reader.read("Is this a test?", [Window("", "This is a test.")])
    return Finding("reader", "ok", f"{reader.name}: points at the words that answer")


def _look_at_served(settings: Settings) -> Finding | None:
    """Whether the embedder that a server runs answers; None where none is wanted."""
    if not (settings.home / FILE_NAME).exists():
        return None
    try:
        with Assistant(settings) as assistant:
            name = assistant.swapping.name
            if name == MINILM:
                return None
            embedder = assistant.swapping.open()
            embedder.embed_questions(["A test."])
            where = write_where(assistant.swapping.find_model(name))
    except DatelineError as error:
        return Finding("embedder", "warn", f"{error.problem} Searching by words alone.", error.hint)
    return Finding("embedder", "ok", f"{name}, {embedder.dimension} dimensions. {where}")


def _look_at_library(settings: Settings) -> Iterator[Finding]:
    if not settings.home.exists():
        return
    try:
        with Assistant(settings) as assistant:
            overview = assistant.overview()
            held = f"{overview.articles} articles, {overview.passages} passages"
            unsound = "; ".join(find_unsound(assistant.library))
            if unsound:
                told = f"{assistant.library.home / FILE_NAME}: {unsound}."
                yield Finding("library", "fail", told, RESTORE)
            else:
                yield Finding("library", "ok", held)
            yield _look_at_backup(settings.home)
            yield _look("indexes", lambda: _look_at_indexes(assistant))
    except DatelineError as error:
        yield Finding("library", "fail", error.problem, error.hint)


def _look_at_backup(home: Path) -> Finding:
    backup = home / BACKUP_NAME
    if not backup.exists():
        return Finding(
            "copy", "warn", "The library has no copy.", "Indexing makes one, disk allowing."
        )
    made = datetime.fromtimestamp(backup.stat().st_mtime)
    return Finding("copy", "ok", f"{backup}, of {made:%d %B %Y, %H:%M}")


def restore(settings: Settings) -> Finding:
    """Put the last copy of the library in its place; what was done.

    Raises LibraryError where there is none, LibraryBusy where another process writes.
    """
    with hold_lock(settings.home):
        done = put_back(settings.home)
    rows = "chats, briefings, what was filled in or removed"
    more = f", with what could be saved since ({rows}: {done.saved} rows)" if done.saved else ""
    kept = f" The damaged file is {done.damaged}." if done.damaged.exists() else ""
    uploads = settings.home / FOLDER
    # Each upload was given by itself; what lies in their folder is all of them.
    roots = [one for one in done.roots if not is_upload(settings.home, str(one))]
    given = shlex.join(map(str, [*roots, *([uploads] if uploads.exists() else [])]))
    return Finding(
        "library",
        "ok",
        f"The copy of {done.made.astimezone():%d %B %Y, %H:%M} is the library now{more}.",
        f"For the articles that came later: dateline index {given or 'PATH'}.{kept}",
    )


def _look_at_indexes(assistant: Assistant) -> Finding:
    store = assistant.store
    store.renew_embedder()
    newest = store.generations.newest()
    if not store.generations.is_current(newest) or newest is None:
        return Finding(
            "indexes", "warn", "They lag behind the library; the next question mends it."
        )
    if assistant.library.manifest().chunking not in (None, CHUNKING):
        return Finding(
            "indexes",
            "warn",
            "The articles were cut into passages by older rules.",
            "`dateline index --rebuild` cuts them by the present ones.",
        )
    try:
        find_damage(store.generations.folder_of(newest), newest.files)
    except DatelineError as error:
        hint = "The next question builds it again from the library."
        return Finding("indexes", "warn", error.problem, hint)
    return Finding("indexes", "ok", f"Chroma and Tantivy at change {newest.change}, undamaged")


def _look_at_engines(settings: Settings) -> Iterator[Finding]:
    with open_engines(settings) as engines:
        found = engines.find()
    for engine in found:
        if engine.problem:
            yield Finding("engine", "warn", f"{engine.name}: {engine.problem}")
        else:
            yield Finding("engine", "ok", f"{engine.name}: {engine.where}")
