"""The model servers of one home: where they are looked for, what was found, and each by name."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from rag.errors import UsageError
from rag.llm.busy import is_answering
from rag.llm.details import is_named
from rag.llm.naming import Wanted
from rag.llm.probing import Listing, NobodyThere, NothingListed, probe
from rag.llm.server import (
    KINDS,
    OPENAI,
    QUOTES_INSTEAD,
    ServedModel,
    Server,
    check_address,
    check_key,
    explain_missing,
    read_address,
    refuse_place,
)
from rag.settings import Settings

#: How long what a server elsewhere has listed holds, in seconds: asking costs a trip each time.
REMOTE_HOLDS = 300.0
OLLAMA_PORT = 11434


class Finder:
    """Looks at model servers; safe to use from several threads.

    `added` gives the addresses that were given by hand, `is_local_only` whether nothing may leave
    this machine: both may change between two questions.
    """

    def __init__(
        self,
        settings: Settings,
        added: Callable[[], Sequence[str]] = tuple,
        is_local_only: Callable[[], bool] = bool,
    ) -> None:
        self._settings = settings
        self._added = added
        self._is_local_only = is_local_only
        self._lock = threading.Lock()
        self._known: dict[Server, tuple[float, Listing]] = {}

    def servers(self) -> list[Server]:
        """Where models are looked for, each address once; the one that the settings name first."""
        # OpenAI itself is not asked what it has, also where the settings spell its address out.
        named = [self.named_server()] if names_server(self._settings) else []
        found = [Server(address) for address in self._addresses()]
        return list({_place(server): server for server in reversed([*named, *found])}.values())[
            ::-1
        ]

    def named_server(self) -> Server:
        """The server that `openai` means: the one of the settings, else OpenAI itself.

        Raises UsageError where neither an address nor a key is set.
        """
        server = self._read_named()
        if server.is_openai and not server.api_key:
            raise UsageError(
                "No model is set up: there is neither a key for OpenAI nor another server's"
                " address.",
                "Set OPENAI_API_KEY, or OPENAI_BASE_URL=http://127.0.0.1:PORT/v1 for a server of"
                f" your own. {QUOTES_INSTEAD}",
            )
        return server

    def _read_named(self) -> Server:
        address = check_address(self._settings.base_url or OPENAI)
        return Server(address, check_key(self._settings.api_key))

    def look(self, servers: Iterable[Server], *, only: str | None = None) -> list[Listing]:
        """What stands at each; one that may not be asked now is given as it was last seen."""
        known = {server: self._recall(server) for server in servers}
        asked = [server for server, listing in known.items() if listing is None]
        # What is kept for a while has to be whole.
        only = only if all(server.is_local for server in asked) else None
        found = dict(zip(asked, probe(asked, only=only), strict=True))
        with self._lock:
            now = time.monotonic()
            self._known |= {server: (now, listing) for server, listing in found.items()}
        return [listing or found[server] for server, listing in known.items()]

    def find(self, wanted: Wanted) -> ServedModel:
        """The model of that name, as its server has it now.

        Raises UsageError where a name or a key is missing, NotLocal where it is elsewhere and may
        not be, ModelError where nobody answers or the server has no such model.
        """
        named = replace(wanted, model=wanted.model or self._default_model(wanted))
        if wanted.address is not None:
            return self._find_at(self._server_at(wanted.address), named)
        if wanted.kind == "openai":
            return self._find_at(self.named_server(), named)
        return self._find_kind(named)

    def _default_model(self, wanted: Wanted) -> str | None:
        return self._settings.model if wanted.kind == "openai" else None

    def _find_at(self, server: Server, wanted: Wanted) -> ServedModel:
        self._check_local(server.host, stays=server.is_local)
        if server.is_openai:
            # Listing would tell OpenAI of every start: the key's owner names the model.
            if not wanted.model:
                raise UsageError(
                    "No model is named.", "Set DATELINE_MODEL to one of OpenAI's models."
                )
            return ServedModel(server, wanted.model)
        [listing] = self.look([server], only=wanted.model)
        return self._pick(_offer(listing, wanted), wanted.model)

    def _find_kind(self, wanted: Wanted) -> ServedModel:
        # A name without an address never leaves this machine: what is elsewhere has to be named.
        servers = [server for server in self.servers() if server.is_local]
        there = [one for one in self.look(servers, only=wanted.model) if one.is_there]
        found = [_offer(one, wanted) for one in there if one.kind == wanted.kind]
        failing = next((one.problem for one in there if one.problem), None)
        if not found and failing is not None:
            raise failing
        if not found:
            assert wanted.kind is not None  # noqa: S101 (for the type checker)
            raise NobodyThere(
                f"No {KINDS[wanted.kind]} answers at {_list_places(servers)}.",
                f"Start it, or name its address in DATELINE_SERVERS. {QUOTES_INSTEAD}",
            )
        # Of two servers of a kind, the one that has the model.
        best = next((one for one in found if _has(one, wanted.model)), found[0])
        return self._pick(best, wanted.model)

    def _pick(self, listing: Listing, name: str | None) -> ServedModel:
        if listing.problem is not None and not (name and _may_have(listing)):
            raise listing.problem
        nobody = ServedModel(listing.server, name or "", listing.kind)
        if listing.problem is not None:
            return nobody
        if name is None and listing.models:
            found = find_first(listing.models)
        else:
            named = [model for model in listing.models if name and is_named(model.name, name)]
            if not named:
                raise explain_missing(nobody, [model.name for model in listing.models])
            found = named[0]
        self._check_local(found.passes_to or found.server.host, stays=found.is_local)
        return found

    def _check_local(self, place: str, *, stays: bool) -> None:
        if self._is_local_only() and not stays:
            raise refuse_place(place)

    def _server_at(self, address: str) -> Server:
        """The server at an address; with the key only where the settings have it for just that."""
        server, named = Server(address), self._read_named()
        return named if _place(named) == _place(server) else server

    def _addresses(self) -> list[str]:
        ollama = find_ollama(self._settings.ollama_host)
        return [
            *([ollama] if ollama else []),
            *map(read_address, self._settings.servers),
            *self._added(),
        ]

    def _recall(self, server: Server) -> Listing | None:
        """What was last seen of a server that is not to be asked now."""
        with self._lock:
            seen, listing = self._known.get(server, (0.0, None))
        if listing is None or listing.problem is not None:
            return None
        if is_answering(server.base_url):
            return listing
        holds = not server.is_local and time.monotonic() - seen < REMOTE_HOLDS
        return listing if holds else None


def names_server(settings: Settings) -> bool:
    """Whether the settings name a server other than OpenAI itself."""
    return (settings.base_url or OPENAI).rstrip("/") != OPENAI


def find_first(models: Sequence[ServedModel]) -> ServedModel:
    """The model that is meant where none is named: the first, of those that stay here if any do."""
    return next((model for model in models if model.is_local), models[0])


def find_ollama(host: str | None) -> str | None:
    """The address in OLLAMA_HOST, which says where Ollama listens, in all the forms it takes."""
    text = (host or "").strip().strip("\"'").strip()
    if not text:
        return None
    schemed = re.match(r"(https?)://", text, re.IGNORECASE)
    if text.count(":") > 1 and not schemed and not re.search(r"[\[@]", text):
        text = f"[{text}]"
    try:
        parts = urlsplit(text if schemed else f"http://{text}")
        name, port = parts.hostname or "127.0.0.1", parts.port
    except ValueError as error:
        # Not said again: it may hold a password.
        raise UsageError("OLLAMA_HOST is no address.", "Write 127.0.0.1:11434.") from error
    usual = {"http": 80, "https": 443}[parts.scheme.lower()] if schemed else OLLAMA_PORT
    # What it listens on is not always what it can be asked at.
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name)  # noqa: S104 (an address to ask)
    place = f"[{name}]" if ":" in name else name
    return f"{parts.scheme.lower()}://{place}:{port or usual}{parts.path.rstrip('/')}/v1"


def _place(server: Server) -> tuple[str, int | None, str]:
    """What two ways to write an address have in common."""
    parts = urlsplit(server.base_url)
    host = "127.0.0.1" if server.host == "localhost" else server.host
    return host, parts.port or {"http": 80, "https": 443}[parts.scheme], parts.path


def _may_have(listing: Listing) -> bool:
    """Whether a server that does not list its models may still answer by one that is named."""
    return not listing.server.is_local and isinstance(listing.problem, NothingListed)


def _offer(listing: Listing, wanted: Wanted) -> Listing:
    """What of a server's models may be meant: those that only make vectors where one is wanted."""
    if not wanted.embeds:
        return listing
    return replace(listing, models=tuple(dict.fromkeys((*listing.embedders, *listing.models))))


def _has(listing: Listing, name: str | None) -> bool:
    return name is None or any(is_named(model.name, name) for model in listing.models)


def _list_places(servers: Sequence[Server]) -> str:
    return ", ".join(server.address for server in servers) or "no address at all"
