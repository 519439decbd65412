"""What a person filled in about an article: it counts before all that was read, and stays.

It is kept by what the article is known by in its file, so that it is there again when the file has
changed, or was dropped and comes back.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from rag.ingest.dates import parse_date
from rag.ingest.stated import FIELDS, FILLED
from rag.ingest.values import DAYS as DAYS
from rag.ingest.values import check_value
from rag.types import Draft

#: What is filled in by field; None takes away what was read.
Values = Mapping[str, str | None]


def check_values(values: Values) -> dict[str, str | None]:
    """The values tidied, "" as None. Raises UsageError where one cannot be."""
    return {field: check_value(field, value) for field, value in values.items()}


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
