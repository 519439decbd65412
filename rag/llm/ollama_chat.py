"""Ollama's own protocol: its OpenAI-compatible one ignores the window that it is asked for."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx2

from rag.llm.failures import Refused, read_refusal
from rag.llm.pieces import Piece, read_count, read_word
from rag.llm.server import ServedModel


async def stream_ollama(
    client: httpx2.AsyncClient,
    model: ServedModel,
    system: str,
    user: str,
    *,
    window: int,
    room: int,
) -> AsyncGenerator[Piece, None]:
    """The reply as it comes, of a model that holds `window` tokens, `room` of them its answer's.

    Raises Refused, and what httpx2 and the parsing raise.
    """
    request = client.build_request(
        "POST",
        f"{model.server.root}/api/chat",
        json=_write_request(model.name, system, user, window, room),
        headers=write_key(model.server.api_key),
    )
    response = await client.send(request, stream=True)
    try:
        if response.status_code != 200:
            body = (await response.aread()).decode("utf-8", "replace")
            raise read_refusal(response, body)
        async for line in response.aiter_lines():
            if line.strip():
                yield _read_line(json.loads(line))
    finally:
        await response.aclose()


def write_key(key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _write_request(name: str, system: str, user: str, window: int, room: int) -> dict[str, Any]:
    return {
        "model": name,
        "messages": [
            {"role": "system", "content": system},
            {"role": "user", "content": user},
        ],
        "stream": True,
        # From 0.12.6 on a prompt that is too long is refused then; before, half of it is dropped.
        "truncate": False,
        # An answer beyond the window would push the passages out of it, the first ones first.
        "options": {"num_ctx": window, "num_predict": room, "temperature": 0},
    }


def _read_line(line: dict[str, Any]) -> Piece:
    if error := line.get("error"):
        raise Refused(None, str(error))
    message = line.get("message") or {}
    return Piece(
        text=read_word(message.get("content")) or "",
        thought=bool(message.get("thinking")),
        finish=(read_word(line.get("done_reason")) or "stop") if line.get("done") else None,
        read=read_count(line.get("prompt_eval_count")),
        written=read_count(line.get("eval_count")),
        model=read_word(line.get("model")),
    )
