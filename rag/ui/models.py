"""Engines, their servers and their exams, as the sidebar shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.answer.dates import write_date
from rag.engines import NOT_THERE, EngineInfo
from rag.exam.report import Report, write_speed
from rag.llm.server import Server
from rag.text import write_count
from rag.ui.words import Json, draw_problem

if TYPE_CHECKING:
    from rag.embedders import EmbedderInfo
    from rag.index.choices import Chosen
    from rag.swapping import Swap
    from rag.ui.exams import ExamJob

LOOKING = "Looking for it …"


def write_option(info: EngineInfo) -> str:
    """An engine's name in the menu, with what its exam found."""
    name = info.name
    if name.startswith("http") and info.model:
        # The model first: the menu is narrow, and all addresses begin alike.
        name = f"{info.model} · {Server(name.partition('#')[0]).address}"
    return f"{name} — {info.exam.verdict.grade}" if info.exam else name


def describe_missing(name: str, *, looking: bool) -> EngineInfo:
    """An engine that was chosen and is not among those that were found."""
    return EngineInfo(name, "", LOOKING if looking else NOT_THERE)


def draw_engine(info: EngineInfo, job: ExamJob | None) -> Json:
    """Where the words go, how much is read, and what the exam found; or why it cannot answer."""
    running = job is not None and not job.is_over.is_set()
    share = job.done / job.of if job and job.of else None
    return {
        "kind": "engine",
        "problem": info.problem,
        "where": info.where,
        "reads": write_window(info) if not info.problem else None,
        "exam": _draw_exam(info.exam) if info.exam else None,
        "share": share if running else None,
        "examining": running,
        "trouble": draw_problem(job.problem) if job and job.problem else None,
        "can_examine": info.model is not None and not info.problem and not running,
    }


def draw_servers(chosen: Chosen, *, looking: bool) -> Json:
    """The addresses that were added by hand, each to be removed."""
    servers = [{"name": Server(one).address, "url": one} for one in chosen.servers]
    return {"kind": "servers", "servers": servers, "looking": looking}


def draw_embedder(info: EmbedderInfo) -> Json:
    """What the articles are searched by, beside their words."""
    return {"kind": "swap", "lines": [info.where], "problem": info.problem, "can": False}


def draw_swap(swap: Swap) -> Json:
    """What going over to another embedder would mean."""
    articles = write_count(swap.articles, "article")
    passages = write_count(swap.passages, "passage")
    lines = [swap.where, f"{articles} ({passages}) would be embedded again by {swap.name}."]
    return {
        "kind": "swap",
        "lines": [] if swap.problem else lines,
        "problem": swap.problem,
        "can": swap.problem is None,
    }


def write_window(info: EngineInfo) -> str | None:
    """How much of a model's window is used, and whose word that is."""
    if info.window is None:
        return None
    by = "" if info.told else " (assumed: its server does not say)"
    return f"{info.server}. Reads {info.window:,} tokens{by}."


def _draw_exam(exam: Report) -> Json:
    return {
        "grade": exam.verdict.grade,
        "reasons": [*exam.verdict.reasons, *exam.notes],
        "day": write_date(exam.day),
        "rows": [
            {"what": one.what, "count": f"{one.passed} of {one.of}" if one.of else "—"}
            for one in exam.measures
        ],
        "speed": write_speed(exam.speed),
    }
