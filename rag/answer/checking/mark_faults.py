"""Where a claim drops a “not” or a “may” of its source, or denies what the source affirms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.marking import Mark, Scope
from rag.answer.checking.marking_table import HEDGES, SOFT
from rag.answer.checking.signs import Sign, quote
from rag.answer.checking.sources import Read, Source

_DENIALS: frozenset[Mark] = frozenset(["denied", "refused"])
_CLAIMED: frozenset[Mark] = frozenset(["said", "called", "doubtful"])
#: Marks of a claim that keep what a source's mark says.
KEEPS: dict[Mark, frozenset[Mark]] = {
    "denied": _DENIALS,
    "refused": _DENIALS,
    "called": _CLAIMED,
    "doubtful": frozenset(["doubtful"]),
}
#: Words by which a claim may say the same as a mark, in another way.
SOFTLY: dict[Mark, re.Pattern[str]] = {"denied": SOFT, "refused": SOFT, "doubtful": HEDGES}
#: What a dropped mark counts where the claim has one of its kind elsewhere, or says it softly.
_ELSEWHERE, _SOFTLY = 0.5, 0.5
#: What an added denial counts where the source denies something else, or says it softly.
_DENIES_OTHER, _SOFTENED = 0.3, 0.6
#: Another sentence tells the same without the mark where it is almost as near as a whole and has
#: most of the words, or is as near and has half of them.
_ALMOST, _MOST, _HALF = 0.85, 0.75, 0.5
#: What a “not” denies above all stands among so many words behind it.
_RIGHT_BEHIND = 4

_DROPPED: tuple[tuple[Mark, str], ...] = (
    ("denied", "The article denies this"),
    ("refused", "The article denies this"),
    ("called", "The article gives this as somebody's word for it"),
    ("doubtful", "The article gives this as likely or possible, not as a fact"),
)
#: Marks of which it tells more how near the sentence is that has them.
_NEAR = ("denied", "doubtful")


def judge_dropped(alignment: Alignment) -> Iterator[Sign]:
    """The signs that what the source denies or hedges is told as a fact."""
    for mark, why in _DROPPED:
        dropped, source = _measure_dropped(alignment, mark)
        told = why + quote(source)
        yield Sign(f"{mark}_dropped", dropped, told)
        if mark in _NEAR:
            yield Sign(f"{mark}_dropped_near", dropped * alignment.closest**2, told)


def judge_added(alignment: Alignment) -> Iterator[Sign]:
    """The signs that what the source tells as a fact is denied."""
    added, source = _measure_added(alignment)
    why = f"The article affirms what this denies{quote(source)}"
    yield Sign("denied_added", added, why)
    yield Sign("denied_added_near", added * alignment.closest**2, why)


def judge_denied_words(alignment: Alignment) -> Sign:
    """The sign that the very word that the source's “not” stands before is told without it."""
    told, source = _measure_denied_words(alignment)
    return Sign("denied_word_dropped", told, f"The article denies this{quote(source)}")


def _measure_dropped(alignment: Alignment, mark: Mark) -> tuple[float, Source | None]:
    """How much of a marked stretch of the source the claim tells without the mark, 0..1.

    The stretch of which most is told so counts, and the sentence that it stands in is returned.
    """
    most, found = 0.0, None
    for column, source in alignment.list_chosen():
        back = _map_back(alignment, column)
        for scope in source.read.marked.scopes:
            if scope.mark != mark:
                continue
            lost, share = _measure_scope(alignment, source, scope, back)
            if share > most and not _stands_bare(alignment, column, mark, lost):
                most, found = share, source
    return most * _weigh_dropped(alignment, mark), found


def _measure_denied_words(alignment: Alignment) -> tuple[float, Source | None]:
    """How surely the claim affirms a word that its source denies, 0..1, and which source."""
    most, found = 0.0, None
    for column, source in alignment.list_chosen():
        back = _map_back(alignment, column)
        nearness = max(0.0, float(alignment.cosines[column]))
        for place in filter(back.__contains__, _list_denied_words(source.read)):
            row, like = back[place]
            if like * nearness <= most or _is_denied_there(alignment, alignment.places[row]):
                continue
            if not _stands_bare(alignment, column, "denied", {row}):
                most, found = like * nearness, source
    return most * _weigh_dropped(alignment, "denied"), found


