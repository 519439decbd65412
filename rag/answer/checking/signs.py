"""What speaks against a claim: signs, each with how strong it is, 0..1, and a reason to tell.

No one of them decides: they are weighed by what was learnt (`rag/weights.toml`, `support`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.faults import (
    find_absent_number,
    find_absent_time,
    find_bound_fault,
    find_displaced_number,
    find_displaced_time,
    find_other_doer,
    find_turned,
    quote,
)
from rag.answer.checking.marking import Mark
from rag.answer.checking.opposites import list_opposites
from rag.answer.checking.roles import Mention, find_mentions
from rag.answer.checking.sources import Source
from rag.answer.speakers import find_speaker

#: A word stands for another one from this likeness on.
SURE = 0.55
_WIDE = frozenset(
    """all every each only sole solely always entire entirely whole wholly none nobody everyone
    everybody everything any throughout completely fully exclusively both worldwide everywhere
    unanimous unanimously invariably never""".split()
)
_NARROW = frozenset("some several many most few partly mostly among part one".split())
_EARLIER = frozenset("before earlier previous previously prior preceding ahead until".split())
_LATER = frozenset("after later following afterwards subsequently since then".split())


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks against a claim: how strongly, and why, as a reader is told."""

    name: str
    value: float
    why: str = ""


def list_signs(alignment: Alignment, names: Sequence[str]) -> list[Sign]:
    """Every sign, in the same order always; `names` are those that stand in no cited article."""
    return [
        *_judge_facts(alignment, names),
        *_judge_marks(alignment),
        *_judge_roles(alignment),
        *_judge_words(alignment),
        *_judge_coverage(alignment),
    ]


def _judge_facts(alignment: Alignment, names: Sequence[str]) -> Iterator[Sign]:
    for name, find in (
        ("number_absent", find_absent_number),
        ("bound", find_bound_fault),
        ("number_displaced", find_displaced_number),
        ("time_absent", find_absent_time),
        ("time_displaced", find_displaced_time),
    ):
        why = find(alignment)
        yield Sign(name, float(bool(why)), why or "")
    named = f"The name “{names[0]}” does not stand in the article it cites." if names else ""
    yield Sign("name_absent", float(bool(names)), named)
    yield _judge_far_names(alignment)


def _judge_far_names(alignment: Alignment) -> Sign:
    """The share of names that stand neither in what the claim comes from nor beside it."""
    near = set()
    for column in alignment.chosen:
        near |= {column - 1, column, column + 1}
    columns = [column for column in sorted(near) if 0 <= column < len(alignment.sources)]
    rows = [r for r, p in enumerate(alignment.places) if alignment.claim.tokens[p].is_name]
    far = [row for row in rows if not alignment.likeness[row][columns].any()]
    if not far:
        return Sign("name_far", 0.0)
    said = alignment.claim.tokens[alignment.places[far[0]]].text
    why = f"“{said}” does not stand where the article tells this{_best_quote(alignment)}"
    return Sign("name_far", len(far) / len(rows), why)


def _judge_marks(alignment: Alignment) -> Iterator[Sign]:
    for mark, why in (
        ("denied", "The article denies this"),
        ("said", "The article gives this as what somebody says, not as a fact"),
        ("called", "The article gives this as somebody's word for it"),
        ("doubtful", "The article gives this as likely or possible, not as a fact"),
        ("planned", "The article gives this as wanted or planned, not as done"),
    ):
        dropped, source = _measure_dropped(alignment, mark)  # type: ignore[arg-type]
        told = why + quote(source) if source else why
        yield Sign(f"{mark}_dropped", dropped, told)
        kept = any(mark in one for one in alignment.claim.marked.marks)
        yield Sign(f"{mark}_dropped_wholly", 0.0 if kept else dropped, told)
    added, source = _measure_added(alignment)
    told = "The article affirms what this denies" + (quote(source) if source else "")
    yield Sign("denied_added", added, told)
    yield Sign("denied_uneven", _measure_uneven(alignment), told)


