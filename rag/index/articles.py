"""Articles as rows of the library: what each says, its id, and the places where it stands."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from rag.errors import UsageError
from rag.index import stories
from rag.index.filling import (
    DAYS,
    apply_filled,
    read_filled,
    read_stated,
    write_filled,
    write_stated,
)
from rag.index.torn import TORN, tell_torn, to_date
from rag.ingest.dates import parse_date
from rag.types import Article, Draft

#: Hexadecimal digits of an article's id: 48 bits, so that in 100,000 articles two meet by chance in
#: one library of 50,000 (birthday bound n^2 / 2^49).
ID_DIGITS = 12
#: What an article's hash is made of. Footnotes out there carry it: never changed.
HASHED = ("title", "text", "outlet", "author", "published", "updated", "url")

#: What of an article's row stays when the article is read anew.
KEPT = ("id", "added")


def hash_draft(draft: Draft) -> str:
    """SHA-256 of everything an article says, its file's place left out."""
    said = {name: str(getattr(draft, name)) for name in HASHED}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def choose_key(db: sqlite3.Connection, draft: Draft, digest: str) -> str:
    """What the article of the draft is known by in its file, wherever it comes to stand there.

    The number of a record in an export changes when a row is put in above: it is known by its
    address, or by what it says where it has none or shares it with a record before it. `digest` is
    that of the file.
    """
    number = draft.part.rpartition("#")[2]
    if not number.isdecimal():
        return draft.place
    container = draft.place.removesuffix(number)
    if draft.url and _find_sharing(db, draft, container, digest) is None:
        return container + draft.url
    return container + hash_draft(draft)


def _find_sharing(
    db: sqlite3.Connection, draft: Draft, container: str, digest: str
) -> sqlite3.Row | None:
    """The record before this one in its file that is known by the same address."""
    row: sqlite3.Row | None = db.execute(
        "SELECT s.file, s.key, a.read_hash FROM sources s JOIN articles a ON a.id = s.article"
        " WHERE s.key = ? AND s.digest = ? AND s.file <> ?",
        (f"{container}{draft.url}", digest, draft.place),
    ).fetchone()
    return row


def part_from(db: sqlite3.Connection, draft: Draft, digest: str) -> None:
    """Have the record before that shares the draft's address be known by what it says as well.

    Any record may come first the next time, as on the page of a live report: it would be taken for
    this one, and say what was filled in for it.
    """
    number = draft.part.rpartition("#")[2]
    if not number.isdecimal():
        return
    container = draft.place.removesuffix(number)
    other = _find_sharing(db, draft, container, digest)
    if other is None:
        return
    own = container + other["read_hash"]
    db.execute("UPDATE sources SET key = ? WHERE file = ?", (own, other["file"]))
    db.execute("UPDATE OR REPLACE filled SET key = ? WHERE key = ?", (own, other["key"]))


def article_in(db: sqlite3.Connection, place: str) -> str | None:
    row = db.execute("SELECT article FROM sources WHERE file = ?", (place,)).fetchone()
    return None if row is None else row["article"]


def article_of(db: sqlite3.Connection, key: str) -> str | None:
    row = db.execute("SELECT article FROM sources WHERE key = ?", (key,)).fetchone()
    return None if row is None else row["article"]


def place_article(
    db: sqlite3.Connection, article: str, draft: Draft, key: str, digest: str
) -> None:
    """Note that an article stands where the draft was read.

    What stood there before goes where it stands nowhere else. In a file that holds several it may
    come further down: it stays until the file has been read to its end.
    """
    before = article_in(db, draft.place)
    if before not in (None, article) and draft.part:
        db.execute(
            # A file that was never read to its end may have that place still.
            "UPDATE OR REPLACE sources SET file = ? WHERE file = ?",
            (f"{draft.place} ({before})", draft.place),
        )
    db.execute(
        "INSERT OR REPLACE INTO sources(file, article, digest, container, key)"
        " VALUES (?, ?, ?, ?, ?)",
        (draft.place, article, digest, draft.file, key),
    )
    if before is not None:
        drop_if_orphaned(db, before)


def find_same(db: sqlite3.Connection, draft: Draft, text: str, key: str) -> str | None:
    """The article of which this has been read before, whatever was filled in since; or that says
    just the same with `text` for its own."""
    said = replace(apply_filled(draft, read_filled(db, key)), text=text)
    filled = hash_draft(said)
    row = db.execute(
        "SELECT id FROM articles WHERE read_hash = ?1 OR hash = ?2 ORDER BY hash = ?2 DESC",
        (hash_draft(draft), filled),
    ).fetchone()
    return None if row is None else row["id"]


def drop_places(db: sqlite3.Connection, places: Iterable[str]) -> int:
    """Forget places, and the articles that stand nowhere else; returns how many articles."""
    dropped = 0
    for place in places:
        article = article_in(db, place)
        db.execute("DELETE FROM sources WHERE file = ?", (place,))
        dropped += article is not None and drop_if_orphaned(db, article)
    return dropped


def choose_id(db: sqlite3.Connection, draft: Draft, key: str) -> str:
    # A changed file keeps its article's id, unless another file still holds the old content.
    before = article_of(db, key)
    if before is not None:
        elsewhere = "SELECT 1 FROM sources WHERE article = ? AND key <> ?"
        if db.execute(elsewhere, (before, key)).fetchone() is None:
            return before
    return _new_id(db, hash_draft(draft))


