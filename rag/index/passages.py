"""Passages as rows of the library, with their vectors and with what these were made."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from rag.index.embedders import Vectors
from rag.index.torn import tell_torn
from rag.types import Passage, Span


@dataclass(frozen=True, slots=True)
class Row:
    """A passage with all that a derived index stores of it; `vector` is None where not embedded."""

    passage: Passage
    title: str
    outlet: str | None
    published: date | None
    vector: Vectors | None


def write_passages(
    db: sqlite3.Connection, article: str, spans: Sequence[Span], vectors: Vectors | None
) -> None:
    db.execute("DELETE FROM passages WHERE article = ?", (article,))
    insert_passages(db, "passages", article, spans, vectors)
    db.execute("INSERT INTO changes(article) VALUES (?)", (article,))


def insert_passages(
    db: sqlite3.Connection,
    table: str,
    article: str,
    spans: Sequence[Span],
    vectors: Vectors | None,
) -> None:
    blobs = [None] * len(spans) if vectors is None else [to_blob(v) for v in vectors]
    db.executemany(
        f"INSERT INTO {table}(article, start, end, vector) VALUES (?, ?, ?, ?)",  # noqa: S608
        [(article, s.start, s.end, b) for s, b in zip(spans, blobs, strict=True)],
    )


def write_manifest(
    db: sqlite3.Connection,
    embedder: str | None,
    dimension: int | None,
    chunking: str,
    scale: str | None,
) -> None:
    values = {
        "embedder": embedder,
        "dimension": dimension,
        "chunking": chunking,
        "scale": scale,
    }
    db.executemany("DELETE FROM meta WHERE key = ?", [(key,) for key in values])
    db.executemany(
        "INSERT INTO meta VALUES (?, ?)",
        [(key, str(value)) for key, value in values.items() if value is not None],
    )


def write_choice(db: sqlite3.Connection, choice: str | None) -> None:
    if choice is not None:
        values = ("embedder", json.dumps(choice))
        db.execute("INSERT OR REPLACE INTO choices VALUES (?, ?)", values)


def to_blob(vector: Vectors) -> bytes:
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def to_passage(row: sqlite3.Row, text: str) -> Passage:
    start, end = row["start"], row["end"]
    return Passage(id=row["id"], article=row["article"], start=start, end=end, text=text[start:end])


def to_vector(blob: bytes | None) -> Vectors | None:
    try:
        return None if blob is None else np.frombuffer(blob, dtype="<f4")
    except (TypeError, ValueError) as error:
        raise tell_torn("vector", blob) from error
