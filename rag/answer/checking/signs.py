"""What speaks against a claim: signs, each with how strong it is, 0..1, and a reason to tell.

No one of them decides: they are weighed by what was learnt (`rag/weights.toml`, `support`).
"""

from __future__ import annotations

import re
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
from rag.answer.checking.marking import HEDGES, SOFT, Mark
from rag.answer.checking.opposites import list_opposites
from rag.answer.checking.roles import Mention
from rag.answer.checking.sources import Read, Source
from rag.answer.checking.words import simplify, split_tokens
from rag.answer.speakers import find_speaker
from rag.index.lexical import stems

#: A word stands for another one from this likeness on.
SURE = 0.55
#: The likeness of a claim's words to what it cites, and its cosine to the nearest sentence, below
#: which together it is about something else.
COVERED, CLOSE = 0.6, 0.5
#: Why a sentence is not borne out that may yet be close enough, by an embedder, to one that is.
TOO_FEW = "Too few of its words stand in what it cites."
#: Any of these is enough by itself.
DECISIVE = frozenset(["number_absent", "time_absent", "name_absent", "unrelated"])
_TITLES = frozenset("mr mrs ms dr rep sen gov president minister professor prof sir lord".split())
_WIDE = frozenset(
    """all every each only sole solely always entire entirely whole wholly none nobody everyone
    everybody everything any throughout completely fully exclusively both worldwide everywhere
    unanimous unanimously invariably never""".split()
)


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
    closeness = alignment.closest
    for mark, why in (
        ("denied", "The article denies this"),
        ("refused", "The article denies this"),
        ("called", "The article gives this as somebody's word for it"),
        ("doubtful", "The article gives this as likely or possible, not as a fact"),
    ):
        dropped, source = _measure_dropped(alignment, mark)  # type: ignore[arg-type]
        told = why + quote(source) if source else why
        yield Sign(f"{mark}_dropped", dropped, told)
        if mark in ("denied", "doubtful"):
            yield Sign(f"{mark}_dropped_near", dropped * closeness**2, told)
    dropped, source = _measure_said(alignment)
    why = "The article gives this as what somebody says, not as a fact"
    told = why + quote(source) if source else why
    yield Sign("said_dropped_near", dropped * closeness**2, told)
    yield _judge_lost_hedge(alignment)
    added, source = _measure_added(alignment)
    told = "The article affirms what this denies" + (quote(source) if source else "")
    yield Sign("denied_added", added, told)
    yield Sign("denied_added_near", added * closeness**2, told)


def _list_partners(alignment: Alignment, row: int) -> Iterator[tuple[float, Source, int]]:
    """The words of what the claim comes from that its word may stand for, with the likeness."""
    for column in alignment.chosen:
        like = float(alignment.likeness[row, column])
        if like >= SURE:
            yield like, alignment.sources[column], int(alignment.partners[row, column])


#: Marks of a claim that keep what a source's mark says.
_KEEPS: dict[Mark, frozenset[Mark]] = {
    "denied": frozenset(["denied", "refused"]),
    "refused": frozenset(["denied", "refused"]),
    "said": frozenset(["said", "called", "doubtful"]),
    "called": frozenset(["said", "called", "doubtful"]),
    "doubtful": frozenset(["doubtful", "planned"]),
    "planned": frozenset(["planned", "doubtful"]),
}


def _measure_dropped(alignment: Alignment, mark: Mark) -> tuple[float, Source | None]:
    """How much of a marked stretch of the source the claim tells without the mark, 0..1.

    The stretch of which most is told so counts, and the sentence that it stands in is returned.
    """
    claim = alignment.claim
    if mark in ("denied", "refused") and SOFT.search(claim.text):
        weight = 0.5
    else:
        weight = 1.0
    if any(kept in marks for kept in _KEEPS[mark] for marks in claim.marked.marks):
        weight *= 0.5
    most, found = 0.0, None
    for column in alignment.chosen:
        source = alignment.sources[column]
        back = _map_back(alignment, column)
        for scope in source.read.marked.scopes:
            if scope.mark != mark:
                continue
            places = [p for p in source.read.content if scope.start <= p < scope.end]
            places = [p for p in places if mark in source.read.marked.marks[p]]
            if not places:
                continue
            lost = [back[p] for p in places if p in back]
            bare = [like for place, like in lost if not claim.marked.marks[place] & _KEEPS[mark]]
            share = sum(bare) / len(places)
            if share > most and not _stands_bare(alignment, column, mark, back, places):
                most, found = share, source
    return weight * most, found


