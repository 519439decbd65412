"""What can answer here: the quotes engine and every model found; which is chosen, and by whom."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from rag.answer import quotes
from rag.errors import LibraryError
from rag.index.choices import Chosen
from rag.index.embedders import Embedder
from rag.index.generations import Generation
from rag.index.library import Library
from rag.llm.halt import Halt
from rag.llm.naming import read_engine, write_engine
from rag.llm.server import (
    OPENAI,
    ServedModel,
    Server,
    begin_with,
    explain_missing,
    read_address,
    refuse_place,
)
from rag.llm.window import find_window
from rag.retrieve.question import Question
from rag.settings import Settings
from rag.types import Answer, Hit

if TYPE_CHECKING:
    from rag.answer.chat import ChatEngine
    from rag.llm.finding import Finder
    from rag.llm.probing import Listing

#: What `--engine` takes for the server that the settings name.
CHAT = "openai"


class Engine(Protocol):
    """Something that answers from passages."""

    @property
    def name(self) -> str: ...

    @property
    def where(self) -> str:
        """One line: where the words go."""
        ...

    def condense(self, typed: str, earlier: Sequence[Answer]) -> str:
        """The question to search for, given the answers before it, the last one last."""
        ...

    def answer(
        self, question: Question, hits: Sequence[Hit], generation: Generation
    ) -> Iterator[Answer]: ...


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """An engine that can be chosen; `problem` says why it cannot answer now.

    `server` and `model` are names to show; `window` is what will be used of what the model reads,
    in tokens, `told` whether its server says so. `is_local` is whether the words stay here.
    """

    name: str
    where: str
    problem: str | None = None
    server: str | None = None
    model: str | None = None
    window: int | None = None
    told: bool = False
    is_local: bool = True


QUOTES = EngineInfo(quotes.NAME, quotes.WHERE)


class Engines:
    """The engines of one home; safe to use from several threads.

    Without a `library` nothing is remembered. What flags and the environment say comes before what
    was chosen in the home.
    """

    def __init__(self, settings: Settings, library: Library | None = None) -> None:
        self._settings = settings
        self._library = library
        self._lock = threading.Lock()
        self._chosen: Chosen | None = None
        self._finder: Finder | None = None

    @property
    def is_local_only(self) -> bool:
        """Whether nothing may leave this machine."""
        wanted = self._settings.local_only
        return self.chosen().local_only if wanted is None else wanted

    @property
    def is_local_fixed(self) -> bool:
        """Whether flags or the environment say so, and the home has no say in it."""
        return self._settings.local_only is not None

    @property
    def name(self) -> str:
        """The engine that answers where none is named."""
        return self._settings.engine or self.chosen().engine or quotes.NAME

    def chosen(self) -> Chosen:
        """What was chosen in this home."""
        with self._lock:
            if self._chosen is None:
                self._chosen = self._library.choices.read() if self._library else Chosen()
            return self._chosen

    def choose(self, name: str) -> None:
        """Have this engine answer from now on. Raises UsageError where the name is none."""
        self._check_name(name)
        self._change(engine=name)

    def set_local_only(self, on: bool) -> None:
        self._change(local_only=on)

    def add_server(self, typed: str) -> Listing:
        """Look for models at one more address from now on; what is there now.

        Raises UsageError where it is no address, NotLocal where it may not be asked.
        """
        address = read_address(typed)
        server = Server(address)
        if self.is_local_only and not server.is_local:
            raise refuse_place(server.host)
        [listing] = self._open_finder().look([server])
        if listing.is_there:
            known = self.chosen().servers
            self._change(servers=(*(one for one in known if one != address), address))
        return listing

    def remove_server(self, address: str) -> None:
        kept = tuple(one for one in self.chosen().servers if one != address)
        self._change(servers=kept)

    def find(self) -> list[EngineInfo]:
        """What can answer here, quotes first, then each model found, with where its words go.

        Asks every server at once, and waits a second or two at most for those on this machine.
        """
        finder = self._open_finder()
        servers = finder.servers()
        allowed = [s for s in servers if s.is_local or not self.is_local_only]
        infos = {quotes.NAME: QUOTES}
        for info in [*self._list_openai(), *map(_refuse, (s for s in servers if s not in allowed))]:
            infos.setdefault(info.name, info)
        for listing in finder.look(allowed):
            for info in self._list_server(listing):
                # Two servers of a kind may have a model of the same name.
                one = info if info.name not in infos else _name_by_address(info, listing.server)
                infos.setdefault(one.name, one)
        return list(infos.values())

    def _list_openai(self) -> list[EngineInfo]:
        """OpenAI itself, where there is a key for it; it is not asked what it has."""
        from rag.llm.finding import names_server

        if names_server(self._settings) or not self._settings.api_key:
            return []
        model = self._settings.model or ""
        name = f"{CHAT}:{model}" if model else CHAT
        server = Server(OPENAI)
        if self.is_local_only:
            return [replace(_refuse(server), name=name)]
        problem = None if model else "No model is named. Set DATELINE_MODEL."
        return [replace(self._describe(ServedModel(server, model), name), problem=problem)]

    def _list_server(self, listing: Listing) -> Iterator[EngineInfo]:
        named = self._is_named(listing.server)
        prefix = CHAT if named else listing.kind
        if listing.problem or not listing.models:
            # Nobody at a usual port is no news; nobody at an address that somebody gave is.
            if listing.is_there or named or listing.server.base_url in self.chosen().servers:
                nobody = ServedModel(listing.server, self._settings.model or "", listing.kind)
                problem = str(listing.problem or explain_missing(nobody, ()))
                name = prefix if named or listing.kind != CHAT else listing.server.base_url
                yield replace(self._describe(nobody, name), problem=problem)
            return
        for model in sorted(listing.models, key=lambda one: one.name != self._settings.model):
            by_address = prefix == CHAT and not named
            name = write_engine(model, by_address=by_address)
            yield self._describe(model, f"{prefix}:{model.name}" if not by_address else name)

    def _describe(self, model: ServedModel, name: str) -> EngineInfo:
        window, told = find_window(model, self._settings.window)
        problem = None
        if self.is_local_only and not model.is_local:
            problem = str(refuse_place(model.passes_to or model.server.host))
        return EngineInfo(
            name=name,
            where=model.where,
            problem=problem,
            server=begin_with(model.at),
            model=model.name or None,
            window=window,
            told=told,
            is_local=model.is_local,
        )

    def _is_named(self, server: Server) -> bool:
        from rag.llm.finding import names_server

        return names_server(self._settings) and server == self._open_finder().named_server()

    def find_model(self, name: str) -> ServedModel:
        """The model behind an engine's name; see `Finder.find` for what it raises."""
        return self._open_finder().find(read_engine(name))

    def open(self, name: str | None, embedder: Embedder | None, halt: Halt | None = None) -> Engine:
        """The engine of that name, or the one that is chosen. Raises what `find_model` raises."""
        name = name or self.name
        if name == quotes.NAME:
            return quotes.QuotesEngine(embedder, self._settings.confidence)
        return self._open_chat(name, embedder, halt or Halt())

    def _open_chat(self, name: str, embedder: Embedder | None, halt: Halt) -> ChatEngine:
        # LangChain and its OpenAI client take most of a second to import: only a model pays that.
        from rag.answer.chat import ChatEngine

        wanted = read_engine(name)
        model = self._open_finder().find(wanted)
        whole = write_engine(model, by_address=wanted.address is not None)
        if wanted.kind is not None:
            whole = f"{wanted.kind}:{model.name}"
        return ChatEngine(whole, model, self._settings, embedder, halt)

    def _open_finder(self) -> Finder:
        # The HTTP client takes its time to import as well.
        from rag.llm.finding import Finder

        with self._lock:
            if self._finder is None:
                self._finder = Finder(
                    self._settings, lambda: self.chosen().servers, lambda: self.is_local_only
                )
            return self._finder

    def _check_name(self, name: str) -> None:
        if name != quotes.NAME:
            read_engine(name)

    def _change(self, **changes: Any) -> None:
        """Remember a choice; it holds at once, also where it cannot be kept."""
        changed = replace(self.chosen(), **changes)
        with self._lock:
            self._chosen = changed
        if self._library is None:
            raise LibraryError(
                f"There is no library in {self._settings.home} to remember a choice in.",
                "`dateline index PATH` makes one from the articles in a folder.",
            )
        self._library.choices.write(changed)


def _refuse(server: Server) -> EngineInfo:
    """A server that may not even be asked what it has."""
    problem = str(refuse_place(server.host))
    name = CHAT if server.is_openai else server.base_url
    return EngineInfo(name, "", problem, server=server.address, is_local=False)


def _name_by_address(info: EngineInfo, server: Server) -> EngineInfo:
    return replace(info, name=f"{server.base_url}#{info.model}") if info.model else info
