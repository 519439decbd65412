"""The embedders that can be chosen: their names, where each one's words go, and what is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.errors import NotLocal, UsageError
from rag.llm.naming import MINILM as MINILM
from rag.llm.naming import Wanted, read_engine, write_engine
from rag.llm.server import OPENAI, ServedModel, Server, refuse_place
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.llm.finding import Finder
    from rag.llm.probing import Listing

AT_HOME = "Nothing leaves this machine."
#: The model that is offered of OpenAI itself, which is not asked what it has.
OPENAI_MODEL = "text-embedding-3-small"


@dataclass(frozen=True, slots=True)
class EmbedderInfo:
    """An embedder that can be chosen; `problem` says why it cannot be used now.

    `where` says where articles and questions go; `dimension` is known of the one in use.
    """

    name: str
    where: str
    problem: str | None = None
    is_local: bool = True
    in_use: bool = False
    dimension: int | None = None


def list_served(settings: Settings, finder: Finder, *, local_only: bool) -> Iterator[EmbedderInfo]:
    """The embedding models of every server that may be asked, all asked at once."""
    from rag.llm.finding import names_server

    if not names_server(settings) and settings.api_key:
        model = ServedModel(Server(OPENAI, settings.api_key), OPENAI_MODEL)
        yield describe(model, f"openai:{OPENAI_MODEL}", local_only=local_only)
    allowed = [one for one in finder.servers() if one.is_local or not local_only]
    named = finder.named_server() if names_server(settings) else None
    taken: set[str] = set()
    for listing in finder.look(allowed):
        for model in listing.embedders:
            name = f"openai:{model.name}" if listing.server == named else _name(model, listing)
            # Two servers of a kind may have a model of the same name.
            name = write_engine(model, by_address=True) if name in taken else name
            taken.add(name)
            yield describe(model, name, local_only=local_only)


def _name(model: ServedModel, listing: Listing) -> str:
    elsewhere = not listing.server.is_local
    return write_engine(model, by_address=elsewhere or listing.kind == "openai")


def describe(model: ServedModel, name: str, *, local_only: bool) -> EmbedderInfo:
    """An embedder with where its words go, and whether that is forbidden."""
    problem = None
    try:
        check_place(model, local_only=local_only)
    except NotLocal as error:
        problem = str(error)
    return EmbedderInfo(name, write_where(model), problem, model.is_local)


def check_place(model: ServedModel, *, local_only: bool) -> None:
    """Raise NotLocal where the words would leave this machine and may not."""
    if local_only and not model.is_local:
        raise name_way_back(refuse_place(model.passes_to or model.server.host))


def read_embedder(name: str) -> Wanted:
    """A served embedder's name, taken apart. Raises UsageError where it is none."""
    usage = (
        "Use minilm, ollama:MODEL, openai:MODEL, or an address as in"
        " http://127.0.0.1:9000/v1#MODEL."
    )
    try:
        wanted = read_engine(name)
    except UsageError as error:
        if "engine" not in error.problem:
            # An address that is none.
            raise
        raise UsageError(f"There is no embedder “{name}”.", usage) from error
    if wanted.model is None:
        raise UsageError(f"“{name}” does not say which model is to embed.", usage)
    return replace(wanted, embeds=True)


def write_where(model: ServedModel) -> str:
    """One line: where the articles' texts go, and the questions after them."""
    sent = "Every article's text, and then each question,"
    if not model.server.is_local:
        return f"{sent} is sent to {model.server.host}."
    here = f"{sent} goes to {model.server.address}, on this machine"
    return f"{here}, which sends it on to {model.passes_to}." if model.passes_to else f"{here}."


def name_way_back(error: NotLocal) -> NotLocal:
    return NotLocal(
        error.problem,
        "Choose an embedder that runs here (`dateline index --rebuild --embedder minilm`), or turn"
        " it off (DATELINE_LOCAL_ONLY=0).",
    )
