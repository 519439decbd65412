"""A page of the program's own drawings with payloads in every text that they can be given.

It is what hardly any library brings about: every note, reason and suggestion a payload at once.
`dateline serve` does not have it; a test starts it by `rag.ui.launch`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from payloads import list_payloads

from rag.assistant import Overview
from rag.engines import EngineInfo
from rag.errors import DatelineError
from rag.exam.report import Report, Speed, Verdict
from rag.index.briefings import BriefingInfo, RemovedEntry
from rag.index.chats import ChatInfo
from rag.index.choices import Chosen
from rag.index.removal import RemovedArticle
from rag.index.run import IndexReport
from rag.index.shelf_list import Noted
from rag.index.sources import PassedOver
from rag.ingest.files import Skipped
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
from rag.ui import models, shelf
from rag.ui.briefing_view import draw_briefing, draw_briefings, draw_missing
from rag.ui.catalogue import Leaf, Opened
from rag.ui.chat import Exchange
from rag.ui.component import draw, draw_shared
from rag.ui.exams import ExamJob
from rag.ui.jobs import Job
from rag.ui.library_view import Told, View, draw_library, draw_set_aside
from rag.ui.view import draw_briefed, draw_exchange
from rag.ui.words import Json

NOON = datetime(2024, 5, 4, 12, tzinfo=UTC)
CANARY = os.environ["CANARY"]


def write(surface: str) -> str:
    return " · ".join(list_payloads(CANARY, surface).values())


def make_article(text: str) -> Article:
    return Article(
        file=write("file"),
        title=write("title"),
        text=text,
        outlet=write("outlet"),
        author=write("author"),
        published=date(2024, 5, 4),
        url=write("url"),
        id="a",
        passages=1,
    )


def make_citation() -> Citation:
    article = make_article("")
    return Citation(
        1, "a", article.title, article.outlet, article.author, article.published, article.url,
        article.file, write("quote"), 0, 1,
    )  # fmt: skip


def make_answer() -> Answer:
    sentences = (
        Sentence(write("quoted"), (1,), "quoted", None, write("lead")),
        Sentence(write("checked"), (1,), "checked"),
        Sentence(write("unsupported"), (), "unsupported", write("why")),
    )
    text = write("passage")
    hit = Hit(Passage(1, "a", 0, len(text), text), make_article(text), 0.5, 1.0, 0.5, 1, 1)
    notes = tuple(list_payloads(CANARY, "note").values())
    prompt = (write("system"), write("user"))
    return Answer(
        write("asked"), write("engine"), sentences, (make_citation(),), (hit,), notes,
        {"answer": 1.0}, write("searched"), prompt,
    )  # fmt: skip


def make_refusal() -> Answer:
    answer = make_answer()
    return replace(answer, sentences=(), citations=())


def make_exchange(answer: Answer | None) -> Exchange:
    exchange = Exchange(write("question"), Filters(outlets=(write("scope"),)), "openai:x", "done")
    exchange.answer = answer
    exchange.problem = DatelineError(write("problem"), write("hint"))
    return exchange


def make_job() -> Job:
    skipped = tuple(Skipped(write(f"file-{n}"), write(f"reason-{n}")) for n in range(5))
    job = Job("", report=IndexReport(skipped=skipped), note=write("job-note"))
    job.is_over.set()
    return job


def draw_poisoned_library() -> Json:
    """A list of one article, which is opened."""
    warned = replace(make_article(write("passage")), warnings=(write("warning"),))
    article = replace(warned, title=write("listed"), origins={"outlet": write("fact")})
    filled = dict.fromkeys(("section", "language"), write("filled"))
    read = {name: write(f"read-{n}") for n, name in enumerate(filled)}
    noted = Noted(NOON, tuple(write(f"place-{n}") for n in range(2)), filled, read)
    gone = RemovedArticle("c", write("undo"), None, None, "", NOON)
    drawn = draw_library(
        View(opened="a"),
        Leaf((article,), 0, 1, {"a": 1}),
        opened=Opened(article, noted, (replace(make_article(""), id="d", title=write("copy")),)),
        told=Told("a", write("said"), {"title": DatelineError(write("fault"))}),
        outlets=[write("outlet")],
        undo=[gone],
    )
    return drawn | {"handled": {"page": "", "seq": 0}}


def draw_poisoned_rest() -> Json:
    removed = RemovedArticle("b", write("removed"), None, None, "", NOON)
    skipped = [PassedOver(write(f"passed-{n}"), write("passed-over"), NOON) for n in range(5)]
    return draw_set_aside(skipped, [removed], Path("home"))


def make_engine() -> EngineInfo:
    verdict = Verdict("quotes only", (write("exam-reason"),))
    speed = Speed(1.0, 2.0, 3.0)
    report = Report(verdict, (), speed, date(2024, 5, 4), 1, notes=(write("exam-note"),))
    server = write("serving")
    return EngineInfo("x", write("where"), server=server, model="m", window=4096, exam=report)


def make_exam_job() -> ExamJob:
    job = ExamJob("x", problem=DatelineError(write("exam-problem")))
    job.is_over.set()
    return job


def make_briefing() -> Briefing:
    """One entry with all its sentences in it, and one with two of them left out."""
    answer = replace(make_answer(), question=write("brief-question"))
    added = date(2024, 5, 4)
    entries = (
        Entry("e1", answer, (0, 1, 2), added, write("brief-heading"), write("brief-comment")),
        Entry("e2", answer, (0,), added),
    )
    return Briefing("b1", write("brief-title"), NOON, NOON, entries)


def draw_whole_briefing() -> Json:
    gone = Entry("e3", make_answer(), (), date(2024, 5, 4), write("brief-removed"))
    drawn = draw_briefing(
        make_briefing(),
        removed=RemovedEntry("b1", 0, gone),
        problem=DatelineError(write("brief-problem"), write("brief-hint")),
    )
    return drawn | {"handled": {"page": "", "seq": 0}}


def draw_all() -> None:
    draw_shared()
    overview = Overview(1, 1, 0, (), False)
    suggested = list(list_payloads(CANARY, "suggestion").values())
    drawn = {
        "welcome": shelf.draw_welcome(overview, suggested),
        "failure": shelf.draw_failure(DatelineError(write("failure"), write("mend"))),
        "notice": shelf.draw_notice(DatelineError(write("notice"), f"`{write('code')}`")),
        "unkept": shelf.draw_unkept(DatelineError(write("unkept"))),
        "engine": models.draw_engine(make_engine(), make_exam_job()),
        "trouble": models.draw_engine(EngineInfo("x", "", write("trouble")), None),
        "servers": models.draw_servers(Chosen(servers=(write("server"),)), looking=False),
        "invitation": shelf.draw_invitation(write("home")),
        "chats": shelf.draw_chats(
            [ChatInfo("a", write("chat"), NOON, NOON, 1)],
            NOON,
            opened="a",
            deleted=write("deleted"),
        ),
        "briefings": draw_briefings(
            [BriefingInfo("b1", write("brief-listed"), NOON, NOON, 1)],
            opened="b1",
            deleted=write("brief-deleted"),
        ),
        "missing": draw_missing(DatelineError(write("brief-missing"))),
        "briefing": draw_whole_briefing(),
        "job": shelf.draw_job(make_job()),
        "library": draw_poisoned_library(),
        "set-aside": draw_poisoned_rest(),
        "whole": draw_exchange(make_exchange(make_answer()), explained=True),
        "refused": draw_exchange(make_exchange(make_refusal())),
        "unbriefed": draw_exchange(
            make_exchange(make_answer()),
            briefed=draw_briefed(None, DatelineError(write("unbriefed"))),
        ),
    }
    for key, data in drawn.items():
        draw(data, key)


draw_all()
