"""JSON read value by value: a list of any length, one item of it in memory at a time.

By the standard library's decoder, which refuses what it does not bear. (ijson's, in C, crashes on a
number of 4,301 digits.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from rag.ingest.formats import MAX_RECORD, TOO_LARGE

#: How much is read at once (characters).
_CHUNK = 1 << 18
_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(
    r"""
    "(?P<key>[^"\\]*(?:\\.[^"\\]*)*)"[ \t\r\n]*:
        (?=[ \t\r\n]*(?P<deep>\{|\[[ \t\r\n]*\{)?)
    |"[^"\\]*(?:\\.[^"\\]*)*"
    |(?P<mark>[{}\[\]])
    """,
    re.DOTALL | re.VERBOSE,
)
#: How deep records are looked for.
_DEEPEST = 8
#: What stands in a path for the items of a list.
ITEM = "[]"

Path = tuple[str, ...]


class BrokenJson(ValueError):
    """What stands there is no JSON, or more of it than is read as one value."""


class JsonText:
    """Characters from which JSON values are taken one by one."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._over = False
        self._decoder = json.JSONDecoder()

    def values(self, path: Path) -> Iterator[tuple[Any, str, Path | None]]:
        """What stands in the text, value by value: the items of its lists and the values of the
        objects on the way to `path`, each with the characters that it was read from and the rest of
        the path in it; None where the path does not lead there.

        Several values may stand one after another. Raises `BrokenJson` where the text is none, or
        an item is too large.
        """
        while self._peek():
            yield from self._walk(path)

    def _walk(self, path: Path | None) -> Iterator[tuple[Any, str, Path | None]]:
        first = self._peek()
        if first == "[":
            rest = path[1:] if path and path[0] == ITEM else None
            for _ in self._members("]"):
                yield *self._value(), rest
        elif first == "{" and path and path[0] != ITEM:
            for _ in self._members("}"):
                name, _ = self._value()
                if self._peek() != ":":
                    raise BrokenJson("a colon is missing")
                self._at += 1
                yield from self._walk(path[1:] if name == path[0] else None)
        else:
            yield *self._value(), path

    def _members(self, end: str) -> Iterator[None]:
        """Stands before each member of a list or an object, and behind it at last."""
        self._at += 1
        while self._peek() != end:
            yield
            if self._peek() not in (",", end):
                raise BrokenJson("a comma is missing" if self._peek() else "it breaks off")
            self._at += self._peek() == ","
        self._at += 1

    def _peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._buffer) or self._over:
                return self._buffer[self._at : self._at + 1]
            self._read_on()

    def _value(self) -> tuple[Any, str]:
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
                if end < len(self._buffer) or self._over:
                    words, self._at = self._buffer[self._at : end], end
                    return value, words
            except json.JSONDecodeError as error:
                if self._over:
                    raise BrokenJson(error.msg) from error
            except RecursionError as error:
                raise BrokenJson("it nests too deep") from error
            except ValueError as error:
                raise BrokenJson("a number is too long") from error
            if len(self._buffer) - self._at > MAX_RECORD:
                raise BrokenJson(TOO_LARGE)
            self._read_on()

    def _read_on(self) -> None:
        # Twice as much each time: a long value is not tried again and again.
        left = self._buffer[self._at :]
        more = self._text.read(max(_CHUNK, len(left)))
        self._over = not more
        self._buffer, self._at = left + more, 0


def find_keys(sample: str) -> dict[Path, set[str]]:
    """The keys of the objects in the beginning of a JSON text, by where these stand in it; without
    those under which there are objects, which are no text or title themselves."""
    keys: dict[Path, set[str]] = {}
    stack: list[tuple[str, Path]] = []
    name = ""
    for token in _TOKEN.finditer(sample):
        word = token["key"] or token["mark"]
        if token["key"]:
            name = word
            if stack and not token["deep"]:
                keys.setdefault(stack[-1][1], set()).add(name)
        elif word in ("{", "["):
            stack.append((word, _step(stack, name)))
        elif word and stack:
            stack.pop()
    return keys


def _step(stack: list[tuple[str, Path]], name: str) -> Path:
    if not stack:
        return ()
    kind, path = stack[-1]
    return (*path, ITEM if kind == "[" else name)[:_DEEPEST]