def _list_partners(alignment: Alignment, row: int) -> Iterator[tuple[float, Source, int]]:
    """The words of what the claim comes from that its word may stand for, with the likeness."""
    for column in alignment.chosen:
        like = float(alignment.likeness[row, column])
        if like >= SURE:
            yield like, alignment.sources[column], int(alignment.partners[row, column])


def _measure_dropped(alignment: Alignment, mark: Mark) -> tuple[float, Source | None]:
    """The share of the claim's words that are marked in the source alone, and a sentence of it."""
    claim = alignment.claim
    lost, whole, found = 0.0, 0.0, None
    for row, place in enumerate(alignment.places):
        if claim.tokens[place].is_name:
            continue
        partners = list(_list_partners(alignment, row))
        if not partners:
            continue
        best = max(like for like, _, _ in partners)
        whole += best
        if mark in claim.marked.marks[place]:
            continue
        marked = [
            (like, source)
            for like, source, partner in partners
            if mark in source.read.marked.marks[partner]
        ]
        if len(marked) == len(partners):
            lost += max(like for like, _ in marked)
            found = found or marked[0][1]
    return (lost / whole if whole else 0.0), found


def _measure_added(alignment: Alignment) -> tuple[float, Source | None]:
    claim = alignment.claim
    added, whole, found = 0.0, 0.0, None
    for row, place in enumerate(alignment.places):
        if claim.tokens[place].is_name or "denied" not in claim.marked.marks[place]:
            continue
        whole += 1.0
        partners = list(_list_partners(alignment, row))
        if partners and all("denied" not in s.read.marked.marks[p] for _, s, p in partners):
            added += max(like for like, _, _ in partners)
            found = found or partners[0][1]
    return (added / whole if whole else 0.0), found


def _measure_uneven(alignment: Alignment) -> float:
    """Whether the claim denies and nothing that it comes from does."""
    if not alignment.chosen or not alignment.claim.marked.has("denied"):
        return 0.0
    return float(not any(alignment.sources[c].read.marked.has("denied") for c in alignment.chosen))


def _judge_roles(alignment: Alignment) -> Iterator[Sign]:
    source = find_turned(alignment)
    why = "In the article they have it the other way round"
    yield Sign("turned", float(source is not None), why + (quote(source) if source else ""))
    found = find_other_doer(alignment)
    if found is None:
        yield Sign("other_doer", 0.0)
    else:
        doer = found[1].doer
        who = f"In the article it is {doer.said if doer else 'another'} who does this"
        yield Sign("other_doer", 1.0, who + quote(found[0]))
    inverted, source = _find_inverted(alignment)
    yield Sign("names_inverted", inverted, why + (quote(source) if source else ""))
    yield from _judge_speaker(alignment)


def _find_inverted(alignment: Alignment) -> tuple[float, Source | None]:
    """Whether two names stand in the source's order turned, its other words in the same order."""
    names = [(r, p) for r, p in enumerate(alignment.places) if alignment.claim.tokens[p].is_name]
    for column in alignment.chosen[:1]:
        placed = [
            (p, int(alignment.partners[r, column]))
            for r, p in names
            if alignment.partners[r, column] >= 0
        ]
        words = [
            (p, int(alignment.partners[r, column]))
            for r, p in enumerate(alignment.places)
            if alignment.partners[r, column] >= 0 and not alignment.claim.tokens[p].is_name
        ]
        turned, pairs = _count_turned(placed)
        kept, others = _count_turned(words)
        if turned and others and kept / others < 0.35:
            return turned / pairs, alignment.sources[column]
    return 0.0, None


def _count_turned(placed: Sequence[tuple[int, int]]) -> tuple[int, int]:
    pairs = [(a, b) for n, a in enumerate(placed) for b in placed[n + 1 :] if a[1] != b[1]]
    return sum((a[0] < b[0]) != (a[1] < b[1]) for a, b in pairs), len(pairs)


