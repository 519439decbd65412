"""What a person filled in about an article: it counts before all that was read, and stays.

It is kept by what the article is known by in its file, so that it is there again when the file has
changed, or was dropped and comes back.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from rag.errors import UsageError
from rag.ingest.dates import parse_date
from rag.ingest.stated import FIELDS, FILLED
from rag.text import storable
from rag.types import Draft

DAYS = ("published", "updated")
#: Characters that a value may have, as it is filled in.
LONGEST = 500
LONGEST_URL = 2000

#: What is filled in by field; None takes away what was read.
Values = Mapping[str, str | None]


def check_values(values: Values) -> dict[str, str | None]:
    """The values tidied, "" as None. Raises UsageError where one cannot be."""
    return {field: _check(field, value) for field, value in values.items()}


def apply_filled(draft: Draft, filled: Values) -> Draft:
    """The draft as it reads with what was filled in."""
    given: dict[str, Any] = {
        field: parse_date(value) if field in DAYS and value else value
        for field, value in filled.items()
    }
    return replace(draft, **given, origins=draft.origins | dict.fromkeys(filled, FILLED))


def read_filled(db: sqlite3.Connection, key: str) -> dict[str, str | None]:
    """What is filled in for the article of that key."""
    rows = db.execute("SELECT field, value FROM filled WHERE key = ?", (key,)).fetchall()
    return {row["field"]: row["value"] for row in rows if row["field"] in FIELDS}


def write_filled(db: sqlite3.Connection, key: str, values: Values) -> None:
    db.executemany(
        "INSERT OR REPLACE INTO filled VALUES (?, ?, ?)",
        [(key, field, value) for field, value in values.items()],
    )


def forget_filled(db: sqlite3.Connection, key: str, fields: Sequence[str]) -> None:
    db.executemany(
        "DELETE FROM filled WHERE key = ? AND field = ?", [(key, field) for field in fields]
    )


def write_stated(draft: Draft) -> str:
    """What was read about an article, and where each value comes from, as JSON."""
    values = {field: _write(getattr(draft, field)) for field in FIELDS}
    return json.dumps({"values": values, "origins": draft.origins})


def read_stated(draft: Draft, stated: str) -> Draft | None:
    """The draft with what was once read about it; None where that was never noted."""
    known = json.loads(stated)
    if not known:
        return None
    values: dict[str, Any] = {
        field: parse_date(value) if field in DAYS and value else value
        for field, value in known["values"].items()
        if field in FIELDS
    }
    return replace(draft, **values, origins=known["origins"])


def _write(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _check(field: str, value: str | None) -> str | None:
    if field not in FIELDS:
        raise UsageError(f"“{field}” cannot be filled in.", f"These can: {', '.join(FIELDS)}.")
    said = " ".join(storable(value or "").split())
    if not said:
        if field == "title":
            raise UsageError("An article needs a title.", "Fill one in.")
        return None
    if len(said) > (LONGEST_URL if field == "url" else LONGEST):
        raise UsageError(f"That is too long for its {field}.", "Shorten it.")
    if field in DAYS and parse_date(said) is None:
        raise UsageError(f"“{said}” is no date.", "Write it as in 2022-03-13.")
    if field == "url" and not re.match(r"https?://\S+$", said, re.IGNORECASE):
        raise UsageError(f"“{said}” is no address of a page.", "It begins with https://.")
    if field == "language" and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", said):
        raise UsageError(f"“{said}” is no code of a language.", "Write it as in en, or pt-BR.")
    return said
