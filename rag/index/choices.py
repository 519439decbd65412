"""What was chosen in a home, and what the exams of its models found."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from rag.index.apart import Apart
from rag.text import storable


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choices of a home: the engine that answers, the embedder, whether nothing may leave this
    machine, and the addresses of model servers that were given by hand. None was not chosen."""

    engine: str | None = None
    embedder: str | None = None
    local_only: bool = False
    servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """Which model an exam was of: where it is served, its name, what tells it from another one of
    that name, and the prompts that it was given."""

    place: str
    model: str
    identity: str
    prompt: str


class Choices(Apart):
    """The choices of one library; safe to use from any thread, and no writer is needed.

    Everything raises LibraryError where the library cannot be read or written. An older library
    that cannot be written has no choices.
    """

    def read(self) -> Chosen:
        """What is chosen now; a choice that cannot be read counts as not made."""
        stored = {row["name"]: row["value"] for row in self._all("SELECT * FROM choices")}
        found: dict[str, Any] = {}
        for field in fields(Chosen):
            try:
                value = json.loads(stored[field.name])
            except (KeyError, ValueError, RecursionError):
                continue
            if _is_right(field.name, value):
                found[field.name] = tuple(value) if isinstance(value, list) else value
        return Chosen(**found)

    def change(self, **changes: Any) -> None:
        """Remember these alone: another process may have changed the others meanwhile."""
        rows = [(name, json.dumps(value)) for name, value in changes.items()]
        with self._writing() as db:
            db.executemany("INSERT OR REPLACE INTO choices VALUES (?, ?)", rows)

    def exam(self, of: Examined) -> str | None:
        """The record of the last exam of just this model; None where there was none."""
        rows = self._all(
            "SELECT record FROM exams WHERE place = ? AND model = ? AND identity = ?"
            " AND prompt = ?",
            *_to_key(of),
        )
        return str(rows[0][0]) if rows else None

    def keep_exam(self, of: Examined, record: str) -> None:
        """Keep an exam's record, in place of an earlier one of the same model."""
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO exams VALUES (?, ?, ?, ?, ?)", (*_to_key(of), record)
            )


def _is_right(name: str, value: Any) -> bool:
    if name == "servers":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, bool if name == "local_only" else str | None)


def _to_key(of: Examined) -> tuple[str, ...]:
    return tuple(map(storable, (of.place, of.model, of.identity, of.prompt)))
