"""What engines are called: `ollama:MODEL`, `openai:MODEL`, or an address and `#MODEL`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.errors import UsageError
from rag.llm.server import KINDS, OPENAI, Kind, ServedModel, Server, read_address
from rag.settings import Settings

KNOWN = ", ".join(f"{kind}:MODEL" for kind in KINDS)

#: The embedder that needs no server.
MINILM = "minilm"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An engine's name, taken apart: by the software that serves, or by the address.

    `model` is None where the first one that the server lists will do. `embeds` is whether it is
    wanted for vectors.
    """

    kind: Kind | None = None
    address: str | None = None
    model: str | None = None
    embeds: bool = False


def read_engine(name: str) -> Wanted:
    """A model engine's name. Raises UsageError where it is none."""
    text = name.strip()
    if re.match(r"https?://", text, re.IGNORECASE):
        address, _, model = text.partition("#")
        return Wanted(address=read_address(address), model=model.strip() or None)
    said, _, model = text.partition(":")
    for kind in KINDS:
        # “llama.cpp” and “LM-Studio” are what people call them.
        if re.sub(r"[\W_]", "", said).casefold() == kind:
            return Wanted(kind=kind, model=model.strip() or None)
    raise UsageError(
        f"There is no engine “{name}”.",
        f"Use quotes, {KNOWN}, or an address as in http://127.0.0.1:9000/v1#MODEL;"
        " `dateline engines` lists what is here.",
    )


def write_engine(model: ServedModel, *, by_address: bool = False) -> str:
    """The name that finds this model again."""
    if by_address:
        return f"{model.server.base_url}#{model.name}"
    return f"{model.kind}:{model.name}"


def is_embedder_local(name: str, settings: Settings) -> bool:
    """Whether an embedder's address is of this machine, as far as its name tells."""
    wanted = read_engine(name)
    if wanted.address:
        return Server(wanted.address).is_local
    return wanted.kind != "openai" or Server(settings.base_url or OPENAI).is_local
