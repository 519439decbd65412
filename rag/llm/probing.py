"""Finding out what stands at an address: which software, which models, and how much they read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import httpx2

from rag.errors import ModelError, ModelUnreachable
from rag.llm.asking import Client, Json, Strange, read_name, root_of, rows_of
from rag.llm.details import DETAILS, Models
from rag.llm.failures import FAILURES, Refused, explain, scrub
from rag.llm.http import open_client, run_apart
from rag.llm.pieces import read_count
from rag.llm.server import QUOTES_INSTEAD, Kind, ServedModel, Server, begin_with, name_server

#: A server on this machine that is up lists its models at once; one elsewhere is on a slow line.
LOCAL_PATIENCE, REMOTE_PATIENCE = 1.5, 5.0
#: The share of it in which a connection must come about.
CONNECTING = 0.8
#: Models that are listed of one server: hubs of models list thousands.
MAX_MODELS = 500
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
    """What was found at a server; `problem` says why it is of no use now.

    `embedders` are the models that make vectors; among `models` are those of them alone of which
    the server does not say that they can do nothing else.
    """

    server: Server
    kind: Kind = "openai"
    models: Models = ()
    problem: ModelError | None = None
    embedders: Models = ()

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
            return await _identify(Client(client, server), only)
    except TimeoutError:
        return Listing(
            server,
            problem=ModelError(
                f"{_begin(server)} does not say within {patience:g} seconds what it has.",
                f"It may be busy. {QUOTES_INSTEAD}",
            ),
        )
    except Strange:
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


async def _identify(asking: Client, only: str | None) -> Listing:
    server = asking.server
    try:
        listed = await asking.get(f"{server.base_url}/models")
    except Refused as refused:
        # Whatever serves pages at a usual port may refuse a stranger as well.
        strange = not refused.said and not asking.server.api_key
        if strange or refused.status in (404, 405, 501):
            raise Strange from refused
        raise
    if "data" not in listed and "models" not in listed:
        raise Strange
    rows = [
        row
        for row in rows_of(listed.get("data"))
        # One that is named like the key would show it.
        if (name := read_name(row, "id")) and scrub(name, server.api_key)
    ][:MAX_MODELS]
    models = tuple(ServedModel(server, read_name(row, "id")) for row in rows)
    kind = await _tell_kind(asking, rows)
    found = await DETAILS[kind](asking, rows, models, only) if kind in DETAILS else models
    named = tuple(replace(model, kind=kind) for model in found)
    return Listing(
        server,
        kind,
        tuple(model for model in named if not model.embeds),
        embedders=tuple(m for m in named if m.embeds or "embed" in m.name.casefold()),
    )


async def _tell_kind(asking: Client, rows: list[Json]) -> Kind:
    for row in rows:
        if (owner := str(row.get("owned_by", ""))) in OWNERS:
            return OWNERS[owner]
    if any(read_count(row.get("max_model_len")) for row in rows):
        return "vllm"
    # Ollama gives a model's namespace for its owner, and may have no model yet.
    if "version" in await asking.try_get(root_of(asking, "/api/version")):
        return "ollama"
    return "openai"


def _begin(server: Server) -> str:
    return begin_with(name_server(server))
