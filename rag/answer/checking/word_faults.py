"""Where a claim says the opposite of its source, goes further, or is about something else."""

from __future__ import annotations

from collections.abc import Iterator

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.opposites import are_opposites
from rag.answer.checking.signs import TOO_FEW, Sign, quote, quote_best
from rag.answer.checking.words import Token, restore_names

#: The likeness of a claim's words to what it cites, and its cosine to the nearest sentence, below
#: which together it is about something else.
COVERED, CLOSE = 0.6, 0.5
#: The least likeness of its words, however near a sentence is as a whole. Of 125 true sentences, as
#: free as their writers would have them, the least had 0.3 by its stems alone.
LEAST = 0.2
_WIDE = frozenset(
    """all every each only sole solely always entire entirely whole wholly none nobody everyone
    everybody everything any throughout completely fully exclusively both worldwide everywhere
    unanimous unanimously invariably never""".split()
)


def judge_far_names(alignment: Alignment) -> Sign:
    """The share of names that stand neither in what the claim comes from nor beside it."""
    near = {place for column in alignment.chosen for place in range(column - 1, column + 2)}
    columns = [column for column in range(len(alignment.sources)) if column in near]
    rows = [r for r, p in enumerate(alignment.places) if alignment.claim.tokens[p].is_name]
    far = [row for row in rows if not alignment.likeness[row][columns].any()]
    if not far:
        return Sign("name_far", 0.0)
    said = restore_names(alignment.claim.tokens[alignment.places[far[0]]].text)
    why = f"“{said}” does not stand where the article tells this{quote_best(alignment)}"
    return Sign("name_far", len(far) / len(rows), why)


def judge_opposites(alignment: Alignment) -> Sign:
    """The sign that the source has the opposite of a word where the claim has the word."""
    nearest, why = 0.0, ""
    for column, source in alignment.list_chosen():
        near = float(alignment.cosines[column])
        token = _find_opposed(alignment, column) if near > nearest else None
        if token is not None:
            nearest, why = near, f"The article says the opposite of “{token.text}”{quote(source)}"
    return Sign("opposite", nearest, why)


def _find_opposed(alignment: Alignment, column: int) -> Token | None:
    """The claim's word for which a source has its opposite; None where there is no such word."""
    claim, theirs = alignment.claim, alignment.sources[column].read.tokens
    rest = {token.stem for token in theirs if token.stem} - {t.stem for t in claim.tokens}
    for row, place in enumerate(alignment.places):
        token, partner = claim.tokens[place], int(alignment.partners[row, column])
        # Without a model that reads words in their sentences an opposite is nobody's partner.
        rivals = {theirs[partner].stem} if partner >= 0 else rest
        if not token.is_name and any(are_opposites(token.stem, rival) for rival in rivals):
            return token
    return None


def judge_width(alignment: Alignment) -> Sign:
    """The sign that a word as “all” or “only” stands in the claim and not in the source."""
    lower = {token.lower for token in alignment.claim.tokens}
    theirs = {t.lower for _, source in alignment.list_chosen() for t in source.read.tokens}
    wide = sorted((lower & _WIDE) - theirs)
    why = f"“{wide[0]}” goes further than the article{quote_best(alignment)}" if wide else ""
    return Sign("widened", float(bool(wide)), why)


def judge_coverage(alignment: Alignment) -> Iterator[Sign]:
    """The signs that the claim is about something else, or joins what the article tells apart."""
    apart = f"It joins what the article tells apart{quote_best(alignment)}"
    best = alignment.covered_by(alignment.chosen[0]) if alignment.chosen else 0.0
    covered = alignment.coverage
    unrelated = covered < LEAST or (covered < COVERED and alignment.closest < CLOSE)
    # Where all that it says is figures and days, those alone must stand there.
    yield Sign("unrelated", float(unrelated and bool(alignment.places)), TOO_FEW)
    yield Sign("scattered", covered - best, apart)
    yield Sign("distant", 1 - alignment.closest, TOO_FEW)
