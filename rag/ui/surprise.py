"""What broke that nobody had thought of, as a page tells it."""

from __future__ import annotations

from rag.errors import DatelineError


def describe_surprise(error: Exception, doing: str = "") -> DatelineError:
    """The problem, in a line; `doing` is what was being done: “while it answered”."""
    return DatelineError(
        f"Something in Dateline broke {doing} ({type(error).__name__}).",
        "Try again; where the chat was started, the whole error is printed.",
    )
