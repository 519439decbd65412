"""Many questions from one file, for `--batch`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import UsageError


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a batch; `key` is the name under which its text stood.

    `after` are the questions of the same chat before it, which a follow-up leans on.
    """

    id: Any
    key: str
    text: str
    after: tuple[str, ...] = ()


def read_batch(path: Path) -> Iterator[Item]:
    """The questions of a JSONL file, in order; blank lines are passed over.

    Each line is an object with `id` and `question` or `query`. Raises UsageError, with the line's
    number, before anything is answered.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(
            f"The batch {path} cannot be read: {reason}.", "Name a JSONL file."
        ) from error
    return iter([_read_line(line, n) for n, line in enumerate(lines, start=1) if line.strip()])


def _refuse(constant: str) -> None:
    """Python reads NaN and Infinity, which are no JSON and which nobody else would read again."""
    raise ValueError(f"{constant} is no value of JSON")


def _read_line(line: str, number: int) -> Item:
    hint = 'Write objects like {"id": 1, "question": "…"}, one a line.'
    try:
        found = json.loads(line, parse_constant=_refuse)
    except ValueError as error:
        raise UsageError(f"Line {number} of the batch is no JSON: {error}.", hint) from error
    key = next((k for k in ("question", "query") if isinstance(found, dict) and k in found), None)
    if key is None or "id" not in found or not isinstance(found[key], str):
        raise UsageError(f"Line {number} of the batch has no id or no question.", hint)
    after = found.get("after")
    after = [] if after is None else after
    after = [after] if isinstance(after, str) else after
    if not isinstance(after, list) or not all(isinstance(each, str) for each in after):
        raise UsageError(f"Line {number} of the batch has an “after” that is no question.", hint)
    return Item(found["id"], key, found[key], tuple(after))
