"""What a reading process and its owner say to each other: JSON, each with its length before it.

Nothing is unpickled: who reads hostile files may say anything.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from rag.ingest.files import Skipped
from rag.ingest.stated import FIELDS
from rag.types import Draft

#: The most bytes of one frame: an article of the largest size, with each character escaped.
MAX_FRAME = 130_000_000
#: What a process says before it ends for want of memory.
TOO_MUCH_MEMORY = "Reading it takes more memory than a file may have."
_LENGTH = struct.Struct(">L")


class BrokenFrame(ValueError):
    """What came is no frame, or none that makes sense."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """The end of what a file holds: it was read whole, or `failure` says why not.

    `passing` is whether that may be otherwise the next time, with the same bytes.
    """

    path: Path
    failure: str | None = None
    passing: bool = False


Event = Draft | Skipped | FileRead


def write_frame(stream: BinaryIO, frame: Mapping[str, Any]) -> None:
    """Sends one frame. Raises OSError where nobody listens any more."""
    data = json.dumps(frame).encode("ascii")
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def read_frame(stream: BinaryIO) -> dict[str, Any] | None:
    """The next frame, None at the end. Raises `BrokenFrame` where it is cut off or too long."""
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else MAX_FRAME + 1
    data = stream.read(length) if length <= MAX_FRAME else b""
    if len(data) != length:
        raise BrokenFrame
    try:
        frame = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenFrame from error
    if not isinstance(frame, dict):
        raise BrokenFrame
    return frame


def pack_event(event: Event) -> dict[str, Any]:
    """The event as a frame."""
    if isinstance(event, FileRead):
        return {"read": True, "failure": event.failure, "passing": event.passing}
    if isinstance(event, Skipped):
        return {"skipped": event.file, "reason": event.reason}
    names = ("text", "part", *FIELDS)
    values = {name: getattr(event, name) for name in names}
    days = {name: day.isoformat() for name, day in values.items() if isinstance(day, date)}
    more = {"origins": event.origins, "warnings": list(event.warnings)}
    return {"article": {**values, **days, **more}}


def unpack_event(frame: Mapping[str, Any], path: Path) -> Event:
    """The event that a frame about the file at `path` holds. Raises `BrokenFrame` for any other."""
    try:
        if "article" in frame:
            return _draft(frame["article"], path)
        if "skipped" in frame:
            return Skipped(_words(frame["skipped"]), _words(frame["reason"]))
        failure = None if frame["failure"] is None else _words(frame["failure"])
        return FileRead(path, failure, frame["passing"] is True)
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenFrame from error


def _draft(values: Mapping[str, Any], path: Path) -> Draft:
    given = {name: values[name] for name in FIELDS if values[name] is not None}
    stated = {name: _words(value) for name, value in given.items()}
    days: dict[str, Any] = {
        name: date.fromisoformat(stated[name])
        for name in ("published", "updated")
        if name in stated
    }
    kept = {**stated, **days}
    origins = {_words(name): _words(origin) for name, origin in values["origins"].items()}
    return Draft(
        file=str(path),
        text=_words(values["text"]),
        part=_words(values["part"]),
        origins=origins,
        warnings=tuple(_words(warning) for warning in values["warnings"]),
        **kept,
    )


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise BrokenFrame
    return value
