"""OpenAI's protocol, by LangChain and the OpenAI client: the one module that imports them."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import httpx2
import openai
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

from rag.llm.failures import Refused, read_refusal
from rag.llm.pieces import Piece, read_count, read_word
from rag.llm.server import ServedModel

#: Fields of a streamed delta in which servers put a model's reasoning.
REASONING = ("reasoning_content", "reasoning", "thinking")
#: What a stream is never sent as.
PAGES = ("application/json", "text/html")


# Pydantic would print what a server sends where it is not as it should be.
warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning)
# As with the HTTP client's: OPENAI_LOG would have it write down what it is sent.
for name in ("openai", "httpx2"):
    logging.getLogger(name).setLevel(logging.WARNING)


class _Chat(ChatOpenAI):
    """ChatOpenAI that tells where reasoning came: it leaves out the fields that are not OpenAI's.

    Without that, a model that reasons for minutes looks like one that has died.
    """

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], *rest: Any
    ) -> ChatGenerationChunk | None:
        if error := chunk.get("error"):
            raise Refused(None, json.dumps({"error": error}, default=str))
        made = super()._convert_chunk_to_generation_chunk(chunk, *rest)
        choices = chunk.get("choices") or [{}]
        delta = choices[0].get("delta") or {}
        if made is not None and any(delta.get(field) for field in REASONING):
            made.message.additional_kwargs["reasoned"] = True
        return made


async def stream_openai(
    client: httpx2.AsyncClient, model: ServedModel, system: str, user: str
) -> AsyncGenerator[Piece, None]:
    """The reply as it comes. Raises Refused, and what httpx2 and the parsing raise."""
    prompt = ChatPromptTemplate.from_messages([("system", "{system}"), ("human", "{user}")])
    chain = prompt | _open(client, model)
    if _refuse_page not in client.event_hooks["response"]:
        client.event_hooks["response"].append(_refuse_page)
    try:
        async with aclosing(chain.astream({"system": system, "user": user})) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                yield _read_chunk(chunk)  # type: ignore[arg-type]
    except openai.OpenAIError as error:
        raise _translate(error) from error
    except ValueError as error:
        # What LangChain makes of a stream of nothing, which is an empty answer.
        if "No generation chunks" not in str(error):
            raise


async def _refuse_page(response: httpx2.Response) -> None:
    """Raise what a page says that came in place of a stream: it would look like an empty one."""
    if response.status_code == 200 and response.headers.get("content-type", "").startswith(PAGES):
        body = (await response.aread()).decode("utf-8", "replace")
        found = json.loads(body)
        raise Refused(None, body) if "error" in found else ValueError("no stream")


def _open(client: httpx2.AsyncClient, model: ServedModel) -> ChatOpenAI:
    return _Chat(
        model=model.name,
        base_url=model.server.base_url,
        # Servers of one's own want no key, but the client wants one; it is not sent.
        api_key=model.server.api_key or "none",  # type: ignore[arg-type]
        # Tries and clocks are our own: see rag/llm/stream.py.
        max_retries=0,
        # The client's own would take the place of how long a connection may take.
        timeout=client.timeout,
        stream_chunk_timeout=None,
        http_async_client=client,
        http_socket_options=(),
        # The environment's, which goes together with no client of our own.
        openai_proxy=None,
        stream_usage=True,
        temperature=0,
        use_responses_api=False,
    )


def _read_chunk(chunk: AIMessageChunk) -> Piece:
    usage = chunk.usage_metadata
    return Piece(
        text=str(chunk.text),
        thought=bool(chunk.additional_kwargs.get("reasoned")),
        finish=read_word(chunk.response_metadata.get("finish_reason")),
        read=read_count(usage["input_tokens"]) if usage else None,
        written=read_count(usage["output_tokens"]) if usage else None,
        model=read_word(chunk.response_metadata.get("model_name")),
    )


def _translate(error: openai.OpenAIError) -> Exception:
    """The client's exception as what it was made of: a status, or a failing connection."""
    if isinstance(error, openai.APIStatusError):
        return read_refusal(error.response, error.response.text)
    cause: BaseException | None = error
    # LangChain wraps the client's exception, which wraps the transport's.
    while isinstance(cause, openai.APIConnectionError):
        cause = cause.__cause__
    if isinstance(cause, Exception) and cause is not error:
        return cause
    if isinstance(error, openai.APIError) and error.body is not None:
        # An error in the middle of a stream, which came with status 200.
        return Refused(None, json.dumps({"error": error.body}, default=str))
    return error