def _map_back(alignment: Alignment, column: int) -> dict[int, tuple[int, float]]:
    """For each word of a source the claim's word that stands for it, and the likeness."""
    found: dict[int, tuple[int, float]] = {}
    for row, place in enumerate(alignment.places):
        partner, like = int(alignment.partners[row, column]), float(alignment.likeness[row, column])
        if partner >= 0 and like >= SURE and like > found.get(partner, (0, 0.0))[1]:
            found[partner] = place, like
    return found


def _stands_bare(
    alignment: Alignment,
    column: int,
    mark: Mark,
    back: dict[int, tuple[int, float]],
    places: Sequence[int],
) -> bool:
    """Whether another sentence tells the same words without the mark."""
    wanted = {back[p][0] for p in places if p in back}
    rows = [row for row, place in enumerate(alignment.places) if place in wanted]
    for other, source in enumerate(alignment.sources):
        if other == column:
            continue
        bare = [
            row
            for row in rows
            if alignment.likeness[row, other] >= SURE
            and not _KEEPS[mark] & source.read.marked.marks[int(alignment.partners[row, other])]
        ]
        near = float(alignment.cosines[other]) >= 0.85 * float(alignment.cosines[column])
        if near and rows and len(bare) >= 0.75 * len(rows) and len(rows) > 1:
            return True
        near = float(alignment.cosines[other]) >= float(alignment.cosines[column])
        if near and alignment.cosines[other] > 0 and len(bare) >= 0.5 * len(rows):
            return True
    return False


def _measure_said(alignment: Alignment) -> tuple[float, Source | None]:
    """The share of the claim that is somebody's words in the source, where it names nobody."""
    claim = alignment.claim
    if claim.sayings or any("said" in m or "called" in m for m in claim.marked.marks):
        return 0.0, None
    told, whole, found = 0.0, 0.0, None
    for row, place in enumerate(alignment.places):
        if claim.tokens[place].is_name or "doubtful" in claim.marked.marks[place]:
            continue
        partners = list(_list_partners(alignment, row))
        if not partners:
            continue
        whole += 1
        said = [s for _, s, p in partners if {"said", "called"} & s.read.marked.marks[p]]
        if len(said) == len(partners) and not any(_names_speaker(claim, one) for one in said):
            told += 1
            found = found or said[0]
    return (told / whole if whole else 0.0), found


def _names_speaker(claim: Read, source: Source) -> bool:
    """Whether the claim has the one whose words they are do something: “Kerevi regrets that …”."""
    owners = {word.casefold() for word in re.findall(r"([^\W_]+)[’']s?(?=\s|$)", claim.text)}
    for speaker in _list_speakers(source):
        if any(speaker.is_same(m) and not _is_owner(m, owners) for m in claim.mentions):
            return True
    return False


def _is_owner(mention: Mention, owners: set[str]) -> bool:
    last = mention.said.split()[-1].casefold()
    return any(last.endswith(owner) for owner in owners)


def _judge_lost_hedge(alignment: Alignment) -> Sign:
    """Whether the sentence that the claim restates hedges, and the claim does not at all."""
    claim = alignment.claim
    if not alignment.chosen or claim.sayings or HEDGES.search(claim.text):
        return Sign("hedge_lost", 0.0)
    if any({"said", "called", "doubtful", "planned"} & marks for marks in claim.marked.marks):
        return Sign("hedge_lost", 0.0)
    column = alignment.chosen[0]
    source = alignment.sources[column]
    covered = float(alignment.likeness[:, column].mean())
    if not HEDGES.search(source.read.text) or _names_speaker(claim, source):
        return Sign("hedge_lost", 0.0)
    word = HEDGES.search(source.read.text)
    why = f"The article hedges this (“{word.group() if word else ''}”){quote(source)}"
    return Sign("hedge_lost", covered * max(0.0, float(alignment.cosines[column])), why)


def _measure_added(alignment: Alignment) -> tuple[float, Source | None]:
    """How much of what the claim denies one sentence affirms, 0..1, and which."""
    claim = alignment.claim
    most, found = 0.0, None
    for scope in claim.marked.scopes:
        if scope.mark != "denied":
            continue
        rows = [
            row
            for row, place in enumerate(alignment.places)
            if scope.start <= place < scope.end and "denied" in claim.marked.marks[place]
        ]
        for column in alignment.chosen if rows else ():
            source = alignment.sources[column]
            affirmed = [
                float(alignment.likeness[row, column])
                for row in rows
                if alignment.likeness[row, column] >= SURE
                and not {"denied", "refused"}
                & source.read.marked.marks[int(alignment.partners[row, column])]
            ]
            share = sum(affirmed) / len(rows)
            if any(scope.mark in ("denied", "refused") for scope in source.read.marked.scopes):
                share *= 0.3
            if SOFT.search(source.read.text):
                share *= 0.6
            if share > most:
                most, found = share, source
    return most, found


