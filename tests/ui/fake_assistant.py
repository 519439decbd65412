"""An assistant that answers from a script, for trying the page without a library."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from rag.assistant import EngineInfo, Overview
from rag.errors import DatelineError, ModelError, UsageError
from rag.settings import Settings
from rag.types import Answer, Article, Citation, Filters, Hit, Passage, Sentence

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
UNDATED = replace(
    FERRY, id="b1b2c3d4e5f6", title="Notes from the quay", outlet=None, author=None, published=None
)


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


HELD = Overview(2, 5, 1, ("Northern Wire", "The Skell Courier"), samples=False)


@dataclass
class FakeLibrary:
    change: int = 1

    def last_change(self) -> int:
        return self.change

    def date_range(self) -> tuple[date, date] | None:
        return date(2021, 3, 2), date(2024, 5, 4)


@dataclass
class FakeAssistant:
    """Answers with what its script holds for the engine, sentence by sentence."""

    settings: Settings = field(default_factory=lambda: Settings(home=Path("/nowhere")))
    library: FakeLibrary = field(default_factory=FakeLibrary)
    answers: dict[str, Answer | DatelineError] = field(
        default_factory=lambda: {"quotes": QUOTED, "openai:test-model": WRITTEN}
    )
    held: Overview = HELD
    #: Raised in place of the sentence of that number.
    breaks_at: int | None = None
    pause: float = 0.0
    earlier: list[str] = field(default_factory=list)
    asked: list[tuple[str, Filters | None, str | None]] = field(default_factory=list)

    def overview(self) -> Overview:
        return self.held

    def engines(self) -> Sequence[EngineInfo]:
        return [
            EngineInfo("quotes", "Answers in the articles' own sentences."),
            EngineInfo("openai:test-model", "The passages go to 127.0.0.1:9, on this machine."),
            EngineInfo("openai:gone", "To 127.0.0.1:8.", "The server does not answer."),
        ]

    def stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        engine: str | None = None,
        earlier: Sequence[Answer] = (),
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
            time.sleep(self.pause)
            known = {n for sentence in whole.sentences[:count] for n in sentence.citations}
            yield replace(
                whole,
                sentences=whole.sentences[:count],
                citations=tuple(each for each in whole.citations if each.n in known),
                notes=(),
            )
        time.sleep(self.pause)
        yield whole
