"""Text as it can be stored, sent and shown."""

from __future__ import annotations


def storable(text: str) -> str:
    """The text as SQLite and JSON can hold it; half a character becomes the replacement one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def shorten(text: str, limit: int) -> str:
    """The text in at most `limit` characters, the last of them … where it was longer."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def write_count(number: int, noun: str) -> str:
    """“1 article”, “1,200 articles”."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def write_span(seconds: float) -> str:
    """“40 s”, “26 min”, “3 h 5 min”: as exactly as one wants to know."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
