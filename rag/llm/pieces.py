"""What arrives from a model, whatever protocol it came by."""

from __future__ import annotations

from dataclasses import dataclass


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
