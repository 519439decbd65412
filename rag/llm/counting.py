"""A prompt's tokens, counted by the server that will read it."""

from __future__ import annotations

from typing import Any

from rag.llm.failures import FAILURES
from rag.llm.http import open_client, run_apart
from rag.llm.ollama_chat import write_key
from rag.llm.server import ServedModel


def count_tokens(model: ServedModel, text: str, connect_timeout: float) -> int | None:
    """How many tokens the model makes of a text; None where its server does not count for others.

    The text goes where the prompt would go, and nowhere else.
    """
    if model.kind not in ("llamacpp", "vllm"):
        return None
    try:
        return run_apart(_ask(model, text, connect_timeout))
    except FAILURES:
        # It is an estimate then; a server that is down will be told of when it is asked to answer.
        return None


async def _ask(model: ServedModel, text: str, connect_timeout: float) -> int | None:
    field = "content" if model.kind == "llamacpp" else "prompt"
    async with open_client(model.server, connect_timeout) as client:
        response = await client.post(
            f"{model.server.root}/tokenize",
            json={"model": model.name, field: text},
            headers=write_key(model.server.api_key),
            timeout=connect_timeout,
        )
        if response.status_code != 200:
            return None
        return _read(response.json())


def _read(found: Any) -> int | None:
    if not isinstance(found, dict):
        return None
    if isinstance(found.get("count"), int):
        return int(found["count"])
    return len(found["tokens"]) if isinstance(found.get("tokens"), list) else None
