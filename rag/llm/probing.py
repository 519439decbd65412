"""Finding out what stands at an address: which software, which models, and how much they read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import httpx2

from rag.errors import ModelError, ModelUnreachable
from rag.llm.failures import FAILURES, Refused, explain, read_refusal, scrub
from rag.llm.http import open_client, run_apart
from rag.llm.ollama_chat import write_key
from rag.llm.pieces import read_count
from rag.llm.server import QUOTES_INSTEAD, Kind, ServedModel, Server, begin_with, name_server

Json = dict[str, Any]
Models = tuple[ServedModel, ...]

#: A server on this machine that is up lists its models at once; one elsewhere is on a slow line.
LOCAL_PATIENCE, REMOTE_PATIENCE = 1.5, 5.0
#: The share of it in which a connection must come about.
CONNECTING = 0.8
#: Ollama tells of each model by itself; of more than this, how much they read is not asked.
MAX_ASKED = 40
#: Models that are listed of one server: hubs of models list thousands.
MAX_MODELS = 500
#: Characters of a model's name; a longer one is no name.
MAX_NAME = 300
OLLAMA_CLOUD = "ollama.com"
#: `owned_by` in OpenAI's list of models, by the software that writes it.
OWNERS: dict[str, Kind] = {
    "library": "ollama",
    "llamacpp": "llamacpp",
    "vllm": "vllm",
    "organization_owner": "lmstudio",
    "organization-owner": "lmstudio",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found at a server; `problem` says why it is of no use now."""

    server: Server
    kind: Kind = "openai"
    models: Models = ()
    problem: ModelError | None = None

    @property
    def is_there(self) -> bool:
        """Whether a model server answers there, be it with a problem."""
        return self.problem is None or not isinstance(self.problem, NobodyThere)


class NobodyThere(ModelUnreachable):
    """No model server answers at the address."""


class NothingListed(NobodyThere):
    """Something answers there, but lists no models."""


def probe(servers: list[Server], *, only: str | None = None) -> list[Listing]:
    """What stands at each, all asked at once; takes `REMOTE_PATIENCE` at most.

    With `only` the details of that model alone are asked for, where they cost a request each.
    """

    async def look() -> list[Listing]:
        return list(await asyncio.gather(*(_look(server, only) for server in servers)))

    return run_apart(look()) if servers else []


async def _look(server: Server, only: str | None) -> Listing:
    patience = LOCAL_PATIENCE if server.is_local else REMOTE_PATIENCE
    nobody = ServedModel(server, "")
    try:
        # A connection that does not come about is told apart from an answer that does not.
        connecting = open_client(server, CONNECTING * patience)
        async with asyncio.timeout(patience), connecting as client:
            return await _identify(_Asking(client, server), only)
    except TimeoutError:
        return Listing(
            server,
            problem=ModelError(
                f"{_begin(server)} does not say within {patience:g} seconds what it has.",
                f"It may be busy. {QUOTES_INSTEAD}",
            ),
        )
    except _Strange:
        return Listing(
            server,
            problem=NothingListed(
                f"There is no model server at {server.address}: what answers there lists no"
                " models.",
                f"Correct the address; it usually ends in /v1. {QUOTES_INSTEAD}",
            ),
        )
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        problem = explain(error, nobody)
        return Listing(server, problem=NobodyThere(problem.problem, problem.hint))
    except FAILURES as error:
        return Listing(server, problem=explain(error, nobody))


