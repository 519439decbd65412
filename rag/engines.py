"""What can answer here: the quotes engine and every model found; which is chosen, and by whom."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from rag.answer import quotes
from rag.answer.prompts import ANSWER, load_prompt
from rag.errors import LibraryError, UsageError
from rag.exam.report import Grade, Report
from rag.index.choices import Chosen, Examined
from rag.index.embedders import Embedder
from rag.index.generations import Generation
from rag.index.library import Library
from rag.llm.halt import Halt
from rag.llm.naming import MINILM, is_embedder_local, read_engine, write_engine
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
from rag.reader.reader import Reader
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
    in tokens, `told` whether its server says so. `is_local` is whether the words stay here;
    `exam` what the last exam of just this model found.
    """

    name: str
    where: str
    problem: str | None = None
    server: str | None = None
    model: str | None = None
    window: int | None = None
    told: bool = False
    is_local: bool = True
    exam: Report | None = None


#: What is said with each answer of a model that its exam found wanting.
WARNINGS: dict[Grade, str] = {
    "quotes only": "By its exam, this model's quotations can be trusted, not its own words.",
    "unsuitable": "By its exam, this model is unsuitable: check every sentence, or ask for quotes.",
}
NOT_THERE = "It is not there now. Start its server, or choose another."
QUOTES = EngineInfo(quotes.NAME, quotes.WHERE)


