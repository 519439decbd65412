"""The articles as a list shows them: searched, filtered and in order; and what is known of one."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from rag.index.articles import list_keys
from rag.index.filling import read_filled
from rag.index.schema import is_current

Found = TypeVar("Found")
Look = Callable[[Callable[[sqlite3.Connection], Any]], Any]

#: What a list can be in the order of.
SORTS = ("published", "title", "outlet", "passages")
#: SQLite refuses more variables in one statement than this on old builds.
MAX_VARIABLES = 900


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles a list is to show, and in what order.

    `outlet` "" is for those of which none is known, None for all. `undated` and `warned` are for
    those alone that have no date, and of which anything is odd or missing.
    """

    containing: str = ""
    outlet: str | None = None
    since: date | None = None
    until: date | None = None
    undated: bool = False
    warned: bool = False
    sort: str = "published"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Noted:
    """What the library has noted of an article beside what it says.

    `places` are where it stands, `filled` what a person filled in, and `read` what had been read of
    those fields, None where that was nothing or was never noted.
    """

    added: datetime
    places: tuple[str, ...]
    filled: dict[str, str | None]
    read: dict[str, str | None]


class Shelf:
    """The list of a library's articles, for those who read."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def find(self, wanted: Wanted) -> list[str]:
        """The ids of the articles that are wanted, in order."""
        ids: list[str] = self._look(lambda db: _find(db, wanted))
        return ids

    def count_copies(self, articles: Sequence[str]) -> dict[str, int]:
        """How many other articles tell the same story as each of these; those with none left out"""
        counts: dict[str, int] = self._look(lambda db: _count_copies(db, articles))
        return counts

    def note(self, article: str) -> Noted | None:
        """What is noted of the article of just that id; None where there is none."""
        noted: Noted | None = self._look(lambda db: _note(db, article))
        return noted


def _find(db: sqlite3.Connection, wanted: Wanted) -> list[str]:
    columns, conditions, values = _write_query(wanted, is_current(db))
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = db.execute(f"SELECT {columns} FROM articles a{where}", values).fetchall()  # noqa: S608
    if words := wanted.containing.casefold():
        names = _read_names(db)
        rows = [row for row in rows if words in _write_searched(row, names)]
    return _order(db, rows, wanted)


def _write_query(wanted: Wanted, current: bool) -> tuple[str, list[str], list[str]]:
    """Columns, conditions and their values. What stands behind the texts is read when needed."""
    columns = "a.id, a.title, a.outlet, a.author, a.published"
    if wanted.containing and current:
        columns += ", a.section"
    conditions, values = list[str](), list[str]()
    for condition, value in (
        ("a.outlet = ?", wanted.outlet),
        ("a.published >= ?", wanted.since and wanted.since.isoformat()),
        ("a.published <= ?", wanted.until and wanted.until.isoformat()),
    ):
        if value:
            conditions.append(condition)
            values.append(value)
    if wanted.outlet == "":
        conditions.append("a.outlet IS NULL")
    if wanted.undated:
        conditions.append("a.published IS NULL")
    if wanted.warned:
        more = " OR a.warnings <> '[]'" if current else ""
        conditions.append(f"(a.published IS NULL OR a.outlet IS NULL{more})")
    return columns, conditions, values


def _read_names(db: sqlite3.Connection) -> dict[str, str]:
    """By article the names of its files, and where it stands in them; not the folders."""
    container = "container" if is_current(db) else "file"
    names: dict[str, str] = {}
    for row in db.execute(f"SELECT article, file, {container} AS container FROM sources"):  # noqa: S608
        start = len(os.path.dirname(row["container"]))  # noqa: PTH120 (thousands of them)
        names[row["article"]] = f"{names.get(row['article'], '')}\n{row['file'][start:]}"
    return names


def _write_searched(row: sqlite3.Row, names: dict[str, str]) -> str:
    """All that is searched of an article, in small letters."""
    said = [value for name in row.keys() if name != "id" and (value := row[name])]  # noqa: SIM118
    return "\n".join([*said, names.get(row["id"], "")]).casefold()


def _order(db: sqlite3.Connection, rows: Sequence[sqlite3.Row], wanted: Wanted) -> list[str]:
    """The ids in order; those that have no date or no outlet stand last in either direction."""
    if wanted.sort == "passages":
        found = db.execute("SELECT article, count(*) FROM passages GROUP BY article").fetchall()
        counts = dict(map(tuple, found))
        keys: dict[str, Any] = {row["id"]: counts.get(row["id"], 0) for row in rows}
    else:
        keys = {row["id"]: (row[wanted.sort] or "").casefold() for row in rows}
    ordered = sorted(rows, key=lambda row: (row["title"].casefold(), row["id"]))
    ordered.sort(key=lambda row: keys[row["id"]], reverse=wanted.descending)
    ordered.sort(key=lambda row: keys[row["id"]] == "")
    return [row["id"] for row in ordered]


def _count_copies(db: sqlite3.Connection, articles: Sequence[str]) -> dict[str, int]:
    if not is_current(db):
        return {}
    counts: dict[str, int] = {}
    for first in range(0, len(articles), MAX_VARIABLES):
        some = articles[first : first + MAX_VARIABLES]
        found = db.execute(
            "SELECT s.article, count(*) - 1 AS others FROM sketches s"  # noqa: S608 (marks)
            " JOIN sketches o ON o.story = s.story"
            f" WHERE s.article IN ({','.join('?' * len(some))}) GROUP BY s.article",
            some,
        )
        counts |= {row["article"]: row["others"] for row in found if row["others"]}
    return counts


def _note(db: sqlite3.Connection, article: str) -> Noted | None:
    current = is_current(db)
    stated = "stated" if current else "'{}' AS stated"
    row = db.execute(f"SELECT added, {stated} FROM articles WHERE id = ?", (article,)).fetchone()  # noqa: S608
    if row is None:
        return None
    found = db.execute("SELECT file FROM sources WHERE article = ? ORDER BY file", (article,))
    places = tuple(one["file"] for one in found)
    filled = read_filled(db, list_keys(db, article)[0]) if current else {}
    read = json.loads(row["stated"]).get("values", {})
    return Noted(
        datetime.fromisoformat(row["added"]),
        places,
        filled,
        {field: read.get(field) for field in filled},
    )
