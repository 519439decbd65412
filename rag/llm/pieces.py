"""What arrives from a model, whatever protocol it came by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reply.

    `thought` is whether reasoning came with it, which shows that the model is alive. `finish` is
    why the server says it ended; `read` and `written` are the tokens that it says it has read of
    the prompt, and written.
    """

    text: str = ""
    thought: bool = False
    finish: str | None = None
    read: int | None = None
    written: int | None = None
    model: str | None = None

    @property
    def is_token(self) -> bool:
        return bool(self.text) or self.thought


def read_count(value: Any) -> int | None:
    """A number of tokens as a server gives it; None for what is none."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return int(value) if is_count else None


def read_word(value: Any) -> str | None:
    """A name or a reason as a server gives it; None for what is none."""
    return value if isinstance(value, str) and value else None
