"""The chats that are kept in the library: their titles, and every question with its answer.

They need no writer: one is kept while another process indexes, each change in a short transaction.
"""

from __future__ import annotations

import builtins
import json
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import LibraryError, UsageError
from rag.index.apart import Apart
from rag.index.records import read_filters, read_record, write_filters, write_record
from rag.text import storable
from rag.types import Answer, Filters

#: Characters of a title that are kept.
MAX_TITLE = 200
UNTITLED = "Untitled"
#: The one that keeps letters apart and the one that joins them, in Persian, in Hindi, in emoji.
JOINERS = "\u200c\u200d"
#: In `meta`: which chat was open last.
OPENED = "opened_chat"

INFOS = """
    SELECT id, title, created, changed,
        (SELECT count(*) FROM exchanges WHERE chat = c.id) AS exchanges
    FROM chats c
"""

#: As bytes: torn ones would otherwise keep SQLite from handing out the row at all.
EXCHANGES = """
    SELECT id, engine, state, CAST(question AS BLOB) AS question, CAST(filters AS BLOB) AS filters,
        CAST(answer AS BLOB) AS answer, CAST(problem AS BLOB) AS problem
    FROM exchanges WHERE chat = ? ORDER BY position, rowid
"""

EXCHANGE = "INSERT INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO "
REPLACED = """UPDATE SET
    chat = excluded.chat, position = excluded.position, question = excluded.question,
    engine = excluded.engine, state = excluded.state, filters = excluded.filters,
    answer = excluded.answer, problem = excluded.problem
"""


@dataclass(frozen=True, slots=True)
class ChatInfo:
    """A chat without what was said in it; `exchanges` is how many questions were asked."""

    id: str
    title: str
    created: datetime
    changed: datetime
    exchanges: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One question with what became of it; `problem` is what went wrong, and a hint."""

    id: str
    question: str
    engine: str
    state: str
    filters: Filters
    answer: Answer | None = None
    problem: tuple[str, str] | None = None


class Chats(Apart):
    """The chats of one library; safe to use from any thread.

    Everything raises LibraryError where the library cannot be read or written. In an older library
    that cannot be written there are none, and none can be kept.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        super().__init__(db, path)
        # What the disk has not got when the power fails is an answer that can be asked for again:
        # it is not waited for.
        db.execute("PRAGMA synchronous = NORMAL")

    def list(self, containing: str = "", limit: int = 200) -> builtins.list[ChatInfo]:
        """The chats, the newest changed first, `limit` of them at the most.

        With `containing` those that have it, in capitals or not, in the title, in a question or in
        a sentence of an answer.
        """
        rows = self._all(f"{INFOS} ORDER BY changed DESC, c.rowid DESC")
        wanted = fold(containing.strip())
        found: builtins.list[ChatInfo] = []
        for row in rows:
            if len(found) >= limit:
                break
            if not wanted or self._contains(row, wanted):
                found.append(_to_info(row))
        return found

    def load(self, chat: str) -> tuple[ChatInfo, builtins.list[Kept]]:
        """A chat and its exchanges, in order. Raises UsageError where there is none.

        An exchange whose record is damaged has no answer, and counts as stopped.
        """
        rows = self._all(f"{INFOS} WHERE id = ?", storable(chat))
        if not rows:
            raise _unknown(chat)
        return _to_info(rows[0]), [_to_kept(row) for row in self._all(EXCHANGES, storable(chat))]

    def keep(self, chat: str, title: str, position: int, kept: Kept) -> None:
        """Keep an exchange, in place of what was kept under its id.

        `position` orders the exchanges of a chat. A chat that is new is made, with `title`; one
        that is not keeps its own.
        """
        row = _to_row(chat, position, kept)
        title = tidy_title(title) or tidy_title(kept.question) or UNTITLED
        with self._writing() as db:
            db.execute(
                "INSERT INTO chats VALUES (?1, ?2, ?3, ?3)"
                " ON CONFLICT(id) DO UPDATE SET changed = excluded.changed",
                (storable(chat), title, _write_moment(datetime.now(UTC))),
            )
            db.execute(EXCHANGE + REPLACED, row)

    def rename(self, chat: str, title: str) -> None:
        """Give a chat another title, cut to MAX_TITLE characters; its place in the list stays.

        Raises UsageError where there is no such chat, and for a title of white space.
        """
        tidied = tidy_title(title)
        if not tidied:
            raise UsageError("A chat's title cannot be empty.", "Type a few words.")
        with self._writing() as db:
            changed = db.execute(
                "UPDATE chats SET title = ? WHERE id = ?", (tidied, storable(chat))
            ).rowcount
        if not changed:
            raise _unknown(chat)

    def delete(self, chat: str) -> None:
        """Delete a chat with all that was said in it. Raises UsageError where there is none."""
        with self._writing() as db:
            gone = db.execute("DELETE FROM chats WHERE id = ?", (storable(chat),)).rowcount
        if not gone:
            raise _unknown(chat)

    def restore(self, info: ChatInfo, exchanges: Sequence[Kept]) -> None:
        """Put a deleted chat back as `load` gave it; what was kept in it since stays in it."""
        rows = [_to_row(info.id, position, kept) for position, kept in enumerate(exchanges)]
        created, changed = _write_moment(info.created), _write_moment(info.changed)
        title = tidy_title(info.title) or UNTITLED
        with self._writing() as db:
            db.execute(
                "INSERT INTO chats VALUES (?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET"
                " title = excluded.title, created = excluded.created",
                (storable(info.id), title, created, changed),
            )
            db.executemany(EXCHANGE + "NOTHING", rows)

    def opened(self) -> str | None:
        """The id of the chat that was open last; None where it is no longer there."""
        rows = self._all(
            "SELECT c.id FROM chats c JOIN meta m ON m.value = c.id WHERE m.key = ?", OPENED
        )
        return rows[0]["id"] if rows else None

    def note_opened(self, chat: str | None) -> None:
        self._note(OPENED, chat)

    def _contains(self, chat: sqlite3.Row, wanted: str) -> bool:
        if wanted in fold(chat["title"]):
            return True
        rows = self._all(EXCHANGES, chat["id"])
        return any(wanted in fold(_decode(row["question"])) for row in rows) or any(
            wanted in fold(text) for row in rows for text in _read_sentences(row["answer"])
        )