class Engines:
    """The engines of one home; safe to use from several threads.

    Without a `library` nothing is remembered. What flags and the environment say comes before what
    was chosen in the home.
    """

    def __init__(self, settings: Settings, library: Library | None = None) -> None:
        self._settings = settings
        self._library = library
        self._lock = threading.RLock()
        #: What could not be kept holds all the same, for as long as the program runs.
        self._unkept: dict[str, Any] = {}
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
        # Read anew each time: another page, or another process, may have chosen since.
        kept = self._library.choices.read() if self._library else Chosen()
        return replace(kept, **self._unkept)

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
        [listing] = self.open_finder().look([server])
        if listing.is_there:
            with self._lock:
                known = self.chosen().servers
                self._change(servers=(*(one for one in known if one != address), address))
        return listing

    def remove_server(self, typed: str) -> None:
        """Look there no more. Raises UsageError where the address was never added."""
        address = read_address(typed)
        with self._lock:
            known = self.chosen().servers
            if address not in known:
                listed = ", ".join(known) or "there is none"
                raise UsageError(f"{address} was not added.", f"Those that were: {listed}.")
            self._change(servers=tuple(one for one in known if one != address))

    def at_hand(self) -> list[EngineInfo]:
        """What is known without asking: the quotes engine, and OpenAI's where there is a key."""
        return [self._tell_embedder(info) for info in (QUOTES, *self._list_openai())]

    def find(self) -> list[EngineInfo]:
        """What can answer here, quotes first, then each model found, with where its words go.

        Asks every server at once, and waits a second or two at most for those on this machine.
        """
        finder = self.open_finder()
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
        found = list(infos.values())
        if find_info(found, self.name) is None:
            # What was chosen stays chosen, whatever has become of its server.
            found.append(self._describe_gone(self.name))
        return [self._tell_embedder(info) for info in found]

    def _describe_gone(self, name: str) -> EngineInfo:
        wanted = read_engine(name)
        place = Server(wanted.address or "") if wanted.address else None
        if place is not None and self.is_local_only and not place.is_local:
            return EngineInfo(name, "", str(refuse_place(place.host)), is_local=False)
        return EngineInfo(name, "", NOT_THERE)

    def _tell_embedder(self, info: EngineInfo) -> EngineInfo:
        """The same, with where the question goes to be searched, if that is not this program."""
        name = self._settings.embedder or self.chosen().embedder or MINILM
        if name == MINILM or info.problem:
            return info
        where = quotes.HOW if info.name == quotes.NAME else info.where
        searched = f"Each question goes to the embedder {name} as well, to be searched."
        stays = is_embedder_local(name, self._settings)
        return replace(info, where=f"{where} {searched}", is_local=info.is_local and stays)

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
                short = named or (listing.kind != CHAT and listing.server.is_local)
                name = prefix if short else listing.server.base_url
                if named and nobody.name:
                    name = f"{prefix}:{nobody.name}"
                yield replace(self._describe(nobody, name), problem=problem)
            return
        models = sorted(listing.models, key=lambda m: named and m.name != self._settings.model)
        for model in models:
            by_address = not named and (listing.kind == CHAT or not listing.server.is_local)
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
            exam=self.find_exam(model) if model.name else None,
        )

    def _is_named(self, server: Server) -> bool:
        from rag.llm.finding import names_server

        return names_server(self._settings) and server == self.open_finder().named_server()

    def find_model(self, name: str) -> ServedModel:
        """The model behind an engine's name; see `Finder.find` for what it raises."""
        return self.open_finder().find(read_engine(name))

    def open(
        self,
        name: str | None,
        embedder: Embedder | None,
        halt: Halt | None = None,
        reader: Reader | None = None,
    ) -> Engine:
        """The engine of that name, or the one that is chosen. Raises what `find_model` raises."""
        name = name or self.name
        if name == quotes.NAME:
            return quotes.QuotesEngine(embedder, self._settings.confidence, reader)
        return replace(self._open_chat(name, embedder, halt or Halt()), reader=reader)

    def examine(
        self,
        name: str,
        embedder: Embedder | None,
        *,
        on_progress: Callable[[int, int], None] = lambda _done, _of: None,
        halt: Halt | None = None,
    ) -> Report:
        """Examine a model, and remember what was found, unless it was stopped.

        Raises UsageError for the quotes engine, ModelError where the model only fails, and what
        `find_model` raises.
        """
        if name == quotes.NAME:
            raise UsageError(
                "The quotes engine is no model: there is nothing to examine.",
                "Name one, as in `dateline exam --engine ollama:MODEL`.",
            )
        from rag.exam.sitting import Examinee, run_exam

        model, halt = self.find_model(name), halt or Halt()
        examinee = Examinee.open(model, self._settings, embedder, halt)
        report = run_exam(
            examinee.say, embedder, budget=examinee.budget, on_progress=on_progress, halt=halt
        )
        if self._library is not None and not report.is_stopped:
            record = json.dumps(report.to_record())
            self._library.choices.keep_exam(_write_examined(model), record)
        return report

    def find_exam(self, model: ServedModel) -> Report | None:
        """What the last exam of just this model found, with the prompt that is used now."""
        if self._library is None:
            return None
        record = self._library.choices.exam(_write_examined(model))
        try:
            return Report.from_record(json.loads(record)) if record else None
        except (ValueError, RecursionError):
            # A damaged record is none: the exam can be taken again.
            return None

    def _open_chat(self, name: str, embedder: Embedder | None, halt: Halt) -> ChatEngine:
        # LangChain and its OpenAI client take most of a second to import: only a model pays that.
        from rag.answer.chat import ChatEngine

        wanted = read_engine(name)
        model = self.open_finder().find(wanted)
        whole = write_engine(model, by_address=wanted.address is not None)
        if wanted.kind is not None:
            whole = f"{wanted.kind}:{model.name}"
        exam = self.find_exam(model)
        warning = WARNINGS.get(exam.verdict.grade) if exam else None
        return ChatEngine(whole, model, self._settings, embedder, halt, warning)

    def open_finder(self) -> Finder:
        """Who looks at the model servers, for engines and embedders alike."""
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
        with self._lock:
            self._unkept |= changes
            if self._library is None:
                raise LibraryError(
                    f"There is no library in {self._settings.home} to remember a choice in.",
                    "`dateline index PATH` makes one from the articles in a folder.",
                )
            self._library.choices.change(**changes)
            for name in changes:
                del self._unkept[name]


def _write_examined(model: ServedModel) -> Examined:
    """What an exam is kept under: another prompt, or other weights, are another exam."""
    prompt = load_prompt(ANSWER)
    text = f"{prompt.name}\n{prompt.system}\n{prompt.user}"
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    place = f"{model.kind} {model.server.address}"
    return Examined(place, model.name, model.identity, f"{prompt.name} {digest}")


def _refuse(server: Server) -> EngineInfo:
    """A server that may not even be asked what it has."""
    problem = str(refuse_place(server.host))
    name = CHAT if server.is_openai else server.base_url
    return EngineInfo(name, "", problem, server=server.address, is_local=False)


def _name_by_address(info: EngineInfo, server: Server) -> EngineInfo:
    return replace(info, name=f"{server.base_url}#{info.model}") if info.model else info


def find_info(infos: Sequence[EngineInfo], name: str) -> EngineInfo | None:
    """The engine that a name means: `ollama` alone is the first model that Ollama lists."""
    for info in infos:
        if info.name in (name, f"{name}:latest"):
            return info
    if ":" in name:
        return None
    found = [one for one in infos if one.model and one.name.startswith(f"{name}:")]
    return next((one for one in found if one.is_local), found[0] if found else None)
