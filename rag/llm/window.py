"""How much of a prompt a model reads."""

from __future__ import annotations

from rag.llm.server import USUAL_WINDOW, ServedModel


def find_window(model: ServedModel, limit: int | None) -> tuple[int, bool]:
    """The tokens that are used of a model's window, and whether its server says how many there are.

    At most `limit`, where the settings have one.
    """
    if model.kind == "ollama":
        # It reads as much as each request asks for, and takes memory for that: the usual window
        # is enough for the passages.
        return min(model.window or USUAL_WINDOW, limit or USUAL_WINDOW), True
    if model.window:
        return min(model.window, limit or model.window), True
    return limit or USUAL_WINDOW, False
