"""The nouns of the program: frozen, and free of any library.

Offsets are always counted in characters of `Article.text`, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

Check = Literal["quoted", "checked", "unsupported"]

#: What an answer says when the articles do not: shared by prompts, engines and tests.
REFUSAL = "The articles do not say."


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as read from a file, before the library has given it an id.

    `part` is its place in a file that holds several, as `place` shows it; `origins` says by field
    where a value comes from, and `warnings` what was found odd, each in a sentence.
    """

    file: str
    title: str
    text: str
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    updated: date | None = None
    url: str | None = None
    section: str | None = None
    language: str | None = None
    part: str = ""
    origins: dict[str, str] = field(default_factory=dict, hash=False)
    warnings: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Its file, and after “#” where in it: “exports/march.csv#17”, “saved.zip#a/b.html”."""
        return f"{self.file}#{self.part}" if self.part else self.file


@dataclass(frozen=True, slots=True)
class Article(Draft):
    """An article in the library; `id` stays the same when its file changes.

    `hash` is the SHA-256, in hexadecimal digits, of its text and of what is known about it.
    """

    id: str = ""
    hash: str = ""
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article, short enough for the embedder."""

    id: int
    article: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    `score` orders the hits, best first, and lies in 0..1; `bm25` (unbounded) and `cosine` (0..1, as
    all-MiniLM-L6-v2's would be, whichever embedder it is) are what the two legs gave, None where a
    leg did not find the passage. Their ranks are places
    among all that was proposed for the question, the best 1.
    """

    passage: Passage
    article: Article
    score: float
    bm25: float | None = None
    cosine: float | None = None
    bm25_rank: int | None = None
    cosine_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may be searched. Dates are inclusive; no outlets means all of them."""

    since: date | None = None
    until: date | None = None
    outlets: tuple[str, ...] = ()
    undated: bool = False

    @property
    def by_date(self) -> bool:
        return self.since is not None or self.until is not None


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article of the same story, which has the same words: no second source."""

    article: str
    title: str
    outlet: str | None = None
    published: date | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """One distinct stretch of one article: `text[start:end] == quote`, always.

    `hash` is the article's when it was cited: what it said then can be shown for ever. `also_in`
    are the copies of its story in which the quotation stands too.
    """

    n: int
    article: str
    title: str
    outlet: str | None
    author: str | None
    published: date | None
    url: str | None
    file: str
    quote: str
    start: int
    end: int
    updated: date | None = None
    hash: str = ""
    also_in: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer; `citations` are numbers of the answer's citations.

    `lead` introduces who reports it and when; `why` says what failed where `check` is
    "unsupported".
    """

    text: str
    citations: tuple[int, ...] = ()
    check: Check = "unsupported"
    why: str | None = None
    lead: str | None = None

    def __str__(self) -> str:
        body = f"“{self.text}”" if self.check == "quoted" else self.text
        markers = "".join(f"[{n}]" for n in self.citations)
        doubt = "[unsupported]" if self.check == "unsupported" else ""
        return " ".join(part for part in (self.lead, body, markers, doubt) if part)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question. A refusal has no sentences and no citations, only `hits`.

    `searched` is what a follow-up was completed to; None where it was searched for as it stands.
    `prompt` is the system and the user message that a model was given to answer; None where none
    was asked. `short` are the words of a citation's quote that answer, where a reader found them.
    """

    question: str
    engine: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    searched: str | None = None
    prompt: tuple[str, str] | None = field(default=None, repr=False)
    short: str | None = None

    @property
    def refused(self) -> bool:
        return not self.sentences

    @property
    def text(self) -> str:
        """The answer as plain text with its markers; led sentences stand on lines of their own."""
        if self.refused:
            return REFUSAL
        out = ""
        for sentence in self.sentences:
            gap = "" if not out else "\n" if sentence.lead else " "
            out += gap + str(sentence)
        return out

    def with_notes(self, *notes: str) -> Answer:
        return replace(self, notes=self.notes + notes)


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer in a briefing; `taken` are the places of its sentences that stand there.

    `heading` and `comment` are the analyst's, each "" where there is none. `added` is the day on
    which it was taken in, which counts as the day of access.
    """

    id: str
    answer: Answer
    taken: tuple[int, ...]
    added: date
    heading: str = ""
    comment: str = ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences that stand in the briefing, in the answer's order."""
        said = self.answer.sentences
        return tuple(said[place] for place in sorted(set(self.taken)) if place < len(said))


@dataclass(frozen=True, slots=True)
class Briefing:
    """Answers that were collected, in the order in which they are to be read."""

    id: str
    title: str
    created: datetime
    changed: datetime
    entries: tuple[Entry, ...] = ()