def fold(text: str) -> str:
    """The text as it is compared where capitals do not count.

    The four letters i of Turkish are one: who types “istanbul” means “İstanbul” as well.
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", storable(text))
    folded = unicodedata.normalize("NFD", apart.casefold())
    return unicodedata.normalize("NFC", folded.replace("i\u0307", "i").replace("ı", "i"))


def tidy_title(title: str) -> str:
    """The title on one line, at most MAX_TITLE characters long; "" where nothing of it is seen."""
    # Marks that are not seen, or that turn what follows around, name nothing; but some scripts
    # are written with joiners between the letters.
    kept = (c for c in storable(title) if c.isspace() or c in JOINERS or not _is_hidden(c))
    return " ".join("".join(kept).split())[:MAX_TITLE].strip(f" {JOINERS}")


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character).startswith("C")


def _unknown(chat: str) -> UsageError:
    return UsageError(f"There is no chat “{storable(chat)}”.", "It may have been deleted.")


def _to_info(row: sqlite3.Row) -> ChatInfo:
    created, changed = (datetime.fromisoformat(row[name]) for name in ("created", "changed"))
    return ChatInfo(row["id"], row["title"], created, changed, row["exchanges"])


def _to_row(chat: str, position: int, kept: Kept) -> tuple[str | int | None, ...]:
    return (
        storable(kept.id),
        storable(chat),
        position,
        storable(kept.question),
        storable(kept.engine),
        storable(kept.state),
        write_filters(kept.filters),
        write_record(kept.answer) if kept.answer else None,
        json.dumps(kept.problem) if kept.problem else None,
    )


def _to_kept(row: sqlite3.Row) -> Kept:
    state, answer, problem, filters = row["state"], None, None, Filters()
    try:
        filters = read_filters(row["filters"].decode())
        answer = read_record(row["answer"].decode()) if row["answer"] is not None else None
        problem = _read_problem(row["problem"]) if row["problem"] is not None else None
    except (LibraryError, UnicodeDecodeError):
        state, answer = "stopped", None
    question = _decode(row["question"])
    return Kept(row["id"], question, row["engine"], state, filters, answer, problem)


def _read_problem(written: bytes) -> tuple[str, str]:
    try:
        problem, hint = json.loads(written)
    except (ValueError, TypeError, RecursionError) as error:
        raise LibraryError("What was kept of a problem cannot be read.") from error
    return str(problem), str(hint)


def _read_sentences(record: bytes | None) -> builtins.list[str]:
    """What the sentences of a kept answer say; none where it is damaged."""
    try:
        sentences = json.loads(record)["sentences"] if record else []
        return [str(sentence["text"]) for sentence in sentences]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []


def _decode(written: bytes) -> str:
    return written.decode("utf-8", "replace")


def _write_moment(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
