"""Text as it can be stored and sent."""

from __future__ import annotations


def storable(text: str) -> str:
    """The text as SQLite and JSON can hold it; half a character becomes the replacement one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