def _judge_speaker(alignment: Alignment) -> Iterator[Sign]:
    """Whether the claim has others say it than the article does, or others than it can tell."""
    differs, unknown, why = 0.0, 0.0, ""
    for saying in alignment.claim.sayings:
        claimed = _to_mention(saying.speaker)
        rows = [r for r, p in enumerate(alignment.places) if saying.start <= p < saying.end]
        if claimed is None or not rows:
            continue
        column = int(alignment.likeness[rows].sum(axis=0).argmax())
        source = alignment.sources[column]
        theirs = list(_list_speakers(source))
        if not theirs:
            unknown = 1.0
        elif not any(claimed.is_same(other) for other in theirs):
            differs = 1.0
            why = f"In the article it is {theirs[0].said} who says this{quote(source)}"
    yield Sign("speaker_differs", differs, why)
    yield Sign("speaker_unknown", unknown, "The article does not say who says this.")


def _list_speakers(source: Source) -> Iterator[Mention]:
    """Everybody whose words the sentence may be: as it says itself, and as the text around does."""
    for saying in source.read.sayings:
        mention = _to_mention(saying.speaker)
        if mention is not None:
            yield mention
    article = source.hit.article
    if article.text:
        speaker = find_speaker(article.text, source.span)
        mention = _to_mention(speaker.name) if speaker else None
        if mention is not None:
            yield mention


def _to_mention(name: str) -> Mention | None:
    from rag.answer.checking.words import simplify, split_tokens

    tokens = split_tokens(simplify(f"- {name}"))
    found = find_mentions(tokens)
    if found:
        return found[0]
    stems = frozenset(token.stem for token in tokens if token.stem)
    return Mention(stems, name, 0, len(tokens)) if stems else None


def _judge_words(alignment: Alignment) -> Iterator[Sign]:
    yield _judge_opposites(alignment)
    lower = {token.lower for token in alignment.claim.tokens}
    theirs = {t.lower for c in alignment.chosen for t in alignment.sources[c].read.tokens}
    wide = sorted((lower & _WIDE) - theirs)
    why = f"“{wide[0]}” goes further than the article{_best_quote(alignment)}" if wide else ""
    yield Sign("widened", float(bool(wide)), why)
    lost = bool((theirs & _NARROW) - lower) and bool(wide)
    yield Sign("widened_over", float(lost), why)
    turned = (lower & _EARLIER and theirs & _LATER and not theirs & _EARLIER) or (
        lower & _LATER and theirs & _EARLIER and not theirs & _LATER
    )
    told = f"The article may have it in another order{_best_quote(alignment)}"
    yield Sign("order", float(bool(turned)), told)


def _judge_opposites(alignment: Alignment) -> Sign:
    claim = alignment.claim
    own = {token.stem for token in claim.tokens if token.stem}
    for column in alignment.chosen:
        source = alignment.sources[column]
        theirs = {token.stem for token in source.read.tokens if token.stem}
        for token in claim.tokens:
            if not token.stem or token.stem in theirs or token.is_name:
                continue
            for other in list_opposites(token.stem) & theirs:
                if other not in own:
                    return Sign(
                        "opposite",
                        1.0,
                        f"The article says the opposite of “{token.text}”{quote(source)}",
                    )
    return Sign("opposite", 0.0)


def _judge_coverage(alignment: Alignment) -> Iterator[Sign]:
    likeness = alignment.likeness
    few = "Too few of its words stand in what it cites."
    if not likeness.size:
        for name in ("uncovered", "scattered", "new", "distant", "thin"):
            yield Sign(name, 1.0, few)
        return
    everywhere = likeness.max(axis=1)
    chosen = likeness[:, alignment.chosen].max(axis=1)
    best = likeness[:, alignment.chosen[0]]
    apart = f"It joins what the article tells apart{_best_quote(alignment)}"
    yield Sign("uncovered", 1 - float(everywhere.mean()), few)
    yield Sign("scattered", float(everywhere.mean() - best.mean()), apart)
    rows = np.flatnonzero(everywhere < SURE)
    word = alignment.claim.tokens[alignment.places[int(rows[0])]].text if rows.size else ""
    yield Sign(
        "new", rows.size / len(everywhere), f"“{word}” has nothing like it in what it cites."
    )
    yield Sign("distant", 1 - alignment.closest, few)
    yield Sign("thin", 1 - float(chosen.mean()), few)


def _best_quote(alignment: Alignment) -> str:
    return quote(alignment.sources[alignment.chosen[0]]) if alignment.chosen else "."
