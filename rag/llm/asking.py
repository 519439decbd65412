"""One server that is asked what it has, and the reading of what it says."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import httpx2

from rag.llm.failures import Refused, read_refusal
from rag.llm.ollama_chat import write_key
from rag.llm.server import Server

Json = dict[str, Any]
#: Characters of a model's name; a longer one is no name.
MAX_NAME = 300


class Strange(Exception):
    """Something answers that is no model server."""


@dataclass(frozen=True, slots=True)
class Client:
    """One server, and the client that asks it."""

    client: httpx2.AsyncClient
    server: Server

    async def get(self, path: str) -> Json:
        """What the server says below its root. Raises Refused, and Strange for what is no JSON."""
        return await self._send("GET", path, None)

    async def post(self, path: str, body: Json) -> Json:
        return await self._send("POST", path, body)

    async def try_get(self, path: str) -> Json:
        """The same; nothing where the server does not know the path."""
        return await self._try(self.get(path))

    async def try_post(self, path: str, body: Json) -> Json:
        return await self._try(self.post(path, body))

    async def _try(self, asked: Awaitable[Json]) -> Json:
        try:
            return await asked
        except (Refused, Strange):
            return {}

    async def _send(self, method: str, path: str, body: Json | None) -> Json:
        response = await self.client.request(
            method, path, json=body, headers=write_key(self.server.api_key)
        )
        if response.status_code != 200:
            raise read_refusal(response, response.text)
        try:
            found = response.json()
        except (ValueError, RecursionError) as error:
            raise Strange from error
        if not isinstance(found, dict):
            raise Strange
        return found


def root_of(asking: Client, path: str) -> str:
    return f"{asking.server.root}{path}"


def rows_of(listed: Any) -> list[Json]:
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []


def read_name(row: Json, field: str) -> str:
    name = row.get(field)
    return name if isinstance(name, str) and 0 < len(name) <= MAX_NAME else ""
