"""Articles in JSON: a record a line, lists or objects of records, or a single one.

Files are read as a stream: only one record is in memory at a time.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from rag.errors import UnreadableFile
from rag.ingest.files import Skipped
from rag.ingest.formats import MAX_RECORD, TOO_LARGE
from rag.ingest.json_shapes import Shape, find_shape
from rag.ingest.json_stream import BrokenJson, JsonText, Path, find_keys
from rag.ingest.records import Row, Rows, read_rows
from rag.ingest.sources import Source, mend, open_text
from rag.types import Draft

#: What is skipped at once of a line that is too long, and what tells where records are
#: (characters).
_CHUNK, _SAMPLE = 1 << 16, 1_000_000


def read_json_lines(source: Source) -> Iterator[Draft | Skipped]:
    """The articles in a file with a JSON value on each line: an object, or what holds some."""
    yield from read_rows(lambda: _lines(source), source.path)


def read_json(source: Source) -> Iterator[Draft | Skipped]:
    """The articles in a JSON file: in its lists and objects, wherever they stand, or itself one.

    Raises `UnreadableFile` where there is neither, and where the JSON breaks off.
    """
    if _is_by_line(source):
        yield from read_json_lines(source)
        return
    shape = _find_shape(source, by_line=False)
    if shape is None:
        raise UnreadableFile(
            "No articles were found in its JSON.",
            "It should be a list of objects with fields such as “title” and “text”.",
        )
    yield from read_rows(lambda: _items(source, shape), source.path)


def _lines(source: Source) -> Rows:
    shape = _find_shape(source, by_line=True)
    text, warnings = open_text(source, newline="\n")
    number = 0
    with text:
        for line_number in count(1):
            line = text.readline(MAX_RECORD)
            if not line:
                return
            if not line.strip():
                continue
            for row in _line(line_number, line, text, warnings, shape):
                number += 1
                yield replace(row, part=str(number)) if isinstance(row, Row) else row


def _line(
    number: int,
    line: str,
    text: io.TextIOWrapper,
    warnings: tuple[str, ...],
    shape: Shape | None,
) -> Rows:
    label = f"line {number}"
    if len(line) >= MAX_RECORD:
        while line and not line.endswith("\n"):
            line = text.readline(_CHUNK)
        yield Skipped(label, TOO_LARGE)
        return
    try:
        whole, more = mend(line)
        value = json.loads(whole)
    except UnreadableFile as error:
        yield Skipped(label, error.problem)
        return
    except (ValueError, RecursionError) as error:
        yield Skipped(label, f"it is no JSON ({_say(error)})")
        return
    for record in _within(value, shape):
        yield _row(label, record, (*warnings, *more))


def _within(value: object, shape: Shape | None) -> list[object]:
    """The records in the value of a line: itself, unless it holds others, as a service answers."""
    if shape is None or shape.is_record(value):
        return [value]
    return list(shape.dig(value, shape.path)) or [value]


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


def _find_shape(source: Source, by_line: bool) -> Shape | None:
    """Where the records are, by the beginning of the file."""
    text, _ = open_text(source, newline="\n")
    with text:
        sample = text.read(_SAMPLE)
    keys: dict[Path, set[str]] = {}
    # A line that is broken must not tell where those behind it stand.
    for part in sample.split("\n") if by_line else [sample]:
        for path, names in find_keys(part).items():
            keys.setdefault(path, set()).update(names)
    return find_shape(keys)


def _items(source: Source, shape: Shape) -> Rows:
    text, warnings = open_text(source, newline="\n")
    number = 0
    with text:
        try:
            for item, words, path in JsonText(text).values(shape.path):
                try:
                    whole, more = mend(words)
                    value = json.loads(whole) if more else item
                except (UnreadableFile, ValueError) as error:
                    number += 1
                    yield Skipped(str(number), getattr(error, "problem", "it is no JSON"))
                    continue
                for record in shape.dig(value, path):
                    number += 1
                    yield _row(str(number), record, (*warnings, *more))
        except BrokenJson as error:
            raise UnreadableFile(
                f"Its JSON cannot be read at record {number + 1} ({error}); nothing behind it was"
                " read.",
                "Export it anew.",
            ) from error


def _row(part: str, value: object, warnings: tuple[str, ...]) -> Row | Skipped:
    if isinstance(value, dict):
        return Row(part, value, warnings)
    return Skipped(part, "it is no JSON object with fields")