class _Strange(Exception):
    """Something answers that is no model server."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """One server, and the client that asks it."""

    client: httpx2.AsyncClient
    server: Server

    async def get(self, path: str) -> Json:
        """What the server says below its root. Raises Refused, and _Strange for what is no JSON."""
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
        except (Refused, _Strange):
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
            raise _Strange from error
        if not isinstance(found, dict):
            raise _Strange
        return found


async def _identify(asking: _Asking, only: str | None) -> Listing:
    server = asking.server
    try:
        listed = await asking.get(f"{server.base_url}/models")
    except Refused as refused:
        # Whatever serves pages at a usual port may refuse a stranger as well.
        strange = not refused.said and not asking.server.api_key
        if strange or refused.status in (404, 405, 501):
            raise _Strange from refused
        raise
    if "data" not in listed and "models" not in listed:
        raise _Strange
    rows = [
        row
        for row in _rows_of(listed.get("data"))
        # One that is named like the key would show it.
        if (name := _read_name(row, "id")) and scrub(name, server.api_key)
    ][:MAX_MODELS]
    models = tuple(ServedModel(server, _read_name(row, "id")) for row in rows)
    kind = await _tell_kind(asking, rows)
    found = await DETAILS[kind](asking, rows, models, only) if kind in DETAILS else models
    return Listing(server, kind, tuple(replace(model, kind=kind) for model in found))


async def _tell_kind(asking: _Asking, rows: list[Json]) -> Kind:
    for row in rows:
        if (owner := str(row.get("owned_by", ""))) in OWNERS:
            return OWNERS[owner]
    if any(read_count(row.get("max_model_len")) for row in rows):
        return "vllm"
    # Ollama gives a model's namespace for its owner, and may have no model yet.
    if "version" in await asking.try_get(_root(asking, "/api/version")):
        return "ollama"
    return "openai"


async def _ask_vllm(
    _asking: _Asking, rows: list[Json], models: Models, _only: str | None
) -> Models:
    # An adapter has no window of its own: it reads what the model below it reads.
    windows = [read_count(row.get("max_model_len")) for row in rows]
    most = max(filter(None, windows), default=None)
    return tuple(
        replace(model, window=window or most)
        for model, window in zip(models, windows, strict=False)
    )


async def _ask_ollama(
    asking: _Asking, _rows: list[Json], models: Models, only: str | None
) -> Models:
    listed = (await asking.try_get(_root(asking, "/api/tags"))).get("models")
    tags = {_read_name(row, "name"): row for row in _rows_of(listed)}
    wanted = [model.name for model in models if only is None or is_named(model.name, only)]
    asked = [
        asking.try_post(_root(asking, "/api/show"), {"model": name}) for name in wanted[:MAX_ASKED]
    ]
    shown = dict(zip(wanted, await asyncio.gather(*asked), strict=False))
    return tuple(
        _read_ollama(model, tags.get(model.name, {}), shown.get(model.name, {}))
        for model in models
        if not _only_embeds(shown.get(model.name) or tags.get(model.name, {}))
    )


def _read_ollama(model: ServedModel, tag: Json, shown: Json) -> ServedModel:
    """A model by its entry in /api/tags and by what /api/show tells of it."""
    info, details = shown.get("model_info"), tag.get("details")
    lengths = [
        value
        for key, value in (info.items() if isinstance(info, dict) else ())
        if str(key).endswith(".context_length")
    ]
    if isinstance(details, dict):
        lengths.append(details.get("context_length"))
    remote = str(tag.get("remote_host") or shown.get("remote_host") or "")
    if not remote and re.search(r"[:-]cloud$", model.name):
        # What is called so runs at Ollama's own, also where the server says nothing of it.
        remote = OLLAMA_CLOUD
    return replace(
        model,
        window=next(filter(None, map(read_count, lengths)), None),
        passes_to=re.sub(r"^https?://|[:/].*$", "", remote) or None,
        identity=str(tag.get("digest") or "")[:MAX_NAME],
    )


def _only_embeds(told: Json) -> bool:
    can = told.get("capabilities")
    return isinstance(can, list) and "embedding" in can and "completion" not in can


async def _ask_llamacpp(
    asking: _Asking, rows: list[Json], models: Models, only: str | None
) -> Models:
    one = len(models) == 1
    found = []
    for model, row in zip(models, rows, strict=False):
        meta = row.get("meta")
        meta = meta if isinstance(meta, dict) else {}
        window = read_count(meta.get("n_ctx"))
        if window is None and (one or model.name == only):
            window = await _ask_props(asking, None if one else model.name)
        identity = "/".join(str(meta[key]) for key in ("n_params", "size") if key in meta)
        found.append(replace(model, window=window, identity=identity))
    return tuple(found)


async def _ask_props(asking: _Asking, name: str | None) -> int | None:
    """What a slot of llama.cpp's reads; a model that is not loaded is not loaded for that."""
    path = f"/props?model={quote(name)}&autoload=false" if name else "/props"
    settings = (await asking.try_get(_root(asking, path))).get("default_generation_settings")
    return read_count(settings.get("n_ctx")) if isinstance(settings, dict) else None


async def _ask_lmstudio(
    asking: _Asking, _rows: list[Json], models: Models, _only: str | None
) -> Models:
    listed = (await asking.try_get(_root(asking, "/api/v0/models"))).get("data")
    known = {_read_name(row, "id"): row for row in _rows_of(listed)}
    return tuple(
        replace(model, window=read_count(row.get("loaded_context_length")))
        for model in models
        if (row := known.get(model.name, {})).get("type") != "embeddings"
    )


def is_named(name: str, wanted: str) -> bool:
    """Whether a model is the one that is wanted: Ollama's “latest” need not be said."""
    return name in (wanted, f"{wanted}:latest")


DETAILS: dict[Kind, Callable[[_Asking, list[Json], Models, str | None], Awaitable[Models]]] = {
    "ollama": _ask_ollama,
    "llamacpp": _ask_llamacpp,
    "lmstudio": _ask_lmstudio,
    "vllm": _ask_vllm,
}


def _root(asking: _Asking, path: str) -> str:
    return f"{asking.server.root}{path}"


def _rows_of(listed: Any) -> list[Json]:
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []


def _read_name(row: Json, field: str) -> str:
    name = row.get(field)
    return name if isinstance(name, str) and 0 < len(name) <= MAX_NAME else ""


def _begin(server: Server) -> str:
    return begin_with(name_server(server))
