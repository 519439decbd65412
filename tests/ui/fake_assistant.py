"""An assistant that answers from a script, for trying the page without a library."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from rag.assistant import Assistant, Overview
from rag.embedders import EmbedderInfo
from rag.engines import EngineInfo
from rag.errors import DatelineError, ModelError, UsageError
from rag.index.apart import Apart
from rag.index.articles import hash_draft
from rag.index.briefings import Briefings
from rag.index.chats import Chats
from rag.index.choices import Chosen
from rag.index.frozen import Frozen
from rag.index.removal import RemovedArticle, Restored
from rag.index.run import IndexReport, Progress
from rag.index.schema import prepare
from rag.ingest.files import Skipped
from rag.llm.halt import Halt
from rag.llm.probing import Listing, NobodyThere
from rag.llm.server import Server, read_address
from rag.settings import Settings
from rag.swapping import Swap
from rag.types import (
    Answer,
    Article,
    Briefing,
    Citation,
    Entry,
    Filters,
    Hit,
    Passage,
    Sentence,
)

Part = TypeVar("Part", bound=Apart)

TEXT = (
    "The ferry to Skell Island returned on 4 May after eleven weeks. “We are tired of waiting for"
    " boats,” said harbour master Ines Aldana. The council paid 1.2 million crowns for the engine."
)
FERRY = Article(
    file="/press/ferry.md",
    title="Ferry returns to Skell Island",
    text=TEXT,
    outlet="The Skell Courier",
    author="Mara Quist",
    published=date(2024, 5, 4),
    url="https://skell-courier.example/ferry",
    id="a1b2c3d4e5f6",
    passages=1,
)
FERRY = replace(FERRY, hash=hash_draft(FERRY))
UNDATED = replace(
    FERRY, id="b1b2c3d4e5f6", title="Notes from the quay", outlet=None, author=None, published=None
)
UNDATED = replace(UNDATED, hash=hash_draft(UNDATED))


def cite(n: int, quote: str, article: Article = FERRY) -> Citation:
    start = article.text.index(quote)
    return Citation(
        n=n,
        article=article.id,
        title=article.title,
        outlet=article.outlet,
        author=article.author,
        published=article.published,
        url=article.url,
        file=article.file,
        quote=quote,
        start=start,
        end=start + len(quote),
        hash=article.hash,
    )


def find(article: Article = FERRY) -> Hit:
    passage = Passage(1, article.id, 0, len(article.text), article.text)
    return Hit(passage, article, 0.7, bm25=2.0, cosine=0.4)


RETURNED = "The ferry to Skell Island returned on 4 May after eleven weeks."
PAID = "The council paid 1.2 million crowns for the engine."
SECONDS = {"retrieve": 0.02, "answer": 0.05}
QUOTED = Answer(
    "",
    "quotes",
    sentences=(
        Sentence(RETURNED, (1,), "quoted", lead="The Skell Courier, 4 May 2024:"),
        Sentence(PAID, (2,), "quoted", lead="Notes from the quay, undated:"),
    ),
    citations=(cite(1, RETURNED), cite(2, PAID, UNDATED)),
    hits=(find(),),
    seconds=SECONDS,
)
WRITTEN = Answer(
    "",
    "openai:test-model",
    sentences=(
        Sentence("The ferry came back on 4 May, the Courier reports.", (1,), "checked"),
        Sentence("The engine cost the council 1.2 million crowns.", (2,), "checked"),
        Sentence(
            "It carries 900 passengers.",
            (2,),
            "unsupported",
            "The number 900 does not stand in the passage it cites.",
        ),
        Sentence("We are tired of waiting for boats,", (3,), "quoted"),
    ),
    citations=(cite(1, RETURNED), cite(2, PAID), cite(3, "We are tired of waiting for boats,")),
    hits=(find(),),
    notes=("The model read 1 of 2 passages.",),
    seconds=SECONDS,
)
REFUSED = Answer(
    "",
    "quotes",
    hits=(find(), find(UNDATED)),
    notes=("“Atlantis” stands in no article.",),
    seconds=SECONDS,
)
BROKEN = ModelError(
    "The model server at 127.0.0.1:9 cannot be reached, or it broke off.",
    "Start it, or correct the address.",
)


HELD = Overview(
    2,
    5,
    1,
    ("Northern Wire", "The Skell Courier"),
    samples=False,
    days=((date(2021, 3, 2), 1), (date(2024, 5, 4), 1)),
)


def open_in_memory(part: type[Part]) -> Part:
    """What is kept for as long as the test lasts."""
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    prepare(db, Path("memory"))
    return part(db, Path("memory"))


@dataclass
class FakeLibrary:
    change: int = 1
    chats: Chats = field(default_factory=lambda: open_in_memory(Chats))
    briefings: Briefings = field(default_factory=lambda: open_in_memory(Briefings))
    frozen: Frozen = field(default_factory=lambda: open_in_memory(Frozen))
    held: list[Article] = field(default_factory=lambda: [FERRY, UNDATED])
    gone: list[RemovedArticle] = field(default_factory=list)

    def last_change(self) -> int:
        return self.change


@dataclass
class FakeEngines:
    """The engines that a page may choose."""

    name: str = "quotes"
    found: list[EngineInfo] = field(
        default_factory=lambda: [
            EngineInfo("quotes", "Answers in the articles' own sentences."),
            EngineInfo(
                "openai:test-model",
                "The passages go to 127.0.0.1:9, on this machine.",
                model="test-model",
            ),
            EngineInfo(
                "openai:gone", "To 127.0.0.1:8.", "The server does not answer.", model="gone"
            ),
        ]
    )

    kept: Chosen = field(default_factory=Chosen)
    is_local_only: bool = False
    is_local_fixed: bool = False

    def find(self) -> list[EngineInfo]:
        return self.found

    def at_hand(self) -> list[EngineInfo]:
        return self.found

    def chosen(self) -> Chosen:
        return self.kept

    def choose(self, name: str) -> None:
        self.name = name

    def set_local_only(self, on: bool) -> None:
        self.is_local_only = on

    def add_server(self, typed: str) -> Listing:
        server = Server(read_address(typed))
        if server.host == "nobody.example":
            return Listing(server, problem=NobodyThere("Nobody answers.", "Start it."))
        self.kept = replace(self.kept, servers=(*self.kept.servers, server.base_url))
        return Listing(server)

    def remove_server(self, address: str) -> None:
        self.kept = replace(
            self.kept, servers=tuple(one for one in self.kept.servers if one != address)
        )


@dataclass
class FakeAssistant:
    """Answers with what its script holds for the engine, sentence by sentence."""

    settings: Settings = field(default_factory=lambda: Settings(home=Path("/nowhere")))
    library: FakeLibrary = field(default_factory=FakeLibrary)
    engines: FakeEngines = field(default_factory=FakeEngines)
    answers: dict[str, Answer | DatelineError] = field(
        default_factory=lambda: {"quotes": QUOTED, "openai:test-model": WRITTEN}
    )
    held: Overview = HELD
    #: Raised in place of the sentence of that number.
    breaks_at: int | None = None
    #: Seconds before each sentence, and what each waits for besides.
    pause: float = 0.0
    steps: threading.Semaphore | None = None
    suggested: list[str] = field(default_factory=lambda: ["When did the ferry return?"])
    problem: DatelineError | None = None
    earlier: list[str] = field(default_factory=list)
    asked: list[tuple[str, Filters | None, str | None]] = field(default_factory=list)
    added: list[tuple[str, bytes]] = field(default_factory=list)
    embedding: list[EmbedderInfo] = field(
        default_factory=lambda: [
            EmbedderInfo("minilm", "Nothing leaves this machine.", in_use=True),
            EmbedderInfo("ollama:nomic", "To 127.0.0.1:9, on this machine."),
        ]
    )
    planned: list[str] = field(default_factory=list)
    swapped: list[str] = field(default_factory=list)

    def embedders(self) -> list[EmbedderInfo]:
        return self.embedding

    def plan_swap(self, name: str) -> Swap:
        self.planned.append(name)
        return Swap(name, 2, 5, "Each text goes to 127.0.0.1:9, on this machine.")

    def swap_embedder(self, name: str, on_progress: Callable[[Progress], None]) -> int:
        if self.problem:
            raise self.problem
        on_progress(Progress(2, 2, 5))
        self.swapped.append(name)
        self.embedding = [replace(one, in_use=one.name == name) for one in self.embedding]
        return 5

    def suggest(self, count: int = 4) -> list[str]:
        return self.suggested[:count]

    def show(self, article: str) -> Article:
        for one in self.library.held:
            if one.id == article:
                return one
        raise UsageError(f"No article has the id “{article}”.", "`dateline articles` lists them.")

    def add(
        self, files: Sequence[tuple[str, bytes]], on_progress: Callable[[Progress], None]
    ) -> IndexReport:
        if self.problem:
            raise self.problem
        on_progress(Progress(0, len(files), 0))
        self.added += files
        self.library.change += 1
        skipped = tuple(Skipped(name, "it is empty") for name, data in files if not data)
        return IndexReport(added=len(files) - len(skipped), skipped=skipped)

    def remove(self, article: str) -> None:
        found = self.show(article)
        self.library.held.remove(found)
        self.library.gone.append(
            RemovedArticle(
                found.id, found.title, found.outlet, found.published, found.file, datetime.now(UTC)
            )
        )
        self.library.change += 1

    def restore(self, article: str) -> Restored:
        self.library.gone.clear()
        self.library.held.append(FERRY)
        self.library.change += 1
        return Restored(article, FERRY.title)

    def overview(self) -> Overview:
        return self.held

    def freeze(self, answer: Answer) -> None:
        Assistant.freeze(self, answer)  # type: ignore[arg-type]

    def brief(self, answer: Answer, briefing: str | None = None) -> tuple[Briefing, Entry]:
        return Assistant.brief(self, answer, briefing)  # type: ignore[arg-type]

    def stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        engine: str | None = None,
        earlier: Sequence[Answer] = (),
        halt: Halt | None = None,
    ) -> Iterator[Answer]:
        self.asked.append((question, filters, engine))
        self.earlier = [answer.question for answer in earlier]
        if not question.strip():
            raise UsageError("The question is empty.", "Type one.")
        found = self.answers[engine or "quotes"]
        if isinstance(found, DatelineError):
            raise found
        whole = replace(found, question=question)
        for count in range(1, len(whole.sentences)):
            if count == self.breaks_at:
                raise BROKEN
            self._wait()
            known = {n for sentence in whole.sentences[:count] for n in sentence.citations}
            yield replace(
                whole,
                sentences=whole.sentences[:count],
                citations=tuple(each for each in whole.citations if each.n in known),
                notes=(),
            )
        self._wait()
        yield whole

    def _wait(self) -> None:
        time.sleep(self.pause)
        if self.steps is not None:
            assert self.steps.acquire(timeout=30)
