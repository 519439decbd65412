"""Where models are served: an address, what is served there, and where its words go."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from rag.errors import ModelError, NotLocal, UsageError

OPENAI = "https://api.openai.com/v1"
QUOTES_INSTEAD = "Or ask the quotes engine, which needs no model."
#: The same of an embedder.
GO_BACK = "`dateline index --rebuild --embedder minilm` goes back to the one that needs no server."
#: The software that serves: "openai" is OpenAI itself and whatever else speaks its protocol.
Kind = Literal["ollama", "llamacpp", "lmstudio", "vllm", "openai"]
KINDS: dict[Kind, str] = {
    "ollama": "Ollama",
    "llamacpp": "llama.cpp",
    "lmstudio": "LM Studio",
    "vllm": "vLLM",
    "openai": "model server",
}
#: Tokens that are used of a window where neither the server nor the settings say more. Every model
#: in use reads as many, and the passages with their question take some 3,500.
USUAL_WINDOW = 8192
#: Models that an error names; the rest are counted.
MAX_LISTED = 8
_SENT = "The question, the passages found for it and, for a follow-up, the exchanges before it"


@dataclass(frozen=True, slots=True)
class Server:
    """An address that ends where OpenAI's paths begin, mostly in /v1, and a key for it."""

    base_url: str
    api_key: str | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or self.base_url

    @property
    def address(self) -> str:
        """Host and port, without any user name or password that the address may carry."""
        port = urlsplit(self.base_url).port
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{port}" if port else host

    @property
    def root(self) -> str:
        """The address without OpenAI's part of it, where a server's own paths begin."""
        return self.base_url.removesuffix("/v1")

    @property
    def is_local(self) -> bool:
        """Whether the address is of this machine alone."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def is_openai(self) -> bool:
        return self.base_url == OPENAI


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model at a server.

    `window` is what it reads, in tokens, as the server says; of Ollama's, which is told with each
    question how much to read, the most that it could. None where the server does not say.
    `passes_to` is the host that the server itself sends the words on to. `identity` changes when
    another model takes the name, as far as the server shows. `embeds` is whether the server says
    that it makes vectors and nothing else.
    """

    server: Server
    name: str
    kind: Kind = "openai"
    window: int | None = None
    passes_to: str | None = None
    identity: str = ""
    embeds: bool = False

    @property
    def is_local(self) -> bool:
        """Whether the words stay on this machine."""
        return self.server.is_local and not self.passes_to

    @property
    def at(self) -> str:
        """What serves it and where: “Ollama at 127.0.0.1:11434”."""
        return name_server(self.server, self.kind)

    @property
    def where(self) -> str:
        """One line: where the words go."""
        if not self.server.is_local:
            return f"{_SENT} are sent to {self.server.host}."
        if self.passes_to:
            return (
                f"{_SENT} go to {self.server.address}, on this machine, which sends them on to"
                f" {self.passes_to}."
            )
        return f"{_SENT} go to {self.server.address}, on this machine."


def name_server(server: Server, kind: Kind = "openai") -> str:
    """“Ollama at 127.0.0.1:11434”, “the model server at models.example”."""
    if server.is_openai:
        return "OpenAI"
    the = "the " if kind == "openai" else ""
    return f"{the}{KINDS[kind]} at {server.address}"


def begin_with(server: str) -> str:
    """A server's name at the beginning of a sentence: “vLLM at …” stays as it is written."""
    return f"T{server[1:]}" if server.startswith("the ") else server


def check_address(address: str) -> str:
    """The address without a slash at its end.

    Raises UsageError where it is none, or where it carries a password, which would be shown.
    """
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", address):
        raise UsageError(
            "The model server's address is no address.", "Write http://127.0.0.1:PORT/v1."
        )
    if "@" in parts.netloc:
        raise UsageError(
            "A password in the model server's address would be shown with it.",
            "Leave it out; a key stands in OPENAI_API_KEY, the address in OPENAI_BASE_URL.",
        )
    if parts.query or parts.fragment:
        raise UsageError(
            "The model server's address has a “?” or a “#”.", "Write http://127.0.0.1:PORT/v1."
        )
    return address.rstrip("/")


def read_address(typed: str) -> str:
    """An address as people write it, made whole: “localhost:9000” is http://localhost:9000/v1.

    Raises what `check_address` raises.
    """
    text = typed.strip()
    address = check_address(text if "://" in text else f"http://{text}")
    return address if urlsplit(address).path else f"{address}/v1"


def check_key(key: str | None) -> str | None:
    """The key, free of what was copied along with it. Raises UsageError where it can be none."""
    if key is None or not (tidy := key.strip().strip("\"'").strip()):
        return None
    if not re.fullmatch(r"[!-~]+", tidy):
        raise UsageError(
            "The key has a character that no key has, such as a space or an accented letter.",
            "Copy it into OPENAI_API_KEY again.",
        )
    return tidy


def refuse_place(place: str) -> NotLocal:
    """What is said where only this machine is allowed, and the words would go elsewhere."""
    return NotLocal(
        f"“This machine only” is on, and the words would go to {place}.",
        "Choose an engine that runs here, or turn it off (DATELINE_LOCAL_ONLY=0).",
    )


def explain_missing(model: ServedModel, has: Sequence[str]) -> ModelError:
    """A model that its server does not have, with those that it has."""
    server = begin_with(model.at)
    if not has:
        return ModelError(f"{server} has no model.", f"Load one there. {QUOTES_INSTEAD}")
    listed = ", ".join(f"“{name}”" for name in has[:MAX_LISTED])
    more = f" and {len(has) - MAX_LISTED} more" if len(has) > MAX_LISTED else ""
    return ModelError(
        f"{server} has no model “{model.name}”.", f"It has {listed}{more}. {QUOTES_INSTEAD}"
    )