def _new_id(db: sqlite3.Connection, digest: str) -> str:
    for start in range(len(digest) - ID_DIGITS):
        candidate = digest[start : start + ID_DIGITS]
        taken = "SELECT 1 FROM articles WHERE id = ?1 UNION SELECT 1 FROM removed WHERE id = ?1"
        if not db.execute(taken, (candidate,)).fetchone():
            return candidate
    return uuid.uuid4().hex


def write_article(db: sqlite3.Connection, article: str, draft: Draft, text: str, key: str) -> None:
    stories.forget(db, article)
    said = replace(apply_filled(draft, read_filled(db, key)), text=text)
    values = _to_values(said) | {
        "id": article,
        "read_hash": hash_draft(draft),
        "stated": write_stated(draft),
        "warnings": json.dumps(draft.warnings),
        "added": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    # When it came in stays with it.
    changed = ", ".join(f"{name} = excluded.{name}" for name in values if name not in KEPT)
    db.execute(
        f"INSERT INTO articles({', '.join(values)}) VALUES ({', '.join(map(':{}'.format, values))})"  # noqa: S608
        f" ON CONFLICT(id) DO UPDATE SET {changed}",
        values,
    )


def _to_values(draft: Draft) -> dict[str, str | None]:
    """What an article says, by column."""
    return {
        "hash": hash_draft(draft),
        "title": draft.title,
        "outlet": draft.outlet,
        "author": draft.author,
        "published": draft.published.isoformat() if draft.published else None,
        "updated": draft.updated.isoformat() if draft.updated else None,
        "url": draft.url,
        "text": draft.text,
        "section": draft.section,
        "language": draft.language,
        "origins": json.dumps(draft.origins),
    }


def refresh(db: sqlite3.Connection, article: str, draft: Draft, key: str) -> None:
    """Note of an article what its hash does not tell: it may have been read by another version."""
    said = apply_filled(draft, read_filled(db, key))
    db.execute(
        "UPDATE articles SET section = ?, language = ?, origins = ?, stated = ?, warnings = ?,"
        " read_hash = ? WHERE id = ?",
        (
            said.section,
            said.language,
            json.dumps(said.origins),
            write_stated(draft),
            json.dumps(draft.warnings),
            hash_draft(draft),
            article,
        ),
    )


def list_keys(db: sqlite3.Connection, article: str) -> list[str]:
    """What an article is known by, in the order of its places. Raises UsageError for no article.

    One that was brought back when its file held another one already stands in no file.
    """
    if db.execute("SELECT 1 FROM articles WHERE id = ?", (article,)).fetchone() is None:
        raise UsageError(f"No article has the id “{article}”.", "`dateline articles` lists them.")
    found = db.execute("SELECT key FROM sources WHERE article = ? ORDER BY file", (article,))
    return [row["key"] for row in found.fetchall()] or [article]


def share_filled(db: sqlite3.Connection, article: str, key: str) -> None:
    """What was filled in for an article stands for one more place of it as well."""
    known = "SELECT key FROM sources WHERE article = ?"
    if db.execute(f"{known} AND key = ?", (article, key)).fetchone():
        return
    row = db.execute(f"{known} LIMIT 1", (article,)).fetchone()
    # One that was brought back stands in no file where that holds another one already.
    if values := read_filled(db, row["key"] if row else article):
        write_filled(db, key, values)


def fill_in(db: sqlite3.Connection, article: str) -> str:
    """Write anew what an article says, by what was read and what is filled in."""
    row = db.execute(
        "SELECT title, text, outlet, author, published, updated, url, section, language, stated"
        " FROM articles WHERE id = ?",
        (article,),
    ).fetchone()
    values = dict(row)
    stated = values.pop("stated")
    now = Draft(file="", **values | {day: parse_date(values[day] or "") for day in DAYS})
    key = list_keys(db, article)[0]
    said = apply_filled(read_stated(now, stated) or now, read_filled(db, key))
    columns = _to_values(said)
    same = db.execute(
        "SELECT id FROM articles WHERE hash = ? AND id <> ?", (columns["hash"], article)
    ).fetchone()
    if same is not None:
        db.execute("UPDATE sources SET article = ? WHERE article = ?", (same["id"], article))
        drop_if_orphaned(db, article)
        return str(same["id"])
    stories.forget(db, article)
    assigned = ", ".join(f"{name} = :{name}" for name in columns)
    db.execute(f"UPDATE articles SET {assigned} WHERE id = :id", columns | {"id": article})  # noqa: S608
    db.execute("INSERT INTO changes(article) VALUES (?)", (article,))
    return article


def drop_if_orphaned(db: sqlite3.Connection, article: str) -> bool:
    gone = db.execute(
        "DELETE FROM articles WHERE id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM sources WHERE article = ?1)",
        (article,),
    ).rowcount
    if gone:
        db.execute("INSERT INTO changes(article) VALUES (?)", (article,))
    return bool(gone)


def to_article(row: sqlite3.Row) -> Article:
    """Raises LibraryError for a torn row."""
    values = dict(row)
    values["published"] = to_date(values["published"])
    values["updated"] = to_date(values["updated"])
    try:
        values["origins"] = json.loads(values.get("origins", "{}"))
        values["warnings"] = tuple(json.loads(values.get("warnings", "[]")))
    except TORN as error:
        raise tell_torn("article's record", row["id"]) from error
    return Article(**values)
