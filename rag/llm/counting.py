"""A prompt's tokens, counted by the server that will read it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from rag.errors import ModelError
from rag.llm.failures import FAILURES
from rag.llm.halt import STOPPED, Halt
from rag.llm.http import open_client, run_apart
from rag.llm.ollama_chat import write_key
from rag.llm.pieces import read_count
from rag.llm.server import ServedModel


@dataclass(frozen=True, slots=True)
class Counting:
    """A model whose server is asked to count, `patience` seconds at most for each text."""

    model: ServedModel
    patience: float
    halt: Halt

    def count(self, text: str) -> int | None:
        """How many tokens the model makes of a text; None where its server counts for nobody.

        The text goes where the prompt would go, and nowhere else. Raises ModelError where it was
        stopped.
        """
        if self.model.kind not in ("llamacpp", "vllm"):
            return None
        try:
            return run_apart(self._ask(text), self.halt)
        except asyncio.CancelledError as error:
            raise ModelError(STOPPED) from error
        except FAILURES:
            # It is an estimate then; one that is down will be told of when it is asked to answer.
            return None

    async def _ask(self, text: str) -> int | None:
        model = self.model
        field = "content" if model.kind == "llamacpp" else "prompt"
        async with asyncio.timeout(self.patience), open_client(model.server, self.patience) as to:
            response = await to.post(
                f"{model.server.root}/tokenize",
                json={"model": model.name, field: text},
                headers=write_key(model.server.api_key),
            )
            return _read(response.json()) if response.status_code == 200 else None


def _read(found: Any) -> int | None:
    if not isinstance(found, dict):
        return None
    tokens = found.get("tokens")
    return read_count(found.get("count")) or (len(tokens) if isinstance(tokens, list) else None)
