"""The answers of a briefing as rows of the library: written, read, found and put in order.

The positions of a briefing's entries are 0, 1, 2, … after every change.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from rag.errors import LibraryError, UsageError
from rag.index.chats import tidy_title
from rag.index.records import read_record, write_record
from rag.text import storable
from rag.types import Answer, Entry

#: Characters that a comment may have.
MAX_COMMENT = 20_000
#: What an entry holds whose answer is damaged; its heading and its comment are as they were.
DAMAGED = Answer("", "", notes=("What was kept of this answer cannot be read.",))
#: When an entry was added of which that cannot be read.
UNKNOWN_DAY = date(1970, 1, 1)

#: As bytes: torn ones would otherwise keep SQLite from handing out the row at all.
ENTRIES = """
    SELECT id, briefing, CAST(heading AS BLOB) AS heading, CAST(comment AS BLOB) AS comment,
        CAST(taken AS BLOB) AS taken, CAST(added AS BLOB) AS added, CAST(answer AS BLOB) AS answer
    FROM entries
"""
IN_ORDER = "ORDER BY position, rowid"


def tidy_comment(comment: str) -> str:
    """The comment with its line breaks, and without what nobody can have typed.

    Raises UsageError where it is longer than MAX_COMMENT characters.
    """
    lines = ("".join(filter(_is_typed, line)).rstrip() for line in storable(comment).splitlines())
    tidied = "\n".join(lines).strip("\n")
    if len(tidied) > MAX_COMMENT:
        raise UsageError(
            f"The comment has {len(tidied):,} characters; at most {MAX_COMMENT:,} are kept.",
            "Shorten it, or put a part of it under another answer.",
        )
    return tidied


def check_said(answer: Answer) -> None:
    """Raises UsageError for a refusal: there is nothing in it for a briefing."""
    if answer.refused:
        raise UsageError(
            "A refusal cannot be added to a briefing: it says nothing.",
            "Add an answer that cites an article.",
        )


def choose_sentences(answer: Answer) -> tuple[int, ...]:
    """The places of the sentences that are borne out."""
    said = enumerate(answer.sentences)
    return tuple(place for place, sentence in said if sentence.check != "unsupported")


def check_taken(answer: Answer, taken: Sequence[int]) -> tuple[int, ...]:
    """The places in order, each once. Raises UsageError where the answer has no such sentence."""
    count = len(answer.sentences)
    for place in taken:
        if not 0 <= place < count:
            raise UsageError(
                f"The answer has no sentence {place + 1}.", f"Its sentences are 1 to {count}."
            )
    return tuple(sorted(set(taken)))


def insert(db: sqlite3.Connection, briefing: str, entry: Entry) -> bool:
    """Write an entry at the end of a briefing; whether there was none of its id."""
    written = db.execute(
        "INSERT INTO entries SELECT ?1, ?2, count(*), ?3, ?4, ?5, ?6, ?7 FROM entries"
        " WHERE briefing = ?2 ON CONFLICT(id) DO NOTHING",
        (
            storable(entry.id),
            storable(briefing),
            tidy_title(entry.heading),
            tidy_comment(entry.comment),
            json.dumps(entry.taken),
            entry.added.isoformat(),
            write_record(entry.answer),
        ),
    )
    return written.rowcount > 0


def update(
    db: sqlite3.Connection,
    entry: str,
    heading: str | None,
    comment: str | None,
    taken: Sequence[int] | None,
) -> None:
    """Write what of an entry is given, and leave the rest as it is."""
    places = None if taken is None else json.dumps(taken)
    db.execute(
        "UPDATE entries SET heading = coalesce(?, heading), comment = coalesce(?, comment),"
        " taken = coalesce(?, taken) WHERE id = ?",
        (heading, comment, places, entry),
    )


def list_ids(db: sqlite3.Connection, briefing: str) -> list[str]:
    """The ids of a briefing's entries, in order."""
    found = db.execute(
        f"SELECT id FROM entries WHERE briefing = ? {IN_ORDER}",  # noqa: S608 (constant)
        (storable(briefing),),
    )
    return [row["id"] for row in found.fetchall()]


def put_in_order(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    db.executemany("UPDATE entries SET position = ? WHERE id = ?", list(enumerate(ids)))


def find_row(db: sqlite3.Connection, entry: str) -> sqlite3.Row:
    """Raises UsageError where no briefing has such an entry."""
    row: sqlite3.Row | None = db.execute(f"{ENTRIES} WHERE id = ?", (storable(entry),)).fetchone()
    if row is None:
        raise UsageError(
            f"No briefing has an answer “{storable(entry)}”.", "It may have been removed."
        )
    return row


def find_same(db: sqlite3.Connection, briefing: str, answer: Answer) -> Entry | None:
    """The entry in which the same question has the same answer, whenever it was given."""
    # Records are JSON in ASCII: those that do not have the question need not be read.
    rows = db.execute(
        f"{ENTRIES} WHERE briefing = ? AND instr(answer, ?) {IN_ORDER}",
        (storable(briefing), json.dumps(answer.question)),
    ).fetchall()
    return next((one for one in map(to_entry, rows) if is_same(one.answer, answer)), None)


def is_same(kept: Answer, answer: Answer) -> bool:
    """Whether a kept answer is this one, however it came about."""
    if kept.question != answer.question:
        return False
    return _say(kept) in (_say(answer), _say(read_record(write_record(answer))))


def to_entry(row: sqlite3.Row) -> Entry:
    """The entry of a row, with DAMAGED for an answer that cannot be read."""
    try:
        answer = read_record(row["answer"].decode())
    except (LibraryError, UnicodeDecodeError):
        answer = DAMAGED
    return Entry(
        id=row["id"],
        answer=answer,
        taken=_read_taken(row["taken"], answer),
        added=_read_day(row["added"]),
        heading=row["heading"].decode("utf-8", "replace"),
        comment=row["comment"].decode("utf-8", "replace"),
    )


def _is_typed(character: str) -> bool:
    return character == "\t" or (character >= " " and not "\x7f" <= character < "\xa0")


def _say(answer: Answer) -> Answer:
    """The answer less how it came about."""
    return replace(answer, hits=(), notes=(), seconds={}, prompt=None)


def _read_taken(written: bytes, answer: Answer) -> tuple[int, ...]:
    try:
        return check_taken(answer, [int(place) for place in json.loads(written)])
    except (ValueError, TypeError, OverflowError, RecursionError, UsageError):
        return choose_sentences(answer)


def _read_day(written: bytes) -> date:
    try:
        return date.fromisoformat(written.decode())
    except ValueError:
        return UNKNOWN_DAY
