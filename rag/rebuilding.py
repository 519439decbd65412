"""`dateline index --rebuild`: asks before every article is embedded by another embedder."""

from __future__ import annotations

import sys
from collections.abc import Callable

from rag.assistant import Assistant
from rag.errors import EmbedderError, UsageError
from rag.index.run import Progress
from rag.swapping import Swap


def rebuild(assistant: Assistant, *, yes: bool, on_progress: Callable[[Progress], None]) -> None:
    """Embed every article again by the embedder that is named; asks first where it is another one.

    Raises UsageError where nobody can be asked, or says no, and EmbedderError where it cannot be
    done: nothing has been changed then.
    """
    plan = assistant.plan_swap(assistant.swapping.name)
    if not plan.changes:
        assistant.rebuild(on_progress)
        return
    if plan.problem is not None:
        raise EmbedderError(plan.problem)
    if plan.articles and not yes:
        _ask(plan)
    assistant.swap_embedder(plan.name, on_progress)


def write_plan(plan: Swap) -> str:
    """What is about to be done, in words."""
    articles = "The one article" if plan.articles == 1 else f"All {plan.articles:,} articles"
    passages = "1 passage" if plan.passages == 1 else f"{plan.passages:,} passages"
    will = "is" if plan.articles == 1 else "are"
    return f"{articles} ({passages}) {will} embedded again by {plan.name}. {plan.where}"


def _ask(plan: Swap) -> None:
    if not sys.stdin.isatty():
        raise UsageError(write_plan(plan), "Add --yes if that is wanted.")
    sys.stderr.write(f"{write_plan(plan)}\nGo on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise UsageError("Nothing was changed.")
