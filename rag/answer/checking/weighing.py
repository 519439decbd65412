"""Every sign against a claim, and whether together they are enough to doubt it.

Few of them decide: the others are weighed by what was learnt (`rag/weights.toml`, `support`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.figure_faults import (
    find_absent_number,
    find_bound_fault,
    find_displaced_number,
)
from rag.answer.checking.mark_faults import judge_added, judge_denied_words, judge_dropped
from rag.answer.checking.role_faults import judge_roles
from rag.answer.checking.signs import Sign
from rag.answer.checking.speaker_faults import judge_said, judge_speakers
from rag.answer.checking.time_faults import find_absent_time, find_displaced_time
from rag.answer.checking.word_faults import (
    judge_coverage,
    judge_far_names,
    judge_opposites,
    judge_width,
)
from rag.learnt import read_weights

#: Any of these is enough by itself.
DECISIVE = frozenset(["number_absent", "time_absent", "name_absent", "unrelated"])

_FACTS: tuple[tuple[str, Callable[[Alignment], str | None]], ...] = (
    ("number_absent", find_absent_number),
    ("bound", find_bound_fault),
    ("number_displaced", find_displaced_number),
    ("time_absent", find_absent_time),
    ("time_displaced", find_displaced_time),
)


def list_signs(alignment: Alignment, names: Sequence[str]) -> list[Sign]:
    """Every sign, in the same order always; `names` are those that stand in no cited article."""
    return [
        *_judge_facts(alignment, names),
        *judge_dropped(alignment),
        *judge_said(alignment),
        *judge_added(alignment),
        judge_denied_words(alignment),
        *judge_roles(alignment),
        *judge_speakers(alignment),
        judge_opposites(alignment),
        judge_width(alignment),
        *judge_coverage(alignment),
    ]


def find_reason(signs: Sequence[Sign]) -> str | None:
    """Why a claim is doubted, by what speaks most against it; None where too little does."""
    for sign in signs:
        if sign.name in DECISIVE and sign.value:
            return sign.why
    weights = read_weights("support")
    weighed = [(weights[sign.name] * sign.value, sign) for sign in signs if sign.name in weights]
    if weights["bias"] + sum(weight for weight, _ in weighed) <= weights["doubted_from"]:
        return None
    return max(weighed, key=lambda one: one[0])[1].why


def _judge_facts(alignment: Alignment, names: Sequence[str]) -> Iterator[Sign]:
    for name, find in _FACTS:
        why = find(alignment)
        yield Sign(name, float(bool(why)), why or "")
    why = f"The name “{names[0]}” does not stand in the article it cites." if names else ""
    yield Sign("name_absent", float(bool(names)), why)
    yield judge_far_names(alignment)