def _is_denied_there(alignment: Alignment, place: int) -> bool:
    """Whether the claim denies a word, or what stands right behind it: “signed no contract”."""
    near = alignment.claim.marked.marks[place : place + _RIGHT_BEHIND]
    return any(_DENIALS & marks for marks in near)


def _list_denied_words(read: Read) -> Iterator[int]:
    """The places of the words that a “not” stands right before: “impress” of “didn't impress”."""
    for scope in read.marked.scopes:
        if scope.mark != "denied":
            continue
        for place in range(scope.start, min(scope.end, scope.start + _RIGHT_BEHIND)):
            token = read.tokens[place]
            if token.is_mark:
                break
            if token.stem and not token.lower.endswith("ly"):
                yield place
                break


def _weigh_dropped(alignment: Alignment, mark: Mark) -> float:
    """What a dropped mark counts: less where the claim may say the same in another way."""
    claim = alignment.claim
    weight = _ELSEWHERE if claim.marked.has(KEEPS[mark]) else 1.0
    softly = SOFTLY.get(mark)
    return weight * (_SOFTLY if softly and softly.search(claim.text) else 1.0)


def _measure_scope(
    alignment: Alignment, source: Source, scope: Scope, back: dict[int, tuple[int, float]]
) -> tuple[set[int], float]:
    """The rows of the claim that tell words of a stretch, and the share told without its mark."""
    places = [place for place in source.read.content if scope.start <= place < scope.end]
    told = [back[place] for place in places if place in back]
    marks, keeps = alignment.claim.marked.marks, KEEPS[scope.mark]
    bare = [like for row, like in told if not marks[alignment.places[row]] & keeps]
    return {row for row, _ in told}, (sum(bare) / len(places) if places else 0.0)


def _map_back(alignment: Alignment, column: int) -> dict[int, tuple[int, float]]:
    """For each word of a source the claim's row that stands for it, and the likeness."""
    found: dict[int, tuple[int, float]] = {}
    for row in range(len(alignment.places)):
        partner, like = alignment.find_partner(row, column), float(alignment.likeness[row, column])
        if partner is not None and like > found.get(partner, (0, 0.0))[1]:
            found[partner] = row, like
    return found


def _stands_bare(alignment: Alignment, column: int, mark: Mark, rows: set[int]) -> bool:
    """Whether another sentence tells the same words without the mark."""
    nearness = float(alignment.cosines[column])
    for other in range(len(alignment.sources)):
        near = float(alignment.cosines[other])
        bare = sum(_has_partner_without(alignment, row, other, KEEPS[mark]) for row in rows)
        if other == column or not rows:
            continue
        if near >= _ALMOST * nearness and bare >= _MOST * len(rows) and len(rows) > 1:
            return True
        if near >= nearness and near > 0 and bare >= _HALF * len(rows):
            return True
    return False


def _has_partner_without(
    alignment: Alignment, row: int, column: int, marks: frozenset[Mark]
) -> bool:
    partner = alignment.find_partner(row, column)
    return partner is not None and not (
        marks & alignment.sources[column].read.marked.marks[partner]
    )


def _measure_added(alignment: Alignment) -> tuple[float, Source | None]:
    """How much of what the claim denies one sentence affirms, 0..1, and which."""
    most, found = 0.0, None
    for scope in alignment.claim.marked.scopes:
        if scope.mark != "denied":
            continue
        rows = [r for r, place in enumerate(alignment.places) if scope.start <= place < scope.end]
        affirmed = [row for row in rows if not _is_denied(alignment, row)]
        for column, source in alignment.list_chosen():
            share = _measure_affirmed(alignment, affirmed, column) / max(len(rows), 1)
            if any(one.mark in _DENIALS for one in source.read.marked.scopes):
                share *= _DENIES_OTHER
            if SOFT.search(source.read.text):
                share *= _SOFTENED
            if share > most:
                most, found = share, source
    return most, found


def _is_denied(alignment: Alignment, row: int) -> bool:
    """Whether any of the sentences that the claim comes from denies it as well."""
    for column, source in alignment.list_chosen():
        partner = alignment.find_partner(row, column)
        if partner is not None and _DENIALS & source.read.marked.marks[partner]:
            return True
    return False


def _measure_affirmed(alignment: Alignment, rows: Sequence[int], column: int) -> float:
    """How many of the claim's words a sentence tells, each as much as it is like."""
    told = [row for row in rows if alignment.find_partner(row, column) is not None]
    return float(alignment.likeness[told, column].sum())
