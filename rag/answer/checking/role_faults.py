"""Where a source has others do what a claim tells, or has two the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.roles import Deed, Mention
from rag.answer.checking.signs import Sign, name_as_written, quote
from rag.answer.checking.sources import Source


def judge_roles(alignment: Alignment) -> Iterator[Sign]:
    """The signs of swapped roles and of another doer."""
    source = _find_turned(alignment)
    why = f"In the article they have it the other way round{quote(source)}"
    yield Sign("turned", alignment.closest * (source is not None), why)
    found = _find_other_doer(alignment)
    if found is None:
        yield Sign("other_doer", 0.0)
    else:
        source, doer = found
        why = f"In the article it is {name_as_written(doer, source)} who does this{quote(source)}"
        yield Sign("other_doer", alignment.closest, why)


def _find_turned(alignment: Alignment) -> Source | None:
    """The sentence where two have changed places; None where none does."""
    theirs = [
        (column, deed)
        for column, source in enumerate(alignment.sources)
        for deed in source.read.deeds
    ]
    for deed in alignment.claim.deeds:
        if any(deed.doer.is_same(o.doer) and deed.done_to.is_same(o.done_to) for _, o in theirs):
            continue
        for column, other in theirs:
            turned = deed.doer.is_same(other.done_to) and deed.done_to.is_same(other.doer)
            if turned and _tell_alike(deed, other, column, alignment):
                return alignment.sources[column]
    return None


def _tell_alike(deed: Deed, other: Deed, column: int, alignment: Alignment) -> bool:
    """Whether two deeds are told by the same words, or by words that may stand for each other."""
    if deed.verbs & other.verbs:
        return True
    theirs = alignment.sources[column].read.tokens
    for row, place in enumerate(alignment.places):
        partner = int(alignment.partners[row, column])
        own = alignment.claim.tokens[place].stem
        if partner >= 0 and own in deed.verbs and theirs[partner].stem in other.verbs:
            return True
    return False


def _find_other_doer(alignment: Alignment) -> tuple[Source, Mention] | None:
    """Where what the claim has somebody do is done by others alone; None where that is unclear."""
    for row, place in enumerate(alignment.places):
        mine = [act.doer for act in alignment.claim.acts if act.place == place and act.doer]
        found = _list_doers(alignment, row, mine) if mine else []
        if any(one.is_same(other) for one in mine for _, other in found):
            continue
        chosen = [(column, doer) for column, doer in found if column in alignment.chosen]
        if chosen:
            return alignment.sources[chosen[0][0]], chosen[0][1]
    return None


def _list_doers(alignment: Alignment, row: int, mine: list[Mention]) -> list[tuple[int, Mention]]:
    """Who does in the sources what stands in `row`; none where a sentence leaves it open."""
    found: list[tuple[int, Mention]] = []
    for column, source in enumerate(alignment.sources):
        partner = alignment.find_partner(row, column)
        if partner is None:
            continue
        theirs = [act for act in source.read.acts if act.place == partner]
        doers = [act.doer or _find_meant(alignment, column, partner) for act in theirs]
        if column in alignment.chosen and (not doers or None in doers):
            return []
        if any(m.end <= partner and m.is_same(one) for m in source.read.mentions for one in mine):
            return []
        found += [(column, doer) for doer in doers if doer is not None]
    return found


def _find_meant(alignment: Alignment, column: int, place: int) -> Mention | None:
    """Whom a pronoun before `place` most likely means: who did something before it."""
    own = alignment.sources[column]
    earlier = [act for act in own.read.acts if act.place < place and act.doer is not None]
    if earlier:
        return max(earlier, key=lambda act: act.place).doer
    before = alignment.sources[column - 1] if column else None
    if before is None or before.hit.article.id != own.hit.article.id:
        return None
    acts = sorted(before.read.acts, key=lambda act: act.place)
    return acts[0].doer if acts else None