def _judge_roles(alignment: Alignment) -> Iterator[Sign]:
    source = find_turned(alignment)
    why = "In the article they have it the other way round"
    yield Sign(
        "turned", alignment.closest * (source is not None), why + (quote(source) if source else "")
    )
    found = find_other_doer(alignment)
    if found is None:
        yield Sign("other_doer", 0.0)
    else:
        who = f"In the article it is {found[1].said} who does this"
        yield Sign("other_doer", alignment.closest, who + quote(found[0]))
    yield from _judge_speaker(alignment)


def _judge_speaker(alignment: Alignment) -> Iterator[Sign]:
    """Whether the claim has others say it than the article does, or others than it can tell."""
    differs, around, unknown, why = 0.0, 0.0, 0.0, ""
    for saying in alignment.claim.sayings:
        claimed = _to_mention(saying.speaker)
        rows = [r for r, p in enumerate(alignment.places) if saying.start <= p < saying.end]
        if claimed is None or not rows or _is_outlet(claimed, alignment):
            continue
        fits = alignment.likeness[rows].sum(axis=0)
        columns = [c for c in range(len(fits)) if fits[c] >= 0.93 * float(fits.max()) > 0]
        here = [
            (alignment.sources[c], m) for c in columns for m in _list_named(alignment.sources[c])
        ]
        near = [
            (alignment.sources[c], m) for c in columns for m in _list_speakers(alignment.sources[c])
        ]
        if any(claimed.is_same(mention) for _, mention in (*here, *near)):
            continue
        if here:
            differs, (source, other) = 1.0, here[0]
            why = f"In the article it is {other.said} who says this{quote(source)}"
        elif near:
            around, (source, other) = 1.0, near[0]
            why = f"In the article it is {other.said} who says this{quote(source)}"
        else:
            unknown = 1.0
    yield Sign("speaker_differs", differs, why)
    yield Sign("speaker_differs_around", around, why)
    yield Sign("speaker_unknown", unknown, "The article does not say who says this.")


def _is_outlet(speaker: Mention, alignment: Alignment) -> bool:
    """Whether it is the article itself that is said to say it."""
    outlets = {source.hit.article.outlet or "" for source in alignment.sources}
    return any(speaker.stems <= set(stems(outlet)) for outlet in outlets)


def _list_named(source: Source) -> Iterator[Mention]:
    for saying in source.read.sayings:
        mention = _to_mention(saying.speaker)
        if mention is not None:
            yield mention


def _list_speakers(source: Source) -> Iterator[Mention]:
    """Everybody whose words the sentence may be: as it says itself, and as the text around does."""
    yield from _list_named(source)
    article = source.hit.article
    if article.text:
        speaker = find_speaker(article.text, source.span)
        mention = _to_mention(speaker.name) if speaker else None
        if mention is not None:
            yield mention


def _to_mention(name: str) -> Mention | None:
    """The name of a speaker; None where “a spokesman” or a pronoun names nobody."""
    tokens = split_tokens(simplify(f"- {name}"))
    named = [token for token in tokens if token.is_name and token.lower not in _TITLES]
    stemmed = frozenset(token.stem for token in named if token.stem)
    return Mention(stemmed, name, 0, len(tokens)) if stemmed else None


def _judge_words(alignment: Alignment) -> Iterator[Sign]:
    yield _judge_opposites(alignment)
    lower = {token.lower for token in alignment.claim.tokens}
    theirs = {t.lower for c in alignment.chosen for t in alignment.sources[c].read.tokens}
    wide = sorted((lower & _WIDE) - theirs)
    why = f"“{wide[0]}” goes further than the article{_best_quote(alignment)}" if wide else ""
    yield Sign("widened", float(bool(wide)), why)


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
    few = TOO_FEW
    apart = f"It joins what the article tells apart{_best_quote(alignment)}"
    everywhere = float(likeness.max(axis=1).mean()) if likeness.size else 0.0
    best = float(likeness[:, alignment.chosen[0]].mean()) if likeness.size else 0.0
    unrelated = everywhere < COVERED and alignment.closest < CLOSE
    yield Sign("unrelated", float(unrelated), few)
    yield Sign("scattered", everywhere - best, apart)
    yield Sign("distant", 1 - alignment.closest, few)


def _best_quote(alignment: Alignment) -> str:
    return quote(alignment.sources[alignment.chosen[0]]) if alignment.chosen else "."
