"""What each software tells of its models besides their names: above all how much they read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote

from rag.llm.asking import MAX_NAME, Client, Json, read_name, root_of, rows_of
from rag.llm.pieces import read_count
from rag.llm.server import Kind, ServedModel

Models = tuple[ServedModel, ...]

#: Ollama tells of each model by itself; of more than this, how much they read is not asked.
MAX_ASKED = 40
OLLAMA_CLOUD = "ollama.com"


async def _ask_vllm(_asking: Client, rows: list[Json], models: Models, _only: str | None) -> Models:
    # An adapter has no window of its own: it reads what the model below it reads.
    windows = [read_count(row.get("max_model_len")) for row in rows]
    most = max(filter(None, windows), default=None)
    return tuple(
        replace(model, window=window or most)
        for model, window in zip(models, windows, strict=False)
    )


async def _ask_ollama(
    asking: Client, _rows: list[Json], models: Models, only: str | None
) -> Models:
    listed = (await asking.try_get(root_of(asking, "/api/tags"))).get("models")
    tags = {read_name(row, "name"): row for row in rows_of(listed)}
    wanted = [model.name for model in models if only is None or is_named(model.name, only)]
    asked = [
        asking.try_post(root_of(asking, "/api/show"), {"model": name})
        for name in wanted[:MAX_ASKED]
    ]
    shown = dict(zip(wanted, await asyncio.gather(*asked), strict=False))
    return tuple(
        _read_ollama(model, tags.get(model.name, {}), shown.get(model.name, {})) for model in models
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
        embeds=_only_embeds(shown or tag),
    )


def _only_embeds(told: Json) -> bool:
    can = told.get("capabilities")
    return isinstance(can, list) and "embedding" in can and "completion" not in can


async def _ask_llamacpp(
    asking: Client, rows: list[Json], models: Models, only: str | None
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


async def _ask_props(asking: Client, name: str | None) -> int | None:
    """What a slot of llama.cpp's reads; a model that is not loaded is not loaded for that."""
    path = f"/props?model={quote(name)}&autoload=false" if name else "/props"
    settings = (await asking.try_get(root_of(asking, path))).get("default_generation_settings")
    return read_count(settings.get("n_ctx")) if isinstance(settings, dict) else None


async def _ask_lmstudio(
    asking: Client, _rows: list[Json], models: Models, _only: str | None
) -> Models:
    listed = (await asking.try_get(root_of(asking, "/api/v0/models"))).get("data")
    known = {read_name(row, "id"): row for row in rows_of(listed)}
    return tuple(
        replace(
            model,
            window=read_count(row.get("loaded_context_length")),
            embeds=row.get("type") == "embeddings",
        )
        for model in models
        for row in [known.get(model.name, {})]
    )


def is_named(name: str, wanted: str) -> bool:
    """Whether a model is the one that is wanted: Ollama's “latest” need not be said."""
    return name in (wanted, f"{wanted}:latest")


DETAILS: dict[Kind, Callable[[Client, list[Json], Models, str | None], Awaitable[Models]]] = {
    "ollama": _ask_ollama,
    "llamacpp": _ask_llamacpp,
    "lmstudio": _ask_lmstudio,
    "vllm": _ask_vllm,
}
