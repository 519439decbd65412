"""Where the articles stand in JSON of any shape: by the keys that its objects have.

The beginning of a file tells where most of its records are. Objects elsewhere that have the same
fields are records as well; all others are what stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from rag.ingest.columns import find_roles
from rag.ingest.json_stream import ITEM, Path

#: How much each of these tells that an object is an article.
_WEIGHTS = {"text": 8, "rest": 8, "title": 4, "summary": 3, "url": 2, "published": 2}
_WHOLE, _WORDS = frozenset(("text", "rest")), frozenset(("text", "rest", "summary"))
#: What a record without a text must have besides to be told from a mere heading.
_KNOWN_BY = frozenset(("title", "summary", "url", "published"))
#: How deep records are looked for in what stands beside.
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the records are, and what they are known by elsewhere."""

    path: Path
    roles: frozenset[str]

    def dig(self, value: Any, path: Path | None) -> Iterator[Any]:
        """The records in a value: what stands at the path within it, whatever it is, and what else
        looks like them; without a path only that."""
        if path == ():
            yield value
        elif path and path[0] == ITEM and isinstance(value, list):
            for item in value:
                yield from self.dig(item, path[1:])
        elif path and isinstance(value, dict) and path[0] in value:
            for key, inner in value.items():
                yield from self.dig(inner, path[1:] if key == path[0] else None)
        else:
            yield from self._alike(value, 0)

    def is_record(self, value: object) -> bool:
        """Whether it is an article itself, whatever is in it."""
        own = _roles_of(value) if isinstance(value, Mapping) else set()
        return ("title" in own and bool(own & _WORDS)) or _holds(own, self.roles)

    def _alike(self, value: Any, depth: int) -> Iterator[Any]:
        if depth > _DEEPEST:
            return
        if isinstance(value, dict) and self._is_alike(value):
            yield value
        elif isinstance(value, (dict, list)):
            for inner in value.values() if isinstance(value, dict) else value:
                yield from self._alike(inner, depth + 1)

    def _is_alike(self, value: Mapping[str, Any]) -> bool:
        own = _roles_of(value)
        if self.roles & _WHOLE:
            return bool(own & _WHOLE) and own >= self.roles & {"title"}
        return own >= self.roles & _KNOWN_BY


def find_shape(keys: Mapping[Path, set[str]]) -> Shape | None:
    """Where the objects have the keys of articles; None where none has."""
    roles: dict[Path, set[str]] = {}
    for path, names in keys.items():
        own = roles.setdefault(path, set())
        own |= {role for name in names for role, _ in find_roles(name)}
        if path and path[-1] != ITEM:  # “source.name” is a column of the object outside
            inner = {role for name in names for role, _ in find_roles(f"{path[-1]}.{name}")}
            roles.setdefault(path[:-1], set()).update(inner)
    best = max(roles, key=lambda path: (_score(roles[path]), -len(path)), default=())
    if not _score(roles.get(best, set())):
        return None
    # An article has others in it, such as comments and related ones.
    around = (best[:length] for length in range(len(best)))
    outer = (path for path in around if _holds(roles.get(path, set()), roles[best]))
    path = next(outer, best)
    return Shape(path, frozenset(roles[path]))


def _score(roles: set[str]) -> int:
    own = sum(_WEIGHTS.get(role, 1) for role in roles)
    return own if roles & {"title", *_WORDS} else 0


def _holds(outer: Set[str], inner: Set[str]) -> bool:
    """Whether the outer of two objects is the article. A feed has a title and a summary as well,
    but what is in it has titles, which comments have not."""
    if outer & _WHOLE:
        return "title" in outer or not inner & _WHOLE
    return {"title", "summary"} <= outer and "title" not in inner


def _roles_of(value: Mapping[str, Any]) -> set[str]:
    names = [name for name, inner in value.items() if not _is_deep(inner)]
    for name, inner in value.items():
        if isinstance(inner, dict):
            names += [f"{name}.{key}" for key, each in inner.items() if not _is_deep(each)]
    return {role for name in names for role, _ in find_roles(name)}


def _is_deep(value: object) -> bool:
    """Whether it holds objects, and so is no text or title itself."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict)
