"""What stands around the answers: the library, the list of chats, first words and bad news."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from rag.answer.dates import write_date
from rag.contract import write_path
from rag.errors import DatelineError
from rag.index.chats import ChatInfo
from rag.index.run import IndexReport
from rag.ingest.formats import READ
from rag.text import write_count
from rag.types import Filters
from rag.ui.coverage import Bar, count_bars
from rag.ui.desk import MAX_LISTED
from rag.ui.words import Json, draw_problem, split_code
from rag.written import write_progress

if TYPE_CHECKING:
    from rag.assistant import Overview
    from rag.ui.jobs import Job

#: Reasons that a report gives, and files that it names for each; the rest are counted.
MAX_NAMED = 5


def draw_name() -> Json:
    """The program's name, over the sidebar."""
    return {"kind": "name", "name": "Dateline", "motto": "Answers with their sources"}


def draw_chats(
    chats: Sequence[ChatInfo],
    now: datetime,
    *,
    opened: str,
    containing: str = "",
    deleted: str | None = None,
) -> Json:
    """The chats, the one that is `opened` marked; `deleted` is the title of one to bring back."""
    return {
        "kind": "chats",
        "chats": [
            {"id": chat.id, "title": chat.title, "when": _write_when(chat.changed, now)}
            for chat in chats[:MAX_LISTED]
        ],
        "opened": opened,
        "containing": containing,
        "more": len(chats) > MAX_LISTED,
        "deleted": deleted,
    }


def draw_coverage(overview: Overview, filters: Filters) -> Json:
    """How much can be asked, and of what time; the bars within `filters` stand out."""
    counts = [(overview.articles, "article"), (overview.passages, "passage")]
    lines = [write_count(number, noun) for number, noun in counts]
    if overview.undated:
        lines.append(f"{overview.undated:,} undated")
    bars = count_bars(overview.days)
    return {
        "kind": "coverage",
        "lines": lines,
        "bars": [_draw_bar(bar, filters) for bar in bars],
        "ends": [write_date(day) for day, _ in (overview.days[:1] + overview.days[-1:])],
        "filtered": filters.by_date,
    }


def draw_job(job: Job) -> Json:
    """A change of the library: how far it is, or what came of it."""
    running = not job.is_over.is_set()
    progress = job.progress
    share = progress.share if progress and progress.total else None
    return {
        "kind": "job",
        "what": job.what if running else None,
        "share": share if running else None,
        "far": write_progress(progress, job.noun) if running and progress else None,
        "over": not running,
        "lines": list(_describe_outcome(job)),
        "problem": draw_problem(job.problem) if job.problem else None,
    }


def draw_samples(*, only: bool = True) -> Json:
    """The banner over the samples, `only` where there is nothing else."""
    are = "These are" if only else "Among these articles there are"
    return {
        "kind": "banner",
        "parts": split_code(
            f"{are} sample articles, written for this program, from outlets that do not exist."
            " To ask your own alone: `make run ARTICLES=DIR`, or `dateline serve DIR --home HOME`."
        ),
    }


def draw_unkept(error: DatelineError, *, sources: bool = False) -> Json:
    """Said over a chat that cannot be kept, or whose `sources` alone cannot."""
    said = "This chat is not kept"
    if sources:
        said = "This chat is kept, but the articles that it cites are not, as they are now"
    return {"kind": "banner", "parts": split_code(f"{said}: {error.problem} {error.hint}")}


def draw_notice(error: DatelineError) -> Json:
    """Something that did not work out, over a page that works."""
    return {"kind": "notice", **draw_problem(error)}


def draw_welcome(overview: Overview, suggestions: Sequence[str]) -> Json:
    """What the page says before the first question, with questions that it can answer."""
    articles = write_count(overview.articles, "article")
    return {
        "kind": "welcome",
        "title": "Ask the articles",
        "parts": split_code(
            f"The library holds {articles}. Each sentence of an answer carries the passage that it"
            " rests on, and what the articles do not bear out is marked as such."
        ),
        "suggestions": list(suggestions),
    }


def draw_invitation(home: str) -> Json:
    """What the page says while there is nothing to ask."""
    parts = f"Drop articles ({READ}) on the field below, or give Dateline a folder: "
    return {
        "kind": "welcome",
        "title": "No articles yet",
        # The home is a path, which may hold anything: it is never read for backticks.
        "parts": [
            {"text": parts, "code": False},
            {"text": f"dateline index DIR --home {shlex.quote(home)}", "code": True},
        ],
        "suggestions": [],
    }


def draw_failure(error: DatelineError) -> Json:
    """The whole page, where the library cannot be opened."""
    return {"kind": "failure", "title": "The library cannot be opened", **draw_problem(error)}


def _draw_bar(bar: Bar, filters: Filters) -> Json:
    within = (filters.since is None or filters.since <= bar.last) and (
        filters.until is None or bar.first <= filters.until
    )
    return {
        "label": bar.label,
        "articles": bar.articles,
        "first": bar.first.isoformat(),
        "last": bar.last.isoformat(),
        "within": within,
    }


def _write_when(changed: datetime, now: datetime) -> str:
    """“14:05”, “yesterday”, or the day."""
    local, today = changed.astimezone(now.tzinfo), now.date()
    days = (today - local.date()).days
    if days <= 0:
        return f"{local:%H:%M}"
    return "yesterday" if days == 1 else write_date(date(local.year, local.month, local.day))


def _describe_outcome(job: Job) -> Iterator[str]:
    if job.report:
        yield from _describe_report(job.report)
    if job.note:
        yield job.note


def _describe_report(report: IndexReport) -> Iterator[str]:
    counts = [
        (report.added, "added"),
        (report.updated, "updated"),
        (report.dropped, "gone from their files"),
        (report.unchanged, "in the library already"),
    ]
    said = [f"{number:,} {word}" for number, word in counts if number]
    yield (" · ".join(said) + ".").capitalize() if said else "Nothing was added."
    groups: dict[str, list[str]] = {}
    for one in report.skipped:
        groups.setdefault(one.reason, []).append(write_path(one.file))
    for reason, files in list(groups.items())[:MAX_NAMED]:
        more = f" and {len(files) - MAX_NAMED:,} more" if len(files) > MAX_NAMED else ""
        yield f"Not taken: {', '.join(files[:MAX_NAMED])}{more}: {reason}"
    if hidden := sum(len(files) for files in list(groups.values())[MAX_NAMED:]):
        yield f"… and {hidden:,} more files were not taken."
