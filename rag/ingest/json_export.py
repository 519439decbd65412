"""Articles in JSON: a record a line, a list of records, or a single one.

Files are read as a stream: only one record is in memory at a time.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from rag.errors import UnreadableFile
from rag.ingest.columns import find_roles
from rag.ingest.files import Skipped
from rag.ingest.formats import MAX_RECORD, TOO_LARGE
from rag.ingest.json_stream import ITEM, BrokenJson, JsonText, Path, find_keys
from rag.ingest.records import Row, Rows, read_rows
from rag.ingest.sources import Source, mend, open_text
from rag.types import Draft

#: What is skipped at once of a line that is too long, and what tells where records are
#: (characters).
_CHUNK, _SAMPLE = 1 << 16, 1_000_000

#: How much each of these tells that an object is an article.
_WEIGHTS = {"text": 8, "rest": 8, "title": 4, "summary": 3, "url": 2, "published": 2}


def read_json_lines(source: Source) -> Iterator[Draft | Skipped]:
    """The articles in a file with a JSON object on each line."""
    yield from read_rows(lambda: _lines(source), source.path)


def read_json(source: Source) -> Iterator[Draft | Skipped]:
    """The articles in a JSON file: in a list, in a list within an object, or the object itself.

    Raises `UnreadableFile` where there is neither, and where the JSON breaks off.
    """
    if _is_by_line(source):
        yield from read_json_lines(source)
        return
    path = _find_records(source)
    yield from read_rows(lambda: _items(source, path), source.path)


def _lines(source: Source) -> Rows:
    text, warnings = open_text(source, newline="\n")
    number = 0
    with text:
        for line_number in count(1):
            line = text.readline(MAX_RECORD)
            if not line:
                return
            if not line.strip():
                continue
            number += 1
            yield _line(str(number), line_number, line, text, warnings)


def _line(
    part: str, number: int, line: str, text: io.TextIOWrapper, warnings: tuple[str, ...]
) -> Row | Skipped:
    if len(line) >= MAX_RECORD:
        while line and not line.endswith("\n"):
            line = text.readline(_CHUNK)
        return Skipped(f"line {number}", TOO_LARGE)
    try:
        whole, more = mend(line)
        value = json.loads(whole)
    except UnreadableFile as error:
        return Skipped(f"line {number}", error.problem)
    except (ValueError, RecursionError) as error:
        return Skipped(f"line {number}", f"it is no JSON ({_say(error)})")
    row = _row(part, value, (*warnings, *more))
    return Skipped(f"line {number}", row.reason) if isinstance(row, Skipped) else row


def _say(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, column {error.colno}"
    return "it nests too deep" if isinstance(error, RecursionError) else type(error).__name__


def _is_by_line(source: Source) -> bool:
    """Whether a first line is an object by itself and something follows."""
    text, _ = open_text(source, newline="\n")
    with text:
        line, after = text.readline(MAX_RECORD), text.readline(100)
    try:
        return bool(after.strip()) and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _find_records(source: Source) -> Path:
    """Where the records are: where the objects have the keys of articles."""
    text, _ = open_text(source, newline="\n")
    with text:
        keys = find_keys(text.read(_SAMPLE))
    roles: dict[Path, set[str]] = {}
    for path, names in keys.items():
        own = roles.setdefault(path, set())
        own |= {role for name in names for role, _ in find_roles(name)}
        if path and path[-1] != ITEM:  # “source.name” is a column of the object outside
            inner = {role for name in names for role, _ in find_roles(f"{path[-1]}.{name}")}
            roles.setdefault(path[:-1], set()).update(inner)
    scored = {path: _score(found) for path, found in roles.items()}
    best = max(scored, key=lambda path: (scored[path], -len(path)), default=())
    if not scored.get(best):
        raise UnreadableFile(
            "No articles were found in its JSON.",
            "It should be a list of objects with fields such as “title” and “text”.",
        )
    return best


def _score(roles: set[str]) -> int:
    own = sum(_WEIGHTS.get(role, 1) for role in roles)
    return own if roles & {"text", "rest", "title", "summary"} else 0


def _items(source: Source, path: Path) -> Rows:
    outer = path[: path.index(ITEM)] if ITEM in path else ()
    inner = path[len(outer) + 1 :] if ITEM in path else path
    text, warnings = open_text(source, newline="\n")
    number = 0
    with text:
        try:
            for item, words in JsonText(text).items(outer):
                try:
                    whole, more = mend(words)
                    value = json.loads(whole) if more else item
                except (UnreadableFile, ValueError) as error:
                    number += 1
                    yield Skipped(str(number), getattr(error, "problem", "it is no JSON"))
                    continue
                for record in _dig(value, inner):
                    number += 1
                    yield _row(str(number), record, (*warnings, *more))
        except BrokenJson as error:
            raise UnreadableFile(
                f"Its JSON cannot be read at record {number + 1} ({error}); nothing behind it was"
                " read.",
                "Export it anew.",
            ) from error


def _dig(value: Any, path: Path) -> Iterator[Any]:
    """What stands at the path within a value."""
    if not path:
        yield value
    elif path[0] == ITEM and isinstance(value, list):
        for item in value:
            yield from _dig(item, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _dig(value[path[0]], path[1:])


def _row(part: str, value: object, warnings: tuple[str, ...]) -> Row | Skipped:
    if isinstance(value, dict):
        return Row(part, value, warnings)
    return Skipped(part, "it is no JSON object with fields")
