"""The vector index: Chroma, the only module that imports it. Derived, and rebuilt at will."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from rag.errors import DamagedIndex
from rag.index.embedders import Vectors
from rag.index.passages import Row
from rag.index.schema import refuse_full
from rag.types import Filters

COLLECTION = "passages"
#: Everything is written out with each call. What Chroma has not written out it makes anew on each
#: opening, rewriting files that then no longer match what was noted of them.
FLUSHED: Any = {"space": "cosine", "sync_threshold": 1, "batch_size": 1}
#: Metadata keys. Chroma takes no None, and compares numbers only: an undated passage has no day.
ARTICLE, OUTLET, DATED, DAY = "article", "outlet", "dated", "day"


class VectorIndex:
    """Passages by the cosine of their vectors. Open one index per folder and process."""

    def __init__(self, folder: Path) -> None:
        # Half of a command's start is Chroma's: what searches nothing need not wait for it.
        import chromadb
        from chromadb.config import Settings

        # Takes `_env_file` as all of pydantic's settings do, which its types do not say.
        make_settings: Any = Settings
        folder.mkdir(parents=True, exist_ok=True)
        with _explained(folder):
            self._client: Any = chromadb.PersistentClient(
                str(folder),
                # The environment and a stray .env could otherwise send the vectors to a server.
                settings=make_settings(
                    _env_file=None,
                    chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
                    anonymized_telemetry=False,
                ),
            )
            # With an embedding function left open, Chroma would fetch a model on first use.
            self._collection: Any = self._client.get_or_create_collection(
                COLLECTION, embedding_function=None, configuration={"hnsw": FLUSHED}
            )
        self._folder = folder

    def close(self) -> None:
        self._client.close()

    def count(self) -> int:
        with _explained(self._folder):
            return int(self._collection.count())

    def replace(self, articles: Sequence[str], rows: Iterable[Row]) -> None:
        """Drop the passages of `articles`, then add `rows`; those without a vector are left out."""
        limit = self._client.get_max_batch_size()
        with _explained(self._folder):
            for some in _batches(articles, limit):
                self._collection.delete(where={ARTICLE: {"$in": list(some)}})
            for batch in _batches((row for row in rows if row.vector is not None), limit):
                self._collection.add(
                    ids=[str(row.passage.id) for row in batch],
                    embeddings=[row.vector for row in batch],
                    metadatas=[_describe(row) for row in batch],
                )

    def search(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Up to `k` pairs of passage id and cosine with `vector` (dimension,), best first."""
        return self.search_all([vector], k, filters)[0]

    def search_all(
        self, vectors: Sequence[Vectors], k: int, filters: Filters
    ) -> list[list[tuple[int, float]]]:
        """What `search` finds for each of `vectors`, in one go."""
        with _explained(self._folder):
            found = self._collection.query(
                query_embeddings=list(vectors),
                n_results=k,
                where=_where(filters),
                include=["distances"],
            )
        distances = found["distances"] or [[]] * len(vectors)
        return [
            [(int(i), 1.0 - float(d)) for i, d in zip(ids, far, strict=True)]
            for ids, far in zip(found["ids"], distances, strict=True)
        ]


def load_chroma() -> None:
    """Load now what opening the first index would have to wait for."""
    import_module("chromadb")


def hold_still(database: Path) -> None:
    """Keep Chroma from writing a row to its database on every opening, which nothing ever reads.

    A file that only its maker changes can be told from a damaged one by its checksum.
    """
    with closing(sqlite3.connect(database)) as db, db:
        # A later Chroma may have no such table; what it writes to is then left out of the stock.
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'acquire_write'").fetchone():
            db.execute(
                "CREATE TRIGGER IF NOT EXISTS hold_still BEFORE INSERT ON acquire_write"
                " BEGIN SELECT RAISE(IGNORE); END"
            )


def to_day(value: date) -> int:
    """A date as the number yyyymmdd, which orders as the dates do."""
    return int(value.strftime("%Y%m%d"))


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError, OSError) as error:
        refuse_full(error, folder)
        raise DamagedIndex(f"Chroma cannot use {folder}: {error}.", DamagedIndex.MEND) from error


def _describe(row: Row) -> dict[str, str | int]:
    described: dict[str, str | int] = {
        ARTICLE: row.passage.article,
        DATED: row.published is not None,
    }
    if row.outlet:
        described[OUTLET] = row.outlet.casefold()
    if row.published:
        described[DAY] = to_day(row.published)
    return described


def _where(filters: Filters) -> dict[str, Any] | None:
    parts: list[dict[str, Any]] = []
    if filters.outlets:
        parts.append({OUTLET: {"$in": [outlet.casefold() for outlet in filters.outlets]}})
    if filters.by_date:
        bounds: list[dict[str, Any]] = []
        if filters.since:
            bounds.append({DAY: {"$gte": to_day(filters.since)}})
        if filters.until:
            bounds.append({DAY: {"$lte": to_day(filters.until)}})
        dated = _join("$and", bounds)
        parts.append(_join("$or", [dated, {DATED: False}]) if filters.undated else dated)
    return _join("$and", parts) if parts else None


def _join(operator: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    # Chroma refuses $and and $or over a single part.
    return parts[0] if len(parts) == 1 else {operator: parts}


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
