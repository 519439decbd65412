"""Words that several parts of the page share, and JSON's name."""

from __future__ import annotations

from typing import Any

from rag.answer.dates import write_date
from rag.errors import DatelineError
from rag.types import Answer, Filters

Json = dict[str, Any]

#: The steps of an answer, as its timing names them.
STEPS = {"condense": "understood in", "retrieve": "searched in", "answer": "answered in"}


def draw_problem(error: DatelineError) -> Json:
    """What went wrong and what to do, with the commands in it told apart from the words."""
    return {"problem": error.problem, "hint": split_code(error.hint)}


def write_scope(filters: Filters) -> str | None:
    """Where was searched, in words; None for everywhere."""
    said = [*filters.outlets]
    if filters.since and filters.until:
        said.append(f"{write_date(filters.since)} to {write_date(filters.until)}")
    elif filters.since:
        said.append(f"since {write_date(filters.since)}")
    elif filters.until:
        said.append(f"until {write_date(filters.until)}")
    if filters.by_date and filters.undated:
        said.append("undated articles too")
    return f"Only {' · '.join(said)}" if said else None


def write_timing(answer: Answer) -> str:
    """Who answered, and how long each step took."""
    taken = [
        f"{words} {answer.seconds[step]:.2f} s"
        for step, words in STEPS.items()
        if step in answer.seconds
    ]
    return " · ".join([answer.engine, *taken])


def write_outlet(outlet: str | None) -> str:
    return outlet or "unknown outlet"


def split_code(text: str) -> list[Json]:
    """“Run `this` now” in parts: what stands between backticks is code."""
    return [
        {"text": part, "code": number % 2 == 1}
        for number, part in enumerate(text.split("`"))
        if part
    ]
