"""Answers and filters as JSON, and back: what a kept chat holds.

The fields are those of the types as they are. A record of another version is read as far as it
goes: what is unknown is passed over, and what it lacks takes its default.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from rag.errors import LibraryError
from rag.types import Answer, Filters, Hit

Noun = TypeVar("Noun", Answer, Filters)

#: Whatever a record can be torn into ends in one of these; too deep a nesting in the last.
UNREADABLE = (TypeError, ValueError, OverflowError, RecursionError)


def write_record(answer: Answer) -> str:
    """The whole answer, `lighten`ed, as JSON in ASCII."""
    return _write(lighten(answer))


def lighten(answer: Answer) -> Answer:
    """The answer without the texts and the passages' count of its hits' articles.

    The library has the texts, and ten of them an answer would be most of what a chat weighs.
    """
    return replace(answer, hits=tuple(map(_without_text, answer.hits)))


def read_record(text: str) -> Answer:
    """The answer of a record. Raises LibraryError where it cannot be read."""
    return _read(Answer, text)


def write_filters(filters: Filters) -> str:
    return _write(filters)


def read_filters(text: str) -> Filters:
    """Raises LibraryError where they cannot be read."""
    return _read(Filters, text)


def _without_text(hit: Hit) -> Hit:
    return replace(hit, article=replace(hit.article, text="", passages=0, origins={}, warnings=()))


def _write(value: object) -> str:
    # A score may be one of numpy's numbers, which JSON does not know.
    return json.dumps(_encode(value), default=float)


def _read(kind: type[Noun], text: str) -> Noun:
    try:
        found: Noun = _decode(kind, json.loads(text))
    except UNREADABLE as error:
        raise LibraryError(
            f"What was kept of an answer cannot be read: {error}.", "Ask the question again."
        ) from error
    return found


def _encode(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_encode(one) for one in value]
    if isinstance(value, dict):
        return {key: _encode(one) for key, one in value.items()}
    return value


def _decode(hint: Any, value: Any) -> Any:
    """`value` as what the type `hint` says. Raises TypeError or ValueError where it is not."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return value
    if origin in (Union, UnionType):
        return _decode_either(inner, value)
    if origin is Literal and value in inner:
        return value
    if origin in (tuple, list):
        return _decode_several(origin, inner, _expect(list, value))
    if origin is dict:
        return {key: _decode(inner[1], one) for key, one in _expect(dict, value).items()}
    if is_dataclass(hint):
        return _decode_fields(hint, _expect(dict, value))
    if hint is date:
        return date.fromisoformat(_expect(str, value))
    if hint is float and not isinstance(value, float):
        return float(_expect(int, value))
    return _expect(hint, value)


def _decode_either(hints: tuple[Any, ...], value: Any) -> Any:
    if value is None and NoneType in hints:
        return None
    wanted = [hint for hint in hints if hint is not NoneType]
    for hint in wanted[:-1]:
        try:
            return _decode(hint, value)
        except (TypeError, ValueError):
            continue
    return _decode(wanted[-1], value)


def _decode_several(kind: type, hints: tuple[Any, ...], values: list[Any]) -> Any:
    if kind is list or hints[1:] == (...,):
        return kind(_decode(hints[0], value) for value in values)
    return tuple(_decode(hint, value) for hint, value in zip(hints, values, strict=True))


def _decode_fields(kind: Any, values: dict[str, Any]) -> Any:
    hints = _hints(kind)
    known = {name: _decode(hints[name], value) for name, value in values.items() if name in hints}
    return kind(**known)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}


def _expect(kind: Any, value: Any) -> Any:
    # To Python, True is a number.
    if not isinstance(kind, type) or not isinstance(value, kind):
        raise TypeError(f"{value!r:.60} is not of the kind {kind}")
    if isinstance(value, bool) and kind is not bool:
        raise TypeError(f"{value!r} is no number")
    return value
