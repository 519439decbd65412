"""Vectors from a model server: one request, its clock, its tries; Ollama's protocol or OpenAI's.

Asked for directly and not through LangChain's OpenAIEmbeddings: that fetches tiktoken's vocabulary
to count tokens, and asks for vectors in base64, which many servers do not speak.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from rag.errors import ModelError, ModelUnreachable, PromptTooLong
from rag.llm.failures import FAILURES, Refused, explain, read_refusal
from rag.llm.http import open_client, run_apart
from rag.llm.ollama_chat import write_key
from rag.llm.server import ServedModel

Rows = list[list[float]]

#: A busy server is waited for so long between two tries, where it asks for less; and for no longer.
PAUSE, MAX_PAUSE = 1.0, 30.0
#: How servers say that a text is longer than the model reads, where `failures` does not know it.
_TOO_LONG = re.compile(
    r"too (?:large|long|many tokens)|less than \d+ tokens|maximum (?:input|sequence|context)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds, to connect and for the vectors, and how often is asked."""

    connect: float
    reply: float
    tries: int = 1


def ask_vectors(model: ServedModel, texts: Sequence[str], patience: Patience) -> Rows:
    """The vectors of the texts, as the server gives them, in their order.

    Raises PromptTooLong where one of them is longer than the model reads, ModelError otherwise.
    """
    try:
        return run_apart(_ask(model, list(texts), patience))
    except TimeoutError as error:
        server = model.at[0].upper() + model.at[1:]
        raise ModelUnreachable(
            f"{server} did not answer in time: no vectors came in {patience.reply:g} seconds.",
            "Try again, or set DATELINE_FIRST_TIMEOUT higher.",
        ) from error
    except Refused as refused:
        problem = explain(refused, model)
        if refused.status in (400, 413, 422, 500) and _TOO_LONG.search(refused.said):
            raise PromptTooLong(problem.problem, problem.hint) from refused
        raise problem from refused
    except FAILURES as error:
        raise explain(error, model) from error


async def _ask(model: ServedModel, texts: list[str], patience: Patience) -> Rows:
    async with asyncio.timeout(patience.reply), open_client(model.server, patience.connect) as web:
        for left in reversed(range(patience.tries)):
            try:
                return await _post(web, model, texts)
            except Refused as refused:
                if not refused.is_busy or not left:
                    raise
                pause = PAUSE if refused.retry_after is None else refused.retry_after
                if pause > MAX_PAUSE:
                    raise
            await asyncio.sleep(pause)
    raise AssertionError("there is at least one try")


async def _post(web: httpx2.AsyncClient, model: ServedModel, texts: list[str]) -> Rows:
    body: dict[str, Any] = {"model": model.name, "input": texts}
    address = f"{model.server.base_url}/embeddings"
    if model.kind == "ollama":
        # Without this, what a model does not read of a text is dropped, and nothing says so.
        body["truncate"] = False
        address = f"{model.server.root}/api/embed"
    response = await web.post(address, json=body, headers=write_key(model.server.api_key))
    if response.status_code != 200:
        raise read_refusal(response, response.text)
    found = response.json()
    return _read_ollama(found) if model.kind == "ollama" else _read_openai(found)


def _read_ollama(found: Any) -> Rows:
    return [[float(x) for x in row] for row in _take(found, "embeddings")]


def _read_openai(found: Any) -> Rows:
    rows = _take(found, "data")
    if all(isinstance(row.get("index"), int) for row in rows):
        rows = sorted(rows, key=lambda row: int(row["index"]))
    return [[float(x) for x in row["embedding"]] for row in rows]


def _take(found: Any, field: str) -> list[Any]:
    if isinstance(found, dict) and found.get("error") is not None:
        raise Refused(None, str(found["error"]))
    rows = found[field]
    if not isinstance(rows, list):
        raise ModelError(f"The model server sent no list of vectors ({field}).")
    return rows
