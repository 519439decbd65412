"""Where a claim and the sentence that it comes from differ in what is denied, said or sure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.marking import Mark
from rag.answer.checking.sources import Source

#: A word stands for another one from this likeness on.
SURE = 0.6
#: So much of what a source marks must stand unmarked in a claim, or so much of the claim.
OF_SCOPE, OF_CLAIM = 0.5, 0.35
#: So much of a claim's words must stand in the sentence that it is held against.
COVERED = 0.4
#: What another sentence must have of the same words, without the mark, to bear the claim out.
AS_GOOD = 0.75
#: The least words that differ.
LEAST = 2
#: Other ways in which a claim says that it passes on words.
_SPEAKING = re.compile(
    r"\b(?:point(?:s|ed) to|spoke of|speaks of|heard|let .{3,40} know|word|term|label|name for"
    r"|pass(?:es|ed) on|sum(?:s|med) up|as .{3,40} (?:see|put|tell)s? it|dates?|cautions?|appeal\w*"
    r"|regard\w*|see[ns]?|saw|count\w*|trac\w+|describ\w+|call\w*|letter|briefing)\b",
    re.IGNORECASE,
)
#: Marks of a claim that keep what a source's mark says.
_KEEPS: dict[Mark, frozenset[Mark]] = {
    "denied": frozenset(["denied"]),
    "said": frozenset(["said", "called", "doubtful"]),
    "called": frozenset(["said", "called", "doubtful"]),
    "doubtful": frozenset(["doubtful", "planned"]),
    "planned": frozenset(["planned", "doubtful"]),
}


def find_dropped(alignment: Alignment, mark: Mark) -> Source | None:
    """The sentence that marks what the claim tells without that mark; None where none does."""
    if mark != "denied" and _is_kept(alignment, mark):
        return None
    for column in alignment.chosen:
        source = alignment.sources[column]
        if float(alignment.likeness[:, column].mean()) < COVERED:
            continue
        rows = _list_unmarked(alignment, column, mark)
        if _is_enough(alignment, column, rows, mark) and not _stands_elsewhere(
            alignment, column, rows, mark
        ):
            return source
    return None


def find_added_denial(alignment: Alignment) -> Source | None:
    """The sentence that affirms what the claim denies; None where none does."""
    claim = alignment.claim
    denied = [
        row
        for row, place in enumerate(alignment.places)
        if "denied" in claim.marked.marks[place] and not claim.tokens[place].is_name
    ]
    if not denied or not alignment.chosen:
        return None
    fits = alignment.likeness[denied].sum(axis=0)
    column = max(alignment.chosen, key=lambda one: float(fits[one]))
    rows = [row for row in denied if alignment.likeness[row, column] >= SURE]
    if len(rows) < OF_SCOPE * len(denied):
        return None
    source = alignment.sources[column]
    thin = float(alignment.likeness[:, column].mean()) < COVERED
    return None if thin or source.read.marked.has("denied") else source


def _is_kept(alignment: Alignment, mark: Mark) -> bool:
    """Whether the claim says anywhere that somebody says it, or that it is not so (yet)."""
    claim = alignment.claim
    if any(claim.marked.has(kept) for kept in _KEEPS[mark]):
        return True
    return mark in ("said", "called") and bool(_SPEAKING.search(claim.text))


def _list_unmarked(alignment: Alignment, column: int, mark: Mark) -> list[int]:
    """The rows whose word is marked in the source, and not so that it is kept in the claim."""
    source = alignment.sources[column].read.marked
    claim = alignment.claim.marked
    found = []
    for row, place in enumerate(alignment.places):
        partner = int(alignment.partners[row, column])
        if partner < 0 or alignment.likeness[row, column] < SURE:
            continue
        if mark in source.marks[partner] and not claim.marks[place] & _KEEPS[mark]:
            found.append(row)
    return found


def _is_enough(alignment: Alignment, column: int, rows: Sequence[int], mark: Mark) -> bool:
    rows = [row for row in rows if not alignment.claim.tokens[alignment.places[row]].is_name]
    if not rows:
        return False
    read = alignment.sources[column].read
    scope = [p for p in read.content if mark in read.marked.marks[p] and not read.tokens[p].is_name]
    whole = [p for p in alignment.places if not alignment.claim.tokens[p].is_name]
    of_scope = len(rows) / max(1, len(scope))
    of_claim = len(rows) / max(1, len(whole))
    if mark in ("denied", "called"):
        return of_scope >= OF_SCOPE or of_claim >= OF_CLAIM
    return of_claim >= OF_CLAIM and len(rows) >= LEAST


def _stands_elsewhere(alignment: Alignment, column: int, rows: Sequence[int], mark: Mark) -> bool:
    """Whether another sentence has the same words without the mark."""
    have = float(alignment.likeness[list(rows), column].sum())
    best, _ = _best_with(alignment, rows, lambda marks: mark not in marks, without=column)
    if best >= AS_GOOD * have:
        return True
    own = float(alignment.cosines[column])
    return any(
        float(alignment.cosines[other]) >= own and not source.read.marked.has(mark)
        for other, source in enumerate(alignment.sources)
        if other != column and own > 0
    )


def _best_with(
    alignment: Alignment,
    rows: Sequence[int],
    fits: Callable[[set[Mark]], bool],
    without: int = -1,
) -> tuple[float, int]:
    """The likeness of `rows` to the best sentence, of words whose marks fit, and which it is."""
    best, place = 0.0, -1
    for column, source in enumerate(alignment.sources):
        if column == without:
            continue
        total = 0.0
        for row in rows:
            partner = int(alignment.partners[row, column])
            if partner >= 0 and fits(source.read.marked.marks[partner]):
                total += float(alignment.likeness[row, column])
        if total > best:
            best, place = total, column
    return best, place
