"""The briefings that are kept in the library: answers that were collected, and in which order.

They need no writer: each change is one short transaction that reads what it changes, so that two
pages that change the same briefing lose nothing of each other's.
"""

from __future__ import annotations

import builtins
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self
from uuid import uuid4

from rag.errors import UsageError
from rag.index.apart import Apart
from rag.index.chats import UNTITLED, tidy_title
from rag.index.entries import (
    ENTRIES,
    IN_ORDER,
    check_said,
    check_taken,
    choose_sentences,
    find_row,
    find_same,
    insert,
    list_ids,
    put_in_order,
    tidy_comment,
    to_entry,
    update,
)
from rag.index.records import read_record, write_record
from rag.text import storable
from rag.types import Answer, Briefing, Entry

#: In `meta`: which briefing answers are added to.
OPENED = "opened_briefing"
#: Milliseconds that a change waits for another process that writes.
PATIENCE = 3_000
#: When something was made of which that cannot be read.
UNKNOWN_MOMENT = datetime.fromtimestamp(0, UTC)

#: As bytes: torn ones would otherwise keep SQLite from handing out the row at all.
INFOS = """
    SELECT id, CAST(title AS BLOB) AS title, CAST(created AS BLOB) AS created,
        CAST(changed AS BLOB) AS changed,
        (SELECT count(*) FROM entries WHERE briefing = b.id) AS entries
    FROM briefings b
"""


@dataclass(frozen=True, slots=True)
class BriefingInfo:
    """A briefing without what stands in it; `entries` is how many answers do."""

    id: str
    title: str
    created: datetime
    changed: datetime
    entries: int


@dataclass(frozen=True, slots=True)
class RemovedEntry:
    """An entry that was removed, and where it stood."""

    briefing: str
    position: int
    entry: Entry


