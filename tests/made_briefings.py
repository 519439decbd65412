"""Briefings over articles that exist only here, and the library that holds those articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from rag.answer.citing import Citations, lead_in
from rag.answer.introducing import Introductions
from rag.errors import UsageError
from rag.index.articles import hash_draft
from rag.index.frozen import Standing
from rag.types import Answer, Article, Briefing, Copy, Entry, Sentence, Span

CREATED = datetime(2026, 11, 20, 9, tzinfo=UTC)
CHANGED = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADDED = date(2026, 11, 21)


def make_article(text: str, **changes: object) -> Article:
    """An article with the hash and the id that the library would give it."""
    given: dict[str, object] = {
        "file": "/home/ada/articles/envoy.md",
        "title": "Envoy presses the neighbours",
        "text": text,
        "outlet": "Example Wire",
        "author": "Ada Writer and Bo Sample",
        "published": date(2022, 3, 13),
        "url": "https://example.com/the_envoy?a=1&b=2",
    } | changes
    article = Article(**given)  # type: ignore[arg-type]
    digits = hash_draft(article)
    return replace(article, hash=digits, id=digits[:12])


ENVOY = make_article(
    "The envoy Mina Calder flew to Port Ellery on Monday.\n\nCalder telephoned her counterpart"
    " Jonas Weir on March 10. “We stay,” she said, “and talk.” He called it “a good day.”\n\n"
    "The ministry counted 11 launches since January."
)
FERRY = make_article(
    "The ferry sank off Tarn Point with 40 people aboard. All of them were saved.",
    title="Ferry sinks; who pays?",
    outlet="Harbor Ledger",
    author=None,
    published=None,
    url=None,
    file="/home/ada/articles/ferry.md",
)
ARABIC = make_article(
    "وصل المبعوث إلى الميناء يوم الاثنين. قالت إن المحادثات مستمرة.",
    title="وصل المبعوث",
    outlet="الشرق",
    author="ليلى",
)

SPOKEN = make_article(
    'The envoy Sung Kim said the road was open. "Families deserve answers," she said.\n\n'
    "The road was closed on Friday.\n\n“They have waited for years,” she said. “Nobody listened.”"
    "\n\nHer deputy Jonas Weir left early.",
    title="Envoy speaks",
    outlet="Specimen Bay Herald",
)


@dataclass(frozen=True, slots=True)
class FakeFrozen:
    """A library's cited articles; `standing` is what became of every one of them."""

    articles: tuple[Article, ...] = (ENVOY, FERRY, ARABIC, SPOKEN)
    standing: Standing = "unchanged"

    def find(self, hash: str) -> Article | None:  # noqa: A002 (its name everywhere)
        found = [article for article in self.articles if article.hash.startswith(hash)]
        if len(found) > 1:
            raise UsageError(f"More than one hash begins with “{hash}”.", "Give more of it.")
        return found[0] if found else None

    def stand(self, article: Article) -> Standing:
        return self.standing


def place(article: Article, quote: str) -> Span:
    start = article.text.index(quote)
    return Span(start, start + len(quote))


def make_answer(
    *said: tuple[str, Article, str] | Sentence, question: str = "What did the envoy do?"
) -> Answer:
    """An answer of sentences, each with its article and what it quotes of that.

    Where the two are the same it is a quotation, introduced where the article is another one.
    """
    citations, sentences = Citations(), list[Sentence]()
    last = None
    for one in said:
        if isinstance(one, Sentence):
            sentences.append(one)
            continue
        text, article, quote = one
        number = citations.cite(article, place(article, quote))
        quoted = text == quote
        lead = lead_in(article) if quoted and article is not last else None
        check = "quoted" if quoted else "checked"
        sentences.append(Sentence(text, (number,), check, lead=lead))  # type: ignore[arg-type]
        last = article
    return Answer(question, "quotes", tuple(sentences), citations.list())


def make_briefing(*entries: Entry, title: str = "Launches this week") -> Briefing:
    return Briefing("b" * 32, title, CREATED, CHANGED, entries)


def make_entry(answer: Answer, taken: Iterable[int] | None = None, **changes: str) -> Entry:
    chosen = tuple(range(len(answer.sentences)) if taken is None else taken)
    return Entry("e" * 32, answer, chosen, ADDED, **changes)


FLEW = "The envoy Mina Calder flew to Port Ellery on Monday."
PHONED = "Calder telephoned her counterpart Jonas Weir on March 10."
STAY = "“We stay,” she said, “and talk.”"
COUNTED = "The ministry counted 11 launches since January."
SANK = "The ferry sank off Tarn Point with 40 people aboard."
SAVED = "All of them were saved."
ARRIVED = "وصل المبعوث إلى الميناء يوم الاثنين."
PROSE = "Calder telephoned Jonas Weir, who called it “a good day.”"
DOUBTED = Sentence("Nobody knew of it.", (), "unsupported", "It names no source.")
MISCOUNTED = Sentence(
    "The ministry counted 12 launches since January.",
    (4,),
    "unsupported",
    "The number 12 does not stand in what it cites.",
)

ANSWER = make_answer(
    (FLEW, ENVOY, FLEW),
    (STAY, ENVOY, STAY),
    (PROSE, ENVOY, PHONED),
    DOUBTED,
    (COUNTED, ENVOY, COUNTED),
    MISCOUNTED,
)
SECOND = make_answer((SANK, FERRY, SANK), (SAVED, FERRY, SAVED), (ARRIVED, ARABIC, ARRIVED))
BRIEFING = make_briefing(
    make_entry(ANSWER, heading="The envoy’s trip", comment="My own view.\n\n- wait & *see*"),
    make_entry(SECOND),
)

ANSWERS = '"Families deserve answers," she said.'
CLOSED = "The road was closed on Friday."
WAITED = "“They have waited for years,” she said."
LISTENED = "“Nobody listened.”"
#: Where a story also stands: more of them than are named.
COPIES = tuple(
    Copy(f"{n}" * 12, f"“Envoy” speaks; road {n}", outlet, day)
    for n, (outlet, day) in enumerate(
        (("Northern Wire", date(2022, 3, 14)), (None, None), ("الشرق", date(2022, 3, 15)))
    )
)


def make_spoken() -> Answer:
    """An answer of quotations alone, led in as the quotes engine does, of a story with copies."""
    citations, introductions = Citations(), Introductions()
    sentences: list[Sentence] = []
    for quote in (ANSWERS, CLOSED, WAITED, LISTENED):
        span = place(SPOKEN, quote)
        number = citations.cite(SPOKEN, span)
        lead = introductions.introduce(SPOKEN, span)
        sentences.append(Sentence(quote, (number,), "quoted", lead=lead))
    also = (COPIES, (*COPIES, *COPIES), COPIES[:1], ())
    cited = [replace(one, also_in=those) for one, those in zip(citations.list(), also, strict=True)]
    return Answer("What did the envoy say?", "quotes", tuple(sentences), tuple(cited))


#: Its sentences say who speaks, quote quotations, and stand in other papers too.
LED = make_briefing(make_entry(make_spoken()))