class Briefings(Apart):
    """The briefings of one library; safe to use from any thread.

    Everything raises LibraryError where the library cannot be read or written, and UsageError where
    there is no such briefing or entry. In an older library that cannot be written there are none,
    and none can be made.
    """

    @classmethod
    def open(cls, path: Path) -> Self:
        """The briefings of the library at `path`: somebody waits for each change of them."""
        opened = super().open(path)
        opened._db.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        return opened

    def list(self) -> builtins.list[BriefingInfo]:
        """Every briefing, the newest changed first."""
        return [_to_info(row) for row in self._all(f"{INFOS} ORDER BY changed DESC, b.rowid DESC")]

    def load(self, briefing: str) -> Briefing:
        """A briefing with its entries, in order.

        An entry whose answer is damaged has DAMAGED in its place, and no sentences.
        """
        rows = self._all(f"{INFOS} WHERE id = ?", storable(briefing))
        if not rows:
            raise _unknown(briefing)
        found = self._all(f"{ENTRIES} WHERE briefing = ? {IN_ORDER}", storable(briefing))
        info, entries = _to_info(rows[0]), tuple(map(to_entry, found))
        return Briefing(info.id, info.title, info.created, info.changed, entries)

    def create(self, title: str) -> Briefing:
        """A new briefing, with nothing in it. Raises UsageError for a title of white space."""
        tidied = _check_title(title)
        with self._writing() as db:
            return _create(db, tidied)

    def rename(self, briefing: str, title: str) -> None:
        """Give a briefing another title; its place in the list stays.

        Raises UsageError for a title of white space.
        """
        tidied = _check_title(title)
        with self._writing() as db:
            _expect_briefing(db, briefing)
            db.execute("UPDATE briefings SET title = ? WHERE id = ?", (tidied, storable(briefing)))

    def delete(self, briefing: str) -> Briefing:
        """Delete a briefing with all that is in it; returns what `restore` takes."""
        with self._writing() as db:
            gone = self.load(briefing)
            db.execute("DELETE FROM briefings WHERE id = ?", (storable(briefing),))
        return gone

    def restore(self, briefing: Briefing) -> None:
        """Put a deleted briefing back; what was added to it since stays in it, at its end."""
        title = tidy_title(briefing.title) or UNTITLED
        moments = _write_moment(briefing.created), _write_moment(briefing.changed)
        with self._writing() as db:
            db.execute(
                "INSERT INTO briefings VALUES (?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET"
                " title = excluded.title, created = excluded.created",
                (storable(briefing.id), title, *moments),
            )
            since = list_ids(db, briefing.id)
            for entry in briefing.entries:
                insert(db, briefing.id, entry)
            put_in_order(db, dict.fromkeys([*(e.id for e in briefing.entries), *since]))

    def add(
        self,
        briefing: str,
        answer: Answer,
        taken: Sequence[int] | None = None,
        today: date | None = None,
    ) -> Entry:
        """The entry that an answer makes at the end of a briefing, or that it has there already.

        Where nothing is said of which sentences are `taken`, those that are borne out are. Raises
        UsageError for a refusal.
        """
        check_said(answer)
        chosen = choose_sentences(answer) if taken is None else check_taken(answer, taken)
        # As it will be read, so that it is found again when it is added once more.
        kept = read_record(write_record(answer))
        entry = Entry(uuid4().hex, kept, chosen, today or date.today())
        with self._writing() as db:
            _expect_briefing(db, briefing)
            same = find_same(db, briefing, kept)
            if same is not None:
                return same
            insert(db, briefing, entry)
            _touch(db, briefing)
        return entry

    def change(
        self,
        entry: str,
        *,
        heading: str | None = None,
        comment: str | None = None,
        taken: Sequence[int] | None = None,
    ) -> Entry:
        """The entry with what is given changed, and the rest as it is.

        Raises UsageError for a comment that is too long and for sentences that there are not.
        """
        tidied = None if heading is None else tidy_title(heading)
        own = None if comment is None else tidy_comment(comment)
        with self._writing() as db:
            row = find_row(db, entry)
            chosen = None if taken is None else check_taken(to_entry(row).answer, taken)
            update(db, row["id"], tidied, own, chosen)
            _touch(db, row["briefing"])
            return to_entry(find_row(db, entry))

    def remove(self, entry: str) -> RemovedEntry:
        """Take an entry out of its briefing; returns what `put_back` takes."""
        with self._writing() as db:
            row = find_row(db, entry)
            order = list_ids(db, row["briefing"])
            removed = RemovedEntry(row["briefing"], order.index(row["id"]), to_entry(row))
            db.execute("DELETE FROM entries WHERE id = ?", (row["id"],))
            order.remove(row["id"])
            put_in_order(db, order)
            _touch(db, row["briefing"])
        return removed

    def put_back(self, removed: RemovedEntry) -> None:
        """Put a removed entry back where it stood; nothing where that was done already."""
        with self._writing() as db:
            _expect_briefing(db, removed.briefing)
            order = list_ids(db, removed.briefing)
            if insert(db, removed.briefing, removed.entry):
                order.insert(removed.position, storable(removed.entry.id))
                put_in_order(db, order)
                _touch(db, removed.briefing)

    def move(self, entry: str, position: int) -> None:
        """Move an entry to a position, from 0; beyond the last one is to the end."""
        with self._writing() as db:
            row = find_row(db, entry)
            order = list_ids(db, row["briefing"])
            order.remove(row["id"])
            order.insert(max(position, 0), row["id"])
            put_in_order(db, order)
            _touch(db, row["briefing"])

    def opened(self) -> str | None:
        """The id of the briefing that was opened last; None where it is no longer there."""
        rows = self._all(
            "SELECT b.id FROM briefings b JOIN meta m ON m.value = b.id WHERE m.key = ?", OPENED
        )
        return rows[0]["id"] if rows else None

    def find_current(self) -> str | None:
        """The id of the briefing that was opened last, else of the one changed last, if any."""
        return self.opened() or next((info.id for info in self.list()), None)

    def note_opened(self, briefing: str | None) -> None:
        self._note(OPENED, briefing)

    def current(self, today: date | None = None) -> Briefing:
        """The briefing that answers are added to, which is a new one where there is none."""
        with self._writing() as db:
            at_hand = self.find_current()
            if at_hand is not None:
                return self.load(at_hand)
            day = today or date.today()
            return _create(db, f"Briefing of {day.day} {day:%B %Y}")


def _check_title(title: str) -> str:
    tidied = tidy_title(title)
    if not tidied:
        raise UsageError("A briefing's title cannot be empty.", "Type a few words.")
    return tidied


def _create(db: sqlite3.Connection, title: str) -> Briefing:
    now = datetime.now(UTC)
    made = Briefing(uuid4().hex, title, now, now)
    moment = _write_moment(now)
    db.execute("INSERT INTO briefings VALUES (?, ?, ?, ?)", (made.id, title, moment, moment))
    return made


def _touch(db: sqlite3.Connection, briefing: str) -> None:
    db.execute(
        "UPDATE briefings SET changed = ? WHERE id = ?",
        (_write_moment(datetime.now(UTC)), storable(briefing)),
    )


def _expect_briefing(db: sqlite3.Connection, briefing: str) -> None:
    if not db.execute("SELECT 1 FROM briefings WHERE id = ?", (storable(briefing),)).fetchone():
        raise _unknown(briefing)


def _unknown(briefing: str) -> UsageError:
    return UsageError(f"There is no briefing “{storable(briefing)}”.", "It may have been deleted.")


def _to_info(row: sqlite3.Row) -> BriefingInfo:
    title = row["title"].decode("utf-8", "replace")
    created, changed = _read_moment(row["created"]), _read_moment(row["changed"])
    return BriefingInfo(row["id"], title, created, changed, row["entries"])


def _read_moment(written: bytes) -> datetime:
    try:
        return datetime.fromisoformat(written.decode()).astimezone(UTC)
    except (ValueError, OverflowError):
        return UNKNOWN_MOMENT


def _write_moment(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
